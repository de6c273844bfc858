package invite_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
)

// counted counts calls by their operation, and fails those of the operation that is named.
func (s scene) counted(fails string) map[string]int {
	calls := map[string]int{}
	s.Faults.Reset(func(c faults.Call) faults.Fault {
		calls[c.Operation]++
		if c.Operation == fails {
			return faults.Fail
		}
		return faults.None
	})
	return calls
}

// TestShards_WhoIsAloneChoosesRight: where nobody is in his way, a redeemer who has seen the link before writes once, until the last place, and one who
// comes later not at all. Who fills a shard says so, so that reading is one call and everybody else knows; if he can't, whoever meets full ones looks at all.
func TestShards_WhoIsAloneChoosesRight(t *testing.T) {
	const places, shards = 45, 8
	for name, fails := range map[string]string{"it is told what is full": "", "it isn't": "UpdateItem"} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			link := s.Link(s.admin, s.group, Anyone, Cap(places))
			s.deal(link, shards)
			s.redeem(s.admin, link, nil) // learns of the shards
			for n := 1; n < places; n++ {
				calls := s.counted(fails)
				s.redeem(Person(fmt.Sprint(n)), link, nil)
				if calls["TransactWriteItems"] != 1 {
					t.Errorf("the %d. writes %d times", n, calls["TransactWriteItems"])
				}
				if reads := calls["BatchGetItem"]; fails == "" && reads != 1 || reads > 2 {
					t.Errorf("the %d. reads %d times", n, reads)
				}
			}
			calls := s.counted(fails)
			s.redeem(Person("late"), link, invite.ErrUsedUp)
			reads := 2 // the link, and whether he has the last place himself
			if fails != "" {
				reads = 3
			}
			if calls["TransactWriteItems"] != 0 || calls["BatchGetItem"] != reads {
				t.Errorf("who is late: %v", calls)
			}
			s.Faults.Reset(nil)
			s.shown(link, places, invite.StateUsedUp)
		})
	}
}

// TestShards_ALookIsTold: who has looked at all shards says which are full, and only that.
func TestShards_ALookIsTold(t *testing.T) {
	const places, shards = 32, 8
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(places))
	s.deal(link, shards)
	s.redeem(s.admin, link, nil)
	for n := 1; n < places; n++ {
		s.counted("UpdateItem")
		s.redeem(Person(fmt.Sprint(n)), link, nil)
	}
	s.Faults.Reset(nil)
	renamed := Person("late")
	s.Join(s.admin, s.second, renamed, directory.RoleUser)
	renamed.Name = "Renamed"
	s.redeem(renamed, link, invite.ErrUsedUp)
	members, err := s.Table.Members(t.Context(), s.org.ID, s.group.ID, []directory.UserID{renamed.ID})
	if err != nil || members[renamed.ID].OrgMember.Name != "late" {
		t.Errorf("who was refused is %q now, %v", members[renamed.ID].OrgMember.Name, err)
	}
	rows, err := s.Table.ReadLink(t.Context(), invite.Keys{Group: s.group.ID, Invite: link.ID})
	s.must(err)
	if got := rows.Invite.Full.Numbers(); len(got) != shards {
		t.Errorf("full are %v", got)
	}
	calls := s.counted("")
	s.redeem(Person("later"), link, invite.ErrUsedUp)
	if calls["BatchGetItem"] != 2 || calls["UpdateItem"] != 0 {
		t.Errorf("who comes after him: %v", calls)
	}
}

// TestShards_AreDealtByWhoWasPushedAsideTwice, if there are places for eight shards.
func TestShards_AreDealtByWhoWasPushedAsideTwice(t *testing.T) {
	for _, c := range []struct{ places, used, aside, shards int }{
		{100, 0, 1, 0}, {100, 0, 2, 25}, {100, 4, 2, 24}, {34, 2, 2, 8}, {34, 3, 2, 0}, {100_000, 0, 2, 64},
	} {
		s := newScene(t)
		link := s.Link(s.admin, s.group, Anyone, Cap(c.places))
		for n := range c.used {
			s.redeem(Person(fmt.Sprint(n)), link, nil)
		}
		aside := c.aside
		s.Faults.Reset(func(call faults.Call) faults.Fault {
			if call.Operation == "TransactWriteItems" && aside > 0 {
				aside--
				return faults.Conflict
			}
			return faults.None
		})
		s.redeem(Person("new"), link, nil)
		s.Faults.Reset(nil)
		rows, err := s.Table.ReadLink(t.Context(), invite.Keys{Group: s.group.ID, Invite: link.ID})
		s.must(err)
		if rows.Invite.Shards != min(c.shards, invite.MaxShards) {
			t.Errorf("%+v: %d shards", c, rows.Invite.Shards)
		}
	}
}

// TestShards_RedeemersHoldBackForADelete: while it was announced less than a second ago, by the clock of either, and not for ever.
func TestShards_RedeemersHoldBackForADelete(t *testing.T) {
	const courtesy = 10
	for age, held := range map[time.Duration]int{
		0: courtesy, time.Second - time.Millisecond: courtesy, time.Second: 0, -time.Second + time.Millisecond: courtesy, -time.Second: 0,
	} {
		s := newScene(t)
		link := s.Link(s.admin, s.group, Anyone, Cap(100))
		s.deal(link, 10)
		s.must(s.Table.AnnounceDelete(t.Context(), &link.Invite, s.Clock.Now().Add(-age)))
		s.redeem(s.user, link, nil) // learns of the shards; he is in, and waits for nobody
		calls := s.counted("")
		s.redeem(Person("new"), link, nil)
		if calls["BatchGetItem"] != held+1 || calls["TransactWriteItems"] != 1 {
			t.Errorf("%s after it was announced: %v", age, calls)
		}
	}
}

// TestShards_OfSeveralLinksAreCountedApart in a list.
func TestShards_OfSeveralLinksAreCountedApart(t *testing.T) {
	s := newScene(t)
	want := map[invite.ID]int{}
	for n, shards := range []int{8, 0, 11, 9} {
		link := s.Link(s.admin, s.group, Anyone, Cap(100))
		if shards > 0 {
			s.deal(link, shards)
		}
		for i := range n + 1 {
			s.redeem(Person(fmt.Sprint(n, i)), link, nil)
			s.must(s.Directory.RemoveGroupMember(t.Context(), Person(fmt.Sprint(n, i)), s.group.ID, Person(fmt.Sprint(n, i)).ID))
		}
		want[link.ID] = n + 1
	}
	for _, link := range s.list(s.admin, 50) {
		if link.Uses != want[link.ID] {
			t.Errorf("%d uses, want %d", link.Uses, want[link.ID])
		}
	}
}

// TestShards_NoPlaceIsThereOnceTheLinkIsGone: a look at the shards of a link that was deleted says that they are closed, not that there is room.
func TestShards_NoPlaceIsThereOnceTheLinkIsGone(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(100))
	s.deal(link, 8)
	rows, err := s.Table.ReadLink(t.Context(), invite.Keys{Group: s.group.ID, Invite: link.ID})
	s.must(err)
	s.must(s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID))
	err = invite.CountAll(context.Background(), s.Table.ShardUses, []invite.Invite{*rows.Invite})
	if !errors.Is(err, directory.ErrChanged) {
		t.Errorf("gave %v", err)
	}
}
