package mirror

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"group-invites/shared/directory"
)

// facts are what operations are decided on.
type facts struct {
	issuer  string
	targets map[Ref]Target
	rows    Rows
}

// read reads, in two round trips, all that the tasks are decided on: what external ids stand for, and then the rows.
func (s *Service) read(ctx context.Context, issuer string, tasks []*task) (facts, error) {
	f := facts{issuer: issuer}
	refs := map[Ref]bool{}
	for _, t := range tasks {
		refs[Ref{Org: t.op.Org}] = true
		for _, group := range t.op.groups() {
			refs[Ref{Org: t.op.Org, Group: group}] = true
		}
	}
	var err error
	if f.targets, err = s.Store.Targets(ctx, slices.Collect(maps.Keys(refs))); err != nil {
		return f, err
	}
	var keys Keys
	for ref, target := range f.targets {
		if ref.Group == "" {
			keys.Orgs = append(keys.Orgs, target.Org)
		} else {
			keys.Groups = append(keys.Groups, target.Group)
		}
	}
	for _, t := range tasks {
		org := f.targets[Ref{Org: t.op.Org}].Org
		if !t.op.Kind.ofMember() || org == (directory.OrgID{}) {
			continue
		}
		user := f.user(t.op)
		keys.Members = append(keys.Members, Place{Org: org, User: user})
		for _, group := range t.op.groups() {
			if id := f.targets[Ref{Org: t.op.Org, Group: group}].Group; id != (directory.GroupID{}) {
				keys.Members = append(keys.Members, Place{Org: org, Group: id, User: user})
			}
		}
	}
	if len(keys.Orgs) == 0 && len(keys.Groups) == 0 {
		return f, nil
	}
	f.rows, err = s.Store.Rows(ctx, keys)
	return f, err
}

// org gives the organization that the external id stands for.
func (f facts) org(external string) (directory.Org, bool) {
	org, ok := f.rows.Orgs[f.targets[Ref{Org: external}].Org]
	return org, ok
}

// group gives the group that the external id stands for: of the organization that is there now.
func (f facts) group(org directory.Org, external string) (directory.Group, bool) {
	id := f.targets[Ref{Org: org.ExternalID, Group: external}].Group
	group, ok := f.rows.Groups[id]
	return group, ok && id.Org() == org.ID
}

// user gives the id of the operation's person.
func (f facts) user(op Op) directory.UserID { return directory.NewUserID(f.issuer, op.Member) }

// member gives the person's rows in the organization and, unless it is zero, the group.
func (f facts) member(org directory.Org, group directory.GroupID, op Op) directory.Membership {
	m := f.rows.Members[Place{Org: org.ID, Group: group, User: f.user(op)}]
	m.OrgMember.Org, m.OrgMember.User = org.ID, f.user(op)
	if group != (directory.GroupID{}) {
		m.GroupMember.Group, m.GroupMember.User = group, f.user(op)
	}
	return m
}

// place gives what the operation of a member is about, or what is missing of it.
func (f facts) place(op Op) (org directory.Org, groups []directory.Group, err error) {
	org, ok := f.org(op.Org)
	if !ok {
		return org, nil, &MissingError{"org"}
	}
	for i, external := range op.groups() {
		group, ok := f.group(org, external)
		switch {
		case !ok && op.Kind.ofGroup():
			return org, nil, &MissingError{"group"}
		case !ok:
			return org, nil, &MissingError{fmt.Sprintf("groups[%d]", i)}
		}
		groups = append(groups, group)
	}
	return org, groups, nil
}
