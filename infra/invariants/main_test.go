package main

import (
	"context"
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
	const scan = "dynamodb scan --no-paginate --output json --table-name the-table --consistent-read --return-consumed-capacity TOTAL"
	scans := 0
	cli := func(_ context.Context, arguments ...string) ([]byte, error) {
		switch command := strings.Join(arguments, " "); command {
		case "cloudformation describe-stacks --stack-name a-stack --output text --query Stacks[0].Outputs[?OutputKey=='TableName'].OutputValue":
			return []byte("the-table\n"), nil
		case scan:
			scans++
			return []byte(`{"Items":[{"pk":{"S":"O#0123456789"},"sk":{"S":"O"},"v":{"N":"1"},"addPeople":{"SS":["admin"]},"odd":{"BOOL":true}}],
				"LastEvaluatedKey":{"pk":{"S":"O#0123456789"},"sk":{"S":"O"}},"ConsumedCapacity":{"TableName":"the-table","CapacityUnits":50}}`), nil
		case scan + ` --exclusive-start-key {"pk":{"S":"O#0123456789"},"sk":{"S":"O"}}`:
			scans++
			return []byte(`{"Items":[{"pk":{"S":"S#00000000000000000000000000000000"},"sk":{"S":"S"},"v":{"N":"1"}}],"ConsumedCapacity":{"CapacityUnits":1}}`), nil
		default:
			return nil, errors.New(command)
		}
	}
	from, err := tableOf(t.Context(), "a-stack", cli)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	rows, found, err := read(t.Context(), from, 500)
	if err != nil || rows != 2 || scans != 2 {
		t.Errorf("%d rows, %v, in %d scans", rows, err, scans)
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
	none := func(context.Context, ...string) ([]byte, error) { return []byte("None\n"), nil }
	if _, err := tableOf(t.Context(), "x", none); err == nil || !strings.Contains(err.Error(), "no output TableName") {
		t.Error(err)
	}
	refused := func(context.Context, ...string) ([]byte, error) { return nil, errors.New("AccessDenied") }
	if _, err := tableOf(t.Context(), "x", refused); err == nil {
		t.Error("no error")
	}
}
