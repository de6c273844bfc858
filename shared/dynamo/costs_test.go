package dynamo_test

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
	"group-invites/shared/optout"
	"group-invites/shared/outbox"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestCosts holds what each operation takes, in round trips, calls and capacity units, as the engine measures them: with one link in
// the group, and with a thousand. The figures are budgets; a change of them is a decision, to be seen in the diff of the golden file.
func TestCosts(t *testing.T) {
	var out strings.Builder
	fmt.Fprintf(&out, "# Written by: go test ./shared/dynamo -run TestCosts -update\n")
	fmt.Fprintf(&out, "# read and write are capacity units, the index included.\n")
	for _, links := range []int{1, 1000} {
		fmt.Fprintf(&out, "\n%d in the group\n%-64s %11s %5s %6s %5s\n", links, "operation", "round trips", "calls", "read", "write")
		measureCosts(t, &out, links)
	}
	const golden = "testdata/costs.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("costs have changed; if that is meant, run with -update. Got:\n%s\nwant:\n%s", out.String(), want)
	}
}

// measureCosts runs the operations in a group of so many links.
func measureCosts(t *testing.T, out *strings.Builder, links int) {
	w := New(t)
	// Long enough that calls made at the same time are seen to be.
	w.Faults.Delay(4 * time.Millisecond)
	defer w.Faults.Delay(0)
	everyOperation(t, w, links, func(name string, want error, operation func() error) {
		t.Helper()
		w.Faults.Reset(nil)
		if err := operation(); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		c := w.Faults.Cost()
		fmt.Fprintf(out, "%-64s %11d %5d %6g %5g\n", name, c.RoundTrips, c.Calls, c.ReadUnits, c.WriteUnits)
	})
}

// everyOperation has each operation be measured, one after the other, in a group of so many links, made by as many people as fill a page. Each is
// to end as want says.
func everyOperation(t *testing.T, w *World, links int, measure func(name string, want error, operation func() error)) {
	ctx := t.Context()
	admin, manager, user, other := Person("admin"), Person("manager"), Person("user"), Person("other")
	org := w.Org(admin, "Acme")
	group, second := w.Group(admin, org, "Backcountry"), w.Group(admin, org, "Climbing")
	w.Join(admin, group, manager, directory.RoleManager)
	w.Join(admin, group, user, directory.RoleUser)
	for _, name := range []string{"colleague", "colleague2", "colleague3", "colleague4"} {
		w.Join(admin, second, Person(name), directory.RoleUser) // in the organization, not in the group
	}
	for range links - 1 {
		w.Clock.Advance(time.Millisecond)
		w.Link(manager, group)
	}
	w.Clock.Advance(time.Millisecond)
	own := w.Link(user, group)

	redeem := func(s *invite.Service, who directory.Caller, v invite.View) func() error {
		return func() error {
			_, err := s.Redeem(ctx, who, Code(v))
			return err
		}
	}
	create := func(key string) func() error {
		return func() error {
			_, err := w.Invites.Create(ctx, admin, group.ID, invite.Request{
				Access: invite.AccessAnyone, Expiration: "7d", IdempotencyKey: key, Scope: "POST",
			})
			return err
		}
	}

	forged := own
	forged.URL = own.URL[:len(own.URL)-1] + string('A'+(own.URL[len(own.URL)-1]+1)%26)
	measure("redeem a forged code", directory.ErrNotFound, redeem(w.Invites, other, forged))
	measure("preview a forged code", directory.ErrNotFound, func() error {
		_, err := w.Invites.Preview(ctx, Code(forged))
		return err
	})
	measure("preview", nil, func() error {
		_, err := w.Invites.Preview(ctx, Code(own))
		return err
	})
	measure("create", nil, create(""))
	measure("create with an Idempotency-Key", nil, create("key"))
	measure("create with an Idempotency-Key, repeated", nil, create("key"))
	for _, as := range []struct {
		name string
		who  directory.Caller
	}{{"an admin", admin}, {"a manager", manager}, {"a user", user}} {
		measure("list (50) as "+as.name, nil, func() error {
			_, err := w.Invites.List(ctx, as.who, group.ID, directory.PageRequest{Limit: 50})
			return err
		})
	}
	measure("read one", nil, func() error {
		_, err := w.Invites.Get(ctx, admin, group.ID, own.ID)
		return err
	})

	measureMailCosts(t, w, measure, group, manager)
	measureOptOutCosts(t, w, measure)

	openOrg, openAnyone := w.Link(admin, group), w.Link(admin, group, Anyone)
	cappedOrg, cappedAnyone := w.Link(admin, group, Cap(2)), w.Link(admin, group, Anyone, Cap(2))
	measure("redeem org", nil, redeem(w.Invites, Person("colleague"), openOrg))
	measure("redeem org, creator known to the instance", nil, redeem(w.Invites, Person("colleague2"), openOrg))
	measure("redeem org, capped", nil, redeem(w.Invites, Person("colleague3"), cappedOrg))
	measure("redeem anyone", nil, redeem(w.Invites, Person("new1"), openAnyone))
	measure("redeem anyone, creator known to the instance", nil, redeem(w.Invites, Person("new2"), openAnyone))
	measure("redeem anyone, capped", nil, redeem(w.Invites, Person("new3"), cappedAnyone))
	measure("redeem anyone by a member of the organization", nil, redeem(w.Invites, Person("colleague4"), openAnyone))
	measure("redeem again", nil, redeem(w.Invites, Person("new1"), openAnyone))

	expired := w.Link(admin, group, func(r *invite.Request) { r.Expiration = "1h" })
	suspended := w.Link(user, group)
	if err := w.Directory.RemoveGroupMember(ctx, admin, group.ID, user.ID); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Hour)
	measure("redeem expired", invite.ErrExpired, redeem(w.Invites, other, expired))
	measure("redeem suspended", invite.ErrSuspended, redeem(w.Invites, other, suspended))
	measure("redeem by a stranger what is for members", invite.ErrOrgMembersOnly, redeem(w.Invites, other, openOrg))

	measure("delete", nil, func() error { return w.Invites.Delete(ctx, admin, group.ID, openAnyone.ID) })
	measure("delete again", directory.ErrNotFound, func() error { return w.Invites.Delete(ctx, admin, group.ID, openAnyone.ID) })
	measure("redeem deleted", invite.ErrDeleted, redeem(w.Invites, other, openAnyone))

	measureDirectoryCosts(t, w, measure, org, group)
	measureMirrorCosts(t, w, measure)
	measureAccessCosts(t, w, measure, w.Group(admin, org, "Diving"), Person("new1"), Person("new2"))
	measureShardCosts(t, w, measure, w.Group(admin, org, "Everest"))
}

// measureShardCosts is of a link that many redeemed at once.
func measureShardCosts(t *testing.T, w *World, measure func(string, error, func() error), group directory.Group) {
	ctx := t.Context()
	admin := Person("admin")
	link := w.Link(admin, group, Anyone, Cap(256))
	measure("deal the places of a link", nil, func() error { return w.Table.DealPlaces(ctx, &link.Invite, invite.MaxShards) })
	redeem := func(who string) func() error {
		return func() error {
			_, err := w.Invites.Redeem(ctx, Person(who), Code(link))
			return err
		}
	}
	measure("redeem anyone, on a shard", nil, redeem("shard 0"))
	measure("redeem anyone, on a shard, creator and shards known", nil, redeem("shard 1"))
	measure("preview, on shards", nil, func() error {
		_, err := w.Invites.Preview(ctx, Code(link))
		return err
	})
	measure("read one, on shards", nil, func() error {
		_, err := w.Invites.Get(ctx, admin, group.ID, link.ID)
		return err
	})
	measure("list, on shards", nil, func() error {
		_, err := w.Invites.List(ctx, admin, group.ID, directory.PageRequest{Limit: 50})
		return err
	})
	for i := 2; i < 256; i++ {
		if err := redeem(fmt.Sprintf("shard %d", i))(); err != nil {
			t.Fatal(err)
		}
	}
	measure("redeem what is used up, on shards", invite.ErrUsedUp, redeem("late"))
	measure("delete, on shards", nil, func() error { return w.Invites.Delete(ctx, admin, group.ID, link.ID) })
}

// silent takes every mail.
type silent struct{}

func (silent) Send(context.Context, mail.Message) (string, error) { return "id", nil }

func measureMailCosts(t *testing.T, w *World, measure func(string, error, func() error), group directory.Group, manager directory.Caller) {
	ctx := t.Context()
	admin := Person("admin")
	mailer := &outbox.Service{
		Store: w.Table, Sender: silent{}, Ring: w.Ring, Clock: w.Clock.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), BaseURL: BaseURL,
	}
	keys := func(link invite.ID, to ...string) (keys []mail.Key) {
		for _, a := range Addresses(to...) {
			keys = append(keys, mail.Key{Group: group.ID, Invite: link, ID: a.ID()})
		}
		return keys
	}
	var link invite.View
	measure("create, sent to two", nil, func() (err error) {
		link, err = w.Invites.Create(ctx, admin, group.ID, invite.Request{Access: invite.AccessOrg, Expiration: "7d", Emails: Addresses("a@example.com", "b@example.com")})
		return err
	})
	measure("send to one", nil, func() error {
		_, err := w.Invites.Send(ctx, admin, group.ID, link.ID, Addresses("c@example.com"))
		return err
	})
	measure("send to one, somebody else's link", nil, func() error {
		_, err := w.Invites.Send(ctx, manager, group.ID, link.ID, Addresses("d@example.com"))
		return err
	})
	measure("list recipients", nil, func() error {
		_, err := w.Invites.Recipients(ctx, admin, group.ID, link.ID, directory.PageRequest{Limit: 50})
		return err
	})
	measure("attempt a mail", nil, func() error {
		return errors.Join(mailer.DeliverFresh(ctx, keys(link.ID, "a@example.com"))...)
	})
	measure("attempt it when it was sent", nil, func() error {
		return errors.Join(mailer.DeliverFresh(ctx, keys(link.ID, "a@example.com"))...)
	})
	measure("sweep, nothing due", nil, func() error {
		_, err := mailer.Sweep(ctx)
		return err
	})
	measure("record feedback", nil, func() error {
		return mailer.Feedback(ctx, mail.Feedback{
			Delivery: keys(link.ID, "a@example.com")[0], Sends: 1, To: Addresses("a@example.com")[0], At: w.Clock.Now(), State: mail.StateDelivered,
		})
	})
	measure("send again", nil, func() error {
		_, err := w.Invites.Resend(ctx, admin, group.ID, link.ID, Addresses("a@example.com")[0].ID(), mail.Address{})
		return err
	})
	if err := w.Invites.Delete(ctx, admin, group.ID, link.ID); err != nil {
		t.Fatal(err)
	}
}

func measureOptOutCosts(t *testing.T, w *World, measure func(string, error, func() error)) {
	ctx := t.Context()
	service := &optout.Service{Store: w.Table, Ring: w.Ring, Clock: w.Clock.Now}
	ring, err := w.Ring.Ring(ctx)
	if err != nil {
		t.Fatal(err)
	}
	address := Addresses("out@example.com")[0]
	out := ring.SignAddress(linkcode.Unsubscribe, address.Key(), time.Time{})
	back := ring.SignAddress(linkcode.Resubscribe, address.Key(), w.Clock.Now().Add(time.Hour))
	measure("opt out by a forged token", directory.ErrNotFound, func() error { return service.OptOut(ctx, out[1:]) })
	measure("look at the page of opting out", nil, func() error { return service.Check(ctx, out) })
	measure("opt out", nil, func() error { return service.OptOut(ctx, out) })
	measure("ask to be invited again, of another address", nil, func() error { return service.RequestBack(ctx, out, "x@example.com") })
	measure("ask to be invited again", nil, func() error { return service.RequestBack(ctx, out, address.String()) })
	measure("ask to be invited again, when the mail is on its way", nil, func() error { return service.RequestBack(ctx, out, address.String()) })
	measure("opt in", nil, func() error { return service.OptIn(ctx, back) })
}

func measureDirectoryCosts(t *testing.T, w *World, measure func(string, error, func() error), org directory.Org, group directory.Group) {
	ctx := t.Context()
	admin, manager, colleague := Person("admin"), Person("manager"), Person("colleague")
	page := directory.PageRequest{Limit: 50}
	name := "Acme Outdoors"

	measure("me", nil, func() error {
		_, err := w.Directory.Me(ctx, manager)
		return err
	})
	measure("create organization", nil, func() error {
		_, err := w.Directory.CreateOrg(ctx, manager, "Other")
		return err
	})
	measure("read organization", nil, func() error {
		_, err := w.Directory.GetOrg(ctx, manager, org.ID)
		return err
	})
	measure("change organization", nil, func() error {
		_, err := w.Directory.ChangeOrg(ctx, admin, org.ID, directory.OrgChange{Name: &name})
		return err
	})
	measure("list groups as an admin", nil, func() error {
		_, err := w.Directory.ListGroups(ctx, admin, org.ID, page)
		return err
	})
	measure("list groups as a manager", nil, func() error {
		_, err := w.Directory.ListGroups(ctx, manager, org.ID, page)
		return err
	})
	measure("create group", nil, func() error {
		_, err := w.Directory.CreateGroup(ctx, admin, org.ID, "Third")
		return err
	})
	measure("read group", nil, func() error {
		_, err := w.Directory.GetGroup(ctx, manager, group.ID)
		return err
	})
	measure("list members of the organization", nil, func() error {
		_, err := w.Directory.ListOrgMembers(ctx, admin, org.ID, page)
		return err
	})
	measure("list members of the group", nil, func() error {
		_, err := w.Directory.ListGroupMembers(ctx, admin, group.ID, page)
		return err
	})
	measure("remove from the group", nil, func() error {
		return w.Directory.RemoveGroupMember(ctx, manager, group.ID, colleague.ID)
	})
	measure("add to the group", nil, func() error {
		_, _, err := w.Directory.PutGroupMember(ctx, manager, group.ID, colleague.ID)
		return err
	})
	measure("leave the group", nil, func() error {
		return w.Directory.RemoveGroupMember(ctx, colleague, group.ID, colleague.ID)
	})
	measure("change a role", nil, func() error {
		_, err := w.Directory.ChangeRole(ctx, admin, org.ID, colleague.ID, directory.RoleManager)
		return err
	})
	measure("make an admin", nil, func() error {
		_, err := w.Directory.ChangeRole(ctx, admin, org.ID, colleague.ID, directory.RoleAdmin)
		return err
	})
	measure("remove an admin from the organization", nil, func() error {
		return w.Directory.RemoveOrgMember(ctx, admin, org.ID, colleague.ID)
	})
	measure("add to the organization again", nil, func() error {
		_, _, err := w.Directory.PutOrgMember(ctx, admin, org.ID, colleague.ID, directory.RoleUser)
		return err
	})
	measure("leave the organization", nil, func() error {
		return w.Directory.RemoveOrgMember(ctx, colleague, org.ID, colleague.ID)
	})
}
