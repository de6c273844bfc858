package main

import (
	"testing"

	"github.com/aws/aws-lambda-go/events"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
)

func BenchmarkDelete(b *testing.B) {
	w := New(b)
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Climbing")
	function := func() httpapitest.Invoke { return httpapi.Adapt(handler(w.Invites)) }
	httpapitest.Bench(b, 204, function, func(int) events.APIGatewayV2HTTPRequest {
		target := "/v1/groups/" + group.ID.String() + "/invites/" + w.Link(admin, group).ID.String()
		return httpapitest.Event("DELETE", target, "", httpapitest.Claims(Issuer, "admin"))
	})
}
