package directory

import (
	"context"
	"encoding/hex"
	"io"
	"time"

	"group-invites/shared/linkcode"
)

// Caller is the person who calls, as the token tells: nothing about roles or memberships, which always come from the table.
type Caller struct {
	ID   UserID
	Name string // cleaned; may be empty
	// Email is the token's address; it is stored and shown to admins only if Verified.
	Email    string
	Verified bool
}

// StoredEmail gives the address to store: only a verified one.
func (c Caller) StoredEmail() string {
	if c.Verified {
		return c.Email
	}
	return ""
}

// Service is the directory. It is safe for concurrent use. Its methods give the errors that errors.go lists, and wrap no others but
// faults of ours.
type Service struct {
	Store  Store
	Ring   *linkcode.Source // seals cursors
	Clock  func() time.Time
	Random io.Reader
	// OpenOrgs lets anyone who is signed in create organizations, OrgsPerDay a person and UTC day.
	OpenOrgs bool
}

// OrgsPerDay is how many organizations one person may create a UTC day.
const OrgsPerDay = 5

// now gives the instant of an operation: UTC, whole milliseconds, as it is stored.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Millisecond) }

// read reads an organization's rows: the caller's, and perhaps another's.
func (s *Service) read(ctx context.Context, org OrgID, users ...UserID) (Rows, error) {
	return s.Store.Read(ctx, Keys{Org: org, Users: users})
}

// readGroup reads a group's rows: the caller's, and perhaps another's.
func (s *Service) readGroup(ctx context.Context, group GroupID, users ...UserID) (Rows, error) {
	return s.Store.Read(ctx, Keys{Org: group.Org(), Group: group, Users: users})
}

// act makes the audit row of an act of the caller. It is made once for a call, whatever attempts that takes: by instant and id the store knows an act that
// was done before, by an attempt whose answer was lost or that came late, and doesn't do it again after somebody else has changed the same.
func (s *Service) act(org OrgID, caller Caller, action, target, detail string) (AuditEntry, error) {
	id, err := NewJoinID(s.Random)
	return AuditEntry{Org: org, At: s.now(), ID: id, Actor: caller.ID, Action: action, Target: target, Detail: detail}, err
}

// NewJoinID makes a [GroupMember.JoinID].
func NewJoinID(random io.Reader) (string, error) {
	var id [8]byte
	_, err := io.ReadFull(random, id[:])
	return hex.EncodeToString(id[:]), err
}
