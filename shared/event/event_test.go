package event_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/event"
	"group-invites/shared/invite"
)

var (
	org, _   = directory.ParseOrgID("d6625d0280")
	group, _ = directory.ParseGroupID("d6625d02804133cd")
	user, _  = directory.ParseUserID("3f63107cacbef24f109fbca5306002d9")
	id, _    = invite.ParseID("6887f23e95c344ed")
	at       = time.Date(2027, 3, 1, 9, 30, 0, 250e6, time.UTC)
	later    = time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC)

	capped = invite.Invite{
		ID: id, Group: group, Name: "For Mira", Access: invite.AccessAnyone, Expiration: "1d", ExpiresAt: later, CreatedAt: at, CreatedBy: user, MaxUses: 5, Uses: 3,
	}
	forever   = invite.Invite{ID: id, Group: group, Access: invite.AccessOrg, Expiration: invite.ExpireNever, CreatedAt: at, CreatedBy: user}
	ofOrg     = directory.OrgMember{Org: org, User: user, Role: directory.RoleManager, Since: at, JoinedAt: at, Name: "Ada", Email: "ada@example.com"}
	ofGroup   = directory.GroupMember{Group: group, User: user, Since: at, JoinedAt: at, JoinID: "0011223344556677"}
	asks      = accessrequest.Request{Group: group, User: user, Name: "Ada", Email: "ada@example.com", Message: "please", Invite: id, Creator: user, Access: invite.AccessOrg, CreatedAt: at}
	common    = `{"version":1,"id":"%s","at":"%s","orgId":"d6625d0280","groupId":"d6625d02804133cd"`
	beginning = "2027-03-01T09:30:00Z"
	end       = "2027-03-02T00:00:00Z"
)

// TestEvents_AreAsTheyWere: readers know events by their ids and fields for as long as version 1 lasts. A change here breaks them.
func TestEvents_AreAsTheyWere(t *testing.T) {
	const (
		cappedLink  = `,"inviteId":"6887f23e95c344ed","access":"anyone","expiration":"1d","expiresAt":"2027-03-02T00:00:00Z","maxUses":5,"createdAt":"2027-03-01T09:30:00Z","createdBy":"3f63107cacbef24f109fbca5306002d9"`
		foreverLink = `,"inviteId":"6887f23e95c344ed","access":"org","expiration":"never","expiresAt":null,"maxUses":null,"createdAt":"2027-03-01T09:30:00Z","createdBy":"3f63107cacbef24f109fbca5306002d9"`
		level       = `,"level":"group","userId":"3f63107cacbef24f109fbca5306002d9"`
		inOrg       = `{"version":1,"id":"%s","at":"%s","orgId":"d6625d0280","groupId":null,"level":"organization","userId":"3f63107cacbef24f109fbca5306002d9"`
	)
	for _, test := range []struct {
		got        event.Event
		of         event.Type
		id, detail string
		at         string
	}{
		{event.OfCreated(capped), event.InviteCreated, "ffc130a4a2b7ef50431f0f840cf4b036", common + cappedLink + `}`, beginning},
		{event.OfCreated(forever), event.InviteCreated, "ffc130a4a2b7ef50431f0f840cf4b036", common + foreverLink + `}`, beginning},
		{event.OfDeleted(capped, later), event.InviteDeleted, "747d165615885f05b4a90c2a2e089d0f", common + cappedLink + `}`, end},
		{event.OfCleared(capped, later, event.ClearedExpired), event.InviteCleared, "747d165615885f05b4a90c2a2e089d0f", common + cappedLink + `,"reason":"expired"}`, end},
		{event.OfCleared(forever, later, event.ClearedGroupDeleted), event.InviteCleared, "747d165615885f05b4a90c2a2e089d0f", common + foreverLink + `,"reason":"group_deleted"}`, end},
		{event.OfOrgJoined(ofOrg), event.MemberJoined, "76fc120e6943723c168f8b0f278e236d", inOrg + `,"role":"manager","inviteId":null}`, beginning},
		{event.OfOrgRemoved(ofOrg, later, event.Left), event.MemberRemoved, "66f5f6509f5b852ad55c724f68674cdc", inOrg + `,"reason":"left"}`, end},
		{event.OfGroupJoined(ofGroup, id), event.MemberJoined, "f4ad2371b214b81891f2f1586d212677", common + level + `,"role":null,"inviteId":"6887f23e95c344ed"}`, beginning},
		{event.OfGroupJoined(ofGroup, invite.ID{}), event.MemberJoined, "f4ad2371b214b81891f2f1586d212677", common + level + `,"role":null,"inviteId":null}`, beginning},
		{event.OfGroupRemoved(ofGroup, later, event.Organization), event.MemberRemoved, "636d954db33efb9d14e18172358c34f8", common + level + `,"reason":"organization"}`, end},
		{event.OfRequest(asks), event.AccessRequested, "6ad7cb40ac0907b2cbfe779ba084d6e4",
			common + `,"userId":"3f63107cacbef24f109fbca5306002d9","inviteId":"6887f23e95c344ed","access":"org","inviteCreatedBy":"3f63107cacbef24f109fbca5306002d9"}`, beginning},
	} {
		if want := fmt.Sprintf(test.detail, test.id, test.at); test.got.Type != test.of || test.got.ID != test.id || string(test.got.Detail) != want {
			t.Errorf("%s %s\n%s, want %s\n%s", test.got.Type, test.got.ID, test.got.Detail, test.of, want)
		}
		if test.got.At.Format(time.RFC3339Nano) != test.at {
			t.Errorf("%s at %v", test.got.Type, test.got.At)
		}
	}
}

// TestEvents_OfOtherChangesHaveOtherIDs.
func TestEvents_OfOtherChangesHaveOtherIDs(t *testing.T) {
	back, again := ofOrg, ofGroup
	back.Since, again.JoinID = later, "8899aabbccddeeff"
	asksAgain := asks
	asksAgain.CreatedAt = later
	ids := map[string]bool{}
	all := []event.Event{
		event.OfCreated(capped), event.OfDeleted(capped, at), event.OfOrgJoined(ofOrg), event.OfOrgJoined(back), event.OfGroupJoined(ofGroup, id),
		event.OfGroupJoined(again, id), event.OfOrgRemoved(ofOrg, at, event.Left), event.OfOrgRemoved(back, at, event.Left),
		event.OfGroupRemoved(ofGroup, at, event.Left), event.OfGroupRemoved(again, at, event.Left), event.OfRequest(asks), event.OfRequest(asksAgain),
	}
	for _, e := range all {
		ids[e.ID] = true
	}
	if len(ids) != len(all) {
		t.Errorf("%d ids of %d events", len(ids), len(all))
	}
}

// broken is a table that can't keep events, and a bus that takes none.
type broken struct{ keeps int }

func (*broken) Put(_ context.Context, events []event.Event) ([]event.Event, error) {
	return events, errors.New("out of reach")
}
func (*broken) Groups(context.Context, []directory.GroupID) (map[directory.GroupID]bool, error) {
	return nil, nil
}
func (b *broken) Keep(context.Context, []event.Event) error {
	b.keeps++
	return directory.ErrUnavailable
}
func (*broken) Kept(context.Context, event.Shard, int) ([]event.Event, bool, error) {
	return nil, false, directory.ErrUnavailable
}
func (*broken) Forget(context.Context, []event.Event) error     { return directory.ErrUnavailable }
func (*broken) Remind(context.Context, event.Shard, bool) error { return directory.ErrUnavailable }

// TestTell_FailsIfAnEventIsNeitherPutNorKept: then the changes come again.
func TestTell_FailsIfAnEventIsNeitherPutNorKept(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	b := &broken{}
	s := &event.Service{Bus: b, Store: b}
	told, err := s.Tell(ctx, []event.Change{{Events: []event.Event{event.OfCreated(capped)}}})
	if !errors.Is(err, directory.ErrUnavailable) || told.Put != 0 || told.Why == nil || b.keeps < 2 {
		t.Errorf("%+v, %v after %d attempts to keep it", told, err, b.keeps)
	}
	shard := event.Shard(0)
	if _, err := s.Tell(ctx, []event.Change{{Due: &shard}}); !errors.Is(err, directory.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	if told, err := s.Tell(ctx, nil); err != nil || told != (event.Told{}) {
		t.Errorf("nothing to tell: %+v, %v", told, err)
	}
}

func TestShard_SpreadsEvents(t *testing.T) {
	var found []event.Shard
	for i := range 64 {
		m := ofGroup
		m.JoinID = fmt.Sprint(i)
		found = append(found, event.OfGroupJoined(m, id).Shard())
	}
	slices.Sort(found)
	if found = slices.Compact(found); !slices.Equal(found, []event.Shard{0, 1, 2, 3}) {
		t.Errorf("%v", found)
	}
}
