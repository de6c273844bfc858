package growth

import (
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"group-invites/shared/dynamo/faults"
)

// took is what an operation takes.
type took struct {
	faults.Cost
	Objects float64 // allocated
	Bytes   float64
	Took    time.Duration // on this machine, which is the engine's time for the most part
}

// Allocations are those of the run that made the fewest: how often a buffer grows also depends on the pieces in which an answer comes from the socket,
// which differ from run to run, by up to a fiftieth.

// Of the runs of an operation some come first, so that connections are open and pools filled, and in the last one calls take longer, so that those at
// the same time are seen to be.
const warm, slow = 3, 1

// held is how long an operation takes at least if the engine kept one of its calls for as long as the table's client waits for one. Then the client asks
// once more, as it should; it says something of this machine and its disk, and nothing of the operation.
const held = time.Second

// measure does an operation so often. All measured runs must take the same calls and units, but those in which a call was held.
func (l *loaded) measure(o operation, runs int) took {
	l.Helper()
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var result took
	var objects, bytes, times []float64
	var before, after runtime.MemStats
	for i := range runs {
		if o.before != nil {
			if err := o.before(i); err != nil {
				l.Fatalf("before %s, run %d: %v", o.name, i, err)
			}
		}
		l.Faults.Reset(nil)
		if i == runs-slow {
			l.Faults.Delay(4 * time.Millisecond)
		}
		runtime.ReadMemStats(&before)
		begun := time.Now()
		err := o.do(i)
		lasted := time.Since(begun)
		runtime.ReadMemStats(&after)
		l.Faults.Delay(0)
		if err != nil {
			l.Fatalf("%s, run %d: %v", o.name, i, err)
		}
		cost := l.Faults.Cost()
		switch {
		case i < warm:
			continue
		case i == runs-slow:
			result.RoundTrips = cost.RoundTrips
			continue
		case lasted >= held:
			l.Logf("%s, run %d: held for %v", o.name, i, lasted)
			continue
		case result.Cost == faults.Cost{}:
			result.Cost = cost
		}
		if cost.RoundTrips = result.RoundTrips; cost != result.Cost {
			l.Errorf("%s, run %d: %+v, and %+v before", o.name, i, cost, result.Cost)
		}
		objects = append(objects, float64(after.Mallocs-before.Mallocs))
		bytes = append(bytes, float64(after.TotalAlloc-before.TotalAlloc))
		times = append(times, float64(lasted))
	}
	result.Objects, result.Bytes, result.Took = slices.Min(objects), slices.Min(bytes), time.Duration(median(times))
	return result
}

func median(of []float64) float64 {
	slices.Sort(of)
	return (of[(len(of)-1)/2] + of[len(of)/2]) / 2
}
