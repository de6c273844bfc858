// Package ses is the Amazon SES of the local stack. It takes mail by SES's first API (the Query protocol, as SendRawEmail
// and SendEmail), keeps it in an inbox instead of sending it anywhere, and tells of it by the events that SES publishes.
//
// A call to send goes through these steps, of which each may end it:
//
//	the message is read           InvalidParameterValue
//	the caller's policy           AccessDenied
//	faults on request             ServiceUnavailable, Throttling, …Paused
//	SES's own rules               InvalidParameterValue, ConfigurationSetDoesNotExist, MessageRejected
//	it is in the inbox            the caller gets its id, unless the answer is lost on request
//
// What becomes of it then is decided at once, for each destination: it is delivered, bounces, is complained about, is held
// up, or is rejected for a virus, as faults, the address or the suppression list have it. The events that the mail's
// configuration set publishes are handed to the event bus with the times at which they are due: "Email Sent" at once, what
// became of it a tenth of a second later.
//
// Addresses of SES's mailbox simulator do what SES documents, with any label: success@, bounce@, complaint@, ooto@ and
// suppressionlist@simulator.amazonses.com. So does the EICAR test file. An address that bounced for good or complained is on
// the suppression list from then on, as the configuration set says, unless it is one of the simulator: a later mail to it is
// accepted and not delivered, with an event that says so.
//
// Differences from the cloud: identities are verified if a function's policy names them; there is no sandbox and no real
// quota; headers that SES would set (Message-ID, Date) are left as they came, so that the inbox shows what was composed;
// automatic answers of ooto@ go nowhere; a mail that is held up by a fault stays so; instructions to SES in headers
// (X-SES-…) are refused rather than obeyed.
package ses

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/template"
)

// MailsDir is the folder of the mails below the data folder.
const MailsDir = "mails"

// Options configure a Service. Functions may be called by many goroutines at once; nil ones are left out.
type Options struct {
	DataDir           string
	ConfigurationSets []template.ConfigurationSet
	// Identities are the verified addresses and domains, or IAM's patterns of them.
	Identities []string
	Now        func() time.Time
	// Publish hands an event over that is due at the given time. It returns when the event can't be lost any more.
	Publish func(e eventbus.Event, due time.Time) error
	Called  func(Call) // is told of each call to send
	Problem func(text string)
}

// Call is a call to send.
type Call struct {
	Time    time.Time
	Caller  string
	To      []string
	Subject string
	Refused string // code of the error; empty where the mail was accepted
}

// Service takes mail. Its methods may be called by any goroutine.
type Service struct {
	options Options
	inbox   *inbox

	mu         sync.Mutex
	faults     Faults
	random     *rand.Rand
	suppressed *suppressionList
	counts     map[string]int
}

// Accepted is the key of Counts for mails that were accepted.
const Accepted = "Accepted"

// Open opens the service on what it has kept in the data folder.
func Open(o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Publish == nil {
		o.Publish = func(eventbus.Event, time.Time) error { return nil }
	}
	if o.Called == nil {
		o.Called = func(Call) {}
	}
	if o.Problem == nil {
		o.Problem = func(string) {}
	}
	dir := filepath.Join(o.DataDir, MailsDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &Service{options: o, counts: map[string]int{}}
	var err error
	if s.inbox, err = openInbox(dir, maxMails); err != nil {
		return nil, err
	}
	if s.suppressed, err = openSuppressionList(filepath.Join(dir, suppressedFile)); err != nil {
		return nil, err
	}
	s.SetFaults(Faults{})
	return s, nil
}

// Mails gives the mails to an address, whatever its letters' case, or all with an empty one: newest first, one for each
// destination.
func (s *Service) Mails(to string) ([]Mail, error) { return s.inbox.mails(to) }

// Clear empties the inbox. Events of its mails still come.
func (s *Service) Clear() error { return s.inbox.clear() }

// Faults are those that are set.
func (s *Service) Faults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// SetFaults replaces all faults, for calls from now on. Drawing begins anew with their seed.
func (s *Service) SetFaults(f Faults) {
	seed := f.Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.random = f, rand.New(rand.NewPCG(seed, 0))
}

// Counts tells how many calls to send have ended so since the start: by code of their error, or Accepted.
func (s *Service) Counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int{}
	for code, n := range s.counts {
		out[code] = n
	}
	return out
}

// Suppressed gives the suppression list: reasons, BOUNCE or COMPLAINT, by address in lower case.
func (s *Service) Suppressed() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.suppressed.all()
}

// ClearSuppressed takes all addresses off the suppression list, as an operator can in the cloud.
func (s *Service) ClearSuppressed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.suppressed.clear()
}

// draw tells whether something of this share happens this time.
func (s *Service) draw(share float64) bool {
	if share <= 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.random.Float64() < share
}

// configurationSet finds a set by its name.
func (s *Service) configurationSet(name string) *template.ConfigurationSet {
	for i := range s.options.ConfigurationSets {
		if s.options.ConfigurationSets[i].Name == name {
			return &s.options.ConfigurationSets[i]
		}
	}
	return nil
}
