package stack_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/stack"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// following are the options of stacks whose one function follows the table, on one data folder. Out is what it writes.
func following(t *testing.T) (o stack.Options, out string) {
	t.Helper()
	binaries := t.TempDir()
	build := exec.Command("go", "build", "-tags", stack.BuildTags, "-o", filepath.Join(binaries, "follow"), "../stream/testdata/function")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	out = filepath.Join(t.TempDir(), "out")
	return stack.Options{
		Root: filepath.Join("testdata", "stream"), DataDir: t.TempDir(), Binaries: binaries, Parameters: map[string]string{"Out": out},
	}, out
}

// write puts a row that the function sees, with these attributes, given as name=value.
func write(ctx context.Context, s *stack.Stack, pk string, attributes ...string) error {
	row := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: pk}, "sk": &types.AttributeValueMemberS{Value: "seen"}}
	for _, a := range attributes {
		name, v, _ := strings.Cut(a, "=")
		row[name] = &types.AttributeValueMemberS{Value: v}
	}
	_, err := s.DynamoDB().PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.TableName()), Item: row})
	return err
}

func idle(t *testing.T, s *stack.Stack) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.StreamIdle(ctx); err != nil {
		t.Fatal(err)
	}
}

// handled are the batches that the function has done, as it wrote them.
func handled(t *testing.T, out string) string {
	t.Helper()
	written, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, m := range regexp.MustCompile(`"Phase":"done","PID":\d+,"Keys":(\[.*?\])`).FindAllStringSubmatch(string(written), -1) {
		keys = append(keys, m[1])
	}
	return strings.Join(keys, " ")
}

func TestStream_ReachesFunctionsAcrossRestarts(t *testing.T) {
	var log output
	o, out := following(t)
	o.Log = &log
	o.Seed = func(ctx context.Context, s *stack.Stack) error { return write(ctx, s, "seeded") }
	first, err := stack.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	idle(t, first)
	if err := write(t.Context(), first, "second"); err != nil {
		t.Fatal(err)
	}
	idle(t, first)
	if err := write(t.Context(), first, "poison", "do=fail"); err != nil {
		t.Fatal(err)
	}
	idle(t, first)
	if got, want := handled(t, out), `["seeded"] ["second"]`; got != want {
		t.Errorf("handled %s, want %s", got, want)
	}
	failures, err := first.StreamFailures("Failures")
	if err != nil || len(failures) != 1 || failures[0].RequestContext.ApproximateInvokeCount != 2 {
		t.Errorf("failures %+v, %v", failures, err)
	}
	if status := first.StreamStatus(); len(status) != 1 || status[0].Settled != 2 || status[0].Dropped != 1 || status[0].Checkpointed.IsZero() {
		t.Errorf("status %+v", status)
	}
	_, page := send(t, "GET", first.URL()+"/dev/", "", nil)
	if row := regexp.MustCompile(`<tr><td>follow</td><td>\d+s ago</td><td>\d+s</td><td>2</td><td>2</td><td>1</td><td>Failures</td></tr>`); !row.MatchString(page) {
		t.Errorf("/dev/ has no row of the function:\n%s", page)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`(?m)^\d\d:\d\d:\d\d stream  follow  1 record  ok  [\d.]+ ms  cold \(init [\d.]+ ms\)  0 calls$`,
		`(?m)^\d\d:\d\d:\d\d stream  follow  1 record  failed  [\d.]+ ms  warm  0 calls$\n^         follow: errorString: it said no$`,
		`(?m)^         stream to follow: gave up 1 record \(RetryAttemptsExhausted\); Failures now holds 1$`,
	} {
		if !regexp.MustCompile(want).MatchString(log.String()) {
			t.Errorf("the log has no %s:\n%s", want, log.String())
		}
	}

	second, err := stack.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if err := write(t.Context(), second, "third"); err != nil {
		t.Fatal(err)
	}
	idle(t, second)
	if got, want := handled(t, out), `["seeded"] ["second"] ["third"]`; got != want { // seeding again changed nothing
		t.Errorf("after the restart handled %s, want %s", got, want)
	}
	if failures, err := second.StreamFailures("Failures"); err != nil || len(failures) != 1 {
		t.Errorf("failures after the restart %+v, %v", failures, err)
	}
	second.Close()
	if err := stack.Reset(o.DataDir); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(o.DataDir); err == nil {
		t.Errorf("left after the reset: %v", left)
	}
}

func TestKillFunction_LosesNothing(t *testing.T) {
	o, out := following(t)
	s, err := stack.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	once := filepath.Join(t.TempDir(), "once")
	if err := os.WriteFile(once, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(t.Context(), s, "slow", "do=sleep", "once="+once); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(once); err != nil { // the function sleeps
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the function wasn't called")
		}
	}
	if n := s.KillFunction("follow"); n != 1 {
		t.Errorf("%d processes were killed", n)
	}
	idle(t, s)
	if got, want := handled(t, out), `["slow"]`; got != want {
		t.Errorf("handled %s, want %s", got, want)
	}
}

// TestStream_OfAnotherStack: a stack follows a table that it reaches through the AWS endpoint of another.
func TestStream_OfAnotherStack(t *testing.T) {
	first := start(t, stack.Options{})
	o, out := following(t)
	o.DynamoDBEndpoint, o.TableName = first.AWSEndpoint(), "another"
	second, err := stack.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if err := write(t.Context(), second, "a"); err != nil {
		t.Fatal(err)
	}
	idle(t, second)
	if got, want := handled(t, out), `["a"]`; got != want {
		t.Errorf("handled %s, want %s", got, want)
	}
}

func TestStart_RefusesATableWithoutTheStream(t *testing.T) {
	o, _ := following(t)
	first, err := stack.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = first.DynamoDB().UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
		TableName: aws.String(first.TableName()), StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)},
	})
	first.Close()
	if err != nil {
		t.Fatal(err)
	}
	if s, err := stack.Start(t.Context(), o); err == nil || !strings.Contains(err.Error(), "made from another template.yaml") {
		t.Errorf("%v", err)
		if err == nil {
			s.Close()
		}
	}
}
