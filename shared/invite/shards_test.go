package invite_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
)

// deal deals the places of a link among shards, as redeemers who were pushed aside do.
func (s scene) deal(link invite.View, shards int) {
	s.Helper()
	table, _, _ := s.Instance()
	s.must(table.DealPlaces(s.Context(), &link.Invite, shards))
}

// shardRows gives the rows of a link's shards.
func (s scene) shardRows(link invite.View) (rows []map[string]types.AttributeValue) {
	s.Helper()
	for _, row := range s.Rows() {
		if strings.HasPrefix(row["pk"].(*types.AttributeValueMemberS).Value, "P#"+s.group.ID.String()+"#"+link.ID.String()+"#") {
			rows = append(rows, row)
		}
	}
	return rows
}

// shown sees that a list, a single read and a preview all give these uses and this state.
func (s scene) shown(link invite.View, uses int, state invite.State) {
	s.Helper()
	one, err := s.Invites.Get(s.Context(), s.admin, s.group.ID, link.ID)
	s.must(err)
	views := append(s.list(s.admin, 50), one)
	found := 0
	for _, v := range views {
		if v.ID == link.ID {
			found++
			if v.Uses != uses || v.State != state {
				s.Errorf("it shows %d uses and %s, want %d and %s", v.Uses, v.State, uses, state)
			}
		}
	}
	if p := s.preview(link); p.State != state || found != 2 {
		s.Errorf("the preview says %s, want %s; shown %d times", p.State, state, found)
	}
}

func TestShards_PlacesAreDealtWhereRedeemersAreInEachOthersWay(t *testing.T) {
	const people, places = 160, 120
	for name, plan := range map[string]faults.Plan{"conflicts alone": faults.Mix(5, 0.2, 0, 0), "on a bad day": badDay(6)} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			link := s.Link(s.admin, s.group, Anyone, Cap(places))
			aside := 2 * people
			s.Faults.Reset(func(call faults.Call) faults.Fault {
				if call.Writes() && aside > 0 { // everybody meets everybody
					aside--
					return faults.Conflict
				}
				return plan(call)
			})
			var mu sync.Mutex
			joined, usedUp := 0, 0
			crowd(people, func(_ int, who directory.Caller) {
				_, err := settle(t.Context(), s.Invites, who, Code(link))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					joined++
				case errors.Is(err, invite.ErrUsedUp):
					usedUp++
				default:
					t.Errorf("%s: %v", who.Name, err)
				}
			})
			s.Faults.Reset(nil)
			if joined != places || usedUp != people-places {
				t.Errorf("%d joined, %d heard that it is used up", joined, usedUp)
			}
			if n := s.members(people, s.group); n != places {
				t.Errorf("%d members", n)
			}
			if len(s.shardRows(link)) < 8 {
				t.Errorf("%d shards: the places were not dealt", len(s.shardRows(link)))
			}
			s.shown(link, places, invite.StateUsedUp)
		})
	}
}

func TestShards_FewPlacesAreNotDealt(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(31))
	s.Faults.Reset(faults.Mix(7, 0.4, 0, 0))
	crowd(40, func(_ int, who directory.Caller) { _, _ = settle(t.Context(), s.Invites, who, Code(link)) })
	s.Faults.Reset(nil)
	if rows := s.shardRows(link); len(rows) > 0 {
		t.Errorf("%d shards", len(rows))
	}
	s.shown(link, 31, invite.StateUsedUp)
}

func TestShards_UsesAreRightAtOnce(t *testing.T) {
	const places, shards = 13, 4
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(places))
	s.redeem(Person("before"), link, nil)
	s.deal(link, shards)
	for n := 1; n < places; n++ {
		s.shown(link, n, invite.StateActive)
		_, _, service := s.Instance() // knows nothing of the link, every other time
		if n%2 == 0 {
			service = s.Invites
		}
		_, err := service.Redeem(t.Context(), Person(fmt.Sprint(n)), Code(link))
		s.must(err)
	}
	s.shown(link, places, invite.StateUsedUp)
	s.redeem(Person("late"), link, invite.ErrUsedUp)
	s.shown(link, places, invite.StateUsedUp)
	if _, err := s.Invites.Send(t.Context(), s.admin, s.group.ID, link.ID, Addresses("mira@example.com")); !errors.Is(err, invite.ErrUsedUp) {
		t.Errorf("send: %v", err)
	}
	if joined := s.redeem(Person("3"), link, nil); !joined.AlreadyMember {
		t.Error("a member is let in again")
	}
}

// TestShards_AFunctionThatKnowsOfNoneLetsNobodyIn: to one of an earlier version, the link's own row says that it is used up.
func TestShards_AFunctionThatKnowsOfNoneLetsNobodyIn(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(100))
	before := s.Invites
	rows, err := s.Table.ReadLink(t.Context(), invite.Keys{Group: s.group.ID, Invite: link.ID})
	s.must(err)
	s.deal(link, 10)
	if row := s.row("I#"+s.group.ID.String(), link.ID.String()); !strings.Contains(row, `uses="100"`) {
		t.Errorf("its row is %s", row)
	}
	who := Person("new")
	err = s.Table.Join(t.Context(), invite.Joining{
		Invite: rows.Invite, Shard: invite.NoShard,
		Group: directory.GroupMember{Group: s.group.ID, User: who.ID, State: directory.StateIn, JoinID: "x"},
	})
	if !errors.Is(err, directory.ErrChanged) {
		t.Errorf("who counts on the link's row gets %v", err)
	}
	if _, err := before.Redeem(t.Context(), who, Code(link)); err != nil {
		t.Errorf("who reads again: %v", err)
	}
}

func TestShards_LostAnswer(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(100))
	s.deal(link, 8)
	for number := 1; number <= 3; number++ {
		_, _, service := s.Instance(s.Faults.Configure)
		s.Faults.Reset(faults.On(number, faults.Lose))
		joined, err := service.Redeem(t.Context(), Person(fmt.Sprint(number)), Code(link))
		if err != nil || joined.AlreadyMember {
			t.Errorf("call %d lost: %+v, %v", number, joined, err)
		}
	}
	s.Faults.Reset(nil)
	s.shown(link, 3, invite.StateActive)
}

// TestShards_Killed kills whoever deals, joins, or takes the last place, before and after each call. What is left is whole: as many uses
// as joined, and repeating settles it.
func TestShards_Killed(t *testing.T) {
	const places = 32
	for name, c := range map[string]struct {
		ready func(s scene, link invite.View)
		aside int // writes that meet another
	}{
		"dealing": {func(scene, invite.View) {}, 2},
		"joining": {func(s scene, link invite.View) { s.deal(link, 8) }, 0},
		"taking the last place": {func(s scene, link invite.View) {
			s.deal(link, 8)
			for i := range places - 1 {
				s.redeem(Person(fmt.Sprintf("person %d", i)), link, nil)
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for number, killed := 1, true; killed; number++ {
				for _, kill := range []faults.Fault{faults.KillBefore, faults.KillAfter} {
					s := newScene(t)
					link := s.Link(s.admin, s.group, Anyone, Cap(places))
					c.ready(s, link)
					_, _, service := s.Instance(s.Faults.Configure)
					aside := c.aside
					s.Faults.Reset(func(call faults.Call) faults.Fault {
						if call.Number == number {
							return kill
						}
						if call.Writes() && aside > 0 {
							aside--
							return faults.Conflict
						}
						return faults.None
					})
					who := Person(fmt.Sprintf("person %d", places-1))
					_, err := service.Redeem(t.Context(), who, Code(link))
					s.Faults.Reset(nil)
					killed = errors.Is(err, faults.ErrKilled) || number < 3
					if n := s.members(places, s.group); n != s.uses(link) {
						t.Errorf("call %d, fault %d: %d members, %d uses", number, kill, n, s.uses(link))
					}
					s.redeem(who, link, nil)
					if n := s.members(places, s.group); n != s.uses(link) {
						t.Errorf("call %d, fault %d, again: %d members, %d uses", number, kill, n, s.uses(link))
					}
				}
			}
		})
	}
}

// TestShards_DeleteEndsAJoiningInFlight: the link goes between the reads and the write of a redeem. No row of a shard may come of it.
func TestShards_DeleteEndsAJoiningInFlight(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(1000))
	s.deal(link, invite.MaxShards)
	_, _, elsewhere := s.Instance()
	deleted := false
	s.Faults.Reset(func(call faults.Call) faults.Fault {
		if call.Writes() && !deleted {
			deleted = true
			s.must(elsewhere.Delete(t.Context(), s.admin, s.group.ID, link.ID))
		}
		return faults.None
	})
	s.redeem(Person("new"), link, invite.ErrDeleted)
	rows := s.shardRows(link)
	for _, row := range rows {
		if row["closed"] == nil || row["ttl"] == nil || row["uses"] != nil {
			t.Errorf("left behind: %v", row)
		}
	}
	if len(rows) != invite.MaxShards {
		t.Errorf("%d shards are closed", len(rows))
	}
}

// TestShards_DealtDuringADelete: the delete, which read the link before, must not leave the shards open.
func TestShards_DealtDuringADelete(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(1000))
	dealt := false
	s.Faults.Reset(func(call faults.Call) faults.Fault {
		if call.Writes() && !dealt {
			dealt = true
			s.deal(link, 10)
		}
		return faults.None
	})
	s.must(s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID))
	s.Faults.Reset(nil)
	if rows := s.shardRows(link); len(rows) != 10 {
		t.Errorf("%d shards are closed", len(rows))
	}
	s.redeem(Person("late"), link, invite.ErrDeleted)
}

// TestShards_ADeleteThatWasKilledHoldsNobodyUp: redeemers hold back for it, and not for ever.
func TestShards_ADeleteThatWasKilledHoldsNobodyUp(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(1000))
	s.deal(link, 10)
	s.Faults.Reset(faults.On(3, faults.KillBefore))
	if err := s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID); !errors.Is(err, faults.ErrKilled) {
		t.Fatalf("delete: %v", err)
	}
	s.Faults.Reset(nil)
	ctx, cancel := context.WithTimeout(t.Context(), answerTime)
	defer cancel()
	if _, err := s.Invites.Redeem(ctx, Person("new"), Code(link)); err != nil {
		t.Errorf("while the clock stands still: %v", err)
	}
	s.Clock.Advance(2 * time.Second)
	s.Faults.Reset(nil)
	s.redeem(Person("later"), link, nil)
	if calls := s.Faults.Cost().Calls; calls > 4 {
		t.Errorf("%d calls two seconds later: it still holds back", calls)
	}
	s.must(s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID))
}
