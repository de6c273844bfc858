package main

import (
	"testing"

	"github.com/aws/aws-lambda-go/events"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
)

func BenchmarkPreview(b *testing.B) {
	w := New(b)
	admin := Person("admin")
	code := Code(w.Link(admin, w.Group(admin, w.Org(admin, "Acme"), "Climbing"), Anyone))
	function := func() httpapitest.Invoke { return httpapi.Adapt(handler(w.Invites)) }
	httpapitest.Bench(b, 200, function, func(int) events.APIGatewayV2HTTPRequest {
		return httpapitest.Event("POST", "/v1/invites/preview", `{"code":"`+code+`"}`, nil)
	})
}
