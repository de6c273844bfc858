package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/project"
)

const tiny = "infra/mutation/testdata/tiny"

// TestMutate_TellsWhatBecameOfEachMutant takes as long as its one mutant that never ends.
func TestMutate_TellsWhatBecameOfEachMutant(t *testing.T) {
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	all, of, err := mutate(t.Context(), root, tiny, []string{tiny}, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]verdict{}
	for _, o := range all {
		got[o.function+": "+o.change] = o.verdict
	}
	for change, want := range map[string]verdict{
		"Larger: a > b → <=":     killed,
		"Larger: a > b → >=":     survived,
		"Sum: i < n → >=":        killed,
		"Sum: i < n → <=":        killed,
		"Sum: sum += i left out": killed,
		"Sum: i++ left out":      timedOut,
		"Name: case 1 left out":  unreached,
		"Name: 1 → 1+1":          unreached,
	} {
		if got[change] != want {
			t.Errorf("%s: %q, want %q", change, got[change], want)
		}
	}

	same := equivalent{tiny + "/tiny.go", "Larger", "a > b → >=", "equal ones are the same"}
	if errs := explain(all, []equivalent{same}, false); len(errs) > 0 {
		t.Error(errs)
	}
	text := markdown(tiny, []string{tiny}, all, of, time.Now(), "go test")
	for _, want := range []string{tiny + "/tiny.go:6 Larger: `` a > b → >= ``, equal ones are the same", "| case | 0.0 % | 1 | 0 | 0 | 0 | 1 | 0 |"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	same.change = "a > b → <="
	if errs := explain(all, []equivalent{same}, false); len(errs) != 1 {
		t.Errorf("a mutant that was killed counts as equivalent: %v", errs)
	}
	if errs := explain(all, []equivalent{same}, true); len(errs) != 1 {
		t.Errorf("a mutant that was drawn and killed counts as equivalent: %v", errs)
	}
	same.change = "none of its changes"
	if len(explain(all, []equivalent{same}, false)) != 1 || len(explain(all, []equivalent{same}, true)) != 0 {
		t.Error("of a sample an entry is an error that isn't of it, or of all mutants it is none")
	}
	same.file = "shared/linkcode/code.go"
	if errs := explain(all, []equivalent{same}, false); len(errs) != 0 {
		t.Errorf("an entry of a package that wasn't mutated: %v", errs)
	}
}

// TestMutate_AsksTheTestsOfOthers: what no test of the package itself reaches, that of one above it notices.
func TestMutate_AsksTheTestsOfOthers(t *testing.T) {
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := mutate(t.Context(), root, tiny, []string{tiny, "infra/mutation/testdata/above"}, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if want := map[string]verdict{"case 1 left out": killed, "1 → 1+1": killed, "a > b → >=": survived, "a > b → <=": killed}[o.change]; want != "" && o.verdict != want {
			t.Errorf("%s: %q, want %q", o.change, o.verdict, want)
		}
	}
}

// TestMutate_TriesASample, and says of how many.
func TestMutate_TriesASample(t *testing.T) {
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	all, of, err := mutate(t.Context(), root, tiny, []string{tiny}, 2, 3)
	if err != nil || len(all) != 3 || of <= 3 {
		t.Fatalf("%d of %d, %v", len(all), of, err)
	}
	if text := markdown(tiny, []string{tiny}, all, of, time.Now(), "go test"); !strings.Contains(text, fmt.Sprintf("3 of %d mutants were drawn", of)) {
		t.Error(text)
	}
}

// TestReadEquivalent_AsCommitted: the committed list can be read.
func TestReadEquivalent_AsCommitted(t *testing.T) {
	if all, err := readEquivalent("equivalent"); err != nil || len(all) == 0 {
		t.Errorf("%d entries, %v", len(all), err)
	}
}

func TestReadEquivalent_WantsAReason(t *testing.T) {
	file := filepath.Join(t.TempDir(), "equivalent")
	for text, good := range map[string]bool{
		"# a comment\n\na.go | F | a || b → && | b is what a is\n": true,
		"a.go | F | a || b → &&\n":                                 false,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readEquivalent(file); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}
