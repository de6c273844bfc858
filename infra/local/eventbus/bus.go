// Package eventbus is the EventBridge of the local stack: the default event bus, with the rules and schedules of the
// template, whose targets are functions.
//
// An event that is put is held against the pattern of each enabled rule. For each that it matches there is one delivery: the
// rule's function is called with the event, as Lambda does for callers that don't wait. If the call can't be made, it is made
// again as the rule's RetryPolicy says, and then the rule's dead-letter queue gets the event. If the function fails, the
// function's EventInvokeConfig decides: by Lambda's defaults it is called twice more; after that its on-failure queue is
// told, or the event is gone. That isn't the rule's doing, and its dead-letter queue doesn't hear of it.
//
// A schedule calls its function by itself, the first time one interval after the start, with the event that EventBridge has
// for it or the Input that the template gives. Failures are treated alike.
//
// What always holds:
//   - A delivery is on disk before Put returns, and is there until the function has succeeded or a queue was told. So none is
//     lost, however the stack ends, and one whose end wasn't written down is made again: delivery is at least once.
//   - The runs of one schedule don't overlap. What a run would have come to while another lasts is left out.
//
// Events may come in another order than they were put, as in the cloud. Differences from the cloud: pauses between retries
// are a tenth of a second at first and two seconds at most, rather than minutes; a run of a schedule isn't kept on disk, as
// the next one does its work; in the cloud a long run doesn't keep the next from starting.
package eventbus

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
	"group-invites/infra/local/template"
)

// Dir is the folder below the data folder that keeps deliveries, a file each.
const Dir = "events"

// Invoker calls functions: a *lambda.Service.
type Invoker interface {
	Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error)
}

// Options configure a Bus. Its functions may be called by many goroutines at once; nil ones are left out.
type Options struct {
	DataDir   string
	Rules     []template.Rule
	Schedules []template.Schedule
	Functions []template.Function // which say how they take what fails
	Invoker   Invoker
	// Every is the interval of all schedules; 0 leaves it to each.
	Every time.Duration
	// Concurrency is how many calls of one function there are at once; 0 means lambda.DefaultConcurrency.
	Concurrency int
	Now         func() time.Time
	Invoked     func(Invocation) // is told of each call of a function
	Dropped     func(Drop)       // is told of events that are given up
	Problem     func(text string)
}

// Invocation is a call of a function with an event.
type Invocation struct {
	Time      time.Time // at its end
	Function  string
	Scheduled bool
	Event     string // its detail-type
	Result    lambda.Result
}

// Drop tells of an event that is given up.
type Drop struct {
	Function  string
	Event     string // its detail-type
	Condition string // one of the conditions
	Queue     string // logical id; empty where nobody is told
	Waiting   int    // messages in the queue now
}

// Status is how a rule or a schedule is doing.
type Status struct {
	ARN       string
	Function  string
	Enabled   bool
	Every     time.Duration // of a schedule; 0 for a rule
	Waiting   int           // events that aren't delivered or given up
	Delivered int           // since the start
	Retries   int           // calls since the start that failed or couldn't be made
	Dropped   int           // since the start
	Queue     string        // logical id of the queue that is told of events that the function failed on, if there is one
}

// ErrStopped says that the bus was stopped before something else could happen.
var ErrStopped = errors.New("the event bus has stopped")

// Bus delivers events. Its methods may be called by any goroutine.
type Bus struct {
	options   Options
	sources   map[string]*source // by ARN
	order     []*source
	schedules []*schedule
	turns     map[string]chan struct{} // by function: as many places as calls at once

	stopping context.Context // begins nothing more
	stop     context.CancelFunc
	invoking context.Context // waits for no call any longer
	abandon  context.CancelFunc
	running  sync.WaitGroup

	mu      sync.Mutex
	stopped bool
	waiting int           // deliveries of events that were put
	moved   chan struct{} // closed and replaced when waiting falls
}

// source is what deliveries come from: a rule or a schedule.
type source struct {
	arn      string
	function string
	every    time.Duration // of a schedule
	retry    template.RetryPolicy
	async    template.AsyncInvocation

	mu     sync.Mutex
	status Status
}

// Open opens a bus on what it has kept in the data folder, and starts it.
func Open(o Options) (*Bus, error) {
	o.fill()
	if err := os.MkdirAll(filepath.Join(o.DataDir, Dir), 0o700); err != nil {
		return nil, err
	}
	b := &Bus{options: o, sources: map[string]*source{}, turns: map[string]chan struct{}{}, moved: make(chan struct{})}
	b.stopping, b.stop = context.WithCancel(context.Background())
	b.invoking, b.abandon = context.WithCancel(context.Background())
	for _, f := range o.Functions {
		b.turns[f.Name] = make(chan struct{}, o.Concurrency)
	}
	for _, r := range o.Rules {
		b.add(r.ARN, r.Function, r.Retry, r.Enabled, 0)
	}
	for _, described := range o.Schedules {
		if o.Every > 0 {
			described.Every = o.Every
		}
		s := b.add(described.ARN, described.Function, described.Retry, described.Enabled, described.Every)
		b.schedules = append(b.schedules, &schedule{Schedule: described, source: s, turn: make(chan struct{}, 1)})
	}
	kept, err := b.load()
	if err != nil {
		return nil, err
	}
	for _, d := range kept {
		b.begin(d)
	}
	for _, s := range b.schedules {
		if s.Enabled {
			b.running.Go(func() { b.repeat(s) })
		}
	}
	return b, nil
}

func (o *Options) fill() {
	if o.Concurrency <= 0 {
		o.Concurrency = lambda.DefaultConcurrency
	}
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

func (b *Bus) add(arn, function string, retry template.RetryPolicy, enabled bool, every time.Duration) *source {
	s := &source{arn: arn, function: function, every: every, retry: retry}
	for _, f := range b.options.Functions {
		if f.Name == function {
			s.async = f.Async
		}
	}
	s.status = Status{ARN: arn, Function: function, Enabled: enabled, Every: every, Queue: s.async.OnFailure}
	b.sources[arn] = s
	b.order = append(b.order, s)
	return s
}

// Put takes an event, to be delivered when it is due. When Put returns without an error, the targets of all rules that match
// will have it.
func (b *Bus) Put(event Event, due time.Time) error {
	text, err := json.Marshal(event)
	if err != nil {
		return err
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		return err
	}
	for _, r := range b.options.Rules {
		if !r.Enabled || !r.Pattern.Matches(document) {
			continue
		}
		d := newDelivery(b.sources[r.ARN], text, due)
		if err := b.keep(d); err != nil {
			return err
		}
		b.begin(d)
	}
	return nil
}

// begin delivers in the background. After Stop it leaves that to the next start.
func (b *Bus) begin(d *delivery) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return
	}
	b.waiting++
	d.source.note(func(s *Status) { s.Waiting++ })
	b.running.Go(func() {
		if b.deliver(d) == nil {
			b.ended()
		}
	})
}

// ended counts a delivery that needs nothing more.
func (b *Bus) ended() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting--
	close(b.moved)
	b.moved = make(chan struct{})
}

func (s *source) note(change func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.status)
}

// Stop ends the bus. Calls that are under way may finish until ctx ends; then they count for nothing and will be made again.
// A second call only waits.
func (b *Bus) Stop(ctx context.Context) {
	b.mu.Lock()
	b.stopped = true
	b.mu.Unlock()
	b.stop()
	ended := make(chan struct{})
	go func() {
		b.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		b.abandon()
		<-ended
	}
}

// Idle returns when every event that was put is delivered or given up, also those that aren't due yet. Runs of schedules
// don't count.
func (b *Bus) Idle(ctx context.Context) error {
	for {
		b.mu.Lock()
		waiting, moved := b.waiting, b.moved
		b.mu.Unlock()
		if waiting == 0 {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("%d events aren't delivered: %w", waiting, ctx.Err())
		case <-b.stopping.Done():
			return ErrStopped
		}
	}
}

// Status tells of each rule and then each schedule, in the order of Options.
func (b *Bus) Status() []Status {
	var out []Status
	for _, s := range b.order {
		s.note(func(status *Status) { out = append(out, *status) })
	}
	return out
}

// pause waits for so long. It returns false if the bus was stopped before.
func (b *Bus) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-b.stopping.Done():
		return false
	}
}
