package dynamo_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
	"group-invites/shared/outbox"
)

// measureAccessCosts takes a group of its own, and two members of the organization who are not in it.
func measureAccessCosts(t *testing.T, w *World, measure func(string, error, func() error), group directory.Group, member, other directory.Caller) {
	ctx := t.Context()
	admin := Person("admin")
	hour := func(r *invite.Request) { r.Expiration = "1h" }
	expired, live := w.Link(admin, group, Anyone, hour), w.Link(admin, group, Anyone)
	w.Clock.Advance(time.Hour)
	mailer := &outbox.Service{
		Store: w.Table, Sender: silent{}, Ring: w.Ring, Clock: w.Clock.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), BaseURL: BaseURL,
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ask := func(who directory.Caller, by invite.View) func() error {
		return func() error { return w.Access.Ask(ctx, who, Code(by), "We met at the hut on Sunday.") }
	}
	asker := func(i int) directory.Caller { return Person(fmt.Sprintf("asker%d", i)) }
	deliver := func(k mail.Key) func() error {
		return func() error { return errors.Join(mailer.DeliverFresh(ctx, []mail.Key{k})...) }
	}
	told := w.Clock.Now()
	digest := mail.DigestKey(group.ID, told)
	forged := live
	forged.URL = BaseURL + "/i#" + Code(live)[:43]
	measure("ask for access by a forged code", directory.ErrNotFound, ask(asker(0), forged))
	measure("ask for access by a link that works", nil, ask(asker(0), live))
	measure("ask for access", nil, ask(asker(0), expired))
	measure("ask for access, a digest waits", nil, ask(asker(1), expired))
	measure("ask for access again", nil, ask(asker(1), expired))
	measure("tell of requests", nil, deliver(digest))
	measure("attempt a notice", nil, deliver(mail.NewNotice(digest, admin.ID, told).Key))
	measure("ask for access, a digest has gone", nil, ask(asker(2), expired))
	must(ask(member, expired)())
	must(ask(other, expired)())
	for i := 3; i < accessrequest.MaxOpen-3; i++ {
		must(ask(asker(i), expired)())
	}
	measure("ask for access, the last of a hundred", nil, ask(asker(98), expired))
	measure("ask for access, one too many", nil, ask(asker(99), expired))
	measure("list requests for access (50 of 100)", nil, func() error {
		page, err := w.Access.List(ctx, admin, group.ID, directory.PageRequest{Limit: 50})
		if err == nil && (len(page.Items) != 50 || page.Next == "") {
			err = fmt.Errorf("%d on a page", len(page.Items))
		}
		return err
	})
	w.Clock.Advance(time.Second)
	decide := func(who directory.Caller, approve bool) func() error {
		return func() error {
			if !approve {
				return w.Access.Decline(ctx, admin, group.ID, who.ID)
			}
			_, err := w.Access.Approve(ctx, admin, group.ID, who.ID)
			return err
		}
	}
	measure("approve someone new, of a hundred", nil, decide(asker(5), true))
	measure("decline, of a hundred", nil, decide(asker(6), false))
	for i := range accessrequest.MaxOpen {
		if err := decide(asker(i), false)(); err != nil && !errors.Is(err, directory.ErrNotFound) {
			t.Fatal(err)
		}
	}
	must(ask(asker(200), expired)())
	w.Clock.Advance(time.Second)
	measure("approve someone new", nil, decide(asker(200), true))
	measure("approve a member of the organization", nil, decide(member, true))
	measure("approve again", nil, decide(member, true))
	measure("decline", nil, decide(other, false))
	measure("decline again", directory.ErrNotFound, decide(other, false))
}
