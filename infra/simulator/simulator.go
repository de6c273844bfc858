package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Limits are those of DynamoDB.
type Limits struct {
	Partitions  int           // that table and index begin with
	Read, Write float64       // units a second and partition
	Burst       time.Duration // for how long a partition may save what it didn't use
	HotFor      time.Duration // whole seconds after which a hot partition splits; 0: never
	Call        time.Duration // that a call takes
	Transaction time.Duration // that a transaction takes; its items are held for half of it
}

// Published are the limits that are published, with a table that is new: 4,000 write and 12,000 read units a second.
var Published = Limits{
	Partitions: 4, Read: 3000, Write: 1000, Burst: 100 * time.Millisecond, HotFor: 5 * time.Second,
	Call: 8 * time.Millisecond, Transaction: 16 * time.Millisecond,
}

// Count is what happened so far.
type Count struct {
	Calls, Throttled, Conflicts int // calls refused or cut short, and transactions and writes that met another
	Splits                      int // of table and index
	// Refused is how often units were asked for in vain, by the partition key: of the table, or "index" and that of the index.
	Refused map[string]int
}

// Simulator is DynamoDB, seen by one SDK client or many: put it into their options as HTTPClient. It is safe for concurrent use.
type Simulator struct {
	engine *Engine
	limits Limits

	mu    sync.Mutex
	table *keyspace
	index *keyspace
	held  map[position]time.Time // items of transactions in flight, until when
	count Count
}

// New makes a simulator in front of the engine. Seeds differ in where keys fall.
func New(engine *Engine, limits Limits, seed uint64) *Simulator {
	now := time.Now()
	return &Simulator{
		engine: engine, limits: limits, held: map[position]time.Time{}, count: Count{Refused: map[string]int{}},
		table: newKeyspace(limits, seed, now), index: newKeyspace(limits, seed+1, now),
	}
}

// Count gives what happened so far.
func (s *Simulator) Count() Count {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.count
	c.Refused = maps.Clone(c.Refused)
	c.Splits = s.table.splits + s.index.splits
	return c
}

// Do is that of [http.Client].
func (s *Simulator) Do(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	ctx := request.Context()
	_, operation, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
	if operation == "TransactWriteItems" {
		return s.transact(ctx, request, body)
	}
	if err := pause(ctx, s.limits.Call/2); err != nil {
		return nil, err
	}
	var response *http.Response
	switch operation {
	case "BatchGetItem":
		response, err = s.batchGet(request, body)
	case "BatchWriteItem":
		response, err = s.batchWrite(request, body)
	case "Query":
		response, err = s.query(request, body)
	case "PutItem", "UpdateItem", "DeleteItem":
		response, err = s.write(request, body)
	default:
		return nil, fmt.Errorf("the simulator knows no %s", operation)
	}
	if err != nil {
		return nil, err
	}
	return response, pause(ctx, s.limits.Call/2)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// forward lets the engine answer.
func (s *Simulator) forward(request *http.Request, body []byte) (*http.Response, error) {
	a := s.engine.ask(request, body)
	if a.err != nil {
		return nil, a.err
	}
	return answer(request, a.status, a.header, a.body), nil
}

// begin counts a call, and gives the instant.
func (s *Simulator) begin() time.Time {
	s.count.Calls++
	return time.Now()
}

// takeRead asks for the units of a read of the table.
func (s *Simulator) takeRead(pk, sk string, units float64, now time.Time) bool {
	ok := s.table.take(pk, sk, units, 0, now)
	if !ok {
		s.count.Refused[pk]++
	}
	return ok
}

// takeWrite asks for the units of a write: those of its item, and one where the index lists it.
func (s *Simulator) takeWrite(t touch, units float64, now time.Time) bool {
	if !s.table.take(t.pk, t.sk, 0, units, now) {
		s.count.Refused[t.pk]++
		return false
	}
	if t.lpk != "" && !s.index.take(t.lpk, t.lsk, 0, 1, now) {
		s.count.Refused["index "+t.lpk]++
		return false
	}
	return true
}

// holds tells whether a transaction in flight has the item.
func (s *Simulator) holds(t touch, now time.Time) bool {
	at := s.table.at(t.pk, t.sk)
	until, held := s.held[at]
	if held && !now.Before(until) {
		delete(s.held, at)
		return false
	}
	return held
}

func (s *Simulator) write(request *http.Request, body []byte) (*http.Response, error) {
	var w write
	if err := json.Unmarshal(body, &w); err != nil {
		return nil, err
	}
	switch code := s.admit(w.touch()); code {
	case throttle:
		return refuse(request, "ThrottlingException", throttled, nil)
	case conflict:
		return refuse(request, "TransactionConflictException", conflicting, nil)
	}
	return s.forward(request, body)
}

// admit lets a plain write in, or says why not.
func (s *Simulator) admit(t touch) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	switch {
	case !s.takeWrite(t, 1, now):
		s.count.Throttled++
		return throttle
	case s.holds(t, now):
		s.count.Conflicts++
		return conflict
	}
	return none
}

func (s *Simulator) query(request *http.Request, body []byte) (*http.Response, error) {
	var q query
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, err
	}
	space := s.table
	if q.IndexName != "" {
		space = s.index
	}
	s.mu.Lock()
	now := s.begin()
	ok := space.take(q.ExpressionAttributeValues[":pk"].S, "", 1, 0, now)
	if !ok {
		s.count.Throttled++
	}
	s.mu.Unlock()
	if !ok {
		return refuse(request, "ProvisionedThroughputExceededException", exceeded, nil)
	}
	return s.forward(request, body)
}

// transact goes in two phases: an item is held from the first to the end of the second.
func (s *Simulator) transact(ctx context.Context, request *http.Request, body []byte) (*http.Response, error) {
	var t transaction
	if err := json.Unmarshal(body, &t); err != nil {
		return nil, err
	}
	touches, err := t.touches()
	if err != nil {
		return nil, err
	}
	quarter := s.limits.Transaction / 4
	if err := pause(ctx, quarter); err != nil {
		return nil, err
	}
	var response *http.Response
	if reasons := s.prepare(touches, 2*quarter); reasons != nil {
		response, err = refuse(request, "TransactionCanceledException", fmt.Sprintf("%s %v", cancelled, codes(reasons)), reasons)
	} else if response, err = s.forward(request, body); err == nil && response.StatusCode == http.StatusOK {
		if err := pause(ctx, 2*quarter); err != nil {
			return nil, err // nobody hears of it, and yet it is written
		}
	} else {
		s.release(touches)
	}
	if err != nil {
		return nil, err
	}
	return response, pause(ctx, quarter)
}

// prepare takes the units of a transaction and holds its items for a while, or gives the reasons why not.
func (s *Simulator) prepare(touches []touch, hold time.Duration) []reason {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.begin()
	reasons := make([]reason, len(touches))
	busy, met := false, false
	for i, t := range touches {
		reasons[i].Code = none
		switch {
		case !s.takeWrite(t, 2, now):
			reasons[i], busy = reason{throttle, throttled}, true
		case s.holds(t, now):
			reasons[i], met = reason{conflict, conflicting}, true
		}
	}
	if busy {
		s.count.Throttled++
	}
	if met {
		s.count.Conflicts++
	}
	if busy || met {
		return reasons
	}
	for _, t := range touches {
		s.held[s.table.at(t.pk, t.sk)] = now.Add(hold)
	}
	return nil
}

// release lets go of the items of a transaction whose conditions didn't hold.
func (s *Simulator) release(touches []touch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range touches {
		delete(s.held, s.table.at(t.pk, t.sk))
	}
}

func codes(reasons []reason) []string {
	texts := make([]string, len(reasons))
	for i, r := range reasons {
		texts[i] = r.Code
	}
	return texts
}
