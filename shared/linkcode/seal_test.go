package linkcode_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"group-invites/shared/linkcode"
)

var sealTime = time.Date(2027, 3, 1, 9, 30, 0, 0, time.UTC)

func TestSeal(t *testing.T) {
	ring := ringOf(t, "1", map[string]string{"0": secretB, "1": secretA})
	const context = "user invites of a group"
	sealed := ring.Seal(context, "position", sealTime)
	opens := func(t *testing.T, ring *linkcode.Ring, context, sealed string, at time.Time, want bool) {
		t.Helper()
		text, ok := ring.Open(context, sealed, at)
		if ok != want || ok && text != "position" || !ok && text != "" {
			t.Errorf("Open = %q, %v; want it opened: %v", text, ok, want)
		}
	}
	t.Run("gives the text back", func(t *testing.T) {
		opens(t, ring, context, sealed, sealTime, true)
		for _, text := range []string{"", "\x00", strings.Repeat("ü", 100)} {
			if got, ok := ring.Open(context, ring.Seal(context, text, sealTime), sealTime); !ok || got != text {
				t.Errorf("%q came back as %q, %v", text, got, ok)
			}
		}
	})
	t.Run("shows nothing of the text, and is another one each time", func(t *testing.T) {
		again := ring.Seal(context, "position", sealTime)
		raw, err := base64.RawURLEncoding.DecodeString(sealed)
		if err != nil || again == sealed || strings.Contains(string(raw), "position") {
			t.Errorf("%s, %s, %v", sealed, again, err)
		}
	})
	t.Run("is good for a day", func(t *testing.T) {
		opens(t, ring, context, sealed, sealTime.Add(24*time.Hour), true)
		opens(t, ring, context, sealed, sealTime.Add(24*time.Hour+time.Second), false)
		opens(t, ring, context, sealed, sealTime.AddDate(1, 0, 0), false)
		within := sealTime.Add(999 * time.Millisecond) // within a second: the sealed time is in whole ones
		opens(t, ring, context, ring.Seal(context, "position", within), within.Add(24*time.Hour), true)
	})
	t.Run("of an instance whose clock is ahead is good, from the far future it isn't", func(t *testing.T) {
		opens(t, ring, context, sealed, sealTime.Add(-time.Minute), true)
		opens(t, ring, context, sealed, sealTime.Add(-24*time.Hour-time.Second), false)
	})
	t.Run("is bound to its context", func(t *testing.T) {
		for _, other := range []string{"", "another user invites of a group", context + " ", context[1:], strings.ToUpper(context)} {
			opens(t, ring, other, sealed, sealTime, false)
		}
	})
	t.Run("is bound to ring and stack", func(t *testing.T) {
		opens(t, ringOf(t, "1", map[string]string{"1": secretB}), context, sealed, sealTime, false)
		opens(t, ringOf(t, "0", map[string]string{"0": secretA}), context, sealed, sealTime, false)
		text := `{"signing":"1","1":"` + secretA + `"}`
		opens(t, parseRing(t, text, "prod"), context, sealed, sealTime, true)
		opens(t, parseRing(t, text, "staging"), context, sealed, sealTime, false)
	})
	t.Run("is refused with any bit changed", func(t *testing.T) {
		raw, err := base64.RawURLEncoding.DecodeString(sealed)
		if err != nil {
			t.Fatal(err)
		}
		for bit := range 8 * len(raw) {
			raw[bit/8] ^= 1 << (bit % 8)
			opens(t, ring, context, base64.RawURLEncoding.EncodeToString(raw), sealTime, false)
			raw[bit/8] ^= 1 << (bit % 8)
		}
	})
	t.Run("is refused at any other length", func(t *testing.T) {
		for n := range sealed {
			opens(t, ring, context, sealed[:n], sealTime, false)
			opens(t, ring, context, sealed[n+1:], sealTime, false)
		}
		opens(t, ring, context, sealed+"A", sealTime, false)
		opens(t, ring, context, sealed+"AAAA", sealTime, false)
	})
	t.Run("is refused if it never was one", func(t *testing.T) {
		for _, s := range []string{
			"", "A", "AQ", "__", "=", "%", "not base64 at all", "\x00", "🙂", ring.Sign(testGroup, testInvite),
			strings.Repeat("A", 511), strings.Repeat("A", 512), strings.Repeat("A", 1<<20), base64.StdEncoding.EncodeToString(make([]byte, 40)),
		} {
			opens(t, ring, context, s, sealTime, false)
		}
	})
	t.Run("is refused when over-long, even a genuine one", func(t *testing.T) {
		if _, ok := ring.Open(context, ring.Seal(context, strings.Repeat("x", 500), sealTime), sealTime); ok {
			t.Error("opened")
		}
	})
}

func FuzzOpen(f *testing.F) {
	ring := ringOf(f, "1", map[string]string{"0": secretB, "1": secretA})
	f.Add("c", ring.Seal("c", "text", sealTime))
	f.Add("d", ring.Seal("c", "text", sealTime))
	f.Add("", "")
	f.Add("c", strings.Repeat("A", 512))
	f.Add("c", ring.Sign(testGroup, testInvite))
	f.Fuzz(func(t *testing.T, context, sealed string) {
		if text, ok := ring.Open(context, sealed, sealTime); ok && (context != "c" || text != "text") {
			t.Errorf("%q opens for %q as %q", sealed, context, text) // nobody can make another one
		}
		if text, ok := ring.Open(context, ring.Seal(context, sealed, sealTime), sealTime); ok && text != sealed {
			t.Errorf("%q came back as %q", sealed, text)
		}
	})
}
