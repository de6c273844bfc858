package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"group-invites/shared/directory"
)

// standing makes the standing of someone in the organization with the role, and in the group or not.
func standing(role directory.Role, inGroup bool, add directory.AddPeople) directory.Standing {
	s := directory.Standing{Org: &directory.Org{AddPeople: add}, Group: &directory.Group{}}
	s.OrgMember = directory.OrgMember{State: directory.StateIn, Role: role, Since: early}
	if inGroup {
		s.GroupMember = directory.GroupMember{State: directory.StateIn, Since: early}
	}
	return s
}

func TestStanding(t *testing.T) {
	none, all := directory.AddPeople{}, directory.AddPeople{Manager: true, User: true}
	managers, users := directory.AddPeople{Manager: true}, directory.AddPeople{User: true}
	for _, c := range []struct {
		role    directory.Role
		inGroup bool
		add     directory.AddPeople
		// What he may: sees, manages, invites members, invites anyone.
		rights       string
		capabilities string
	}{
		{directory.RoleUser, true, none, "sees members", "create_invites leave"},
		{directory.RoleUser, true, managers, "sees members", "create_invites leave"},
		{directory.RoleUser, true, users, "sees members anyone", "create_invites leave"},
		{directory.RoleUser, true, all, "sees members anyone", "create_invites leave"},
		{directory.RoleUser, false, all, "", ""},
		{directory.RoleManager, true, none, "sees manages members", "create_invites see_all_invites add_members remove_members leave"},
		{directory.RoleManager, true, users, "sees manages members", "create_invites see_all_invites add_members remove_members leave"},
		{directory.RoleManager, true, managers, "sees manages members anyone", "create_invites see_all_invites add_members remove_members leave"},
		{directory.RoleManager, false, all, "", ""},
		{directory.RoleAdmin, true, none, "sees manages members anyone", "create_invites see_all_invites add_members remove_members leave change_group delete_group"},
		{directory.RoleAdmin, false, none, "sees manages members anyone", "create_invites see_all_invites add_members remove_members change_group delete_group"},
	} {
		t.Run(fmt.Sprintf("%s, in group %v, addPeople %v", c.role, c.inGroup, c.add.Roles()), func(t *testing.T) {
			s := standing(c.role, c.inGroup, c.add)
			if got := rightsOf(s); got != c.rights {
				t.Errorf("rights %q, want %q", got, c.rights)
			}
			if got := s.Capabilities(); !slices.Equal(got, strings.Fields(c.capabilities)) {
				t.Errorf("capabilities %q, want %q", got, c.capabilities)
			}
		})
	}
	for what, change := range map[string]func(*directory.Standing){
		"without an organization":               func(s *directory.Standing) { s.Org = nil },
		"without the group":                     func(s *directory.Standing) { s.Group = nil },
		"of an admin who left the organization": func(s *directory.Standing) { s.OrgMember.State = directory.StateLeft },
		"of an admin who was removed":           func(s *directory.Standing) { s.OrgMember.State = directory.StateRemoved },
		"of a stranger":                         func(s *directory.Standing) { s.Membership = directory.Membership{} },
	} {
		t.Run("no rights "+what, func(t *testing.T) {
			s := standing(directory.RoleAdmin, true, all)
			change(&s)
			if got := rightsOf(s); got != "" {
				t.Errorf("rights %q", got)
			}
		})
	}
}

func rightsOf(s directory.Standing) string {
	var rights []string
	for _, r := range []struct {
		word string
		may  bool
	}{{"sees", s.SeesGroup()}, {"manages", s.ManagesGroup()}, {"members", s.MayInvite(false)}, {"anyone", s.MayInvite(true)}} {
		if r.may {
			rights = append(rights, r.word)
		}
	}
	return strings.Join(rights, " ")
}
