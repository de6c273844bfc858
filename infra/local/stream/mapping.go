package stream

import (
	"context"
	"sync"
	"time"

	"group-invites/infra/local/lambda"
	"group-invites/infra/local/queue"
	"group-invites/infra/local/template"
)

// pollInterval is how often a mapping looks for new records while there are none: Lambda's own rate.
const pollInterval = 250 * time.Millisecond

// mapping calls one function with what the stream has for it.
type mapping struct {
	template.StreamMapping
	options    *Options
	source     *source
	checkpoint checkpointFile
	queue      *queue.Queue  // nil where nobody is told of dropped records
	wake       chan struct{} // holds one; ends a wait for records

	// Only run touches these.
	iterator string   // empty where a new one is needed
	read     string   // sequence number of the last record that was read
	queued   []record // read and let through, but not delivered
	failing  bool     // the stream couldn't be read the last time

	mu        sync.Mutex
	settled   string        // sequence number up to which all is settled, dropped or filtered out
	moved     chan struct{} // closed and replaced when settled changes
	impatient int           // callers of await
	status    Status        // without Position
}

// open finds out where the mapping goes on.
func (m *mapping) open(ctx context.Context) error {
	m.checkpoint = checkpointOf(m.options.DataDir, m.Function)
	if m.OnFailure != "" {
		m.queue = queue.Open(m.options.DataDir, m.OnFailure)
	}
	kept, found, err := m.checkpoint.load()
	if err != nil {
		return err
	}
	switch {
	case found && kept.Stream == m.source.arn && kept.Shard == m.source.shard:
		m.settled = kept.SequenceNumber
	case m.FromLatest:
		if m.settled, err = m.source.end(ctx, ""); err != nil {
			return err
		}
		if err := m.save(m.settled); err != nil {
			return err
		}
	}
	m.read = m.settled
	return nil
}

func (m *mapping) save(sequence string) error {
	return m.checkpoint.save(checkpoint{Stream: m.source.arn, Shard: m.source.shard, SequenceNumber: sequence})
}

// run delivers batches until stopping ends. Calls are made with invoking.
func (m *mapping) run(stopping, invoking context.Context) {
	for {
		batch := m.collect(stopping)
		if stopping.Err() != nil {
			return
		}
		m.deliver(stopping, invoking, batch)
	}
}

// collect returns the next batch. It waits for one until ctx ends.
func (m *mapping) collect(ctx context.Context) []record {
	var window time.Time // when it ends
	for {
		n := fitting(m.queued, m.BatchSize, lambda.MaxPayload)
		if n == m.BatchSize || n < len(m.queued) {
			return m.take(n)
		}
		end := m.readPage(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if len(m.queued) == 0 {
			m.settle(m.read) // all of it was filtered out
		} else if window.IsZero() {
			window = time.Now().Add(m.Window)
		}
		if !end {
			continue
		}
		wait := pollInterval
		if len(m.queued) > 0 {
			left := time.Until(window)
			if left <= 0 || m.hurried() {
				return m.take(fitting(m.queued, m.BatchSize, lambda.MaxPayload))
			}
			wait = min(wait, left)
		}
		pause(ctx, wait, m.wake)
	}
}

// take removes the first n records from those that wait.
func (m *mapping) take(n int) []record {
	batch := m.queued[:n:n]
	if m.queued = m.queued[n:]; len(m.queued) == 0 {
		m.queued = nil
	}
	return batch
}

// readPage reads on, and tells whether there was nothing more to read. A fault is reported once until reading works again.
func (m *mapping) readPage(ctx context.Context) (end bool) {
	end, err := m.tryReadPage(ctx)
	if err != nil {
		m.iterator = ""
		if !m.failing && ctx.Err() == nil {
			m.options.Problem("stream to " + m.Function + ": can't read: " + err.Error())
		}
		m.failing = true
		return true
	}
	m.failing = false
	return end
}

func (m *mapping) tryReadPage(ctx context.Context) (end bool, err error) {
	if m.iterator == "" {
		if m.iterator, err = m.source.iterator(ctx, m.read); err != nil {
			return false, err
		}
	}
	p, err := m.source.read(ctx, m.iterator)
	if err != nil {
		return false, err
	}
	for _, c := range p.Records {
		if c.unchanged() {
			m.read = c.DynamoDB.SequenceNumber
			continue
		}
		r, err := newRecord(c, m.StreamARN, m.source.arn)
		if err != nil {
			return false, err
		}
		passes, err := r.passes(m.Filters)
		if err != nil {
			return false, err
		}
		if passes {
			m.queued = append(m.queued, r)
		}
		m.read = r.sequence
	}
	m.iterator = p.NextShardIterator
	return p.last(), nil
}

// settle writes down that all records up to this one need nothing more.
func (m *mapping) settle(sequence string) {
	m.mu.Lock()
	before := m.settled
	m.mu.Unlock()
	if compare(sequence, before) <= 0 {
		return
	}
	if err := m.save(sequence); err != nil { // then more records than need be come again after a restart
		m.options.Problem("stream to " + m.Function + ": can't keep the checkpoint: " + err.Error())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.settled = sequence
	m.status.Checkpointed = m.options.Now()
	close(m.moved)
	m.moved = make(chan struct{})
}

func (m *mapping) position() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.settled
}

// hurried tells whether somebody waits for the mapping to settle what there is.
func (m *mapping) hurried() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.impatient > 0
}

// await returns when all records up to this one are settled.
func (m *mapping) await(ctx context.Context, sequence string, stopped <-chan struct{}) error {
	m.mu.Lock()
	m.impatient++
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.impatient--
	}()
	for {
		m.mu.Lock()
		there, moved := compare(m.settled, sequence) >= 0, m.moved
		m.mu.Unlock()
		if there {
			return nil
		}
		select {
		case m.wake <- struct{}{}:
		default: // it has been told
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		case <-stopped:
			return ErrStopped
		}
	}
}

// pause waits for so long, or until ctx ends or something comes from wake, which may be nil.
func pause(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
}
