package linkcode

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// ringAge is the age at which a ring is fetched again. With it, a key retired in the secret is refused everywhere within
	// five minutes.
	ringAge = 4 * time.Minute
	// ringLife is the age past which a ring that can't be renewed is no longer used. Until then, a fault of the secret store
	// doesn't end all redeeming.
	ringLife = time.Hour
	// refetchPause keeps a failing secret store from being asked on every request.
	refetchPause = 10 * time.Second
	// renewTimeout leaves most of a request's time to the request, while the ring at hand still serves it.
	renewTimeout = time.Second
)

// ErrNoRing says that the ring could not be renewed for so long that it is no longer used. Asking again later is safe.
var ErrNoRing = errors.New("no current key ring")

// Source holds the ring and renews it from the secret when it is older than four minutes. It is safe for concurrent use;
// callers wait while it is renewed. A Lambda environment is frozen between requests, so there is no timer: the request
// that finds the ring old renews it.
type Source struct {
	// Failed is told of each attempt to renew the ring that failed: how old the present one is, and why. It is set before the first use, and
	// may be nil: then slog is told.
	Failed func(ctx context.Context, age time.Duration, cause error)

	fetch func(context.Context) ([]byte, error)
	stack string
	clock func() time.Time

	mu      sync.Mutex
	ring    *Ring
	fetched time.Time // when ring was fetched
	tried   time.Time // when it was last tried
}

// NewSource fetches the ring for the first time. fetch gives the secret's text ([ParseRing] tells its form); an error of it, or a
// faulty ring, is returned, so that a function without a good ring refuses to start.
func NewSource(ctx context.Context, stack string, clock func() time.Time, fetch func(context.Context) ([]byte, error)) (*Source, error) {
	s := &Source{fetch: fetch, stack: stack, clock: clock}
	if err := s.renew(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Ring gives the current ring, or [ErrNoRing].
func (s *Source) Ring(ctx context.Context) (*Ring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.Sub(s.fetched) < ringAge {
		return s.ring, nil
	}
	if now.Sub(s.tried) >= refetchPause {
		bounded, cancel := context.WithTimeout(ctx, renewTimeout)
		err := s.renew(bounded)
		cancel()
		if err != nil {
			s.failed(ctx, now.Sub(s.fetched), err)
		}
	}
	if now.Sub(s.fetched) >= ringLife {
		return nil, ErrNoRing
	}
	return s.ring, nil
}

func (s *Source) failed(ctx context.Context, age time.Duration, cause error) {
	if s.Failed != nil {
		s.Failed(ctx, age, cause)
		return
	}
	slog.ErrorContext(ctx, "key ring not renewed", "age", age.String(), "cause", cause.Error())
}

// renew fetches and parses the ring. On an error the present one stays.
func (s *Source) renew(ctx context.Context) error {
	now := s.now()
	s.tried = now
	text, err := s.fetch(ctx)
	if err != nil {
		return fmt.Errorf("fetch key ring: %w", err)
	}
	ring, err := ParseRing(text, s.stack)
	if err != nil {
		return err
	}
	s.ring, s.fetched = ring, now
	return nil
}

// now gives the instant by the wall clock alone. The monotonic one may stand while an environment is frozen (package time tells of
// computers that sleep), and a ring that is hours old would look young.
func (s *Source) now() time.Time { return s.clock().Round(0) }
