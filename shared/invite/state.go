package invite

import (
	"time"

	"group-invites/shared/directory"
)

// State is what a link is worth now. Where several hold, the first in the order deleted, expired, suspended, used up counts;
// redeeming refuses in the same order.
type State string

// The states.
const (
	StateActive    State = "active"
	StateDeleted   State = "deleted" // in previews only: lists hold no deleted links
	StateExpired   State = "expired"
	StateSuspended State = "suspended"
	StateUsedUp    State = "used_up"
)

// Judge gives the state of an existing link. creator is the present standing of the one who made it.
func Judge(inv *Invite, creator directory.Standing, now time.Time) State {
	switch {
	case inv.Expired(now):
		return StateExpired
	case suspended(inv, creator):
		return StateSuspended
	case inv.UsedUp():
		return StateUsedUp
	}
	return StateActive
}

// suspended tells whether the creator could not make this link now, or is not in the membership in which he made it.
func suspended(inv *Invite, creator directory.Standing) bool {
	return !creator.MayInvite(inv.Access.newPeople()) || !creator.OrgMember.Since.Equal(inv.Epoch)
}

// Err gives what redeeming a link of this state refuses with; nil if it is active.
func (s State) Err() error {
	switch s {
	case StateDeleted:
		return ErrDeleted
	case StateExpired:
		return ErrExpired
	case StateSuspended:
		return ErrSuspended
	case StateUsedUp:
		return ErrUsedUp
	}
	return nil
}
