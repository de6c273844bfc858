package invite

import (
	"context"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
)

// Keys names rows to read together, all of one group and its organization.
type Keys struct {
	Group directory.GroupID
	Users []directory.UserID // their rows in the organization and the group
	// Members are people of whom the row in the organization is enough, as it is for an admin; [Rows] then has them as being in no group.
	Members []directory.UserID
	Invite  ID         // zero: none
	Shards  []int      // of Invite
	Replay  *ReplayKey // nil: none
	// Deliveries are mails of Invite, up to 50.
	Deliveries []mail.ID
	Quota      *mail.QuotaKey // nil: none
}

// Rows is what was found under [Keys].
type Rows struct {
	directory.Rows
	Invite *Invite // nil if there is none
	// Seen is the uses counted on the shards of the keys.
	Seen   map[int]int
	Replay *Replay // nil if there is none
	// Deliveries are those that were found, in the order of the keys.
	Deliveries []mail.Delivery
	Sent       mail.Sent
}

// ReplayKey names a create that may be repeated: the caller and a hash of method, path and Idempotency-Key.
type ReplayKey struct {
	User directory.UserID
	Hash string
}

// Replay is what is kept of such a create, until ExpiresAt.
type Replay struct {
	ReplayKey
	Request   string // hash of what was asked for
	Invite    ID     // what was made
	ExpiresAt time.Time
}

// Mails is what sending a link writes: new deliveries and changed ones, and the reservation of their quota.
type Mails struct {
	New         []mail.Delivery
	Changed     []DeliveryChange
	Reservation mail.Reservation
}

// DeliveryChange turns Before, as it was read, into After.
type DeliveryChange struct{ Before, After mail.Delivery }

// Joining is what a redeem writes.
type Joining struct {
	Invite *Invite
	// Org is the row of someone new to the organization; nil for those who are in it.
	Org *directory.OrgMember
	// Group is the person's row in the group, of the same epoch as his row in the organization.
	Group directory.GroupMember
	// Was is the JoinID of the row as it was read; empty if there was none. Another one isn't written over.
	Was string
	// Shard is where a capped link counts it, or [NoShard].
	Shard int
	// Fills tells that it takes the last place there, as far as was seen.
	Fills bool
}

// Join is one joining by a link.
type Join struct {
	User directory.UserID
	At   time.Time
}

// Store is what the domain of links needs of the table. All reads by key are strongly consistent. All methods give
// [directory.ErrUnavailable] if the table doesn't answer; writes give [directory.ErrChanged] if nothing was written because their
// condition didn't hold. Implementations are safe for concurrent use.
type Store interface {
	// ReadLink reads rows by key, in one call.
	ReadLink(ctx context.Context, keys Keys) (Rows, error)
	// Members is that of [directory.Store].
	Members(ctx context.Context, org directory.OrgID, group directory.GroupID, users []directory.UserID) (map[directory.UserID]directory.Membership, error)
	// Invites reads up to 50 invites of a group, in one call, in the order of the ids; those that don't exist are left out.
	Invites(ctx context.Context, group directory.GroupID, ids []ID) ([]Invite, error)
	// GroupInvites lists a group's invites, newest first, before the given id (zero: from the newest), strongly consistent. more
	// tells whether there are others.
	GroupInvites(ctx context.Context, group directory.GroupID, before ID, limit int) (invites []Invite, more bool, err error)
	// OwnInviteIDs lists the ids of those that one person made, in the same way, from the index: it may be a moment old.
	OwnInviteIDs(ctx context.Context, group directory.GroupID, creator directory.UserID, before ID, limit int) (ids []ID, more bool, err error)

	// Joins lists who joined by an invite, newest first, from the given position ("": the newest). next is the position after them, ""
	// at the end.
	Joins(ctx context.Context, group directory.GroupID, id ID, from string, limit int) (joins []Join, next string, err error)

	// Recipients lists the mails of an invite, by id, from the given position ("": the first). next is the position after them, "" at the
	// end.
	Recipients(ctx context.Context, group directory.GroupID, id ID, from string, limit int) (deliveries []mail.Delivery, next string, err error)

	// CreateInvite writes an invite and, if they are given, its replay row and its mails in the same transaction. ErrChanged if the id
	// is taken, the replay row is there and not expired at the invite's CreatedAt, or a quota is used up.
	CreateInvite(ctx context.Context, inv Invite, replay *Replay, mails *Mails) error
	// SendMails writes mails of an invite: all of it or nothing. ErrChanged if the invite is gone, a new one is there, a changed one
	// isn't as it was read, or a quota is used up.
	SendMails(ctx context.Context, group directory.GroupID, id ID, mails Mails) error
	// DeleteInvite deletes an invite, closes its shards, and writes the audit row, in the same transaction. If the invite is gone, and the audit
	// row, of that instant and id, is there, an earlier call has done all of it: no error. ErrChanged if the invite is gone, or is counted
	// otherwise than as it was read, or another write was in the way; in the first two cases it is [ErrDeleted], too.
	DeleteInvite(ctx context.Context, inv *Invite, audit directory.AuditEntry) error
	// AnnounceDelete writes ClosingAt. ErrChanged if the invite is gone.
	AnnounceDelete(ctx context.Context, inv *Invite, at time.Time) error
	// Join writes a joining: all of it or nothing. ErrChanged if the person has come in meanwhile, or was removed since the link
	// was made, or a capped link is gone or has no place left where it is to be counted.
	Join(ctx context.Context, j Joining) error

	// DealPlaces deals the places that are left on an invite among so many shards. ErrChanged if it is gone, was dealt out, or has no place
	// for each.
	DealPlaces(ctx context.Context, inv *Invite, shards int) error
	// ShardUses reads the uses counted on shards, strongly consistent, in the order of the shards; one call for each hundred, at the same
	// time. ErrChanged if one is closed: its invite is gone.
	ShardUses(ctx context.Context, shards []Shard) ([]int, error)
	// FillShards writes on an invite that these of its shards are full, too. ErrChanged if it is gone.
	FillShards(ctx context.Context, inv *Invite, full ShardSet) error
	// RenameMember is that of [directory.Store].
	RenameMember(ctx context.Context, org directory.OrgID, user directory.UserID, name, email string) error
}
