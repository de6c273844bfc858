// Package faults makes DynamoDB calls go wrong in tests, and counts them. It is a middleware of the SDK, so that everything above it, the
// table's own code included, runs as deployed. Emulators never meet another transaction, never throttle and never lose an
// answer; this does.
//
// Each call, as it is about to be sent, is shown to a [Plan], which says what becomes of it. No function imports this package.
package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// Fault is what becomes of a call.
type Fault int

const (
	// None lets the call through.
	None Fault = iota
	// Fail answers with an internal error of the service; nothing is written.
	Fail
	// Conflict answers that another transaction holds an item; nothing is written. Calls that meet no conflicts are let through.
	Conflict
	// Throttle answers that the table is too busy; nothing is written.
	Throttle
	// ConflictAndThrottle answers a transaction with both reasons; other calls as Throttle.
	ConflictAndThrottle
	// Lose lets the call through and loses its answer: it times out.
	Lose
	// KillBefore and KillAfter stand for the process being killed before the call is sent, or after it was carried out: the
	// caller gets an error that nothing repeats, and no call that follows on the same plan is sent.
	KillBefore
	KillAfter
)

// Call is a call that is about to be sent.
type Call struct {
	Number    int    // from 1, since the last Reset
	Operation string // such as TransactWriteItems
}

// Writes tells whether the call may change the table.
func (c Call) Writes() bool {
	return c.Operation != "BatchGetItem" && c.Operation != "Query" && c.Operation != "Scan"
}

// meetsConflicts tells whether another transaction can be in its way: reads and batches of writes aren't told of any.
func (c Call) meetsConflicts() bool { return c.Writes() && c.Operation != "BatchWriteItem" }

// Plan decides on each call. It is called by one goroutine at a time.
type Plan func(Call) Fault

// Mix gives the plan of a bad day: each fault with its share of all calls, drawn from the seed.
func Mix(seed uint64, conflicts, throttles, lost float64) Plan {
	random := rand.New(rand.NewPCG(seed, 0))
	return func(Call) Fault {
		switch n := random.Float64(); {
		case n < conflicts:
			return Conflict
		case n < conflicts+throttles:
			return Throttle
		case n < conflicts+throttles+lost:
			return Lose
		}
		return None
	}
}

// On gives the plan that has one fault at the call of that number, and none elsewhere.
func On(number int, fault Fault) Plan {
	return func(c Call) Fault {
		if c.Number == number {
			return fault
		}
		return None
	}
}

// Cost is what calls took.
type Cost struct {
	Calls      int
	RoundTrips int     // calls at the same time count once
	ReadUnits  float64 // capacity units
	WriteUnits float64 // index included
}

// Injector is the middleware. Its zero value counts and does no harm. It is safe for concurrent use.
type Injector struct {
	mu       sync.Mutex
	plan     Plan
	delay    time.Duration
	cost     Cost
	inFlight int
	killed   bool
	spoil    int // the number of the row that is answered spoiled; 0: none
	rows     int // that were answered since
}

// Reset begins a new count under a plan; nil is no faults.
func (in *Injector) Reset(plan Plan) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.plan, in.cost, in.killed = plan, Cost{}, false
}

// Delay makes each call take that much longer.
func (in *Injector) Delay(d time.Duration) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.delay = d
}

// Spoil has the row of that number, counted from 1 over all calls that follow, be answered as no version of the code has written it: each
// attribute but its key and its version of another type than it has. 0 ends that.
func (in *Injector) Spoil(number int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.spoil, in.rows = number, 0
}

// Spoiled tells whether so many rows were answered.
func (in *Injector) Spoiled() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.spoil > 0 && in.rows >= in.spoil
}

// Killed tells whether the process was killed at a call since the last Reset.
func (in *Injector) Killed() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.killed
}

// Cost gives what the calls since the last Reset took.
func (in *Injector) Cost() Cost {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.cost
}

// Configure adds the middleware to a client's options.
func (in *Injector) Configure(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		if err := stack.Initialize.Add(middleware.InitializeMiddlewareFunc("MeasureCapacity", measure), middleware.Before); err != nil {
			return err
		}
		// After the SDK's own retries, so that each attempt is a call.
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("InjectFaults", in.handle), "Retry", middleware.After)
	})
}

// measure asks for the capacity that a call consumed.
func measure(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	const indexes = types.ReturnConsumedCapacityIndexes
	switch p := in.Parameters.(type) {
	case *dynamodb.BatchGetItemInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.QueryInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.ScanInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.PutItemInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.UpdateItemInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.TransactWriteItemsInput:
		p.ReturnConsumedCapacity = indexes
	case *dynamodb.BatchWriteItemInput:
		p.ReturnConsumedCapacity = indexes
	default:
		return middleware.InitializeOutput{}, middleware.Metadata{}, fmt.Errorf("faults: %T is not measured", p)
	}
	return next.HandleInitialize(ctx, in)
}

// ErrKilled is what a caller gets that was killed.
var ErrKilled = errors.New("killed")

// errLost is what a caller gets whose answer was lost.
type errLost struct{}

func (errLost) Error() string   { return "answer lost" }
func (errLost) Timeout() bool   { return true }
func (errLost) Temporary() bool { return true }

func (in *Injector) handle(ctx context.Context, input middleware.FinalizeInput, next middleware.FinalizeHandler) (out middleware.FinalizeOutput, metadata middleware.Metadata, err error) {
	call, fault, delay := in.begin(middleware.GetOperationName(ctx))
	defer in.end()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return out, metadata, ctx.Err()
		}
	}
	switch fault {
	case Fail:
		return out, metadata, &types.InternalServerError{Message: aws.String("injected")}
	case Conflict:
		return out, metadata, conflict(call, false)
	case ConflictAndThrottle:
		return out, metadata, conflict(call, true)
	case Throttle:
		return out, metadata, &types.ProvisionedThroughputExceededException{Message: aws.String("injected")}
	case KillBefore:
		return out, metadata, ErrKilled
	}
	out, metadata, err = next.HandleFinalize(ctx, input)
	in.count(call, out.Result)
	in.spoilRow(out.Result)
	switch fault {
	case Lose:
		return middleware.FinalizeOutput{}, metadata, errLost{}
	case KillAfter:
		return middleware.FinalizeOutput{}, metadata, ErrKilled
	}
	return out, metadata, err
}

// spoilRow spoils the row whose turn it is, if it is among those of an answer.
func (in *Injector) spoilRow(result any) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.spoil == 0 {
		return
	}
	var rows []map[string]types.AttributeValue
	switch r := result.(type) {
	case *dynamodb.BatchGetItemOutput:
		for _, of := range r.Responses {
			rows = append(rows, of...)
		}
	case *dynamodb.QueryOutput:
		rows = r.Items
	case *dynamodb.ScanOutput:
		rows = r.Items
	}
	for _, row := range rows {
		if in.rows++; in.rows != in.spoil {
			continue
		}
		for name, value := range row {
			_, isNumber := value.(*types.AttributeValueMemberN)
			switch {
			case name == "pk" || name == "sk" || name == "v":
			case isNumber:
				row[name] = &types.AttributeValueMemberS{Value: "spoiled"}
			default:
				row[name] = &types.AttributeValueMemberN{Value: "0"}
			}
		}
	}
}

func (in *Injector) begin(operation string) (Call, Fault, time.Duration) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.cost.Calls++
	if in.inFlight == 0 {
		in.cost.RoundTrips++
	}
	in.inFlight++
	call := Call{Number: in.cost.Calls, Operation: operation}
	if in.killed {
		return call, KillBefore, 0
	}
	fault := None
	if in.plan != nil {
		fault = in.plan(call)
	}
	if fault == Conflict && !call.meetsConflicts() {
		fault = None
	}
	if fault == ConflictAndThrottle && operation != "TransactWriteItems" {
		fault = Throttle
	}
	in.killed = fault == KillBefore || fault == KillAfter
	return call, fault, in.delay
}

func (in *Injector) end() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.inFlight--
}

// conflict is DynamoDB's answer to a write that meets a transaction, as plain writes and transactions get it.
func conflict(call Call, throttle bool) error {
	if call.Operation != "TransactWriteItems" {
		return &types.TransactionConflictException{Message: aws.String("injected")}
	}
	reasons := []types.CancellationReason{{Code: aws.String("TransactionConflict")}, {Code: aws.String("None")}}
	if throttle {
		reasons[1].Code = aws.String("ThrottlingError")
	}
	return &types.TransactionCanceledException{Message: aws.String("injected"), CancellationReasons: reasons}
}

// count adds what an answer says that the call consumed.
func (in *Injector) count(call Call, result any) {
	var consumed []types.ConsumedCapacity
	one := func(c *types.ConsumedCapacity) {
		if c != nil {
			consumed = append(consumed, *c)
		}
	}
	switch r := result.(type) {
	case *dynamodb.BatchGetItemOutput:
		consumed = r.ConsumedCapacity
	case *dynamodb.TransactWriteItemsOutput:
		consumed = r.ConsumedCapacity
	case *dynamodb.BatchWriteItemOutput:
		consumed = r.ConsumedCapacity
	case *dynamodb.QueryOutput:
		one(r.ConsumedCapacity)
	case *dynamodb.ScanOutput:
		one(r.ConsumedCapacity)
	case *dynamodb.PutItemOutput:
		one(r.ConsumedCapacity)
	case *dynamodb.UpdateItemOutput:
		one(r.ConsumedCapacity)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, c := range consumed {
		if call.Writes() {
			in.cost.WriteUnits += aws.ToFloat64(c.CapacityUnits)
		} else {
			in.cost.ReadUnits += aws.ToFloat64(c.CapacityUnits)
		}
	}
}
