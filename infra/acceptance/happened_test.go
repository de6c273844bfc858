package acceptance

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"group-invites/infra/local/putevents"
)

// happened is what an event tells, as one who listens has it.
type happened struct {
	Type   string `json:"detail-type"`
	Source string
	Time   time.Time
	Detail json.RawMessage
	Fault  string

	ID                               string
	OrgID, GroupID, UserID, InviteID string
	Level, Role, Reason              string
	At                               time.Time
}

// told gives the events about the organization by the address that scripts use, oldest first.
func (o org) told(t testing.TB) []happened {
	t.Helper()
	var events []happened
	a := o.s.want(t, http.StatusOK, "GET", "/dev/events?type=", "", nil)
	for _, e := range read[[]happened](t, a) {
		detail := e
		if err := json.Unmarshal(e.Detail, &detail); err != nil {
			t.Fatal(err)
		}
		detail.Type, detail.Detail = e.Type, e.Detail
		if detail.OrgID == o.id {
			events = append(events, detail)
		}
	}
	slices.Reverse(events)
	return events
}

func (e happened) String() string {
	words := []string{e.Type, e.Level, e.Role, e.Reason}
	if e.UserID != "" {
		words = append(words, "of "+e.UserID)
	}
	if e.InviteID != "" {
		words = append(words, "by "+e.InviteID)
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// tells waits until the organization's events are these and no others, in any order and each perhaps more than once.
func (o org) tells(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(want)
	var got []string
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		byID := map[string]string{}
		for _, e := range o.told(t) {
			byID[e.ID] = e.String()
		}
		if got = slices.Sorted(maps.Values(byID)); slices.Equal(got, want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("told\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	}
}

// TestHappened_EachEventIsTold goes through all that a host product is told.
func TestHappened_EachEventIsTold(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	want := []string{"member.joined organization admin of " + o.admin.id}
	adds := func(more ...string) {
		t.Helper()
		want = append(want, more...)
		o.tells(t, slices.Clone(want)...)
	}
	adds()

	made := o.link(t, o.admin, object{"access": "anyone", "expiration": "7d", "maxUses": 5, "name": "For Mira"})
	adds("invite.created by " + made.ID)
	one, two := shared.person(t, "told"), shared.person(t, "told")
	shared.redeem(t, one, made.code(t), 201)
	shared.redeem(t, one, made.code(t), 200)
	shared.redeem(t, two, made.code(t), 201)
	adds("member.joined organization user of "+one.id, "member.joined group of "+one.id+" by "+made.ID,
		"member.joined organization user of "+two.id, "member.joined group of "+two.id+" by "+made.ID)

	shared.want(t, 204, "DELETE", o.inGroup(one), one.token, nil)
	shared.want(t, 204, "DELETE", o.inGroup(one), o.admin.token, nil) // he has left: nobody hears of it again
	adds("member.removed group left of " + one.id)
	shared.want(t, 201, "PUT", o.inGroup(one), o.admin.token, nil)
	shared.want(t, 204, "DELETE", o.inGroup(one), o.admin.token, nil)
	adds("member.joined group of "+one.id, "member.removed group removed of "+one.id)
	shared.want(t, 201, "PUT", o.inGroup(one), o.admin.token, nil)
	shared.want(t, 204, "DELETE", o.member(one), o.admin.token, nil)
	shared.want(t, 204, "DELETE", o.member(two), two.token, nil)
	adds("member.joined group of "+one.id, "member.removed organization removed of "+one.id, "member.removed group organization of "+one.id,
		"member.removed organization left of "+two.id, "member.removed group organization of "+two.id)
	shared.want(t, 201, "PUT", o.member(two), o.admin.token, nil) // back, and in again before anybody has looked
	shared.want(t, 201, "PUT", o.inGroup(two), o.admin.token, nil)
	adds("member.joined organization user of "+two.id, "member.joined group of "+two.id)

	shared.want(t, 204, "DELETE", o.invite(made), o.admin.token, nil)
	adds("invite.deleted by " + made.ID)
	late := o.link(t, o.admin, object{"access": "anyone", "expiration": "1h"})
	o.set(t, late, "expiresAt", time.Now().Add(-time.Minute))
	asks := shared.person(t, "told")
	shared.want(t, 202, "POST", "/v1/invites/access-requests", asks.token, object{"code": late.code(t), "message": "It is Mira, let me in"})
	adds("invite.created by "+late.ID, "access.requested of "+asks.id+" by "+late.ID)
	shared.want(t, 200, "POST", o.in("/access-requests/"+asks.id+"/approve"), o.admin.token, nil)
	adds("member.joined organization user of "+asks.id, "member.joined group of "+asks.id)
	o.set(t, late, "ttl", time.Now().Add(-time.Minute))
	adds("invite.cleared expired by " + late.ID)

	last := o.link(t, o.admin, anyone)
	adds("invite.created by " + last.ID)
	shared.want(t, 204, "DELETE", o.in(""), o.admin.token, nil)
	adds("invite.cleared group_deleted by "+last.ID, "member.removed group deleted of "+two.id, "member.removed group deleted of "+asks.id)
	shared.want(t, 204, "DELETE", o.path(""), o.admin.token, nil)
	adds("member.removed organization deleted of "+o.admin.id, "member.removed organization deleted of "+two.id, "member.removed organization deleted of "+asks.id)

	for _, e := range o.told(t) {
		if e.Fault != "" || e.Source != "group-invites" || !e.Time.Equal(e.At) || time.Since(e.At) > 10*time.Minute {
			t.Errorf("%+v", e)
		}
		for _, secret := range []string{made.code(t), late.code(t), "http", "@", "Mira", "Astronomers", "Comets", o.admin.name, one.name, asks.name, o.admin.who} {
			if strings.Contains(string(e.Detail), secret) {
				t.Errorf("%s holds %q", e.Detail, secret)
			}
		}
	}
}

// TestHappened_AnOutageOfTheBusLosesNone, and kills lose none either. Counting goes on meanwhile; and what comes twice has the same id.
func TestHappened_AnOutageOfTheBusLosesNone(t *testing.T) {
	const people, within = 120, 30 * time.Second
	o := shared.org(t)
	made := o.link(t, o.admin, anyone)
	o.tells(t, "member.joined organization admin of "+o.admin.id, "invite.created by "+made.ID)
	defer shared.SetEventFaults(putevents.Faults{})
	shared.SetEventFaults(putevents.Faults{Down: true})

	var joining sync.WaitGroup
	code := made.code(t)
	want := []string{"member.joined organization admin of " + o.admin.id, "invite.created by " + made.ID}
	for i := range people {
		somebody, err := shared.meet(fmt.Sprintf("waiting-%d", counter.Add(1)))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, "member.joined organization user of "+somebody.id, "member.joined group of "+somebody.id+" by "+made.ID)
		joining.Go(func() {
			if a := shared.send(t, "POST", "/v1/invites/redeem", somebody.token, object{"code": code}); a.Status != 201 {
				t.Errorf("%s", a)
			}
		})
		if i%40 == 39 {
			joining.Wait()
			shared.KillFunction("tally")
		}
	}
	joining.Wait()
	joined := time.Now()
	for get[link](t, shared, o.invite(made), o.admin.token).Uses < people {
		if time.Since(joined) > within {
			t.Fatal("the bus takes nothing, and joins are no longer counted")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := len(o.told(t)); n != 2 {
		t.Errorf("%d events were taken by a bus that is down", n)
	}

	shared.SetEventFaults(putevents.Faults{Refused: 0.3, Lost: 0.3})
	time.Sleep(time.Second)
	shared.KillFunction("tally")
	o.tells(t, want...)
	shared.SetEventFaults(putevents.Faults{})

	times, details := map[string]int{}, map[string]string{}
	twice := 0
	for _, e := range o.told(t) {
		if times[e.ID]++; times[e.ID] == 2 {
			twice++
		}
		if before, known := details[e.ID]; known && before != string(e.Detail) {
			t.Errorf("%s and %s have the same id", before, e.Detail)
		}
		details[e.ID] = string(e.Detail)
	}
	if twice == 0 {
		t.Error("no answer was lost")
	}
	t.Logf("%d of %d events came more than once", twice, len(times))
	for deadline := time.Now().Add(20 * time.Second); len(shared.rows(t, "E#")) > 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still kept: %v", shared.rows(t, "E#"))
		}
	}
}
