package linkcode

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// Length is the number of characters of a code.
const Length = 44

const (
	format   = 1
	idsEnd   = 1 + 8 + 8
	macSize  = 16
	codeSize = idsEnd + macSize
)

// Sign gives the code of an invite to a group, made with the ring's signing key: always the same one for the same ids and key.
func (r *Ring) Sign(group, invite [8]byte) string {
	var raw [codeSize]byte
	raw[0] = format<<4 | byte(r.signing)
	copy(raw[1:], group[:])
	copy(raw[9:], invite[:])
	copy(raw[idsEnd:], sum(r.keys[r.signing].mac, raw[:idsEnd]))
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// Verify gives the ids that a genuine code carries. ok is false for everything else: any other length or alphabet, another
// format, a key that the ring doesn't hold, a MAC that isn't right. It compares in constant time and never panics.
func (r *Ring) Verify(code string) (group, invite [8]byte, ok bool) {
	// Go's decoder skips line breaks, so the length of the text alone decides nothing: see that the bytes come out whole too.
	if len(code) != Length {
		return group, invite, false
	}
	var raw [codeSize]byte
	n, err := base64.RawURLEncoding.Decode(raw[:], []byte(code))
	if err != nil || n != codeSize || raw[0]>>4 != format {
		return group, invite, false
	}
	k := r.keys[raw[0]&0x0f]
	if k == nil || !hmac.Equal(raw[idsEnd:], sum(k.mac, raw[:idsEnd])) {
		return group, invite, false
	}
	copy(group[:], raw[1:])
	copy(invite[:], raw[9:])
	return group, invite, true
}

// sum gives the MAC over a code's or a token's first bytes.
func sum(key, signed []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(signed)
	return mac.Sum(nil)[:macSize]
}
