package contract

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// asvsSections are the numbers of lines in each section of OWASP ASVS 5.0.0, by chapter: its table of contents, to hold infra/asvs.md against.
var asvsSections = [][]int{
	{2, 10, 12, 3, 3}, {3, 3, 5, 2}, {1, 3, 5, 8, 8, 1, 5}, {5, 5, 2, 4}, {1, 6, 3, 3}, {3, 12, 8, 6, 8, 4, 2, 4}, {3, 4, 2, 5, 3, 2}, {4, 4, 3, 2}, {3, 4},
	{2, 3, 5, 16, 5, 2, 3}, {4, 5, 5, 4, 2, 2, 2}, {5, 2, 5}, {4, 6, 4, 7}, {2, 8, 3}, {5, 5, 7, 4}, {1, 5, 4, 3, 4}, {2, 8, 2},
}

// TestASVS_EachLineIsThereOnce, in order, with an answer; and one that is held names a test, a document or a file.
func TestASVS_EachLineIsThereOnce(t *testing.T) {
	var want []string
	for chapter, sections := range asvsSections {
		for section, lines := range sections {
			for line := range lines {
				want = append(want, fmt.Sprintf("%d.%d.%d", chapter+1, section+1, line+1))
			}
		}
	}
	var got []string
	answers := []string{"Held", "AWS", "Issuer", "Operator", "None", "Not met"}
	for i, line := range strings.Split(file(t, "infra/asvs.md"), "\n") {
		if !regexp.MustCompile(`^\| \d`).MatchString(line) {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 4 || !regexp.MustCompile(`^[123](–[123])?$`).MatchString(cells[1]) {
			t.Errorf("line %d has %d cells: %s", i+1, len(cells), line)
			continue
		}
		first, last, _ := strings.Cut(cells[0], "–")
		from, to := slices.Index(want, first), slices.Index(want, first)
		if last != "" {
			to = slices.Index(want, last)
		}
		if from < 0 || to < from {
			t.Errorf("line %d is about %q, which the standard doesn't have", i+1, cells[0])
			continue
		}
		got = append(got, want[from:to+1]...)
		if !slices.ContainsFunc(answers, func(a string) bool { return strings.HasPrefix(cells[3], a) }) {
			t.Errorf("line %d, %s: no answer: %s", i+1, cells[0], cells[3])
		}
	}
	if !slices.Equal(got, want) {
		for _, line := range want {
			if n := count(got, line); n != 1 {
				t.Errorf("%s is there %d times", line, n)
			}
		}
		t.Errorf("%d lines, want %d in order", len(got), len(want))
	}
}

// TestSecurity_NamesTestsAndPlacesThatExist: each test, file and heading that SECURITY.md and infra/asvs.md name is there.
func TestSecurity_NamesTestsAndPlacesThatExist(t *testing.T) {
	tests := testFunctions(t)
	for document, least := range map[string]int{"SECURITY.md": 30, "infra/asvs.md": 100} {
		text := file(t, document)
		named := map[string]bool{}
		for _, m := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(text, -1) {
			name := m[1]
			switch {
			case regexp.MustCompile(`\.(Test|Fuzz)[A-Z]\w*$`).MatchString(name):
				named[name] = true
				if !tests[name] {
					t.Errorf("%s names %s, which there isn't", document, name)
				}
			case regexp.MustCompile(`^(functions|shared|infra)/\S+\.\w+$`).MatchString(name):
				if _, err := os.Stat(filepath.Join(root(t), name)); err != nil {
					t.Errorf("%s names %s, which there isn't", document, name)
				}
			case strings.Contains(name, "Test") && strings.Contains(name, "_"):
				t.Errorf("%s names %s, and not the folder of that test", document, name)
			}
		}
		if len(named) < least {
			t.Errorf("%s names %d tests, which can't be all", document, len(named))
		}
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			checkLink(t, document, m[1])
		}
	}
}

// checkLink follows a link of a document to another one, and to a heading in it.
func checkLink(t *testing.T, document, link string) {
	t.Helper()
	if strings.HasPrefix(link, "https://") {
		return
	}
	path, heading, _ := strings.Cut(link, "#")
	target := document
	if path != "" {
		target = filepath.ToSlash(filepath.Join(filepath.Dir(document), path))
	}
	if _, err := os.Stat(filepath.Join(root(t), target)); err != nil {
		t.Errorf("%s leads to %s, which there isn't", document, link)
		return
	}
	if heading == "" {
		return
	}
	var headings []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(file(t, target), -1) {
		headings = append(headings, strings.ReplaceAll(strings.ToLower(regexp.MustCompile(`[^\w\s-]`).ReplaceAllString(m[1], "")), " ", "-"))
	}
	if !slices.Contains(headings, heading) {
		t.Errorf("%s leads to %s, and the headings there are %s", document, link, strconv.Quote(strings.Join(headings, " ")))
	}
}
