package contract

import (
	"regexp"
	"strings"
	"testing"

	"group-invites/infra/local/stack"
)

// TestReadme_ShowsTheWalkThrough: the README's commands are those that `make run` prints and the acceptance suite runs.
func TestReadme_ShowsTheWalkThrough(t *testing.T) {
	block := regexp.MustCompile("(?s)<!-- walk -->\n```sh\n(.*?)```\n<!-- /walk -->").FindStringSubmatch(file(t, "README.md"))
	if block == nil {
		t.Fatal("the README has no walk-through")
	}
	if script := file(t, "infra/local/walkthrough.sh"); block[1] != script {
		t.Errorf("the README has\n%s\nwant that of infra/local/walkthrough.sh\n%s", block[1], script)
	}
}

// TestReadme_NamesOnlyMakeTargetsThatExist: what documents tell people to run is there.
func TestReadme_NamesOnlyMakeTargetsThatExist(t *testing.T) {
	makefile := file(t, "Makefile")
	for _, document := range []string{"README.md", "CONTRIBUTING.md"} {
		for _, m := range regexp.MustCompile("(?m)(?:`|^)make ([a-z0-9-]+)").FindAllStringSubmatch(file(t, document), -1) {
			if !strings.Contains(makefile, "\n"+m[1]+":") {
				t.Errorf("%s names make %s, which there isn't", document, m[1])
			}
		}
	}
}

// TestLocalFunctionsAreBuiltAsDeployed: with the same flags, for the machine's own processor.
func TestLocalFunctionsAreBuiltAsDeployed(t *testing.T) {
	makefile := file(t, "Makefile")
	for name, value := range map[string]string{"BUILD_TAGS": stack.BuildTags, "LINK_FLAGS": stack.BuildLDFlags, "BUILD_FLAGS": "-trimpath"} {
		if !regexp.MustCompile(`(?m)^` + name + ` +:= ` + regexp.QuoteMeta(value) + `$`).MatchString(makefile) {
			t.Errorf("the Makefile's %s is not %q", name, value)
		}
	}
}

// TestAudit_ThePageHasWordsForEveryAct: what the audit may hold is said in words by the web app, and in the API's document.
func TestAudit_ThePageHasWordsForEveryAct(t *testing.T) {
	acts := regexp.MustCompile(`(?m)^\tAudit\w+ +(?:string )?= "([a-z_.]+)"`).FindAllStringSubmatch(file(t, "shared/directory/store.go"), -1)
	if len(acts) < 10 {
		t.Fatalf("found %d acts in shared/directory/store.go", len(acts))
	}
	texts, contract := file(t, "functions/web/ui/src/texts.ts"), file(t, "functions/web/openapi.yaml")
	for _, act := range acts {
		if !strings.Contains(texts, `"`+act[1]+`":`) {
			t.Errorf("texts.ts has no words for %s", act[1])
		}
		if !strings.Contains(contract, act[1]) {
			t.Errorf("openapi.yaml doesn't name %s", act[1])
		}
	}
}
