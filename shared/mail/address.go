package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/text/unicode/norm"

	"group-invites/shared/directory"
)

// Limits of an address, in bytes (RFC 5321, section 4.5.3.1).
const (
	maxLocal   = 64
	maxLabel   = 63  // of a domain (RFC 1035, section 2.3.4)
	maxAddress = 254 // a path of 256, less its angle brackets
)

// Address is a mail address that [ParseAddress] has taken: its local part as it was written, its domain in lower case. The zero value is
// no address.
type Address struct{ text string }

// ParseAddress reads an address: one mailbox without a display name, in ASCII, of a domain with at least two labels, as SES takes it
// (https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html). White space around it is dropped, and compatibility
// characters, such as those of full width, become what they stand for. Quoted local parts and address literals ("[127.0.0.1]") are
// refused; nobody invites by them. fault is for the caller.
func ParseAddress(s string) (a Address, fault string) {
	const form = "must be a mail address such as mira@example.com"
	if len(s) > 4*maxAddress {
		return a, "must be at most 254 characters"
	}
	s = strings.TrimSpace(norm.NFKC.String(s))
	local, domain, found := strings.Cut(s, "@")
	domain = strings.ToLower(domain)
	switch {
	case s == "":
		return a, "must not be empty"
	case len(s) > maxAddress:
		return a, "must be at most 254 characters"
	case !found || strings.Contains(domain, "@"):
		return a, form
	case strings.ContainsFunc(s, func(c rune) bool { return c > '~' }):
		return a, "must be in ASCII; a domain of other letters goes in its xn-- form"
	case len(local) > maxLocal || !dotAtom(local):
		return a, form
	case !domainName(domain):
		return a, form
	}
	return Address{local + "@" + domain}, ""
}

// dotAtom tells whether a local part is one that needs no quotes (RFC 5322, section 3.2.3).
func dotAtom(s string) bool {
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(c rune) bool { return !letterOrDigit(c) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", c) }) {
			return false
		}
	}
	return true
}

// domainName tells whether it is a name of at least two labels, of which the last isn't a number, as in 127.0.0.1.
func domainName(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > maxLabel || l[0] == '-' || l[len(l)-1] == '-' ||
			strings.ContainsFunc(l, func(c rune) bool { return !letterOrDigit(c) && c != '-' }) {
			return false
		}
	}
	return len(labels) > 1 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

func letterOrDigit(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// String gives the address as it is mailed to.
func (a Address) String() string { return a.text }

// IsZero tells whether it is no address.
func (a Address) IsZero() bool { return a.text == "" }

// MarshalText gives the address, so that it is a string in JSON.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.text), nil }

// Key names an address whatever the case of its letters. Mail systems may tell case in local parts apart and none does; so
// two spellings are one person.
func (a Address) Key() AddressKey {
	sum := sha256.Sum256([]byte(strings.ToLower(a.text)))
	return AddressKey(sum[:16])
}

// ID is that of a delivery to the address.
func (a Address) ID() ID {
	key := a.Key()
	return ID(key[:8])
}

// AddressKey names an address without holding it: half of its SHA-256.
type AddressKey [16]byte

func (k AddressKey) String() string { return hex.EncodeToString(k[:]) }

// ID names a delivery among those of one link or group; in text 16 lower-case hex digits.
type ID [8]byte

// ParseID reads the text form. ok is false for anything but 16 lower-case hex digits.
func ParseID(s string) (id ID, ok bool) {
	ok = directory.ParseHex(id[:], s)
	return id, ok
}

func (id ID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText gives the text form, so that ids are strings in JSON.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }
