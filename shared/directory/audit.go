package directory

import (
	"context"
	"errors"
)

// AuditView is an entry of the audit with the name of who did it, as his row has it now; empty if there is none.
type AuditView struct {
	AuditEntry
	ActorName string
}

// ListAudit lists what was done in the organization, newest first. Only admins may.
func (s *Service) ListAudit(ctx context.Context, caller Caller, org OrgID, req PageRequest) (page Page[AuditView], err error) {
	err = UntilDecided(ctx, func(ctx context.Context) error {
		page, err = s.listAudit(ctx, caller, org, req)
		return err
	})
	return page, err
}

func (s *Service) listAudit(ctx context.Context, caller Caller, org OrgID, req PageRequest) (Page[AuditView], error) {
	var page Page[AuditView]
	cursors, err := CursorsFor(ctx, s.Ring, s.now(), caller.ID, "audit "+org.String())
	if err != nil {
		return page, errors.Join(ErrUnavailable, err)
	}
	before, err := cursors.Position(req.Cursor)
	if err != nil {
		return page, err
	}
	rows, err := s.read(ctx, org, caller.ID)
	if err != nil {
		return page, err
	}
	m := rows.Members[caller.ID]
	switch {
	case rows.Org == nil || !m.InOrg():
		return page, ErrNotFound
	case !m.IsAdmin():
		return page, ErrForbidden
	}
	entries, next, err := s.Store.Audit(ctx, org, before, req.Limit)
	if err != nil {
		return page, err
	}
	actors := make([]UserID, len(entries))
	for i, e := range entries {
		actors[i] = e.Actor
	}
	members := map[UserID]Membership{}
	if len(actors) > 0 {
		if members, err = s.Store.Members(ctx, org, GroupID{}, actors); err != nil {
			return page, err
		}
	}
	page.Items = make([]AuditView, len(entries))
	for i, e := range entries {
		page.Items[i] = AuditView{AuditEntry: e, ActorName: members[e.Actor].OrgMember.Name}
	}
	if next != "" {
		page.Next = cursors.Next(next)
	}
	return page, nil
}
