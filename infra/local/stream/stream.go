// Package stream is the event source mapping of the local stack: it follows the table's stream and calls functions with
// what has changed, as Lambda does.
//
// Each mapping runs by itself, in three steps that repeat.
//
// It collects: it reads the stream on from where it was, four times a second while nothing comes, and puts what its
// filters let through into a batch. (Of a write that changed nothing, DynamoDB makes no record: one that an emulator makes
// is passed over.) The batch is complete when it has BatchSize records, or the payload of one call
// (6 MB), or when the window has passed since its first record; without a window, when nothing more is there to read.
//
// It delivers: it calls the function and waits. A success settles all records of the batch. An answer with
// batchItemFailures, where the mapping honours them, settles those before the lowest sequence number in it; one that names
// no record of the batch settles none, as does an error, a timeout or a process that ended. What isn't settled is tried
// again after a pause that grows: with BisectBatchOnFunctionError in two halves, or from the reported record on, which is
// no retry; otherwise, and when a single record is left, as often as MaximumRetryAttempts says. A call that couldn't be
// made is no retry either.
//
// It drops what is older than MaximumRecordAgeInSeconds, and what has had all its retries. The on-failure queue is told
// which records that were, not what was in them.
//
// What always holds:
//   - A mapping has one call under way at most, and never calls with a record while an earlier one isn't settled or dropped.
//     So a function gets the records in the order of the stream.
//   - A checkpoint is written only after all records up to it were settled, dropped or filtered out; for a dropped one,
//     after the queue was told. So nothing is skipped, however the stack ends. What a call was made with whose outcome
//     wasn't written down comes again: delivery is at least once.
//   - A checkpoint is good for the stream that it was made on. Where the table was made anew, a mapping starts anew.
//
// Differences from the cloud: a table has one stream of one shard, so there is one call at a time whatever the
// ParallelizationFactor; pauses between retries are a tenth of a second at first and two seconds at most; records don't
// expire after a day; Lambda may tell the queue of neighbouring dropped records in one message, here each batch that is
// dropped makes its own. What Lambda does with both bisecting and batchItemFailures, when it is the first of several
// records that is reported, isn't documented: here the batch is halved, as after an error.
package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"group-invites/infra/local/lambda"
	"group-invites/infra/local/queue"
	"group-invites/infra/local/template"
)

// CheckpointsDir is a folder below Options.DataDir: a file for each mapping, named after its function.
const CheckpointsDir = "checkpoints"

// Invoker calls functions: a *lambda.Service.
type Invoker interface {
	Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error)
}

// Options configure a Driver. Its functions may be called by many goroutines at once; nil ones are left out.
type Options struct {
	Endpoint string // base URL of the DynamoDB that has the table
	Table    string
	Mappings []template.StreamMapping
	Invoker  Invoker
	DataDir  string // keeps the checkpoints and the queues
	Now      func() time.Time
	Invoked  func(Invocation) // is told of each call of a function
	Dropped  func(Drop)       // is told of records that are given up
	Problem  func(text string)
}

// Invocation is a call of a function with a batch.
type Invocation struct {
	Time     time.Time // at its end
	Function string
	Records  int
	Settled  int // records, the first ones, that needn't be tried again
	Result   lambda.Result
}

// Drop tells of records that are given up.
type Drop struct {
	Function  string
	Records   int
	Condition string // one of the conditions
	Queue     string // logical id; empty where nobody is told
	Waiting   int    // messages in the queue now
}

// Status is how a mapping is doing.
type Status struct {
	Function     string
	Enabled      bool
	Position     string        // sequence number up to which all is settled; empty at the beginning
	Checkpointed time.Time     // when Position changed last; zero if it hasn't since the start
	IteratorAge  time.Duration // of the last record of the last batch, when the function was called with it
	Settled      int           // records since the start
	Retries      int           // calls since the start that settled not all of their records
	Dropped      int           // records since the start
	Queue        string        // logical id of the on-failure queue, if there is one
}

// ErrStopped says that the driver was stopped before something else could happen.
var ErrStopped = errors.New("the stream driver has stopped")

// Driver runs mappings. Its methods may be called by any goroutine.
type Driver struct {
	source   *source // nil without mappings that are enabled
	mappings []*mapping
	dataDir  string
	stop     context.CancelFunc // begins nothing more
	abandon  context.CancelFunc // waits for no call any longer
	running  sync.WaitGroup
	stopped  <-chan struct{}
}

// Start starts the mappings that are enabled, each where its checkpoint is. The position of a new one is fixed when Start
// returns. Ctx ends the start only.
func Start(ctx context.Context, o Options) (*Driver, error) {
	o.fill()
	d := &Driver{dataDir: o.DataDir}
	for _, described := range o.Mappings {
		m := &mapping{StreamMapping: described, options: &o, wake: make(chan struct{}, 1), moved: make(chan struct{})}
		m.status = Status{Function: m.Function, Enabled: m.Enabled, Queue: m.OnFailure}
		d.mappings = append(d.mappings, m)
		if !m.Enabled {
			continue
		}
		if d.source == nil {
			if err := os.MkdirAll(filepath.Join(o.DataDir, CheckpointsDir), 0o700); err != nil {
				return nil, err
			}
			var err error
			if d.source, err = openSource(ctx, o.Endpoint, o.Table); err != nil {
				return nil, fmt.Errorf("stream of table %s: %w", o.Table, err)
			}
		}
		m.source = d.source
		if err := m.open(ctx); err != nil {
			return nil, fmt.Errorf("stream to %s: %w", m.Function, err)
		}
	}

	stopping, stop := context.WithCancel(context.Background())
	invoking, abandon := context.WithCancel(context.Background())
	d.stop, d.abandon, d.stopped = stop, abandon, stopping.Done()
	for _, m := range d.enabled() {
		d.running.Go(func() { m.run(stopping, invoking) })
	}
	return d, nil
}

func (o *Options) fill() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Invoked == nil {
		o.Invoked = func(Invocation) {}
	}
	if o.Dropped == nil {
		o.Dropped = func(Drop) {}
	}
	if o.Problem == nil {
		o.Problem = func(string) {}
	}
}

func (d *Driver) enabled() []*mapping {
	var out []*mapping
	for _, m := range d.mappings {
		if m.Enabled {
			out = append(out, m)
		}
	}
	return out
}

// Stop ends the driver. Calls that are under way may finish until ctx ends; then they count for nothing and will be made
// again. A second call only waits.
func (d *Driver) Stop(ctx context.Context) {
	d.stop()
	ended := make(chan struct{})
	go func() {
		d.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		d.abandon()
		<-ended
	}
	if d.source != nil {
		d.source.close()
	}
}

// Idle returns when every mapping is past all records that were in the stream when Idle was called: each is settled,
// dropped or filtered out. Meanwhile no batch waits for its window to pass. An error says which mapping wasn't, when ctx
// ended or the driver was stopped.
func (d *Driver) Idle(ctx context.Context) error {
	mappings := d.enabled()
	if len(mappings) == 0 {
		return nil
	}
	furthest := ""
	for _, m := range mappings {
		if at := m.position(); compare(at, furthest) > 0 {
			furthest = at
		}
	}
	end, err := d.source.end(ctx, furthest)
	if err != nil {
		return fmt.Errorf("find the end of the stream: %w", err)
	}
	for _, m := range mappings {
		if err := m.await(ctx, end, d.stopped); err != nil {
			return fmt.Errorf("stream to %s: %w (at %q of %q)", m.Function, err, m.position(), end)
		}
	}
	return nil
}

// Status tells of each mapping, in the order of Options.Mappings.
func (d *Driver) Status() []Status {
	var out []Status
	for _, m := range d.mappings {
		m.mu.Lock()
		s := m.status
		s.Position = m.settled
		m.mu.Unlock()
		out = append(out, s)
	}
	return out
}

// Failures are the messages in the on-failure queue with this logical id, oldest first. The queue is kept in the data
// folder: they may be of earlier runs.
func (d *Driver) Failures(logicalID string) ([]Failure, error) {
	messages, err := queue.Open(d.dataDir, logicalID).Messages()
	var out []Failure
	for _, text := range messages {
		var f Failure
		if err := json.Unmarshal(text, &f); err != nil {
			return nil, fmt.Errorf("queue %s: %w", logicalID, err)
		}
		out = append(out, f)
	}
	return out, err
}
