package sesevent

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDetail is the length of a detail, in bytes.
const maxDetail = 300

// clean joins what was said, as it is stored and shown: one line of valid text without addresses, since the people who see it may
// not know to which other addresses a mail was passed on. Servers write anything into it.
func clean(parts ...string) string {
	var kept []string
	for _, p := range parts {
		p = strings.Map(func(r rune) rune {
			switch {
			case unicode.IsSpace(r), unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp):
				return ' '
			case unicode.Is(unicode.Cf, r), r == utf8.RuneError:
				return -1
			}
			return r
		}, strings.ToValidUTF8(p, ""))
		p = address.ReplaceAllString(p, "(address)")
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			kept = append(kept, p)
		}
	}
	return cut(strings.Join(kept, ": "))
}

// address is whatever has an at-sign within.
var address = regexp.MustCompile(`[<'(\[]*("[^"]*"|[^\s<>"'()\[\],;:]*)@[^\s<>"'()\[\],;]*[>"')\]]*`)

// cut gives at most so much as is stored.
func cut(s string) string {
	if len(s) <= maxDetail {
		return s
	}
	const more = "…"
	s = s[:maxDetail-len(more)]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + more
}
