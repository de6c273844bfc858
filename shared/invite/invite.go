package invite

import (
	"encoding/binary"
	"encoding/hex"
	"io"
	"time"

	"group-invites/shared/directory"
)

// ID names an invite: 42 bits of Unix milliseconds and 22 random bits, so that ids sort by time; in text 16 lower-case hex digits.
type ID [8]byte

// NewID makes an id of the instant and random bytes. It must be created under a must-not-exist condition.
func NewID(now time.Time, random io.Reader) (ID, error) {
	var tail [4]byte
	if _, err := io.ReadFull(random, tail[:]); err != nil {
		return ID{}, err
	}
	const randomBits = 22
	var id ID
	binary.BigEndian.PutUint64(id[:], uint64(now.UnixMilli())<<randomBits|uint64(binary.BigEndian.Uint32(tail[:])>>(32-randomBits)))
	return id, nil
}

// ParseID reads the text form. ok is false for anything but 16 lower-case hex digits.
func ParseID(s string) (id ID, ok bool) {
	ok = directory.ParseHex(id[:], s)
	return id, ok
}

func (id ID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText gives the text form, so that ids are strings in JSON.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// Access says who may use a link.
type Access string

// AccessOrg lets existing members of the organization into the group; AccessAnyone also lets new people into both.
const (
	AccessOrg    Access = "org"
	AccessAnyone Access = "anyone"
)

// newPeople tells whether links of this access bring new people into the organization.
func (a Access) newPeople() bool { return a == AccessAnyone }

// AccessOptions lists what someone of this standing may choose; empty if he may create no link.
func AccessOptions(s directory.Standing) []Access {
	options := []Access{}
	for _, a := range []Access{AccessOrg, AccessAnyone} {
		if s.MayInvite(a.newPeople()) {
			options = append(options, a)
		}
	}
	return options
}

// Invite is a stored invite. Instants are UTC; CreatedAt and Epoch whole milliseconds, ExpiresAt whole seconds.
type Invite struct {
	ID         ID
	Group      directory.GroupID
	Name       string // the label; may be empty
	Access     Access
	Expiration Expiration
	ExpiresAt  time.Time // zero: never
	ClearAt    time.Time // when the row may be cleared away; zero: never
	CreatedAt  time.Time
	CreatedBy  directory.UserID
	Epoch      time.Time // Since of the creator's membership when he made it
	ByAdmin    bool      // he was an admin then: says what to read first, and decides nothing
	MaxUses    int       // 0: no cap
	Uses       int       // exact for capped links; for others it lags by seconds

	// Of a capped link whose uses are counted on shards, since many redeemed it at once; else zero. Uses is then what is known without
	// having read them.
	Shards    int
	Dealt     int       // the uses before the places were dealt out
	Full      ShardSet  // shards that were seen full
	ClosingAt time.Time // when a delete last said that it is at it
}

// Expired tells whether the link has ended.
func (i *Invite) Expired(now time.Time) bool {
	return !i.ExpiresAt.IsZero() && !now.Before(i.ExpiresAt)
}

// Capped tells whether the link has a limited number of uses.
func (i *Invite) Capped() bool { return i.MaxUses > 0 }

// UsedUp tells whether no place is left on a capped link.
func (i *Invite) UsedUp() bool { return i.Capped() && i.Uses >= i.MaxUses }
