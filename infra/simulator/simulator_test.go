package simulator_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"group-invites/infra/simulator"
	. "group-invites/shared/dynamo/dynamotest"
)

// in runs a test in a bubble, with a client whose calls pass through the simulator to a table.
func in(t *testing.T, limits simulator.Limits, test func(t *testing.T, client *dynamodb.Client, table string)) {
	t.Helper()
	w := New(t)
	engine := simulator.NewEngine(8)
	defer engine.Close()
	synctest.Test(t, func(t *testing.T) {
		options := w.Client.Options()
		options.HTTPClient, options.Retryer = simulator.New(engine, limits, 1), aws.NopRetryer{}
		test(t, dynamodb.New(options), w.TableName)
	})
}

type row = map[string]types.AttributeValue

func keyed(name string) row {
	return row{"pk": &types.AttributeValueMemberS{Value: name}, "sk": &types.AttributeValueMemberS{Value: name}}
}

func transact(ctx context.Context, client *dynamodb.Client, table, condition string, names ...string) error {
	var items []types.TransactWriteItem
	for _, name := range names {
		put := &types.Put{TableName: &table, Item: keyed(name)}
		if condition != "" {
			put.ConditionExpression = &condition
		}
		items = append(items, types.TransactWriteItem{Put: put})
	}
	_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	return err
}

func codes(err error) (codes []string) {
	if cancelled := new(types.TransactionCanceledException); errors.As(err, &cancelled) {
		for _, r := range cancelled.CancellationReasons {
			codes = append(codes, aws.ToString(r.Code))
		}
	}
	return codes
}

func code(err error) string {
	if api := smithy.APIError(nil); errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func TestTransactions_ThatMeetAreCancelled(t *testing.T) {
	in(t, simulator.Published, func(t *testing.T, client *dynamodb.Client, table string) {
		var first error
		var both sync.WaitGroup
		both.Go(func() { first = transact(t.Context(), client, table, "", "a", "b") })
		time.Sleep(time.Millisecond)
		start := time.Now()
		second := transact(t.Context(), client, table, "", "c", "b")
		if !slices.Equal(codes(second), []string{"None", "TransactionConflict"}) {
			t.Errorf("the second: %v", second)
		}
		if took := time.Since(start); took < 5*time.Millisecond || took > 10*time.Millisecond {
			t.Errorf("the cancelled one took %v", took)
		}
		both.Wait()
		if first != nil {
			t.Errorf("the first: %v", first)
		}
		if err := transact(t.Context(), client, table, "", "c", "b"); err != nil {
			t.Errorf("when the first is over: %v", err)
		}
	})
}

func TestTransactions_HoldOffPlainWritesAndNotReads(t *testing.T) {
	in(t, simulator.Published, func(t *testing.T, client *dynamodb.Client, table string) {
		var both sync.WaitGroup
		both.Go(func() {
			if err := transact(t.Context(), client, table, "", "a"); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(2 * time.Millisecond)
		both.Go(func() {
			_, err := client.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{
				RequestItems: map[string]types.KeysAndAttributes{table: {Keys: []row{keyed("a")}}},
			})
			if err != nil {
				t.Errorf("a read: %v", err)
			}
		})
		_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: keyed("a")})
		if code(err) != "TransactionConflictException" {
			t.Errorf("a plain write: %v", err)
		}
		both.Wait()
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: keyed("a")}); err != nil {
			t.Errorf("when it is over: %v", err)
		}
	})
}

func TestTransactions_TheEngineDecidesOnConditions(t *testing.T) {
	in(t, simulator.Published, func(t *testing.T, client *dynamodb.Client, table string) {
		const isNew = "attribute_not_exists(pk)"
		if err := transact(t.Context(), client, table, isNew, "a"); err != nil {
			t.Fatal(err)
		}
		if err := transact(t.Context(), client, table, isNew, "b", "a"); !slices.Equal(codes(err), []string{"None", "ConditionalCheckFailed"}) {
			t.Errorf("%v", err)
		}
		if err := transact(t.Context(), client, table, isNew, "b"); err != nil {
			t.Errorf("the cancelled one still holds its items: %v", err)
		}
	})
}

func TestSimulator_RefusesAsDynamoDBDoes(t *testing.T) {
	tight := simulator.Published
	tight.Partitions, tight.Read, tight.Write, tight.HotFor = 1, 10, 10, 0
	in(t, tight, func(t *testing.T, client *dynamodb.Client, table string) {
		var throttledErr error
		for range 5 {
			_, throttledErr = client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: keyed("a")})
		}
		if code(throttledErr) != "ThrottlingException" {
			t.Errorf("a write: %v", throttledErr)
		}
		if err := transact(t.Context(), client, table, "", "a", "b"); !slices.Equal(codes(err), []string{"ThrottlingError", "ThrottlingError"}) {
			t.Errorf("a transaction: %v", err)
		}
		get := func(names ...string) (*dynamodb.BatchGetItemOutput, error) {
			var keys []row
			for _, name := range names {
				keys = append(keys, keyed(name))
			}
			return client.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{
				RequestItems: map[string]types.KeysAndAttributes{table: {Keys: keys, ConsistentRead: aws.Bool(true)}},
			})
		}
		out, err := get("a", "b", "c")
		if err != nil || len(out.Responses[table]) != 1 || len(out.UnprocessedKeys[table].Keys) != 2 {
			t.Errorf("a batch: %v, %v", out, err)
		}
		if _, err := get("a"); code(err) != "ProvisionedThroughputExceededException" {
			t.Errorf("a batch of which nothing is read: %v", err)
		}
		time.Sleep(time.Second)
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: keyed("a")}); err != nil {
			t.Errorf("a second later: %v", err)
		}
	})
}
