package directory

import (
	"context"
	"time"
)

// Keys names rows to read together. Zero ids are left out.
type Keys struct {
	Org   OrgID
	Group GroupID
	Users []UserID // their rows in Org and, if it is given, in Group
}

// Rows is what was found under [Keys].
type Rows struct {
	Org     *Org   // nil if there is none
	Group   *Group // nil if there is none
	Members map[UserID]Membership
}

// Standing gives the standing of one of the users.
func (r Rows) Standing(user UserID) Standing {
	return Standing{Org: r.Org, Group: r.Group, Membership: r.Members[user]}
}

// Store is what the directory needs of the table. All reads by key are strongly consistent. All methods give [ErrUnavailable] if
// the table doesn't answer; writes give [ErrChanged] if nothing was written because their condition didn't hold.
// Implementations are safe for concurrent use.
type Store interface {
	// Read reads rows by key, in one call.
	Read(ctx context.Context, keys Keys) (Rows, error)
	// Members reads the rows of up to 50 people in an organization and, unless it is zero, a group of it, in one call.
	Members(ctx context.Context, org OrgID, group GroupID, users []UserID) (map[UserID]Membership, error)
	// Memberships reads all rows of a person, in whatever state.
	Memberships(ctx context.Context, user UserID) ([]OrgMember, []GroupMember, error)
	// GroupMemberships lists a person's rows in an organization's groups, in whatever state, by the group's id, after the given one. more tells whether
	// there are others.
	GroupMemberships(ctx context.Context, org OrgID, user UserID, after GroupID, limit int) (rows []GroupMember, more bool, err error)
	// OrgsAndGroups reads organizations and groups by id; those that don't exist are not in the result.
	OrgsAndGroups(ctx context.Context, orgs []OrgID, groups []GroupID) (map[OrgID]Org, map[GroupID]Group, error)

	// CreateOrg writes an organization and its first admin, and counts it towards the creator's limit of the day: at most perDay, else
	// a [LimitError]. ErrChanged if the id is taken.
	CreateOrg(ctx context.Context, org Org, admin OrgMember, perDay int) error
	// ChangeOrg turns before into after, and writes the audit row, in one transaction. ErrChanged if the organization isn't in
	// the version of before any more.
	ChangeOrg(ctx context.Context, before, after Org, audit AuditEntry) error
	// DeleteOrg deletes an organization's row, and writes the audit row, in one transaction. ErrChanged if it is gone, which is [ErrGone], too.
	DeleteOrg(ctx context.Context, org OrgID, audit AuditEntry) error
	// CreateGroup writes a group. ErrChanged if the id is taken.
	CreateGroup(ctx context.Context, group Group) error
	// ChangeGroup turns before into after, and writes the audit row, in one transaction. ErrChanged if the group isn't in the
	// version of before any more.
	ChangeGroup(ctx context.Context, before, after Group, audit AuditEntry) error
	// DeleteGroup deletes a group's row, and writes the audit row, in one transaction. ErrChanged if it is gone, which is [ErrGone], too.
	DeleteGroup(ctx context.Context, group GroupID, audit AuditEntry) error

	// ChangeOrgMember turns before into after, keeps the organization's count of admins, and writes the audit row, if one is
	// given, all in one transaction. ErrChanged if the row isn't before any more; [ErrLastAdmin] if no admin would be left.
	ChangeOrgMember(ctx context.Context, before, after OrgMember, audit *AuditEntry) error
	// ChangeGroupMember turns before into after, and writes the audit row, if one is given, in one transaction. A zero
	// State of before means that there is no row. ErrChanged if the row isn't before any more.
	ChangeGroupMember(ctx context.Context, before, after GroupMember, audit *AuditEntry) error
	// RenameMember stores name and e-mail in the row of someone who is in the organization. ErrChanged if he isn't.
	RenameMember(ctx context.Context, org OrgID, user UserID, name, email string) error

	// OrgMemberIDs lists who is in the organization, by id, after the given one. more tells whether there are others.
	OrgMemberIDs(ctx context.Context, org OrgID, after UserID, limit int) (ids []UserID, more bool, err error)
	// GroupMemberIDs lists rows that say in, by id, after the given one. Not all need count: see [Membership.InGroup].
	GroupMemberIDs(ctx context.Context, group GroupID, after UserID, limit int) (ids []UserID, more bool, err error)
	// OrgGroupIDs lists the organization's groups, by id, after the given one.
	OrgGroupIDs(ctx context.Context, org OrgID, after GroupID, limit int) (ids []GroupID, more bool, err error)
	// Audit lists what was done in an organization, newest first, from the given position ("": the newest). next is the position
	// after the entries, "" at the end.
	Audit(ctx context.Context, org OrgID, from string, limit int) (entries []AuditEntry, next string, err error)
}

// AuditEntry is who did what. Only ids are kept, so that erasing a person's member row erases his name.
type AuditEntry struct {
	Org    OrgID
	At     time.Time
	ID     string // tells entries of one instant apart; the store makes one where it is empty. By instant and id an act is known that was done before
	Actor  UserID
	Action string // one of the Audit constants
	Target string // id of the thing or person that it was done to
	Detail string // what a reader needs beside, such as a role; may be empty
}

// The acts that are audited with the write itself.
const (
	AuditInviteDeleted      = "invite.deleted"
	AuditOrgChanged         = "org.changed"
	AuditOrgDeleted         = "org.deleted"
	AuditGroupChanged       = "group.changed"
	AuditGroupDeleted       = "group.deleted"
	AuditMemberAdded        = "member.added"
	AuditMemberRemoved      = "member.removed"
	AuditMemberRole         = "member.role_changed"
	AuditGroupMemberAdded   = "group_member.added"
	AuditGroupMemberRemoved = "group_member.removed"
	AuditAccessApproved     = "access_request.approved"
	AuditAccessDeclined     = "access_request.declined"
)

// The acts that are audited from the table's stream, moments later; what the host adds, of the acts above, is too.
const (
	AuditOrgCreated    = "org.created"
	AuditGroupCreated  = "group.created"
	AuditInviteCreated = "invite.created"
	AuditMemberJoined  = "member.joined"
)
