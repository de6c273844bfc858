package linkcode_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"group-invites/shared/linkcode"
)

func TestSeal_EveryByteOfTheNonceIsRandom(t *testing.T) {
	ring := ringOf(t, "1", map[string]string{"1": secretA})
	var values [12]map[byte]bool
	for range 64 {
		raw, err := base64.RawURLEncoding.DecodeString(ring.Seal("c", "text", sealTime))
		if err != nil {
			t.Fatal(err)
		}
		for i := range values {
			if values[i] == nil {
				values[i] = map[byte]bool{}
			}
			values[i][raw[1+i]] = true
		}
	}
	for i, seen := range values {
		if len(seen) == 1 {
			t.Errorf("byte %d is the same in all", i)
		}
	}
}

func TestOpen_TheLongestAndTheOldestAreStillGood(t *testing.T) {
	ring := ringOf(t, "1", map[string]string{"1": secretA})
	text := strings.Repeat("x", 347)
	sealed := ring.Seal("c", text, sealTime)
	if len(sealed) != 512 {
		t.Fatalf("%d characters, want 512", len(sealed))
	}
	if got, ok := ring.Open("c", sealed, sealTime); !ok || got != text {
		t.Error("one of 512 characters is refused")
	}
	if _, ok := ring.Open("c", sealed, sealTime.Add(-24*time.Hour)); !ok {
		t.Error("one of a clock that is a day ahead is refused")
	}
}

func TestOpen_RefusesANumberThatNoKeyHas(t *testing.T) {
	ring := ringOf(t, "1", map[string]string{"1": secretA})
	raw, err := base64.RawURLEncoding.DecodeString(ring.Seal("c", "text", sealTime))
	if err != nil {
		t.Fatal(err)
	}
	for n := 2; n < 256; n++ {
		raw[0] = byte(n)
		if _, ok := ring.Open("c", base64.RawURLEncoding.EncodeToString(raw), sealTime); ok {
			t.Errorf("%d opens", n)
		}
	}
}

func TestParseRing_MissesSigningKey0(t *testing.T) {
	_, err := linkcode.ParseRing([]byte(`{"signing":"0","1":"`+secretA+`"}`), "prod")
	if err == nil || !strings.Contains(err.Error(), "signing key 0 is missing") {
		t.Error(err)
	}
}

func TestParseRing_QuotesNamesOfTenBytesAtMost(t *testing.T) {
	for name, want := range map[string]string{"tenletters": `"tenletters"`, "elevenbytes": "a text of 11 bytes"} {
		_, err := linkcode.ParseRing([]byte(`{"signing":"1","1":"`+secretA+`","`+name+`":""}`), "prod")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s in it", err, want)
		}
	}
}

func TestSource_AsksAFailingStoreAgainAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{text: ringA}
		source := newSource(t, s)
		s.err = errors.New("unavailable")
		time.Sleep(5 * time.Minute)
		signs(t, source)
		s.text, s.err = ringB, nil
		time.Sleep(10 * time.Second)
		if got := signs(t, source); got != "B" {
			t.Errorf("ring %s", got)
		}
	})
}

func TestSource_TellsOfEachFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{text: ringA}
		source := newSource(t, s)
		s.err = errors.New("unavailable")
		time.Sleep(5 * time.Minute)

		var log bytes.Buffer
		before := slog.Default()
		defer slog.SetDefault(before)
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		signs(t, source)
		if said := log.String(); !strings.Contains(said, "age=5m0s") || !strings.Contains(said, "unavailable") {
			t.Errorf("the log says %q", said)
		}

		log.Reset()
		var age time.Duration
		var cause error
		source.Failed = func(_ context.Context, a time.Duration, c error) { age, cause = a, c }
		time.Sleep(10 * time.Second)
		signs(t, source)
		if age != 5*time.Minute+10*time.Second || !errors.Is(cause, s.err) || log.Len() > 0 {
			t.Errorf("Failed is told %v, %v; the log says %q", age, cause, log.String())
		}
	})
}

func TestSource_AFetchLeavesNoTimerBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var last context.Context
		source, err := linkcode.NewSource(t.Context(), "prod", time.Now, func(ctx context.Context) ([]byte, error) {
			last = ctx
			return []byte(ringA), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		signs(t, source)
		if !errors.Is(last.Err(), context.Canceled) {
			t.Errorf("the fetch's context ended with %v", last.Err())
		}
	})
}

// TestVerify_ALineBreakTakesNoCharactersPlace: Go's decoder skips line breaks. Of a code whose last byte is zero, what is before its last character is one
// byte less, which is zero anyway.
func TestVerify_ALineBreakTakesNoCharactersPlace(t *testing.T) {
	ring := ringOf(t, "1", map[string]string{"1": secretA})
	ends := 0
	for n := range 3000 {
		code := ring.Sign(testGroup, [8]byte{byte(n >> 8), byte(n)})
		if !strings.HasSuffix(code, "A") {
			continue
		}
		ends++
		refused(t, ring, code[:len(code)-1]+"\n")
		refused(t, ring, "\n"+code[:len(code)-1])
	}
	if ends < 10 {
		t.Errorf("%d codes end so", ends)
	}
}
