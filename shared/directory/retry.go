package directory

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Pauses between attempts: a conflict passes within a transaction's time, a table that is busy or out of reach wants more.
const (
	changedPause, changedPauseMax         = 8 * time.Millisecond, 100 * time.Millisecond
	unavailablePause, unavailablePauseMax = 40 * time.Millisecond, 400 * time.Millisecond
)

// UntilDecided runs op until it gives anything but [ErrChanged] or [ErrUnavailable], or until the context's deadline is near; then
// it gives ErrUnavailable: undecided, safe to repeat. Op must read what it decides on each time. It is the only place where
// anything is retried, but what a busy partition has refused, which package dynamo asks for again by itself. The pauses grow and are jittered, so that those who met don't meet again.
func UntilDecided(ctx context.Context, op func(ctx context.Context) error) error {
	changed, unavailable := changedPause, unavailablePause
	var before error // what the attempt before came to: the cause, where the last one is cut short
	for {
		err := op(ctx)
		if ctx.Err() == nil {
			before = nil
		}
		var pause time.Duration
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrChanged):
			pause, changed = jitter(changed), min(2*changed, changedPauseMax)
		case errors.Is(err, ErrUnavailable):
			pause, unavailable = jitter(unavailable), min(2*unavailable, unavailablePauseMax)
		default:
			return err
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
			return errors.Join(ErrUnavailable, err, before)
		}
		select {
		case <-ctx.Done():
			return errors.Join(ErrUnavailable, err, before)
		case <-time.After(pause):
		}
		before = err
	}
}

// jitter gives a random share of d, from a quarter to the whole.
func jitter(d time.Duration) time.Duration { return d/4 + rand.N(3*d/4+1) }
