package acceptance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestTally_CountsExactlyWhileItIsKilled lets 500 people in by an uncapped link and kills the function that counts them, again and again.
// Two seconds after the last of them its uses are right, and stay so.
func TestTally_CountsExactlyWhileItIsKilled(t *testing.T) {
	const people, kills = 500, 5
	within := 2 * time.Second
	if last != nil {
		within = time.Minute // two versions take twice the processes; what counts is that none counts what the other has counted
	}
	o := shared.org(t)
	made := o.link(t, o.admin, anyone)
	code := made.code(t)

	var joining sync.WaitGroup
	queue := make(chan string)
	for range 16 {
		joining.Go(func() {
			for who := range queue {
				somebody, err := shared.meet(who)
				if err != nil {
					t.Error(err)
					continue
				}
				if a := shared.send(t, "POST", "/v1/invites/redeem", somebody.token, object{"code": code}); a.Status != 201 {
					t.Errorf("%s: %s", who, a)
				}
			}
		})
	}
	killed := 0
	for i := range people {
		queue <- fmt.Sprintf("tallied-%d", counter.Add(1))
		if (i+1)%(people/kills) == 0 {
			killed += shared.KillFunction("tally")
		}
	}
	close(queue)
	joining.Wait()
	joined := time.Now()
	if killed == 0 {
		t.Error("no process of the tally was there to be killed")
	}
	for get[link](t, shared, o.invite(made), o.admin.token).Uses < people {
		if time.Since(joined) > within {
			t.Errorf("after %v its uses are not right", within)
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("right %v after the last joining; killed %d times", time.Since(joined).Round(time.Millisecond), killed)
	shared.settled(t)
	if uses := get[link](t, shared, o.invite(made), o.admin.token).Uses; uses != people {
		t.Errorf("%d uses, want %d", uses, people)
	}

	// Who joined is there, each once, newest first, page by page.
	type join struct {
		User     struct{ ID, Name string }
		JoinedAt time.Time
	}
	joins, _ := pages[join](t, shared, o.invite(made)+"/joins", o.admin.token, "50", 50)
	seen := map[string]bool{}
	var times []time.Time
	for _, j := range joins {
		if seen[j.User.ID] || j.User.Name == "" {
			t.Errorf("%+v is there twice, or has no name", j)
		}
		seen[j.User.ID] = true
		times = append(times, j.JoinedAt)
	}
	if len(seen) != people || !slices.IsSortedFunc(times, func(a, b time.Time) int { return b.Compare(a) }) {
		t.Errorf("%d joinings are listed, sorted %v", len(seen), slices.IsSortedFunc(times, func(a, b time.Time) int { return b.Compare(a) }))
	}
}

// TestTally_ClearsWhatWasDeleted: nothing is left of a deleted organization but its audit, and the day's count of new ones.
func TestTally_ClearsWhatWasDeleted(t *testing.T) {
	o := shared.org(t)
	made := o.link(t, o.admin, anyone)
	var people []person
	for range 30 {
		people = append(people, shared.person(t, "cleared"))
		shared.redeem(t, people[len(people)-1], made.code(t), 201)
	}
	// Who is out already is cleared too: his rows hold his name.
	shared.want(t, 204, "DELETE", o.inGroup(people[1]), o.admin.token, nil)
	shared.want(t, 204, "DELETE", o.member(people[2]), o.admin.token, nil)
	shared.want(t, 204, "DELETE", o.member(people[3]), people[3].token, nil)
	shared.want(t, 204, "DELETE", o.path(""), o.admin.token, nil)
	for _, request := range []string{o.path(""), o.in(""), o.invite(made), o.path("/audit")} {
		shared.want(t, 404, "GET", request, o.admin.token, nil)
	}
	shared.redeem(t, people[0], made.code(t), 410)
	o.cleared(t)
}

// TestTally_ClearsWhatWasDeletedAmidAStorm: people join, links and groups are created and members added while the organization is deleted.
// Whatever comes of each request, nothing of the organization is left.
func TestTally_ClearsWhatWasDeletedAmidAStorm(t *testing.T) {
	for round := range 3 {
		o := shared.org(t)
		code := o.link(t, o.admin, anyone).code(t)
		former := o.join(t, "user")[0]
		shared.want(t, 204, "DELETE", o.member(former), o.admin.token, nil)
		var storm sync.WaitGroup
		request := func(method, path, token string, body any) {
			storm.Go(func() {
				if a := shared.send(t, method, path, token, body); a.Status >= 500 {
					t.Errorf("%s %s: %s", method, path, a)
				}
			})
		}
		for i := range 12 {
			request("POST", "/v1/invites/redeem", shared.person(t, "stormy").token, object{"code": code})
			request("POST", o.in("/invites"), o.admin.token, anyone)
			if i == 2+3*round {
				request("DELETE", o.path(""), o.admin.token, nil)
			}
			request("POST", o.path("/groups"), o.admin.token, object{"name": "Meteors"})
			request("PUT", o.inGroup(o.admin), o.admin.token, nil)
			request("DELETE", o.inGroup(o.admin), o.admin.token, nil)
			request("PUT", o.member(former), o.admin.token, nil)
		}
		storm.Wait()
		o.cleared(t)
	}
}

// cleared waits until nothing is left of the organization but its audit. Each step of clearing is a change that the next one follows from.
func (o org) cleared(t *testing.T) {
	t.Helper()
	left := map[string]string{}
	for range 20 {
		o.s.settled(t)
		left = o.s.rows(t, o.id)
		maps.DeleteFunc(left, func(key, _ string) bool { return strings.HasPrefix(key, "A#") })
		if len(left) == 0 {
			return
		}
	}
	t.Errorf("left behind: %v", left)
}

// TestTally_EndsMembershipsOfAPastEpoch: who was removed from the organization is taken out of its groups' lists.
func TestTally_EndsMembershipsOfAPastEpoch(t *testing.T) {
	o := shared.org(t)
	user := o.join(t, "user")[0]
	shared.want(t, 204, "DELETE", o.member(user), o.admin.token, nil)
	shared.settled(t)
	for key, row := range shared.rows(t, user.id) {
		if want := "U#" + user.id + " G#" + o.group; key == want && !strings.Contains(row, " state=left ") {
			t.Errorf("his row in the group is %s", row)
		}
	}
}
