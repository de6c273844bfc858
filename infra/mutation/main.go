package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"group-invites/infra/local/project"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	reports := flag.String("reports", "infra/mutation/reports", "folder that a report on each package is written to")
	list := flag.String("equivalent", "infra/mutation/equivalent", "file that names equivalent mutants")
	jobs := flag.Int("jobs", runtime.NumCPU(), "mutants tried at the same time")
	sample := flag.Int("sample", 0, "how many mutants of a package are drawn and tried, the same ones each time; 0: all")
	flag.Parse()
	root, err := project.Root()
	if err != nil {
		return err
	}
	same, err := readEquivalent(filepath.Join(root, *list))
	if err != nil {
		return err
	}
	var unmatched []error
	for _, argument := range flag.Args() {
		start := time.Now()
		folder, others, _ := strings.Cut(argument, "=")
		folder = filepath.ToSlash(filepath.Clean(folder))
		tests := []string{folder}
		if others != "" {
			tests = append(tests, strings.Split(others, ",")...)
		}
		all, of, err := mutate(ctx, root, folder, tests, *jobs, *sample)
		if err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
		unmatched = append(unmatched, explain(all, same, len(all) < of)...)
		text := markdown(folder, tests, all, of, time.Now(), command(*sample, argument))
		file := filepath.Join(root, *reports, strings.ReplaceAll(folder, "/", "-")+".md")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
		fmt.Printf("%s: %d mutants, %s: %s\n", folder, len(all), time.Since(start).Round(time.Second), file)
	}
	return errors.Join(unmatched...)
}

// outcome is what became of a mutant, and why it doesn't count, if it doesn't.
type outcome struct {
	*mutant
	folder  string
	verdict verdict
	reason  string
}

func (o outcome) dead() bool { return o.verdict == killed || o.verdict == timedOut }

func command(sample int, argument string) string {
	if sample > 0 {
		argument = fmt.Sprintf("-sample %d %s", sample, argument)
	}
	return "go run ./infra/mutation " + argument
}

// mutate tries mutants of a package, so many at the same time, by the tests of folders: all of them, or a sample; of says of how many. Survivors are printed
// as they are found.
func mutate(ctx context.Context, root, folder string, tests []string, jobs, sample int) (all []outcome, of int, err error) {
	p, err := load(root, folder)
	if err != nil {
		return nil, 0, err
	}
	mutants, err := p.keepCompiling(find(p))
	if err != nil {
		return nil, 0, err
	}
	scratch, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return nil, 0, err
	}
	defer os.RemoveAll(scratch)
	binaries, err := build(ctx, root, p, mutants, scratch, tests)
	if err != nil {
		return nil, 0, err
	}
	of = len(mutants)
	if sample > 0 && sample < of {
		rand.New(rand.NewPCG(1, 0)).Shuffle(of, func(i, j int) { mutants[i], mutants[j] = mutants[j], mutants[i] })
		mutants = mutants[:sample]
		slices.SortFunc(mutants, func(a, b *mutant) int { return cmp.Compare(a.id, b.id) })
	}
	all = make([]outcome, len(mutants))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(jobs)
	for i, m := range mutants {
		group.Go(func() error {
			v, err := try(ctx, binaries, m.id)
			all[i] = outcome{mutant: m, folder: folder, verdict: v}
			if err == nil && !all[i].dead() {
				fmt.Printf("%d of %d: %s:%d %s: %s, %s\n", m.id, of, m.file.name, m.line, m.function, m.change, v)
			}
			return err
		})
	}
	return all, of, group.Wait()
}

// explain gives survivors their reasons. An entry about a package that was mutated, which is none of a survivor, is an error; unless only a sample was tried,
// and that mutant not.
func explain(all []outcome, same []equivalent, sampled bool) []error {
	var unmatched []error
	for _, e := range same {
		mutated, tried, found := false, !sampled, false
		for i := range all {
			mutated = mutated || all[i].folder == filepath.ToSlash(filepath.Dir(e.file))
			if !e.is(all[i].mutant) {
				continue
			}
			tried = true
			if !all[i].dead() {
				all[i].reason, found = e.reason, true
			}
		}
		if mutated && tried && !found {
			unmatched = append(unmatched, fmt.Errorf("equivalent: no survivor in %s, %s: %s", e.file, e.function, e.change))
		}
	}
	return unmatched
}
