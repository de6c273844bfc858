package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"group-invites/shared/directory"
)

func TestParseRole(t *testing.T) {
	for word, want := range map[string]bool{
		"user": true, "manager": true, "admin": true,
		"": false, "Admin": false, "ADMIN": false, "admin ": false, "owner": false, "users": false, "аdmin": false, "user,admin": false,
	} {
		if role, ok := directory.ParseRole(word); ok != want || ok && string(role) != word {
			t.Errorf("ParseRole(%q) = %q, %v", word, role, ok)
		}
	}
}

func TestAddPeople(t *testing.T) {
	for _, c := range []struct {
		words         []string
		manager, user bool
	}{
		{[]string{"admin"}, false, false},
		{[]string{"admin", "manager"}, true, false},
		{[]string{"user", "admin"}, false, true},
		{[]string{"user", "manager", "admin"}, true, true},
		{[]string{"admin", "admin", "user", "user"}, false, true},
	} {
		t.Run(fmt.Sprint(c.words), func(t *testing.T) {
			add, fault := directory.ParseAddPeople(c.words)
			if fault != "" || add != (directory.AddPeople{Manager: c.manager, User: c.user}) {
				t.Fatalf("%+v, %q", add, fault)
			}
			for role, want := range map[directory.Role]bool{
				directory.RoleAdmin: true, directory.RoleManager: c.manager, directory.RoleUser: c.user, "": false, "owner": false,
			} {
				if add.Allows(role) != want {
					t.Errorf("allows %q: %v", role, !want)
				}
				if slices.Contains(add.Roles(), role) != want {
					t.Errorf("lists %q: %v", role, !want)
				}
			}
			if again, fault := directory.ParseAddPeople(words(add.Roles())); fault != "" || again != add {
				t.Errorf("the list reads back as %+v, %q", again, fault)
			}
		})
	}
	for _, bad := range [][]string{nil, {}, {"manager"}, {"user", "manager"}, {"admin", "owner"}, {"Admin"}, {"admin", ""}, {"admin,user"}} {
		t.Run(fmt.Sprintf("%q is refused", bad), func(t *testing.T) {
			if add, fault := directory.ParseAddPeople(bad); fault == "" || add != (directory.AddPeople{}) {
				t.Errorf("%+v, %q", add, fault)
			}
		})
	}
}

func words(roles []directory.Role) []string {
	var list []string
	for _, r := range roles {
		list = append(list, string(r))
	}
	return list
}
