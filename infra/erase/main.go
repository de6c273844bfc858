// Command erase takes a person's name and address out of a stack's table.
//
//	go run ./infra/erase -stack group-invites-prod -user 1da4a5b61d6e95fad9334a33d8ea0512
//	go run ./infra/erase -stack group-invites-prod -email mira@example.com
//	go run ./infra/erase -local -user ID -email ADDRESS -remove -dry-run
//
// It shows what it would do, asks, and does it. -dry-run only shows; -yes doesn't ask. Someone who is in an organization is refused,
// unless -remove has him removed from it; the last admin of one is refused in any case. It reads the whole table, two or more times; -rate makes that
// gentle. All of it may be repeated, and is to be after an error. It writes ids and counts, never a name or an address.
//
// Package erasure tells what is taken out and what is kept, and infra/procedures.md what else an erasure takes. In the cloud it needs the AWS CLI, version 2,
// and the rights dynamodb:Scan, Query, BatchGetItem, BatchWriteItem, UpdateItem, PutItem, DeleteItem and DescribeTable on the table.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"group-invites/infra/deployment"
	"group-invites/shared/directory"
	"group-invites/shared/erasure"
	"group-invites/shared/mail"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "erase:", err)
		os.Exit(1)
	}
}

const usage = "usage: erase " + deployment.Usage + " [-user ID] [-email ADDRESS] [-remove] [-dry-run | -yes]"

func run(ctx context.Context, arguments []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("erase", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var where deployment.Where
	where.Flags(flags)
	userText := flags.String("user", "", "id of the person")
	email := flags.String("email", "", "address of the person")
	remove := flags.Bool("remove", false, "remove him from organizations that he is in")
	dryRun := flags.Bool("dry-run", false, "show what would be done, and do nothing")
	yes := flags.Bool("yes", false, "don't ask")
	if err := flags.Parse(arguments); err != nil || flags.NArg() > 0 || *userText == "" && *email == "" || *dryRun && *yes {
		return errors.Join(err, errors.New(usage))
	}
	var user directory.UserID
	if *userText != "" {
		var ok bool
		if user, ok = directory.ParseUserID(*userText); !ok {
			return errors.New("-user is not a person's id: 32 lower-case hex digits")
		}
	}
	if *email != "" {
		if _, fault := mail.ParseAddress(*email); fault != "" {
			return errors.New("-email " + fault)
		}
	}
	table, name, err := where.Open(ctx)
	if err != nil {
		return err
	}
	service := &erasure.Service{Store: table, Clock: time.Now}
	found, err := service.Find(ctx, user, *email)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "table %s\n", name)
	show(out, found)
	switch {
	case *dryRun:
		return nil
	case len(found.In) > 0 && !*remove:
		return fmt.Errorf("%w: let him be removed there first, or add -remove", erasure.ErrMember)
	case !*yes && !ask(in, out):
		return errors.New("nothing was changed")
	}
	report, err := service.Erase(ctx, user, *email, *remove)
	fmt.Fprintf(out, "emptied %d memberships, %d of them by removal; deleted %d requests for access, %d mails, %d rows that would have ended by themselves\n",
		report.Emptied, report.Removed, report.Deleted[erasure.Request], report.Deleted[erasure.Mail], report.Deleted[erasure.Passing])
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "done at %s. Write that and the ids down: a restore to an earlier moment undoes it (infra/procedures.md)\n", time.Now().UTC().Format(time.RFC3339))
	return nil
}

// show tells what an erasure would do, by ids and counts.
func show(out io.Writer, found erasure.Found) {
	for _, user := range found.Person.Users {
		fmt.Fprintf(out, "person %s\n", user)
	}
	counts := map[erasure.What]int{}
	for _, t := range found.Traces {
		counts[t.What]++
		switch {
		case t.What == erasure.Membership && slices.Contains(found.In, t.Member):
			fmt.Fprintf(out, "remove, and empty   %s (%s)\n", t.Row, t.Member.Role)
		case t.What == erasure.Membership:
			fmt.Fprintf(out, "empty               %s (%s)\n", t.Row, t.Member.State)
		default:
			fmt.Fprintf(out, "delete              %s (%s)\n", t.Row, t.What)
		}
	}
	fmt.Fprintf(out, "%d memberships, %d requests for access, %d mails, %d rows that end by themselves\n",
		counts[erasure.Membership], counts[erasure.Request], counts[erasure.Mail], counts[erasure.Passing])
	fmt.Fprintf(out, "kept: %d rows that name him by his id, %d by a hash of his address\n", found.Kept[erasure.Pseudonym], found.Kept[erasure.Hash])
	if found.Others > 0 {
		fmt.Fprintf(out, "left alone: %d rows of other accounts with an address of his. If they are the same person, name the address by -email\n", found.Others)
	}
	for _, row := range found.Unknown {
		fmt.Fprintf(out, "holds the address, or can't be read, and nothing is known of such rows: %s\n", row)
	}
}

// ask has a person agree by writing yes.
func ask(in io.Reader, out io.Writer) bool {
	fmt.Fprint(out, "This can't be undone. Write yes to go on: ")
	line, _ := bufio.NewReader(in).ReadString('\n')
	return strings.TrimSpace(line) == "yes"
}
