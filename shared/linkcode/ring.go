package linkcode

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxKeys       = 16 // a code has 4 bits for the key's number
	minSecretSize = 32 // bytes; HMAC-SHA-256 wants no less than its output (RFC 2104, section 3)
)

// Ring is a small set of numbered keys. One of them signs; the others only verify. It is immutable and safe for
// concurrent use.
//
// Keys come and go in this order, so that two instances of which one has not yet seen a change accept each other's codes:
// a new key is added to verify only; when every instance has it, it is made the signing key; when the codes of the old key
// are to end, its number is listed as retired and its secret is dropped. A number is never given to another key.
type Ring struct {
	signing int
	keys    [maxKeys]*key
}

// key holds what is derived from one secret of the ring.
type key struct {
	mac     []byte           // of codes
	seal    cipher.AEAD      // of cursors
	purpose [purposes][]byte // of tokens of addresses
}

// ParseRing reads a ring from the JSON that the secret holds:
//
//	{"signing": "1", "retired": ["0"], "1": "<secret>", "2": "<secret>"}
//
// Names of one or two digits are key numbers, 0 to 15; each value is the key's secret, at least 32 bytes of text. "signing" is
// the number of the key that signs. "retired" lists numbers that were used once and may not come back.
// Numbers are strings because that is how Secrets Manager's GenerateSecretString makes the first key.
//
// Stack is the name of the deployment; codes of one stack mean nothing to another with the same secret.
// All faults are reported at once; none of them quotes a secret.
func ParseRing(text []byte, stack string) (*Ring, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, errors.New("key ring: not a JSON object") // the cause could quote the text
	}
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("key ring: "+format, args...))
	}
	if stack == "" {
		fault("no stack name to derive keys for")
	}

	ring := &Ring{signing: -1}
	if raw, ok := fields["signing"]; !ok {
		fault("no signing key is named")
	} else if n, ok := keyNumber(unquote(raw)); !ok {
		fault(`"signing" is not a key number from 0 to 15`)
	} else {
		ring.signing = n
	}
	delete(fields, "signing")

	var retired []string
	if raw, ok := fields["retired"]; ok {
		if err := json.Unmarshal(raw, &retired); err != nil {
			fault(`"retired" is not a list of key numbers`)
			retired = nil // half read
		}
	}
	delete(fields, "retired")

	for name, raw := range fields {
		n, ok := keyNumber(name)
		if !ok {
			fault("%s is neither a setting nor a key number from 0 to 15", quote(name))
			continue
		}
		secret := unquote(raw)
		if len(secret) < minSecretSize {
			fault("key %d is shorter than %d bytes", n, minSecretSize)
			continue
		}
		// Text of zeros, also the base64 of zero bytes, with its padding.
		if first, _ := utf8.DecodeRuneInString(secret); strings.Trim(strings.TrimRight(secret, "="), string(first)) == "" {
			fault("key %d is one character over and over", n)
			continue
		}
		ring.keys[n] = derive([]byte(secret), stack)
	}
	for _, name := range retired {
		n, ok := keyNumber(name)
		switch {
		case !ok:
			fault("retired %s is not a key number from 0 to 15", quote(name))
		case fields[name] != nil:
			fault("key %d is retired, yet its secret is there", n)
		}
	}
	if ring.signing >= 0 && fields[strconv.Itoa(ring.signing)] == nil {
		fault("the signing key %d is missing", ring.signing)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return ring, nil
}

// keyNumber reads "0" to "15", in the one spelling that each has.
func keyNumber(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n < maxKeys && strconv.Itoa(n) == s
}

// unquote gives the text of a JSON string, or "" for anything else.
func unquote(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// quote names what stands where a name should. Longer text may be a secret in the wrong place.
func quote(name string) string {
	if len(name) > 10 {
		return fmt.Sprintf("a text of %d bytes", len(name))
	}
	return strconv.Quote(name)
}

// derive makes the keys of each purpose from one secret. The labels are part of the format: another label is another key.
func derive(secret []byte, stack string) *key {
	block, err := aes.NewCipher(expand(secret, "cursor", stack))
	if err != nil {
		panic(err) // 32 bytes are a valid AES key
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the block size that GCM wants
	}
	k := &key{mac: expand(secret, "link-code", stack), seal: seal}
	for p, label := range purposeLabels {
		k.purpose[p] = expand(secret, label, stack)
	}
	return k
}

func expand(secret []byte, purpose, stack string) []byte {
	out, err := hkdf.Key(sha256.New, secret, nil, "group-invites/v1/"+purpose+"/"+stack, 32)
	if err != nil {
		panic(err) // 32 bytes are well within what HKDF-SHA-256 gives
	}
	return out
}
