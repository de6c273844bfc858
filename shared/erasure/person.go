package erasure

import (
	"context"
	"slices"
	"strings"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
)

// Person is whom to look for.
type Person struct {
	Users     []directory.UserID
	Addresses []string // in lower case
}

// Is tells whether the id is one of his.
func (p Person) Is(user directory.UserID) bool { return slices.Contains(p.Users, user) }

// Has tells whether the address is one of his, in any case of letters.
func (p Person) Has(address string) bool {
	return address != "" && slices.Contains(p.Addresses, strings.ToLower(address))
}

// Mentions tells whether a text holds one of his addresses, and not just as part of a longer one.
func (p Person) Mentions(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(p.Addresses, func(address string) bool {
		for rest, before := text, byte(0); ; {
			at := strings.Index(rest, address)
			if at < 0 {
				return false
			}
			if at > 0 {
				before = rest[at-1]
			}
			rest = rest[at+len(address):]
			if !inAtom(before) && !goesOn(rest) {
				return true
			}
			before = address[len(address)-1]
		}
	})
}

// inAtom tells whether a byte may be part of the local part of an address (RFC 5322, section 3.2.3).
func inAtom(c byte) bool {
	return letterOrDigit(c) || c != 0 && strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0
}

// goesOn tells whether what follows a domain makes it another one.
func goesOn(rest string) bool {
	rest = strings.TrimPrefix(rest, ".")
	return rest != "" && (letterOrDigit(rest[0]) || rest[0] == '-')
}

func letterOrDigit(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c >= 0x80 }

// Keys gives the hashes by which rows know his addresses.
func (p Person) Keys() (keys []mail.AddressKey) {
	for _, text := range p.Addresses {
		if a, fault := mail.ParseAddress(text); fault == "" {
			keys = append(keys, a.Key())
		}
	}
	return keys
}

// with gives the person with more ids and addresses, and tells whether any was new.
func (p Person) with(user directory.UserID, address string) (Person, bool) {
	grown := false
	if user != (directory.UserID{}) && !p.Is(user) {
		p.Users, grown = append(slices.Clip(p.Users), user), true
	}
	if address = strings.ToLower(strings.TrimSpace(address)); address != "" && !p.Has(address) {
		p.Addresses, grown = append(slices.Clip(p.Addresses), address), true
	}
	return p, grown
}

// What says what a row is to a person.
type What string

// What a row may be.
const (
	Membership What = "membership" // of an organization, that holds a name or an address; Member is set
	Request    What = "request"    // for access; Group and User are set
	Mail       What = "mail"       // to his address; Row names it
	Passing    What = "passing"    // would end by itself within two days; Row names it
	Pseudonym  What = "pseudonym"  // names him by his id only
	Hash       What = "hash"       // names him by a hash of his address only
	Unknown    What = "unknown"    // holds his address, and is of a kind that nothing is known of
)

// Trace is a row that has to do with the person.
type Trace struct {
	What   What
	Row    string // the row's key; it holds ids only
	Email  string // that the row holds; of Membership and Request
	User   directory.UserID
	Member directory.OrgMember
	Group  directory.GroupID
}

// Store is what erasing needs of the table. Writes give [directory.ErrUnavailable] and [directory.ErrChanged] as those of
// [directory.Store].
type Store interface {
	// Traces reads some of the table, from a position ("": its beginning), and gives what there has to do with the person. next is where it goes on, "" at
	// the end. Rows that can't be read are Unknown.
	Traces(ctx context.Context, person Person, from string) (traces []Trace, next string, err error)
	// Blank takes name and address out of a member's row that is as it was read.
	Blank(ctx context.Context, member directory.OrgMember) error
	// Withdraw deletes a person's request for access, and closes it in the group's register.
	Withdraw(ctx context.Context, group directory.GroupID, user directory.UserID) error
	// Delete deletes rows that traces of Mail and Passing name, be they there or not.
	Delete(ctx context.Context, traces []Trace) error

	// Read, ChangeOrgMember and Admins are those of [directory.Store] and of package outbox.
	Read(ctx context.Context, keys directory.Keys) (directory.Rows, error)
	ChangeOrgMember(ctx context.Context, before, after directory.OrgMember, audit *directory.AuditEntry) error
	Admins(ctx context.Context, org directory.OrgID, limit int) ([]directory.UserID, error)
}
