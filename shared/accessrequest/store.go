package accessrequest

import (
	"context"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// Keys names rows to read together, all of one group and its organization.
type Keys struct {
	Group  directory.GroupID
	Users  []directory.UserID // their rows in the organization and the group
	Invite invite.ID          // zero: none
	// Asker is whose request and decision are read, with the group's register; zero: none.
	Asker directory.UserID
}

// Rows is what was found under [Keys].
type Rows struct {
	directory.Rows
	Invite   *invite.Invite // nil if there is none
	Request  *Request       // nil if there is none; it may have ended
	Decision *Decision      // the latest on him; nil if there is none, or it was cleared away
	Register Register
}

// Opening is what a request writes.
type Opening struct {
	Request       Request
	Before, After Register
	// Digest is what tells of the request; NewDigest, if it is not there yet.
	Digest    mail.Delivery
	NewDigest bool
	// Void are people whose requests stand no more, and are deleted to make room.
	Void []directory.UserID
}

// Closing is what a decision writes.
type Closing struct {
	Request       Request
	Before, After Register
	Decision      Decision
	Audit         directory.AuditEntry
	Mail          *mail.Delivery // to who asked; nil if he has no address
	// Joining is what lets him in; nil if he is declined.
	Joining *Joining
}

// Joining are the rows of someone who is let in.
type Joining struct {
	// Org is the row of someone new to the organization; nil for those who are in it.
	Org *directory.OrgMember
	// Group is his row in the group, of the same epoch as his row in the organization.
	Group directory.GroupMember
	// Was is the JoinID of the row as it was read; empty if there was none. Another one isn't written over.
	Was string
}

// Store is what the domain of requests needs of the table. All reads are strongly consistent. All methods give
// [directory.ErrUnavailable] if the table doesn't answer; writes give [directory.ErrChanged] if nothing was written because their
// condition didn't hold. Implementations are safe for concurrent use.
type Store interface {
	// ReadAccess reads rows by key, in one call.
	ReadAccess(ctx context.Context, keys Keys) (Rows, error)
	// OpenRequests reads all requests of a group, in no order. Some may have ended, or not stand any more.
	OpenRequests(ctx context.Context, group directory.GroupID) ([]Request, error)
	// Members is that of [directory.Store], for any number of people.
	Members(ctx context.Context, org directory.OrgID, group directory.GroupID, users []directory.UserID) (map[directory.UserID]directory.Membership, error)
	// Deliveries reads deliveries by key; those that don't exist are left out.
	Deliveries(ctx context.Context, keys []mail.Key) ([]mail.Delivery, error)

	// OpenRequest writes a request and the register, and the digest, if it is new: all of it or nothing. ErrChanged if the register isn't as
	// it was read, the group is gone, or a digest that was there isn't waiting any more.
	OpenRequest(ctx context.Context, o Opening) error
	// CloseRequest deletes a request, and writes the register, the decision, the audit row, the mail, and the rows of who is let in: all
	// of it or nothing. ErrChanged if the request or the register isn't as it was read, or the person has come in meanwhile, or
	// was removed since he asked.
	CloseRequest(ctx context.Context, c Closing) error
}
