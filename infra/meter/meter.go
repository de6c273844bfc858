// Package meter tells what the functions of a local stack take: calls and capacity units, time on a processor, memory, and what they print.
// infra/costs makes money of it, infra/bench compares it with how fast they answer.
package meter

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"group-invites/infra/local/lambda"
)

// PerEvent is what CloudWatch counts for each line beside its text, in bytes:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutLogEvents.html
const PerEvent = 26

// Use is what a function took: all in all, or for one operation on the average.
type Use struct {
	Invocations float64
	Calls       float64 // to DynamoDB
	Read, Write float64 // units
	CPU         float64 // microseconds of a processor
	Logged      float64 // bytes, with what CloudWatch counts for each line
}

// Minus is what came since before, for each of n operations.
func (u Use) Minus(before Use, n float64) Use {
	return Use{
		(u.Invocations - before.Invocations) / n, (u.Calls - before.Calls) / n, (u.Read - before.Read) / n, (u.Write - before.Write) / n,
		(u.CPU - before.CPU) / n, (u.Logged - before.Logged) / n,
	}
}

// Meter adds up what each function takes of a stack that this process runs. Its methods may be called by any goroutine.
type Meter struct {
	logs   string // folder of what the functions print
	mu     sync.Mutex
	totals map[string]Use
}

// New returns a meter of the stack that keeps its data in the folder, and that tells Called of each call.
func New(dataDir string) *Meter {
	return &Meter{logs: filepath.Join(dataDir, "logs"), totals: map[string]Use{}}
}

// Called takes note of a call of a function.
func (m *Meter) Called(function string, r lambda.Result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.totals[function]
	u.Invocations++
	u.Calls += float64(r.Usage.Calls)
	u.Read += r.Usage.ReadUnits
	u.Write += r.Usage.WriteUnits
	m.totals[function] = u
}

// Read gives what each function that was called has taken so far. Time of processes that have ended is lost.
func (m *Meter) Read() (map[string]Use, error) {
	m.mu.Lock()
	now := maps.Clone(m.totals)
	m.mu.Unlock()
	children, err := Children()
	if err != nil {
		return nil, err
	}
	for function, u := range now {
		text, err := os.ReadFile(filepath.Join(m.logs, function+".log"))
		if err != nil && !os.IsNotExist(err) { // it has printed nothing
			return nil, err
		}
		u.Logged = float64(len(text) + bytes.Count(text, []byte("\n"))*(PerEvent-1)) // the newline itself isn't counted
		u.CPU = children[function].CPU
		now[function] = u
	}
	return now, nil
}
