package linkcode_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"group-invites/shared/linkcode"
)

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// Secrets of the tests, each of a ring of its own where it isn't said otherwise.
const (
	secretA = "first secret of the ring: 32 bytes or more"
	secretB = "second secret, exactly 32 bytes."
)

func parseRing(t testing.TB, text, stack string) *linkcode.Ring {
	t.Helper()
	ring, err := linkcode.ParseRing([]byte(text), stack)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// ringOf makes a ring of numbered secrets.
func ringOf(t testing.TB, signing string, secrets map[string]string) *linkcode.Ring {
	t.Helper()
	fields := map[string]any{"signing": signing}
	for number, secret := range secrets {
		fields[number] = secret
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return parseRing(t, string(text), "prod")
}

var testGroup, testInvite = [8]byte{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}, [8]byte{0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10}

type vectors struct {
	Rings map[string]string `json:"rings"`
	Codes []struct {
		Ring, Stack, Group, Invite, Code string
	} `json:"codes"`
	Refused []struct {
		Why, Ring, Stack, Code string
	} `json:"refused"`
}

// readVectors reads the frozen vectors. They were computed apart from this package, from RFC 5869 and RFC 2104, and don't change:
// a code that is out in the world must stay good.
func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVectors(t *testing.T) {
	v := readVectors(t)
	for _, c := range v.Codes {
		t.Run(fmt.Sprintf("ring %s of stack %s signs %s %s", c.Ring, c.Stack, c.Group, c.Invite), func(t *testing.T) {
			ring := parseRing(t, v.Rings[c.Ring], c.Stack)
			group, invite, ok := ring.Verify(c.Code)
			if !ok || hex.EncodeToString(group[:]) != c.Group || hex.EncodeToString(invite[:]) != c.Invite {
				t.Errorf("Verify(%s) = %x, %x, %v", c.Code, group, invite, ok)
			}
			var g, i [8]byte
			hex.Decode(g[:], []byte(c.Group))
			hex.Decode(i[:], []byte(c.Invite))
			if code := ring.Sign(g, i); code != c.Code {
				t.Errorf("Sign = %s, want %s", code, c.Code)
			}
		})
	}
	for _, c := range v.Refused {
		t.Run("refuses a code "+c.Why, func(t *testing.T) { refused(t, parseRing(t, v.Rings[c.Ring], c.Stack), c.Code) })
	}
}

// refused checks that a code is, and that nothing of it comes out.
func refused(t *testing.T, ring *linkcode.Ring, code string) {
	t.Helper()
	group, invite, ok := ring.Verify(code)
	if ok || group != [8]byte{} || invite != [8]byte{} {
		t.Errorf("Verify(%q) = %x, %x, %v; want it refused", code, group, invite, ok)
	}
}

func TestSign(t *testing.T) {
	ring := ringOf(t, "7", map[string]string{"7": secretA})
	seen := map[string]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		var group, invite [8]byte
		for i := range group {
			group[i], invite[i] = byte(random.Uint32()), byte(random.Uint32())
		}
		code := ring.Sign(group, invite)
		if len(code) != linkcode.Length || linkcode.Length != 44 || strings.Trim(code, alphabet) != "" {
			t.Fatalf("code %q isn't 44 characters of base64url", code)
		}
		if seen[code] {
			t.Fatalf("code %q twice", code)
		}
		seen[code] = true
		if again := ring.Sign(group, invite); again != code {
			t.Fatalf("the same ids gave %q and %q", code, again)
		}
		g, i, ok := ring.Verify(code)
		if !ok || g != group || i != invite {
			t.Fatalf("a genuine code was refused: %q", code)
		}
	}
}

func TestVerify_RefusesEveryChangeOfACode(t *testing.T) {
	ring := ringOf(t, "1", map[string]string{"0": secretB, "1": secretA})
	code := ring.Sign(testGroup, testInvite)
	raw, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("every single bit flipped", func(t *testing.T) {
		for bit := range 8 * len(raw) {
			forged := bytes.Clone(raw)
			forged[bit/8] ^= 1 << (bit % 8)
			refused(t, ring, base64.RawURLEncoding.EncodeToString(forged))
		}
	})
	t.Run("every other character at every place", func(t *testing.T) {
		for i := range code {
			for c := range 256 {
				if byte(c) != code[i] {
					refused(t, ring, code[:i]+string([]byte{byte(c)})+code[i+1:])
				}
			}
		}
	})
	t.Run("every truncation", func(t *testing.T) {
		for n := range code {
			refused(t, ring, code[:n])
			refused(t, ring, code[n+1:])
			refused(t, ring, code[:n]+code[n+1:])
		}
	})
	t.Run("every extension", func(t *testing.T) {
		for i := 0; i <= len(code); i++ {
			for c := range 256 {
				refused(t, ring, code[:i]+string([]byte{byte(c)})+code[i:])
			}
		}
		for n := range 64 {
			refused(t, ring, code+strings.Repeat("A", n+1))
		}
		refused(t, ring, code+code)
		refused(t, ring, strings.Repeat(code, 10_000))
	})
	t.Run("line breaks, which the decoder skips, with the right length", func(t *testing.T) {
		for i := range code {
			for _, c := range []string{"\n", "\r"} {
				refused(t, ring, code[:i]+c+code[i+1:]) // in place of a character
			}
			refused(t, ring, code[:i]+"\n"+code[i:])
		}
		refused(t, ring, code[:42]+"\r\n")
		refused(t, ring, strings.Repeat("\n", 44))
	})
	t.Run("padding", func(t *testing.T) {
		for n := 1; n < 4; n++ {
			refused(t, ring, code+strings.Repeat("=", n))
			refused(t, ring, code[:44-n]+strings.Repeat("=", n))
		}
	})
	t.Run("standard base64", func(t *testing.T) {
		changed := 0
		for i := range 200 { // until both characters have come
			c := ring.Sign(testGroup, [8]byte{7: byte(i)})
			if standard := strings.NewReplacer("-", "+", "_", "/").Replace(c); standard != c {
				changed++
				refused(t, ring, standard)
			}
		}
		if changed == 0 {
			t.Error("no code had a - or _")
		}
	})
	t.Run("percent signs, spaces, quotes and look-alikes", func(t *testing.T) {
		for _, c := range []string{" " + code, code + " ", "%20" + code, `"` + code + `"`, "#" + code, "https://x/i#" + code, code[:43] + "А"} {
			refused(t, ring, c)
		}
	})
	t.Run("other letter case", func(t *testing.T) {
		refused(t, ring, strings.ToLower(code))
		refused(t, ring, strings.ToUpper(code))
	})
	t.Run("every other first byte", func(t *testing.T) {
		for b := range 256 {
			if byte(b) != raw[0] {
				refused(t, ring, base64.RawURLEncoding.EncodeToString(append([]byte{byte(b)}, raw[1:]...)))
			}
		}
	})
}

func TestVerify_RefusesPartsSwappedBetweenGenuineCodes(t *testing.T) {
	ring := ringOf(t, "1", map[string]string{"0": secretB, "1": secretA})
	decode := func(code string) []byte {
		raw, err := base64.RawURLEncoding.DecodeString(code)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	one := decode(ring.Sign(testGroup, testInvite))
	other := decode(ring.Sign(testInvite, testGroup))
	for _, part := range []struct {
		what     string
		from, to int
	}{{"group", 1, 9}, {"invite", 9, 17}, {"both ids", 1, 17}, {"MAC", 17, 33}, {"first half of the MAC", 17, 25}} {
		t.Run("the "+part.what, func(t *testing.T) {
			mixed := bytes.Clone(one)
			copy(mixed[part.from:part.to], other[part.from:part.to])
			refused(t, ring, base64.RawURLEncoding.EncodeToString(mixed))
		})
	}
	t.Run("group and invite of one code", func(t *testing.T) {
		mixed := bytes.Clone(one)
		copy(mixed[1:9], one[9:17])
		copy(mixed[9:17], one[1:9])
		refused(t, ring, base64.RawURLEncoding.EncodeToString(mixed))
	})
}

func TestVerify_RefusesCodesOfOthers(t *testing.T) {
	ring := ringOf(t, "1", map[string]string{"1": secretA})
	text := fmt.Sprintf(`{"signing":"1","1":%q}`, secretA)
	t.Run("another stack with the same secret", func(t *testing.T) {
		for _, stack := range []string{"staging", "Prod", "prod ", "pro", "prod/1"} {
			refused(t, ring, parseRing(t, text, stack).Sign(testGroup, testInvite))
		}
	})
	t.Run("another secret under the same number", func(t *testing.T) {
		refused(t, ring, ringOf(t, "1", map[string]string{"1": secretB}).Sign(testGroup, testInvite))
	})
	t.Run("a number that the ring doesn't hold", func(t *testing.T) {
		refused(t, ring, ringOf(t, "2", map[string]string{"2": secretA}).Sign(testGroup, testInvite))
	})
	t.Run("the same secret under another number that the ring holds", func(t *testing.T) {
		// The number is under the MAC: a code says which key made it.
		both := ringOf(t, "1", map[string]string{"1": secretA, "2": secretA})
		raw, _ := base64.RawURLEncoding.DecodeString(both.Sign(testGroup, testInvite))
		raw[0] = 1<<4 | 2
		refused(t, both, base64.RawURLEncoding.EncodeToString(raw))
	})
	t.Run("a cursor", func(t *testing.T) {
		refused(t, ring, ring.Seal("", "", sealTime))
	})
}

func TestVerify_RandomTextIsRefused(t *testing.T) {
	ring := ringOf(t, "1", map[string]string{"1": secretA})
	random := rand.New(rand.NewPCG(3, 4))
	for range 10_000 {
		text := make([]byte, 44)
		for i := range text {
			text[i] = alphabet[random.IntN(64)]
		}
		copy(text, "E") // the first bits of format 1, so that the MAC has to decide
		refused(t, ring, string(text))
	}
}

func FuzzVerify(f *testing.F) {
	v := readVectors(f)
	for _, c := range v.Codes {
		f.Add(c.Code)
	}
	for _, c := range v.Refused {
		f.Add(c.Code)
	}
	f.Add(strings.Repeat("\n", 44))
	ring := parseRing(f, v.Rings["turned"], "prod")
	f.Fuzz(func(t *testing.T, code string) {
		group, invite, ok := ring.Verify(code)
		if !ok {
			return
		}
		// What is accepted has one spelling. Older keys sign no more, so try them by a ring in which they do.
		if ring.Sign(group, invite) != code && parseRing(t, v.Rings["added"], "prod").Sign(group, invite) != code {
			t.Errorf("%q is accepted, yet not what is signed", code)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	ring := ringOf(b, "1", map[string]string{"1": secretA})
	b.ReportAllocs()
	for b.Loop() {
		ring.Sign(testGroup, testInvite)
	}
}

func BenchmarkVerify(b *testing.B) {
	ring := ringOf(b, "1", map[string]string{"1": secretA})
	code := ring.Sign(testGroup, testInvite)
	b.Run("genuine", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, ok := ring.Verify(code); !ok {
				b.Fatal("refused")
			}
		}
	})
	b.Run("malformed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, ok := ring.Verify(code[:43]); ok {
				b.Fatal("accepted")
			}
		}
	})
}
