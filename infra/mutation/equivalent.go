package main

import (
	"fmt"
	"os"
	"strings"
)

// equivalent says why mutants behave as the original does: those of one function that make the same change.
type equivalent struct{ file, function, change, reason string }

// readEquivalent reads the file that lists them: file, function, change and reason, with " | " between them, a line each. Lines that begin with #
// are comments.
func readEquivalent(file string) ([]equivalent, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []equivalent
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		// A change may have || in it, but not with spaces around a single one.
		fields := strings.Split(line, " | ")
		if len(fields) != 4 {
			return nil, fmt.Errorf("%s: want file, function, change and reason, not %q", file, line)
		}
		all = append(all, equivalent{fields[0], fields[1], fields[2], fields[3]})
	}
	return all, nil
}

func (e equivalent) is(m *mutant) bool {
	return e.file == m.file.name && e.function == m.function && e.change == m.change
}
