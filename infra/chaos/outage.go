package main

import (
	"context"
	"net/http"
	"time"

	"group-invites/infra/local/faulty"
)

// fallout is what an outage came to. Times are since the beginning of the day, or since the outage's end.
type fallout struct {
	from, to  time.Duration
	right     time.Duration // until the first right answer
	undecided time.Duration // until the last 503 to something that was asked after the end; 0: there was none
}

// between is the time between two looks of somebody who wants to know whether the table is back.
const between = 20 * time.Millisecond

// outage has the table fail in that way for a while, and looks how long after its end a request is answered right.
func outage(how faulty.Outage) func(context.Context, org, *day) {
	return func(ctx context.Context, o org, d *day) {
		time.Sleep(d.size.length / 6)
		d.fallout.from = time.Since(d.load.began)
		o.table.Begin(how)
		time.Sleep(d.size.outage)
		o.table.End()
		d.fallout.to = time.Since(d.load.began)
		for since := time.Now(); ; time.Sleep(between) {
			a := o.ask(ctx, "GET", "/v1/me", o.admin.token, nil)
			d.fallout.right = time.Since(since)
			if a.status == http.StatusOK || d.fallout.right > catchUp {
				return
			}
		}
	}
}

// lateUndecided tells how long after the end of the outage the last 503 came to something that was asked after it.
func (d *day) lateUndecided() (last time.Duration) {
	for _, r := range d.load.requests {
		if r.undecided && r.begin > d.fallout.to {
			last = max(last, r.begin+r.took-d.fallout.to)
		}
	}
	return last
}

// slow has all calls take three seconds, and after a third of the day only those that write: those are carried out when nobody waits for them any more.
func slow(delay time.Duration) func(context.Context, org, *day) {
	return func(_ context.Context, o org, d *day) {
		o.table.Follow(func(string) faulty.Fate { return faulty.Fate{There: delay / 2, Back: delay / 2} })
		time.Sleep(d.size.length / 3)
		o.table.Follow(func(operation string) faulty.Fate {
			if faulty.Writes(operation) {
				return faulty.Fate{There: delay / 2, Back: delay / 2}
			}
			return faulty.Fate{}
		})
		time.Sleep(d.size.length / 3)
		o.table.Follow(func(string) faulty.Fate { return faulty.Fate{} })
	}
}
