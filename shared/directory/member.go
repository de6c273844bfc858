package directory

import "time"

// MemberState says what a member's row stands for.
type MemberState string

// The states. The zero value means that there is no row.
const (
	StateIn      MemberState = "in"
	StateLeft    MemberState = "left"
	StateRemoved MemberState = "removed"
)

// OrgMember is a person's row in an organization. Instants are UTC and whole milliseconds.
type OrgMember struct {
	Org   OrgID
	User  UserID
	State MemberState
	Role  Role
	// Since is the epoch: when the present (or last) membership began. No two memberships of one person have the same.
	Since    time.Time
	JoinedAt time.Time
	// RemovedAt is when the person was last removed; zero if never, or if added again since.
	RemovedAt time.Time
	// Name and Email come from the person's token; Email only if the token says that it is verified. Either may be empty.
	Name  string
	Email string
}

// GroupMember is a person's row in a group. Instants are UTC and whole milliseconds.
type GroupMember struct {
	Group GroupID
	User  UserID
	State MemberState
	// Since is the epoch of the organization membership that the row belongs to.
	Since     time.Time
	JoinedAt  time.Time
	RemovedAt time.Time // as in OrgMember
	// JoinID is random and tells one joining from another: whoever wrote it knows that the row is his.
	JoinID string
}

// Membership is a person's standing in a group and its organization. The zero value is a stranger.
type Membership struct {
	OrgMember   OrgMember
	GroupMember GroupMember
}

// InOrg tells whether the person is in the organization.
func (m Membership) InOrg() bool { return m.OrgMember.State == StateIn }

// InGroup tells whether the person is in the group: only who is in the organization can be, and only by a row of this epoch.
func (m Membership) InGroup() bool {
	return m.InOrg() && m.GroupMember.State == StateIn && m.GroupMember.Since.Equal(m.OrgMember.Since)
}

// IsAdmin tells whether the person is an admin of the organization.
func (m Membership) IsAdmin() bool { return m.InOrg() && m.OrgMember.Role == RoleAdmin }

// RemovedSince tells whether the person was removed from the group or the organization at or after the instant.
func (m Membership) RemovedSince(made time.Time) bool {
	return removedSince(m.OrgMember.RemovedAt, made) || removedSince(m.GroupMember.RemovedAt, made)
}

func removedSince(removed, made time.Time) bool { return !removed.IsZero() && !removed.Before(made) }

// Removed tells whether the person was removed from the group or the organization and hasn't been let in again since: by being added,
// or by a link that was made later.
func (m Membership) Removed() bool {
	return removed(m.OrgMember.RemovedAt, m.OrgMember.JoinedAt) || removed(m.GroupMember.RemovedAt, m.GroupMember.JoinedAt)
}

func removed(at, joined time.Time) bool { return !at.IsZero() && !joined.After(at) }

// Removed gives the row as it is after a removal at the instant: not before he joined, whatever the clocks of two instances say.
func (m OrgMember) Removed(at time.Time) OrgMember {
	m.State, m.RemovedAt = StateRemoved, later(at, later(m.RemovedAt, m.JoinedAt))
	return m
}

// Removed is the same of a group.
func (m GroupMember) Removed(at time.Time) GroupMember {
	m.State, m.RemovedAt = StateRemoved, later(at, later(m.RemovedAt, m.JoinedAt))
	return m
}

// NextJoinedAt gives the instant of a joining that takes place now: later than what has happened to the person before, whatever the clocks of two instances
// say. So joinings are told apart by person and instant, and who is in again doesn't count as removed.
func (m OrgMember) NextJoinedAt(now time.Time) time.Time {
	return next(now, later(m.RemovedAt, m.JoinedAt))
}

// NextJoinedAt is the same of a group.
func (m GroupMember) NextJoinedAt(now time.Time) time.Time {
	return next(now, later(m.RemovedAt, m.JoinedAt))
}

// next gives now, or the first instant after the last one.
func next(now, last time.Time) time.Time {
	if now.After(last) {
		return now
	}
	return last.Add(time.Millisecond)
}

// NextSince gives the epoch of a membership that begins now: later than the last one, whatever the clocks of two instances say.
func (m OrgMember) NextSince(now time.Time) time.Time {
	if m.State != "" && !now.After(m.Since) {
		return m.Since.Add(time.Millisecond)
	}
	return now
}
