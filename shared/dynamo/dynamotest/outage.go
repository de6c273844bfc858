package dynamotest

import (
	"context"
	"errors"
	"testing"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/dynamo/faults"
)

// StaysUndecided has the table fail from an act's first call on, then from its second, and so on, until it gets through before it fails. As long as a call of it fails, the act must
// give [directory.ErrUnavailable], and say neither that it is done nor that there is nothing.
func (w *World) StaysUndecided(t *testing.T, act func(ctx context.Context) error) {
	t.Helper()
	for first := 1; ; first++ {
		failed := false
		ctx, cancel := context.WithCancel(t.Context())
		w.Faults.Reset(func(c faults.Call) faults.Fault {
			if c.Number < first {
				return faults.None
			}
			if !failed {
				failed = true
				time.AfterFunc(20*time.Millisecond, cancel) // the caller waits for an attempt or two
			}
			return faults.Fail
		})
		err := act(ctx)
		w.Faults.Reset(nil)
		cancel()
		if !failed {
			if err != nil || first == 1 {
				t.Errorf("after %d calls that it made: %v", first-1, err)
			}
			return
		}
		if !errors.Is(err, directory.ErrUnavailable) {
			t.Fatalf("call %d and all after it fail: %v", first, err)
		}
	}
}
