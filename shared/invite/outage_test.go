package invite_test

import (
	"context"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
	"group-invites/shared/tally"
)

// TestOperations_AreUndecidedWhileTheTableFails: whichever call is the first that fails, nobody is told that it is done, or of an empty result.
func TestOperations_AreUndecidedWhileTheTableFails(t *testing.T) {
	s := newScene(t)
	i := s.Invites
	ofUser := s.Link(s.user, s.group, To("mira@example.com"))
	s.send(s.admin, ofUser, "tom@example.com")
	s.settleMail(ofUser, "mira@example.com", mail.StateBounced)
	ofAdmin, capped, deleted := s.Link(s.admin, s.group, Anyone), s.Link(s.admin, s.group, Anyone, Cap(100)), s.Link(s.manager, s.group)
	for range 3 {
		s.Link(s.manager, s.group)
	}
	dealt := s.Link(s.admin, s.group, Anyone, Cap(100))
	s.must(s.Table.DealPlaces(t.Context(), &dealt.Invite, 8))
	closed := s.Link(s.admin, s.group, Anyone, Cap(100))
	s.must(s.Table.DealPlaces(t.Context(), &closed.Invite, 8))
	link := tally.Link{Group: s.group.ID, Invite: ofAdmin.ID}
	s.must(s.Table.RecordJoins(t.Context(), link, []tally.Joined{{Link: link, User: s.user.ID, At: s.Clock.Now()}}, true))
	newcomers := 0
	newcomer := func() directory.Caller {
		newcomers++
		return Person(string(rune('a' + newcomers)))
	}
	renamed := s.user
	renamed.Name = "Renamed"
	request := invite.Request{Access: invite.AccessOrg, Expiration: "7d", Emails: Addresses("zoe@example.com"), IdempotencyKey: "key", Scope: "POST"}
	two, all := directory.PageRequest{Limit: 2}, directory.PageRequest{Limit: 50}
	for _, op := range []struct {
		name string
		act  func(ctx context.Context) error
	}{
		{"Create", func(ctx context.Context) error { return second(i.Create(ctx, s.manager, s.group.ID, request)) }},
		{"Create, repeated under its key", func(ctx context.Context) error { return second(i.Create(ctx, s.manager, s.group.ID, request)) }},
		{"Get", func(ctx context.Context) error { return second(i.Get(ctx, s.manager, s.group.ID, ofUser.ID)) }},
		{"Get of a link on shards", func(ctx context.Context) error { return second(i.Get(ctx, s.admin, s.group.ID, dealt.ID)) }},
		{"List", func(ctx context.Context) error { return second(i.List(ctx, s.manager, s.group.ID, all)) }},
		{"List of one's own", func(ctx context.Context) error { return second(i.List(ctx, s.user, s.group.ID, two)) }},
		{"Joins", func(ctx context.Context) error { return second(i.Joins(ctx, s.admin, s.group.ID, ofAdmin.ID, all)) }},
		{"Preview", func(ctx context.Context) error { return second(i.Preview(ctx, Code(ofUser))) }},
		{"Preview of a link on shards", func(ctx context.Context) error { return second(i.Preview(ctx, Code(dealt))) }},
		{"Redeem", func(ctx context.Context) error { return second(i.Redeem(ctx, newcomer(), Code(ofAdmin))) }},
		{"Redeem of a capped link", func(ctx context.Context) error { return second(i.Redeem(ctx, newcomer(), Code(capped))) }},
		{"Redeem of a link on shards", func(ctx context.Context) error { return second(i.Redeem(ctx, newcomer(), Code(dealt))) }},
		{"Redeem by who is in and has another name", func(ctx context.Context) error { return second(i.Redeem(ctx, renamed, Code(ofUser))) }},
		{"Send", func(ctx context.Context) error {
			return second(i.Send(ctx, s.manager, s.group.ID, ofUser.ID, Addresses("tom@example.com", "anna@example.com")))
		}},
		{"Send of a link on shards", func(ctx context.Context) error {
			return second(i.Send(ctx, s.admin, s.group.ID, dealt.ID, Addresses("anna@example.com")))
		}},
		{"Resend", func(ctx context.Context) error {
			return second(i.Resend(ctx, s.manager, s.group.ID, ofUser.ID, Addresses("mira@example.com")[0].ID(), mail.Address{}))
		}},
		{"Recipients", func(ctx context.Context) error {
			return second(i.Recipients(ctx, s.manager, s.group.ID, ofUser.ID, all))
		}},
		{"Delete", func(ctx context.Context) error { return i.Delete(ctx, s.manager, s.group.ID, deleted.ID) }},
		{"Delete of a link on shards", func(ctx context.Context) error { return i.Delete(ctx, s.admin, s.group.ID, closed.ID) }},
	} {
		t.Run(op.name, func(t *testing.T) {
			s.Clock.Advance(time.Second)
			s.StaysUndecided(t, op.act)
		})
	}
	if _, err := i.Get(t.Context(), s.admin, s.group.ID, closed.ID); err == nil {
		t.Error("it was deleted, and is there")
	}
}

func second[T any](_ T, err error) error { return err }
