package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"group-invites/infra/local/project"
)

// repository is a Git repository of one version, which is tagged.
func repository(t *testing.T) (root string, v last) {
	t.Helper()
	root = t.TempDir()
	put(t, root, "functions/redeem-invite/main.go", "package main // first\n")
	gitIn(t, root, "init", "--quiet")
	v = last{"v1.0.0", commit(t, root)}
	gitIn(t, root, "tag", "-a", "-m", "first", v.tag)
	return root, v
}

func put(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func gitIn(t *testing.T, root string, arguments ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"}, arguments...)...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v", arguments[0], err)
	}
	return strings.TrimSpace(string(out))
}

func commit(t *testing.T, root string) string {
	t.Helper()
	gitIn(t, root, "add", "--all")
	gitIn(t, root, "commit", "--quiet", "--message", "More")
	return gitIn(t, root, "rev-parse", "HEAD")
}

func TestSources_AreThoseOfTheLastVersion(t *testing.T) {
	root, v := repository(t)
	put(t, root, "functions/redeem-invite/main.go", "package main // second\n")
	commit(t, root)
	gitIn(t, root, "tag", "--delete", v.tag) // the recorded commit is enough
	for range 2 {                            // taken out, and found
		folder, err := v.sources(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(filepath.Join(folder, "functions", "redeem-invite", "main.go")); err != nil || string(text) != "package main // first\n" {
			t.Errorf("%q, %v", text, err)
		}
	}
}

func TestSources_WithoutHistoryCantBeHad(t *testing.T) {
	root, v := repository(t)
	put(t, root, "more", "more\n")
	commit(t, root)
	shallow := filepath.Join(t.TempDir(), "shallow")
	gitIn(t, root, "clone", "--quiet", "--depth", "1", "--no-tags", "file://"+root, shallow)
	for _, where := range []string{shallow, t.TempDir()} {
		if _, err := v.sources(t.Context(), where); !errors.Is(err, errNoHistory) {
			t.Errorf("%v, want %v", err, errNoHistory)
		}
	}
}

func TestSources_AWrongRecordIsRefused(t *testing.T) {
	root, v := repository(t)
	put(t, root, "more", "more\n")
	second := commit(t, root)
	if _, err := (last{v.tag, second}).sources(t.Context(), root); err == nil || errors.Is(err, errNoHistory) {
		t.Errorf("a commit that isn't the tag's: %v", err)
	}
	gitIn(t, root, "tag", "-a", "-m", "second", "v1.1.0")
	if _, err := v.sources(t.Context(), root); err != nil {
		t.Errorf("the version that is going out has the one before as its last one: %v", err)
	}
	put(t, root, "more", "still more\n")
	commit(t, root)
	if _, err := v.sources(t.Context(), root); err == nil || !strings.Contains(err.Error(), "make released VERSION=1.1.0") {
		t.Errorf("a version went out and wasn't recorded: %v", err)
	}
}

// TestRecords_AreFit: both files of this folder can be read, and what is left out exists.
func TestRecords_AreFit(t *testing.T) {
	if _, err := readLast("last"); err != nil {
		t.Error(err)
	}
	left, err := readLeftOut("left-out")
	if err != nil {
		t.Fatal(err)
	}
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "infra", "acceptance", "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no acceptance suite")
	}
	var suite strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		suite.Write(text)
	}
	for _, l := range left {
		if !strings.Contains(suite.String(), "func "+l.test+"(t *testing.T)") {
			t.Errorf("left-out: there is no %s", l.test)
		}
	}
	if rest := regexp.MustCompile(`func (Test\w+)`).FindAllStringSubmatch(suite.String(), -1); len(rest) < 4*len(left) {
		t.Errorf("%d of %d tests are left out", len(left), len(rest))
	}
}
