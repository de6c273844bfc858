package main

import (
	"fmt"
	"os"
	"strings"
)

// leftOut is a test that can't run on DynamoDB Local.
type leftOut struct{ pkg, test, reason string }

// readLeftOut reads the file that lists such tests: package, name and reason, a line each. Lines that begin with # are comments.
func readLeftOut(file string) ([]leftOut, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out []leftOut
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) < 3 || !strings.HasPrefix(fields[1], "Test") {
			return nil, fmt.Errorf("%s: want a package, the name of a test and a reason, not %q", file, line)
		}
		out = append(out, leftOut{fields[0], fields[1], strings.Join(fields[2:], " ")})
	}
	return out, nil
}

// skipped gives the pattern of the tests of a package that aren't run. An empty one skips none.
func skipped(left []leftOut, pkg string) string {
	var names []string
	for _, l := range left {
		if l.pkg == pkg {
			names = append(names, "^"+l.test+"$")
		}
	}
	return strings.Join(names, "|")
}
