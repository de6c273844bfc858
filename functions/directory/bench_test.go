package main

import (
	"testing"

	"github.com/aws/aws-lambda-go/events"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
)

// benchmark reads as an admin of one organization who is in its three groups.
func benchmark(b *testing.B, target func(group string) string) {
	w := New(b)
	admin := Person("admin")
	org := w.Org(admin, "Acme")
	var group string
	for _, name := range []string{"Backcountry", "Climbing", "Diving"} {
		g := w.Group(admin, org, name)
		if _, err := w.Invites.Redeem(b.Context(), admin, Code(w.Link(admin, g))); err != nil {
			b.Fatal(err)
		}
		group = g.ID.String()
	}
	function := func() httpapitest.Invoke { return httpapi.Adapt(handler(w.Directory)) }
	httpapitest.Bench(b, 200, function, func(int) events.APIGatewayV2HTTPRequest {
		return httpapitest.Event("GET", target(group), "", httpapitest.Claims(Issuer, "admin"))
	})
}

// BenchmarkMe: who the caller is, and where.
func BenchmarkMe(b *testing.B) { benchmark(b, func(string) string { return "/v1/me" }) }

// BenchmarkReadGroup: a group, with what the caller may do there.
func BenchmarkReadGroup(b *testing.B) {
	benchmark(b, func(group string) string { return "/v1/groups/" + group })
}
