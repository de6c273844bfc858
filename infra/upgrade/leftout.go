package main

import (
	"fmt"
	"os"
	"strings"
)

// leftOut is a test that isn't run beside the last version.
type leftOut struct{ test, reason string }

// readLeftOut reads the file that lists such tests: a name and a reason a line. Lines that begin with # are comments.
func readLeftOut(file string) ([]leftOut, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out []leftOut
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		test, reason, found := strings.Cut(line, " ")
		if !found || !strings.HasPrefix(test, "Test") {
			return nil, fmt.Errorf("%s: want the name of a test and a reason, not %q", file, line)
		}
		out = append(out, leftOut{test, strings.TrimSpace(reason)})
	}
	return out, nil
}
