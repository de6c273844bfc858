package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"group-invites/infra/local/lambda"
)

// meter adds up what each function takes. called may be called by any goroutine.
type meter struct {
	binaries string // folder of the functions
	logs     string // folder of what they print
	mu       sync.Mutex
	totals   map[string]use
}

// called takes note of a call of a function.
func (m *meter) called(function string, r lambda.Result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := m.totals[function]
	u.Invocations++
	u.Calls += float64(r.Usage.Calls)
	u.Read += r.Usage.ReadUnits
	u.Write += r.Usage.WriteUnits
	m.totals[function] = u
}

// read gives what each function has taken so far.
func (m *meter) read() (map[string]use, error) {
	m.mu.Lock()
	now := maps.Clone(m.totals)
	m.mu.Unlock()
	busy, err := processorTimes(m.binaries)
	if err != nil {
		return nil, err
	}
	for function, u := range now {
		text, err := os.ReadFile(filepath.Join(m.logs, function+".log"))
		if err != nil && !os.IsNotExist(err) { // it has printed nothing
			return nil, err
		}
		u.Logged = float64(len(text) + bytes.Count(text, []byte("\n"))*(perEvent-1)) // the newline itself isn't counted
		u.CPU = busy[function]
		now[function] = u
	}
	return now, nil
}

// minus is what came since before, for each of n operations.
func (u use) minus(before use, n float64) use {
	return use{
		(u.Invocations - before.Invocations) / n, (u.Calls - before.Calls) / n, (u.Read - before.Read) / n, (u.Write - before.Write) / n,
		(u.CPU - before.CPU) / n, (u.Logged - before.Logged) / n,
	}
}

// processorTimes gives the microseconds that the running processes of a folder's programs have been on a processor, by the program's name. It
// reads /proc, whose figures of threads are exact (https://docs.kernel.org/scheduler/sched-stats.html).
func processorTimes(folder string) (map[string]float64, error) {
	programs, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		return nil, err
	}
	times := map[string]float64{}
	for _, exe := range programs {
		program, err := os.Readlink(exe)
		if err != nil || filepath.Dir(program) != folder {
			continue // not ours, or gone
		}
		threads, err := filepath.Glob(filepath.Join(filepath.Dir(exe), "task", "*", "schedstat"))
		if err != nil {
			return nil, err
		}
		for _, thread := range threads {
			text, err := os.ReadFile(thread)
			if err != nil {
				continue // it has ended
			}
			first, _, _ := strings.Cut(string(text), " ")
			nanoseconds, err := strconv.ParseFloat(first, 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", thread, err)
			}
			times[filepath.Base(program)] += nanoseconds / 1000
		}
	}
	return times, nil
}
