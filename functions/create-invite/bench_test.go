package main

import (
	"strconv"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
)

func benchmark(b *testing.B, headers func(i int) []string) {
	w := New(b)
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Climbing")
	function := func() httpapitest.Invoke { return httpapi.Adapt(handler(w.Invites)) }
	httpapitest.Bench(b, 201, function, func(i int) events.APIGatewayV2HTTPRequest {
		return httpapitest.Event("POST", "/v1/groups/"+group.ID.String()+"/invites", `{"access":"anyone","expiration":"7d"}`,
			httpapitest.Claims(Issuer, "admin"), headers(i)...)
	})
}

func BenchmarkCreate(b *testing.B) { benchmark(b, func(int) []string { return nil }) }

// BenchmarkCreateIdempotent: with an Idempotency-Key, each another one.
func BenchmarkCreateIdempotent(b *testing.B) {
	benchmark(b, func(i int) []string { return []string{"Idempotency-Key", "key-" + strconv.Itoa(i)} })
}
