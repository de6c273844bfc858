// Package deployment finds what an operator's command works on: the table of a deployed stack, by the stack's outputs and the AWS CLI; that of the
// running local stack; or one that is named. What is deployed imports nothing of it.
package deployment

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
	"group-invites/shared/dynamo"
)

// Usage tells the flags of [Where] in a command's line of usage.
const Usage = "(-stack NAME | -table NAME | -local) [-rate UNITS]"

// Where says which table, as the flags of a command do.
type Where struct {
	Stack string  // name of a deployed stack
	Table string  // name of a table, at DYNAMODB_ENDPOINT if that is set
	Local bool    // the running local stack, on DATA_DIR
	Rate  float64 // capacity units a second that the command may take; 0 is no limit
	Run   CLI     // nil is AWS
}

// Flags defines -stack, -table, -local and -rate.
func (w *Where) Flags(set *flag.FlagSet) {
	set.StringVar(&w.Stack, "stack", "", "name of the deployed stack")
	set.StringVar(&w.Table, "table", "", "name of the table (at DYNAMODB_ENDPOINT, if that is set)")
	set.BoolVar(&w.Local, "local", false, "the running local stack")
	set.Float64Var(&w.Rate, "rate", 0, "capacity units a second to take at most; 0 is no limit")
}

// ErrWhere: none, or more than one, of the ways to name a table was used.
var ErrWhere = errors.New("one of -stack NAME, -table NAME and -local says which table")

// Open gives the table, and its name. It calls the AWS CLI, not the table.
func (w Where) Open(ctx context.Context) (*dynamo.Table, string, error) {
	run := w.Run
	if run == nil {
		run = AWS
	}
	switch {
	case w.Rate < 0:
		return nil, "", errors.New("-rate must not be negative")
	case w.Local && w.Stack == "" && w.Table == "":
		return w.local()
	case w.Stack != "" && w.Table == "" && !w.Local:
		name, err := Output(ctx, run, w.Stack, "TableName")
		if err != nil {
			return nil, "", err
		}
		t, err := w.cloud(ctx, name, run)
		return t, name, err
	case w.Table != "" && w.Stack == "" && !w.Local:
		if endpoint := os.Getenv("DYNAMODB_ENDPOINT"); endpoint != "" {
			return w.at(endpoint, w.Table), w.Table, nil
		}
		t, err := w.cloud(ctx, w.Table, run)
		return t, w.Table, err
	}
	return nil, "", ErrWhere
}

func (w Where) local() (*dynamo.Table, string, error) {
	root, err := project.Root()
	if err != nil {
		return nil, "", err
	}
	folder := cmp.Or(os.Getenv("DATA_DIR"), filepath.Join(root, stack.DefaultDataDir))
	state, running := stack.Running(folder)
	if !running {
		return nil, "", fmt.Errorf("no stack runs on %s: start one by make run", folder)
	}
	return w.at(state.AWSEndpoint, state.TableName), state.TableName, nil
}

// at opens a table of a local engine, to which credentials mean nothing.
func (w Where) at(endpoint, table string) *dynamo.Table {
	o := dynamo.Options{Table: table, Region: "local", Endpoint: endpoint, AccessKeyID: "local", SecretAccessKey: "local"}
	return dynamo.Open(o, patient, pace(w.Rate))
}

// cloud opens a table of the region and account that the AWS CLI is set up for.
func (w Where) cloud(ctx context.Context, table string, run CLI) (*dynamo.Table, error) {
	// The table's ARN has the region, whatever profile or variable names it.
	out, err := run(ctx, "", "dynamodb", "describe-table", "--table-name", table, "--output", "text", "--query", "Table.TableArn")
	if err != nil {
		return nil, err
	}
	parts := strings.Split(strings.TrimSpace(string(out)), ":")
	if len(parts) < 6 || parts[0] != "arn" {
		return nil, fmt.Errorf("table %s has no ARN", table)
	}
	credentials := aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		out, err := run(ctx, "", "configure", "export-credentials", "--format", "process")
		if err != nil {
			return aws.Credentials{}, err
		}
		return readCredentials(out)
	}))
	return dynamo.Open(dynamo.Options{Table: table, Region: parts[3]}, patient, pace(w.Rate), func(o *dynamodb.Options) { o.Credentials = credentials }), nil
}

// patient gives a call the time that a page of a megabyte takes to an operator's desk.
func patient(o *dynamodb.Options) {
	o.HTTPClient = awshttp.NewBuildableClient().WithTimeout(30 * time.Second)
}

// readCredentials reads what `aws configure export-credentials --format process` writes
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
func readCredentials(text []byte) (aws.Credentials, error) {
	var c struct {
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
		SessionToken    string
		Expiration      *time.Time
	}
	if err := json.Unmarshal(text, &c); err != nil || c.AccessKeyID == "" || c.SecretAccessKey == "" {
		return aws.Credentials{}, errors.New("the AWS CLI gave no credentials") // the cause could quote them
	}
	read := aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken, Source: "AWS CLI"}
	if c.Expiration != nil {
		read.CanExpire, read.Expires = true, *c.Expiration
	}
	return read, nil
}
