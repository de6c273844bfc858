package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
	"group-invites/shared/invite"
)

// benchmark has people redeem a code: the i-th of them whoever who names.
func benchmark(b *testing.B, status int, code func(*World, directory.Caller, directory.Group) string, who func(i int) string, before func(*World, string)) {
	w := New(b)
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Climbing")
	text := code(w, admin, group)
	if before != nil {
		before(w, text)
	}
	function := func() httpapitest.Invoke { return httpapi.Adapt(handler(w.Invites)) }
	httpapitest.Bench(b, status, function, func(i int) events.APIGatewayV2HTTPRequest {
		return httpapitest.Event("POST", path, `{"code":"`+text+`"}`, httpapitest.Claims(Issuer, who(i)))
	})
}

func newcomer(i int) string { return fmt.Sprintf("newcomer-%d", i) }

func linkOf(how ...func(*invite.Request)) func(*World, directory.Caller, directory.Group) string {
	return func(w *World, admin directory.Caller, group directory.Group) string {
		return Code(w.Link(admin, group, how...))
	}
}

// BenchmarkRedeemAnyone: people who are new to the organization.
func BenchmarkRedeemAnyone(b *testing.B) { benchmark(b, 201, linkOf(Anyone), newcomer, nil) }

// BenchmarkRedeemCapped: the same, by a link that counts.
func BenchmarkRedeemCapped(b *testing.B) {
	benchmark(b, 201, linkOf(Anyone, Cap(invite.MaxCap)), newcomer, nil)
}

// BenchmarkRedeemOrg: members of the organization, who came into another group before.
func BenchmarkRedeemOrg(b *testing.B) {
	var w *World
	var other string
	benchmark(b, 201, func(world *World, admin directory.Caller, group directory.Group) string {
		w, other = world, Code(world.Link(admin, world.Group(admin, directory.Org{ID: group.ID.Org()}, "Backcountry"), Anyone))
		return Code(world.Link(admin, group))
	}, func(i int) string {
		if _, err := w.Invites.Redeem(b.Context(), Person(newcomer(i)), other); err != nil {
			b.Fatal(err)
		}
		return newcomer(i)
	}, nil)
}

// BenchmarkRedeemAgain: someone who is in the group.
func BenchmarkRedeemAgain(b *testing.B) {
	benchmark(b, 200, linkOf(Anyone), func(int) string { return "member" }, func(w *World, code string) {
		if _, err := w.Invites.Redeem(b.Context(), Person("member"), code); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkRedeemForged: a code that nobody has signed.
func BenchmarkRedeemForged(b *testing.B) {
	benchmark(b, 404, func(*World, directory.Caller, directory.Group) string { return strings.Repeat("A", 44) }, newcomer, nil)
}
