package optout_test

import (
	"errors"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
	"group-invites/shared/optout"
)

// scene is a world in which an address has got a mail.
type scene struct {
	*World
	service *optout.Service
	address mail.Address
}

func newScene(t *testing.T) scene {
	w := New(t)
	return scene{w, &optout.Service{Store: w.Table, Ring: w.Ring, Clock: w.Clock.Now}, Addresses("Mira@example.com")[0]}
}

// token is what a mail to the address carries.
func (s scene) token(purpose linkcode.Purpose, address string, until time.Time) string {
	s.Helper()
	ring, err := s.Ring.Ring(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return ring.SignAddress(purpose, Addresses(address)[0].Key(), until)
}

func (s scene) unsubscribe() string {
	return s.token(linkcode.Unsubscribe, s.address.String(), time.Time{})
}

func (s scene) resubscribe() string {
	return s.token(linkcode.Resubscribe, s.address.String(), s.Clock.Now().Add(24*time.Hour))
}

func (s scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// suppression is what is known of the address.
func (s scene) suppression() mail.Suppression {
	s.Helper()
	found, err := s.Table.Suppressions(s.Context(), []mail.AddressKey{s.address.Key()})
	s.must(err)
	return found[s.address.Key()]
}

// confirmation is the delivery of the mail that asks the address; none if it is zero.
func (s scene) confirmation() mail.Delivery {
	s.Helper()
	found, err := s.Table.Deliveries(s.Context(), []mail.Key{{ID: s.address.ID()}})
	s.must(err)
	if len(found) == 0 {
		return mail.Delivery{}
	}
	return found[0]
}

func TestOptOut_SuppressesTheAddressOfTheToken(t *testing.T) {
	s := newScene(t)
	at := s.Clock.Now()
	s.must(s.service.OptOut(t.Context(), s.unsubscribe()))
	s.Clock.Advance(time.Hour)
	s.must(s.service.OptOut(t.Context(), s.unsubscribe()))
	if got := s.suppression(); got != (mail.Suppression{OptedOutAt: at}) {
		t.Errorf("%+v, want it since %v", got, at)
	}
	if len(s.Rows()) != 1 {
		t.Errorf("rows %v", s.Rows())
	}
}

func TestOptOut_TokensOfOtherKindsAreGoodForNothing(t *testing.T) {
	s := newScene(t)
	out, back := s.unsubscribe(), s.resubscribe()
	ended := s.token(linkcode.Resubscribe, s.address.String(), s.Clock.Now())
	for what, err := range map[string]error{
		"out with the other": s.service.OptOut(t.Context(), back), "back with the other": s.service.OptIn(t.Context(), out),
		"looking with the other": s.service.Check(t.Context(), back), "looking back with the other": s.service.CheckBack(t.Context(), out),
		"asking with the other": s.service.RequestBack(t.Context(), back, s.address.String()), "ended": s.service.OptIn(t.Context(), ended),
		"ended, looking": s.service.CheckBack(t.Context(), ended), "none": s.service.OptOut(t.Context(), ""), "cut": s.service.OptOut(t.Context(), out[1:]),
		"another letter": s.service.OptOut(t.Context(), "A"+out[1:]), "asking with none": s.service.RequestBack(t.Context(), "x", s.address.String()),
	} {
		if !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s.must(s.service.Check(t.Context(), out))
	s.must(s.service.CheckBack(t.Context(), back))
	if rows := s.Rows(); len(rows) != 0 || s.Faults.Cost().Calls != 0 {
		t.Errorf("rows %v, %d calls", rows, s.Faults.Cost().Calls)
	}
}

func TestRequestBack_MailsTheAddressAlone(t *testing.T) {
	s := newScene(t)
	s.must(s.service.OptOut(t.Context(), s.unsubscribe()))
	for _, typed := range []string{"", "mira", "tom@example.com", "mira@example.com\nBcc: tom@example.com", "mira@example.com.evil.example"} {
		s.must(s.service.RequestBack(t.Context(), s.unsubscribe(), typed))
	}
	if len(s.Rows()) != 1 {
		t.Fatalf("rows %v", s.Rows())
	}
	s.must(s.service.RequestBack(t.Context(), s.unsubscribe(), " mira@EXAMPLE.com "))
	now := s.Clock.Now()
	want := mail.Delivery{
		Key: mail.Key{ID: s.address.ID()}, Kind: mail.KindConfirm, To: Addresses("mira@example.com")[0], State: mail.StateQueued, Fresh: true, Sends: 1,
		DueAt: now.Add(mail.SweepDelay), CreatedAt: now, UpdatedAt: now, ClearAt: now.Add(30 * 24 * time.Hour).Truncate(time.Second),
	}
	if got := s.confirmation(); got != want {
		t.Errorf("%+v, want\n%+v", got, want)
	}
}

func TestRequestBack_OnceWhileTheMailWaits(t *testing.T) {
	s := newScene(t)
	s.must(s.service.OptOut(t.Context(), s.unsubscribe()))
	s.must(s.service.RequestBack(t.Context(), s.unsubscribe(), s.address.String()))
	first := s.confirmation()
	s.Clock.Advance(time.Minute)
	s.must(s.service.RequestBack(t.Context(), s.unsubscribe(), s.address.String()))
	if got := s.confirmation(); got != first {
		t.Errorf("%+v, want it as it was\n%+v", got, first)
	}

	sent := first
	sent.State, sent.Fresh, sent.Attempts, sent.DueAt, sent.MessageID, sent.CountedOn = mail.StateDelivered, false, 1, time.Time{}, "id", mail.Day(s.Clock.Now())
	s.must(s.Table.ChangeDelivery(t.Context(), first, sent))
	s.must(s.service.RequestBack(t.Context(), s.unsubscribe(), s.address.String()))
	got := s.confirmation()
	if got.Sends != 2 || got.State != mail.StateQueued || !got.Fresh || got.CountedOn != "" || !got.ClearAt.After(first.ClearAt) {
		t.Errorf("not sent again: %+v", got)
	}
}

func TestRequestBack_OnlyOfWhoHasOptedOut(t *testing.T) {
	for what, because := range map[string][]mail.Reason{
		"wants mail": nil, "bounced": {mail.ReasonBounced, mail.ReasonOptedOut}, "complained": {mail.ReasonComplained, mail.ReasonOptedOut},
	} {
		s := newScene(t)
		for _, why := range because {
			s.must(s.Table.Suppress(t.Context(), s.address.Key(), why, s.Clock.Now()))
		}
		s.must(s.service.RequestBack(t.Context(), s.unsubscribe(), s.address.String()))
		if got := s.confirmation(); got != (mail.Delivery{}) {
			t.Errorf("%s: %+v", what, got)
		}
	}
}

func TestOptIn_TakesBackWhatTheAddressSaidAndNoMore(t *testing.T) {
	s := newScene(t)
	s.must(s.service.OptIn(t.Context(), s.resubscribe())) // it had said nothing
	if len(s.Rows()) != 0 {
		t.Errorf("rows %v", s.Rows())
	}
	at := s.Clock.Now()
	s.must(s.Table.Suppress(t.Context(), s.address.Key(), mail.ReasonBounced, at))
	s.must(s.service.OptOut(t.Context(), s.unsubscribe()))
	s.must(s.service.OptIn(t.Context(), s.resubscribe()))
	s.must(s.service.OptIn(t.Context(), s.resubscribe()))
	if got := s.suppression(); got != (mail.Suppression{BouncedAt: at}) {
		t.Errorf("%+v", got)
	}
	s.must(s.service.OptOut(t.Context(), s.unsubscribe())) // the mail's link is good as before
	if s.suppression().OptedOutAt.IsZero() {
		t.Error("it can't opt out again")
	}
}

func TestService_AnswersThatAreLostOrNeverCome(t *testing.T) {
	s := newScene(t)
	operations := map[string]func() error{
		"out":  func() error { return s.service.OptOut(s.Context(), s.unsubscribe()) },
		"ask":  func() error { return s.service.RequestBack(s.Context(), s.unsubscribe(), s.address.String()) },
		"back": func() error { return s.service.OptIn(s.Context(), s.resubscribe()) },
	}
	for _, name := range []string{"out", "ask", "back"} {
		for _, fault := range []faults.Fault{faults.Fail, faults.Conflict, faults.Throttle, faults.Lose} {
			for n := 1; n <= 3; n++ {
				s.Faults.Reset(faults.On(n, fault))
				if err := operations[name](); err != nil {
					t.Errorf("%s, call %d %v: %v", name, n, fault, err)
				}
			}
		}
	}
	s.Faults.Reset(nil)
	if got := s.confirmation(); got.Sends != 1 {
		t.Errorf("confirmation %+v", got)
	}
	if got := s.suppression(); got != (mail.Suppression{}) {
		t.Errorf("suppression %+v", got)
	}
}
