package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/infra/invariants/check"
	"group-invites/infra/local/project"
	"group-invites/infra/local/seed"
	"group-invites/infra/local/stack"
)

// TestRun_OnTheLocalStack reads the table of a running stack, and finds what was broken in it.
func TestRun_OnTheLocalStack(t *testing.T) {
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	t.Setenv("DATA_DIR", folder)
	if _, err := run(t.Context(), []string{"-local"}, t.Output()); err == nil || !strings.Contains(err.Error(), "no stack runs") {
		t.Errorf("without a stack: %v", err)
	}
	s, err := stack.Start(t.Context(), stack.Options{Root: root, DataDir: folder, Seed: seed.Stack})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, arguments := range []string{"", "-local -stack x", "-endpoint http://127.0.0.1:1", "-local -x", "-local status", "-local -units 0"} {
		if _, err := run(t.Context(), strings.Fields(arguments), t.Output()); err == nil || !strings.Contains(err.Error(), "usage") {
			t.Errorf("%q: %v", arguments, err)
		}
	}
	if err := s.StreamIdle(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if found, err := run(t.Context(), []string{"-local", "-again", "2s"}, &out); err != nil || found != 0 || !strings.HasSuffix(out.String(), " rows, 0 violations\n") {
		t.Errorf("%d, %v\n%s", found, err, &out)
	}
	_, err = s.DynamoDB().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: new(s.TableName()), Item: check.Row{
		"pk": &types.AttributeValueMemberS{Value: "X"}, "sk": &types.AttributeValueMemberS{Value: "Y"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	found, err := run(t.Context(), []string{"-endpoint", s.EngineEndpoint(), "-table", s.TableName(), "-again", "10ms"}, &out)
	if err != nil || found != 1 || !strings.Contains(out.String(), "X Y: is of no kind that is known\n") {
		t.Errorf("%d, %v\n%s", found, err, &out)
	}
}

// TestScan_ReadsADeployedTablePageByPage stands for the AWS CLI.
func TestScan_ReadsADeployedTablePageByPage(t *testing.T) {
	var asked []string
	cli := func(_ context.Context, stdin string, arguments ...string) ([]byte, error) {
		switch {
		case arguments[0] == "cloudformation":
			return []byte("the-table\n"), nil
		case !slices.Equal(arguments, []string{"dynamodb", "scan", "--no-paginate", "--output", "json", "--cli-input-json", "file:///dev/stdin"}):
			return nil, errors.New(strings.Join(arguments, " "))
		}
		asked = append(asked, stdin)
		var request struct {
			TableName         string
			ConsistentRead    bool
			ExclusiveStartKey map[string]value
		}
		if err := json.Unmarshal([]byte(stdin), &request); err != nil || request.TableName != "the-table" || !request.ConsistentRead {
			return nil, errors.New(stdin)
		}
		if request.ExclusiveStartKey == nil {
			return []byte(`{"Items":[{"pk":{"S":"O#0123456789"},"sk":{"S":"O"},"v":{"N":"1"},"addPeople":{"SS":["admin"]},"odd":{"BOOL":true}}],
				"LastEvaluatedKey":{"pk":{"S":"O#0123456789"},"sk":{"S":"O"}},"ConsumedCapacity":{"TableName":"the-table","CapacityUnits":50}}`), nil
		}
		return []byte(`{"Items":[{"pk":{"S":"S#00000000000000000000000000000000"},"sk":{"S":"S"},"v":{"N":"1"}}],"ConsumedCapacity":{"CapacityUnits":1}}`), nil
	}
	from, err := tableOf(t.Context(), "a-stack", cli)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	rows, found, err := read(t.Context(), from, 500)
	if err != nil || rows != 2 || len(asked) != 2 || !strings.Contains(asked[1], `"ExclusiveStartKey":{"pk":{"S":"O#0123456789"},"sk":{"S":"O"}}`) {
		t.Errorf("%d rows, %v, asked %q", rows, err, asked)
	}
	if !slices.ContainsFunc(found, func(v check.Violation) bool { return v.Key == "O#0123456789 O" && v.What == "has an attribute odd" }) ||
		slices.ContainsFunc(found, func(v check.Violation) bool {
			return strings.HasPrefix(v.Key, "S#") || strings.Contains(v.What, "addPeople")
		}) {
		t.Errorf("found %v", found)
	}
	if took := time.Since(begun); took < 100*time.Millisecond {
		t.Errorf("50 units at 500 a second took %s", took)
	}
	none := func(context.Context, string, ...string) ([]byte, error) { return []byte("None\n"), nil }
	if _, err := tableOf(t.Context(), "x", none); err == nil || !strings.Contains(err.Error(), "no output TableName") {
		t.Error(err)
	}
	refused := func(context.Context, string, ...string) ([]byte, error) { return nil, errors.New("AccessDenied") }
	if _, err := tableOf(t.Context(), "x", refused); err == nil {
		t.Error("no error")
	}
}
