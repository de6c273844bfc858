package acceptance

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/ses"
)

// address makes a mail address that nobody else in the suite has.
func (s *site) address(word string) string {
	return fmt.Sprintf("%s-%d@example.com", word, counter.Add(1))
}

// emails is the path of a link's mails.
func (o org) emails(l link) string { return o.invite(l) + "/emails" }

// sent sends a link by e-mail.
func (o org) sent(t testing.TB, by person, l link, to ...string) []recipient {
	t.Helper()
	return read[list[recipient]](t, o.s.want(t, http.StatusAccepted, "POST", o.emails(l), by.token, object{"emails": to})).Items
}

// recipients reads to whom a link was sent, by address.
func (o org) recipients(t testing.TB, viewer person, l link) map[string]recipient {
	t.Helper()
	byAddress := map[string]recipient{}
	for query := ""; ; {
		page := get[list[recipient]](t, o.s, o.emails(l)+query, viewer.token)
		for _, r := range page.Items {
			byAddress[r.Email] = r
		}
		if page.NextCursor == nil {
			return byAddress
		}
		query = "?cursor=" + *page.NextCursor
	}
}

// mailed waits until it is known what became of all mails of a link, and gives them.
func (o org) mailed(t testing.TB, viewer person, l link) map[string]recipient {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		all, open := o.recipients(t, viewer, l), 0
		for _, r := range all {
			if r.State == "queued" || r.State == "sent" || r.State == "delayed" {
				open++
			}
		}
		if open == 0 {
			return all
		}
		if time.Now().After(deadline) {
			t.Fatalf("nobody knows what became of %d of %d mails: %+v", open, len(all), all)
		}
	}
}

// inbox waits until an address has so many mails, newest first.
func (s *site) inbox(t testing.TB, to string, n int, within time.Duration) []ses.Mail {
	t.Helper()
	for deadline := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		mails, err := s.Mails(to)
		if err != nil {
			t.Fatal(err)
		}
		if len(mails) >= n {
			return mails
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d mails to %s after %s, want %d", len(mails), to, within, n)
		}
	}
}

var linkInMail = regexp.MustCompile(`http://127\.0\.0\.1:\d+/i#([A-Za-z0-9_-]{44})`)

// TestMail_InviteesGetTheLinkAndJoinByIt is the invitee's whole way: two addresses, both mails within two seconds, the end in words, the link.
func TestMail_InviteesGetTheLinkAndJoinByIt(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	mira, tom := shared.address("mira"), shared.address("tom")
	begin := time.Now()
	l := o.link(t, o.admin, object{"access": "anyone", "expiration": "7d", "emails": []string{mira, strings.ToUpper(tom)}})
	for _, to := range []string{mira, tom} {
		mail := shared.inbox(t, to, 1, 2*time.Second-time.Since(begin))[0]
		for part, text := range map[string]string{"text": mail.Text, "HTML": mail.HTML} {
			for _, want := range []string{"in 7 days", "UTC", "Comets", "Astronomers", l.ExpiresAt.Format("2006"), "30 days"} {
				if !strings.Contains(text, want) {
					t.Errorf("the %s to %s doesn't say %q:\n%s", part, to, want, text)
				}
			}
			if found := linkInMail.FindStringSubmatch(text); found == nil || found[1] != l.code(t) {
				t.Errorf("the %s to %s has not the link: %v", part, to, found)
			}
		}
		for name, want := range map[string]string{"Auto-Submitted": "auto-generated", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} {
			if mail.Headers[name] != want {
				t.Errorf("%s is %q", name, mail.Headers[name])
			}
		}
	}
	for _, r := range o.mailed(t, o.admin, l) {
		if r.State != "delivered" || r.SentBy.ID != o.admin.id {
			t.Errorf("recipient %+v", r)
		}
	}
	code := linkInMail.FindStringSubmatch(shared.inbox(t, mira, 1, 0)[0].Text)[1]
	shared.redeem(t, shared.person(t, "invitee"), code, http.StatusCreated)
}

func TestMail_NoRowHoldsTheCode(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	l := o.link(t, o.admin, object{"access": "anyone", "emails": []string{shared.address("mira")}})
	o.mailed(t, o.admin, l)
	for key, row := range shared.rows(t, o.id) {
		if strings.Contains(key+row, l.code(t)) {
			t.Errorf("%s holds the code", key)
		}
	}
	if strings.Contains(shared.log.String(), l.code(t)) {
		t.Error("the log holds the code")
	}
}

func TestMail_BouncesAndComplaintsShowAndSuppress(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	bounce, complaint := fmt.Sprintf("bounce+%d@simulator.amazonses.com", counter.Add(1)), fmt.Sprintf("complaint+%d@simulator.amazonses.com", counter.Add(1))
	l := o.link(t, o.admin, anyone)
	o.sent(t, o.admin, l, bounce, complaint)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) { // a complaint comes after the delivery
		got := o.mailed(t, o.admin, l)
		if b := got[bounce]; b.State != "bounced" || b.Reason == nil || *b.Reason != "permanent" || b.Detail == nil {
			t.Fatalf("bounce %+v", b)
		}
		if got[complaint].State == "complained" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("complaint %+v", got[complaint])
		}
	}
	next := o.link(t, o.admin, anyone)
	for _, r := range o.sent(t, o.admin, next, strings.ToUpper(bounce[:1])+bounce[1:], complaint) {
		if r.State != "queued" || r.Reason != nil {
			t.Errorf("a suppressed address can be told at once: %+v", r)
		}
	}
	for address, r := range o.mailed(t, o.admin, next) {
		want := map[bool]string{true: "bounced", false: "complained"}[strings.EqualFold(address, bounce)]
		if r.State != "suppressed" || r.Reason == nil || *r.Reason != want {
			t.Errorf("%+v, want suppressed as %s", r, want)
		}
	}
}

func TestMail_OneBadAddressAndNothingIsSent(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	l := o.link(t, o.admin, anyone)
	good := shared.address("good")
	shared.writesNothing(t, []string{o.id}, func() {
		for bad, field := range map[string]string{
			"a@b": "emails[1]", "a@b@example.com": "emails[1]", "Mira <mira@example.com>": "emails[1]", strings.Repeat("x", 250) + "@example.com": "emails[1]",
			"mira@example.com\nBcc: x@example.com": "emails[1]", "x@[127.0.0.1]": "emails[1]",
		} {
			body := object{"emails": []string{good, bad}}
			shared.send(t, "POST", o.emails(l), o.admin.token, body).refusal(t, 400, "invalid_request", field)
			shared.send(t, "POST", o.in("/invites"), o.admin.token, body).refusal(t, 400, "invalid_request", field)
		}
		many := slices.Repeat([]string{good}, 51)
		shared.send(t, "POST", o.emails(l), o.admin.token, object{"emails": many}).refusal(t, 400, "invalid_request", "emails")
	})
	if mails, err := shared.Mails(good); err != nil || len(mails) != 0 {
		t.Errorf("%d mails, %v", len(mails), err)
	}
}

func TestMail_TwiceTheSameAddressIsOneMail(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	to := shared.address("mira")
	l := o.link(t, o.admin, anyone)
	if sent := o.sent(t, o.admin, l, to, strings.ToUpper(to), to); len(sent) != 1 {
		t.Errorf("sent %+v", sent)
	}
	o.sent(t, o.admin, l, strings.ToUpper(to))
	o.mailed(t, o.admin, l)
	shared.settled(t)
	if mails := shared.inbox(t, to, 1, 0); len(mails) != 1 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestMail_CorrectedAddress(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	l := o.link(t, o.admin, anyone)
	wrong, right := fmt.Sprintf("bounce+%d@simulator.amazonses.com", counter.Add(1)), shared.address("right")
	id := o.sent(t, o.admin, l, wrong)[0].ID
	o.mailed(t, o.admin, l)
	shared.want(t, http.StatusAccepted, "POST", o.emails(l)+"/"+id+"/resend", o.admin.token, object{"email": right})
	shared.inbox(t, right, 1, 2*time.Second)
	got := o.mailed(t, o.admin, l)
	if got[right].State != "delivered" || got[wrong].State != "dropped" || *got[wrong].Reason != "corrected" {
		t.Errorf("%+v", got)
	}
}

// TestMail_WaitsWhileSESTakesNone: paused, the mail waits and the link works; deleted meanwhile, it never goes.
func TestMail_WaitsWhileSESTakesNone(t *testing.T) {
	t.Parallel()
	s := startMail(t, nil)
	o := s.org(t)
	s.SetMailFaults(ses.Faults{Paused: true})
	waits, dead := o.link(t, o.admin, anyone), o.link(t, o.admin, anyone)
	o.sent(t, o.admin, waits, "mira@example.com")
	o.sent(t, o.admin, dead, "tom@example.com")
	s.settled(t)
	if r := o.recipients(t, o.admin, waits)["mira@example.com"]; r.State != "queued" || r.Reason != nil {
		t.Errorf("%+v", r)
	}
	s.redeem(t, s.person(t, "early"), waits.code(t), http.StatusCreated)
	s.want(t, http.StatusNoContent, "DELETE", o.invite(dead), o.admin.token, nil)
	s.SetMailFaults(ses.Faults{})
	s.due(t)
	s.sweep(t)
	o.mailed(t, o.admin, waits)
	if mails := s.inbox(t, "mira@example.com", 1, 0); len(mails) != 1 {
		t.Errorf("%d mails", len(mails))
	}
	if mails, _ := s.Mails("tom@example.com"); len(mails) != 0 {
		t.Error("the mail of a deleted link was sent")
	}
}
