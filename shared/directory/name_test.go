package directory_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"

	"group-invites/shared/directory"
)

func checkName(s string) (string, string) {
	return directory.CheckName(s, directory.MaxNameGraphemes, directory.MaxNameBytes)
}

func TestCheckName_Accepts(t *testing.T) {
	for _, c := range []struct{ what, name, want string }{
		{"letters", "Climbing club", "Climbing club"},
		{"spaces around, which it cuts", " \u00a0Climbing club\u3000 ", "Climbing club"},
		{"white space inside, as it is", "Climbing  club", "Climbing  club"},
		{"one character", "x", "x"},
		{"80 letters", strings.Repeat("x", 80), strings.Repeat("x", 80)},
		{"80 characters of 4 bytes", strings.Repeat("😀", 80), strings.Repeat("😀", 80)},
		{"320 bytes of letters with marks", strings.Repeat("q\u0308\u0301", 64), strings.Repeat("q\u0308\u0301", 64)},
		{"a decomposed letter, which it composes", "Zoe\u0308", "Zoë"},
		{"a compatibility look-alike of a letter, which it replaces", "\u212bngström", "Ångström"},
		{"scripts that run to the left", "נבחרת שחייה", "נבחרת שחייה"},
		{"scripts that need vowel signs", "क्रिकेट", "क्रिकेट"},
		{"Korean, which it composes", "\u1112\u1161\u11ab", "한"},
		{"flags", "🇩🇪🇫🇷", "🇩🇪🇫🇷"},
		{"40 flags, each two letters", strings.Repeat("🇩🇪", 40), strings.Repeat("🇩🇪", 40)},
		{"skin tones", "👋🏽", "👋🏽"},
		{"emoji with their variation selector", "❤️ ℹ️ 1️⃣ ©️", "❤️ ℹ️ 1️⃣ ©️"},
		{"markup, which whoever shows it escapes", "<b>&amp;'\"", "<b>&amp;'\""},
		{"a combining mark alone", "\u0301", "\u0301"},
		{"thirty combining marks", "a" + strings.Repeat("\u0316", 30), "a" + strings.Repeat("\u0316", 30)},
	} {
		t.Run(c.what, func(t *testing.T) {
			got, fault := checkName(c.name)
			if fault != "" || got != c.want {
				t.Errorf("CheckName(%q) = %q, %q; want %q", c.name, got, fault, c.want)
			}
		})
	}
}

func TestCheckName_Refuses(t *testing.T) {
	family := "👨\u200d👩\u200d👧\u200d👦"
	for _, c := range []struct{ what, name, fault string }{
		{"nothing", "", "must not be empty"},
		{"spaces only", " \u00a0\u2003\u3000", "must not be empty"},
		{"81 letters", strings.Repeat("x", 81), "must be at most 80 characters, not 81"},
		{"81 flags", strings.Repeat("🇩🇪", 40) + "x" + strings.Repeat("é", 40), "must be at most 80 characters, not 81"},
		{"more than 320 bytes", strings.Repeat("q\u0308\u0301", 64) + "x", "must be at most 320 bytes, not 321"},
		{"megabytes", strings.Repeat("x", 1<<20), "must be at most 320 bytes"},
		{"80 families, because of their zero-width joiners", strings.Repeat(family, 80), "must be at most 320 bytes"},
		{"one family, because of its zero-width joiners", family, "U+200D"},
		{"bidirectional override", "abc\u202etxt.exe", "U+202E"},
		{"left-to-right override", "\u202dabc", "U+202D"},
		{"bidirectional embedding", "a\u202ab", "U+202A"},
		{"bidirectional isolate", "a\u2066b", "U+2066"},
		{"pop directional isolate", "a\u2069b", "U+2069"},
		{"right-to-left mark", "a\u200fb", "U+200F"},
		{"Arabic letter mark", "a\u061cb", "U+061C"},
		{"zero-width space", "ad\u200bmin", "U+200B"},
		{"zero-width non-joiner", "ad\u200cmin", "U+200C"},
		{"word joiner", "ad\u2060min", "U+2060"},
		{"byte order mark", "\ufeffadmin", "U+FEFF"},
		{"soft hyphen", "ad\u00admin", "U+00AD"},
		{"combining grapheme joiner", "ad\u034fmin", "U+034F"},
		{"Mongolian vowel separator", "ad\u180emin", "U+180E"},
		{"Mongolian variation selector", "ad\u180bmin", "U+180B"},
		{"tag letters", "ad\U000e0061min", "U+E0061"},
		{"a variation selector after a letter", "Admin\ufe0f", "U+FE0F"},
		{"a variation selector alone", "\ufe0f", "U+FE0F"},
		{"two variation selectors", "❤\ufe0f\ufe0f", "U+FE0F"},
		{"variation selector 1", "x\ufe00", "U+FE00"},
		{"variation selector 17", "葛\U000e0100", "U+E0100"},
		{"a Hangul filler, which is blank", "\u3164", "U+3164"},
		{"a half-width Hangul filler", "\uffa0", "U+FFA0"},
		{"a choseong filler", "\u115f", "U+115F"},
		{"a jungseong filler", "\u1160", "U+1160"},
		{"the blank braille pattern", "\u2800", "U+2800"},
		{"Khmer inherent vowel", "\u17b4", "U+17B4"},
		{"NUL", "a\x00b", "U+0000"},
		{"line feed", "a\nb", "U+000A"},
		{"carriage return and a header", "a\r\nBcc: x@example.com", "U+000D"},
		{"tab", "a\tb", "U+0009"},
		{"a line's end around it", "a\n", "U+000A"},
		{"a tab around it", "\ta", "U+0009"},
		{"a line separator around it", "a\u2028", "U+2028"},
		{"escape", "a\x1b[31mb", "U+001B"},
		{"delete", "a\x7fb", "U+007F"},
		{"next line", "a\u0085b", "U+0085"},
		{"line separator", "a\u2028b", "U+2028"},
		{"paragraph separator", "a\u2029b", "U+2029"},
		{"private use", "a\ue000b", "U+E000"},
		{"interlinear annotation", "a\ufff9b", "U+FFF9"},
		{"musical format control", "a\U0001d173b", "U+1D173"},
		{"more than thirty combining marks", "a" + strings.Repeat("\u0316", 31), "U+034F"},
		{"text that isn't UTF-8", "a\xffb", "must be UTF-8"},
	} {
		t.Run(c.what, func(t *testing.T) {
			got, fault := checkName(c.name)
			if got != "" || !strings.Contains(fault, c.fault) {
				t.Errorf("CheckName(%q) = %q, %q; want fault %q", c.name, got, fault, c.fault)
			}
			if strings.ContainsFunc(fault, func(r rune) bool { return r > '~' || r < ' ' }) {
				t.Errorf("the message itself holds %q", fault)
			}
		})
	}
}

func TestCleanName(t *testing.T) {
	for _, c := range []struct{ what, claim, want string }{
		{"a name", "Anna Example", "Anna Example"},
		{"nothing", "", ""},
		{"white space only", " \n\t\u2028", ""},
		{"white space of all kinds", "  Anna\r\n\tExample\u2028Jr\u3000x ", "Anna Example Jr x"},
		{"a bidirectional override", "Anna\u202eelpmaxE", "AnnaelpmaxE"},
		{"zero-width characters", "A\u200bn\u200dn\ufeffa", "Anna"},
		{"control characters", "An\x00na\x1b[31m", "Anna[31m"},
		{"only invisible characters", "\u200b\u2800\u3164\ufe0f", ""},
		{"what composes when something between is left out", "Zoe\u200d\u0308", "Zoë"},
		{"bytes that aren't UTF-8", "An\xff\xfena", "Anna"},
		{"replacement characters", "An\ufffdna", "Anna"},
		{"a family, whose people come apart", "👨\u200d👩\u200d👧", "👨👩👧"},
		{"a variation selector after a letter", "Anna\ufe0f ❤\ufe0f", "Anna ❤\ufe0f"},
		{"a selector whose letter is left out", "❤\u200b\ufe0f", "❤\ufe0f"},
		{"100 letters", strings.Repeat("x", 100), strings.Repeat("x", 80)},
		{"a space at the cut", strings.Repeat("x", 79) + " yz", strings.Repeat("x", 79)},
		{"more bytes than there may be, cut between characters", strings.Repeat("q\u0308\u0301", 80), strings.Repeat("q\u0308\u0301", 64)},
		{"a megabyte", strings.Repeat("ü", 1<<19), strings.Repeat("ü", 80)},
		{"no-break spaces, which are spaces", "Anna\u00a0\u00a0Example", "Anna Example"},
		{"a letter buried in marks", "a" + strings.Repeat("\u0316", 40) + "b", "a" + strings.Repeat("\u0316", 10) + "b"},
		{"markup, which whoever shows it escapes", "<a href='x'>Anna</a>", "<a href='x'>Anna</a>"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := directory.CleanName(c.claim); got != c.want {
				t.Errorf("CleanName(%q) = %q, want %q", c.claim, got, c.want)
			}
		})
	}
}

// nameSeeds are what the fuzz tests begin with: each kind of character, alone and between others.
func nameSeeds(f *testing.F) {
	for _, s := range []string{
		"", " ", "Anna", "Zoe\u0308", "e\u200d\u0301", "a" + strings.Repeat("\u0316", 70), "\u0344\u0344", "❤\ufe0f", "\ufe0f", "x\ufe0f",
		"=\u0338\ufe0f", "\u1100\u1161\u11a8", "\u0915\u093c", "\u2126\u037e\ufe0f", "🇩🇪🇫", "👨\u200d👩\u200d👧", "\u202eabc\u2066", "a\xff\xc3",
		strings.Repeat("x", 79) + " \u0301", strings.Repeat("q\u0308\u0301", 80), "\u2028\u2029\u0085", "\u034f\u0316\u034f\u0300",
		"\U0001d15e\U0001d165", "\ufb1d\u05b4", "\u0cc6\u0cc2\u0cd5", "\u09c7\u09be", "\u1b06\u1b35", "ℹ\ufe0e",
	} {
		f.Add(s)
	}
}

func FuzzCheckName(f *testing.F) {
	nameSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		name, fault := checkName(s)
		if (name == "") == (fault == "") {
			t.Fatalf("CheckName(%q) = %q, %q", s, name, fault)
		}
		if fault == "" {
			storable(t, name)
		}
	})
}

func FuzzCleanName(f *testing.F) {
	nameSeeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if name := directory.CleanName(s); name != "" {
			storable(t, name)
			if again := directory.CleanName(name); again != name {
				t.Errorf("cleaned again %q is %q", name, again)
			}
		}
	})
}

// storable checks what holds of every name that is stored.
func storable(t *testing.T, name string) {
	t.Helper()
	if again, fault := checkName(name); again != name || fault != "" {
		t.Errorf("CheckName(%+q) = %+q, %q; want it unchanged", name, again, fault)
	}
	if !utf8.ValidString(name) || !norm.NFC.IsNormalString(name) || len(name) > 320 || uniseg.GraphemeClusterCount(name) > 80 {
		t.Errorf("%+q is not a name as it is stored", name)
	}
	if strings.ContainsFunc(name, func(r rune) bool {
		return unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}) {
		t.Errorf("%+q holds an invisible character", name)
	}
}

// Random bytes seldom hit what makes Unicode hard, so this draws from characters that compose, join, reorder or vanish.
func TestNames_OfRandomHardCharactersAreStoredAsTheyAreShown(t *testing.T) {
	hard := []rune("aeo ÅqΩ=<1#❤ℹ\u00a0\u0300\u0301\u0308\u0316\u0323\u0338\u0344\u0345\u034f\u0f71\u0f72\u0f73\u0903\u0915\u093c\u094d\u09c7\u09be\u0cc6\u0cc2\u0cd5" +
		"\u1100\u1161\u11a8\uac00\u115f\u200b\u200c\u200d\u202e\u2028\ufe0e\ufe0f\ufffd\u2126\u212b\u20e3\u3099\u304b\U0001d15e\U0001d165\U0001d16d" +
		"\u1fef\u037e\ufb1d\u05b4\u05bc\u0ddd\u0dca\u0dcf👨👩🏽🇩🇪\u2800\u180b\u1b06\u1b35\U00011131\U00011127\u0654\u0627\u0340\u0343\u1e9b\u0323")
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 5))
		for range 500 {
			text := make([]rune, random.IntN(120))
			few := hard[random.IntN(len(hard)-6):][:6]
			for i := range text {
				text[i] = few[random.IntN(6)]
				if random.IntN(4) == 0 {
					text[i] = hard[random.IntN(len(hard))]
				}
			}
			if name, fault := checkName(string(text)); fault == "" {
				storable(t, name)
			}
			if name := directory.CleanName(string(text)); name != "" {
				storable(t, name)
			}
			if t.Failed() {
				t.Fatalf("text was %+q", string(text))
			}
		}
	}
}
