package outbox

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
)

// deliver makes one attempt at a delivery that is as it was read. It gives [directory.ErrUnavailable] if nothing was decided, and nil whatever
// else came of it: the row tells.
func (s *Service) deliver(ctx context.Context, d mail.Delivery, b batch) error {
	if d.Kind == mail.KindDigest {
		return s.tell(ctx, d)
	}
	now := s.now()
	if why := b.suppressed[d.To.Key()].Reason(); why != "" && !d.To.IsZero() && !(d.Kind == mail.KindConfirm && why == mail.ReasonOptedOut) {
		return s.end(ctx, d, mail.StateSuppressed, why, now)
	}
	ring, err := s.ring(ctx)
	if err != nil {
		return err
	}
	message, useless, fault := s.compose(ctx, d, b, now, ring)
	switch {
	case undecided(fault):
		return fault
	case useless != "":
		return s.end(ctx, d, mail.StateDropped, useless, now)
	case now.Sub(d.UpdatedAt) > giveUpAfter:
		return s.end(ctx, d, mail.StateDropped, mail.ReasonGaveUp, now)
	}
	claimed, err := s.claim(ctx, d, now)
	if err != nil || claimed == nil {
		return err
	}
	id := ""
	if fault == nil {
		id, fault = s.send(ctx, message)
	}
	return s.record(ctx, *claimed, id, fault)
}

// giveUpAfter is for how long a mail is tried. Who is invited a week late had better be asked again.
const giveUpAfter = 7 * 24 * time.Hour

// claim makes the attempt this call's own. It gives nil if it is another's, or if the recipient has had enough for today.
func (s *Service) claim(ctx context.Context, d mail.Delivery, now time.Time) (*mail.Delivery, error) {
	var token [8]byte
	if _, err := io.ReadFull(s.Random, token[:]); err != nil {
		return nil, err
	}
	claimed := d
	claimed.Claim = hex.EncodeToString(token[:])
	claimed.Attempts, claimed.Fresh, claimed.DueAt = d.Attempts+1, false, now.Add(Lease)
	counted := (d.Kind == mail.KindInvite || d.Kind == mail.KindConfirm) && d.CountedOn != mail.Day(now)
	if counted {
		claimed.CountedOn = mail.Day(now)
	}
	attempted := false
	err := directory.UntilDecided(ctx, func(ctx context.Context) error {
		if attempted { // its answer may have been lost
			rows, err := s.Store.Deliveries(ctx, []mail.Key{d.Key})
			switch {
			case err != nil:
				return err
			case len(rows) == 1 && rows[0] == claimed:
				return nil
			case len(rows) == 0 || rows[0] != d:
				return errTaken
			}
		}
		attempted = true
		if counted {
			return s.Store.CountDelivery(ctx, d, claimed, mail.PerRecipient)
		}
		return s.Store.ChangeDelivery(ctx, d, claimed)
	})
	switch {
	case errors.Is(err, errTaken):
		return nil, nil
	case errors.Is(err, ErrRecipientLimit):
		later := d
		later.Fresh, later.DueAt = false, jitter(mail.Tomorrow(now), time.Hour)
		return nil, s.decide(ctx, d, later)
	case err != nil:
		return nil, err
	}
	return &claimed, nil
}

// errTaken says that another makes the attempt, or that it is no longer to be made.
var errTaken = errors.New("attempt taken")

// Within an attempt, SES is asked again when it is only too busy: its rate is one of seconds.
const (
	throttledTries = 4
	throttledPause = 150 * time.Millisecond
)

func (s *Service) send(ctx context.Context, message mail.Message) (id string, err error) {
	for try := 1; ; try++ {
		id, err = s.Sender.Send(ctx, message)
		if !errors.Is(err, mail.ErrThrottled) || try == throttledTries {
			return id, err
		}
		select {
		case <-ctx.Done():
			return "", err
		case <-time.After(throttledPause<<try/2 + rand.N(throttledPause<<try)):
		}
	}
}

// recordTimeout bounds writing down what came of an attempt. It doesn't end with the batch: what isn't written down is sent again.
const recordTimeout = 5 * time.Second

// record writes down what came of an attempt.
func (s *Service) record(ctx context.Context, claimed mail.Delivery, id string, fault error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	now := s.now()
	after := claimed
	switch {
	case fault == nil:
		after.State, after.MessageID, after.DueAt, after.UpdatedAt = mail.StateSent, id, time.Time{}, now
	case errors.Is(fault, mail.ErrRejected):
		after.State, after.Reason, after.DueAt, after.UpdatedAt = mail.StateDropped, mail.ReasonRejected, time.Time{}, now
		s.Log.WarnContext(ctx, "mail rejected", "cause", fault.Error())
	default:
		after.DueAt = jitter(now, pause(fault, claimed.Attempts))
		s.Log.WarnContext(ctx, "mail not sent", "attempt", claimed.Attempts, "again", after.DueAt, "cause", fault.Error())
	}
	return s.decide(ctx, claimed, after)
}

// pause is how long to wait after an attempt that failed. Sweeps come every minute.
func pause(fault error, attempts int) time.Duration {
	doubled := func(first, most time.Duration) time.Duration { return min(first<<min(attempts-1, 16), most) }
	switch {
	case errors.Is(fault, mail.ErrThrottled):
		return doubled(10*time.Second, 15*time.Minute)
	case errors.Is(fault, mail.ErrQuota):
		return time.Hour
	case errors.Is(fault, mail.ErrPaused):
		return 15 * time.Minute
	}
	return doubled(time.Minute, time.Hour) // undecided, or a fault of ours
}

// jitter gives an instant up to d after at, and not before half of it.
func jitter(at time.Time, d time.Duration) time.Time {
	return at.Add(d/2 + rand.N(d/2)).Truncate(time.Millisecond)
}

// end writes that a delivery comes to nothing, and why.
func (s *Service) end(ctx context.Context, d mail.Delivery, state mail.State, why mail.Reason, now time.Time) error {
	after := d
	after.State, after.Reason, after.Fresh, after.DueAt, after.UpdatedAt = state, why, false, time.Time{}, now
	return s.decide(ctx, d, after)
}

// decide writes what came of an attempt, and tells it.
func (s *Service) decide(ctx context.Context, before, after mail.Delivery) error {
	err := s.change(ctx, before, after)
	if err == nil && s.Outcome != nil {
		s.Outcome(after.State)
	}
	return err
}

// change writes a delivery that is as it was read. If it is no longer, another has decided on it, and that counts.
func (s *Service) change(ctx context.Context, before, after mail.Delivery) error {
	attempted := false
	return directory.UntilDecided(ctx, func(ctx context.Context) error {
		if attempted {
			rows, err := s.Store.Deliveries(ctx, []mail.Key{before.Key})
			if err != nil {
				return err
			}
			if len(rows) == 0 || rows[0] != before {
				return nil // written, and the answer was lost; or overtaken
			}
		}
		attempted = true
		return s.Store.ChangeDelivery(ctx, before, after)
	})
}
