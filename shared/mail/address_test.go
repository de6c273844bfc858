package mail_test

import (
	"strings"
	"testing"

	"group-invites/shared/mail"
)

func TestParseAddress_Takes(t *testing.T) {
	for in, want := range map[string]string{
		"mira@example.com":                            "mira@example.com",
		" mira@example.com\n":                         "mira@example.com",
		"Mira.O'Neil+invites@Sub.EXAMPLE.com":         "Mira.O'Neil+invites@sub.example.com",
		"a@xn--bcher-kva.example":                     "a@xn--bcher-kva.example",
		"mira＠example．com":                            "mira@example.com", // as some keyboards write it
		"x@1.com":                                     "x@1.com",
		strings.Repeat("l", 64) + "@example.com":      strings.Repeat("l", 64) + "@example.com",
		"a@" + strings.Repeat("d", 63) + ".example":   "a@" + strings.Repeat("d", 63) + ".example",
		"!#$%&'*+-/=?^_`{|}~@example.com":             "!#$%&'*+-/=?^_`{|}~@example.com",
		"l@" + strings.Repeat("d.", 123) + "example":  "",
		"l@" + strings.Repeat("d.", 122) + "co.museu": "l@" + strings.Repeat("d.", 122) + "co.museu",
	} {
		a, fault := mail.ParseAddress(in)
		if want == "" {
			if fault == "" {
				t.Errorf("%q: taken", in)
			}
			continue
		}
		if fault != "" || a.String() != want {
			t.Errorf("%q: %q, %s", in, a, fault)
		}
	}
}

func TestParseAddress_Refuses(t *testing.T) {
	for _, in := range []string{
		"", " ", "mira", "@", "a@b", "mira@", "@example.com", "a@b@example.com", "Mira <mira@example.com>", "<mira@example.com>", "mira@example.com,b@example.com",
		"mira@example.com;", "mira@example.com\nBcc: b@example.com", "mi\r\nra@example.com", "mi ra@example.com", "x@[127.0.0.1]", "x@127.0.0.1", "x@[IPv6:::1]",
		`"mira"@example.com`, "mira@exam_ple.com", "mira@-example.com", "mira@example-.com", "mira@.com", "mira@example..com", "mira@example.com.", ".mira@example.com",
		"mira.@example.com", "mi..ra@example.com", "mira@bücher.example", "mïra@example.com", "mira\x00@example.com", "mira@exam\u200bple.com", "mailto:mira@example.com",
		strings.Repeat("l", 65) + "@example.com", "a@" + strings.Repeat("d", 64) + ".example", strings.Repeat("a@b.c", 10000), "mira@example.com%0aBcc:b@example.com",
		"mira(comment)@example.com", `mi\ra@example.com`, "mira@example.123", "\xff@example.com",
	} {
		if a, fault := mail.ParseAddress(in); fault == "" || !a.IsZero() {
			t.Errorf("%.80q is taken: %q", in, a)
		}
	}
}

func TestAddress_HasOneKeyWhateverTheCase(t *testing.T) {
	a, _ := mail.ParseAddress("Mira@Example.com")
	b, _ := mail.ParseAddress("mIRA@example.COM")
	c, _ := mail.ParseAddress("mira@example.org")
	if a.Key() != b.Key() || a.ID() != b.ID() {
		t.Error("two keys for one address")
	}
	if a.Key() == c.Key() || a.ID() == c.ID() {
		t.Error("one key for two addresses")
	}
	if id, ok := mail.ParseID(a.ID().String()); !ok || id != a.ID() {
		t.Error("an id isn't read as it is written")
	}
}

// FuzzParseAddress: what is taken fits into a header and a command of SMTP as it is, and is taken again as the same.
func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"mira@example.com", "Mira <m@x.y>", "a@b", "x@[127.0.0.1]", "a@b.c\r\nBcc: d@e.f", "＠"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, fault := mail.ParseAddress(s)
		if fault != "" {
			return
		}
		text := a.String()
		if len(text) > 254 || strings.Count(text, "@") != 1 || strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(`<>()[],;:"\`, c) }) {
			t.Errorf("%q is taken as %q", s, text)
		}
		if again, fault := mail.ParseAddress(text); fault != "" || again != a {
			t.Errorf("%q is %q at first and %q again: %s", s, text, again, fault)
		}
	})
}
