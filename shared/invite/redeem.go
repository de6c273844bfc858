package invite

import (
	"context"
	"time"

	"group-invites/shared/directory"
)

// Joined is what redeeming gives.
type Joined struct {
	Org   directory.Org
	Group directory.Group
	// AlreadyMember tells that the caller was in the group before, and no use was counted.
	AlreadyMember bool
}

// Redeem lets the caller into the group of a link, and into its organization if he is new to it and the link allows that.
//
// It refuses in this order: [directory.ErrNotFound] for a code that isn't genuine, [ErrDeleted], (already a member: no error, whatever
// the link's state), [ErrExpired], [ErrSuspended], [ErrRemoved], [ErrOrgMembersOnly], [ErrUsedUp]. It may be repeated at any time.
func (s *Service) Redeem(ctx context.Context, caller directory.Caller, code string) (joined Joined, err error) {
	group, id, err := s.open(ctx, code)
	if err != nil {
		return Joined{}, err
	}
	joinID, err := directory.NewJoinID(s.Random)
	if err != nil {
		return Joined{}, err
	}
	now := s.now()
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		joined, err = s.redeem(ctx, caller, group, id, joinID, now)
		return err
	})
	return joined, err
}

// redeem is one attempt: read, decide, write.
func (s *Service) redeem(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID, joinID string, now time.Time) (Joined, error) {
	keys := Keys{Group: group, Invite: id, Users: []directory.UserID{caller.ID}}
	if creator, ok := s.creators.get(group, id); ok && creator != caller.ID {
		keys.Users = append(keys.Users, creator)
	}
	rows, err := s.Store.ReadLink(ctx, keys)
	if err != nil {
		return Joined{}, err
	}
	me := rows.Members[caller.ID]
	if rows.Org != nil && rows.Group != nil && me.InGroup() && me.GroupMember.JoinID == joinID {
		return Joined{Org: *rows.Org, Group: *rows.Group}, nil // by an attempt of this call whose answer was lost
	}
	inv := rows.Invite
	if inv == nil || rows.Group == nil || rows.Org == nil {
		return Joined{}, ErrDeleted
	}
	s.creators.put(inv)

	joined := Joined{Org: *rows.Org, Group: *rows.Group}
	if me.InGroup() {
		joined.AlreadyMember = true
		return joined, s.renew(ctx, me, caller)
	}
	if inv.Expired(now) {
		return Joined{}, ErrExpired
	}
	creator, ok := rows.Members[inv.CreatedBy]
	if !ok {
		others, err := s.Store.Members(ctx, group.Org(), group, []directory.UserID{inv.CreatedBy})
		if err != nil {
			return Joined{}, err
		}
		creator = others[inv.CreatedBy]
	}
	switch {
	case suspended(inv, directory.Standing{Org: rows.Org, Group: rows.Group, Membership: creator}):
		return Joined{}, ErrSuspended
	case me.RemovedSince(inv.CreatedAt):
		return Joined{}, ErrRemoved
	case !me.InOrg() && !inv.Access.newPeople():
		return Joined{}, ErrOrgMembersOnly
	case inv.UsedUp():
		return Joined{}, ErrUsedUp
	}
	if me.InOrg() {
		if err := s.renew(ctx, me, caller); err != nil {
			return Joined{}, err
		}
	}
	return joined, s.Store.Join(ctx, joining(inv, me, caller, joinID, now))
}

// joining makes the rows of someone who comes in by the link: as a user, if he is new to the organization or was out of it.
func joining(inv *Invite, me directory.Membership, caller directory.Caller, joinID string, now time.Time) Joining {
	j := Joining{Invite: inv}
	since := me.OrgMember.Since
	if !me.InOrg() {
		since = me.OrgMember.NextSince(now)
		name, email, _ := directory.Renewal(me.OrgMember, caller)
		j.Org = &directory.OrgMember{
			Org: inv.Group.Org(), User: caller.ID, State: directory.StateIn, Role: directory.RoleUser,
			Since: since, JoinedAt: now, Name: name, Email: email,
		}
	}
	j.Group = directory.GroupMember{
		Group: inv.Group, User: caller.ID, State: directory.StateIn, Since: since, JoinedAt: now, JoinID: joinID,
	}
	return j
}

// renew stores the name and address of a member who redeems, if his token has others than his row.
func (s *Service) renew(ctx context.Context, me directory.Membership, caller directory.Caller) error {
	name, email, changed := directory.Renewal(me.OrgMember, caller)
	if !changed {
		return nil
	}
	return s.Store.RenameMember(ctx, me.OrgMember.Org, caller.ID, name, email)
}
