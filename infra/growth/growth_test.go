package growth

import (
	"flag"
	"math"
	"os"
	"testing"
)

var report = flag.String("report", "", "go up to a million, and write the report to this file")

// A series is what is compared. Each has at least as much as a page can show, but for the links of the first.
var (
	quick = []size{{1, 600, 1000}, {200, 600, 1000}, {5000, 1000, 2000}}
	whole = []size{{1, 600, 1000}, {1000, 10_000, 100_000}, {100_000, 100_000, 1_000_000}}
)

// onceTolerance is for what can be measured once alone.
const onceTolerance = 0.1

// How often each operation is done, and by how much allocations may differ. Where other tests run at the same time, answers come in more pieces.
const (
	quickRuns, quickTolerance = warm + 7 + slow, 0.05
	wholeRuns, wholeTolerance = warm + 40 + slow, 0.01
)

// TestGrowth holds every operation to the same calls, units and allocations whatever there is, and lists to giving all of it.
func TestGrowth(t *testing.T) {
	sizes, runs, tolerance := quick, quickRuns, quickTolerance
	if *report != "" {
		sizes, runs, tolerance = whole, wholeRuns, wholeTolerance
	}
	s := draw(t)
	var r results
	for i, n := range sizes {
		l := s.load(t, n)
		r.add(l)
		for _, o := range l.operations(runs) {
			r.took(o, i, l.measure(o, runs))
		}
		if i == len(sizes)-1 {
			r.walked = l.walkAll()
		}
		for _, o := range l.endings() {
			r.took(o, i, l.measure(o, endingRuns))
		}
		r.cleared = append(r.cleared, l.clear())
		if err := l.engine.Stop(); err != nil {
			t.Error(err)
		}
	}
	r.compare(t, tolerance)
	if *report != "" && !t.Failed() {
		text, err := r.markdown()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(*report, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// results are what was measured, of each size.
type results struct {
	loads      []*loaded
	operations []*compared
	walked     []walked
	cleared    []cleared
}

// compared is an operation with what it took at each size.
type compared struct {
	operation
	of []took
}

func (r *results) add(l *loaded) { r.loads = append(r.loads, l) }

// took takes note of what an operation took at the size of that number. They come in the same order each time.
func (r *results) took(o operation, size int, t took) {
	if size == 0 {
		r.operations = append(r.operations, &compared{operation: o})
	}
	for _, c := range r.operations {
		if c.name == o.name {
			c.of = append(c.of, t)
		}
	}
}

// compare holds each size to the largest. A list in the group that has one link may take less, and nothing more.
func (r *results) compare(t *testing.T, tolerance float64) {
	for _, c := range r.operations {
		if len(c.of) != len(r.loads) {
			t.Errorf("%s was measured %d times", c.name, len(c.of))
			continue
		}
		most := c.of[len(c.of)-1]
		for i, of := range c.of {
			if c.short && i == 0 {
				if of.Calls > most.Calls || of.ReadUnits > most.ReadUnits || of.WriteUnits > most.WriteUnits || of.Objects > most.Objects*(1+tolerance) {
					t.Errorf("%s of one link takes %+v, of %d %+v", c.name, of, r.loads[len(r.loads)-1].size.links, most)
				}
				continue
			}
			if of.Cost != most.Cost {
				t.Errorf("%s takes %+v at %+v, and %+v at %+v", c.name, of.Cost, r.loads[i].size, most.Cost, r.loads[len(r.loads)-1].size)
			}
		}
		allowed := tolerance
		if c.once {
			allowed = onceTolerance
		}
		if spread := c.spread(); spread > allowed {
			t.Errorf("%s: allocations differ by %.1f%%: %+v", c.name, spread*100, c.of)
		}
	}
	for i, c := range r.cleared {
		if n := r.loads[i].size; c.calls > mostCallsOfStep || c.steps > max(n.links, n.members)/leastOfStep+3 {
			t.Errorf("clearing a group of %+v took %+v", n, c)
		}
	}
}

// spread is by how much allocations differ between sizes, as a share.
func (c *compared) spread() (most float64) {
	of := c.of
	if c.short {
		of = of[1:]
	}
	last := of[len(of)-1]
	for _, a := range of {
		most = max(most, math.Abs(a.Objects/last.Objects-1), math.Abs(a.Bytes/last.Bytes-1))
	}
	return most
}
