package sesmail

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"

	"group-invites/shared/directory"
)

// plain gives a name that someone chose as it is put into a mail: one line, and nothing in it that a mail client makes a link of.
// Anybody may name an organization, and has us mail that name to strangers under our own address; so it must not carry a link of his.
//
// Mail clients look for links in the text that they show, whatever the HTML says. Each has its own idea of one, so what all of them
// need is broken up: the dot of a domain becomes a middle dot; a space follows an at-sign, the colon of a scheme and the first of two
// slashes; a row of digits as long as a telephone number is set apart by middle dots. Names in which nothing of that could be a link
// stay as they are: "St. John's", "R.E.M.", "Team 7", "AC/DC", "Release 2.0.1"; "Node.js" becomes "Node·js".
//
// What was weighed:
//   - Invisible characters, such as a word joiner after the dot: some clients let them into a link, and browsers then leave them out of
//     the host (Unicode TS 46); libphonenumber takes them for punctuation of a number.
//   - Thin spaces and other dots: not everyone who looks for links knows that U+2009 is a space, and browsers take U+2024, U+3002
//     and their like for dots. Those count as dots here too.
//   - Elements within the word, or a link without an address around it, in HTML: neither helps in the text part and the subject.
//   - A list of top-level domains, so as to leave "Node.js" alone: it grows, and clients differ in theirs.
//
// A middle dot is in every font, isn't a dot to any browser, and parts words for those who look for links.
func plain(name string) string {
	shown := []rune(directory.CleanName(name))
	shown = dropSelectors(shown)
	return string(breakLinks(breakNumbers(shown)))
}

// dropSelectors leaves out what selects between text and emoji where that could hide inside a link, a number or a word. Browsers leave
// selectors out of hosts.
func dropSelectors(shown []rune) []rune {
	kept := make([]rune, 0, len(shown))
	for i, r := range shown {
		if r == '\ufe0e' || r == '\ufe0f' {
			afterSymbol := i > 0 && shown[i-1] > unicode.MaxASCII && unicode.Is(unicode.S, shown[i-1]) && read(shown[i-1]) == shown[i-1]
			beforeKeycap := i+1 < len(shown) && shown[i+1] == keycap
			if !afterSymbol && !beforeKeycap {
				continue
			}
		}
		kept = append(kept, r)
	}
	return kept
}

// read gives a character as a browser reads it in a link: a compatibility character, such as one of full width, as what it stands
// for, and every dot as one.
func read(r rune) rune {
	as := []rune(norm.NFKC.String(string(r)))
	switch {
	case as[0] == '。':
		return '.'
	case len(as) == 1:
		return as[0]
	case inLabel(as[len(as)-1]): // one that stands for several letters, such as ℡
		return '_'
	}
	return r
}

const (
	middleDot = '·'
	keycap    = '\u20e3' // makes a key of the digit before it: 7️⃣
)

// longestNumber is how many digits in a row are surely no telephone number. Seven are one in many countries.
const longestNumber = 6

// breakNumbers sets digits apart where more than six follow each other, with no more between them than is usual within
// telephone numbers.
func breakNumbers(shown []rune) []rune {
	broken := make([]rune, 0, len(shown))
	for i := 0; i < len(shown); {
		if !unicode.IsNumber(shown[i]) {
			broken = append(broken, shown[i])
			i++
			continue
		}
		end, digits := i, 0 // the number is shown[i:end]
		for j := i; j < len(shown) && (unicode.IsNumber(shown[j]) || withinNumber(read(shown[j]))); j++ {
			if unicode.IsNumber(shown[j]) {
				end = j + 1
				digits++
			}
		}
		if digits > longestNumber {
			broken = append(broken, setApart(shown[i:end])...)
		} else {
			broken = append(broken, shown[i:end]...)
		}
		i = end
	}
	return broken
}

// withinNumber tells whether a character may stand within a telephone number.
func withinNumber(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Pd, unicode.Ps, unicode.Pe) || strings.ContainsRune("./+~…‥⁓∼∕⁄−ー*#\ufe0f", r) || r == keycap
}

// setApart gives the digits of a number in groups, as they were written and at most four.
func setApart(number []rune) (apart []rune) {
	const group = 4
	inGroup := 0
	for _, r := range number {
		switch {
		case !unicode.IsNumber(r):
			inGroup = group
			continue
		case inGroup == group:
			apart = append(apart, middleDot)
			inGroup = 0
		}
		apart = append(apart, r)
		inGroup++
	}
	return apart
}

// breakLinks breaks what may be a domain, an address, a scheme or a path of a server, and what a client would decode in a subject
// (RFC 2047 marks encoded words by "=?").
func breakLinks(shown []rune) []rune {
	as := make([]rune, len(shown))
	for i, r := range shown {
		as[i] = read(r)
	}
	broken := make([]rune, 0, len(shown)+8)
	for i, r := range shown {
		next := ' '
		if i+1 < len(as) {
			next = as[i+1]
		}
		switch {
		case as[i] == '.' && partsDomain(as, i):
			broken = append(broken, middleDot)
		case as[i] == '@' && next != ' ',
			as[i] == ':' && next != ' ' && endsScheme(as, i),
			slash(as[i]) && slash(next),
			as[i] == '=' && next == '?':
			broken = append(broken, r, ' ')
		default:
			broken = append(broken, r)
		}
	}
	return broken
}

func slash(r rune) bool { return r == '/' || r == '\\' }

// endsScheme tells whether the colon at i may be that of a scheme, such as tel: (RFC 3986, section 3.1). That of 10:30 can't.
func endsScheme(as []rune, i int) bool {
	if i == 0 || as[i-1] > unicode.MaxASCII || !inLabel(as[i-1]) {
		return false
	}
	return !unicode.IsDigit(as[i-1]) || !unicode.IsDigit(as[i+1])
}

// partsDomain tells whether the dot at i may part a domain's labels. Not so that of initials, since no top-level domain has one letter,
// and not that before a number, unless there are three dots, as in 127.0.0.1, or it is that of "www.".
func partsDomain(as []rune, i int) bool {
	before, after := as[:i], as[i+1:]
	if len(before) == 0 || before[len(before)-1] == ' ' || len(after) == 0 || !inLabel(after[0]) {
		return false
	}
	left, right := label(before, -1), label(after, +1)
	if len(left) == 1 && len(right) == 1 && cased(left[0]) && cased(right[0]) {
		return false
	}
	return !number(right) || dotsAround(as, i) > 2 || strings.HasSuffix(strings.ToLower(string(left)), "www")
}

// label gives the domain label with which the text begins (step +1) or ends (step -1).
func label(text []rune, step int) []rune {
	n := 0
	for n < len(text) {
		r := text[n]
		if step < 0 {
			r = text[len(text)-1-n]
		}
		if !inLabel(r) {
			break
		}
		n++
	}
	if step < 0 {
		return text[len(text)-n:]
	}
	return text[:n]
}

// dotsAround counts the dots of the word around i.
func dotsAround(as []rune, i int) int {
	start, end := i, i
	for start > 0 && (as[start-1] == '.' || inLabel(as[start-1])) {
		start--
	}
	for end < len(as) && (as[end] == '.' || inLabel(as[end])) {
		end++
	}
	return strings.Count(string(as[start:end]), ".")
}

func inLabel(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.N) || r == '-' || r == '_'
}

func cased(r rune) bool { return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) }

func number(label []rune) bool {
	for _, r := range label {
		if !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// isolated gives a text so that its direction leaves alone what is around it: between FIRST STRONG ISOLATE and POP DIRECTIONAL
// ISOLATE (Unicode Annex 9), if it holds anything that isn't written from left to right. HTML has an element for that.
func isolated(s string) string {
	const firstStrongIsolate, popIsolate = "\u2068", "\u2069"
	for _, r := range s {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL || p.Class() == bidi.AN {
			return firstStrongIsolate + s + popIsolate
		}
	}
	return s
}
