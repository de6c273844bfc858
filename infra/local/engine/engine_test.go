package engine_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"group-invites/infra/local/engine"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func start(t *testing.T, o engine.Options) *engine.Engine {
	t.Helper()
	o.Stderr = t.Output()
	e, err := engine.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Stop() })
	return e
}

func createTable(t *testing.T, c *dynamodb.Client, name string) {
	t.Helper()
	_, err := c.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            &name,
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{
		TableName:               &name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("ttl"), Enabled: aws.Bool(true)},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, c *dynamodb.Client, table, pk string, ttl time.Time) {
	t.Helper()
	_, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
		"pk":  &types.AttributeValueMemberS{Value: pk},
		"ttl": &types.AttributeValueMemberN{Value: fmt.Sprint(ttl.Unix())},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func exists(t *testing.T, c *dynamodb.Client, table, pk string) bool {
	t.Helper()
	out, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: pk},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item != nil
}

func TestSweep_RemovesWhatTheTTLSaysAndNothingElse(t *testing.T) {
	e := start(t, engine.Options{Sweep: true})
	c := engine.Client(e.Endpoint())
	createTable(t, c, "things")
	put(t, c, "things", "past", time.Now().Add(-time.Hour))
	put(t, c, "things", "future", time.Now().Add(time.Hour))
	if !exists(t, c, "things", "past") {
		t.Error("an item past its TTL went away before the sweep")
	}
	removed, err := e.Sweep(t.Context())
	if err != nil || removed != 1 {
		t.Errorf("Sweep = %d, %v, want 1 item removed", removed, err)
	}
	if exists(t, c, "things", "past") || !exists(t, c, "things", "future") {
		t.Error("after the sweep only the item with a TTL in the future must be left")
	}
}

func TestStart_DataSurvivesARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "table.db")
	first := start(t, engine.Options{DBPath: file})
	c := engine.Client(first.Endpoint())
	createTable(t, c, "things")
	put(t, c, "things", "kept", time.Now())
	first.Stop()

	second := start(t, engine.Options{DBPath: file})
	if !exists(t, engine.Client(second.Endpoint()), "things", "kept") {
		t.Error("the item written before the restart is gone")
	}
}

func TestStart_ManyAtOnceGetEnginesOfTheirOwn(t *testing.T) {
	const engines = 8
	seen := make(chan string, engines)
	for range engines {
		go func() {
			e, err := engine.Start(context.Background(), engine.Options{})
			if err != nil {
				t.Error(err)
				seen <- ""
				return
			}
			t.Cleanup(func() { e.Stop() })
			seen <- e.Endpoint()
		}()
	}
	endpoints := map[string]bool{}
	for range engines {
		endpoints[<-seen] = true
	}
	if len(endpoints) != engines {
		t.Errorf("%d engines have %d endpoints", engines, len(endpoints))
	}
}

func TestStop_EndsTheProcess(t *testing.T) {
	e := start(t, engine.Options{})
	e.Stop()
	select {
	case <-e.Exited():
	default:
		t.Error("Stop returned before the engine had ended")
	}
	if _, err := engine.Client(e.Endpoint()).ListTables(t.Context(), &dynamodb.ListTablesInput{}); err == nil {
		t.Error("the endpoint still answers after Stop")
	}
}

func TestOpen_TakesTheEngineThatIsNamed(t *testing.T) {
	t.Setenv("DYNAMODB_ENDPOINT", "")
	own, stop, err := engine.Open(t.Context(), engine.Options{Stderr: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DYNAMODB_ENDPOINT", own)
	named, leave, err := engine.Open(t.Context(), engine.Options{Stderr: t.Output()})
	if err != nil || named != own {
		t.Fatalf("%s, %v, want %s", named, err, own)
	}
	if err := leave(); err != nil {
		t.Error(err)
	}
	if _, err := engine.Client(own).ListTables(t.Context(), &dynamodb.ListTablesInput{}); err != nil {
		t.Errorf("who was named is gone: %v", err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := engine.Client(own).ListTables(t.Context(), &dynamodb.ListTablesInput{}); err == nil {
		t.Error("who was started still answers")
	}
}
