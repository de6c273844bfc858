// Package directory is the domain of organizations, groups, members, roles and permissions.
//
// A person's standing is two rows: one of the organization ([OrgMember]) and one of the group ([GroupMember]). Rows of members
// are never deleted while these are there: they become left or removed, so that a removal is remembered. Three rules decide everything:
//
//   - Epochs. Since, in the organization's row, is the instant at which the present membership began. A group's row counts only
//     if the person is in the organization and the row carries the same Since. So removal from an organization is one write,
//     however many groups the person was in, and coming back brings none of them back.
//   - Removal sticks. RemovedAt is set by a removal and lifted only by being added again. A link made at or before it lets the
//     person in nowhere. Leaving doesn't touch it.
//   - Rights are read, never remembered. Each operation reads the rows that decide in one strongly consistent call, and writes
//     under conditions on exactly the rows whose change would make the decision wrong; if one fails, it reads again.
//
// Every organization has at least one admin: the organization's row counts them, and each write that makes one fewer is
// conditional on more than one.
//
// The package is pure Go. Clock and randomness are passed in; the table is behind [Store].
package directory
