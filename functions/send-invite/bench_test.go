package main

import (
	"fmt"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
	"group-invites/shared/mail"
)

// BenchmarkSend: to one address.
func BenchmarkSend(b *testing.B) {
	const enough = 1_000_000
	w := New(b)
	w.Invites.Limits = mail.Limits{Sender: enough, Org: enough, NewOrg: enough}
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Climbing")
	target := "/v1/groups/" + group.ID.String() + "/invites/" + w.Link(admin, group, Anyone).ID.String() + "/emails"
	function := func() httpapitest.Invoke { return httpapi.Adapt(handler(w.Invites)) }
	httpapitest.Bench(b, 202, function, func(i int) events.APIGatewayV2HTTPRequest {
		body := fmt.Sprintf(`{"emails":["person-%d@example.org"]}`, i)
		return httpapitest.Event("POST", target, body, httpapitest.Claims(Issuer, "admin"))
	})
}
