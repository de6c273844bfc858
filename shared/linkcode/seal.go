package linkcode

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// SealLife is how long a sealed text is good for.
const SealLife = 24 * time.Hour

// maxSealed bounds what Open looks at, in characters: a position is a key of at most a hundred bytes.
const maxSealed = 512

// Seal encrypts text so that only [Ring.Open] with the same context gives it back, for a day from now. The result is base64url
// without padding: 1 byte key number, 12 bytes nonce, and the AES-256-GCM sealing of 8 bytes of issue time and the text.
func (r *Ring) Seal(context, text string, now time.Time) string {
	k := r.keys[r.signing].seal
	out := make([]byte, 1+k.NonceSize(), 1+k.NonceSize()+8+len(text)+k.Overhead())
	out[0] = byte(r.signing)
	rand.Read(out[1:]) // never fails: crypto/rand ends the process rather than give less
	plain := append(binary.BigEndian.AppendUint64(nil, uint64(now.Unix())), text...)
	return base64.RawURLEncoding.EncodeToString(k.Seal(out, out[1:], plain, []byte(context)))
}

// Open gives the text of a sealed one. ok is false if it wasn't sealed by this ring for this context, or not within the last day.
func (r *Ring) Open(context, sealed string, now time.Time) (text string, ok bool) {
	if len(sealed) > maxSealed {
		return "", false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || len(raw) < 1 || int(raw[0]) >= maxKeys || r.keys[raw[0]] == nil {
		return "", false
	}
	k := r.keys[raw[0]].seal
	if len(raw) < 1+k.NonceSize() {
		return "", false
	}
	nonce, box := raw[1:1+k.NonceSize()], raw[1+k.NonceSize():]
	plain, err := k.Open(nil, nonce, box, []byte(context))
	if err != nil || len(plain) < 8 {
		return "", false
	}
	age := time.Duration(now.Unix()-int64(binary.BigEndian.Uint64(plain))) * time.Second
	if age > SealLife || age < -SealLife {
		return "", false
	}
	return string(plain[8:]), true
}
