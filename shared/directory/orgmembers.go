package directory

import (
	"context"
	"errors"
	"time"
)

// Member is a member of an organization or a group, as lists show him. JoinedAt is that of the organization or the group.
type Member struct {
	ID       UserID
	Name     string
	Role     Role
	JoinedAt time.Time
	// Email is filled, if one is known, and ShowEmail set, for admins only.
	Email     string
	ShowEmail bool
}

// member gives the row as the viewer may see it.
func (m OrgMember) member(viewer Membership) Member {
	v := Member{ID: m.User, Name: m.Name, Role: m.Role, JoinedAt: m.JoinedAt}
	if viewer.IsAdmin() {
		v.Email, v.ShowEmail = m.Email, true
	}
	return v
}

// ListOrgMembers lists who is in the organization, by id. Managers and admins may.
func (s *Service) ListOrgMembers(ctx context.Context, caller Caller, org OrgID, req PageRequest) (page Page[Member], err error) {
	err = UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.read(ctx, org, caller.ID)
		if err != nil {
			return err
		}
		viewer := rows.Members[caller.ID]
		switch {
		case rows.Org == nil || !viewer.InOrg():
			return ErrNotFound
		case viewer.OrgMember.Role == RoleUser:
			return ErrForbidden
		}
		page, err = s.listMembers(ctx, caller, "members "+org.String(), req, memberList{
			org: org,
			ids: func(ctx context.Context, after UserID, limit int) ([]UserID, bool, error) {
				return s.Store.OrgMemberIDs(ctx, org, after, limit)
			},
			show: func(m Membership) (Member, bool) { return m.OrgMember.member(viewer), m.InOrg() },
		})
		return err
	})
	return page, err
}

// memberList is what listMembers needs to know of a list.
type memberList struct {
	org   OrgID
	group GroupID // zero: the members of the organization
	ids   func(ctx context.Context, after UserID, limit int) ([]UserID, bool, error)
	show  func(Membership) (Member, bool) // false: the row doesn't count
}

// listMembers reads ids from the index, and the rows themselves by key, because the index knows neither names nor roles and may be a
// moment old. It goes on until the page is full or the list ends, so that rows that don't count leave no page empty before the end. It looks at
// a page's worth of rows each time, however few are missing: of many that don't count, one after the other, it is soon past.
func (s *Service) listMembers(ctx context.Context, caller Caller, name string, req PageRequest, list memberList) (Page[Member], error) {
	page := Page[Member]{Items: []Member{}}
	cursors, err := CursorsFor(ctx, s.Ring, s.now(), caller.ID, name)
	if err != nil {
		return page, errors.Join(ErrUnavailable, err)
	}
	position, err := cursors.Position(req.Cursor)
	if err != nil {
		return page, err
	}
	after, _ := ParseUserID(position) // the zero id, before all others, if there is no position
	for {
		ids, more, err := list.ids(ctx, after, req.Limit)
		if err != nil {
			return page, err
		}
		if len(ids) > 0 {
			rows, err := s.Store.Members(ctx, list.org, list.group, ids)
			if err != nil {
				return page, err
			}
			for _, id := range ids {
				if len(page.Items) == req.Limit {
					more = true
					break
				}
				after = id
				if m, ok := list.show(rows[id]); ok {
					page.Items = append(page.Items, m)
				}
			}
		}
		switch {
		case !more:
			return page, nil
		case len(page.Items) == req.Limit:
			page.Next = cursors.Next(after.String())
			return page, nil
		}
	}
}

// PutOrgMember adds someone who was a member before, with the given role ("" is user); it lifts his removal. Someone who is in
// gets the given role, if it is given. created tells whether he was added. Only admins may; strangers come by links.
func (s *Service) PutOrgMember(ctx context.Context, caller Caller, org OrgID, user UserID, role Role) (member Member, created bool, err error) {
	var added time.Time // the epoch that this call began
	err = s.adminAct(ctx, caller, org, user, func(viewer, target Membership) (OrgMember, AuditEntry, error) {
		after, audit := target.OrgMember, AuditEntry{At: s.now()}
		created = !target.InOrg() || after.Since.Equal(added)
		switch {
		case !target.InOrg():
			after.State, after.Since, after.JoinedAt, after.RemovedAt = StateIn, after.NextSince(audit.At), after.NextJoinedAt(audit.At), time.Time{}
			after.Role = role
			if role == "" {
				after.Role = RoleUser
			}
			audit.Action, audit.Detail = AuditMemberAdded, string(after.Role)
			added = after.Since
		case role != "":
			after.Role = role
			audit.Action, audit.Detail = AuditMemberRole, string(role)
		}
		member = after.member(viewer)
		return after, audit, nil
	})
	return member, created, err
}

// ChangeRole gives a member another role. Only admins may; [ErrLastAdmin] if no admin would be left.
func (s *Service) ChangeRole(ctx context.Context, caller Caller, org OrgID, user UserID, role Role) (member Member, err error) {
	err = s.adminAct(ctx, caller, org, user, func(viewer, target Membership) (OrgMember, AuditEntry, error) {
		if !target.InOrg() {
			return OrgMember{}, AuditEntry{}, ErrNotFound
		}
		after := target.OrgMember
		after.Role = role
		member = after.member(viewer)
		return after, AuditEntry{At: s.now(), Action: AuditMemberRole, Detail: string(role)}, nil
	})
	return member, err
}

// adminAct refuses everyone but admins, and turns the target's row into what act makes of it, if that is another; again, if rows
// changed meanwhile. A target who never was a member is [ErrNotFound].
func (s *Service) adminAct(ctx context.Context, caller Caller, org OrgID, user UserID, act func(viewer, target Membership) (OrgMember, AuditEntry, error)) error {
	made, err := s.act(org, caller, "", user.String(), "")
	if err != nil {
		return err
	}
	var attempted OrgMember
	return UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.read(ctx, org, caller.ID, user)
		if err != nil {
			return err
		}
		viewer, target := rows.Members[caller.ID], rows.Members[user]
		switch {
		case rows.Org == nil || !viewer.InOrg():
			return ErrNotFound
		case attempted.State != "" && target.OrgMember == attempted:
			return nil // by an attempt of this call whose answer was lost; of the caller himself, it may have cost him the right
		case !viewer.IsAdmin():
			return ErrForbidden
		case target.OrgMember.State == "":
			return ErrNotFound
		}
		after, audit, err := act(viewer, target)
		if err != nil || after == target.OrgMember {
			return err
		}
		attempted = after
		entry := made
		entry.Action, entry.Detail = audit.Action, audit.Detail
		return s.Store.ChangeOrgMember(ctx, target.OrgMember, after, &entry)
	})
}

// RemoveOrgMember removes someone from the organization, and so from all its groups, and records that, also of someone who
// has left. Of the caller himself it is leaving, which records no removal. Only admins may remove; [ErrLastAdmin] if no admin would be left.
func (s *Service) RemoveOrgMember(ctx context.Context, caller Caller, org OrgID, user UserID) error {
	if user == caller.ID {
		return s.leaveOrg(ctx, caller, org)
	}
	return s.adminAct(ctx, caller, org, user, func(_, target Membership) (OrgMember, AuditEntry, error) {
		audit := AuditEntry{At: s.now(), Action: AuditMemberRemoved}
		return target.OrgMember.Removed(audit.At), audit, nil
	})
}

func (s *Service) leaveOrg(ctx context.Context, caller Caller, org OrgID) error {
	var left time.Time // epoch of the membership that an attempt of this call has ended, perhaps
	return UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.read(ctx, org, caller.ID)
		if err != nil {
			return err
		}
		m := rows.Members[caller.ID]
		switch in := rows.Org != nil && m.InOrg(); {
		case !left.IsZero() && !(in && m.OrgMember.Since.Equal(left)):
			return nil // by that attempt, or by another that came to the same; he may have been added again since
		case !in:
			return ErrNotFound
		}
		left = m.OrgMember.Since
		after := m.OrgMember
		after.State = StateLeft
		return s.Store.ChangeOrgMember(ctx, m.OrgMember, after, nil)
	})
}

// later gives the later of two instants.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
