package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
)

// OrgID names an organization: 5 random bytes, in text 10 lower-case hex digits.
type OrgID [5]byte

// GroupID names a group: its organization's 5 bytes and 3 random ones, in text 16 lower-case hex digits.
type GroupID [8]byte

// UserID names a person: the first 16 bytes of SHA-256(issuer, NUL, subject), in text 32 lower-case hex digits. The subject itself
// is never stored or shown.
type UserID [16]byte

// Host stands where a person's id would: what it did, or made, the host product's own directory did (package mirror). No person has it.
var Host UserID

// HostName is what lists call it.
const HostName = "Directory"

// NewOrgID makes an id of random bytes. It must be created under a must-not-exist condition.
func NewOrgID(random io.Reader) (OrgID, error) {
	var id OrgID
	_, err := io.ReadFull(random, id[:])
	return id, err
}

// NewGroupID makes an id of the organization and random bytes. It must be created under a must-not-exist condition.
func NewGroupID(org OrgID, random io.Reader) (GroupID, error) {
	var id GroupID
	copy(id[:], org[:])
	_, err := io.ReadFull(random, id[len(org):])
	return id, err
}

// NewUserID gives the id of the person whom a token's iss and sub claims name.
func NewUserID(issuer, subject string) UserID {
	sum := sha256.Sum256([]byte(issuer + "\x00" + subject))
	return UserID(sum[:16])
}

// Org gives the organization that the group belongs to.
func (id GroupID) Org() OrgID { return OrgID(id[:5]) }

// ParseOrgID reads the text form. ok is false for anything but 10 lower-case hex digits.
func ParseOrgID(s string) (id OrgID, ok bool) {
	ok = ParseHex(id[:], s)
	return id, ok
}

// ParseGroupID reads the text form. ok is false for anything but 16 lower-case hex digits.
func ParseGroupID(s string) (id GroupID, ok bool) {
	ok = ParseHex(id[:], s)
	return id, ok
}

// ParseUserID reads the text form. ok is false for anything but 32 lower-case hex digits.
func ParseUserID(s string) (id UserID, ok bool) {
	ok = ParseHex(id[:], s)
	return id, ok
}

// ParseHex fills id from exactly as many lower-case hex digits as it takes. On false, id's content means nothing.
func ParseHex(id []byte, s string) bool {
	if len(s) != 2*len(id) {
		return false
	}
	for i := range s {
		if s[i] >= 'A' && s[i] <= 'F' {
			return false // one spelling each
		}
	}
	_, err := hex.Decode(id, []byte(s))
	return err == nil
}

func (id OrgID) String() string   { return hex.EncodeToString(id[:]) }
func (id GroupID) String() string { return hex.EncodeToString(id[:]) }
func (id UserID) String() string  { return hex.EncodeToString(id[:]) }

// MarshalText gives the text form, so that ids are strings in JSON.
func (id OrgID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// MarshalText gives the text form, so that ids are strings in JSON.
func (id GroupID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// MarshalText gives the text form, so that ids are strings in JSON.
func (id UserID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }
