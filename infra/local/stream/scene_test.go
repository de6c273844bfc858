package stream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"group-invites/infra/local/engine"
	"group-invites/infra/local/lambda"
	"group-invites/infra/local/pattern"
	"group-invites/infra/local/stream"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "stream")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "function")
	if out, err := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", binary, "./testdata/function").CombinedOutput(); err != nil {
		fmt.Printf("%s", out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

const (
	table    = "things"
	function = "follow"
	queue    = "Failures"
	// patience is how long a test waits for what must happen.
	patience = time.Minute
)

type item = map[string]types.AttributeValue

// scene is a table with a stream, a function, and a driver that brings them together.
type scene struct {
	*testing.T
	engine  *engine.Engine
	db      *dynamodb.Client
	lambda  *lambda.Service
	options stream.Options
	driver  *stream.Driver
	out     string // file that the function writes

	mu          sync.Mutex
	invocations []stream.Invocation
	drops       []stream.Drop
	problems    []string
}

// mapping is one with Lambda's defaults, but for what change sets.
func mapping(change func(m *template.StreamMapping)) template.StreamMapping {
	m := template.StreamMapping{
		Function: function, StreamARN: "arn:aws:dynamodb:local:000000000000:table/things/stream/label", Enabled: true,
		BatchSize: 100, MaximumRetryAttempts: template.Endless, OnFailure: queue, ReportBatchItemFailures: true,
	}
	if change != nil {
		change(&m)
	}
	return m
}

// newScene sets the scene without starting the driver.
func newScene(t *testing.T, change func(m *template.StreamMapping)) *scene {
	t.Helper()
	s := &scene{T: t, out: filepath.Join(t.TempDir(), "out")}
	var err error
	if s.engine, err = engine.Start(t.Context(), engine.Options{Sweep: true, Stderr: t.Output()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.engine.Stop() })
	s.db = engine.Client(s.engine.Endpoint())
	s.createTable()
	s.lambda = lambda.New(lambda.Options{Functions: []lambda.Function{{
		Name: function, Binary: binary, Timeout: 20 * time.Second, Environment: map[string]string{"OUT": s.out},
	}}})
	t.Cleanup(s.lambda.Close)
	s.options = stream.Options{
		Endpoint: s.engine.Endpoint(), Table: table, Mappings: []template.StreamMapping{mapping(change)}, Invoker: s.lambda, DataDir: t.TempDir(),
		Invoked: func(i stream.Invocation) { s.locked(func() { s.invocations = append(s.invocations, i) }) },
		Dropped: func(d stream.Drop) { s.locked(func() { s.drops = append(s.drops, d) }) },
		Problem: func(text string) { s.locked(func() { s.problems = append(s.problems, text) }) },
	}
	return s
}

// play sets the scene and starts the driver.
func play(t *testing.T, change func(m *template.StreamMapping)) *scene {
	t.Helper()
	s := newScene(t, change)
	s.start()
	return s
}

func (s *scene) locked(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

func (s *scene) start() {
	s.Helper()
	d, err := stream.Start(s.Context(), s.options)
	if err != nil {
		s.Fatal(err)
	}
	s.driver = d
	s.Cleanup(func() { stop(d, 0) })
}

// stop stops a driver, which may wait for so long.
func stop(d *stream.Driver, wait time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	d.Stop(ctx)
}

func (s *scene) createTable() {
	s.Helper()
	_, err := s.db.CreateTable(s.Context(), &dynamodb.CreateTableInput{
		TableName:            aws.String(table),
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
		StreamSpecification:  &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	})
	if err != nil {
		s.Fatal(err)
	}
	_, err = s.db.UpdateTimeToLive(s.Context(), &dynamodb.UpdateTimeToLiveInput{
		TableName:               aws.String(table),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("ttl"), Enabled: aws.Bool(true)},
	})
	if err != nil {
		s.Fatal(err)
	}
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

// put writes an item with these attributes, given as name=value.
func (s *scene) put(pk string, attributes ...string) {
	s.Helper()
	row := item{"pk": text(pk)}
	for _, a := range attributes {
		name, v, _ := strings.Cut(a, "=")
		row[name] = text(v)
	}
	s.putItem(row)
}

func (s *scene) putItem(row item) {
	s.Helper()
	if _, err := s.db.PutItem(s.Context(), &dynamodb.PutItemInput{TableName: aws.String(table), Item: row}); err != nil {
		s.Fatal(err)
	}
}

// putMany writes n items, named after their number.
func (s *scene) putMany(n int) {
	s.Helper()
	const most = 25
	for from := 0; from < n; from += most {
		var writes []types.WriteRequest
		for i := from; i < min(n, from+most); i++ {
			writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: item{"pk": text(strconv.Itoa(i))}}})
		}
		_, err := s.db.BatchWriteItem(s.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: writes}})
		if err != nil {
			s.Fatal(err)
		}
	}
}

// numbers are the texts of the numbers from a up to, but not including, b.
func numbers(a, b int) []string {
	var out []string
	for i := a; i < b; i++ {
		out = append(out, strconv.Itoa(i))
	}
	return out
}

// once makes a file, the removal of which lets something happen just once.
func (s *scene) once() string {
	s.Helper()
	f, err := os.CreateTemp(s.TempDir(), "once")
	if err != nil {
		s.Fatal(err)
	}
	f.Close()
	return "once=" + f.Name()
}

func (s *scene) idle() {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	if err := s.driver.Idle(ctx); err != nil {
		s.Fatal(err)
	}
}

// until waits for something.
func (s *scene) until(what string, is func() bool) {
	s.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatal("waited in vain until " + what)
		}
	}
}

// note is what the function writes.
type note struct {
	Phase string
	PID   int
	Keys  []string
	Event json.RawMessage
}

// notes are what the function wrote in a phase.
func (s *scene) notes(phase string) []note {
	s.Helper()
	written, err := os.ReadFile(s.out)
	if err != nil && !os.IsNotExist(err) {
		s.Fatal(err)
	}
	var out []note
	for line := range bytes.Lines(written) {
		var n note
		if err := json.Unmarshal(line, &n); err != nil {
			continue // it is being written
		}
		if n.Phase == phase {
			out = append(out, n)
		}
	}
	return out
}

// got are the keys of each batch that the function was called with.
func (s *scene) got() (batches [][]string) {
	s.Helper()
	for _, n := range s.notes("got") {
		batches = append(batches, n.Keys)
	}
	return batches
}

// done are the keys that the function has handled, in order.
func (s *scene) done() (keys []string) {
	s.Helper()
	for _, n := range s.notes("done") {
		keys = append(keys, n.Keys...)
	}
	return keys
}

// failures are the messages in the queue.
func (s *scene) failures() []stream.Failure {
	s.Helper()
	messages, err := s.driver.Failures(queue)
	if err != nil {
		s.Fatal(err)
	}
	return messages
}

func filter(t *testing.T, patterns ...string) []*pattern.Pattern {
	t.Helper()
	var out []*pattern.Pattern
	for _, p := range patterns {
		compiled, err := pattern.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, compiled)
	}
	return out
}
