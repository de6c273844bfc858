package faulty

import (
	"io"
	"net/http"
)

// Outage is a way in which all calls fail.
type Outage string

const (
	Fails Outage = "it answers that it fails"
	Cuts  Outage = "it cuts connections"
	Hangs Outage = "it doesn't answer"
)

// Outages are all of them.
var Outages = []Outage{Fails, Cuts, Hangs}

// Begin makes all calls fail, until End. It ends the outage before.
func (t *Table) Begin(how Outage) {
	t.End()
	t.mu.Lock()
	defer t.mu.Unlock()
	over := make(chan struct{})
	t.over = over
	switch how {
	case Fails:
		t.outage = func(w http.ResponseWriter, _ *http.Request) {
			failure(http.StatusInternalServerError, "InternalServerError", `"message":"injected"`).write(w)
		}
	case Cuts:
		t.outage = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	case Hangs:
		t.outage = func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // only after the body does a server notice that its client goes
			select {
			case <-over:
			case <-r.Context().Done():
			}
			panic(http.ErrAbortHandler)
		}
	}
}

// End ends the outage, if there is one. What hung is cut off.
func (t *Table) End() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.outage != nil {
		t.outage = nil
		close(t.over)
	}
}
