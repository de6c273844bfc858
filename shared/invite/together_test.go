package invite_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
)

// answerTime is what a function has for a request.
const answerTime = 2500 * time.Millisecond

// settle redeems as often as the answer is "undecided, repeat", and gives the decided one.
func settle(ctx context.Context, service *invite.Service, who directory.Caller, code string) (invite.Joined, error) {
	for {
		attempt, cancel := context.WithTimeout(ctx, answerTime)
		joined, err := service.Redeem(attempt, who, code)
		cancel()
		if !errors.Is(err, directory.ErrUnavailable) || ctx.Err() != nil {
			return joined, err
		}
	}
}

// crowd runs act for so many people at once.
func crowd(size int, act func(i int, who directory.Caller)) {
	var all sync.WaitGroup
	for i := range size {
		all.Go(func() { act(i, Person(fmt.Sprintf("person %d", i))) })
	}
	all.Wait()
}

// badDay is the share of calls that go wrong in tests that say so.
func badDay(seed uint64) faults.Plan { return faults.Mix(seed, 0.30, 0.05, 0.02) }

// members counts who is in the group, by the rows that decide, and sees that each is in the organization.
func (s scene) members(people int, group directory.Group) int {
	s.Helper()
	n := 0
	for i := range people {
		inOrg, inGroup := s.in(Person(fmt.Sprintf("person %d", i)), group)
		if inGroup {
			n++
		}
		if inGroup && !inOrg {
			s.Errorf("person %d is in the group and not in its organization", i)
		}
	}
	return n
}

func TestRedeemTogether_CapIsExact(t *testing.T) {
	const people, places = 1000, 10
	for name, plan := range map[string]faults.Plan{"on a good day": nil, "on a bad day": badDay(1)} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			link := s.Link(s.admin, s.group, Anyone, Cap(places))
			s.Faults.Reset(plan)
			var mu sync.Mutex
			counts := map[string]int{}
			crowd(people, func(_ int, who directory.Caller) {
				joined, err := settle(t.Context(), s.Invites, who, Code(link))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					counts["joined"]++
				case errors.Is(err, invite.ErrUsedUp):
					counts["used up"]++
				default:
					t.Errorf("%s: %v", who.Name, err)
				}
				if joined.AlreadyMember {
					counts["already"]++ // his own joining, whose answer was lost until he repeated
				}
			})
			s.Faults.Reset(nil)
			if counts["joined"] != places || counts["used up"] != people-places {
				t.Errorf("answers %v", counts)
			}
			if n := s.members(people, s.group); n != places {
				t.Errorf("%d members", n)
			}
			if n := s.uses(link); n != places {
				t.Errorf("%d uses", n)
			}
		})
	}
}

func TestRedeemTogether_UncappedLinkTakesAllAndIsNotWritten(t *testing.T) {
	const people = 1000
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	row := s.row("I#"+s.group.ID.String(), link.ID.String())
	crowd(people, func(_ int, who directory.Caller) {
		if _, err := settle(t.Context(), s.Invites, who, Code(link)); err != nil {
			t.Errorf("%s: %v", who.Name, err)
		}
	})
	if n := s.members(people, s.group); n != people {
		t.Errorf("%d members", n)
	}
	if after := s.row("I#"+s.group.ID.String(), link.ID.String()); after != row {
		t.Errorf("the invite's row was written: %s, was %s", after, row)
	}
}

func TestRedeemTogether_OnePersonJoinsOnce(t *testing.T) {
	s := newScene(t)
	for round := range 20 {
		who := Person(fmt.Sprintf("person %d", round))
		links := []invite.View{s.Link(s.admin, s.group, Anyone, Cap(5)), s.Link(s.admin, s.group, Anyone, Cap(5))}
		var mu sync.Mutex
		first := 0
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				joined, err := settle(t.Context(), s.Invites, who, Code(links[i%2]))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if !joined.AlreadyMember {
					first++
				}
			})
		}
		all.Wait()
		if uses := s.uses(links[0]) + s.uses(links[1]); first != 1 || uses != 1 {
			t.Fatalf("round %d: %d answers say joined, %d uses", round, first, uses)
		}
	}
}

func TestRedeemTogether_MemberOnAUsedUpLink(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(1))
	s.redeem(Person("first"), link, nil)
	crowd(20, func(int, directory.Caller) {
		if joined, err := settle(t.Context(), s.Invites, Person("first"), Code(link)); err != nil || !joined.AlreadyMember {
			t.Errorf("%+v, %v", joined, err)
		}
	})
	if n := s.uses(link); n != 1 {
		t.Errorf("%d uses", n)
	}
}

func TestRedeem_ReadsAgainAfterAConflict(t *testing.T) {
	s := newScene(t)
	for _, c := range []struct {
		name string
		link invite.View
	}{
		{"capped", s.Link(s.admin, s.group, Anyone, Cap(1))},
		{"uncapped", s.Link(s.admin, s.group, Anyone)},
	} {
		t.Run(c.name, func(t *testing.T) {
			conflicts := 3
			s.Faults.Reset(func(call faults.Call) faults.Fault {
				if call.Writes() && conflicts > 0 {
					conflicts--
					return faults.Conflict
				}
				return faults.None
			})
			if joined := s.redeem(Person(c.name), c.link, nil); joined.AlreadyMember {
				t.Error("he was no member before")
			}
			// The creator may be known: a read, then three times a write and a read, then the write that holds.
			if cost := s.Faults.Cost(); cost.Calls < 8 {
				t.Errorf("%d calls: it didn't read again before each attempt", cost.Calls)
			}
			s.Faults.Reset(nil)
		})
	}
}

// TestRedeem_PlaceTakenDuringAConflict: the last place goes while a redeem waits to try again. It must see that, not the place.
func TestRedeem_PlaceTakenDuringAConflict(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(1))
	_, _, elsewhere := s.Instance()
	taken := false
	s.Faults.Reset(func(call faults.Call) faults.Fault {
		if !call.Writes() || taken {
			return faults.None
		}
		taken = true
		if _, err := elsewhere.Redeem(t.Context(), Person("quicker"), Code(link)); err != nil {
			t.Error(err)
		}
		return faults.Conflict
	})
	s.redeem(Person("slower"), link, invite.ErrUsedUp)
}

func TestRedeem_BusyTableIsUndecided(t *testing.T) {
	for name, fault := range map[string]faults.Fault{
		"throttled": faults.Throttle, "conflict and throttle": faults.ConflictAndThrottle, "failing": faults.Fail,
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			link := s.Link(s.admin, s.group, Anyone, Cap(1))
			s.Faults.Reset(func(call faults.Call) faults.Fault {
				if call.Writes() {
					return fault
				}
				return faults.None
			})
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			before := s.Content()
			if _, err := s.Invites.Redeem(ctx, Person("new"), Code(link)); !errors.Is(err, directory.ErrUnavailable) {
				t.Errorf("answers %v", err)
			}
			if calls := s.Faults.Cost().Calls; calls > 20 {
				t.Errorf("%d calls within 300 ms: it doesn't back off", calls)
			}
			if s.Content() != before {
				t.Error("something was written")
			}
			s.Faults.Reset(nil)
			s.redeem(Person("new"), link, nil)
		})
	}
}

// TestRedeem_LostAnswer loses the answer of each call in turn. Whoever joins is told that he joined, and counts once.
func TestRedeem_LostAnswer(t *testing.T) {
	s := newScene(t)
	for _, c := range []struct {
		name string
		link invite.View
	}{
		{"capped", s.Link(s.admin, s.group, Anyone, Cap(100))},
		{"uncapped", s.Link(s.admin, s.group, Anyone)},
	} {
		for number := 1; number <= 3; number++ {
			_, _, service := s.Instance(s.Faults.Configure) // knows no creator: three calls
			s.Faults.Reset(faults.On(number, faults.Lose))
			who := Person(fmt.Sprintf("%s %d", c.name, number))
			joined, err := service.Redeem(t.Context(), who, Code(c.link))
			if err != nil || joined.AlreadyMember {
				t.Errorf("%s, call %d lost: %+v, %v", c.name, number, joined, err)
			}
		}
	}
	s.Faults.Reset(nil)
	view, err := s.Invites.List(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 50})
	s.must(err)
	for _, v := range view.Items {
		if v.Capped() && v.Uses != 3 {
			t.Errorf("%d uses, want 3", v.Uses)
		}
	}
}

// TestRedeem_Killed kills the function before and after each call. What it leaves behind is whole, and repeating settles it.
func TestRedeem_Killed(t *testing.T) {
	s := newScene(t)
	capped, open := s.Link(s.admin, s.group, Anyone, Cap(100)), s.Link(s.admin, s.group, Anyone)
	joinings := 0
	for _, link := range []invite.View{capped, open} {
		for number := 1; number <= 3; number++ {
			for _, kill := range []faults.Fault{faults.KillBefore, faults.KillAfter} {
				_, _, service := s.Instance(s.Faults.Configure)
				s.Faults.Reset(faults.On(number, kill))
				who := Person(fmt.Sprintf("%s %d %d", link.ID, number, kill))
				if _, err := service.Redeem(t.Context(), who, Code(link)); err == nil {
					t.Fatalf("call %d: it was killed, and answers", number)
				}
				s.Faults.Reset(nil)
				inOrg, inGroup := s.in(who, s.group)
				if inOrg != inGroup {
					t.Errorf("call %d, fault %d: in the organization %t, in the group %t", number, kill, inOrg, inGroup)
				}
				joined := s.redeem(who, link, nil)
				if joined.AlreadyMember != inGroup {
					t.Errorf("call %d, fault %d: was in %t, is told %t", number, kill, inGroup, joined.AlreadyMember)
				}
				if link.ID == capped.ID {
					joinings++
				}
			}
		}
	}
	if n := s.uses(capped); n != joinings {
		t.Errorf("%d uses of %d joinings", n, joinings)
	}
}

// TestRedeem_RemovalIsNotOvertaken removes someone between the reads and the write of his redeem.
func TestRedeem_RemovalIsNotOvertaken(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(s scene, who directory.Caller)
		remove  func(s scene, who directory.Caller) error
	}{
		"from the group, having left it": {
			func(s scene, who directory.Caller) {
				s.must(s.Directory.RemoveGroupMember(s.Context(), who, s.group.ID, who.ID))
			},
			func(s scene, who directory.Caller) error {
				_, dir, _ := s.Instance()
				return dir.RemoveGroupMember(s.Context(), s.admin, s.group.ID, who.ID)
			},
		},
		"from the organization, having left it": {
			func(s scene, who directory.Caller) {
				s.must(s.Directory.RemoveOrgMember(s.Context(), who, s.org.ID, who.ID))
			},
			func(s scene, who directory.Caller) error {
				_, dir, _ := s.Instance()
				return dir.RemoveOrgMember(s.Context(), s.admin, s.org.ID, who.ID)
			},
		},
	} {
		for capped, how := range map[string]func(*invite.Request){"capped": Cap(5), "uncapped": Cap(0)} {
			t.Run(name+", "+capped, func(t *testing.T) {
				s := newScene(t)
				link := s.Link(s.admin, s.group, Anyone, how)
				c.prepare(s, s.user)
				removed := false
				s.Faults.Reset(func(call faults.Call) faults.Fault {
					if call.Writes() && !removed {
						removed = true
						s.must(c.remove(s, s.user))
					}
					return faults.None
				})
				s.redeem(s.user, link, invite.ErrRemoved)
				if _, in := s.in(s.user, s.group); in {
					t.Error("he is back")
				}
				s.Faults.Reset(nil)
				if n := s.uses(link); n != 0 {
					t.Errorf("%d uses", n)
				}
			})
		}
	}
}

// TestRedeem_RemovalFromTheOrganizationDuringAnUncappedJoin: the write goes through, with an epoch that no longer counts.
func TestRedeem_RemovalFromTheOrganizationDuringAnUncappedJoin(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.second)
	_, elsewhere, _ := s.Instance()
	removed := false
	s.Faults.Reset(func(call faults.Call) faults.Fault {
		if call.Writes() && !removed {
			removed = true
			s.must(elsewhere.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
		}
		return faults.None
	})
	s.redeem(s.user, link, nil)
	if inOrg, inGroup := s.in(s.user, s.second); inOrg || inGroup {
		t.Errorf("in the organization %t, in the group %t", inOrg, inGroup)
	}
}

func TestDelete_AmidAStormOfRedeems(t *testing.T) {
	for name, plan := range map[string]faults.Plan{"on a good day": nil, "on a bad day": badDay(2)} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			link := s.Link(s.admin, s.group, Anyone, Cap(invite.MaxCap))
			s.Faults.Reset(plan)
			var mu sync.Mutex
			joinedEarly, joined := 0, 0
			gone := make(chan struct{})
			started := make(chan struct{}, 1000)
			var storm sync.WaitGroup
			storm.Go(func() {
				crowd(300, func(i int, who directory.Caller) {
					started <- struct{}{}
					deleted := false
					select {
					case <-gone:
						deleted = true
					default:
					}
					_, err := settle(t.Context(), s.Invites, who, Code(link))
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil && deleted:
						joinedEarly++
					case err == nil:
						joined++
					case !errors.Is(err, invite.ErrDeleted):
						t.Error(err)
					}
				})
			})
			for range 20 {
				<-started
			}
			ctx, cancel := context.WithTimeout(t.Context(), answerTime)
			defer cancel()
			if err := s.Invites.Delete(ctx, s.admin, s.group.ID, link.ID); err != nil {
				t.Errorf("delete: %v", err)
			}
			close(gone)
			s.redeem(Person("late"), link, invite.ErrDeleted)
			storm.Wait()
			s.Faults.Reset(nil)
			if joinedEarly > 0 {
				t.Errorf("%d joined who began after the delete had answered", joinedEarly)
			}
			// Whose answer is lost until his time is over, and who then repeats after the delete, hears that the link is gone.
			if n := s.members(300, s.group); n < joined || plan == nil && n != joined {
				t.Errorf("%d members, %d were told", n, joined)
			}
		})
	}
}

func TestDelete_LostAnswer(t *testing.T) {
	s := newScene(t)
	for number := 1; number <= 2; number++ {
		link := s.Link(s.admin, s.group, Anyone)
		s.Faults.Reset(faults.On(number, faults.Lose))
		if err := s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID); err != nil {
			t.Errorf("call %d lost: %v", number, err)
		}
		s.Faults.Reset(nil)
		s.redeem(Person("new"), link, invite.ErrDeleted)
		if err := s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID); !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("again: %v", err)
		}
	}
}

func TestDelete_KilledLeavesTheLinkOrItsAuditRow(t *testing.T) {
	s := newScene(t)
	audits := func() int {
		n := 0
		for _, row := range s.Rows() {
			if r := row["action"]; r != nil {
				n++
			}
		}
		return n
	}
	for number := 1; number <= 2; number++ {
		for _, kill := range []faults.Fault{faults.KillBefore, faults.KillAfter} {
			link := s.Link(s.admin, s.group)
			before := audits()
			s.Faults.Reset(faults.On(number, kill))
			if err := s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID); err == nil {
				t.Fatal("it was killed, and answers")
			}
			s.Faults.Reset(nil)
			_, err := s.Invites.Get(t.Context(), s.admin, s.group.ID, link.ID)
			if gone, written := errors.Is(err, directory.ErrNotFound), audits() == before+1; gone != written {
				t.Errorf("call %d, fault %d: the link is gone %t, its audit row is there %t", number, kill, gone, written)
			}
		}
	}
}

func TestCreate_LostAnswer(t *testing.T) {
	s := newScene(t)
	for _, key := range []string{"", "a key"} {
		for number := 1; number <= 2; number++ {
			before, err := s.Invites.List(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 50})
			s.must(err)
			s.Faults.Reset(faults.On(number, faults.Lose))
			request := invite.Request{Access: invite.AccessOrg, Expiration: "7d"}
			if key != "" {
				request.IdempotencyKey, request.Scope = fmt.Sprintf("%s %d", key, number), "POST"
			}
			if _, err := s.Invites.Create(t.Context(), s.admin, s.group.ID, request); err != nil {
				t.Errorf("call %d lost: %v", number, err)
			}
			s.Faults.Reset(nil)
			after, err := s.Invites.List(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 50})
			s.must(err)
			if made := len(after.Items) - len(before.Items); made != 1 {
				t.Errorf("key %q, call %d lost: %d links were made", key, number, made)
			}
		}
	}
}

func TestCreateTogether_OneKeyMakesOneInvite(t *testing.T) {
	s := newScene(t)
	ids := sync.Map{}
	crowd(30, func(int, directory.Caller) {
		view, err := s.Invites.Create(t.Context(), s.admin, s.group.ID, invite.Request{
			Access: invite.AccessOrg, Expiration: "7d", IdempotencyKey: "key", Scope: "POST",
		})
		if err != nil {
			t.Error(err)
		}
		ids.Store(view.ID, true)
	})
	n := 0
	ids.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d invites", n)
	}
}
