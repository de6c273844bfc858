package mirror

import (
	"context"

	"group-invites/shared/directory"
)

// Shown is something that the host asks to see: of what it asked for, and what that belongs to.
type Shown struct {
	Org    directory.Org
	Group  directory.Group
	Member directory.Membership
}

// ShowOrg gives an organization; [MissingError] if there is none.
func (s *Service) ShowOrg(ctx context.Context, issuer, org string) (Shown, error) {
	return s.show(ctx, issuer, Op{Kind: DeleteOrg, Org: org})
}

// ShowGroup gives a group; [MissingError] if there is none.
func (s *Service) ShowGroup(ctx context.Context, issuer, org, group string) (Shown, error) {
	return s.show(ctx, issuer, Op{Kind: DeleteGroup, Org: org, Group: group})
}

// ShowMember gives someone who is in the organization; [MissingError] if he isn't.
func (s *Service) ShowMember(ctx context.Context, issuer, org, member string) (Shown, error) {
	return s.show(ctx, issuer, Op{Kind: DeleteMember, Org: org, Member: member})
}

// ShowGroupMember gives someone who is in the group; [MissingError] if he isn't.
func (s *Service) ShowGroupMember(ctx context.Context, issuer, org, group, member string) (Shown, error) {
	return s.show(ctx, issuer, Op{Kind: DeleteGroupMember, Org: org, Group: group, Member: member})
}

// show reads what the operation would be decided on.
func (s *Service) show(ctx context.Context, issuer string, op Op) (shown Shown, err error) {
	if op, err = op.checked(); err != nil {
		return shown, err
	}
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		f, err := s.read(ctx, issuer, []*task{{op: op}})
		if err != nil {
			return err
		}
		org, groups, err := f.place(op)
		if err != nil {
			return err
		}
		shown = Shown{Org: org}
		if op.Kind.ofGroup() {
			shown.Group = groups[0]
		}
		if !op.Kind.ofMember() {
			return nil
		}
		shown.Member = f.member(org, shown.Group.ID, op)
		if !shown.Member.InOrg() || op.Kind.ofGroup() && !shown.Member.InGroup() {
			return &MissingError{"member"}
		}
		return nil
	})
	return shown, err
}

// Page is a part of a list, by id. Next is the id to go on after, where there is more.
type Page[T, ID any] struct {
	Items []T
	More  bool
	Next  ID
}

// ListGroups lists the groups of an organization, by id, after the given one: those that people made too, which have no external id.
func (s *Service) ListGroups(ctx context.Context, issuer, org string, after directory.GroupID, limit int) (Page[directory.Group, directory.GroupID], error) {
	var page Page[directory.Group, directory.GroupID]
	shown, err := s.ShowOrg(ctx, issuer, org)
	if err != nil {
		return page, err
	}
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		page = Page[directory.Group, directory.GroupID]{Next: after, More: true}
		for page.More && len(page.Items) < limit {
			ids, more, err := s.Store.OrgGroupIDs(ctx, shown.Org.ID, page.Next, limit)
			if err != nil {
				return err
			}
			_, groups, err := s.Store.OrgsAndGroups(ctx, nil, ids)
			if err != nil {
				return err
			}
			page.More = more
			for _, id := range ids { // one that was deleted just now may still be listed
				if len(page.Items) == limit {
					page.More = true
					break
				}
				page.Next = id
				if g, ok := groups[id]; ok {
					page.Items = append(page.Items, g)
				}
			}
		}
		return nil
	})
	return page, err
}

// ListMembers lists who is in the organization or, if group isn't "", in the group, by id, after the given one.
func (s *Service) ListMembers(ctx context.Context, issuer, org, group string, after directory.UserID, limit int) (Page[directory.Membership, directory.UserID], error) {
	var page Page[directory.Membership, directory.UserID]
	op := Op{Kind: DeleteOrg, Org: org}
	if group != "" {
		op = Op{Kind: DeleteGroup, Org: org, Group: group}
	}
	shown, err := s.show(ctx, issuer, op)
	if err != nil {
		return page, err
	}
	list := func(ctx context.Context, after directory.UserID, limit int) ([]directory.UserID, bool, error) {
		if group != "" {
			return s.Store.GroupMemberIDs(ctx, shown.Group.ID, after, limit)
		}
		return s.Store.OrgMemberIDs(ctx, shown.Org.ID, after, limit)
	}
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		page = Page[directory.Membership, directory.UserID]{Next: after, More: true}
		for page.More && len(page.Items) < limit {
			ids, more, err := list(ctx, page.Next, limit)
			if err != nil {
				return err
			}
			page.More = more
			if len(ids) == 0 {
				continue
			}
			rows, err := s.Store.Members(ctx, shown.Org.ID, shown.Group.ID, ids)
			if err != nil {
				return err
			}
			for _, id := range ids { // not every row that is listed counts
				if len(page.Items) == limit {
					page.More = true
					break
				}
				page.Next = id
				if m := rows[id]; m.InGroup() || group == "" && m.InOrg() {
					page.Items = append(page.Items, m)
				}
			}
		}
		return nil
	})
	return page, err
}
