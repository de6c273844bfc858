package directory

import (
	"context"
	"errors"
)

// GroupView is a group as one person sees it.
type GroupView struct {
	Group   Group
	OrgName string
	// Standing is the caller's, for capabilities and access options; only single reads have it.
	Standing Standing
}

// CreateGroup creates a group. Only admins may. The creator is not in it until he joins or is added: an admin's rights don't
// depend on that.
func (s *Service) CreateGroup(ctx context.Context, caller Caller, org OrgID, name string) (view GroupView, err error) {
	name, err = checkName(name)
	if err != nil {
		return GroupView{}, err
	}
	id, err := NewGroupID(org, s.Random)
	if err != nil {
		return GroupView{}, err
	}
	group := Group{ID: id, Name: name, CreatedAt: s.now(), CreatedBy: caller.ID, Version: 1}
	attempted := false
	err = UntilDecided(ctx, func(ctx context.Context) error {
		keys := Keys{Org: org, Users: []UserID{caller.ID}}
		if attempted {
			keys.Group = id // see whether an attempt of this call, whose answer was lost, created it
		}
		rows, err := s.Store.Read(ctx, keys)
		if err != nil {
			return err
		}
		m := rows.Members[caller.ID]
		switch {
		case rows.Org == nil || !m.InOrg():
			return ErrNotFound
		case !m.IsAdmin():
			return ErrForbidden
		}
		rows.Group = firstOf(rows.Group, &group)
		view = GroupView{Group: *rows.Group, OrgName: rows.Org.Name, Standing: rows.Standing(caller.ID)}
		if rows.Group != &group {
			if *rows.Group == group {
				return nil
			}
			if id, err = NewGroupID(org, s.Random); err != nil { // taken by another group: one in 16 million
				return err
			}
			group.ID = id
			return ErrChanged
		}
		attempted = true
		return s.Store.CreateGroup(ctx, group)
	})
	return view, err
}

func firstOf(g, other *Group) *Group {
	if g != nil {
		return g
	}
	return other
}

// GetGroup gives a group to those who see it, with their capabilities.
func (s *Service) GetGroup(ctx context.Context, caller Caller, id GroupID) (view GroupView, err error) {
	err = UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.readGroup(ctx, id, caller.ID)
		if err != nil {
			return err
		}
		st := rows.Standing(caller.ID)
		if !st.SeesGroup() {
			return ErrNotFound
		}
		view = GroupView{Group: *rows.Group, OrgName: rows.Org.Name, Standing: st}
		return nil
	})
	return view, err
}

// ListGroups lists the organization's groups by id: all of them to admins, their own to others.
func (s *Service) ListGroups(ctx context.Context, caller Caller, org OrgID, req PageRequest) (page Page[GroupView], err error) {
	err = UntilDecided(ctx, func(ctx context.Context) error {
		page, err = s.listGroups(ctx, caller, org, req)
		return err
	})
	return page, err
}

func (s *Service) listGroups(ctx context.Context, caller Caller, org OrgID, req PageRequest) (Page[GroupView], error) {
	var page Page[GroupView]
	cursors, err := CursorsFor(ctx, s.Ring, s.now(), caller.ID, "groups "+org.String())
	if err != nil {
		return page, errors.Join(ErrUnavailable, err)
	}
	position, err := cursors.Position(req.Cursor)
	if err != nil {
		return page, err
	}
	after, _ := ParseGroupID(position) // the zero id, before all others, if there is no position
	rows, err := s.read(ctx, org, caller.ID)
	if err != nil {
		return page, err
	}
	m := rows.Members[caller.ID]
	if rows.Org == nil || !m.InOrg() {
		return page, ErrNotFound
	}
	page.Items = []GroupView{}
	for more := true; more && len(page.Items) < req.Limit; { // groups that were deleted just now may still be listed
		var ids, counted []GroupID
		if m.IsAdmin() {
			ids, more, err = s.Store.OrgGroupIDs(ctx, org, after, req.Limit)
			counted = ids
		} else {
			ids, counted, more, err = s.ownGroupIDs(ctx, m.OrgMember, after, req.Limit)
		}
		if err != nil {
			return page, err
		}
		_, groups, err := s.Store.OrgsAndGroups(ctx, nil, counted)
		if err != nil {
			return page, err
		}
		for _, id := range ids {
			if len(page.Items) == req.Limit {
				more = true
				break
			}
			after = id
			if g, ok := groups[id]; ok {
				page.Items = append(page.Items, GroupView{Group: g, OrgName: rows.Org.Name})
			}
		}
		if page.Next = ""; more {
			page.Next = cursors.Next(after.String())
		}
	}
	return page, nil
}

// ownGroupIDs lists the groups of the organization in which its member has a row, and those of them that he is in.
func (s *Service) ownGroupIDs(ctx context.Context, m OrgMember, after GroupID, limit int) (ids, in []GroupID, more bool, err error) {
	rows, more, err := s.Store.GroupMemberships(ctx, m.Org, m.User, after, limit)
	for _, g := range rows {
		ids = append(ids, g.Group)
		if (Membership{OrgMember: m, GroupMember: g}).InGroup() {
			in = append(in, g.Group)
		}
	}
	return ids, in, more, err
}

// ChangeGroup gives a group another name. Only admins may; [ErrPrecondition] if the group isn't in one of the
// versions.
func (s *Service) ChangeGroup(ctx context.Context, caller Caller, id GroupID, name string, versions Versions) (view GroupView, err error) {
	name, err = checkName(name)
	if err != nil {
		return GroupView{}, err
	}
	audit, err := s.act(id.Org(), caller, AuditGroupChanged, id.String(), "")
	if err != nil {
		return GroupView{}, err
	}
	attempted, undecided := false, false // undecided: a write got no answer
	err = UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.readGroup(ctx, id, caller.ID)
		if err != nil {
			return err
		}
		st, err := rows.groupAdmin(caller.ID)
		switch {
		case err != nil:
			return err
		case attempted && *st.Group == view.Group:
			return nil // by an attempt of this call whose answer was lost, or by another that came to the same
		case !versions.Allow(st.Group.Version):
			return ErrPrecondition
		}
		attempted = true
		before, after := *st.Group, *st.Group
		after.Name, after.Version = name, before.Version+1
		view = GroupView{Group: after, OrgName: st.Org.Name, Standing: st}
		if err = s.Store.ChangeGroup(ctx, before, after, audit); err == nil && undecided {
			// That attempt may have done it, and this one nothing, because others have changed it since: tell what is there.
			if rows, err = s.readGroup(ctx, id, caller.ID); err == nil && rows.Group != nil {
				view.Group = *rows.Group
			}
		}
		undecided = undecided || errors.Is(err, ErrUnavailable)
		return err
	})
	return view, err
}

// DeleteGroup deletes a group. Only admins may. It is gone for everyone at once, with its links and memberships, which nothing but the
// group's own row makes count; what is left of them is cleared away in the background.
func (s *Service) DeleteGroup(ctx context.Context, caller Caller, id GroupID) error {
	audit, err := s.act(id.Org(), caller, AuditGroupDeleted, id.String(), "")
	if err != nil {
		return err
	}
	undecided := false // whether a write got no answer
	return UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.readGroup(ctx, id, caller.ID)
		if err != nil {
			return err
		}
		if rows.Group == nil && undecided { // by that write, or by somebody else meanwhile: the audit row tells
			return gone(s.Store.DeleteGroup(ctx, id, audit))
		}
		if _, err := rows.groupAdmin(caller.ID); err != nil {
			return err
		}
		err = s.Store.DeleteGroup(ctx, id, audit)
		undecided = undecided || errors.Is(err, ErrUnavailable)
		return err
	})
}

// groupAdmin gives someone's standing, and refuses everyone but admins.
func (r Rows) groupAdmin(user UserID) (Standing, error) {
	st := r.Standing(user)
	switch {
	case !st.SeesGroup():
		return st, ErrNotFound
	case !st.IsAdmin():
		return st, ErrForbidden
	}
	return st, nil
}

// gone makes of a delete's answer that the thing was gone what the caller hears: somebody else has deleted it.
func gone(err error) error {
	if errors.Is(err, ErrGone) {
		return ErrNotFound
	}
	return err
}
