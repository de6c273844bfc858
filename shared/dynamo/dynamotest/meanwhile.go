package dynamotest

import (
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
)

// Meanwhile has the next call's first write end in the fault, and others act, by an instance of their own and a second later, before the call goes on. It tells whether
// they have.
func (w *World) Meanwhile(fault faults.Fault, others func(*directory.Service, *invite.Service)) (acted func() bool) {
	_, dir, inv := w.Instance()
	wrote, done := false, false
	w.Faults.Reset(func(c faults.Call) faults.Fault {
		switch {
		case c.Writes() && !wrote:
			wrote = true
			return fault
		case wrote && !done:
			done = true
			w.Clock.Advance(time.Second)
			others(dir, inv)
		}
		return faults.None
	})
	return func() bool { return done }
}
