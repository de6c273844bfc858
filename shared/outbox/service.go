package outbox

import (
	"context"
	"io"
	"log/slog"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
)

// Service sends what the outbox holds, and records what becomes of it. It is safe for concurrent use.
type Service struct {
	Store  Store
	Sender Sender
	Ring   *linkcode.Source
	Clock  func() time.Time
	Random io.Reader
	Log    *slog.Logger
	// Outcome is told in which state each attempt has left its mail: queued if it is to be tried again. It is called by several goroutines, and may
	// be nil.
	Outcome func(mail.State)
	// BaseURL is the origin of links, and of the pages that mails lead to.
	BaseURL string
}

// Lease is for how long an attempt is one function's. It is longer than a function may run.
const Lease = 35 * time.Second

// now gives the instant of an operation: UTC, whole milliseconds, as it is stored.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Millisecond) }

// DeliverFresh makes the first attempt at deliveries that have just been written. Those whose first attempt was made are passed over. The
// errors are those of the keys, in their order: [directory.ErrUnavailable] means that nothing was decided on that one.
func (s *Service) DeliverFresh(ctx context.Context, keys []mail.Key) []error {
	return s.deliverAll(ctx, keys, func(d mail.Delivery, _ time.Time) bool { return d.Fresh })
}

// sweepPage is how many deliveries a sweep takes at a time.
const sweepPage = 50

// sweepReserve is left of a sweep's time when it begins no further page: an attempt takes as long at most.
const sweepReserve = 12 * time.Second

// Swept is what a sweep came to.
type Swept struct {
	Tried  int           // deliveries
	Behind time.Duration // for how long the one of them had been due that was due for longest
}

// Sweep attempts all deliveries that are due, until its time is nearly up; then the next sweep goes on. What can't be read keeps nothing
// else back. The error is the first that kept it from deciding on one.
func (s *Service) Sweep(ctx context.Context) (swept Swept, first error) {
	begun, position := s.now(), ""
	isDue := func(d mail.Delivery, now time.Time) bool {
		if d.DueAt.After(now) {
			return false
		}
		swept.Behind = max(swept.Behind, now.Sub(d.DueAt))
		return true
	}
	for {
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < sweepReserve {
			return swept, first
		}
		var due []mail.Key
		next := ""
		err := directory.UntilDecided(ctx, func(ctx context.Context) (err error) {
			due, next, err = s.Store.DueDeliveries(ctx, begun, position, sweepPage)
			return err
		})
		faults := append(s.deliverAll(ctx, due, isDue), err)
		swept.Tried += len(due)
		for _, err := range faults {
			if first == nil {
				first = err
			}
			if undecided(err) {
				return swept, first
			}
		}
		if next == "" {
			return swept, first
		}
		position = next
	}
}

// deliverAll attempts those of the deliveries that are queued and wanted, one after the other: who is killed has one mail under way at
// most, and so costs one duplicate at most.
func (s *Service) deliverAll(ctx context.Context, keys []mail.Key, wanted func(mail.Delivery, time.Time) bool) []error {
	faults := make([]error, len(keys))
	b, err := s.read(ctx, keys, wanted)
	switch {
	case err == nil:
		place := make(map[mail.Key]int, len(keys))
		for i, k := range keys {
			place[k] = i
		}
		for _, d := range b.deliveries {
			faults[place[d.Key]] = s.deliver(ctx, d, b)
		}
	case undecided(err) || len(keys) == 1:
		for i := range faults {
			faults[i] = err
		}
	default: // some row can't be read: that is to fail just the deliveries that need it
		for i, k := range keys {
			faults[i] = s.deliverAll(ctx, []mail.Key{k}, wanted)[0]
		}
	}
	return faults
}

// batch is what is read for several deliveries together.
type batch struct {
	deliveries []mail.Delivery
	suppressed map[mail.AddressKey]mail.Suppression
	links      map[linkRef]*link
}

// read reads deliveries, and what their addresses and links have in common.
func (s *Service) read(ctx context.Context, keys []mail.Key, wanted func(mail.Delivery, time.Time) bool) (b batch, err error) {
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		deliveries, err := s.Store.Deliveries(ctx, keys)
		if err != nil {
			return err
		}
		now := s.now()
		b = batch{links: map[linkRef]*link{}}
		var addresses []mail.AddressKey
		for _, d := range deliveries {
			if d.State != mail.StateQueued || !wanted(d, now) {
				continue
			}
			b.deliveries = append(b.deliveries, d)
			if !d.To.IsZero() {
				addresses = append(addresses, d.To.Key())
			}
		}
		if len(addresses) > 0 {
			if b.suppressed, err = s.Store.Suppressions(ctx, addresses); err != nil {
				return err
			}
		}
		for _, d := range b.deliveries {
			if d.Kind != mail.KindInvite {
				continue
			}
			if ref := refOf(d); b.links[ref] == nil {
				if b.links[ref], err = s.readLink(ctx, ref); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return b, err
}
