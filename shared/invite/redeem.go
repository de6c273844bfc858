package invite

import (
	"context"
	"errors"
	"time"

	"group-invites/shared/directory"
)

// Joined is what redeeming gives.
type Joined struct {
	Org   directory.Org
	Group directory.Group
	// AlreadyMember tells that the caller is in the group by another joining, or was since he asked; this one has let nobody in, as far as
	// its answers tell.
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
	var t tries
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		var j Joining
		joined, j, err = s.admit(ctx, caller, group, id, joinID, now, &t)
		if errors.Is(err, ErrUsedUp) {
			return s.unlessChanged(ctx, group, caller, t.me)
		}
		if err != nil || j.Invite == nil {
			return err
		}
		switch err = s.Store.Join(ctx, j); {
		case errors.Is(err, directory.ErrChanged):
			t.aside++
		case errors.Is(err, directory.ErrUnavailable) && !errors.Is(err, directory.ErrBusy) && t.unanswered == nil:
			before := t.me.GroupMember.JoinID
			t.unanswered = &before
		case err == nil && j.Fills:
			_ = s.Store.FillShards(ctx, j.Invite, NewShardSet(j.Shard)) // whoever comes next tells it if this doesn't
		}
		if err == nil && j.Org == nil { // only now: who is refused has changed nothing
			err = s.renew(ctx, t.me, caller)
		}
		return err
	})
	return joined, err
}

// unlessChanged gives [ErrUsedUp] to who still is as he was read, and else [directory.ErrChanged]. Rows that are read together are of several moments: of
// someone who asks twice at once the link may have been read when he had its last place, and he himself from before.
func (s *Service) unlessChanged(ctx context.Context, group directory.GroupID, caller directory.Caller, before directory.Membership) error {
	members, err := s.Store.Members(ctx, group.Org(), group, []directory.UserID{caller.ID})
	switch {
	case err != nil:
		return err
	case members[caller.ID] != before:
		return directory.ErrChanged
	}
	return ErrUsedUp
}

// admit reads what decides, and gives what is to be written; without an Invite, that is nothing.
func (s *Service) admit(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID, joinID string, now time.Time, t *tries) (Joined, Joining, error) {
	keys := Keys{Group: group, Invite: id, Users: []directory.UserID{caller.ID}}
	known := s.links.get(group, id)
	switch {
	case known.creator == directory.UserID{} || known.creator == caller.ID:
	case known.admin:
		keys.Members = []directory.UserID{known.creator}
	default:
		keys.Users = append(keys.Users, known.creator)
	}
	if known.shards > 0 {
		keys.Shards = two(known.shards, known.full)
	}
	rows, err := s.Store.ReadLink(ctx, keys)
	if err != nil {
		return Joined{}, Joining{}, err
	}
	me := rows.Members[caller.ID]
	t.me = me
	if rows.Org != nil && rows.Group != nil && me.GroupMember.JoinID == joinID {
		// By an attempt of this call whose answer was lost. If he is out again, he was in, and one redeem lets him in once.
		return Joined{Org: *rows.Org, Group: *rows.Group}, Joining{}, nil
	}
	if rows.Org != nil && rows.Group != nil && t.unanswered != nil && *t.unanswered != me.GroupMember.JoinID {
		// He has been in by another request since, and may be out again. Whether the attempt without an answer let him in before that, nothing tells; a
		// second one would bring him back.
		return Joined{Org: *rows.Org, Group: *rows.Group, AlreadyMember: true}, Joining{}, nil
	}
	inv := rows.Invite
	if inv == nil || rows.Group == nil || rows.Org == nil {
		return Joined{}, Joining{}, ErrDeleted
	}
	creator, seen := rows.Members[inv.CreatedBy]
	admin := inv.ByAdmin
	if seen {
		admin = creator.IsAdmin()
	}
	s.links.put(inv, admin)

	joined := Joined{Org: *rows.Org, Group: *rows.Group}
	if me.InGroup() {
		joined.AlreadyMember = true
		return joined, Joining{}, s.renew(ctx, me, caller)
	}
	if inv.Expired(now) {
		return Joined{}, Joining{}, ErrExpired
	}
	if !seen || keys.Members != nil {
		if creator, err = s.creator(ctx, inv, creator, seen); err != nil {
			return Joined{}, Joining{}, err
		}
		s.links.put(inv, creator.IsAdmin())
	}
	switch {
	case suspended(inv, directory.Standing{Org: rows.Org, Group: rows.Group, Membership: creator}):
		return Joined{}, Joining{}, ErrSuspended
	case me.RemovedSince(inv.CreatedAt):
		return Joined{}, Joining{}, ErrRemoved
	case !me.InOrg() && !inv.Access.newPeople():
		return Joined{}, Joining{}, ErrOrgMembersOnly
	case inv.UsedUp():
		return Joined{}, Joining{}, ErrUsedUp
	}
	j := joining(inv, me, caller, joinID, now)
	if inv.Capped() {
		j.Shard, err = s.shard(ctx, inv, rows.Seen, t)
		if uses, looked := rows.Seen[j.Shard]; looked {
			j.Fills = uses+1 == inv.Share(j.Shard)
		}
	}
	return joined, j, err
}

// creator reads what decides on what a link's creator may do now, beyond his row in the organization, which seen tells to have been read. His row in the
// group decides, too, unless he is an admin, or out: then it isn't read, so that of what everybody reads there is a row less.
func (s *Service) creator(ctx context.Context, inv *Invite, creator directory.Membership, seen bool) (directory.Membership, error) {
	org, who := inv.Group.Org(), []directory.UserID{inv.CreatedBy}
	if !seen && inv.ByAdmin {
		members, err := s.Store.Members(ctx, org, directory.GroupID{}, who)
		if err != nil {
			return creator, err
		}
		creator, seen = members[inv.CreatedBy], true
	}
	if seen && (creator.IsAdmin() || !creator.InOrg()) {
		return creator, nil
	}
	members, err := s.Store.Members(ctx, org, inv.Group, who)
	return members[inv.CreatedBy], err
}

// joining makes the rows of someone who comes in by the link: as a user, if he is new to the organization or was out of it.
func joining(inv *Invite, me directory.Membership, caller directory.Caller, joinID string, now time.Time) Joining {
	j := Joining{Invite: inv, Shard: NoShard, Was: me.GroupMember.JoinID}
	since := me.OrgMember.Since
	if !me.InOrg() {
		since = me.OrgMember.NextSince(now)
		name, email, _ := directory.Renewal(me.OrgMember, caller)
		j.Org = &directory.OrgMember{
			Org: inv.Group.Org(), User: caller.ID, State: directory.StateIn, Role: directory.RoleUser,
			Since: since, JoinedAt: me.OrgMember.NextJoinedAt(now), Name: name, Email: email,
		}
	}
	j.Group = directory.GroupMember{
		Group: inv.Group, User: caller.ID, State: directory.StateIn, Since: since, JoinedAt: me.GroupMember.NextJoinedAt(now), JoinID: joinID,
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
