package deployment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"

	"group-invites/infra/local/project"
	"group-invites/shared/directory"
)

// cloud is an AWS CLI of an account with one stack. It gives what commands were run.
func cloud(commands *[]string) CLI {
	return func(_ context.Context, _ string, arguments ...string) ([]byte, error) {
		command := strings.Join(arguments, " ")
		*commands = append(*commands, strings.Join(arguments[:2], " "))
		switch {
		case strings.Contains(command, "--stack-name group-invites-prod") && strings.Contains(command, "'TableName'"):
			return []byte("group-invites-prod-Table-1\n"), nil
		case strings.HasPrefix(command, "cloudformation describe-stacks"):
			return []byte("None\n"), nil
		case strings.HasPrefix(command, "dynamodb describe-table --table-name group-invites-prod-Table-1 "), strings.HasPrefix(command, "dynamodb describe-table --table-name restored "):
			return []byte("arn:aws:dynamodb:eu-west-1:123456789012:table/x\n"), nil
		}
		return nil, errors.New("no such thing")
	}
}

func TestWhere_FindsTheTable(t *testing.T) {
	t.Setenv("DYNAMODB_ENDPOINT", "")
	for name, test := range map[string]struct {
		where Where
		table string // "" if it is refused
		fault string
	}{
		"of a stack":               {Where{Stack: "group-invites-prod"}, "group-invites-prod-Table-1", ""},
		"of a name":                {Where{Table: "restored", Rate: 5}, "restored", ""},
		"of a stack that isn't":    {Where{Stack: "group-invites-typo"}, "", "has no output TableName"},
		"of a table that isn't":    {Where{Table: "typo"}, "", "no such thing"},
		"of nothing":               {Where{}, "", ErrWhere.Error()},
		"of two things":            {Where{Stack: "group-invites-prod", Table: "restored"}, "", ErrWhere.Error()},
		"at a rate below nothing":  {Where{Stack: "group-invites-prod", Rate: -1}, "", "negative"},
		"of a stack that runs not": {Where{Local: true}, "", "no stack runs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DATA_DIR", t.TempDir())
			var commands []string
			test.where.Run = cloud(&commands)
			table, got, err := test.where.Open(t.Context())
			if test.table == "" {
				if err == nil || !strings.Contains(err.Error(), test.fault) {
					t.Errorf("%v, want %q", err, test.fault)
				}
				return
			}
			if err != nil || got != test.table || table == nil {
				t.Fatalf("%q, %v", got, err)
			}
			// Credentials are asked for when they are used, and a refusal of theirs is no reason to try for ever.
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := table.Read(ctx, directory.Keys{Org: directory.OrgID{1}}); err == nil {
				t.Error("it is read without credentials")
			}
			if !slices.Contains(commands, "configure export-credentials") {
				t.Errorf("%v", commands)
			}
		})
	}
}

// TestOutput_IsOneOfTheTemplate: what commands ask a stack for, it has.
func TestOutput_IsOneOfTheTemplate(t *testing.T) {
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, outputs, _ := strings.Cut(string(text), "\nOutputs:\n")
	for _, output := range []string{"TableName", "KeyRingSecretId"} {
		if !strings.Contains(outputs, "  "+output+":\n") {
			t.Errorf("the template has no output %s", output)
		}
	}
}

func TestReadCredentials(t *testing.T) {
	c, err := readCredentials([]byte(`{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"2026-11-28T10:00:00+00:00"}`))
	if err != nil || c.AccessKeyID != "A" || c.SecretAccessKey != "S" || c.SessionToken != "T" || !c.CanExpire || c.Expires.Hour() != 10 {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := readCredentials([]byte(`{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S"}`)); err != nil || c.CanExpire {
		t.Errorf("%+v, %v", c, err)
	}
	for _, text := range []string{"", "{}", `{"AccessKeyId":"A"}`, `{"SecretAccessKey":"secret"`} {
		if _, err := readCredentials([]byte(text)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestPace_HoldsToTheRate: twenty calls of 10 units each, at 50 units a second, take some four seconds.
func TestPace_HoldsToTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := func(stack *middleware.Stack) error {
			return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("Answer", func(context.Context, middleware.FinalizeInput, middleware.FinalizeHandler) (
				middleware.FinalizeOutput, middleware.Metadata, error) {
				return middleware.FinalizeOutput{Result: &dynamodb.QueryOutput{ConsumedCapacity: &types.ConsumedCapacity{CapacityUnits: aws.Float64(10)}}}, middleware.Metadata{}, nil
			}), middleware.Before)
		}
		options := dynamodb.Options{Region: "local", APIOptions: []func(*middleware.Stack) error{answer}}
		begin := time.Now()
		client := dynamodb.New(options, pace(50))
		for range 20 {
			in := &dynamodb.QueryInput{TableName: aws.String("x"), KeyConditionExpression: aws.String("pk = :a")}
			if _, err := client.Query(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			if in.ReturnConsumedCapacity != types.ReturnConsumedCapacityTotal {
				t.Fatal("it doesn't ask what a call takes")
			}
		}
		if took := time.Since(begin); took < 2500*time.Millisecond || took > 5*time.Second {
			t.Errorf("took %s", took)
		}
	})
}
