package stack

import (
	"time"

	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/ses"
)

// openMail opens what takes mail. Verified is what a function's policy names.
func (s *Stack) openMail() (err error) {
	s.mail, err = ses.Open(ses.Options{
		DataDir:           s.folder.dir,
		ConfigurationSets: s.template.ConfigurationSets,
		Identities:        ses.Identities(s.template.Functions),
		Publish:           func(e eventbus.Event, due time.Time) error { return s.events.Put(e, due) },
		Called:            s.log.mail,
		Problem:           s.log.problem,
	})
	return err
}

// Mails gives the mails that SES has taken for an address, whatever its letters' case, or all with an empty one: newest
// first, one for each destination, of earlier runs too.
func (s *Stack) Mails(to string) ([]ses.Mail, error) { return s.mail.Mails(to) }

// MailFaults are the faults that SES is set to.
func (s *Stack) MailFaults() ses.Faults { return s.mail.Faults() }

// SetMailFaults replaces the faults of SES, for calls from now on.
func (s *Stack) SetMailFaults(f ses.Faults) { s.mail.SetFaults(f) }

// MailCounts tells how many calls to send have ended so since the start: by code of their error, or ses.Accepted.
func (s *Stack) MailCounts() map[string]int { return s.mail.Counts() }
