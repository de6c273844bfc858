package main

import (
	"testing"

	"github.com/aws/aws-lambda-go/events"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
)

// benchmark reads in a group that has a page of links.
func benchmark(b *testing.B, one bool) {
	w := New(b)
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Climbing")
	target := "/v1/groups/" + group.ID.String() + "/invites"
	last := ""
	for range 50 {
		last = w.Link(admin, group, Anyone).ID.String()
	}
	if one {
		target += "/" + last
	}
	function := func() httpapitest.Invoke { return httpapi.Adapt(handler(w.Invites)) }
	httpapitest.Bench(b, 200, function, func(int) events.APIGatewayV2HTTPRequest {
		return httpapitest.Event("GET", target, "", httpapitest.Claims(Issuer, "admin"))
	})
}

// BenchmarkList: a page of 50.
func BenchmarkList(b *testing.B) { benchmark(b, false) }

// BenchmarkReadOne: one link.
func BenchmarkReadOne(b *testing.B) { benchmark(b, true) }
