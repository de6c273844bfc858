package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"group-invites/infra/local/project"
)

// TestLeftOut_Exists: what is left out is there, in a package that runs.
func TestLeftOut_Exists(t *testing.T) {
	left, err := readLeftOut("left-out")
	if err != nil {
		t.Fatal(err)
	}
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	runs := map[string]bool{}
	for _, p := range packages {
		runs[p.name] = true
		if _, err := os.Stat(filepath.Join(root, strings.TrimSuffix(p.name, "/..."))); err != nil {
			t.Error(err)
		}
	}
	for _, l := range left {
		if !runs[l.pkg] {
			t.Errorf("left-out: %s isn't among the packages", l.pkg)
		}
		files, err := filepath.Glob(filepath.Join(root, l.pkg, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(string(text), "func "+l.test+"(t *testing.T)")
		}
		if !found {
			t.Errorf("left-out: there is no %s in %s", l.test, l.pkg)
		}
	}
}

func TestReadLeftOut_WantsAReason(t *testing.T) {
	file := filepath.Join(t.TempDir(), "left-out")
	for text, good := range map[string]bool{
		"# a comment\n\nshared/dynamo TestCosts figures are others\n": true,
		"shared/dynamo TestCosts\n":                                   false,
		"TestCosts figures are others\n":                              false,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if left, err := readLeftOut(file); (err == nil) != good || good && skipped(left, "shared/dynamo") != "^TestCosts$" {
			t.Errorf("%q: %v, %v", text, left, err)
		}
	}
}

func TestNewEnough_IsJava17OrLater(t *testing.T) {
	missing := errors.New("needs Java 17")
	for says, good := range map[string]bool{
		`openjdk version "17.0.15" 2025-04-15`: true,
		`openjdk version "21" 2023-09-19`:      true,
		`java version "1.8.0_402"`:             false,
		`openjdk version "11.0.22" 2024-01-16`: false,
		`no java here`:                         false,
	} {
		if err := newEnough([]byte(says), missing); (err == nil) != good || !good && !errors.Is(err, missing) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// TestFetch_TakesWhatIsListedAndNothingElse from a repository of the test's own.
func TestFetch_TakesWhatIsListedAndNothingElse(t *testing.T) {
	asked := 0
	repository := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.Path != "/org/example/thing/1/thing-1.jar" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Write([]byte("a jar"))
	}))
	t.Cleanup(repository.Close)
	t.Setenv("MAVEN_REPOSITORY", repository.URL+"/")
	list, folder := filepath.Join(t.TempDir(), "jars"), t.TempDir()
	listed := func(lines ...string) {
		t.Helper()
		if err := os.WriteFile(list, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	right, wrong := sumOf([]byte("a jar"))+"  ", sumOf([]byte("another"))+"  "
	if err := os.WriteFile(filepath.Join(folder, "thing-0.jar"), []byte("of the last version"), 0o600); err != nil {
		t.Fatal(err)
	}

	listed("# a comment", right+"org/example/thing/1/thing-1.jar")
	for range 2 { // fetched, and found
		if err := fetch(t.Context(), list, folder); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(folder, "thing-1.jar")); err != nil || string(text) != "a jar" || asked != 1 {
		t.Errorf("%q, %v, fetched %d times", text, err, asked)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	for _, line := range []string{wrong + "org/example/thing/1/thing-1.jar", right + "org/example/thing/2/thing-2.jar", right + "../../thing-1.jar", "thing-1.jar"} {
		listed(line)
		if err := fetch(t.Context(), list, folder); err == nil {
			t.Errorf("%q was taken", line)
		}
	}
}

func TestJars_AreListed(t *testing.T) {
	jars, err := readJars("jars")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, j := range jars {
		if names[j.name()] {
			t.Errorf("two files are called %s", j.name())
		}
		names[j.name()] = true
	}
	if len(jars) < 50 {
		t.Errorf("%d files", len(jars))
	}
}
