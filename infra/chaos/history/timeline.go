package history

import (
	"fmt"
	"time"
)

// Change is the coming or going of what a redeem needs: the link, its creator's right, the person's own welcome.
type Change struct {
	Begin, End time.Duration // from the first question to the answer that it is done
	Lost       bool          // it is gone from then on; else it is back
}

// Timeline is what a redeem needs, which is there at first, and its changes: one after the other.
type Timeline []Change

// Attempt is a redeem while that changes.
type Attempt struct {
	Begin, End time.Duration
	Refused    bool // for want of it; else let in
}

// Check returns an error that shows the attempt if it was refused though what it needs was there for all of its time, or let in though that was
// gone for all of it.
func (t Timeline) Check(a Attempt) error {
	there, lost := true, false // what it may have been like at the beginning of the attempt, and later
	for _, c := range t {
		if c.End <= a.Begin {
			there, lost = !c.Lost, c.Lost
			continue
		}
		if c.Begin < a.End {
			if c.Lost {
				lost = true
			} else {
				there = true
			}
		}
	}
	if a.Refused && lost || !a.Refused && there {
		return nil
	}
	return fmt.Errorf("asked at %v and answered at %v, refused %v, with changes %+v", a.Begin, a.End, a.Refused, t)
}
