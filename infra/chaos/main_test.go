package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
)

var (
	root, binaries string
	seed           = flag.Uint64("seed", 1, "of what is drawn by chance")
	histories      = flag.Int("histories", 100, "of capped links")
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := func() (int, error) {
		folder, err := os.MkdirTemp("", "chaos-")
		if err != nil {
			return 1, err
		}
		defer os.RemoveAll(folder)
		if root, err = project.Root(); err != nil {
			return 1, err
		}
		binaries = filepath.Join(folder, "functions")
		if err := stack.Build(context.Background(), root, binaries); err != nil {
			return 1, err
		}
		return m.Run(), nil
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// TestLinear: some histories of capped links, as `make chaos` goes through thousands.
func TestLinear(t *testing.T) {
	l, err := runLinear(t.Context(), root, binaries, *seed, *histories, func(text string) { t.Log(text) })
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d operations, %d dealt, %v, longest %v, %+v, %d rows, %v", l.operations, l.dealt, l.answers, l.longest, l.faults, l.rows, l.took)
	for _, w := range l.wrong {
		t.Error(w)
	}
}

// TestScenes: each day on which something goes wrong, as `make chaos` has them, but short.
func TestScenes(t *testing.T) {
	s, err := open(t.Context(), root, binaries, processes)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	for _, sc := range scenes(short, shortLonger) {
		t.Run(sc.name, func(t *testing.T) {
			d, err := sc.play(t.Context(), s, *seed)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v %+v, mails %d of %d, caught up after %v, in function %v, %v right %v undecided %v, goroutines %v", d.capped, d.uncapped, d.delivered, d.mails, d.caughtUp, d.inFunction, d.faults, d.right, d.undecided, d.goroutines)
			for _, w := range d.wrong {
				t.Error(w)
			}
		})
	}
}
