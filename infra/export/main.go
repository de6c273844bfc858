// Command export writes everything that a stack holds of an organization as JSON Lines, for the organization to take away.
//
//	go run ./infra/export -stack group-invites-prod -org d6625d0280 > northwind.jsonl
//	go run ./infra/export -local -org d6625d0280
//	go run ./infra/export -table group-invites-restored -org d6625d0280 -rate 500
//
// infra/procedures.md tells the form of the lines, what isn't in them, and what changes meanwhile mean. Progress goes to standard error. A row that
// can't be read makes a line with its key, and the command fails at the end. It only reads; after a failure, run it anew. In the cloud it needs
// the AWS CLI, version 2, and the rights dynamodb:Query, BatchGetItem and DescribeTable on the table and its index.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"group-invites/infra/deployment"
	"group-invites/shared/directory"
	"group-invites/shared/export"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "export:", err)
		os.Exit(1)
	}
}

const usage = "usage: export " + deployment.Usage + " -org ID"

func run(ctx context.Context, arguments []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("export", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var where deployment.Where
	where.Flags(flags)
	orgText := flags.String("org", "", "id of the organization")
	if err := flags.Parse(arguments); err != nil || flags.NArg() > 0 {
		return errors.Join(err, errors.New(usage))
	}
	org, ok := directory.ParseOrgID(*orgText)
	if !ok {
		return errors.New("-org is not the id of an organization; " + usage)
	}
	table, name, err := where.Open(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(progress, "organization %s of table %s\n", org, name)
	return write(ctx, table, org, time.Now(), out, progress)
}

// tellEvery is how often progress is told.
const tellEvery = 5 * time.Second

// write writes the lines, with the states of links at the start. The error says that the export isn't whole, or not of one state of things.
func write(ctx context.Context, store export.Store, org directory.OrgID, start time.Time, to, progress io.Writer) error {
	buffered := bufio.NewWriterSize(to, 1<<16)
	out := json.NewEncoder(buffered)
	out.SetEscapeHTML(false)
	if err := out.Encode(head{"export", formVersion, org, instant(start)}); err != nil {
		return err
	}
	l := lines{now: start}
	rows, begun, told := 0, time.Now(), time.Now()
	result, err := (&export.Service{Store: store}).Export(ctx, org, func(kind export.Kind, row export.Row) error {
		if row.Fault != nil {
			fmt.Fprintf(progress, "can't be read: %v\n", row.Fault)
		}
		if rows++; time.Since(told) > tellEvery {
			told = time.Now()
			fmt.Fprintf(progress, "%d rows, %s\n", rows, time.Since(begun).Round(time.Second))
		}
		return out.Encode(l.of(kind, row))
	})
	if errors.Is(err, directory.ErrNotFound) {
		return fmt.Errorf("there is no organization %s: %w", org, err)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("not whole, run it anew: %w", err), buffered.Flush())
	}
	drift := 0
	for list, by := range result.Drift {
		fmt.Fprintf(progress, "list of kind %s, %s %s: %+d when counted again\n", list.Kind, list.Org, list.Group, by)
		drift += max(by, -by)
	}
	if err := out.Encode(tail{"end", instant(time.Now()), result.Counts, result.Unreadable, drift}); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(progress, "%d rows, %s\n", rows, time.Since(begun).Round(time.Millisecond))
	switch {
	case result.Unreadable > 0:
		return fmt.Errorf("%d rows can't be read: their keys are in the lines of kind unreadable", result.Unreadable)
	case drift > 0:
		return errors.New("people or groups came or went meanwhile: run it anew when less is going on, or take it as it is")
	}
	return nil
}
