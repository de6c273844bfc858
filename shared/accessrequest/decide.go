package accessrequest

import (
	"context"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
)

// Approve lets in someone who asked for access: into the group and, as a user, into the organization, if he is new to it. No use of the link
// is counted. A mail tells him. [directory.ErrNotFound] if there is no request of his that stands, or the caller may not decide on
// it. A repeat within a day gives the member again.
func (s *Service) Approve(ctx context.Context, caller directory.Caller, group directory.GroupID, user directory.UserID) (member directory.Member, err error) {
	joinID, err := directory.NewJoinID(s.Random)
	if err != nil {
		return directory.Member{}, err
	}
	now := s.now()
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.readToDecide(ctx, caller, group, user)
		if err != nil {
			return err
		}
		viewer, target := rows.Standing(caller.ID), rows.Members[user]
		if d := rows.Decision; d != nil && d.lets(target, now) && seesOf(viewer, caller.ID, d.Creator) {
			member = target.Member(viewer.Membership) // by an attempt of this call whose answer was lost, or by another
			return nil
		}
		c, err := rows.closing(caller, target, mail.KindApproved, now)
		if err != nil {
			return err
		}
		c.Decision.Approved, c.Decision.JoinID, c.Audit.Action = true, joinID, directory.AuditAccessApproved
		c.Joining, target = joining(c.Request, target, joinID, now)
		member = target.Member(viewer.Membership)
		return s.Store.CloseRequest(ctx, c)
	})
	return member, err
}

// lets tells whether it is by this decision that the person is in the group, and whether the approval may still be repeated.
func (d *Decision) lets(m directory.Membership, now time.Time) bool {
	return d.Approved && m.InGroup() && m.GroupMember.JoinID == d.JoinID && now.Before(d.ClearAt())
}

// joining makes the rows of someone who is let in, and his membership as it is then.
func joining(r Request, m directory.Membership, joinID string, now time.Time) (*Joining, directory.Membership) {
	j := &Joining{Was: m.GroupMember.JoinID}
	if !m.InOrg() {
		since := m.OrgMember.NextSince(now)
		name, email, _ := directory.Renewal(m.OrgMember, directory.Caller{Name: r.Name, Email: r.Email, Verified: true})
		m.OrgMember = directory.OrgMember{
			Org: r.Group.Org(), User: r.User, State: directory.StateIn, Role: directory.RoleUser, Since: since, JoinedAt: m.OrgMember.NextJoinedAt(now), Name: name, Email: email,
		}
		j.Org = &m.OrgMember
	}
	m.GroupMember = directory.GroupMember{
		Group: r.Group, User: r.User, State: directory.StateIn, Since: m.OrgMember.Since, JoinedAt: m.GroupMember.NextJoinedAt(now), JoinID: joinID,
	}
	j.Group = m.GroupMember
	return j, m
}

// Decline ends a request. A mail tells the person, who can't ask again for a week. [directory.ErrNotFound] as with [Service.Approve], and
// when it is declined already.
func (s *Service) Decline(ctx context.Context, caller directory.Caller, group directory.GroupID, user directory.UserID) error {
	now := s.now()
	var attempted *Decision
	return directory.UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.readToDecide(ctx, caller, group, user)
		if err != nil {
			return err
		}
		if attempted != nil && rows.Decision != nil && *rows.Decision == *attempted {
			return nil // by an attempt of this call whose answer was lost
		}
		c, err := rows.closing(caller, rows.Members[user], mail.KindDeclined, now)
		if err != nil {
			return err
		}
		c.Audit.Action = directory.AuditAccessDeclined
		attempted = &c.Decision
		return s.Store.CloseRequest(ctx, c)
	})
}

// readToDecide reads what decides on a decision, for someone who sees the group.
func (s *Service) readToDecide(ctx context.Context, caller directory.Caller, group directory.GroupID, user directory.UserID) (Rows, error) {
	rows, err := s.Store.ReadAccess(ctx, Keys{Group: group, Users: []directory.UserID{caller.ID, user}, Asker: user})
	if err == nil && !rows.Standing(caller.ID).SeesGroup() {
		err = directory.ErrNotFound
	}
	return rows, err
}

// closing makes what every decision writes, if there is a request that stands, and the caller may decide on it.
func (rows Rows) closing(caller directory.Caller, target directory.Membership, kind mail.Kind, now time.Time) (Closing, error) {
	r := rows.Request
	if r == nil || !r.Stands(target, now) || !r.MayDecide(rows.Standing(caller.ID), caller.ID, target) {
		return Closing{}, directory.ErrNotFound
	}
	c := Closing{
		Request: *r, Before: rows.Register, After: rows.Register.next(now),
		Decision: Decision{Group: r.Group, User: r.User, Creator: r.Creator, By: caller.ID, At: now},
		Audit:    directory.AuditEntry{Org: r.Group.Org(), At: now, Actor: caller.ID, Target: r.User.String(), Detail: r.Group.String()},
	}
	delete(c.After.Open, r.User)
	if to, fault := mail.ParseAddress(r.Email); fault == "" {
		answer := mail.NewAnswer(kind, r.Group, r.User, to, caller.ID, r.CreatedAt, now)
		c.Mail = &answer
	}
	return c, nil
}
