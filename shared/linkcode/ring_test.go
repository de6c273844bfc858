package linkcode_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"group-invites/shared/linkcode"
)

func TestParseRing_Faults(t *testing.T) {
	good := strings.Repeat("0123456789abcdef", 2)
	for _, c := range []struct {
		what, text string
		want       []string // what each reported fault holds
	}{
		{"no signing key named", `{"1":"` + good + `"}`, []string{"no signing key is named"}},
		{"an empty object", `{}`, []string{"no signing key is named"}},
		{"null", `null`, []string{"no signing key is named"}},
		{"the signing key missing", `{"signing":"1"}`, []string{"signing key 1 is missing"}},
		{"the signing key missing among others", `{"signing":"1","2":"` + good + `"}`, []string{"signing key 1 is missing"}},
		{"signing with an unknown number", `{"signing":"16","1":"` + good + `"}`, []string{`"signing" is not a key number`}},
		{"signing as a number", `{"signing":1,"1":"` + good + `"}`, []string{`"signing" is not a key number`}},
		{"signing as null", `{"signing":null,"1":"` + good + `"}`, []string{`"signing" is not a key number`}},
		{"signing spelled 01", `{"signing":"01","1":"` + good + `"}`, []string{`"signing" is not a key number`}},
		{"signing spelled +1", `{"signing":"+1","1":"` + good + `"}`, []string{`"signing" is not a key number`}},
		{"signing empty", `{"signing":"","1":"` + good + `"}`, []string{`"signing" is not a key number`}},
		{"a secret of 31 bytes", `{"signing":"1","1":"` + good[:31] + `"}`, []string{"key 1 is shorter than 32 bytes"}},
		{"an empty secret", `{"signing":"1","1":""}`, []string{"key 1 is shorter than 32 bytes"}},
		{"a secret that is a number", `{"signing":"1","1":1234567890123456789012345678901234567890}`, []string{"key 1 is shorter"}},
		{"a secret that is null", `{"signing":"1","1":null}`, []string{"key 1 is shorter"}},
		{"a secret that is a list", `{"signing":"1","1":["` + good + `"]}`, []string{"key 1 is shorter"}},
		{"a secret of zeros", `{"signing":"1","1":"` + strings.Repeat("0", 64) + `"}`, []string{"key 1 is one character"}},
		{"a secret of zero bytes", `{"signing":"1","1":"` + strings.Repeat(`\u0000`, 32) + `"}`, []string{"key 1 is one character"}},
		{"a secret of zero bytes in base64", `{"signing":"1","1":"` + strings.Repeat("A", 43) + `="}`, []string{"key 1 is one character"}},
		{"a secret of one letter beyond ASCII", `{"signing":"1","1":"` + strings.Repeat("é", 32) + `"}`, []string{"key 1 is one character"}},
		{"a secret of spaces", `{"signing":"1","1":"` + strings.Repeat(" ", 40) + `"}`, []string{"key 1 is one character"}},
		{"a retired key that is there", `{"signing":"1","1":"` + good + `","2":"` + good + `","retired":["2"]}`, []string{"key 2 is retired, yet"}},
		{"a retired key that signs", `{"signing":"1","1":"` + good + `","retired":["1"]}`, []string{"key 1 is retired, yet"}},
		{"retired as a text", `{"signing":"1","1":"` + good + `","retired":"0"}`, []string{`"retired" is not a list`}},
		{"retired as numbers", `{"signing":"1","1":"` + good + `","retired":[0]}`, []string{`"retired" is not a list`}},
		{"a retired number out of range", `{"signing":"1","1":"` + good + `","retired":["16","01","x"]}`, []string{`"16"`, `"01"`, `"x"`}},
		{"number 16", `{"signing":"1","1":"` + good + `","16":"` + good + `"}`, []string{`"16" is neither`}},
		{"number -1", `{"signing":"1","1":"` + good + `","-1":"` + good + `"}`, []string{`"-1" is neither`}},
		{"number 01", `{"signing":"1","1":"` + good + `","01":"` + good + `"}`, []string{`"01" is neither`}},
		{"an unknown setting", `{"signing":"1","1":"` + good + `","Retired":[]}`, []string{`"Retired" is neither`}},
		{"not JSON", `signing=1`, []string{"not a JSON object"}},
		{"nothing", ``, []string{"not a JSON object"}},
		{"a list", `["1"]`, []string{"not a JSON object"}},
		{"something after the object", `{"signing":"1","1":"` + good + `"}x`, []string{"not a JSON object"}},
		{"all faults at once", `{"signing":"x","1":"short","2":"` + strings.Repeat("z", 32) + `","16":"","3":"` + good + `","retired":["3","99"]}`,
			[]string{`"signing" is not`, "key 1 is shorter", "key 2 is one character", `"16" is neither`, "key 3 is retired", `retired "99"`}},
	} {
		t.Run("refuses "+c.what, func(t *testing.T) {
			ring, err := linkcode.ParseRing([]byte(c.text), "prod")
			if err == nil || ring != nil {
				t.Fatalf("ParseRing = %v, %v", ring, err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not tell %q", err, want)
				}
			}
			if n := strings.Count(err.Error(), "key ring: "); n != len(c.want) {
				t.Errorf("%d faults, want %d: %q", n, len(c.want), err)
			}
		})
	}
	t.Run("refuses a deployment without a name", func(t *testing.T) {
		if _, err := linkcode.ParseRing([]byte(`{"signing":"1","1":"`+good+`"}`), ""); err == nil {
			t.Error("accepted")
		}
	})
}

func TestParseRing_QuotesNoSecret(t *testing.T) {
	const secret = "Zq7-a-secret-which-nobody-may-read-in-a-log"
	for _, text := range []string{
		secret,
		`"` + secret + `"`,
		`{"signing":"` + secret + `"}`,
		`{"signing":"1","1":"` + secret[:31] + `"}`,
		`{"signing":"1","1":{"a":"` + secret + `"}}`,
		`{"signing":"2","1":"` + secret + `"}`,
		`{"signing":"1","1":"` + secret + `","retired":["1"]}`,
		`{"signing":"1","1":"` + secret + `","16":"` + secret + `"}`,
		`{"signing":"1","` + secret + `":"1"}`, // name and secret the wrong way round
		`{"signing":"1","retired":["` + secret + `"]}`,
		`{"signing":"1","1":"` + secret + `",}`,
	} {
		_, err := linkcode.ParseRing([]byte(text), "prod")
		if err == nil {
			t.Errorf("%s is accepted", text)
		} else if strings.Contains(err.Error(), secret[:12]) {
			t.Errorf("the error quotes a secret: %v", err)
		}
	}
}

func TestParseRing_Accepts(t *testing.T) {
	for what, text := range map[string]string{
		"one key":                 `{"signing":"0","0":"` + secretA + `"}`,
		"the highest number":      `{"signing":"15","15":"` + secretA + `"}`,
		"retired numbers":         `{"signing":"2","retired":["0","1"],"2":"` + secretA + `"}`,
		"an empty list":           `{"signing":"2","retired":[],"2":"` + secretA + `"}`,
		"white space around":      "\n {\"signing\" : \"2\" , \"2\" : \"" + secretA + "\" }\n",
		"a secret of 32 bytes":    `{"signing":"2","2":"` + secretB + `"}`,
		"a long secret":           `{"signing":"2","2":"` + strings.Repeat(secretA, 100) + `"}`,
		"as many keys as numbers": allKeys(),
	} {
		t.Run(what, func(t *testing.T) {
			ring := parseRing(t, text, "prod")
			if _, _, ok := ring.Verify(ring.Sign(testGroup, testInvite)); !ok {
				t.Error("it refuses its own code")
			}
		})
	}
}

func allKeys() string {
	fields := map[string]string{"signing": "9"}
	for n := range 16 {
		fields[fmt.Sprint(n)] = fmt.Sprintf("secret of key number %d, long enough for it", n)
	}
	text, _ := json.Marshal(fields)
	return string(text)
}

// Each step of a rotation is a deployment of a new secret, which some instances have seen and others not yet.
func TestRotation(t *testing.T) {
	steps := []struct{ what, text string }{
		{"one key", `{"signing":"0","0":"` + secretA + `"}`},
		{"a new key verifies", `{"signing":"0","0":"` + secretA + `","1":"` + secretB + `"}`},
		{"the new key signs", `{"signing":"1","0":"` + secretA + `","1":"` + secretB + `"}`},
		{"the old key is retired", `{"signing":"1","retired":["0"],"1":"` + secretB + `"}`},
	}
	rings := make([]*linkcode.Ring, len(steps))
	for i, s := range steps {
		rings[i] = parseRing(t, s.text, "prod")
	}
	accepts := func(t *testing.T, by, code string, ring *linkcode.Ring, want bool) {
		t.Helper()
		if _, _, ok := ring.Verify(code); ok != want {
			t.Errorf("code of %q: accepted is %v", by, ok)
		}
	}
	for i := range steps[:len(steps)-1] {
		t.Run(fmt.Sprintf("instances before and after %q accept each other's codes", steps[i+1].what), func(t *testing.T) {
			if i+1 < len(steps)-1 {
				accepts(t, steps[i].what, rings[i].Sign(testGroup, testInvite), rings[i+1], true)
			}
			accepts(t, steps[i+1].what, rings[i+1].Sign(testGroup, testInvite), rings[i], true)
		})
	}
	t.Run("codes of before the rotation hold until the old key is retired", func(t *testing.T) {
		code := rings[0].Sign(testGroup, testInvite)
		for i, ring := range rings {
			accepts(t, steps[0].what, code, ring, i < len(steps)-1)
		}
	})
	t.Run("cursors follow the same rules", func(t *testing.T) {
		sealed := rings[0].Seal("c", "position", sealTime)
		for i, ring := range rings {
			if _, ok := ring.Open("c", sealed, sealTime); ok != (i < len(steps)-1) {
				t.Errorf("after %q: opened is %v", steps[i].what, ok)
			}
		}
	})
}

func FuzzParseRing(f *testing.F) {
	for _, text := range readVectors(f).Rings {
		f.Add([]byte(text), "prod")
	}
	f.Add([]byte(`{"signing":1}`), "")
	f.Add([]byte(`{"signing":"1","1":"`+strings.Repeat("a", 32)+`"}`), "prod")
	f.Add([]byte(`{"retired":{}}`), "x")
	f.Add([]byte(allKeys()), "prod")
	f.Fuzz(func(t *testing.T, text []byte, stack string) {
		ring, err := linkcode.ParseRing(text, stack)
		if (ring == nil) == (err == nil) {
			t.Fatalf("ParseRing = %v, %v", ring, err)
		}
		if err != nil {
			return
		}
		if g, i, ok := ring.Verify(ring.Sign(testGroup, testInvite)); !ok || g != testGroup || i != testInvite {
			t.Error("the ring refuses its own code")
		}
		if s, ok := ring.Open("c", ring.Seal("c", "text", sealTime), sealTime); !ok || s != "text" {
			t.Error("the ring refuses its own cursor")
		}
	})
}
