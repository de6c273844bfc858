package outbox_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
	"group-invites/shared/outbox"
)

// sink is SES as a test has it: it keeps what it took, and answers as told.
type sink struct {
	mu     sync.Mutex
	took   []mail.Message
	answer func(n int, m mail.Message) error // of the n-th call, from 1; nil takes it
	calls  int
	after  func(n int) // is called when the n-th was taken, before that is known to who sent it
}

func (s *sink) Send(_ context.Context, m mail.Message) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.answer != nil {
		if err := s.answer(s.calls, m); err != nil {
			if errors.Is(err, mail.ErrUndecided) {
				s.took = append(s.took, m)
			}
			return "", err
		}
	}
	s.took = append(s.took, m)
	if s.after != nil {
		s.after(s.calls)
	}
	return fmt.Sprintf("message-%d", s.calls), nil
}

// to lists the addresses of what was taken, sorted.
func (s *sink) to() (addresses []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.took {
		addresses = append(addresses, m.To.String())
	}
	slices.Sort(addresses)
	return addresses
}

// scene is an organization with a group, and an outbox that sends to a sink.
type scene struct {
	*World
	admin, manager directory.Caller
	org            directory.Org
	group          directory.Group
	sink           *sink
	outbox         *outbox.Service
}

func newScene(t testing.TB) scene {
	s := scene{World: New(t), admin: Person("admin"), manager: Person("manager"), sink: &sink{}}
	s.org = s.Org(s.admin, "Acme")
	s.group = s.Group(s.admin, s.org, "Backcountry")
	s.Join(s.admin, s.group, s.manager, directory.RoleManager)
	s.Clock.Advance(time.Second)
	s.outbox = &outbox.Service{
		Store: s.Table, Sender: s.sink, Ring: s.Ring, Clock: s.Clock.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), BaseURL: BaseURL,
	}
	return s
}

func (s scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// key names the mail of a link to an address.
func key(link invite.View, to string) mail.Key {
	return mail.Key{Group: link.Group, Invite: link.ID, ID: Addresses(to)[0].ID()}
}

// keys names all mails of a link.
func (s scene) keys(link invite.View) (keys []mail.Key) {
	s.Helper()
	for _, d := range s.mails(link) {
		keys = append(keys, d.Key)
	}
	return keys
}

func (s scene) mails(link invite.View) []mail.Delivery {
	s.Helper()
	table, _, _ := s.Instance() // without faults
	var all []mail.Delivery
	for from := ""; ; {
		page, next, err := table.Recipients(s.Context(), link.Group, link.ID, from, 50)
		s.must(err)
		all = append(all, page...)
		if from = next; next == "" {
			return all
		}
	}
}

// mail gives one of them.
func (s scene) mail(link invite.View, to string) mail.Delivery {
	s.Helper()
	for _, d := range s.mails(link) {
		if d.Key == key(link, to) {
			return d
		}
	}
	s.Fatalf("no mail to %s", to)
	return mail.Delivery{}
}

// fresh does what the stream has done of all mails of a link.
func (s scene) fresh(link invite.View) {
	s.Helper()
	s.must(errors.Join(s.outbox.DeliverFresh(s.Context(), s.keys(link))...))
}

// sweep sweeps once.
func (s scene) sweep() {
	s.Helper()
	_, err := s.outbox.Sweep(s.Context())
	s.must(err)
}

// want holds what was taken, and the state of the link's mails.
func (s scene) want(link invite.View, sent []string, states string) {
	s.Helper()
	if got := s.sink.to(); !slices.Equal(got, sent) {
		s.Errorf("sent to %v, want %v", got, sent)
	}
	var got []string
	for _, d := range s.mails(link) {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s", d.State, d.Reason)))
	}
	slices.Sort(got)
	if strings.Join(got, ", ") != states {
		s.Errorf("mails are %q, want %q", strings.Join(got, ", "), states)
	}
}

// dead is the plan of a process that has been killed.
func dead(faults.Call) faults.Fault { return faults.KillBefore }

func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}
