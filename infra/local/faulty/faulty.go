// Package faulty is a DynamoDB in front of another one, whose calls go wrong on their way, as those of the real one may: functions run
// as they are deployed, and meet what emulators never bring about. Another transaction is in the way, the table is too busy, an answer is lost
// or late, a call arrives when nobody waits for it any more, a batch is read at two moments, everything fails for a while.
//
// A [Plan] says of each call of data what becomes of it; what defines tables, and what reads the stream, is let through, except in an outage.
package faulty

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// Fault is what goes wrong with a call.
type Fault int

const (
	// None lets the call through.
	None Fault = iota
	// Conflict answers a write that another transaction holds an item of it; nothing is written. Reads, and batches of writes, meet none.
	Conflict
	// Throttle answers that the table is too busy; nothing is written, but the rest of a batch of which it leaves a part.
	Throttle
	// Lose carries the call out and loses the answer: its caller waits until he gives up.
	Lose
	// Cut carries the call out and cuts the connection instead of answering.
	Cut
)

// Fate is what becomes of a call.
type Fate struct {
	Fault Fault
	// There and Back are how much longer the call and its answer take. A call that is on its way arrives, whether its caller still waits or not.
	There, Back time.Duration
	// Apart is the time between the two moments at which a BatchGetItem reads its items, some now and some then; zero reads all at once. DynamoDB
	// isolates the reading of each item, but not that of a batch
	// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html).
	Apart time.Duration
}

// Plan says what becomes of a call of that operation, such as TransactWriteItems. It is called by one goroutine at a time.
type Plan func(operation string) Fate

// Shares are how often which fault befalls a call, of 1.
type Shares struct{ Conflicts, Throttles, Lost float64 }

// Draw draws a fault.
func (s Shares) Draw(random *rand.Rand) Fault {
	switch n := random.Float64(); {
	case n < s.Conflicts:
		return Conflict
	case n < s.Conflicts+s.Throttles:
		return Throttle
	case n < s.Conflicts+s.Throttles+s.Lost:
		return Lose
	}
	return None
}

// Mix gives the plan of a bad day, drawn from the seed.
func Mix(seed uint64, s Shares) Plan {
	random := rand.New(rand.NewPCG(seed, 0))
	return func(string) Fate { return Fate{Fault: s.Draw(random)} }
}

// Count is what became of calls of data. Left are the Throttles of which a part of a batch was left, Torn the batches that were read at two moments, Late the
// calls that were carried out a second after they had come, or more, for whatever reason.
type Count struct{ Calls, Conflicts, Throttles, Left, Lost, Torn, Late int }

// Table is the endpoint. Its methods may be called by any goroutine.
type Table struct {
	server *httptest.Server
	engine string
	client *http.Client

	mu     sync.Mutex
	plan   Plan
	random *rand.Rand // how it is busy, and which items of a batch are read first
	count  Count
	outage http.HandlerFunc // nil: there is none
	over   chan struct{}    // closed at the end of the outage
	onWay  int              // calls of data
	last   time.Time        // when the last of them was carried out
}

// New starts an endpoint on loopback in front of the one at the URL. No call goes wrong yet.
func New(engine string) *Table {
	t := &Table{
		engine: engine,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}},
		random: rand.New(rand.NewPCG(0, 0)),
	}
	t.server = httptest.NewServer(http.HandlerFunc(t.serve))
	return t
}

// URL is that of the endpoint.
func (t *Table) URL() string { return t.server.URL }

// Close ends an outage, and the endpoint once no call is on its way.
func (t *Table) Close() {
	t.Follow(nil)
	t.End()
	t.server.CloseClientConnections()
	t.Settle(time.Millisecond)
	t.server.Close()
	t.client.CloseIdleConnections()
}

// Follow lets the plan decide from the next call on; nil lets all calls through.
func (t *Table) Follow(p Plan) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.plan = p
}

// Recount begins to count anew.
func (t *Table) Recount() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count = Count{}
}

// Count gives what became of the calls since Recount.
func (t *Table) Count() Count {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// Settle returns when no call of data has been on its way for so long, nor one for which nobody waits any more: longer than the pause between
// attempts of those who may have begun something.
func (t *Table) Settle(quiet time.Duration) {
	for ; ; time.Sleep(quiet / 20) {
		t.mu.Lock()
		settled := t.onWay == 0 && time.Since(t.last) >= quiet
		t.mu.Unlock()
		if settled {
			return
		}
	}
}

func (t *Table) arrived() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.onWay--
	t.last = time.Now()
}

// operations are the calls of data that our code makes, and whether they can meet a transaction.
var operations = map[string]bool{
	"GetItem": false, "BatchGetItem": false, "Query": false, "Scan": false, "BatchWriteItem": false,
	"PutItem": true, "UpdateItem": true, "DeleteItem": true, "TransactWriteItems": true,
}

// Writes tells whether calls of an operation change the table.
func Writes(operation string) bool { return operations[operation] || operation == "BatchWriteItem" }

func (t *Table) serve(w http.ResponseWriter, r *http.Request) {
	received := time.Now()
	operation, isData := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "DynamoDB_20120810.")
	t.mu.Lock()
	if fail := t.outage; fail != nil {
		t.mu.Unlock()
		fail(w, r)
		return
	}
	var fate Fate
	conflicts, known := operations[operation]
	if isData && known {
		t.onWay++
		defer t.arrived()
		t.count.Calls++
		if t.plan != nil {
			fate = t.plan(operation)
		}
	}
	if fate.Fault == Conflict && !conflicts {
		fate.Fault = None
	}
	switch fate.Fault {
	case Conflict:
		t.count.Conflicts++
	case Throttle:
		t.count.Throttles++
	case Lose, Cut:
		t.count.Lost++
	}
	t.mu.Unlock()

	body, err := io.ReadAll(r.Body) // to the end: only then does the server notice that its client goes
	if err != nil {
		return
	}
	time.Sleep(fate.There)
	answer, err := t.answer(r, operation, body, fate)
	if time.Since(received) >= time.Second {
		t.mu.Lock()
		t.count.Late++
		t.mu.Unlock()
	}
	if err != nil || fate.Fault == Cut {
		panic(http.ErrAbortHandler)
	}
	wait := time.After(fate.Back)
	if fate.Fault == Lose {
		wait = nil
	}
	select {
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	case <-wait:
	}
	answer.write(w)
}

// answer is what a call is answered.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	w.Write(a.body)
}

func (t *Table) answer(r *http.Request, operation string, body []byte, fate Fate) (answer, error) {
	switch fate.Fault {
	case Conflict:
		return conflict(operation, body), nil
	case Throttle:
		return t.busy(r, operation, body)
	}
	if operation == "BatchGetItem" && fate.Apart > 0 {
		if a, torn, err := t.readApart(r, body, fate.Apart); torn || err != nil {
			return a, err
		}
	}
	return t.send(r, body)
}

// send carries a call out, whether its caller still waits or not.
func (t *Table) send(r *http.Request, body []byte) (answer, error) {
	out, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, t.engine+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	out.Header = r.Header.Clone()
	out.Header.Del("Connection")
	response, err := t.client.Do(out)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	response.Header.Del("Connection")
	return answer{response.StatusCode, response.Header, text}, err
}

// conflict is what DynamoDB answers to a write that meets a transaction.
func conflict(operation string, body []byte) answer {
	if operation == "TransactWriteItems" {
		return cancelled(body, "TransactionConflict")
	}
	return failure(http.StatusBadRequest, "TransactionConflictException", `"message":"injected"`)
}

// cancelled is what DynamoDB answers to a transaction, with a reason for each item: for the first one that.
func cancelled(body []byte, reason string) answer {
	var request struct{ TransactItems []json.RawMessage }
	json.Unmarshal(body, &request) // of what is none the engine says so another time
	reasons := fmt.Sprintf(`{"Code":%q,"Message":"injected"}`, reason) + strings.Repeat(`,{"Code":"None"}`, max(0, len(request.TransactItems)-1))
	return failure(http.StatusBadRequest, "TransactionCanceledException", fmt.Sprintf(`"Message":"injected","CancellationReasons":[%s]`, reasons))
}

func failure(status int, code, fields string) answer {
	return answer{
		status, http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		fmt.Appendf(nil, `{"__type":"com.amazonaws.dynamodb.v20120810#%s",%s}`, code, fields),
	}
}
