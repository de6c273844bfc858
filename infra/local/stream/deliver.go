package stream

import (
	"context"
	"time"

	"group-invites/infra/local/lambda"
	"group-invites/infra/local/template"
)

// The pauses before something is tried again: doubled each time.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 2 * time.Second
)

// part is a batch, or what is left of one, on its way to being settled.
type part struct {
	records     []record
	invocations int           // with these records
	last        lambda.Result // of the last of them
}

// deliver goes on until all records of the batch are settled or dropped, or stopping ends.
func (m *mapping) deliver(stopping, invoking context.Context, batch []record) {
	for parts := []part{{records: batch}}; len(parts) > 0; {
		left, wait := m.attempt(stopping, invoking, parts[0])
		parts = append(left, parts[1:]...)
		if wait > 0 {
			pause(stopping, wait, nil)
		}
		if stopping.Err() != nil {
			return
		}
	}
}

// attempt takes a part one step further. It returns what is left of it, in order, and how long to wait before that.
func (m *mapping) attempt(stopping, invoking context.Context, p part) (left []part, wait time.Duration) {
	if n := m.expired(p.records); n > 0 {
		old := p
		old.records, p.records = p.records[:n], p.records[n:]
		if !m.drop(stopping, old, RecordAgeExceeded) {
			return nil, 0
		}
		if len(p.records) == 0 {
			return nil, 0
		}
	}

	sent := m.options.Now()
	result, err := m.options.Invoker.Invoke(invoking, m.Function, payload(p.records))
	if err != nil {
		if stopping.Err() == nil {
			m.options.Problem("stream to " + m.Function + ": can't call the function: " + err.Error())
		}
		return []part{p}, lastPause
	}
	n := settled(p.records, result, m.ReportBatchItemFailures)
	m.report(p.records, n, sent, result)
	if n > 0 {
		m.settle(p.records[n-1].sequence)
	}
	p.records, p.last = p.records[n:], result
	p.invocations++
	switch rest := p.records; {
	case len(rest) == 0:
		return nil, 0
	case m.Bisect && n > 0:
		return []part{{records: rest}}, firstPause
	case m.Bisect && len(rest) > 1:
		half := (len(rest) + 1) / 2
		return []part{{records: rest[:half]}, {records: rest[half:]}}, firstPause
	case m.MaximumRetryAttempts != template.Endless && p.invocations > m.MaximumRetryAttempts:
		m.drop(stopping, p, RetryAttemptsExhausted)
		return nil, 0
	}
	return []part{p}, backoff(p.invocations)
}

// backoff is the pause after so many failures.
func backoff(failures int) time.Duration {
	wait := firstPause
	for ; failures > 1 && wait < lastPause; failures-- {
		wait *= 2
	}
	return min(wait, lastPause)
}

// expired is how many records, the first ones, are older than the mapping wants them.
func (m *mapping) expired(records []record) int {
	if m.MaximumRecordAge == 0 {
		return 0
	}
	oldest := m.options.Now().Add(-m.MaximumRecordAge)
	for i, r := range records {
		if !r.created.Before(oldest) {
			return i
		}
	}
	return len(records)
}

// drop gives records up. It returns false if it couldn't tell the queue before stopping ended; then they aren't settled.
func (m *mapping) drop(stopping context.Context, p part, condition string) bool {
	dropped := Drop{Function: m.Function, Records: len(p.records), Condition: condition, Queue: m.OnFailure}
	if m.queue != nil {
		message := m.failure(p.records, condition, p.invocations, p.last)
		for failures := 1; ; failures++ {
			var err error
			if dropped.Waiting, err = m.queue.Send(message); err == nil {
				break
			}
			m.options.Problem("stream to " + m.Function + ": can't write to queue " + m.OnFailure + ": " + err.Error())
			if pause(stopping, backoff(failures), nil); stopping.Err() != nil {
				return false
			}
		}
	}
	m.mu.Lock()
	m.status.Dropped += len(p.records)
	m.mu.Unlock()
	m.options.Dropped(dropped)
	m.settle(p.records[len(p.records)-1].sequence)
	return true
}

// report tells of a call that settled n of the records.
func (m *mapping) report(records []record, n int, sent time.Time, result lambda.Result) {
	m.mu.Lock()
	m.status.Settled += n
	m.status.IteratorAge = max(0, sent.Sub(records[len(records)-1].created))
	if n < len(records) {
		m.status.Retries++
	}
	m.mu.Unlock()
	m.options.Invoked(Invocation{Time: m.options.Now(), Function: m.Function, Records: len(records), Settled: n, Result: result})
}
