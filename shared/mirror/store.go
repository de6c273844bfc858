package mirror

import (
	"context"

	"group-invites/shared/directory"
)

// Ref names an organization, or a group of it, by external ids.
type Ref struct {
	Org   string
	Group string // "" is the organization itself
}

// Target is what an external id stands for. Only the one that the [Ref] is of is set; both are zero if it stands for nothing.
type Target struct {
	Org   directory.OrgID
	Group directory.GroupID
}

// Place names a person's rows in an organization and, unless it is zero, a group of it.
type Place struct {
	Org   directory.OrgID
	Group directory.GroupID
	User  directory.UserID
}

// Keys names rows to read together.
type Keys struct {
	Orgs    []directory.OrgID
	Groups  []directory.GroupID
	Members []Place
}

// Rows is what was found under [Keys].
type Rows struct {
	Orgs    map[directory.OrgID]directory.Org
	Groups  map[directory.GroupID]directory.Group
	Members map[Place]directory.Membership // without the organization's part where the place's organization wasn't asked for
}

// Store is what mirroring needs of the table. All reads by key are strongly consistent. All methods give [directory.ErrUnavailable] if
// the table doesn't answer; writes give [directory.ErrChanged] if nothing was written because their condition didn't hold.
// Implementations are safe for concurrent use.
type Store interface {
	// Targets reads what external ids stand for, whether or not that is still there; those that stand for nothing are not in the result.
	Targets(ctx context.Context, refs []Ref) (map[Ref]Target, error)
	// Rows reads rows by key.
	Rows(ctx context.Context, keys Keys) (Rows, error)

	// AddOrg writes an organization without admins, and that its external id stands for it, if that stands for void now. ErrChanged if it
	// doesn't, or if the id is taken.
	AddOrg(ctx context.Context, org directory.Org, void Target) error
	// AddGroup does the same for a group of the organization with that external id.
	AddGroup(ctx context.Context, org string, group directory.Group, void Target) error
	// ChangeOrg, DeleteOrg, ChangeGroup and DeleteGroup are those of [directory.Store].
	ChangeOrg(ctx context.Context, before, after directory.Org, audit directory.AuditEntry) error
	DeleteOrg(ctx context.Context, org directory.OrgID, audit directory.AuditEntry) error
	ChangeGroup(ctx context.Context, before, after directory.Group, audit directory.AuditEntry) error
	DeleteGroup(ctx context.Context, group directory.GroupID, audit directory.AuditEntry) error

	// MirrorOrgMember turns before into after, keeps the organization's count of admins, be it zero, and writes the audit row, if one is given, all
	// in one transaction. A zero State of before means that there is no row. Who comes in by it is audited from the stream as added by
	// the host. ErrChanged if the row isn't before any more.
	MirrorOrgMember(ctx context.Context, before, after directory.OrgMember, audit *directory.AuditEntry) error
	// MirrorGroupMember does the same for a row in a group.
	MirrorGroupMember(ctx context.Context, before, after directory.GroupMember, audit *directory.AuditEntry) error

	// OrgMemberIDs, GroupMemberIDs, OrgGroupIDs, Members and OrgsAndGroups are those of [directory.Store].
	OrgMemberIDs(ctx context.Context, org directory.OrgID, after directory.UserID, limit int) (ids []directory.UserID, more bool, err error)
	GroupMemberIDs(ctx context.Context, group directory.GroupID, after directory.UserID, limit int) (ids []directory.UserID, more bool, err error)
	OrgGroupIDs(ctx context.Context, org directory.OrgID, after directory.GroupID, limit int) (ids []directory.GroupID, more bool, err error)
	Members(ctx context.Context, org directory.OrgID, group directory.GroupID, users []directory.UserID) (map[directory.UserID]directory.Membership, error)
	OrgsAndGroups(ctx context.Context, orgs []directory.OrgID, groups []directory.GroupID) (map[directory.OrgID]directory.Org, map[directory.GroupID]directory.Group, error)
}
