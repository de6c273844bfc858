// Package lambda is the Lambda service of the local stack: it runs the deployed binaries as Lambda does.
//
// A function has execution environments. Each is a process of its own, which asks its own Runtime API for the next
// invocation and posts the answer there; so it takes one invocation at a time. An invocation goes to the idle
// environment that was used last; where none is idle it starts a new one (a cold start) up to the function's
// concurrency, and beyond that waits its turn. An environment is idle again when it has answered, and stays until Close.
// One that fails to start, ends by itself or exceeds the function's timeout is gone, and a later invocation starts
// another.
//
// A process sees only what Lambda would give it: nothing of this process' environment reaches it. Its access key is
// its own, so that the AWS endpoint can tell who calls.
package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"group-invites/infra/local/child"
)

// Function is what the service has to know about a function.
type Function struct {
	Name         string            // by which it is invoked here
	DeployedName string            // by which it knows itself
	Binary       string            // path of the executable
	Environment  map[string]string // besides what Lambda itself sets
	Timeout      time.Duration     // of one invocation
	MemoryMB     int               // told to the function, not enforced
}

// Usage is what one invocation cost in AWS calls.
type Usage struct {
	Calls      int
	ReadUnits  float64
	WriteUnits float64
}

// Meter attributes AWS calls to invocations by the caller's access key.
type Meter interface {
	// Take returns what was used since it was last called for this access key. The service calls it when an
	// invocation has ended and before the environment can get another. Many goroutines may call it at once.
	Take(accessKeyID string) Usage
}

// Options configure a Service.
type Options struct {
	Functions   []Function
	Concurrency int                         // environments a function may have; 0 means DefaultConcurrency
	Numbered    int                         // number before that of a function's first environment; keeps services apart
	Version     string                      // of the functions, for Result; empty where there is one
	Meter       Meter                       // nil: nothing is metered
	Line        func(function, line string) // receives every line that a function prints; nil drops them
}

const (
	// DefaultConcurrency is the number of environments that a function may have at once unless Options say otherwise.
	DefaultConcurrency = 8
	// MaxPayload is the size in bytes that neither an invocation's payload nor its answer may exceed.
	MaxPayload = 6 << 20
	// initTimeout is how long an environment may take until it asks for its first invocation.
	initTimeout = 10 * time.Second
	// stopGrace is how long a process may take to end after SIGTERM.
	stopGrace = 500 * time.Millisecond
	// quitGrace is how long one may take to print its stacks.
	quitGrace = 5 * time.Second
)

// Kinds of function errors that the service itself reports, in Result.FunctionError.
const (
	ErrorTimeout          = "Sandbox.Timedout"
	ErrorExit             = "Runtime.ExitError"
	ErrorResponseTooLarge = "Function.ResponseSizeTooLarge"
)

// Errors of Invoke, which mean that the function wasn't called.
var (
	ErrNoFunction      = errors.New("no such function")
	ErrRequestTooLarge = errors.New("request must be smaller than 6291456 bytes") // Lambda's RequestTooLargeException
	ErrClosed          = errors.New("the Lambda service has stopped")
)

// Result is the outcome of an invocation that reached its function.
type Result struct {
	Payload       []byte        // the function's answer, or {"errorType","errorMessage"} of its error
	FunctionError string        // empty, or the type of the error: one of the constants above, or the function's own
	RequestID     string        // of Lambda
	Environment   string        // access key id of the environment
	Version       string        // of the function that answered, as Options has it
	Cold          bool          // a new environment was started
	InitDuration  time.Duration // from exec to the first question for an invocation; zero unless Cold
	Duration      time.Duration // from hand-over to answer
	Usage         Usage
}

// ErrorMessage is the text of a function error.
func (r Result) ErrorMessage() string {
	var e struct{ ErrorMessage string }
	json.Unmarshal(r.Payload, &e) // whatever isn't an error object has no message
	return e.ErrorMessage
}

// Service runs functions. Its methods may be called by any goroutine.
type Service struct {
	pools   map[string]*pool
	mu      sync.RWMutex // held for reading while an environment is started
	closing context.Context
	close   context.CancelFunc
	all     sync.WaitGroup // environments
}

// New returns a service. It starts no process before the first invocation.
func New(o Options) *Service {
	s := &Service{pools: map[string]*pool{}}
	s.closing, s.close = context.WithCancel(context.Background())
	if o.Concurrency <= 0 {
		o.Concurrency = DefaultConcurrency
	}
	if o.Line == nil {
		o.Line = func(string, string) {}
	}
	for _, f := range o.Functions {
		s.pools[f.Name] = &pool{
			service: s, function: f, version: o.Version, limit: o.Concurrency, meter: o.Meter, line: o.Line, started: o.Numbered,
			all: map[*environment]bool{},
		}
	}
	return s
}

// Invoke calls the function with the payload, a JSON document, and waits for its answer. An error means that the
// function wasn't called (or, where ctx ended, that nobody waited for it: it runs on). What goes wrong inside the
// function is a Result with FunctionError.
func (s *Service) Invoke(ctx context.Context, function string, payload []byte) (Result, error) {
	p, ok := s.pools[function]
	if !ok {
		return Result{}, fmt.Errorf("%w: %s", ErrNoFunction, function)
	}
	if len(payload) > MaxPayload {
		return Result{}, ErrRequestTooLarge
	}
	inv := newInvocation(p.function, payload)
	for {
		e, err := p.acquire(ctx)
		if err != nil {
			return Result{}, err
		}
		go e.run(inv)
		select {
		case o := <-inv.outcome:
			if !o.untouched {
				return o.Result, nil
			}
		case <-ctx.Done():
			return Result{}, ctx.Err()
		}
	}
}

// Kill ends all processes of a function at once, whatever they do, and returns how many there were. Invocations under
// way end with ErrorExit; later ones start new processes.
func (s *Service) Kill(function string) int {
	victims := s.processes(function)
	var all sync.WaitGroup
	for _, p := range victims {
		all.Go(p.Kill)
	}
	all.Wait()
	return len(victims)
}

// Quit ends all processes of a function, as Kill does, but one after the other, and has each print the stacks of its goroutines first.
func (s *Service) Quit(function string) int {
	victims := s.processes(function)
	for _, p := range victims {
		p.Quit(quitGrace)
	}
	return len(victims)
}

func (s *Service) processes(function string) []*child.Process {
	if p, ok := s.pools[function]; ok {
		return p.processes()
	}
	return nil
}

// Close ends all environments and returns when they have ended. Invocations under way end as if the function had exited.
func (s *Service) Close() {
	s.mu.Lock()
	s.close()
	s.mu.Unlock()
	s.all.Wait()
}

// functionError is the answer that Lambda gives in place of the function.
func functionError(kind, message string) (string, []byte) {
	payload, _ := json.Marshal(map[string]string{"errorType": kind, "errorMessage": message}) // two texts
	return kind, payload
}

// errorType is the type in an error that a function reported.
func errorType(payload []byte) string {
	var e struct{ ErrorType string }
	if json.Unmarshal(payload, &e) != nil || e.ErrorType == "" {
		return "Unhandled"
	}
	return e.ErrorType
}
