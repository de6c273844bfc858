package directory

import (
	"context"
)

// Member gives the person's row in the group as the viewer may see it.
func (m Membership) Member(viewer Membership) Member {
	v := m.OrgMember.member(viewer)
	v.JoinedAt = m.GroupMember.JoinedAt
	return v
}

// ListGroupMembers lists who is in the group, by id, to those who see it.
func (s *Service) ListGroupMembers(ctx context.Context, caller Caller, group GroupID, req PageRequest) (page Page[Member], err error) {
	err = UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.readGroup(ctx, group, caller.ID)
		if err != nil {
			return err
		}
		viewer := rows.Standing(caller.ID)
		if !viewer.SeesGroup() {
			return ErrNotFound
		}
		page, err = s.listMembers(ctx, caller, "members "+group.String(), req, memberList{
			org: group.Org(), group: group,
			ids: func(ctx context.Context, after UserID, limit int) ([]UserID, bool, error) {
				return s.Store.GroupMemberIDs(ctx, group, after, limit)
			},
			show: func(m Membership) (Member, bool) { return m.Member(viewer.Membership), m.InGroup() },
		})
		return err
	})
	return page, err
}

// PutGroupMember adds a member of the organization to the group; it lifts his removal from the group. added is false if he was in
// it already. Managers of the group and admins may.
func (s *Service) PutGroupMember(ctx context.Context, caller Caller, group GroupID, user UserID) (member Member, added bool, err error) {
	joinID, err := NewJoinID(s.Random)
	if err != nil {
		return Member{}, false, err
	}
	audit, err := s.act(group.Org(), caller, AuditGroupMemberAdded, user.String(), group.String())
	if err != nil {
		return Member{}, false, err
	}
	err = UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.readGroup(ctx, group, caller.ID, user)
		if err != nil {
			return err
		}
		viewer, target := rows.Standing(caller.ID), rows.Members[user]
		switch {
		case !viewer.SeesGroup():
			return ErrNotFound
		case !viewer.ManagesGroup():
			return ErrForbidden
		case !target.InOrg():
			return ErrNotFound
		case target.InGroup():
			added = target.GroupMember.JoinID == joinID // by an attempt of this call whose answer was lost
			member = target.Member(viewer.Membership)
			return nil
		}
		now := s.now()
		before := target.GroupMember
		target.GroupMember = GroupMember{
			Group: group, User: user, State: StateIn, Since: target.OrgMember.Since, JoinedAt: before.NextJoinedAt(now), JoinID: joinID,
		}
		member, added = target.Member(viewer.Membership), true
		return s.Store.ChangeGroupMember(ctx, before, target.GroupMember, &audit)
	})
	return member, added, err
}

// RemoveGroupMember removes someone from the group and records that, also of someone who has left. Of the caller himself it is
// leaving, which records no removal. Managers of the group may remove users, admins everyone.
func (s *Service) RemoveGroupMember(ctx context.Context, caller Caller, group GroupID, user UserID) error {
	audit, err := s.act(group.Org(), caller, AuditGroupMemberRemoved, user.String(), group.String())
	if err != nil {
		return err
	}
	var attempted GroupMember
	return UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.readGroup(ctx, group, caller.ID, user)
		if err != nil {
			return err
		}
		viewer, target := rows.Standing(caller.ID), rows.Members[user]
		now := s.now()
		after := target.GroupMember
		if user == caller.ID {
			switch {
			case attempted.State != "" && !(viewer.InGroup() && after.JoinID == attempted.JoinID):
				return nil // as in leaveOrg
			case !viewer.SeesGroup() || !viewer.InGroup():
				return ErrNotFound
			}
			after.State = StateLeft
			attempted = after
			return s.Store.ChangeGroupMember(ctx, target.GroupMember, after, nil)
		}
		switch {
		case !viewer.SeesGroup():
			return ErrNotFound
		case !viewer.ManagesGroup():
			return ErrForbidden
		case attempted.State != "" && target.GroupMember == attempted:
			return nil // by an attempt of this call whose answer was lost
		case target.GroupMember.State == "":
			return ErrNotFound
		case target.OrgMember.Role != RoleUser && !viewer.IsAdmin():
			return ErrForbidden
		}
		if after = after.Removed(now); after == target.GroupMember {
			return nil // in this very millisecond, which is on record
		}
		attempted = after
		return s.Store.ChangeGroupMember(ctx, target.GroupMember, after, &audit)
	})
}
