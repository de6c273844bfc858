package acceptance

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"
)

// The two crowds run alone: nothing else should be in the way of a thousand people.
const crowd = 1000

func TestAtOnce_CappedLinkLetsInJustAsMany(t *testing.T) {
	const places = 10
	o := shared.org(t)
	made := o.link(t, o.admin, object{"access": "anyone", "maxUses": places})
	got := redeemAtOnce(t, o, made)
	if want := (map[string]int{"201": places, "410 invite_used_up": crowd - places}); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if n := len(o.members(t)); n != places {
		t.Errorf("%d members, want %d", n, places)
	}
	if n := len(everybody(t, shared, o.path("/members"), o.admin.token)); n != places+1 {
		t.Errorf("%d members of the organization, want %d and the admin", n, places)
	}
	after := get[link](t, shared, o.invite(made), o.admin.token)
	if after.Uses != places || after.State != "used_up" {
		t.Errorf("%d uses, %s", after.Uses, after.State)
	}
}

func TestAtOnce_UncappedLinkLetsInEverybody(t *testing.T) {
	o := shared.org(t)
	made := o.link(t, o.admin, anyone)
	before := shared.rows(t, "I#"+o.group)
	if got := redeemAtOnce(t, o, made); got["201"] != crowd {
		t.Errorf("%v, want all %d to join", got, crowd)
	}
	if n := len(o.members(t)); n != crowd {
		t.Errorf("%d members, want %d", n, crowd)
	}
	// Only the tally writes the link's row, and nothing of it but the uses.
	shared.settled(t)
	after := shared.rows(t, "I#"+o.group)
	for key := range after {
		if want := strings.Replace(before[key], " uses=0 ", fmt.Sprintf(" uses=%d ", crowd), 1); after[key] != want {
			t.Errorf("the link's row is %s, want %s", after[key], want)
		}
	}
}

// redeemAtOnce lets a crowd of new people redeem a link at the same time, and counts how they ended. A 503 says that repeating is safe,
// so everyone repeats until he knows; someone who got one and then hears that he is in already has joined.
func redeemAtOnce(t *testing.T, o org, l link) map[string]int {
	t.Helper()
	const patience = 100 // attempts
	code := l.code(t)
	people := make([]person, crowd)
	var making errgroup.Group
	for i := range people {
		making.Go(func() (err error) {
			people[i], err = shared.meet(fmt.Sprintf("crowd-%d", counter.Add(1)))
			return err
		})
	}
	if err := making.Wait(); err != nil {
		t.Fatal(err)
	}

	var mu sync.Mutex
	ends := map[string]int{}
	start := make(chan struct{})
	var redeeming sync.WaitGroup
	for _, p := range people {
		redeeming.Go(func() {
			<-start
			end, undecided := "undecided", false
			for range patience {
				a, err := shared.do(t.Context(), "POST", "/v1/invites/redeem", p.token, object{"code": code})
				if err != nil {
					end = err.Error()
					break
				}
				if a.Status == http.StatusServiceUnavailable {
					undecided = true
					continue
				}
				var said problem
				json.Unmarshal(a.Body, &said) // a 201 has no code
				end = http.StatusText(a.Status) + " " + said.Code
				switch {
				case a.Status == http.StatusCreated, a.Status == http.StatusOK && undecided:
					end = "201"
				case a.Status == http.StatusGone:
					end = "410 " + said.Code
				}
				break
			}
			mu.Lock()
			ends[end]++
			mu.Unlock()
		})
	}
	close(start)
	redeeming.Wait()
	return ends
}

// together runs two requests at the same time and gives their statuses.
func together(t *testing.T, a, b func() (answer, error)) [2]int {
	t.Helper()
	var answers [2]answer
	var errs [2]error
	start := make(chan struct{})
	var both sync.WaitGroup
	for i, request := range []func() (answer, error){a, b} {
		both.Go(func() {
			<-start
			answers[i], errs[i] = request()
		})
	}
	close(start)
	both.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return [2]int{answers[0].Status, answers[1].Status}
}

func TestAtOnce_TwoAdminsTakeEachOthersPower(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	second := o.join(t, "admin")[0]
	const rounds = 20
	ends := map[[2]int]int{}
	for range rounds {
		demote := func(by, whom person) func() (answer, error) {
			return func() (answer, error) {
				return shared.do(t.Context(), "PATCH", o.member(whom), by.token, object{"role": "user"})
			}
		}
		statuses := together(t, demote(o.admin, second), demote(second, o.admin))
		ends[statuses]++
		admin, other := o.admin, second
		switch {
		case statuses[0] == 200 && (statuses[1] == 403 || statuses[1] == 409):
		case statuses[1] == 200 && (statuses[0] == 403 || statuses[0] == 409):
			admin, other = second, o.admin
		default:
			t.Fatalf("answers %v, want one to win and the other to be refused", statuses)
		}
		roles := everybody(t, shared, o.path("/members"), admin.token)
		if roles[admin.id].Role != "admin" || roles[other.id].Role != "user" {
			t.Fatalf("after %v: %+v", statuses, roles)
		}
		shared.want(t, 200, "PATCH", o.member(other), admin.token, object{"role": "admin"})
	}
	t.Logf("answers of %d rounds: %v", rounds, ends)
}

func TestAtOnce_TwoAdminsLeave(t *testing.T) {
	t.Parallel()
	for range 5 {
		o := shared.org(t)
		second := o.join(t, "admin")[0]
		leave := func(p person) func() (answer, error) {
			return func() (answer, error) { return shared.do(t.Context(), "DELETE", o.member(p), p.token, nil) }
		}
		statuses := together(t, leave(o.admin), leave(second))
		if statuses != [2]int{204, 409} && statuses != [2]int{409, 204} {
			t.Errorf("answers %v, want one to leave and one to stay", statuses)
		}
	}
}

func TestAtOnce_OnePersonByTwoLinks(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	for range 10 {
		newcomer := shared.person(t, "newcomer")
		redeem := func(l link) func() (answer, error) {
			code := l.code(t)
			return func() (answer, error) {
				return shared.do(t.Context(), "POST", "/v1/invites/redeem", newcomer.token, object{"code": code})
			}
		}
		capped := object{"access": "anyone", "maxUses": 1}
		first, second := o.link(t, o.admin, capped), o.link(t, o.admin, capped)
		statuses := together(t, redeem(first), redeem(second))
		if statuses != [2]int{201, 200} && statuses != [2]int{200, 201} {
			t.Errorf("answers %v, want one joining", statuses)
		}
		uses := get[link](t, shared, o.invite(first), o.admin.token).Uses + get[link](t, shared, o.invite(second), o.admin.token).Uses
		if uses != 1 {
			t.Errorf("%d uses, want 1", uses)
		}
	}
}

func TestAtOnce_OneCreateUnderOneKey(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	var mu sync.Mutex
	ids := map[string]int{}
	var creating sync.WaitGroup
	for range 10 {
		creating.Go(func() {
			a, err := shared.do(t.Context(), "POST", o.in("/invites"), o.admin.token, anyone, "Idempotency-Key: one")
			if err != nil || a.Status != http.StatusCreated {
				t.Errorf("%s, %v", a, err)
				return
			}
			var l link
			if err := json.Unmarshal(a.Body, &l); err != nil {
				t.Error(err)
			}
			mu.Lock()
			ids[l.ID]++
			mu.Unlock()
		})
	}
	creating.Wait()
	if links := get[list[link]](t, shared, o.in("/invites"), o.admin.token); len(ids) != 1 || len(links.Items) != 1 {
		t.Errorf("made %v, listed %d", ids, len(links.Items))
	}
}
