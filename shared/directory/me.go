package directory

import (
	"bytes"
	"context"
	"errors"
	"slices"
)

// Me is the caller with all that he belongs to.
type Me struct {
	Caller Caller
	Orgs   []MyOrg // by id
}

// MyOrg is an organization that the caller is in, with the groups of it that he is in.
type MyOrg struct {
	Org    Org
	Role   Role
	Groups []Group // by id; all of them, unless he is in more than maxMyGroups of all his organizations
}

// maxMyGroups is how many groups Me gives. An admin adds people to groups without asking them: however many he makes, nobody is kept from his others,
// and from the rest of what Me tells. [Service.ListGroups] gives all, by pages.
const maxMyGroups = 500

// Me gives the caller's organizations and groups. It stores his name and address anew where they have changed.
func (s *Service) Me(ctx context.Context, caller Caller) (me Me, err error) {
	err = UntilDecided(ctx, func(ctx context.Context) error {
		me, err = s.me(ctx, caller)
		return err
	})
	return me, err
}

func (s *Service) me(ctx context.Context, caller Caller) (Me, error) {
	orgRows, groupRows, err := s.Store.Memberships(ctx, caller.ID)
	if err != nil {
		return Me{}, err
	}
	shown := caller
	members := map[OrgID]OrgMember{}
	var orgIDs []OrgID
	for _, m := range orgRows {
		if m.State != StateIn {
			continue
		}
		members[m.Org] = m
		if shown.Name == "" {
			shown.Name = m.Name // what a token without a name shows; it renews none
		}
		orgIDs = append(orgIDs, m.Org)
		if err := s.renew(ctx, m, caller); err != nil {
			return Me{}, err
		}
	}
	groupIDs := map[OrgID][]GroupID{}
	for _, g := range groupRows {
		org := g.Group.Org()
		if (Membership{OrgMember: members[org], GroupMember: g}).InGroup() {
			groupIDs[org] = append(groupIDs[org], g.Group)
		}
	}
	wanted := share(groupIDs, maxMyGroups)
	orgs, groups, err := s.Store.OrgsAndGroups(ctx, orgIDs, wanted)
	if err != nil {
		return Me{}, err
	}
	me := Me{Caller: shown, Orgs: []MyOrg{}}
	for _, id := range orgIDs {
		org, ok := orgs[id]
		if !ok {
			continue
		}
		my := MyOrg{Org: org, Role: members[id].Role, Groups: []Group{}}
		for _, gid := range groupIDs[id] {
			if g, ok := groups[gid]; ok {
				my.Groups = append(my.Groups, g)
			}
		}
		slices.SortFunc(my.Groups, func(a, b Group) int { return bytes.Compare(a.ID[:], b.ID[:]) })
		me.Orgs = append(me.Orgs, my)
	}
	slices.SortFunc(me.Orgs, func(a, b MyOrg) int { return bytes.Compare(a.Org.ID[:], b.Org.ID[:]) })
	return me, nil
}

// share gives up to n of the groups, by turns of each organization, so that those with few have all of theirs.
func share(of map[OrgID][]GroupID, n int) (out []GroupID) {
	for turn := 0; len(out) < n; turn++ {
		before := len(out)
		for _, groups := range of {
			if turn < len(groups) && len(out) < n {
				out = append(out, groups[turn])
			}
		}
		if len(out) == before {
			break
		}
	}
	return out
}

// renew stores the caller's name and address if they are not what the row says. A token without a name or a verified address
// takes away nothing.
func (s *Service) renew(ctx context.Context, m OrgMember, caller Caller) error {
	name, email, changed := Renewal(m, caller)
	if !changed {
		return nil
	}
	if err := s.Store.RenameMember(ctx, m.Org, m.User, name, email); err != nil && !errors.Is(err, ErrChanged) {
		return err
	}
	return nil // ErrChanged: he has just left, and his row is no longer ours to renew
}

// Renewal tells whether the member's row should have another name or address than it has, given the caller's token, and which.
func Renewal(m OrgMember, caller Caller) (name, email string, changed bool) {
	name, email = m.Name, m.Email
	if caller.Name != "" {
		name = caller.Name
	}
	if e := caller.StoredEmail(); e != "" {
		email = e
	}
	return name, email, name != m.Name || email != m.Email
}
