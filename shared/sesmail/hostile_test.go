package sesmail_test

import (
	"html"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"group-invites/shared/mail"
	"group-invites/shared/sesmail"
)

// links are what mail clients make links of, each a little more than any client does.
var links = map[string]*regexp.Regexp{
	"scheme":  regexp.MustCompile(`(?i)[a-z][a-z0-9+-]*:[/\\]`),
	"address": regexp.MustCompile(`(?i)(https?|ftp|file|mailto|tel|sms|callto|skype|geo|data|javascript|urn|x-[a-z-]+):[\pL\pN+%]`),
	"www":     regexp.MustCompile(`(?i)www\.[\pL\pM\pN]`),
	"domain":  regexp.MustCompile(`[^\s.“\x{2068}]\.[\pL\pM\pN_-]*\pL[\pL\pM\pN_-]`),
	"IP":      regexp.MustCompile(`\d+\.\d+\.\d+\.\d+`),
	"e-mail":  regexp.MustCompile(`@[\pL\pM\pN\pS]`),
	"server":  regexp.MustCompile(`[/\\]{2}`),
	"number":  regexp.MustCompile(`\pN(?:[\s\p{Pd}\p{Ps}\p{Pe}./+~*#]*\pN){6,}`),
	"encoded": regexp.MustCompile(`=\?`),
}

// asBrowsersRead gives a text as it would be read within a link: compatibility characters as what they stand for, ignorable ones left
// out, every dot a dot (Unicode TS 46). They refuse characters that stand for a dot and more, such as ⒈ and ㏂.
func asBrowsersRead(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return -1
		}
		if '⒈' <= r && r <= '⒛' || strings.ContainsRune("㏂㏇㏘", r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
	return strings.NewReplacer("。", ".").Replace(norm.NFKC.String(s))
}

func noLinks(t testing.TB, where, s string) {
	t.Helper()
	texts := []string{s, asBrowsersRead(s)}
	for what, pattern := range links {
		for _, text := range texts {
			for _, found := range pattern.FindAllString(text, -1) {
				if what == "number" && !unicode.IsDigit([]rune(found)[0]) || what == "number" && countDigits(found) < 7 {
					continue // other numbers, such as ⅞, aren't digits
				}
				t.Errorf("%s: a client may make a link of the %s %q in\n%q", where, what, found, excerpt(s, found))
			}
		}
	}
}

// excerpt gives what is around the text that was found.
func excerpt(s, found string) string {
	at := max(strings.Index(s, found), 0)
	return strings.ToValidUTF8(s[max(at-30, 0):min(at+len(found)+30, len(s))], "")
}

func countDigits(s string) (n int) {
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

var (
	tag      = regexp.MustCompile(`<[^>]*>`)
	inline   = regexp.MustCompile(`</?(bdi|strong|a)( [^>]*)?>`)
	href     = regexp.MustCompile(`href="([^"]*)"`)
	label    = regexp.MustCompile(` aria-label="[^"]*"`)
	head     = regexp.MustCompile(`(?s)<style>.*</style>`)
	expected = []string{"From", "Reply-To", "To", "Subject", "Date", "Message-Id", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language", "Mime-Version", "Content-Type"}
)

// skeleton gives the tags of a page, without the one attribute that holds names.
func skeleton(page string) []string { return tag.FindAllString(label.ReplaceAllString(page, ""), -1) }

// shown gives the text of a page. What is in different blocks isn't next to each other.
func shown(page string) string {
	page = inline.ReplaceAllString(head.ReplaceAllString(page, ""), "")
	return html.UnescapeString(tag.ReplaceAllString(page, "\n|\n"))
}

// holds checks a mail against the same one with names that nobody minds.
func holds(t testing.TB, got, tame letter) {
	t.Helper()
	if !slices.Equal(fields(got.header), expected) {
		t.Errorf("the header has %v", fields(got.header))
	}
	for _, f := range expected {
		if f != "Subject" && f != "Message-Id" && f != "Content-Type" && got.header.Get(f) != tame.header.Get(f) {
			t.Errorf("%s: %q", f, got.header.Get(f))
		}
	}
	noLinks(t, "subject", got.subject(t))
	if strings.ContainsFunc(got.subject(t), unicode.IsControl) {
		t.Errorf("subject: %q", got.subject(t))
	}

	if strings.Count(got.text, "\n") != strings.Count(tame.text, "\n") {
		t.Errorf("the text has %d lines, not %d", strings.Count(got.text, "\n"), strings.Count(tame.text, "\n"))
	}
	own := []string{linkURL, unsubscribeURL}
	for _, url := range own {
		if !strings.Contains(got.text, "\n"+url+"\n") {
			t.Errorf("the text has no line with %s", url)
		}
	}
	without := strings.NewReplacer(linkURL, "", unsubscribeURL, "")
	noLinks(t, "text", without.Replace(got.text))

	if !slices.Equal(skeleton(got.html), skeleton(tame.html)) {
		t.Errorf("the HTML has other tags:\n%v\nnot\n%v", skeleton(got.html), skeleton(tame.html))
	}
	var hrefs []string
	for _, m := range href.FindAllStringSubmatch(got.html, -1) {
		hrefs = append(hrefs, m[1])
	}
	if !slices.Equal(hrefs, []string{linkURL, linkURL, unsubscribeURL}) {
		t.Errorf("the HTML links to %v", hrefs)
	}
	noLinks(t, "HTML", without.Replace(shown(got.html)))
}

// named is an invitation with those names.
func named(sender, org, group, label, creator string) mail.Message {
	return invitation(func(i *mail.Invitation) {
		i.SenderName, i.OrgName, i.GroupName, i.Label, i.CreatorName = sender, org, group, label, creator
	})
}

// tame gives a name that nobody minds, or none where there is none.
func tame(name string) string {
	if sesmail.Plain(name) == "" {
		return ""
	}
	return "Tame"
}

func checkNames(t testing.TB, c *sesmail.Composer, sender, org, group, label, creator string) {
	t.Helper()
	got := compose(t, c, named(sender, org, group, label, creator))
	holds(t, got, compose(t, c, named(tame(sender), tame(org), tame(group), tame(label), tame(creator))))
}

// pieces are what hostile names are made of.
var pieces = []string{
	"<a href=\"http://evil.com\">", "</bdi>", "</title>", "<!--", "-->", "<script>", "&lt;script&gt;", "&#46;", "&amp;", "\"", "'", "`", "\r\n", "\r\nBcc: user@evil.com\r\n",
	"\n\n", "\u2028", "\u2029", "\u0085", "\x00", "\x1b[0m", "\u202e", "\u2066", "\u2069", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u200d", "\ufe0f", "\u20e3", "\u0301",
	"www.", "www", "evil", "com", "evil.com", "evil。com", "evil．com", "evil․com", "．", "｡", ".", "..", "/", "//", "\\", "\\\\", ":", "：", "://", "http://", "https:", "mailto:",
	"tel:", "javascript:", "data:text/html,", "user@evil.com", "@", "＠", "@handle", "#tag", "+1 555 123 4567", "555", "1234567", "12", "3", "(", ")", "-", "–", "·", "０", "٣", "৩",
	"10.0.0.1", "[", "]", "{{.}}", "{{template \"top\" .}}", "$(id)", "${x}", "%s", "%2e", "=?utf-8?q?=2E?=", "=?", "?=", "=0D=0A", "--", "שלום", "مرحبا", "李雷", "é", "❤️", "😀",
	" ", "\u00a0", "\u3000", "\u2009", "_", "~", "*", "|", "\xff", "\xc3", "ﬁ", "℡", "㏂", "⒈", "…", "½", "x", "B",
}

func TestCompose_HostileNames(t *testing.T) {
	c := composer(t)
	for _, piece := range pieces {
		checkNames(t, c, piece, piece, piece, piece, piece)
	}
	random := rand.New(rand.NewPCG(1, 2))
	name := func() string {
		var s strings.Builder
		for range random.IntN(9) {
			s.WriteString(pieces[random.IntN(len(pieces))])
		}
		return s.String()
	}
	for range 100 {
		names := []string{name(), name(), name(), name(), name()}
		checkNames(t, c, names[0], names[1], names[2], names[3], names[4])
		if t.Failed() {
			t.Fatalf("names were %q", names)
		}
	}
}

func FuzzCompose(f *testing.F) {
	c := composer(f)
	for i := 0; i < len(pieces); i += 5 {
		f.Add(pieces[i], pieces[(i+7)%len(pieces)], pieces[(i+20)%len(pieces)], pieces[(i+31)%len(pieces)], pieces[(i+53)%len(pieces)])
	}
	f.Fuzz(func(t *testing.T, sender, org, group, label, creator string) {
		checkNames(t, c, sender, org, group, label, creator)
	})
}
