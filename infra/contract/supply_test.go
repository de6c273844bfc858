package contract

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// TestSupply_PackagesOfNpmAreKnownByTheirChecksums: each comes from the public registry or a mirror of it, as it was when it was locked, and runs nothing
// as it is installed.
func TestSupply_PackagesOfNpmAreKnownByTheirChecksums(t *testing.T) {
	for _, folder := range []string{"functions/web/ui", "functions/web/ui/e2e", "infra/local/engine"} {
		if !strings.Contains(file(t, folder+"/.npmrc"), "\nignore-scripts=true\n") {
			t.Errorf("%s: packages may run scripts", folder)
		}
		var lock struct {
			Packages map[string]struct {
				Integrity        string
				Resolved         string
				HasInstallScript bool
				Link             bool
			}
		}
		if err := json.Unmarshal([]byte(file(t, folder+"/package-lock.json")), &lock); err != nil || len(lock.Packages) < 2 {
			t.Fatalf("%s: %d packages, %v", folder, len(lock.Packages), err)
		}
		for name, p := range lock.Packages {
			if name == "" {
				continue
			}
			if !strings.HasPrefix(p.Integrity, "sha512-") || p.Link || p.HasInstallScript || p.Resolved != "" && !strings.HasPrefix(p.Resolved, "https://registry.npmjs.org/") {
				t.Errorf("%s, %s: %+v", folder, name, p)
			}
		}
	}
}

// TestSupply_ToolsOfPythonAreKnownByTheirChecksums: those that are asked for and all that they need, at one version each; pip is told to take nothing else.
func TestSupply_ToolsOfPythonAreKnownByTheirChecksums(t *testing.T) {
	locked := "\n" + file(t, "infra/requirements.txt")
	for _, line := range strings.Split(strings.TrimSpace(file(t, "infra/requirements.in")), "\n") {
		if !strings.HasPrefix(line, "#") && !strings.Contains(locked, "\n"+line+" \\\n") {
			t.Errorf("requirements.txt isn't made of requirements.in: no %s", line)
		}
	}
	entry := regexp.MustCompile(`(?m)^[a-z0-9._-]+==[^\s;]+(?: ; [^\\\n]+)? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+`)
	if rest := strings.TrimSpace(regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(entry.ReplaceAllString(locked, ""), "")); rest != "" || len(entry.FindAllString(locked, -1)) < 10 {
		t.Errorf("requirements.txt has more than versions and checksums: %.300s", rest)
	}
	if !strings.Contains(file(t, "Makefile"), "pip install -q --no-deps --require-hashes -r $<") {
		t.Error("the Makefile installs tools without their checksums")
	}
}

// TestSupply_ModulesAreThoseOfTheirAuthors: none is replaced, and none is taken past the checksums of go.sum.
func TestSupply_ModulesAreThoseOfTheirAuthors(t *testing.T) {
	if regexp.MustCompile(`(?m)^\s*(replace|exclude)\b`).MatchString(file(t, "go.mod")) {
		t.Error("go.mod replaces or leaves out modules")
	}
	for _, name := range []string{"Makefile", ".ci/run", "infra/sbom/modules.go"} {
		if regexp.MustCompile(`GONOSUMDB|GONOSUMCHECK|GOFLAGS=-mod=mod|GOINSECURE|GOSUMDB=off`).MatchString(file(t, name)) {
			t.Errorf("%s passes by the checksums of modules", name)
		}
	}
}
