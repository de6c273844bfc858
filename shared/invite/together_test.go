package invite_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

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
	for name, c := range map[string]struct {
		plan  faults.Plan
		dealt bool
	}{
		"on a good day": {nil, false}, "on a bad day": {badDay(2), false},
		"on a good day, dealt among shards": {nil, true}, "on a bad day, dealt among shards": {badDay(2), true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			link := s.Link(s.admin, s.group, Anyone, Cap(invite.MaxCap))
			if c.dealt {
				s.deal(link, invite.MaxShards)
			}
			s.Faults.Reset(c.plan)
			var mu sync.Mutex
			joinedEarly, joined := 0, 0
			gone := make(chan struct{})
			started := make(chan struct{}, 1000)
			var storm sync.WaitGroup
			storm.Go(func() {
				crowd(300, func(i int, who directory.Caller) {
					started <- struct{}{}
					deleted := i%4 == 3
					if deleted {
						<-gone
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
			err := s.Invites.Delete(ctx, s.admin, s.group.ID, link.ID)
			close(gone)
			if err != nil {
				t.Errorf("delete: %v", err)
			}
			s.redeem(Person("late"), link, invite.ErrDeleted)
			storm.Wait()
			s.Faults.Reset(nil)
			if joinedEarly > 0 {
				t.Errorf("%d joined who began after the delete had answered", joinedEarly)
			}
			// Whose answer is lost until his time is over, and who then repeats after the delete, hears that the link is gone.
			if n := s.members(300, s.group); n < joined || c.plan == nil && n != joined {
				t.Errorf("%d members, %d were told", n, joined)
			}
		})
	}
}

// readApart gives rows of two moments, as a table may that reads them together: all but the link of the first one, and the link of the second.
type readApart struct {
	invite.Store
	between func()
}

func (r *readApart) ReadLink(ctx context.Context, keys invite.Keys) (invite.Rows, error) {
	rows, err := r.Store.ReadLink(ctx, keys)
	if between := r.between; between != nil && err == nil {
		r.between = nil
		between()
		later, err := r.Store.ReadLink(ctx, keys)
		rows.Invite, rows.Seen = later.Invite, later.Seen
		return rows, err
	}
	return rows, err
}

// TestRedeemTogether_TheLastPlaceIsHisOwn: someone asks twice at once, and takes the last place by the one. By the other he hears that he is in, and not
// that the link is used up.
func TestRedeemTogether_TheLastPlaceIsHisOwn(t *testing.T) {
	for _, shards := range []int{0, 2} {
		s := newScene(t)
		link := s.Link(s.admin, s.group, Anyone, Cap(2))
		if shards > 0 {
			s.deal(link, shards)
		}
		s.redeem(Person("first"), link, nil)
		table, _, service := s.Instance()
		who := Person("twice")
		service.Store = &readApart{table, func() {
			if joined := s.redeem(who, link, nil); joined.AlreadyMember {
				t.Error("he was in before")
			}
			s.redeem(Person("late"), link, invite.ErrUsedUp) // and tells, where there are shards, that they are full
		}}
		if joined, err := service.Redeem(t.Context(), who, Code(link)); err != nil || !joined.AlreadyMember || joined.Group.ID != s.group.ID {
			t.Errorf("%d shards: %+v, %v", shards, joined, err)
		}
	}
}

// TestRedeemTogether_WhoIsRemovedMeanwhileHearsThat: he takes the last place by one request, is removed, and hears by the other, which has read him from before
// and the link from after, what anybody who was removed hears.
func TestRedeemTogether_WhoIsRemovedMeanwhileHearsThat(t *testing.T) {
	s := newScene(t)
	link, who := s.Link(s.admin, s.group, Anyone, Cap(1)), Person("twice")
	table, _, service := s.Instance()
	service.Store = &readApart{table, func() {
		s.redeem(who, link, nil)
		s.must(s.Directory.RemoveGroupMember(t.Context(), s.admin, s.group.ID, who.ID))
	}}
	if _, err := service.Redeem(t.Context(), who, Code(link)); !errors.Is(err, invite.ErrRemoved) {
		t.Errorf("%v, want that he was removed", err)
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

// operation is something that someone did to a capped link: what it came to, and when it began and had answered.
type operation struct {
	what     string // "joined", "used up", "deleted" of redeems, "delete" of the delete
	from, to int64  // on a clock that ticks with every beginning and every answer
}

// linearizable tells whether operations that overlapped may have taken place one after the other, each at some instant between its
// beginning and its answer, by a link that lets in so many and is then used up, and lets in nobody once it is deleted. At most 64.
func linearizable(places int, history []operation) bool {
	fruitless := map[uint64]bool{} // sets of operations after which no order of the others is right
	var search func(done uint64, uses int, deleted bool) bool
	search = func(done uint64, uses int, deleted bool) bool {
		if done == 1<<len(history)-1 {
			return true
		}
		if fruitless[done] {
			return false
		}
		firstAnswer := int64(math.MaxInt64)
		for i, o := range history {
			if done&(1<<i) == 0 {
				firstAnswer = min(firstAnswer, o.to)
			}
		}
		for i, o := range history {
			if done&(1<<i) != 0 || o.from > firstAnswer {
				continue
			}
			used := uses
			switch {
			case o.what == "joined" && !deleted && uses < places:
				used++
			case o.what == "used up" && !deleted && uses == places, o.what == "deleted" && deleted, o.what == "delete" && !deleted:
			default:
				continue
			}
			if search(done|1<<i, used, deleted || o.what == "delete") {
				return true
			}
		}
		fruitless[done] = true
		return false
	}
	return search(0, 0, false)
}

func TestLinearizable(t *testing.T) {
	for name, c := range map[string]struct {
		places  int
		history []operation
		want    bool
	}{
		"one after the other":             {1, []operation{{"joined", 1, 2}, {"used up", 3, 4}, {"delete", 5, 6}, {"deleted", 7, 8}}, true},
		"used up before the place goes":   {1, []operation{{"used up", 1, 2}, {"joined", 3, 4}}, false},
		"used up while the place goes":    {1, []operation{{"used up", 1, 4}, {"joined", 2, 3}}, true},
		"one too many":                    {1, []operation{{"joined", 1, 4}, {"joined", 2, 3}}, false},
		"joined after the delete":         {2, []operation{{"delete", 1, 2}, {"joined", 3, 4}}, false},
		"joined during the delete":        {2, []operation{{"delete", 1, 4}, {"joined", 2, 3}}, true},
		"deleted before the delete":       {2, []operation{{"deleted", 1, 2}, {"delete", 3, 4}}, false},
		"joined after one heard deleted":  {2, []operation{{"delete", 1, 9}, {"deleted", 2, 3}, {"joined", 4, 5}}, false},
		"joined after one heard used up":  {2, []operation{{"joined", 1, 2}, {"used up", 3, 4}, {"joined", 5, 6}}, false},
		"used up after one heard deleted": {1, []operation{{"joined", 1, 2}, {"delete", 3, 9}, {"deleted", 4, 5}, {"used up", 6, 7}}, false},
	} {
		if got := linearizable(c.places, c.history); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestCappedLink_IsLinearizable: redeems, the cap and the delete of a capped link, all at once, are as if they were one after the other.
func TestCappedLink_IsLinearizable(t *testing.T) {
	const rounds, people, each = 10, 8, 6
	for name, c := range map[string]struct {
		plan   faults.Plan
		shards int
	}{
		"on a good day": {nil, 0}, "on a bad day": {badDay(3), 0},
		"on a good day, dealt among shards": {nil, 4}, "on a bad day, dealt among shards": {badDay(4), 4},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			ends := map[string]int{}
			for round := range rounds {
				places := 1 + 4*round
				link := s.Link(s.admin, s.group, Anyone, Cap(places))
				if c.shards > 0 {
					s.deal(link, min(c.shards, places))
				}
				s.Faults.Reset(c.plan)
				var clock atomic.Int64
				var mu sync.Mutex
				var history []operation
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // nobody gives up, so that every answer is decided
				record := func(act func() error, ok string) {
					from := clock.Add(1)
					err := act()
					o := operation{ok, from, clock.Add(1)}
					switch {
					case errors.Is(err, invite.ErrUsedUp):
						o.what = "used up"
					case errors.Is(err, invite.ErrDeleted):
						o.what = "deleted"
					case err != nil:
						t.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					history = append(history, o)
					ends[o.what]++
				}
				begun := make(chan struct{}, people*each)
				var all sync.WaitGroup
				for i := range people {
					all.Go(func() {
						for n := range each {
							begun <- struct{}{}
							who := Person(fmt.Sprintf("person %d of round %d, %d", i, round, n))
							record(func() error { _, err := s.Invites.Redeem(ctx, who, Code(link)); return err }, "joined")
						}
					})
				}
				all.Go(func() {
					for range people * each / 2 {
						<-begun
					}
					record(func() error { return s.Invites.Delete(ctx, s.admin, s.group.ID, link.ID) }, "delete")
				})
				all.Wait()
				cancel()
				s.Faults.Reset(nil)
				if !linearizable(places, history) {
					t.Errorf("%d places, no order explains %+v", places, history)
				}
			}
			for _, end := range []string{"joined", "used up", "deleted"} {
				if ends[end] == 0 {
					t.Errorf("none came to %q: %v", end, ends)
				}
			}
		})
	}
}

// TestLossOfRight_AmidAStormOfRedeems: by an uncapped link, which no redeem writes, whoever begins after the link's end has answered is
// refused, while those who are on their way may still come to either.
func TestLossOfRight_AmidAStormOfRedeems(t *testing.T) {
	const people, after = 8, 5 // at once; how often each begins after the answer
	for name, c := range map[string]struct {
		end  func(s scene, link invite.View) error
		want error
	}{
		"deleted": {func(s scene, link invite.View) error {
			return s.Invites.Delete(s.Context(), s.admin, s.group.ID, link.ID)
		}, invite.ErrDeleted},
		"group deleted": {
			func(s scene, _ invite.View) error { return s.Directory.DeleteGroup(s.Context(), s.admin, s.group.ID) }, invite.ErrDeleted,
		},
		"addPeople narrowed": {func(s scene, _ invite.View) error {
			_, err := s.Directory.ChangeOrg(s.Context(), s.admin, s.org.ID, directory.OrgChange{AddPeople: &directory.AddPeople{}})
			return err
		}, invite.ErrSuspended},
		"creator demoted": {func(s scene, _ invite.View) error {
			_, err := s.Directory.ChangeRole(s.Context(), s.admin, s.org.ID, s.manager.ID, directory.RoleUser)
			return err
		}, invite.ErrSuspended},
		"creator out of the group": {func(s scene, _ invite.View) error {
			return s.Directory.RemoveGroupMember(s.Context(), s.admin, s.group.ID, s.manager.ID)
		}, invite.ErrSuspended},
		"creator out of the organization": {func(s scene, _ invite.View) error {
			return s.Directory.RemoveOrgMember(s.Context(), s.admin, s.org.ID, s.manager.ID)
		}, invite.ErrSuspended},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.allow(directory.AddPeople{Manager: true})
			link := s.Link(s.manager, s.group, Anyone)
			s.Clock.Advance(time.Second)
			var ended atomic.Bool
			var joined atomic.Int64
			var storm sync.WaitGroup
			for i := range people {
				storm.Go(func() {
					for n, refused := 0, 0; refused < after; n++ {
						late := ended.Load()
						_, err := settle(t.Context(), s.Invites, Person(fmt.Sprintf("person %d, %d", i, n)), Code(link))
						if err == nil {
							joined.Add(1)
						} else if !errors.Is(err, c.want) {
							t.Errorf("gave %v", err)
							return
						}
						if late && err == nil {
							t.Error("he began after it had answered, and joined")
						}
						if late {
							refused++
						}
					}
				})
			}
			for deadline := time.Now().Add(10 * time.Second); joined.Load() < 2*people && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			err := c.end(s, link)
			ended.Store(true)
			storm.Wait()
			if err != nil || joined.Load() < 2*people {
				t.Errorf("%v after %d had joined", err, joined.Load())
			}
		})
	}
}

// TestKilled_BetweenAnyTwoCalls kills each operation that writes, before and after each of its calls, and looks at all rows; then again when
// it was repeated.
func TestKilled_BetweenAnyTwoCalls(t *testing.T) {
	colleague, past := Person("colleague"), Person("past") // of the organization, in the other group; formerly
	for name, act := range map[string]func(s scene, capped, open invite.View) error{
		"create an organization": func(s scene, _, _ invite.View) error {
			_, err := s.Directory.CreateOrg(s.Context(), Person("founder"), "Other")
			return err
		},
		"create a group": func(s scene, _, _ invite.View) error {
			_, err := s.Directory.CreateGroup(s.Context(), s.admin, s.org.ID, "Third")
			return err
		},
		"create a link": func(s scene, _, _ invite.View) error {
			_, err := s.create(s.user, s.group, keyed("key"), Cap(2))
			return err
		},
		"join all by a capped link": func(s scene, capped, _ invite.View) error {
			_, err := s.Invites.Redeem(s.Context(), Person("new"), Code(capped))
			return err
		},
		"join the group by a capped link": func(s scene, capped, _ invite.View) error {
			_, err := s.Invites.Redeem(s.Context(), colleague, Code(capped))
			return err
		},
		"join all by an uncapped link": func(s scene, _, open invite.View) error {
			_, err := s.Invites.Redeem(s.Context(), Person("new"), Code(open))
			return err
		},
		"join the group by an uncapped link": func(s scene, _, open invite.View) error {
			_, err := s.Invites.Redeem(s.Context(), colleague, Code(open))
			return err
		},
		"delete a link": func(s scene, capped, _ invite.View) error {
			return s.Invites.Delete(s.Context(), s.manager, s.group.ID, capped.ID)
		},
		"make an admin": func(s scene, _, _ invite.View) error {
			_, err := s.Directory.ChangeRole(s.Context(), s.admin, s.org.ID, s.manager.ID, directory.RoleAdmin)
			return err
		},
		"remove an admin": func(s scene, _, _ invite.View) error {
			return s.Directory.RemoveOrgMember(s.Context(), s.admin, s.org.ID, Person("second admin").ID)
		},
		"leave as an admin": func(s scene, _, _ invite.View) error {
			return s.Directory.RemoveOrgMember(s.Context(), Person("second admin"), s.org.ID, Person("second admin").ID)
		},
		"add to the organization again": func(s scene, _, _ invite.View) error {
			_, _, err := s.Directory.PutOrgMember(s.Context(), s.admin, s.org.ID, past.ID, directory.RoleAdmin)
			return err
		},
		"add to the group": func(s scene, _, _ invite.View) error {
			_, _, err := s.Directory.PutGroupMember(s.Context(), s.admin, s.group.ID, colleague.ID)
			return err
		},
		"remove from the group": func(s scene, _, _ invite.View) error {
			return s.Directory.RemoveGroupMember(s.Context(), s.admin, s.group.ID, s.user.ID)
		},
		"delete the group": func(s scene, _, _ invite.View) error {
			return s.Directory.DeleteGroup(s.Context(), s.admin, s.group.ID)
		},
		"delete the organization": func(s scene, _, _ invite.View) error { return s.Directory.DeleteOrg(s.Context(), s.admin, s.org.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kills := 0
			for number, killed := 1, true; killed; number++ {
				for _, kill := range []faults.Fault{faults.KillBefore, faults.KillAfter} {
					s := newScene(t)
					s.Join(s.admin, s.second, colleague, directory.RoleUser)
					s.Join(s.admin, s.second, Person("second admin"), directory.RoleAdmin)
					s.Join(s.admin, s.second, past, directory.RoleUser)
					s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, past.ID))
					capped, open := s.Link(s.admin, s.group, Anyone, Cap(2)), s.Link(s.admin, s.group, Anyone)
					s.redeem(Person("first"), capped, nil)
					s.Faults.Reset(faults.On(number, kill))
					err := act(s, capped, open)
					s.Faults.Reset(nil)
					if killed = errors.Is(err, faults.ErrKilled); killed {
						kills++
					} else if err != nil {
						t.Errorf("gave %v", err)
					}
					s.sound(number, kill)
					if err := act(s, capped, open); err != nil && !errors.Is(err, directory.ErrNotFound) {
						t.Errorf("again: %v", err)
					}
					s.sound(number, kill)
					if !killed {
						break // it makes no more calls
					}
				}
			}
			if kills < 2 {
				t.Errorf("killed %d times", kills)
			}
		})
	}
}

// sound checks all rows for what must be true at any instant: a capped link has as many uses as people who joined by it, and no more than
// places; a group's member has a row in the organization that is no older; an organization has the admins that it counts, at least one.
func (s scene) sound(number int, kill faults.Fault) {
	s.Helper()
	rows := map[string]map[string]string{}
	joined, admins := map[string]int{}, map[string]int{}
	for _, row := range s.Rows() {
		words := map[string]string{}
		for name, value := range row {
			switch v := value.(type) {
			case *types.AttributeValueMemberS:
				words[name] = v.Value
			case *types.AttributeValueMemberN:
				words[name] = v.Value
			}
		}
		rows[words["pk"]+" "+words["sk"]] = words
		joined[words["via"]]++
		if words["state"] == "in" && words["role"] == "admin" {
			admins[words["sk"]]++
		}
	}
	for key, row := range rows {
		group, inGroup := strings.CutPrefix(row["sk"], "G#")
		switch {
		case row["maxUses"] != "":
			if uses, _ := strconv.Atoi(row["uses"]); uses != joined[row["sk"]] || uses > 2 {
				s.Errorf("call %d, fault %d: %d uses of %s places, %d joinings by %s", number, kill, uses, row["maxUses"], joined[row["sk"]], key)
			}
		case strings.HasPrefix(row["pk"], "U#") && inGroup && row["state"] == "in":
			if in := rows[row["pk"]+" O#"+group[:10]]; in["since"] < row["since"] {
				s.Errorf("call %d, fault %d: %s is in a group since %s, in its organization: %v", number, kill, key, row["since"], in)
			}
		case row["sk"] == "O":
			if n := admins[row["pk"]]; n == 0 || strconv.Itoa(n) != row["admins"] {
				s.Errorf("call %d, fault %d: %d admins, %s counted", number, kill, n, row["admins"])
			}
		}
	}
}
