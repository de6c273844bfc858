package linkcode_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"group-invites/shared/linkcode"
)

// The faults that these tests make are logged, as they must be; here that is noise.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	os.Exit(m.Run())
}

const (
	ringA = `{"signing":"1","1":"` + secretA + `"}`
	ringB = `{"signing":"2","2":"` + secretB + `"}`
)

// store is a secret store whose answer is set by the test.
type store struct {
	mu    sync.Mutex
	text  string
	err   error
	calls int
}

func (s *store) fetch(context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	return []byte(s.text), s.err
}

// newSource makes a source over a store. It runs in a bubble of synctest, where time.Now stands until the test sleeps.
func newSource(t *testing.T, s *store) *linkcode.Source {
	t.Helper()
	source, err := linkcode.NewSource(t.Context(), "prod", time.Now, s.fetch)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// signs tells which of the two rings the source gives.
func signs(t *testing.T, source *linkcode.Source) string {
	t.Helper()
	ring, err := source.Ring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	code := ring.Sign(testGroup, testInvite)
	for name, text := range map[string]string{"A": ringA, "B": ringB} {
		if code == parseRing(t, text, "prod").Sign(testGroup, testInvite) {
			return name
		}
	}
	t.Fatal("neither ring")
	return ""
}

func TestNewSource_RefusesToStart(t *testing.T) {
	for what, s := range map[string]*store{
		"without an answer":           {err: errors.New("denied")},
		"with an empty secret":        {},
		"with a faulty ring":          {text: `{"signing":"1","1":"short"}`},
		"with a ring of zeros":        {text: `{"signing":"1","1":"` + strings.Repeat("0", 32) + `"}`},
		"with text that isn't a ring": {text: "password"},
	} {
		t.Run(what, func(t *testing.T) {
			if source, err := linkcode.NewSource(t.Context(), "prod", time.Now, s.fetch); err == nil || source != nil {
				t.Errorf("NewSource = %v, %v", source, err)
			}
		})
	}
}

func TestSource_RenewsWhenOlderThanFourMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{text: ringA}
		source := newSource(t, s)
		s.text = ringB
		time.Sleep(4*time.Minute - time.Millisecond)
		if got := signs(t, source); got != "A" || s.calls != 1 {
			t.Errorf("just before: ring %s after %d calls", got, s.calls)
		}
		time.Sleep(time.Millisecond)
		for range 3 {
			if got := signs(t, source); got != "B" || s.calls != 2 {
				t.Errorf("at four minutes: ring %s after %d calls", got, s.calls)
			}
		}
	})
}

func TestSource_KeepsTheOldRingForAnHour(t *testing.T) {
	for what, broken := range map[string]*store{
		"when the store fails":         {err: errors.New("unavailable")},
		"when the secret isn't a ring": {text: `{"signing":"1"}`},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &store{text: ringA}
				source := newSource(t, s)
				s.text, s.err = broken.text, broken.err
				time.Sleep(time.Hour - time.Millisecond)
				if got := signs(t, source); got != "A" {
					t.Errorf("ring %s", got)
				}
				time.Sleep(time.Millisecond)
				if _, err := source.Ring(t.Context()); !errors.Is(err, linkcode.ErrNoRing) {
					t.Errorf("after an hour: %v", err)
				}
				s.text, s.err = ringB, nil
				time.Sleep(10 * time.Second)
				if got := signs(t, source); got != "B" {
					t.Errorf("after the store's return: ring %s", got)
				}
			})
		})
	}
}

func TestSource_DoesNotHammerAFailingStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{text: ringA}
		source := newSource(t, s)
		s.err = errors.New("unavailable")
		time.Sleep(5 * time.Minute)
		before := s.calls
		for range 600 { // a minute of ten requests a second
			if got := signs(t, source); got != "A" {
				t.Fatal(got)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if n := s.calls - before; n != 6 {
			t.Errorf("%d calls in a minute, want one each 10 seconds", n)
		}
	})
}

func TestSource_AStoreThatHangsLeavesTimeToTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := false
		source, err := linkcode.NewSource(t.Context(), "prod", time.Now, func(ctx context.Context) ([]byte, error) {
			if hang {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return []byte(ringA), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		hang = true
		time.Sleep(5 * time.Minute)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		if _, err := source.Ring(ctx); err != nil || ctx.Err() != nil || time.Since(start) > time.Second {
			t.Errorf("%v after %v, request: %v", err, time.Since(start), ctx.Err())
		}
	})
}

func TestSource_IsAskedByManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{text: ringA}
		source := newSource(t, s)
		time.Sleep(5 * time.Minute)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				ring, err := source.Ring(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if _, _, ok := ring.Verify(ring.Sign(testGroup, testInvite)); !ok {
					t.Error("refused")
				}
			})
		}
		all.Wait()
		if s.calls != 2 {
			t.Errorf("%d calls, want the first and one more", s.calls)
		}
	})
}
