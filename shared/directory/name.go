package directory

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// Limits of the names of organizations, groups and people.
const (
	MaxNameGraphemes = 80
	MaxNameBytes     = 320
)

// CheckName gives a name as it is stored: NFC, without white space around it. It refuses, with a message for the caller, one
// that is empty, longer than the limits (graphemes are what a reader takes for one character: Unicode Annex 29), or that holds
// an invisible character: control, bidirectional override, zero-width and the like.
func CheckName(s string, maxGraphemes, maxBytes int) (name, fault string) {
	if len(s) > 4*maxBytes {
		return "", fmt.Sprintf("must be at most %d bytes", maxBytes) // before spending time on it
	}
	name = strings.TrimSpace(norm.NFC.String(s))
	if name == "" {
		return "", "must not be empty"
	}
	for _, r := range name {
		if invisible(r) {
			return "", fmt.Sprintf("must not contain the invisible character U+%04X", r)
		}
	}
	if n := uniseg.GraphemeClusterCount(name); n > maxGraphemes {
		return "", fmt.Sprintf("must be at most %d characters, not %d", maxGraphemes, n)
	}
	if len(name) > maxBytes {
		return "", fmt.Sprintf("must be at most %d bytes, not %d", maxBytes, len(name))
	}
	return name, ""
}

// CleanName makes a name of a token's claim: what [CheckName] would refuse is left out or cut off. The result may be empty.
func CleanName(claim string) string {
	if len(claim) > 4*MaxNameBytes {
		claim = claim[:4*MaxNameBytes]
	}
	claim = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u2028', r == '\u2029':
			return ' '
		case invisible(r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(claim, "")))
	words := strings.Join(strings.Fields(claim), " ")

	var name strings.Builder
	count := 0
	for rest, state := words, -1; rest != "" && count < MaxNameGraphemes; count++ {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if name.Len()+len(cluster) > MaxNameBytes {
			break
		}
		name.WriteString(cluster)
	}
	return strings.TrimSpace(name.String())
}

// invisible tells whether a name that holds the character could look like another name, or turn text around it: control
// characters (Cc), format characters (Cf: bidirectional controls, zero-width, tags), line and paragraph separators, private use
// and surrogates, and the letters that show nothing.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs, unicode.Other_Default_Ignorable_Code_Point) ||
		r == '\u2800' // the blank braille pattern
}
