package linkcode

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// Purpose is what a token of an address lets its holder do. Each has a key of its own, so that no token, and no link's code, is good for
// another purpose.
type Purpose int

// The purposes.
const (
	Unsubscribe Purpose = iota // say that the address wants no mail
	Resubscribe                // say that it wants mail again
	purposes
)

// purposeLabels are part of the format, as those of derive are.
var purposeLabels = [purposes]string{"unsubscribe", "resubscribe"}

const (
	tokenSigned = 1 + 16 + 8 // format and key, address, end
	tokenSize   = tokenSigned + macSize
	// TokenLength is the number of characters of a token.
	TokenLength = (tokenSize*8 + 5) / 6
)

// SignAddress gives a token for the address that the 16 bytes stand for, good until the instant (whole seconds); for as long as its key
// is in the ring if that is zero. It is base64url without padding of 1 byte (4 bits format, 4 bits key number), the 16 bytes, 8
// bytes of Unix seconds, and 16 bytes of HMAC-SHA-256 over all before it.
func (r *Ring) SignAddress(p Purpose, address [16]byte, until time.Time) string {
	var raw [tokenSize]byte
	raw[0] = format<<4 | byte(r.signing)
	copy(raw[1:], address[:])
	if !until.IsZero() {
		binary.BigEndian.PutUint64(raw[17:], uint64(until.Unix()))
	}
	copy(raw[tokenSigned:], sum(r.keys[r.signing].purpose[p], raw[:tokenSigned]))
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// VerifyAddress gives the 16 bytes of a genuine token of that purpose that is still good at the instant. ok is false for everything
// else. It compares in constant time and never panics.
func (r *Ring) VerifyAddress(p Purpose, token string, now time.Time) (address [16]byte, ok bool) {
	if len(token) != TokenLength {
		return address, false
	}
	var raw [tokenSize]byte
	// Strict: bits that no byte uses must be zero, so that a token has one spelling.
	n, err := base64.RawURLEncoding.Strict().Decode(raw[:], []byte(token))
	if err != nil || n != tokenSize || raw[0]>>4 != format {
		return address, false
	}
	k := r.keys[raw[0]&0x0f]
	if k == nil || !hmac.Equal(raw[tokenSigned:], sum(k.purpose[p], raw[:tokenSigned])) {
		return address, false
	}
	until := int64(binary.BigEndian.Uint64(raw[17:]))
	copy(address[:], raw[1:])
	return address, until == 0 || now.Unix() < until
}
