// Command restore brings a backup back into service. infra/procedures.md has the whole procedure, of which these are steps:
//
//	go run ./infra/restore -stack group-invites-prod -from RESTORED copy
//	go run ./infra/restore -table BEFORE -since 2026-11-28T09:00:00Z acts > acts.jsonl
//	go run ./infra/restore -stack group-invites-prod redo < acts.jsonl
//
// copy fills the stack's table, which must be empty, with what is in the table that the backup was restored to. Mails that waited to be sent at that moment are closed
// and not sent. -again goes on after a copy that was interrupted; it writes over what is there.
//
// acts lists what was done since the moment of the backup, by the audit of the table that was in service: a line of JSON each, oldest first. Look at it, and take out what
// is not to be done again. redo does the rest again, as far as it takes something away: links that were deleted, people who were removed, roles
// that were changed, who may add people, groups and organizations that were deleted. Each is done at its own instant, by who did it, and once, however
// often redo is repeated. For the others it says that they can't be done again.
package main

import (
	"context"
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
	"group-invites/shared/dynamo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "restore:", err)
		os.Exit(1)
	}
}

const usage = "usage: restore " + deployment.Usage + " (-from TABLE [-again] copy | -since INSTANT acts | redo)"

func run(ctx context.Context, arguments []string, in io.Reader, out, progress io.Writer) error {
	flags := flag.NewFlagSet("restore", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var where deployment.Where
	where.Flags(flags)
	from := flags.String("from", "", "name of the table that the backup was restored to")
	again := flags.Bool("again", false, "go on with a copy, over what is there")
	sinceText := flags.String("since", "", "moment of the backup, RFC 3339")
	if err := flags.Parse(arguments); err != nil || flags.NArg() != 1 {
		return errors.Join(err, errors.New(usage))
	}
	table, name, err := where.Open(ctx)
	if err != nil {
		return err
	}
	switch verb := flags.Arg(0); {
	case verb == "copy" && *from != "" && *sinceText == "":
		if *from == name {
			return errors.New("a table isn't copied into itself")
		}
		source, _, err := deployment.Where{Table: *from, Rate: where.Rate}.Open(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(progress, "%s into %s\n", *from, name)
		return fill(ctx, table, source, *again, progress)
	case verb == "acts" && *from == "" && !*again:
		since, err := time.Parse(time.RFC3339, *sinceText)
		if err != nil {
			return fmt.Errorf("-since: %w", err)
		}
		return list(ctx, table, since, out)
	case verb == "redo" && *from == "" && *sinceText == "" && !*again:
		return redo(ctx, table, in, progress)
	}
	return errors.New(usage)
}

// pageTimeout bounds the attempts at one page.
const pageTimeout = 2 * time.Minute

func retry(ctx context.Context, op func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	return directory.UntilDecided(ctx, op)
}

// fill copies one table into another.
func fill(ctx context.Context, table, source *dynamo.Table, again bool, progress io.Writer) error {
	if !again {
		empty := false
		err := retry(ctx, func(ctx context.Context) (err error) {
			empty, err = table.Empty(ctx)
			return err
		})
		if err == nil && !empty {
			err = errors.New("the table isn't empty; if that is by a copy that was interrupted, and nobody has used it since, add -again")
		}
		if err != nil {
			return err
		}
	}
	rows, closed := 0, 0
	var faults []error
	for pass := range dynamo.RestorePasses {
		for position := ""; ; {
			var page dynamo.Restored
			err := retry(ctx, func(ctx context.Context) (err error) {
				page, err = table.Restore(ctx, source, pass, position, time.Now())
				return err
			})
			if err != nil {
				return fmt.Errorf("not whole, repeat it with -again: %w", err)
			}
			rows, closed, faults = rows+page.Rows, closed+page.Closed, append(faults, page.Faults...)
			if page.Next == "" {
				break
			}
			position = page.Next
		}
		fmt.Fprintf(progress, "pass %d of %d: %d rows so far, of them %d mails that waited and were closed\n", pass+1, dynamo.RestorePasses, rows, closed)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d mails can't be read and were not copied: %w", len(faults), errors.Join(faults...))
	}
	return nil
}
