package faulty_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"group-invites/infra/local/engine"
	"group-invites/infra/local/faulty"
)

// scene is a table with one row, behind an endpoint that goes wrong.
type scene struct {
	*testing.T
	table         *faulty.Table
	client, right *dynamodb.Client // by the endpoint, and past it
}

var name = aws.String("things")

func newScene(t *testing.T) scene {
	e, err := engine.Start(t.Context(), engine.Options{Stderr: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Stop() })
	s := scene{T: t, table: faulty.New(e.Endpoint()), right: engine.Client(e.Endpoint())}
	t.Cleanup(s.table.Close)
	s.client = dynamodb.New(engine.Client(s.table.URL()).Options(), func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} })
	_, err = s.client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func row(key string, n int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: key}, "n": &types.AttributeValueMemberN{Value: strconv.Itoa(n)}}
}

func (s scene) put(ctx context.Context, by *dynamodb.Client, key string, n int) error {
	_, err := by.PutItem(ctx, &dynamodb.PutItemInput{TableName: name, Item: row(key, n)})
	return err
}

func (s scene) transact(ctx context.Context, key string) error {
	_, err := s.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: &types.Put{TableName: name, Item: row(key, 1)}}}})
	return err
}

// there tells which of the keys have a row.
func (s scene) there(by *dynamodb.Client, keys ...string) map[string]string {
	s.Helper()
	var wanted []map[string]types.AttributeValue
	for _, k := range keys {
		wanted = append(wanted, map[string]types.AttributeValue{"pk": row(k, 0)["pk"]})
	}
	got, err := by.BatchGetItem(s.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{*name: {Keys: wanted, ConsistentRead: aws.Bool(true)}}})
	if err != nil {
		s.Fatal(err)
	}
	found := map[string]string{}
	for _, item := range got.Responses[*name] {
		found[item["pk"].(*types.AttributeValueMemberS).Value] = item["n"].(*types.AttributeValueMemberN).Value
	}
	return found
}

// busy tells whether all of a call was throttled.
func busy(err error) bool {
	api := smithy.APIError(nil)
	return errors.As(err, &api) && slices.Contains([]string{"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}, api.ErrorCode())
}

func always(f faulty.Fate) faulty.Plan { return func(string) faulty.Fate { return f } }

func TestFaults_AreWhatTheSDKKnows(t *testing.T) {
	s := newScene(t)
	s.table.Follow(always(faulty.Fate{Fault: faulty.Conflict}))
	if err := s.put(t.Context(), s.client, "conflict", 1); !errors.As(err, new(*types.TransactionConflictException)) {
		t.Errorf("a put meets a conflict: %v", err)
	}
	var cancelled *types.TransactionCanceledException
	if err := s.transact(t.Context(), "conflict"); !errors.As(err, &cancelled) || aws.ToString(cancelled.CancellationReasons[0].Code) != "TransactionConflict" {
		t.Errorf("a transaction meets a conflict: %v", err)
	}
	s.there(s.client, "conflict") // reads meet none

	s.table.Follow(always(faulty.Fate{Fault: faulty.Throttle}))
	if err := s.put(t.Context(), s.client, "throttle", 1); !busy(err) {
		t.Errorf("a put is throttled: %v", err)
	}

	s.table.Follow(always(faulty.Fate{Fault: faulty.Lose}))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := s.put(ctx, s.client, "lost", 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the answer to a put is lost: %v", err)
	}
	s.table.Recount()
	s.table.Follow(always(faulty.Fate{Fault: faulty.Cut}))
	if err := s.put(t.Context(), s.client, "cut", 1); err == nil {
		t.Error("the connection is cut, and the put is answered")
	}
	s.table.Settle(time.Millisecond)
	if got := s.there(s.right, "conflict", "throttle", "lost", "cut"); len(got) != 2 || got["lost"] != "1" || got["cut"] != "1" {
		t.Errorf("written: %v, want what was carried out and not answered", got)
	}
	if c := s.table.Count(); c != (faulty.Count{Calls: 1, Lost: 1}) {
		t.Errorf("counted %+v", c)
	}
}

// TestThrottle_IsSaidInEachWay: of the whole call, as a reason of a transaction's cancellation, and by what is left of a batch.
func TestThrottle_IsSaidInEachWay(t *testing.T) {
	s := newScene(t)
	keys := []string{"a", "b", "c"}
	for i, k := range keys {
		if err := s.put(t.Context(), s.right, k, i); err != nil {
			t.Fatal(err)
		}
	}
	s.table.Follow(always(faulty.Fate{Fault: faulty.Throttle}))
	var whole, cancelled, readWhole, readPart, wroteWhole, wrotePart int
	for n := range 40 {
		var c *types.TransactionCanceledException
		switch err := s.transact(t.Context(), "transacted"); {
		case busy(err):
			whole++
		case errors.As(err, &c) && slices.Contains([]string{"ThrottlingError", "ProvisionedThroughputExceeded"}, aws.ToString(c.CancellationReasons[0].Code)):
			cancelled++
		default:
			t.Fatalf("a transaction is throttled: %v", err)
		}

		var wanted []map[string]types.AttributeValue
		var writes []types.WriteRequest
		for i, k := range keys {
			wanted = append(wanted, map[string]types.AttributeValue{"pk": row(k, 0)["pk"]})
			writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: row(k+"-written-"+strconv.Itoa(n), i)}})
		}
		got, err := s.client.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{*name: {Keys: wanted, ConsistentRead: aws.Bool(true)}}})
		switch {
		case busy(err):
			readWhole++
		case err != nil:
			t.Fatal(err)
		default:
			readPart++
			left := got.UnprocessedKeys[*name]
			if n := len(got.Responses[*name]); n == 0 || n+len(left.Keys) != len(keys) || !aws.ToBool(left.ConsistentRead) {
				t.Errorf("read %v, left %+v", got.Responses, left)
			}
			s.table.Follow(nil)
			if rest, err := s.client.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: got.UnprocessedKeys}); err != nil || len(rest.Responses[*name]) != len(left.Keys) {
				t.Errorf("the rest: %v, %v", rest, err)
			}
			s.table.Follow(always(faulty.Fate{Fault: faulty.Throttle}))
		}
		wrote, err := s.client.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{*name: writes}})
		switch {
		case busy(err):
			wroteWhole++
		case err != nil:
			t.Fatal(err)
		default:
			wrotePart++
			var written []string
			for _, k := range keys {
				written = append(written, k+"-written-"+strconv.Itoa(n))
			}
			if left := len(wrote.UnprocessedItems[*name]); left == 0 || len(s.there(s.right, written...))+left != len(keys) {
				t.Errorf("%d are left, and there are %v", left, s.there(s.right, written...))
			}
		}
	}
	if whole*cancelled*readWhole*readPart*wroteWhole*wrotePart == 0 {
		t.Errorf("never: transactions whole %d and cancelled %d, reads whole %d and in part %d, writes whole %d and in part %d", whole, cancelled, readWhole, readPart, wroteWhole, wrotePart)
	}
	if got := s.there(s.right, "transacted"); len(got) != 0 {
		t.Error("what was throttled is written")
	}
}

func TestLate_IsCarriedOutWhenNobodyWaits(t *testing.T) {
	s := newScene(t)
	s.table.Follow(always(faulty.Fate{There: 200 * time.Millisecond}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.put(ctx, s.client, "late", 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("put: %v", err)
	}
	if got := s.there(s.right, "late"); len(got) != 0 {
		t.Errorf("there already: %v", got)
	}
	s.table.Settle(time.Millisecond)
	if got := s.there(s.right, "late"); len(got) != 1 {
		t.Error("it never arrived")
	}
}

// TestApart_ReadsABatchAtTwoMoments: of two rows that are always written together, some batch has one from before and one from after.
func TestApart_ReadsABatchAtTwoMoments(t *testing.T) {
	s := newScene(t)
	write := func(n int) {
		_, err := s.right.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: name, Item: row("a", n)}}, {Put: &types.Put{TableName: name, Item: row("b", n)}},
		}})
		if err != nil {
			t.Error(err)
		}
	}
	write(0)
	s.table.Follow(always(faulty.Fate{Apart: 40 * time.Millisecond}))
	const tries = 100
	apart := 0
	for n := 1; n <= tries && apart == 0; n++ {
		done := make(chan struct{})
		go func() {
			defer close(done)
			time.Sleep(20 * time.Millisecond)
			write(n)
		}()
		got := s.there(s.client, "a", "b", "none")
		<-done
		if len(got) != 2 {
			t.Fatalf("read %v", got)
		}
		if got["a"] != got["b"] {
			apart++
		}
	}
	if apart == 0 || s.table.Count().Torn == 0 {
		t.Errorf("%d batches, and none was read at two moments: %+v", tries, s.table.Count())
	}
	s.table.Follow(always(faulty.Fate{Apart: time.Millisecond}))
	if got := s.there(s.client, "a", "b"); got["a"] != "1" || got["b"] != "1" {
		t.Errorf("read %v of what rests", got)
	}
}

func TestOutage_EndsAtOnce(t *testing.T) {
	s := newScene(t)
	for _, how := range faulty.Outages {
		s.table.Begin(how)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		if err := s.put(ctx, s.client, string(how), 1); err == nil {
			t.Errorf("%s, and a put went through", how)
		}
		cancel()
		s.table.End()
		if err := s.put(t.Context(), s.client, string(how), 1); err != nil {
			t.Errorf("%s, and after its end: %v", how, err)
		}
	}
}
