// Package putevents is what the local stack has of EventBridge's PutEvents: it takes the events that functions put on the template's own event
// bus, and keeps them for people and tests to look at.
//
// A call goes through these steps, of which each may end it:
//
//	the call is read              ValidationException
//	the caller's policy           AccessDeniedException
//	faults on request             InternalException
//	each of its entries           MalformedDetail, InvalidArgument, ThrottlingException on request
//	it is on disk                 the caller gets the ids, unless the answer is lost on request
//
// An event that is taken is held against the JSON Schema of its type, in the repository, and against all that an event must not hold. One that
// doesn't fit is kept all the same, as EventBridge would, and reported as loudly as can be.
//
// Differences from the cloud: no rule of the template is on this bus, so events go nowhere from here; an event for a bus that the template doesn't
// have is refused, where EventBridge drops it.
package putevents

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"group-invites/infra/local/eventbus"
)

// Dir is the folder below the data folder that keeps what was put.
const Dir = "bus"

// Options configure a Service. Functions may be called by many goroutines at once; nil ones are left out.
type Options struct {
	DataDir string
	Schemas string   // folder of JSON Schemas, a file each type
	Buses   []string // names of those that there are
	Now     func() time.Time
	Called  func(Call) // is told of each call
	Problem func(text string)
}

// Call is a call of PutEvents.
type Call struct {
	Time    time.Time
	Caller  string
	Taken   []string // types
	Refused int      // entries
	Fault   string   // code of the error of the call as a whole; empty where there is none
}

// Taken is an event that was taken.
type Taken struct {
	eventbus.Event
	Detail json.RawMessage `json:"detail"` // as it was put
	Bus    string          `json:"bus"`
	Fault  string          `json:"fault,omitempty"` // what doesn't fit its schema
}

// Faults are what is to go wrong. Shares are from 0 to 1.
type Faults struct {
	Down    bool    `json:"down"`    // every call fails
	Refused float64 `json:"refused"` // entries that are throttled, share
	Lost    float64 `json:"lost"`    // calls that are carried out, but whose answer is lost, share
}

// Service takes events. Its methods may be called by any goroutine.
type Service struct {
	options Options
	schemas schemas
	kept    *kept

	mu     sync.Mutex
	faults Faults
}

// Open opens the service on what it has kept in the data folder.
func Open(o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Called == nil {
		o.Called = func(Call) {}
	}
	if o.Problem == nil {
		o.Problem = func(string) {}
	}
	dir := filepath.Join(o.DataDir, Dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &Service{options: o}
	var err error
	if s.schemas, err = readSchemas(o.Schemas); err != nil {
		return nil, fmt.Errorf("schemas of events: %w", err)
	}
	if s.kept, err = openKept(filepath.Join(dir, "events.jsonl"), maxKept); err != nil {
		return nil, err
	}
	return s, nil
}

// Close closes the file of what was put.
func (s *Service) Close() error { return s.kept.close() }

// Events gives what was taken of a type, or all with an empty one: newest first.
func (s *Service) Events(eventType string) []Taken {
	return s.kept.newest(0, func(t Taken) bool { return eventType == "" || t.DetailType == eventType })
}

// Clear forgets what was taken.
func (s *Service) Clear() error { return s.kept.clear() }

// Faults are those that are set.
func (s *Service) Faults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// SetFaults replaces all faults, for calls from now on.
func (s *Service) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// draw tells whether something of this share happens this time.
func draw(share float64) bool { return share > 0 && rand.Float64() < share }

// has tells whether there is such a bus.
func (s *Service) has(bus string) bool { return slices.Contains(s.options.Buses, bus) }
