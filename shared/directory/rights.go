package directory

import (
	"slices"
	"time"
)

// Org is an organization.
type Org struct {
	ID        OrgID
	Name      string
	AddPeople AddPeople
	CreatedAt time.Time
	CreatedBy UserID
	// Version counts the changes of name and settings; it is the ETag of reads.
	Version int64
	// ExternalID is the host product's own name for it; empty if the host didn't make it (package mirror).
	ExternalID string
}

// Group is a group.
type Group struct {
	ID        GroupID
	Name      string
	CreatedAt time.Time
	CreatedBy UserID
	Version   int64 // as in Org
	// ExternalID is as in Org.
	ExternalID string
}

// Versions are those that a thing may be in for a change to go through; nil is any.
type Versions []int64

// Allow tells whether the version is among them.
func (v Versions) Allow(version int64) bool { return v == nil || slices.Contains(v, version) }

// Standing is what decides on rights in a group: the organization, the group, and the person's membership. Org or Group is nil
// where there is no such thing.
type Standing struct {
	Org   *Org
	Group *Group
	Membership
}

// SeesGroup tells whether the person sees the group and its members: those in it, and admins. To all others it doesn't exist.
func (s Standing) SeesGroup() bool {
	return s.Org != nil && s.Group != nil && (s.InGroup() || s.IsAdmin())
}

// ManagesGroup tells whether the person sees all of the group's links and changes its members: its managers, and admins.
func (s Standing) ManagesGroup() bool {
	return s.SeesGroup() && (s.IsAdmin() || s.OrgMember.Role == RoleManager)
}

// MayInvite tells whether the person may let others into the group: into the group only, or (newPeople) into the organization too.
func (s Standing) MayInvite(newPeople bool) bool {
	return s.SeesGroup() && (!newPeople || s.Org.AddPeople.Allows(s.OrgMember.Role))
}

// Capabilities lists, in words, what the person may do in the group. Pages show and hide by it; each operation checks again.
func (s Standing) Capabilities() []string {
	words := []string{}
	grant := func(word string, may bool) {
		if may {
			words = append(words, word)
		}
	}
	grant("create_invites", s.MayInvite(false))
	grant("see_all_invites", s.ManagesGroup())
	grant("add_members", s.ManagesGroup())
	grant("remove_members", s.ManagesGroup())
	grant("leave", s.InGroup())
	grant("change_group", s.IsAdmin())
	grant("delete_group", s.IsAdmin())
	return words
}
