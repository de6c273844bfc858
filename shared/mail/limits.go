package mail

import (
	"time"

	"group-invites/shared/directory"
)

// PerRecipient is how many invites go to one address a UTC day, whoever sends them. The mailer holds it, and no sender can tell.
const PerRecipient = 3

// MaxRecipients is how many addresses one request may name.
const MaxRecipients = 50

// Limits are how many mails may be sent a UTC day.
type Limits struct {
	Sender int // by one person, whatever organizations he is in
	Org    int // by all of an organization
	NewOrg int // by all of an organization on its first day
}

// newOrgFor is how long an organization is a new one.
const newOrgFor = 24 * time.Hour

// Of gives the limit of the organization now.
func (l Limits) Of(org directory.Org, now time.Time) int {
	if now.Sub(org.CreatedAt) < newOrgFor {
		return min(l.NewOrg, l.Org)
	}
	return l.Org
}

// Day names the UTC day of an instant.
func Day(now time.Time) string { return now.UTC().Format(time.DateOnly) }

// untilTomorrow gives the time to the next UTC day.
func untilTomorrow(now time.Time) time.Duration {
	return now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now)
}

// Sent is what was sent, or reserved to be, on one day.
type Sent struct {
	Sender int
	Org    int
}

// QuotaKey names the counters of a sender, in all organizations, and of the organization, on a UTC day.
type QuotaKey struct {
	Org    directory.OrgID
	Sender directory.UserID
	Day    string
}

// Reservation takes Count places of the counters, if they are at most as full as Sender and Org allow: it is written on the
// condition that neither counter goes beyond its limit.
type Reservation struct {
	QuotaKey
	Count     int
	SenderMax int
	OrgMax    int
}

// Reserve gives the reservation of count mails, or a [directory.LimitError] if that is beyond a limit already.
func (l Limits) Reserve(org directory.Org, sender directory.UserID, sent Sent, count int, now time.Time) (Reservation, error) {
	r := Reservation{
		QuotaKey: QuotaKey{Org: org.ID, Sender: sender, Day: Day(now)}, Count: count, SenderMax: l.Sender, OrgMax: l.Of(org, now),
	}
	if sent.Sender+count > r.SenderMax || sent.Org+count > r.OrgMax {
		return r, &directory.LimitError{RetryAfter: untilTomorrow(now)}
	}
	return r, nil
}

// Tomorrow gives when the limits of the day are open again.
func Tomorrow(now time.Time) time.Time { return now.Add(untilTomorrow(now)) }
