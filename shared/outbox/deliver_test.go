package outbox_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
	"group-invites/shared/outbox"
)

func TestDeliver_SendsTheLinkOnce(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, To("mira@example.com"), func(r *invite.Request) { r.Expiration, r.Name = "7d", "Spring" })
	s.fresh(link)
	s.fresh(link) // the stream delivers twice
	s.sweep()
	s.want(link, []string{"mira@example.com"}, "sent")
	m := s.sink.took[0]
	got, want := *m.Invitation, mail.Invitation{
		SenderName: "admin", OrgName: "Acme", GroupName: "Backcountry", Label: "Spring", URL: link.URL,
		Now: s.Clock.Now(), ExpiresAt: link.ExpiresAt, AskUntil: link.ExpiresAt.Add(Retention), CreatorName: "admin",
	}
	if got != want || m.Sends != 1 || m.Delivery != key(link, "mira@example.com") {
		t.Errorf("message %+v\nwant %+v", got, want)
	}
	if d := s.mail(link, "mira@example.com"); d.MessageID != "message-1" || d.Attempts != 1 || !d.DueAt.IsZero() {
		t.Errorf("delivery %+v", d)
	}
	for _, row := range s.Rows() {
		if _, listed := row["lpk"]; listed && strings.HasPrefix(fmt.Sprint(row["lpk"]), "due#") {
			t.Errorf("still listed as due: %v", row)
		}
	}
}

func TestDeliver_TellsWhenAskingEnds(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, To("mira@example.com"))
	s.fresh(link)
	if i := s.sink.took[0].Invitation; !i.ExpiresAt.IsZero() || !i.AskUntil.IsZero() || !i.OrgOnly {
		t.Errorf("a link that never ends, for members: %+v", i)
	}
}

func TestDeliver_UnsubscribeURLIsTheAddressees(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, To("mira@example.com", "tom@example.com"))
	s.fresh(link)
	urls := map[string]bool{}
	for _, m := range s.sink.took {
		if !strings.HasPrefix(m.UnsubscribeURL, BaseURL+"/v1/unsubscribe/") {
			t.Errorf("unsubscribe at %s", m.UnsubscribeURL)
		}
		urls[m.UnsubscribeURL] = true
	}
	if len(urls) != 2 {
		t.Error("one address for two")
	}
}

func TestDeliver_DropsWhatIsOfNoUse(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(s scene, link invite.View)
		states  string
	}{
		"expired": {func(s scene, _ invite.View) { s.Clock.Advance(time.Hour) }, "dropped invite_expired"},
		"suspended": {func(s scene, _ invite.View) {
			_, err := s.Directory.ChangeOrg(s.Context(), s.admin, s.org.ID, directory.OrgChange{AddPeople: &directory.AddPeople{}})
			s.must(err)
		}, "dropped invite_suspended"},
		"used up": {func(s scene, link invite.View) {
			_, err := s.Invites.Redeem(s.Context(), Person("first"), Code(link))
			s.must(err)
		}, "dropped invite_used_up"},
		"deleted": {func(s scene, link invite.View) { s.must(s.Invites.Delete(s.Context(), s.admin, s.group.ID, link.ID)) }, "dropped invite_deleted"},
		"group deleted": {func(s scene, link invite.View) { s.must(s.Directory.DeleteGroup(s.Context(), s.admin, s.group.ID)) },
			"dropped invite_deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			add := directory.AddPeople{Manager: true}
			_, err := s.Directory.ChangeOrg(s.Context(), s.admin, s.org.ID, directory.OrgChange{AddPeople: &add})
			s.must(err)
			link := s.Link(s.manager, s.group, Anyone, Cap(1), To("mira@example.com"), func(r *invite.Request) { r.Expiration = "1h" })
			c.happens(s, link)
			s.fresh(link)
			s.sweep()
			s.want(link, nil, c.states)
		})
	}
}

func TestDeliver_WhoSendsMustStillBeAbleToCreateTheLink(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group)
	_, err := s.Invites.Send(t.Context(), s.manager, link.Group, link.ID, Addresses("mira@example.com"))
	s.must(err)
	s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.manager.ID))
	s.fresh(link)
	s.want(link, nil, "dropped sender_lost_right")
}

func TestDeliver_SuppressedAddresses(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, To("bounced@example.com", "complained@example.com", "left@example.com", "mira@example.com"))
	for to, why := range map[string]mail.Reason{
		"BOUNCED@example.com": mail.ReasonBounced, "complained@example.com": mail.ReasonComplained, "left@example.com": mail.ReasonOptedOut,
	} {
		s.must(s.Table.Suppress(t.Context(), Addresses(to)[0].Key(), why, s.Clock.Now()))
	}
	s.fresh(link)
	s.want(link, []string{"mira@example.com"}, "sent, suppressed bounced, suppressed complained, suppressed opted_out")
}

func TestDeliver_AnAddressGetsThreeInvitesADay(t *testing.T) {
	s := newScene(t)
	s.Clock.Set(time.Date(2027, 3, 2, 10, 0, 0, 0, time.UTC))
	var links []invite.View
	for i := range 5 {
		sender := []directory.Caller{s.admin, s.manager}[i%2]
		links = append(links, s.Link(sender, s.group, To([]string{"mira@example.com", "MIRA@example.com"}[i%2])))
		s.fresh(links[i])
	}
	s.sweep()
	if n := len(s.sink.took); n != 3 {
		t.Fatalf("%d sent", n)
	}
	for _, held := range links[3:] {
		if d := s.mails(held)[0]; d.State != mail.StateQueued || d.Reason != "" || d.Attempts != 0 {
			t.Errorf("held back and seen to be: %+v", d)
		}
	}
	s.Clock.Set(time.Date(2027, 3, 2, 23, 59, 0, 0, time.UTC))
	s.sweep()
	if n := len(s.sink.took); n != 3 {
		t.Fatalf("%d sent on the same day", n)
	}
	s.Clock.Set(time.Date(2027, 3, 3, 1, 0, 0, 0, time.UTC))
	s.sweep()
	if n := len(s.sink.took); n != 5 {
		t.Errorf("%d sent by the next day", n)
	}
}

// TestDeliver_RetriesCountOnceInTheLimit: a mail that SES takes late is one of the day's three, not several.
func TestDeliver_RetriesCountOnceInTheLimit(t *testing.T) {
	s := newScene(t)
	s.sink.answer = func(n int, _ mail.Message) error {
		if n <= 4 {
			return mail.ErrUndecided
		}
		return nil
	}
	first := s.Link(s.admin, s.group, To("mira@example.com"))
	s.fresh(first)
	for range 4 {
		s.Clock.Advance(time.Hour)
		s.sweep()
	}
	for range 2 {
		s.fresh(s.Link(s.admin, s.group, To("mira@example.com")))
	}
	if d := s.mail(first, "mira@example.com"); d.State != mail.StateSent || s.sink.calls != 7 {
		t.Errorf("%d calls, first mail %+v", s.sink.calls, d)
	}
}

func TestDeliver_WaitsAndGoesLater(t *testing.T) {
	for name, c := range map[string]struct {
		fault error
		wait  time.Duration
	}{
		"throttled": {mail.ErrThrottled, 15 * time.Second}, "out of quota": {mail.ErrQuota, time.Hour}, "paused": {mail.ErrPaused, 15 * time.Minute},
		"no answer": {mail.ErrUndecided, time.Minute}, "a fault of ours": {errors.New("fault"), time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			on := true
			s.sink.answer = func(int, mail.Message) error {
				if on {
					return c.fault
				}
				return nil
			}
			link := s.Link(s.admin, s.group, To("mira@example.com"))
			s.fresh(link)
			if d := s.mail(link, "mira@example.com"); d.State != mail.StateQueued || d.DueAt.Sub(s.Clock.Now()) > c.wait || !d.DueAt.After(s.Clock.Now()) {
				t.Errorf("after the fault: %+v", d)
			}
			calls := s.sink.calls
			s.sweep() // not due yet
			if s.sink.calls != calls {
				t.Error("tried again at once")
			}
			s.sink.took, on = nil, false
			s.Clock.Advance(c.wait)
			s.sweep()
			s.want(link, []string{"mira@example.com"}, "sent")
		})
	}
}

func TestDeliver_PausesGrowAndItGivesUp(t *testing.T) {
	s := newScene(t)
	s.sink.answer = func(int, mail.Message) error { return mail.ErrUndecided }
	link := s.Link(s.admin, s.group, To("mira@example.com"))
	s.fresh(link)
	last, longest := time.Duration(0), time.Duration(0)
	for d := s.mail(link, "mira@example.com"); d.State == mail.StateQueued; d = s.mail(link, "mira@example.com") {
		last = d.DueAt.Sub(s.Clock.Now())
		longest = max(longest, last)
		s.Clock.Set(d.DueAt)
		s.sweep()
		if s.sink.calls > 1000 {
			t.Fatal("it never ends")
		}
	}
	if longest > time.Hour || longest < 30*time.Minute {
		t.Errorf("the longest pause is %s", longest)
	}
	s.sink.took = nil
	s.want(link, nil, "dropped gave_up")

	_, err := s.Invites.Resend(t.Context(), s.admin, link.Group, link.ID, key(link, "mira@example.com").ID, mail.Address{})
	s.must(err)
	s.fresh(link)
	if pause := s.mail(link, "mira@example.com").DueAt.Sub(s.Clock.Now()); pause > time.Minute {
		t.Errorf("sent again, it waits %s after its first attempt", pause)
	}
}

func TestDeliver_RejectedIsDropped(t *testing.T) {
	s := newScene(t)
	s.sink.answer = func(int, mail.Message) error { return mail.ErrRejected }
	link := s.Link(s.admin, s.group, To("mira@example.com"))
	s.fresh(link)
	s.Clock.Advance(time.Hour)
	s.sweep()
	s.want(link, nil, "dropped rejected")
}

// TestDeliver_Throttled: SES that takes four of five at once gets all of them in the end, each once.
func TestDeliver_Throttled(t *testing.T) {
	s := newScene(t)
	s.sink.answer = func(n int, _ mail.Message) error {
		if n%5 == 0 {
			return mail.ErrThrottled
		}
		return nil
	}
	link := s.Link(s.admin, s.group, To(numbered(50)...))
	s.fresh(link)
	for range 5 {
		s.Clock.Advance(15 * time.Minute)
		s.sweep()
	}
	s.want(link, sorted(numbered(50)), strings.TrimSuffix(strings.Repeat("sent, ", 50), ", "))
}

func numbered(n int) (addresses []string) {
	for i := range n {
		addresses = append(addresses, fmt.Sprintf("person%03d@example.com", i))
	}
	return addresses
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

// TestDeliver_Killed kills the mailer before and after each call to the table and to SES. The sweep ends what it left: nothing is lost,
// and there is a duplicate only where SES had taken the mail already.
func TestDeliver_Killed(t *testing.T) {
	deliver := func(s scene, link invite.View) {
		keys := s.keys(link)
		s.outbox.DeliverFresh(s.Context(), keys) // whatever it gives: the one who asked is dead
	}
	finish := func(s scene, link invite.View, name string, most int) {
		s.Helper()
		s.Faults.Reset(nil)
		s.sink.after = nil
		s.fresh(link) // the stream brings it again
		for range 2 {
			s.Clock.Advance(2 * time.Minute)
			s.sweep()
		}
		if n := len(s.sink.took); n < 1 || n > most {
			s.Errorf("%s: sent %d times", name, n)
		}
		if d := s.mail(link, "mira@example.com"); d.State != mail.StateSent {
			s.Errorf("%s: %+v", name, d)
		}
	}
	s := newScene(t)
	first := s.Link(s.admin, s.group, To("mira@example.com"))
	s.Faults.Reset(nil)
	deliver(s, first)
	calls := s.Faults.Cost().Calls
	if calls < 4 {
		t.Fatalf("%d calls", calls)
	}
	for call := 1; call <= calls; call++ {
		for _, fault := range []faults.Fault{faults.KillBefore, faults.KillAfter} {
			s := newScene(t)
			link := s.Link(s.admin, s.group, To("mira@example.com"))
			keys := s.keys(link)
			s.Faults.Reset(faults.On(call, fault))
			s.outbox.DeliverFresh(s.Context(), keys)
			most := 1
			if call == calls && fault == faults.KillBefore {
				most = 2 // SES had it, and nobody wrote that down
			}
			finish(s, link, fmt.Sprintf("killed at call %d (%v)", call, fault), most)
		}
	}
	t.Run("by SES", func(t *testing.T) {
		s := newScene(t)
		link := s.Link(s.admin, s.group, To("mira@example.com"))
		s.sink.after = func(int) { s.Faults.Reset(dead) }
		deliver(s, link)
		finish(s, link, "killed when SES had taken it", 2)
	})
}

// TestDeliver_Together: the stream's mailer and two sweeps at once make one attempt at each.
func TestDeliver_Together(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, To(numbered(30)...))
	s.Clock.Advance(mail.SweepDelay)
	keys := s.keys(link)
	done := make(chan error, 3)
	go func() { done <- errors.Join(s.outbox.DeliverFresh(t.Context(), keys)...) }()
	for range 2 {
		go func() { _, err := s.outbox.Sweep(t.Context()); done <- err }()
	}
	for range 3 {
		s.must(<-done)
	}
	s.want(link, sorted(numbered(30)), strings.TrimSuffix(strings.Repeat("sent, ", 30), ", "))
}

// TestDeliver_TableOutOfReach: nothing is decided, and the batch is to come again.
func TestDeliver_TableOutOfReach(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, To("mira@example.com"))
	keys := s.keys(link)
	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Fail })
	ctx, cancel := contextFor(t, 300*time.Millisecond)
	defer cancel()
	if err := s.outbox.DeliverFresh(ctx, keys)[0]; !errors.Is(err, directory.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
	s.Faults.Reset(nil)
	s.fresh(link)
	s.want(link, []string{"mira@example.com"}, "sent")
}

// TestSweep_CatchesUp: the mailer was down for a day and an hour.
func TestSweep_CatchesUp(t *testing.T) {
	s := newScene(t)
	var links []invite.View
	for i := range 4 {
		var to []string
		for _, a := range numbered(40) {
			to = append(to, fmt.Sprintf("%d-%s", i, a))
		}
		links = append(links, s.Link(s.admin, s.group, To(to...)))
	}
	s.Clock.Advance(25 * time.Hour)
	var outcomes atomic.Int64
	s.outbox.Outcome = func(state mail.State) {
		if state != mail.StateSent {
			t.Errorf("a mail is left %s", state)
		}
		outcomes.Add(1)
	}
	swept, err := s.outbox.Sweep(t.Context())
	if want := 25*time.Hour - mail.SweepDelay; err != nil || swept.Tried != 160 || swept.Behind != want || len(s.sink.took) != 160 || outcomes.Load() != 160 {
		t.Errorf("%+v, %d sent, %d told, %v, want %s behind", swept, len(s.sink.took), outcomes.Load(), err, want)
	}
	if swept, err := s.outbox.Sweep(t.Context()); swept != (outbox.Swept{}) || err != nil {
		t.Errorf("again: %+v, %v", swept, err)
	}
	_ = links
}

func TestFeedback(t *testing.T) {
	s := newScene(t)
	to := "mira@example.com"
	link := s.Link(s.admin, s.group, To(to))
	s.fresh(link)
	tell := func(state mail.State, why mail.Reason, sends int, want string) {
		t.Helper()
		f := mail.Feedback{
			Delivery: key(link, to), Sends: sends, To: Addresses(to)[0], At: s.Clock.Now(), State: state, Reason: why, Detail: string(state),
		}
		for range 2 { // told twice
			s.must(s.outbox.Feedback(t.Context(), f))
		}
		s.want(link, []string{to}, want)
	}
	tell(mail.StateDelayed, "", 1, "delayed")
	tell(mail.StateDelivered, "", 1, "delivered")
	tell(mail.StateDelayed, "", 1, "delivered") // told late
	tell(mail.StateBounced, mail.ReasonTransient, 1, "bounced transient")
	tell(mail.StateDelivered, "", 1, "bounced transient")
	tell(mail.StateComplained, "", 2, "bounced transient") // of a sending that there wasn't: but the address has complained
	if got, err := s.Table.Suppressions(t.Context(), []mail.AddressKey{Addresses(to)[0].Key()}); err != nil || len(got) != 1 {
		t.Errorf("suppressed %v, %v", got, err)
	}
	next := s.Link(s.admin, s.group, To("Mira@example.com"))
	s.fresh(next)
	if d := s.mails(next)[0]; d.State != mail.StateSuppressed || d.Reason != mail.ReasonComplained {
		t.Errorf("next mail %+v", d)
	}
}

func TestFeedback_HardBounceSuppressesAndSoftDoesNot(t *testing.T) {
	s := newScene(t)
	for to, why := range map[string]mail.Reason{"hard@example.com": mail.ReasonPermanent, "soft@example.com": mail.ReasonTransient} {
		link := s.Link(s.admin, s.group, To(to))
		s.fresh(link)
		s.must(s.outbox.Feedback(t.Context(), mail.Feedback{
			Delivery: key(link, to), Sends: 1, To: Addresses(to)[0], At: s.Clock.Now(), State: mail.StateBounced, Reason: why,
		}))
	}
	again := s.Link(s.admin, s.group, To("hard@example.com", "soft@example.com"))
	s.fresh(again)
	if d := s.mail(again, "hard@example.com"); d.State != mail.StateSuppressed || d.Reason != mail.ReasonBounced {
		t.Errorf("hard: %+v", d)
	}
	if d := s.mail(again, "soft@example.com"); d.State != mail.StateSent {
		t.Errorf("soft: %+v", d)
	}
}

// TestFeedback_BeforeTheMailerKnows: SES tells that it was delivered, and who sent it was killed. It isn't sent again.
func TestFeedback_BeforeTheMailerKnows(t *testing.T) {
	s := newScene(t)
	to := "mira@example.com"
	link := s.Link(s.admin, s.group, To(to))
	keys := s.keys(link)
	s.sink.after = func(int) { s.Faults.Reset(dead) }
	s.outbox.DeliverFresh(t.Context(), keys)
	s.Faults.Reset(nil)
	s.must(s.outbox.Feedback(t.Context(), mail.Feedback{Delivery: key(link, to), Sends: 1, To: Addresses(to)[0], At: s.Clock.Now(), State: mail.StateDelivered}))
	s.Clock.Advance(time.Hour)
	s.sweep()
	s.want(link, []string{to}, "delivered")
}

func TestFeedback_OfWhatIsGone(t *testing.T) {
	s := newScene(t)
	f := mail.Feedback{Delivery: mail.Key{Group: s.group.ID, Invite: [8]byte{1}, ID: mail.ID{2}}, Sends: 1, At: s.Clock.Now(), State: mail.StateDelivered}
	before := s.Content()
	s.must(s.outbox.Feedback(t.Context(), f))
	if s.Content() != before {
		t.Error("something was written")
	}
}

func TestFeedback_UnderFaults(t *testing.T) {
	s := newScene(t)
	to := "mira@example.com"
	link := s.Link(s.admin, s.group, To(to))
	s.fresh(link)
	s.Faults.Reset(faults.Mix(3, 0.4, 0.1, 0.1))
	for range 10 {
		s.must(s.outbox.Feedback(t.Context(), mail.Feedback{
			Delivery: key(link, to), Sends: 1, To: Addresses(to)[0], At: s.Clock.Now(), State: mail.StateBounced, Reason: mail.ReasonPermanent,
		}))
	}
	s.Faults.Reset(nil)
	s.want(link, []string{to}, "bounced permanent")
}

var _ outbox.Sender = (*sink)(nil)
