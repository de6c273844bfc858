package contract

import (
	"regexp"
	"slices"
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

// TestProcedures_SayWhatBecomesOfEachKindOfRow: an export and an erasure know every kind of row that the table may hold, or say why not.
func TestProcedures_SayWhatBecomesOfEachKindOfRow(t *testing.T) {
	_, items, _ := strings.Cut(file(t, "shared/dynamo/doc.go"), "# Items\n")
	items, _, _ = strings.Cut(items, "# Access patterns\n")
	kinds := regexp.MustCompile(`(?m)^//\t(\S.*?) +pk (\S+?),? `).FindAllStringSubmatch(items, -1)
	if len(kinds) < 17 {
		t.Fatalf("found %d kinds of rows in shared/dynamo/doc.go", len(kinds))
	}
	procedures := file(t, "infra/procedures.md")
	for _, kind := range kinds {
		if !regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta("`"+kind[2]+"` "+kind[1]) + ` \| \S.* \| \S.* \|$`).MatchString(procedures) {
			t.Errorf("infra/procedures.md doesn't say what becomes of `%s` %s in an export and by an erasure", kind[2], kind[1])
		}
	}
}

// TestProcedures_NameWhatThereIs: commands, parameters and sections.
func TestProcedures_NameWhatThereIs(t *testing.T) {
	procedures := file(t, "infra/procedures.md")
	for _, m := range regexp.MustCompile(`go run \./(infra/[a-z]+)`).FindAllStringSubmatch(procedures, -1) {
		if !strings.HasPrefix(file(t, m[1]+"/main.go"), "// Command "+strings.TrimPrefix(m[1], "infra/")+" ") {
			t.Errorf("%s is no command", m[1])
		}
	}
	parameters := document(t)["Parameters"].(map[string]any)
	for _, name := range []string{"TableName", "OpenConcurrency", "ThrottlingRateLimit", "PreviewRateLimit", "MailsPerSender", "MailsPerOrganization", "MailsPerNewOrganization", "LogRetentionDays"} {
		if parameters[name] == nil || !strings.Contains(procedures, "`"+name+"`") {
			t.Errorf("%s is no parameter, or not named", name)
		}
	}
	for _, m := range regexp.MustCompile(`\]\(#([a-z-]+)\)`).FindAllStringSubmatch(procedures, -1) {
		if !strings.Contains(strings.ToLower(procedures), "\n# "+strings.ReplaceAll(m[1], "-", " ")+"\n") {
			t.Errorf("there is no section %s", m[1])
		}
	}
}

// TestTable_MayBeAnother: a table of another name is given to everything that has to do with the table, because nothing names it but by the
// resource; and the one before stays.
func TestTable_MayBeAnother(t *testing.T) {
	table := resources(t, "AWS::DynamoDB::Table")["Table"]
	if got := texts(table.properties["TableName"]); !slices.Equal(got, []string{"HasTableName", "TableName", "AWS::NoValue"}) {
		t.Errorf("the table's name is by %q", got)
	}
	_, rest, _ := strings.Cut(file(t, "template.yaml"), "\nResources:\n")
	if n := strings.Count(rest, "!Ref TableName"); n != 1 {
		t.Errorf("the parameter TableName is used %d times: all but the table itself goes by the table", n)
	}
}
