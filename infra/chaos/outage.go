package main

import (
	"context"
	"net/http"
	"time"

	"group-invites/infra/local/faulty"
)

// outages has the table fail in each way, one right after the other, and be back between the last of them and the end of the day.
func outages(ctx context.Context, t *faulty.Table, _ uint64, l *load, d *day) {
	time.Sleep(d.size.length / 6)
	from := time.Since(l.began)
	for _, how := range faulty.Outages {
		t.Begin(how)
		time.Sleep(d.size.outage)
	}
	t.End()
	l.mu.Lock()
	defer l.mu.Unlock()
	d.outages = append(d.outages, [2]time.Duration{from, time.Since(l.began)})
}

// between is the time between two looks of somebody who wants to know when the table is back.
const between = 20 * time.Millisecond

// probe waits for the end of each outage, and measures how long it takes until a request that is made after it is answered right.
func (d *day) probe(ctx context.Context, s *site, o org) {
	for {
		d.load.mu.Lock()
		over := len(d.outages) > 0
		d.load.mu.Unlock()
		if over {
			break
		}
		time.Sleep(between)
	}
	d.load.mu.Lock()
	end := d.outages[0][1]
	began := d.load.began
	d.load.mu.Unlock()
	for {
		a := s.ask(ctx, "GET", "/v1/me", o.admin.token, nil)
		if a.status == http.StatusOK || time.Since(began) > end+catchUp {
			break
		}
		time.Sleep(between)
	}
	d.right = append(d.right, time.Since(began)-end)
}

// lateUndecided tells how long after the end of the outage the last 503 came to something that was asked after it.
func (d *day) lateUndecided() (last time.Duration) {
	for _, o := range d.outages {
		for _, r := range d.load.requests {
			if r.undecided && r.begin > o[1] {
				last = max(last, r.begin+r.took-o[1])
			}
		}
	}
	return last
}

// slow has all calls take three seconds, and after a third of the day only those that write: those are carried out when nobody waits for them any more.
func slow(delay time.Duration) func(context.Context, *faulty.Table, uint64, *load, *day) {
	return func(_ context.Context, t *faulty.Table, _ uint64, _ *load, d *day) {
		t.Follow(func(string) faulty.Fate { return faulty.Fate{There: delay / 2, Back: delay / 2} })
		time.Sleep(d.size.length / 3)
		t.Follow(func(operation string) faulty.Fate {
			if faulty.Writes(operation) {
				return faulty.Fate{There: delay / 2, Back: delay / 2}
			}
			return faulty.Fate{}
		})
		time.Sleep(d.size.length / 3)
		t.Follow(func(string) faulty.Fate { return faulty.Fate{} })
	}
}
