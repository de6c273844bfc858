package contract

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCases_EachNamesTestsThatExist: every row of infra/cases.md tells a case and names at least one test function, and each that it names
// is there. That they hold is for the tests themselves.
func TestCases_EachNamesTestsThatExist(t *testing.T) {
	tests := testFunctions(t)
	named := map[string]bool{}
	told := map[string]bool{}
	for i, line := range strings.Split(file(t, "infra/cases.md"), "\n") {
		if !strings.HasPrefix(line, "|") || line == "| case | tests |" || line == "|---|---|" {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if len(cells) != 2 || strings.TrimSpace(cells[0]) == "" {
			t.Errorf("line %d is not a case and its tests: %s", i+1, line)
			continue
		}
		if told[cells[0]] {
			t.Errorf("line %d tells a case again: %s", i+1, line)
		}
		told[cells[0]] = true
		names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1)
		if len(names) == 0 {
			t.Errorf("line %d names no test: %s", i+1, line)
		}
		for _, name := range names {
			named[name[1]] = true
			if !tests[name[1]] {
				t.Errorf("line %d names %s, which there isn't", i+1, name[1])
			}
		}
	}
	if len(told) == 0 {
		t.Fatal("infra/cases.md has no cases")
	}
	t.Logf("%d cases, %d tests", len(told), len(named))
	if folder := os.Getenv("HELD"); folder != "" { // where make test looks for what it prints if all tests have passed
		text := fmt.Sprintf("%d cases of infra/cases.md hold, by %d tests\n", len(told), len(named))
		if err := os.WriteFile(filepath.Join(folder, "cases"), []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// testFunctions gives the test and fuzz functions of the module, as folder.Name.
func testFunctions(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	top := root(t)
	for _, part := range []string{"functions", "infra", "shared"} {
		err := filepath.WalkDir(filepath.Join(top, part), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, "_test.go") {
				return err
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			folder, err := filepath.Rel(top, filepath.Dir(name))
			for _, declaration := range parsed.Decls {
				f, ok := declaration.(*ast.FuncDecl)
				if ok && f.Recv == nil && regexp.MustCompile(`^(Test|Fuzz)[^a-z]`).MatchString(f.Name.Name) && f.Name.Name != "TestMain" {
					found[filepath.ToSlash(folder)+"."+f.Name.Name] = true
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}
