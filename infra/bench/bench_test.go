package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/project"
	"group-invites/infra/local/template"
)

// The binaries of the tests, built once.
var testRoot, testBinaries, testDeployed string

// built are the functions that the tests run. In the place of all others stands hello.
var built = []string{"redeem-invite", "create-invite", "list-invites", "directory", "tally"}

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "bench-")
	if err == nil {
		testRoot, err = project.Root()
	}
	if err == nil {
		testBinaries, testDeployed = filepath.Join(folder, "functions"), filepath.Join(folder, "deployed")
		err = build(context.Background(), testRoot, testBinaries, testDeployed, built)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

func testScene(t *testing.T) *scene {
	s, err := newScene(t.Context(), testRoot, testBinaries)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func functionOf(t *testing.T, s *scene, name string) template.Function {
	all := s.Template().Functions
	i := slices.IndexFunc(all, func(f template.Function) bool { return f.Name == name })
	if i < 0 {
		t.Fatal("no " + name)
	}
	return all[i]
}

// most allocations of a request, of a single caller: what was measured, and a tenth for what comes and goes with pools and connections. One that is
// over them does more than it did.
var allocations = map[string]float64{"RedeemOrg": 1400, "RedeemAnyone": 1440, "RedeemCapped": 1460, "RedeemAgain": 880, "RedeemForged": 235}

// TestReport_ShortForm: the report is made of what each part measures, and a redeem allocates no more than it did, calls no oftener and logs no more.
func TestReport_ShortForm(t *testing.T) {
	var some []operation
	for _, o := range operations {
		if o.benchmark == "" || o.benchmark == "RedeemAnyone" {
			some = append(some, o)
		}
	}
	all, err := measureBuilt(t.Context(), testRoot, testBinaries, testDeployed, some, built[:1], short)
	if err != nil {
		t.Fatal(err)
	}
	redeem := all.http[2]
	if u := redeem.use; u.Calls > 2.5 || u.Logged <= 0 || u.Logged > 300 || u.CPU <= 0 || redeem.own <= 0 || redeem.engine <= 0 || redeem.peakMany < 1<<20 {
		t.Errorf("%+v", redeem)
	}
	for _, s := range all.starts {
		if s.time <= 0 || s.cpu <= 0 || s.peak < 1<<20 || s.zip < 1<<20 {
			t.Errorf("%+v", s)
		}
	}
	if len(all.inside) != len(allocations) {
		t.Errorf("benchmarks: %+v", all.inside)
	}
	for name, limit := range allocations {
		if got := all.inside[name].allocations; got == 0 || got > limit {
			t.Errorf("%s: %v allocations a request, at most %v", name, got, limit)
		}
	}
	text, err := all.markdown()
	if err != nil || strings.Contains(text, "NaN") || strings.Contains(text, "%!") || strings.Count(text, "\n| redeem as someone new |") != 4 {
		t.Errorf("%v\n%s", err, text)
	}
}
