package linkcode

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestSource_AgesByTheWallClock: a monotonic clock may stand while an environment is frozen, and a ring that went by it would look young.
func TestSource_AgesByTheWallClock(t *testing.T) {
	const text = `{"signing":"0","0":"a key that is long enough to be one, 32+"}`
	s, err := NewSource(t.Context(), "test", time.Now, func(context.Context) ([]byte, error) { return []byte(text), nil })
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(s.fetched.String(), " m=") { // as package time tells it
		t.Errorf("fetched at %s", s.fetched)
	}
}
