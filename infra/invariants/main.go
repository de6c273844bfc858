// Command invariants reads a whole table, changes nothing, and says what in it must not be. Package check has the rules.
//
//	go run ./infra/invariants -stack group-invites-prod           a deployed stack's table
//	go run ./infra/invariants -local                              that of the running local stack (DATA_DIR)
//	go run ./infra/invariants -endpoint URL -table NAME           one of a local engine
//
// In the cloud it needs the AWS CLI, and of rights cloudformation:DescribeStacks and dynamodb:Scan. It reads strongly consistently and takes
// -units of read capacity a second (500: a gigabyte in some nine minutes, at 0.25 USD a million units). What it finds it looks for again
// after -again (a minute), because a table that is written to while it is read is of several moments, and because some things follow a change
// moments later; what is still there is printed, a line a violation, with the row's key, which holds ids only. The exit code is 1 if there
// is any, 2 if the table can't be read.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"group-invites/infra/invariants/check"
	"group-invites/infra/local/engine"
	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
)

func main() {
	found, err := run(context.Background(), os.Args[1:], os.Stdout)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "invariants:", err)
		os.Exit(2)
	case found > 0:
		os.Exit(1)
	}
}

const usage = "usage: invariants (-stack NAME | -local | -endpoint URL -table NAME) [-units N] [-again DURATION]"

func run(ctx context.Context, arguments []string, out io.Writer) (found int, err error) {
	flags := flag.NewFlagSet("invariants", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	stackName := flags.String("stack", "", "name of the deployed stack")
	local := flags.Bool("local", false, "the running local stack")
	endpoint := flags.String("endpoint", "", "URL of a local engine")
	table := flags.String("table", "", "name of its table")
	units := flags.Float64("units", 500, "read capacity units a second")
	again := flags.Duration("again", time.Minute, "when to look again at what was found")
	if err := flags.Parse(arguments); err != nil || flags.NArg() > 0 || *units <= 0 {
		return 0, errors.Join(err, errors.New(usage))
	}
	var from pages
	switch {
	case *stackName != "" && !*local && *endpoint == "":
		from, err = tableOf(ctx, *stackName, aws)
	case *local && *stackName == "" && *endpoint == "":
		from, err = localTable()
	case *endpoint != "" && *table != "" && *stackName == "" && !*local:
		from = engineTable(engine.Client(*endpoint), *table)
	default:
		err = errors.New(usage)
	}
	if err != nil {
		return 0, err
	}
	rows, violations, err := read(ctx, from, *units)
	if err != nil {
		return 0, err
	}
	if len(violations) > 0 {
		fmt.Fprintf(out, "%d rows, in which %d things look wrong: looking again in %s\n", rows, len(violations), *again)
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(*again):
		}
		var second []check.Violation
		if rows, second, err = read(ctx, from, *units); err != nil {
			return 0, err
		}
		violations = check.Both(violations, second)
	}
	for _, v := range violations {
		fmt.Fprintln(out, v)
	}
	fmt.Fprintf(out, "%d rows, %d violations\n", rows, len(violations))
	return len(violations), nil
}

// localTable finds the table of the running local stack.
func localTable() (pages, error) {
	root, err := project.Root()
	if err != nil {
		return nil, err
	}
	folder := cmp.Or(os.Getenv("DATA_DIR"), filepath.Join(root, stack.DefaultDataDir))
	state, running := stack.Running(folder)
	if !running {
		return nil, fmt.Errorf("no stack runs on %s: start one by make run", folder)
	}
	return engineTable(engine.Client(state.EngineEndpoint), state.TableName), nil
}
