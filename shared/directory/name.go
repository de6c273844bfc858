package directory

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// Limits of the names of organizations, groups and people.
const (
	MaxNameGraphemes = 80
	MaxNameBytes     = 320
)

// CheckName gives a name as it is stored: NFC, without spaces around it. It refuses, with a message for the caller, one
// that is empty, longer than the limits (graphemes are what a reader takes for one character: Unicode Annex 29), or that holds
// an invisible character: control, bidirectional override, zero-width and the like.
func CheckName(s string, maxGraphemes, maxBytes int) (name, fault string) {
	if len(s) > 4*maxBytes {
		return "", fmt.Sprintf("must be at most %d bytes", maxBytes) // before spending time on it
	}
	if !utf8.ValidString(s) {
		return "", "must be UTF-8"
	}
	name = norm.NFC.String(s)
	before := ' '
	for _, r := range name {
		if invisible(before, r) {
			return "", fmt.Sprintf("must not contain the invisible character U+%04X", r)
		}
		before = r
	}
	if name = strings.TrimSpace(name); name == "" {
		return "", "must not be empty"
	}
	if n := uniseg.GraphemeClusterCount(name); n > maxGraphemes {
		return "", fmt.Sprintf("must be at most %d characters, not %d", maxGraphemes, n)
	}
	if len(name) > maxBytes {
		return "", fmt.Sprintf("must be at most %d bytes, not %d", maxBytes, len(name))
	}
	return name, ""
}

// CleanName makes a name of a token's claim: what [CheckName] would refuse is left out or cut off. The result may be empty; else
// CheckName takes it as it is.
func CleanName(claim string) string {
	if len(claim) > 4*MaxNameBytes {
		claim = claim[:4*MaxNameBytes]
	}
	claim = visible(norm.NFC.String(strings.ToValidUTF8(claim, "")))
	// What was left out may have kept apart what composes, so normalize again.
	words := strings.Join(strings.Fields(norm.NFC.String(cutMarks(claim))), " ")

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

// visible leaves out invisible characters, and makes white space of what separates lines.
func visible(s string) string {
	before := ' '
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u2028', r == '\u2029':
			r = ' '
		case invisible(before, r), r == unicode.ReplacementChar:
			return -1
		}
		before = r
		return r
	}, s)
}

// maxMarks is how many combining marks a character of a claim keeps. No language needs as many; text with more than thirty
// isn't stream-safe (Unicode Annex 15), and normalizing puts an invisible joiner into it.
const maxMarks = 10

// cutMarks leaves out the combining marks of a character beyond the first ten.
func cutMarks(s string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		if norm.NFC.PropertiesString(string(r)).BoundaryBefore() {
			marks = 0
		} else if marks++; marks > maxMarks {
			return -1
		}
		return r
	}, s)
}

// invisible tells whether a name that holds the character, after the one before it, could look like another name, or turn text
// around it: control characters (Cc), format characters (Cf: bidirectional controls, zero-width, tags), line and paragraph
// separators, private use and surrogates, variation selectors where they select nothing, and the letters that show nothing.
func invisible(before, r rune) bool {
	switch {
	case r == '\ufe0e', r == '\ufe0f': // text or emoji: ❤ or ❤️
		return !unicode.In(before, unicode.S, unicode.P, unicode.N) && before != 'ℹ'
	case r == '\u2800': // the blank braille pattern
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
