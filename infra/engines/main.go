// Command engines runs the tests that need a table on Amazon's DynamoDB Local, instead of the engine that they run on otherwise.
//
//	go run ./infra/engines [-run PATTERN] [package ...]
//
// What both engines agree on is no habit of either. Where they differ, README.md in this folder says who is right, and what the tests make of it.
//
// It needs Java 17 or later, and fetches DynamoDB Local from Maven Central (MAVEN_REPOSITORY names a mirror) into .local/dynamodb-local, each file held
// to the checksum in the file jars. Packages run one after the other, each on an engine that was started for it, in memory.
//
// What can't run there stands in the file left-out, with the reason.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"group-invites/infra/local/project"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "engines:", err)
		os.Exit(1)
	}
}

// packages are those whose tests run against the engine, and what they need to be told there. Acceptance tests wait for each other: their stacks
// share one engine, which does one thing after the other.
var packages = []struct {
	name  string
	flags []string
}{
	{name: "shared/dynamo"},
	{name: "shared/invite"},
	{name: "shared/directory"},
	{name: "shared/mirror"},
	{name: "shared/accessrequest"},
	{name: "shared/outbox"},
	{name: "shared/optout"},
	{name: "shared/erasure"},
	{name: "shared/tally"},
	{name: "functions/..."},
	{name: "infra/invariants/check"},
	{name: "infra/export"},
	{name: "infra/restore"},
	{name: "infra/local/seed"},
	{name: "infra/crash"},
	{name: "infra/model", flags: []string{"-rapid.checks", "100"}},
	{name: "infra/acceptance", flags: []string{"-parallel", "1"}},
}

func run(ctx context.Context) error {
	pattern := flag.String("run", "", "run those tests only whose names match")
	flag.Parse()
	root, err := project.Root()
	if err != nil {
		return err
	}
	left, err := readLeftOut(filepath.Join(root, "infra", "engines", "left-out"))
	if err != nil {
		return err
	}
	java, err := findJava(ctx)
	if err != nil {
		return err
	}
	folder := filepath.Join(root, ".local", "dynamodb-local")
	if err := fetch(ctx, filepath.Join(root, "infra", "engines", "jars"), folder); err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, name := range flag.Args() {
		wanted[name] = true
	}
	var failed error
	for _, p := range packages {
		if flag.NArg() > 0 && !wanted[p.name] {
			continue
		}
		delete(wanted, p.name)
		arguments := []string{"test", "-count=1", "-timeout", "30m", "-run", *pattern, "-skip", skipped(left, p.name), "./" + p.name}
		if err := on(ctx, java, folder, root, p.name, append(arguments, p.flags...)); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", p.name, err))
		}
	}
	for name := range wanted {
		failed = errors.Join(failed, fmt.Errorf("%s isn't among the packages that run here", name))
	}
	return failed
}

// on runs the go command on an engine of its own, and says how long what it is about has taken.
func on(ctx context.Context, java, folder, root, about string, arguments []string) error {
	begin := time.Now()
	e, err := start(ctx, java, folder)
	if err != nil {
		return err
	}
	defer e.process.Stop(3 * time.Second)
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "DYNAMODB_ENDPOINT="+e.endpoint)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // its stacks' processes end with it
	err = cmd.Run()
	fmt.Printf("%6.0fs  %s\n", time.Since(begin).Seconds(), about)
	return err
}
