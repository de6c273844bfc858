package directory_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"group-invites/shared/directory"
)

func TestUntilDecided_RepeatsWhatIsUndecided(t *testing.T) {
	for what, undecided := range map[string]error{
		"a row that changed":       directory.ErrChanged,
		"a table out of reach":     directory.ErrUnavailable,
		"either of them, wrapped":  fmt.Errorf("join: %w: %w", directory.ErrChanged, errors.New("cause")),
		"and either of them again": errors.Join(directory.ErrUnavailable, errors.New("cause")),
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				err := directory.UntilDecided(t.Context(), func(context.Context) error {
					if tries++; tries < 20 {
						return undecided
					}
					return nil
				})
				if err != nil || tries != 20 {
					t.Errorf("%v after %d tries", err, tries)
				}
			})
		})
	}
}

func TestUntilDecided_StopsAtAnyAnswer(t *testing.T) {
	for _, answer := range []error{
		nil, directory.ErrNotFound, directory.ErrForbidden, directory.ErrLastAdmin, directory.ErrPrecondition, directory.Invalid("name", "is odd"),
		&directory.LimitError{}, errors.New("a bug"), context.Canceled,
	} {
		t.Run(fmt.Sprint(answer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, tries := time.Now(), 0
				err := directory.UntilDecided(t.Context(), func(context.Context) error { tries++; return answer })
				if err != answer || tries != 1 || time.Since(start) != 0 {
					t.Errorf("%v after %d tries and %v", err, tries, time.Since(start))
				}
			})
		})
	}
}

func TestUntilDecided_EndsBeforeTheDeadline(t *testing.T) {
	for _, undecided := range []error{directory.ErrChanged, directory.ErrUnavailable} {
		t.Run(undecided.Error(), func(t *testing.T) {
			for range 50 { // the pauses are random
				synctest.Test(t, func(t *testing.T) {
					const limit = 2500 * time.Millisecond
					ctx, cancel := context.WithTimeout(t.Context(), limit)
					defer cancel()
					start, tries := time.Now(), 0
					err := directory.UntilDecided(ctx, func(context.Context) error { tries++; return undecided })
					took := time.Since(start)
					if !errors.Is(err, directory.ErrUnavailable) || !errors.Is(err, undecided) {
						t.Errorf("gave %v", err)
					}
					if ctx.Err() != nil || took > limit || took < limit-400*time.Millisecond {
						t.Errorf("ended after %v of %v", took, limit)
					}
					// Conflicts pass soon; a table that doesn't answer isn't helped by many asking.
					if low, high := 5, 25; undecided == directory.ErrUnavailable && (tries < low || tries > high) {
						t.Errorf("%d tries, want %d to %d", tries, low, high)
					}
					if low, high := 25, 110; undecided == directory.ErrChanged && (tries < low || tries > high) {
						t.Errorf("%d tries, want %d to %d", tries, low, high)
					}
				})
			}
		})
	}
}

func TestUntilDecided_EndsWhenTheCallerGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			time.Sleep(time.Second)
			cancel()
		}()
		start := time.Now()
		err := directory.UntilDecided(ctx, func(context.Context) error { return directory.ErrChanged })
		if !errors.Is(err, directory.ErrUnavailable) || time.Since(start) > time.Second+100*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestUntilDecided_PausesDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := map[time.Duration]bool{}
		for range 20 {
			start, tries := time.Now(), 0
			directory.UntilDecided(t.Context(), func(context.Context) error {
				if tries++; tries < 3 {
					return directory.ErrChanged
				}
				return nil
			})
			seen[time.Since(start)] = true
		}
		if len(seen) < 15 {
			t.Errorf("only %d lengths of 20", len(seen)) // else those who met would meet again
		}
	})
}

// TestUntilDecided_TellsTheCause: the log says what held it up, also where the last attempt only ran out of time.
func TestUntilDecided_TellsTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		cause, tries := errors.New("no ring"), 0
		err := directory.UntilDecided(ctx, func(ctx context.Context) error {
			if tries++; tries < 3 {
				return errors.Join(directory.ErrUnavailable, cause)
			}
			<-ctx.Done()
			return errors.Join(directory.ErrUnavailable, ctx.Err())
		})
		if !errors.Is(err, directory.ErrUnavailable) || !errors.Is(err, cause) || tries != 3 {
			t.Errorf("%v after %d tries", err, tries)
		}
	})
}
