// Command bench measures how fast the operations are and what they take, and writes infra/bench/REPORT.md.
//
//	go run ./infra/bench           all of it: some minutes, on a machine that does nothing else
//	go run ./infra/bench -short    a few requests of each, to see that it works; prints the report, and keeps nothing
//	go run ./infra/bench -run PATTERN  of the floor and the operations whose names match, over HTTP, what their functions take; keeps nothing
//
// # Over HTTP
//
// Each operation has a local stack of its own: the gateway of infra/local, the very binaries that are deployed, the engine. One caller, then 32 at once, send
// requests that were made before. In the place of one function stands [group-invites/infra/bench/hello], which does nothing: what its requests take, the stack
// takes for any. In the place of another stands [group-invites/infra/bench/calls], which calls the table twice and does nothing with it. The time on a
// processor is that of the function's processes, by the kernel's account of their threads; calls, units and bytes of the log are those that infra/costs counts.
//
// # In process
//
// The benchmarks of the functions' folders (go test -bench . ./functions/...) call a function with the bytes of an event, as Lambda's runtime does, on an
// engine of their own. That leaves out the gateway, the Runtime API and the AWS endpoint.
//
// # Start
//
// Each function's program is started against a Runtime API that does no more than it must, with its endpoints on loopback, in turns with hello and calls.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"group-invites/infra/local/project"
	"group-invites/infra/meter"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	quick := flag.Bool("short", false, "send a few requests only, and keep no report")
	pattern := flag.String("run", "", "measure what these operations take over HTTP, and nothing else")
	flag.Parse()
	root, err := project.Root()
	if err != nil {
		return err
	}
	e := thorough
	if *quick {
		e = short
	}
	if *pattern != "" {
		return some(ctx, root, *pattern, e)
	}
	all, err := measure(ctx, root, operations, nil, e)
	if err != nil {
		return err
	}
	text, err := all.markdown()
	if err != nil {
		return err
	}
	if *quick {
		fmt.Print(text)
		return nil
	}
	return os.WriteFile(filepath.Join(root, "infra", "bench", "REPORT.md"), []byte(text), 0o644)
}

// results are all that is reported.
type results struct {
	date, machine string
	effort        effort
	operations    []operation
	http          []took // by operation
	inside        map[string]inside
	past          pace // of the floor, past the gateway
	pastOwn       float64
	starts        []start // the first is hello's
}

// measure measures the operations, and the start of the functions in only, or, without it, of all.
func measure(ctx context.Context, root string, operations []operation, only []string, e effort) (r results, err error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	binaries, deployed := filepath.Join(folder, "functions"), filepath.Join(folder, "deployed")
	if err := build(ctx, root, binaries, deployed, only); err != nil {
		return r, err
	}
	return measureBuilt(ctx, root, binaries, deployed, operations, only, e)
}

// measureBuilt is measure with what build has built.
func measureBuilt(ctx context.Context, root, binaries, deployed string, operations []operation, only []string, e effort) (r results, err error) {
	r = results{date: time.Now().UTC().Format("2006-01-02 15:04 UTC"), machine: meter.Machine(), effort: e, operations: operations}
	var functions []string
	for _, o := range operations {
		progress("over HTTP: " + o.name)
		t, err := overHTTP(ctx, root, binaries, o, e)
		if err != nil {
			return r, fmt.Errorf("%s: %w", o.name, err)
		}
		r.http = append(r.http, t)
		if o.benchmark != "" && !slices.Contains(functions, o.function) {
			functions = append(functions, o.function)
		}
	}
	progress("past the gateway")
	if r.past, r.pastOwn, err = pastGateway(ctx, root, binaries, e); err != nil {
		return r, err
	}
	progress("starts")
	if r.starts, err = starts(ctx, root, binaries, deployed, only, e); err != nil {
		return r, err
	}
	progress("in process")
	r.inside, err = inProcess(ctx, root, functions, e.bench)
	return r, err
}

// some prints what the floor and the operations take whose names match.
func some(ctx context.Context, root, pattern string, e effort) error {
	named, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := build(ctx, root, folder, filepath.Join(folder, "deployed"), nil); err != nil {
		return err
	}
	for _, o := range operations {
		if standIns[o.function] == "" && !named.MatchString(o.name) {
			continue
		}
		t, err := overHTTP(ctx, root, folder, o, e)
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		fmt.Printf("%-40s %6.0f µs, %5.1f MB alone, %5.1f MB among %d, p50 %v, %v\n", o.name, t.use.CPU, float64(t.peakAlone)/1e6,
			float64(t.peakMany)/1e6, most, t.alone.P50, t.many.P50)
	}
	return nil
}

func progress(step string) { fmt.Fprintln(os.Stderr, time.Now().Format(time.TimeOnly), step) }
