package mirror

import (
	"context"
	"errors"
	"slices"
	"time"

	"group-invites/shared/directory"
)

// putMember adds a person to the organization, or gives him role and name, and adds him to groups.
func (s *Service) putMember(ctx context.Context, t *task, f facts) error {
	org, groups, err := f.place(t.op)
	if err != nil {
		return err
	}
	before := f.member(org, directory.GroupID{}, t.op).OrgMember
	after := before
	var audit *directory.AuditEntry
	switch now := t.now; {
	case before.State != directory.StateIn && t.letIn(f, org, groups, before):
		t.result.Org, t.result.Member, t.result.Created = org, directory.Membership{OrgMember: before}, before.Since.Equal(t.since)
		return nil
	case before.State != directory.StateIn:
		after.State, after.Since, after.JoinedAt, after.RemovedAt = directory.StateIn, before.NextSince(now), before.NextJoinedAt(now), time.Time{}
		after.Role = directory.RoleUser
		if t.op.Role != "" {
			after.Role = t.op.Role
		}
		t.since = after.Since // the stream tells the audit
	case t.op.Role != "" && t.op.Role != before.Role:
		after.Role = t.op.Role
		entry := t.audit(org.ID, directory.AuditMemberRole, before.User.String(), string(after.Role))
		audit = &entry
	}
	if t.op.Name != "" {
		after.Name = t.op.Name
	}
	t.result.Created = after.Since.Equal(t.since)
	t.result.Org, t.result.Member = org, directory.Membership{OrgMember: after}
	if after != before {
		if err := s.Store.MirrorOrgMember(ctx, before, after, audit); err != nil {
			return err
		}
	}
	for _, group := range groups {
		m := f.member(org, group.ID, t.op)
		m.OrgMember = after
		if _, _, err := s.addToGroup(ctx, t, group.ID, m); err != nil {
			return err
		}
	}
	return nil
}

// letIn tells whether an attempt of this operation has let someone in who is out of the organization: into that, or into a group of it. He has left since, or
// was removed, and isn't brought back.
func (t *task) letIn(f facts, org directory.Org, groups []directory.Group, m directory.OrgMember) bool {
	if !t.since.IsZero() && m.Since.Equal(t.since) {
		return true
	}
	return slices.ContainsFunc(groups, func(g directory.Group) bool {
		joinID := t.joinIDs[g.ID]
		return joinID != "" && f.member(org, g.ID, t.op).GroupMember.JoinID == joinID
	})
}

// putGroupMember adds someone who is in the organization to the group.
func (s *Service) putGroupMember(ctx context.Context, t *task, f facts) error {
	org, groups, err := f.place(t.op)
	if err != nil {
		return err
	}
	m := f.member(org, groups[0].ID, t.op)
	if !m.InOrg() {
		return &MissingError{"member"}
	}
	t.result.Org, t.result.Group = org, groups[0]
	t.result.Member, t.result.Created, err = s.addToGroup(ctx, t, groups[0].ID, m)
	return err
}

// addToGroup adds a member of the organization to the group, unless he is in it; it lifts his removal from the group. added is also true if an
// attempt of this operation, whose answer was lost, did.
func (s *Service) addToGroup(ctx context.Context, t *task, group directory.GroupID, m directory.Membership) (_ directory.Membership, added bool, err error) {
	if m.InGroup() {
		return m, m.GroupMember.JoinID == t.joinIDs[group], nil
	}
	before := m.GroupMember
	joinID := t.joinIDs[group]
	if joinID != "" && before.JoinID == joinID && before.Since.Equal(m.OrgMember.Since) {
		return m, true, nil // by an attempt of this operation, whose answer was lost; he is out again
	}
	if joinID == "" || before.JoinID == joinID { // another membership of the organization has other joinings
		if joinID, err = directory.NewJoinID(s.Random); err != nil {
			return m, false, err
		}
		if t.joinIDs == nil {
			t.joinIDs = map[directory.GroupID]string{}
		}
		t.joinIDs[group] = joinID
	}
	m.GroupMember = directory.GroupMember{
		Group: group, User: m.OrgMember.User, State: directory.StateIn, Since: m.OrgMember.Since, JoinedAt: before.NextJoinedAt(t.now), JoinID: joinID,
	}
	return m, true, s.Store.MirrorGroupMember(ctx, before, m.GroupMember, nil)
}

// deleteMember removes a person from the organization, and so from all its groups, and records that, also of someone who has left or never
// was a member. Who is removed already stays as he is.
func (s *Service) deleteMember(ctx context.Context, t *task, f facts) error {
	org, ok := f.org(t.op.Org)
	if !ok {
		return nil
	}
	before := f.member(org, directory.GroupID{}, t.op).OrgMember
	if before.State == directory.StateRemoved {
		return nil
	}
	now, after := t.now, before
	if before.State == "" {
		after.Role, after.Since, after.JoinedAt = directory.RoleUser, now, now
	}
	after = after.Removed(now)
	entry := t.audit(org.ID, directory.AuditMemberRemoved, before.User.String(), "")
	return s.Store.MirrorOrgMember(ctx, before, after, &entry)
}

// deleteGroupMember removes a person from the group, as deleteMember does from the organization.
func (s *Service) deleteGroupMember(ctx context.Context, t *task, f facts) error {
	org, groups, err := f.place(t.op)
	if errors.Is(err, directory.ErrNotFound) {
		return nil
	}
	group := groups[0].ID
	m := f.member(org, group, t.op)
	before := m.GroupMember
	if before.State == directory.StateRemoved {
		return nil
	}
	now, after := t.now, before
	if before.State == "" {
		after.Since, after.JoinedAt = now, now // counts for nothing while he isn't in
	}
	after = after.Removed(now)
	entry := t.audit(org.ID, directory.AuditGroupMemberRemoved, before.User.String(), group.String())
	return s.Store.MirrorGroupMember(ctx, before, after, &entry)
}
