// Command upgrade tries this version beside the last one: while a canary runs, and after it was taken back, functions of both read and write
// one table, one stream and one key ring.
//
//	go run ./infra/upgrade [-seed N] [-run PATTERN] [-alone]
//
// It takes the sources of the last version out of Git, builds all of its functions as those of this one are built, and runs the acceptance suite on
// stacks where a call goes to either: once by chance, once with all that the last version writes read by this one, and once the other way round. The
// template is this version's, so that its policies, routes, streams and schedules are tried with the functions of the last one too; in their
// environment is what their own template gives.
//
// Which version is the last one stands in the file last: its tag, and its commit for checkouts without tags. It is written when a version goes
// out (CONTRIBUTING.md). Where the history isn't there, nothing can be tried: the command says so, and succeeds.
//
// What it doesn't run stands in the file left-out, with the reason. A test that belongs there fails by chance, where the last version gets the call that
// matters: -alone runs the suite with the last version's functions alone, so that such a test fails each time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "upgrade:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	seed := flag.Uint64("seed", 0, "decides which version gets a call; 0 takes one by chance, and prints it")
	pattern := flag.String("run", "", "run those tests only whose names match")
	alone := flag.Bool("alone", false, "run the tests with the last version alone, to see what belongs into left-out")
	flag.Parse()
	if *seed == 0 {
		*seed = rand.Uint64N(1_000_000)
	}
	root, err := project.Root()
	if err != nil {
		return err
	}
	last, err := readLast(filepath.Join(root, "infra", "upgrade", "last"))
	if err != nil {
		return err
	}
	begin := time.Now()
	step := func(text string) { fmt.Printf("%5.0fs  %s\n", time.Since(begin).Seconds(), text) }

	sources, err := last.sources(ctx, root)
	if errors.Is(err, errNoHistory) {
		fmt.Printf("WARNING: this version was NOT tried beside %s: %v\n", last.tag, err)
		return nil
	}
	if err != nil {
		return err
	}
	step("building " + last.tag)
	binaries := filepath.Join(filepath.Dir(sources), "bin")
	if err := stack.Build(ctx, sources, binaries); err != nil {
		return fmt.Errorf("%s: %w", last.tag, err)
	}
	s, err := newSuite(ctx, root, last.tag, sources, binaries)
	if err != nil {
		return err
	}
	if *pattern != "" {
		s.pattern = *pattern
	}
	var failed error
	tried := orders(*seed)
	if *alone {
		tried = []anOrder{{"last-alone", "all goes to the last version", ""}}
	}
	for _, o := range tried {
		step(o.name + ": " + o.says)
		failed = errors.Join(failed, s.run(ctx, o))
	}
	if failed == nil {
		step("the two work together")
	}
	return failed
}
