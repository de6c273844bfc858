package invite_test

import "strings"

// row gives one row of the table as text.
func (s scene) row(pk, sk string) string {
	s.Helper()
	for line := range strings.Lines(s.Content()) {
		if strings.HasPrefix(line, pk+" "+sk+" ") {
			return line
		}
	}
	s.Fatalf("no row %s %s", pk, sk)
	return ""
}
