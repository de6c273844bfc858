package linkcode_test

import (
	"strings"
	"testing"
	"time"

	"group-invites/shared/linkcode"
)

func FuzzVerifyAddress(f *testing.F) {
	ring := ringOf(f, "1", map[string]string{"0": secretB, "1": secretA})
	someone := [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	genuine := ring.SignAddress(linkcode.Unsubscribe, someone, time.Time{})
	f.Add(genuine)
	f.Add(ring.SignAddress(linkcode.Unsubscribe, someone, sealTime))
	f.Add(ring.SignAddress(linkcode.Resubscribe, someone, sealTime.Add(time.Hour)))
	f.Add(ring.Sign(testGroup, testInvite))
	f.Add(strings.Repeat("A", linkcode.TokenLength))
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		if _, ok := ring.VerifyAddress(linkcode.Unsubscribe, token, sealTime); ok && token != genuine {
			t.Errorf("%q is taken for genuine", token) // nobody can make another one
		}
	})
}
