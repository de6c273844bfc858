package export

import (
	"context"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// Kind says what a list holds.
type Kind string

// The kinds, with the type of [Row]'s Value.
const (
	Orgs         Kind = "organization"   // directory.Org
	Members      Kind = "member"         // directory.OrgMember
	Groups       Kind = "group"          // directory.Group
	GroupMembers Kind = "groupMember"    // GroupMember
	Invites      Kind = "invite"         // Invite
	Joins        Kind = "join"           // Join
	Mails        Kind = "mail"           // mail.Delivery
	Requests     Kind = "accessRequest"  // accessrequest.Request
	Decisions    Kind = "accessDecision" // accessrequest.Decision
	Audit        Kind = "audit"          // directory.AuditEntry
)

// List names a list of rows. Ids that don't apply are zero.
type List struct {
	Kind   Kind
	Org    directory.OrgID
	Group  directory.GroupID // of all kinds that belong to one
	Invite invite.ID         // of Joins, and of Mails of a link; Mails without are those of the group itself
}

// Row is a row as it was read.
type Row struct {
	Key   string // in the table; it holds ids only
	Value any    // nil if Fault is set
	Fault error  // why it can't be read
	// What the key itself names, of Groups and of Invites: what belongs to one is there though its own row can't be read.
	Group  directory.GroupID
	Invite invite.ID
}

// GroupMember is a person's row in a group, with that in the organization, which decides whether it counts.
type GroupMember struct {
	directory.Membership
	Via invite.ID // the link that he last joined by; zero if by none
}

// Invite is a link with what decides on its state beside it.
type Invite struct {
	invite.Invite
	Creator directory.Membership
	// Unknown is set if the creator's rows can't be read: then nobody can tell the state.
	Unknown bool
}

// Join is someone's joining by a link.
type Join struct {
	Group  directory.GroupID
	Invite invite.ID
	invite.Join
}

// Page is some of a list. Next is where it goes on, "" at its end. Rows that are gone by the time they are read are left out.
type Page struct {
	Rows []Row
	Next string
}

// Store is what an export needs of the table. Its methods give [directory.ErrUnavailable] if the table doesn't answer.
type Store interface {
	// ExportPage reads some of a list, from a position ("": its beginning). A fault of one row is in that row.
	ExportPage(ctx context.Context, list List, from string) (Page, error)
	// ExportCount counts what a list of Members, Groups or GroupMembers holds, by the index.
	ExportCount(ctx context.Context, list List) (int, error)
}
