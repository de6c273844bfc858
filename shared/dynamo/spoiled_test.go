package dynamo_test

import (
	"errors"
	"strings"
	"testing"

	. "group-invites/shared/dynamo/dynamotest"
)

// TestSpoiledRow_DecidesNothing: of each operation each row that it reads is answered once as nobody has written it. Then the operation fails, says which row it
// is, and has written nothing: it doesn't go on as if the row, or an attribute of it, weren't there. Where only the row's being there
// matters, it ends as ever.
func TestSpoiledRow_DecidesNothing(t *testing.T) {
	w := New(t)
	failed, ended := 0, map[string]int{}
	everyOperation(t, w, 1, func(name string, want error, operation func() error) {
		t.Helper()
		for n := 1; ; n++ {
			before := w.Content()
			w.Faults.Reset(nil)
			w.Faults.Spoil(n)
			err := operation()
			spoiled := w.Faults.Spoiled()
			w.Faults.Spoil(0)
			changed := w.Content() != before
			switch {
			case err != nil && strings.Contains(err.Error(), "row "):
				failed++
				if changed && name != "tell of requests" { // one that is spoiled doesn't keep the others from being told of
					t.Errorf("%s, row %d spoiled: it has failed and written: %v", name, n, err)
				}
				continue
			case !errors.Is(err, want):
				t.Errorf("%s, row %d spoiled (%v): %v, want %v or that the row isn't right", name, n, spoiled, err, want)
			case spoiled:
				ended[name]++
			}
			if !spoiled || changed || n > 100 {
				return // done, and can't be done again
			}
		}
	})
	t.Logf("%d times an operation failed; these ended as ever: %v", failed, ended)
	if failed < 100 {
		t.Errorf("only %d", failed)
	}
}
