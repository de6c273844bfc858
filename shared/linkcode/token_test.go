package linkcode

import (
	"strings"
	"testing"
	"time"
)

var (
	someone  = [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	tokenDay = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
)

func tokenRing(t *testing.T, text string) *Ring {
	t.Helper()
	ring, err := ParseRing([]byte(text), "stack")
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestToken_IsForOneAddressAndPurpose(t *testing.T) {
	ring := tokenRing(t, `{"signing":"0","0":"`+strings.Repeat("ab", 20)+`"}`)
	for p := range purposes {
		token := ring.SignAddress(p, someone, time.Time{})
		if len(token) != TokenLength {
			t.Errorf("%d characters, want %d", len(token), TokenLength)
		}
		for other := range purposes {
			got, ok := ring.VerifyAddress(other, token, tokenDay)
			if ok != (other == p) || ok && got != someone {
				t.Errorf("purpose %d accepted as %d: %t, %x", p, other, ok, got)
			}
		}
		if _, _, ok := ring.Verify(token[:Length]); ok {
			t.Error("a token begins with a link's code")
		}
	}
}

func TestToken_RefusesEveryChange(t *testing.T) {
	ring := tokenRing(t, `{"signing":"0","0":"`+strings.Repeat("ab", 20)+`"}`)
	token := ring.SignAddress(Unsubscribe, someone, time.Time{})
	for i := range token {
		for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=\n+/ " {
			if rune(token[i]) == c {
				continue
			}
			if _, ok := ring.VerifyAddress(Unsubscribe, token[:i]+string(c)+token[i+1:], tokenDay); ok {
				t.Errorf("%q in place %d is accepted", c, i)
			}
		}
	}
	for _, other := range []string{"", token[1:], token + "A", token + "\n", "é" + token[2:]} {
		if _, ok := ring.VerifyAddress(Unsubscribe, other, tokenDay); ok {
			t.Errorf("%q is accepted", other)
		}
	}
}

func TestToken_Ends(t *testing.T) {
	ring := tokenRing(t, `{"signing":"0","0":"`+strings.Repeat("ab", 20)+`"}`)
	token := ring.SignAddress(Resubscribe, someone, tokenDay)
	for after, want := range map[time.Duration]bool{-time.Second: true, 0: false, time.Second: false} {
		if _, ok := ring.VerifyAddress(Resubscribe, token, tokenDay.Add(after)); ok != want {
			t.Errorf("%s after its end: %t", after, ok)
		}
	}
}

func TestToken_EndsWithItsKey(t *testing.T) {
	old := tokenRing(t, `{"signing":"0","0":"`+strings.Repeat("ab", 20)+`"}`)
	token := old.SignAddress(Unsubscribe, someone, time.Time{})
	both := tokenRing(t, `{"signing":"1","0":"`+strings.Repeat("ab", 20)+`","1":"`+strings.Repeat("cd", 20)+`"}`)
	if _, ok := both.VerifyAddress(Unsubscribe, token, tokenDay); !ok {
		t.Error("refused while its key verifies")
	}
	retired := tokenRing(t, `{"signing":"1","retired":["0"],"1":"`+strings.Repeat("cd", 20)+`"}`)
	if _, ok := retired.VerifyAddress(Unsubscribe, token, tokenDay); ok {
		t.Error("accepted when its key is retired")
	}
}

// TestToken_ALineBreakTakesNoCharactersPlace, as in codes.
func TestToken_ALineBreakTakesNoCharactersPlace(t *testing.T) {
	ring := tokenRing(t, `{"signing":"0","0":"`+strings.Repeat("ab", 20)+`"}`)
	ends := 0
	for n := range 20_000 {
		token := ring.SignAddress(Unsubscribe, [16]byte{byte(n >> 8), byte(n)}, time.Time{})
		for cut := 1; cut <= 3 && strings.HasSuffix(token, strings.Repeat("A", cut)); cut++ {
			ends++
			if _, ok := ring.VerifyAddress(Unsubscribe, token[:len(token)-cut]+strings.Repeat("\n", cut), tokenDay); ok {
				t.Errorf("%q is accepted without its last %d characters", token, cut)
			}
		}
	}
	if ends < 10 {
		t.Errorf("%d tokens end so", ends)
	}
}
