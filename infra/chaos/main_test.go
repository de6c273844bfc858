package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"group-invites/infra/chaos/history"
	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
)

var (
	root, binaries string
	seed           = flag.Uint64("seed", 1, "of what is drawn by chance")
	histories      = flag.Int("histories", 40, "of capped links")
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

// TestChaos: all that `make chaos` does, but short, and its report.
func TestChaos(t *testing.T) {
	r := report{options: options{seed: *seed}, began: time.Now()}
	wrong := func(t *testing.T, all []string) {
		t.Helper()
		for _, w := range all {
			t.Error(w)
		}
	}
	s, err := open(t.Context(), root, binaries, processes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	for _, sc := range scenes(short, shortLonger) {
		t.Run(sc.name, func(t *testing.T) {
			d, err := sc.play(t.Context(), s, *seed)
			if err != nil {
				t.Fatal(err)
			}
			r.days = append(r.days, d)
			wrong(t, d.wrong)
		})
	}
	t.Run("rights that are lost", func(t *testing.T) {
		if err := r.rights.on(t.Context(), s, *seed, *histories/5); err != nil {
			t.Fatal(err)
		}
		wrong(t, r.rights.wrong)
		if r.rights.refused == 0 || r.rights.refused == r.rights.attempts || r.rights.overlapping == 0 {
			t.Errorf("they show nothing: %+v", r.rights)
		}
	})
	t.Run("histories of capped links", func(t *testing.T) {
		r.linear = linear{seed: *seed, answers: map[asked]int{}}
		for weather := range uint64(2) { // so many throttles that much is undecided, and so many lost answers
			l, err := runLinear(t.Context(), root, binaries, *seed+weather*perStack, *histories/2, func(text string) { t.Log(text) })
			if err != nil {
				t.Fatal(err)
			}
			r.linear.add(l)
		}
		wrong(t, r.linear.wrong)
		for _, want := range []asked{
			{history.Redeem, history.Joined}, {history.Redeem, history.Already}, {history.Redeem, history.UsedUp}, {history.Redeem, history.Gone}, {history.Redeem, history.Removed}, {history.Redeem, history.Unknown},
			{history.Preview, history.Seen}, {history.Read, history.Seen}, {history.Delete, history.Done}, {history.Leave, history.Done}, {history.Remove, history.Done}, {history.Add, history.Done}, {history.Make, history.Done},
		} {
			if r.linear.answers[want] == 0 {
				t.Errorf("of no %v came: %v", want.kind, want.answer)
			}
		}
	})
	text, err := r.markdown()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| 30% conflicts |", "| an outage: it cuts connections |", "Answers a second", "linearizable"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report has no %q", want)
		}
	}
	t.Log(text)
}
