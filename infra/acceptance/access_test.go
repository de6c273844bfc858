package acceptance

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"group-invites/infra/local/ses"
)

// accessRequest is that someone asks to be let in.
type accessRequest struct {
	User        named
	Email       *string
	Message     *string
	RequestedAt time.Time
	ExpiresAt   time.Time
	NewToOrg    bool
	InviteID    string
}

// expired makes a link that has just ended.
func (o org) expired(t testing.TB, creator person, settings object) link {
	t.Helper()
	l := o.link(t, creator, settings)
	o.set(t, l, "expiresAt", time.Now().Add(-time.Second))
	return l
}

// asks asks for access by a link. The answer is the same for everybody.
func (o org) asks(t testing.TB, p person, l link, message string) {
	t.Helper()
	body := object{"code": l.code(t)}
	if message != "" {
		body["message"] = message
	}
	a := o.s.want(t, http.StatusAccepted, "POST", "/v1/invites/access-requests", p.token, body)
	if string(a.Body) != `{"state":"received"}` {
		t.Errorf("answered %s", a)
	}
}

// requests lists the requests that somebody sees.
func (o org) requests(t testing.TB, viewer person) []accessRequest {
	t.Helper()
	return get[list[accessRequest]](t, o.s, o.in("/access-requests"), viewer.token).Items
}

// decision is the path of one on somebody's request.
func (o org) decision(p person, word string) string {
	return o.in("/access-requests/" + p.id + "/" + word)
}

// address is where mails to a person arrive.
func (p person) address() string { return p.who + "@example.com" }

// notified waits until all mails about the group's requests are done with, but a digest that is to go in an hour.
func (o org) notified(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		open := ""
		for key, row := range o.s.rows(t, o.group) {
			queued, sent, digest := strings.Contains(row, "state=queued"), strings.Contains(row, "state=sent"), strings.Contains(row, "kind=digest")
			later := digest && strings.Contains(row, "attempts=0") && !strings.Contains(row, "fresh=1")
			if strings.HasPrefix(key, "D#"+o.group+" ") && (queued && !later || sent && !digest) {
				open = row
			}
		}
		if open == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nobody knows what became of %s", open)
		}
	}
}

// TestAccess_TheCreatorIsToldAndLetsThePersonIn is the whole way: too late, asks, the creator's mail, the page's list, approved, the mail that tells.
func TestAccess_TheCreatorIsToldAndLetsThePersonIn(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	o.addPeople(t, "user")
	creator, late := o.join(t, "user")[0], shared.person(t, "late")
	l := o.expired(t, creator, object{"access": "anyone", "expiration": "7d", "maxUses": 5})
	shared.refused(t, late, l.code(t), 410, "invite_expired")
	const message = "We met at the hut.\r\nIt is me, Zaphod!"
	begin := time.Now()
	o.asks(t, late, l, message)

	notice := shared.inbox(t, creator.address(), 1, 5*time.Second)[0]
	t.Logf("told after %s", time.Since(begin))
	page := shared.URL() + "/groups/" + o.group + "/requests"
	for part, text := range map[string]string{"text": notice.Text, "HTML": notice.HTML} {
		for _, want := range []string{late.name, "Comets", "Astronomers", page} {
			if !strings.Contains(text, want) {
				t.Errorf("the %s of the notice doesn't say %q:\n%s", part, want, text)
			}
		}
	}
	if mails, err := shared.Mails(o.admin.address()); err != nil || len(mails) != 0 {
		t.Errorf("the admin got %d mails, %v", len(mails), err)
	}
	got := o.requests(t, creator)
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	r := got[0]
	if r.User != (named{late.id, late.name}) || r.Email != nil || r.Message == nil || *r.Message != "We met at the hut. It is me, Zaphod!" || !r.NewToOrg ||
		r.InviteID != l.ID || r.ExpiresAt.Sub(r.RequestedAt) != 30*24*time.Hour || time.Since(r.RequestedAt) > time.Minute {
		t.Errorf("%+v", r)
	}
	if admins := o.requests(t, o.admin); len(admins) != 1 || admins[0].Email == nil || *admins[0].Email != late.address() {
		t.Errorf("an admin sees %+v", admins)
	}

	m := read[member](t, shared.want(t, http.StatusOK, "POST", o.decision(late, "approve"), creator.token, nil))
	if m.ID != late.id || m.Role != "user" || m.Email != nil || o.members(t)[late.id].Role != "user" {
		t.Errorf("%+v", m)
	}
	if again := read[member](t, shared.want(t, http.StatusOK, "POST", o.decision(late, "approve"), creator.token, nil)); again != m {
		t.Errorf("again: %+v", again)
	}
	answer := shared.inbox(t, late.address(), 1, 5*time.Second)[0]
	if !strings.Contains(answer.Text, "was approved") || !strings.Contains(answer.Text, shared.URL()+"/groups/"+o.group) {
		t.Errorf("the answer says %s", answer.Text)
	}
	if uses := get[link](t, shared, o.invite(l), o.admin.token).Uses; uses != 0 {
		t.Errorf("%d uses", uses)
	}
	if left := o.requests(t, creator); len(left) != 0 {
		t.Errorf("still asking: %+v", left)
	}
	o.audited(t, "access_request.approved", creator, late)

	// What the person wrote is on the page only.
	o.notified(t)
	for _, mail := range []ses.Mail{notice, answer} {
		if strings.Contains(mail.Raw+mail.Text+mail.HTML+mail.Subject, "Zaphod") {
			t.Errorf("mailed: %s", mail.Raw)
		}
	}
	if strings.Contains(shared.log.String(), "Zaphod") {
		t.Error("the log holds the message")
	}
}

// audited holds that just one such act is in the audit.
func (o org) audited(t testing.TB, action string, actor, target person) {
	t.Helper()
	type entry struct {
		Actor                  named
		Action, Target, Detail string
		Person, Group          *named // whom and which group they mean, in words
	}
	n := 0
	for _, e := range get[list[entry]](t, o.s, o.path("/audit"), o.admin.token).Items {
		if e.Action == action && e.Target == target.id && e.Actor.ID == actor.id && e.Detail == o.group && e.Person != nil && e.Person.ID == target.id && e.Group != nil && e.Group.Name == "Comets" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d entries of %s", n, action)
	}
}

func TestAccess_Declined(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	late := shared.person(t, "late")
	l := o.expired(t, o.admin, object{"access": "anyone"})
	o.asks(t, late, l, "")
	shared.want(t, http.StatusNoContent, "POST", o.decision(late, "decline"), o.admin.token, nil)
	shared.send(t, "POST", o.decision(late, "decline"), o.admin.token, nil).refusal(t, 404, "not_found")
	shared.send(t, "POST", o.decision(late, "approve"), o.admin.token, nil).refusal(t, 404, "not_found")
	if answer := shared.inbox(t, late.address(), 1, 5*time.Second)[0]; !strings.Contains(answer.Text, "approved this time") || strings.Contains(answer.Text, o.admin.name) {
		t.Errorf("the answer says %s", answer.Text)
	}
	o.audited(t, "access_request.declined", o.admin, late)
	o.notified(t)
	shared.writesNothing(t, []string{o.id, late.id}, func() { o.asks(t, late, l, "Please!") })
	shared.redeem(t, late, o.link(t, o.admin, anyone).code(t), http.StatusCreated)
}

// TestAccess_NothingIsStored: the answer is what everybody gets.
func TestAccess_NothingIsStored(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	people := o.join(t, "user", "user", "user", "manager")
	fromGroup, fromOrg, left, manager := people[0], people[1], people[2], people[3]
	stranger, asked := shared.person(t, "stranger"), shared.person(t, "asked")
	open, members, live := o.expired(t, o.admin, object{"access": "anyone"}), o.expired(t, o.admin, object{"access": "org"}), o.link(t, o.admin, anyone)
	shared.want(t, 204, "DELETE", o.inGroup(fromGroup), o.admin.token, nil)
	shared.want(t, 204, "DELETE", o.member(fromOrg), o.admin.token, nil)
	shared.want(t, 204, "DELETE", o.member(left), left.token, nil)
	o.asks(t, asked, open, "")
	o.notified(t)
	ids := []string{o.id}
	for _, p := range append(people, stranger, asked) {
		ids = append(ids, p.id)
	}
	shared.writesNothing(t, ids, func() {
		o.asks(t, fromGroup, open, "removed from the group")
		o.asks(t, fromOrg, open, "removed from the organization")
		o.asks(t, left, members, "left, and the link is for members")
		o.asks(t, stranger, members, "a stranger, and the link is for members")
		o.asks(t, stranger, live, "the link works")
		o.asks(t, manager, open, "in already")
		o.asks(t, asked, open, "asked already")
	})
}

func TestAccess_RefusedRequests(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	late := shared.person(t, "late")
	l, gone := o.expired(t, o.admin, object{"access": "anyone"}), o.expired(t, o.admin, object{"access": "anyone"})
	shared.want(t, 204, "DELETE", o.invite(gone), o.admin.token, nil)
	const path = "/v1/invites/access-requests"
	shared.writesNothing(t, []string{o.id, late.id}, func() {
		shared.send(t, "POST", path, late.token, object{"code": gone.code(t)}).refusal(t, 410, "invite_deleted")
		for _, code := range []string{"", "x", l.code(t)[:43], l.code(t) + "A", strings.Repeat("A", 44)} {
			shared.send(t, "POST", path, late.token, object{"code": code}).refusal(t, 404, "not_found")
		}
		for _, body := range []struct {
			text   string
			fields []string
		}{
			{`{}`, []string{"code"}}, {`{"code":5}`, []string{"code"}}, {`{"code":null}`, []string{"code"}},
			{`{"code":"` + l.code(t) + `","message":7}`, []string{"message"}},
			{`{"code":"` + l.code(t) + `","message":"` + strings.Repeat("é", 281) + `"}`, []string{"message"}},
			{`{"code":"` + l.code(t) + `","message":"a\u202eb"}`, []string{"message"}},
			{`{"code":"` + l.code(t) + `","message":"a\u0000b"}`, []string{"message"}},
			{`{"code":"` + l.code(t) + `","email":"a@example.com","userId":"x"}`, []string{"email", "userId"}},
		} {
			shared.send(t, "POST", path, late.token, body.text).refusal(t, 400, "invalid_request", body.fields...)
		}
		shared.send(t, "POST", o.decision(late, "approve"), o.admin.token, object{"role": "admin"}).refusal(t, 400, "invalid_request", "role")
		shared.send(t, "POST", o.decision(late, "approve"), o.admin.token, nil).refusal(t, 404, "not_found")
	})
	shared.want(t, http.StatusAccepted, "POST", path, late.token, object{"code": l.code(t), "message": nil})
}

// TestAccess_RemovalSticks: whoever was removed since he asked stays out.
func TestAccess_RemovalSticks(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	member := o.join(t, "user")[0]
	shared.want(t, 204, "DELETE", o.inGroup(member), member.token, nil) // leaves
	o.asks(t, member, o.expired(t, o.admin, object{"access": "org"}), "")
	if n := len(o.requests(t, o.admin)); n != 1 {
		t.Fatalf("%d requests", n)
	}
	shared.want(t, 204, "DELETE", o.inGroup(member), o.admin.token, nil)
	o.notified(t)
	shared.writesNothing(t, []string{o.id, member.id}, func() {
		shared.send(t, "POST", o.decision(member, "approve"), o.admin.token, nil).refusal(t, 404, "not_found")
		if got := o.requests(t, o.admin); len(got) != 0 {
			t.Errorf("asks: %+v", got)
		}
	})
}

// TestAccess_AHundredAtMost: 150 people ask at once. A hundred are heard, and all get the same answer; who decides gets one mail.
func TestAccess_AHundredAtMost(t *testing.T) {
	o := shared.org(t)
	l := o.expired(t, o.admin, object{"access": "anyone"})
	people := make([]person, 150)
	for i := range people {
		people[i] = shared.person(t, "late")
	}
	var storm sync.WaitGroup
	for _, p := range people {
		storm.Go(func() {
			for deadline := time.Now().Add(2 * time.Minute); ; {
				a, err := shared.do(t.Context(), "POST", "/v1/invites/access-requests", p.token, object{"code": l.code(t)})
				switch {
				case err != nil:
					t.Error(err)
				case a.Status == http.StatusServiceUnavailable && time.Now().Before(deadline):
					continue // undecided: it is safe to repeat
				case string(a.Body) != `{"state":"received"}`:
					t.Errorf("%s", a)
				}
				return
			}
		})
	}
	storm.Wait()
	all, cursors := pages[accessRequest](t, shared, o.in("/access-requests"), o.admin.token, "30", 30)
	seen := map[string]bool{}
	for _, r := range all {
		seen[r.User.ID] = true
	}
	if len(all) != 100 || len(seen) != 100 {
		t.Errorf("%d requests on %d pages, of %d people", len(all), len(cursors)+1, len(seen))
	}
	if !slices.IsSortedFunc(all, func(a, b accessRequest) int { return b.RequestedAt.Compare(a.RequestedAt) }) {
		t.Error("not newest first")
	}
	shared.settled(t)
	if mails := shared.inbox(t, o.admin.address(), 1, 5*time.Second); len(mails) != 1 {
		t.Errorf("%d mails", len(mails))
	}
}

// TestAccess_OneDigestAnHour: whoever asks after it is told of by the next, and each just once. The creator has lost his right: an admin is told.
func TestAccess_OneDigestAnHour(t *testing.T) {
	t.Parallel()
	s := startMail(t, nil)
	o := s.org(t)
	o.addPeople(t, "manager")
	manager := o.join(t, "manager")[0]
	l := o.expired(t, manager, object{"access": "anyone"})
	people := []person{s.person(t, "first"), s.person(t, "second"), s.person(t, "third")}
	o.asks(t, people[0], l, "")
	s.inbox(t, manager.address(), 1, 5*time.Second)
	o.notified(t)
	o.asks(t, people[1], l, "")
	o.asks(t, people[2], l, "")
	s.settled(t)
	s.sweep(t)
	if mails := s.inbox(t, manager.address(), 1, 0); len(mails) != 1 {
		t.Errorf("%d mails within the hour", len(mails))
	}
	o.addPeople(t)
	s.due(t) // the hour is over
	s.sweep(t)
	s.settled(t)
	notice := s.inbox(t, o.admin.address(), 1, 5*time.Second)[0]
	if strings.Contains(notice.Text, people[0].name) || !strings.Contains(notice.Text, people[1].name) || !strings.Contains(notice.Text, people[2].name) ||
		!strings.Contains(notice.Subject, "2 people") {
		t.Errorf("told %s\n%s", notice.Subject, notice.Text)
	}
	if mails := s.inbox(t, manager.address(), 1, 0); len(mails) != 1 {
		t.Errorf("%d mails to who lost his right", len(mails))
	}
	s.due(t)
	s.sweep(t)
	s.settled(t)
	if mails := s.inbox(t, o.admin.address(), 1, 0); len(mails) != 1 {
		t.Errorf("%d mails to the admin", len(mails))
	}
}

// TestAccess_AreClearedWithTheirGroup: nothing is left of requests, decisions and their mails.
func TestAccess_AreClearedWithTheirGroup(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	l := o.expired(t, o.admin, object{"access": "anyone"})
	people := []person{shared.person(t, "approved"), shared.person(t, "declined"), shared.person(t, "open")}
	for _, p := range people {
		o.asks(t, p, l, "")
	}
	shared.want(t, 200, "POST", o.decision(people[0], "approve"), o.admin.token, nil)
	shared.want(t, 204, "POST", o.decision(people[1], "decline"), o.admin.token, nil)
	shared.want(t, 204, "DELETE", o.in(""), o.admin.token, nil)
	shared.send(t, "POST", "/v1/invites/access-requests", people[2].token, object{"code": l.code(t)}).refusal(t, 410, "invite_deleted")
	shared.want(t, 404, "GET", o.in("/access-requests"), o.admin.token, nil)
	shared.settled(t)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		left := ""
		for key := range shared.rows(t, o.group) {
			if !strings.HasPrefix(key, "A#") {
				left += fmt.Sprintln(key)
			}
		}
		if left == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind:\n%s", left)
		}
	}
}
