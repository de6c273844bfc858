package directory

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// AuditView is an entry of the audit with names as the rows have them now; empty where there is none.
type AuditView struct {
	AuditEntry
	ActorName  string
	Person     UserID // whom it was done to; zero if it was done to a thing
	PersonName string
	Group      GroupID // the group that it is about; zero if it is about the organization alone
	GroupName  string  // empty once it is deleted
}

// about reads whom and which group an entry is about: its target, or what it has in detail.
func (e AuditEntry) about() (person UserID, group GroupID) {
	switch e.Action {
	case AuditMemberAdded, AuditMemberRemoved, AuditMemberRole:
		return parsed(ParseUserID(e.Target)), group
	case AuditGroupMemberAdded, AuditGroupMemberRemoved, AuditAccessApproved, AuditAccessDeclined:
		return parsed(ParseUserID(e.Target)), parsed(ParseGroupID(e.Detail))
	case AuditInviteCreated, AuditInviteDeleted:
		return person, parsed(ParseGroupID(e.Detail))
	case AuditGroupCreated, AuditGroupChanged, AuditGroupDeleted, AuditMemberJoined:
		return person, parsed(ParseGroupID(e.Target))
	}
	return person, group
}

// parsed gives the zero id for a text that is none.
func parsed[T any](id T, ok bool) T {
	if !ok {
		var zero T
		return zero
	}
	return id
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
	page.Items = make([]AuditView, len(entries))
	for i, e := range entries {
		person, group := e.about()
		page.Items[i] = AuditView{AuditEntry: e, Person: person, Group: group}
	}
	if err := s.nameAudit(ctx, org, page.Items); err != nil {
		return page, err
	}
	if next != "" {
		page.Next = cursors.Next(next)
	}
	return page, nil
}

// nameAudit puts the names of people and groups into entries.
func (s *Service) nameAudit(ctx context.Context, org OrgID, entries []AuditView) error {
	people, groups := map[UserID]bool{}, map[GroupID]bool{}
	for _, e := range entries {
		people[e.Actor], people[e.Person], groups[e.Group] = true, true, true
	}
	delete(people, UserID{})
	delete(groups, GroupID{})
	members := map[UserID]Membership{}
	for some := range slices.Chunk(slices.Collect(maps.Keys(people)), MaxPage) {
		found, err := s.Store.Members(ctx, org, GroupID{}, some)
		if err != nil {
			return err
		}
		maps.Copy(members, found)
	}
	_, named, err := s.Store.OrgsAndGroups(ctx, nil, slices.Collect(maps.Keys(groups)))
	if err != nil {
		return err
	}
	for i, e := range entries {
		entries[i].ActorName = members[e.Actor].OrgMember.Name
		if e.Actor == Host {
			entries[i].ActorName = HostName
		}
		entries[i].PersonName = members[e.Person].OrgMember.Name
		entries[i].GroupName = named[e.Group].Name
	}
	return nil
}
