package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// CreateOrg creates an organization whose first admin is the caller. [ErrForbidden] unless the deployment lets anyone create
// organizations; [LimitError] after five on one UTC day.
func (s *Service) CreateOrg(ctx context.Context, caller Caller, name string) (org Org, err error) {
	name, err = checkName(name)
	if err != nil {
		return Org{}, err
	}
	if !s.OpenOrgs {
		return Org{}, ErrForbidden
	}
	now := s.now()
	id, err := NewOrgID(s.Random)
	if err != nil {
		return Org{}, err
	}
	org = Org{ID: id, Name: name, CreatedAt: now, CreatedBy: caller.ID, Version: 1}
	admin := OrgMember{
		Org: id, User: caller.ID, State: StateIn, Role: RoleAdmin, Since: now, JoinedAt: now,
		Name: caller.Name, Email: caller.StoredEmail(),
	}
	err = UntilDecided(ctx, func(ctx context.Context) error {
		err := s.Store.CreateOrg(ctx, org, admin, OrgsPerDay)
		if !errors.Is(err, ErrChanged) {
			return err
		}
		// The id is taken: by an attempt of this call whose answer was lost, or, once in a trillion, by another organization.
		rows, err := s.read(ctx, id, caller.ID)
		if err != nil {
			return err
		}
		if m := rows.Members[caller.ID].OrgMember; rows.Org != nil && m.State == StateIn && m.Since.Equal(now) {
			return nil
		}
		return ErrChanged
	})
	return org, err
}

// GetOrg gives an organization to its members.
func (s *Service) GetOrg(ctx context.Context, caller Caller, id OrgID) (org Org, err error) {
	err = UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.read(ctx, id, caller.ID)
		if err != nil {
			return err
		}
		if rows.Org == nil || !rows.Members[caller.ID].InOrg() {
			return ErrNotFound
		}
		org = *rows.Org
		return nil
	})
	return org, err
}

// OrgChange says what is to change; nil leaves a thing as it is.
type OrgChange struct {
	Name      *string
	AddPeople *AddPeople
	// Versions are those that the organization may be in.
	Versions Versions
}

// ChangeOrg changes name or settings. Only admins may. [ErrPrecondition] if the organization isn't in a version that change allows.
// Narrowing AddPeople suspends links at once: they are judged by it whenever they are used.
func (s *Service) ChangeOrg(ctx context.Context, caller Caller, id OrgID, change OrgChange) (org Org, err error) {
	if change.Name != nil {
		name, err := checkName(*change.Name)
		if err != nil {
			return Org{}, err
		}
		change.Name = &name
	}
	audit, err := s.act(id, caller, AuditOrgChanged, id.String(), change.describe())
	if err != nil {
		return Org{}, err
	}
	attempted, undecided := false, false // undecided: a write got no answer
	err = UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.read(ctx, id, caller.ID)
		if err != nil {
			return err
		}
		m := rows.Members[caller.ID]
		switch {
		case rows.Org == nil || !m.InOrg():
			return ErrNotFound
		case attempted && *rows.Org == org:
			return nil // by an attempt of this call whose answer was lost, or by another that came to the same
		case !m.IsAdmin():
			return ErrForbidden
		case !change.Versions.Allow(rows.Org.Version):
			return ErrPrecondition
		}
		org, attempted = change.apply(*rows.Org), true
		if err = s.Store.ChangeOrg(ctx, *rows.Org, org, audit); err == nil && undecided { // as in ChangeGroup
			if rows, err = s.read(ctx, id, caller.ID); err == nil && rows.Org != nil {
				org = *rows.Org
			}
		}
		undecided = undecided || errors.Is(err, ErrUnavailable)
		return err
	})
	return org, err
}

// DeleteOrg deletes an organization. Only admins may. It is gone for everyone at once, with its groups, links and memberships, as with
// [Service.DeleteGroup].
func (s *Service) DeleteOrg(ctx context.Context, caller Caller, id OrgID) error {
	audit, err := s.act(id, caller, AuditOrgDeleted, id.String(), "")
	if err != nil {
		return err
	}
	undecided := false // whether a write got no answer
	return UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.read(ctx, id, caller.ID)
		if err != nil {
			return err
		}
		m := rows.Members[caller.ID]
		switch {
		case rows.Org == nil && undecided: // as in DeleteGroup
			return gone(s.Store.DeleteOrg(ctx, id, audit))
		case rows.Org == nil || !m.InOrg():
			return ErrNotFound
		case !m.IsAdmin():
			return ErrForbidden
		}
		err = s.Store.DeleteOrg(ctx, id, audit)
		undecided = undecided || errors.Is(err, ErrUnavailable)
		return err
	})
}

func (c OrgChange) apply(org Org) Org {
	if c.Name != nil {
		org.Name = *c.Name
	}
	if c.AddPeople != nil {
		org.AddPeople = *c.AddPeople
	}
	org.Version++
	return org
}

// describe says, for the audit, what is set. The name itself is left out: it is in the organization's row.
func (c OrgChange) describe() string {
	var parts []string
	if c.Name != nil {
		parts = append(parts, "name")
	}
	if c.AddPeople != nil {
		parts = append(parts, fmt.Sprintf("addPeople %v", c.AddPeople.Roles()))
	}
	return strings.Join(parts, ", ")
}

func checkName(s string) (string, error) {
	name, fault := CheckName(s, MaxNameGraphemes, MaxNameBytes)
	if fault != "" {
		return "", Invalid("name", fault)
	}
	return name, nil
}
