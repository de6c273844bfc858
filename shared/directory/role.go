package directory

import "slices"

// Role is a member's role in the organization.
type Role string

// The roles. User's and manager's rights hold inside groups that they belong to, an admin's in the whole organization.
const (
	RoleUser    Role = "user"
	RoleManager Role = "manager"
	RoleAdmin   Role = "admin"
)

// Roles lists the roles, from the least to the most.
var Roles = []Role{RoleUser, RoleManager, RoleAdmin}

// ParseRole reads a role's word.
func ParseRole(s string) (Role, bool) { return Role(s), slices.Contains(Roles, Role(s)) }

// AddPeople says which roles may add new people to the organization. Admins always may.
type AddPeople struct {
	Manager bool
	User    bool
}

// Allows tells whether a member of this role may add new people.
func (a AddPeople) Allows(r Role) bool {
	switch r {
	case RoleAdmin:
		return true
	case RoleManager:
		return a.Manager
	case RoleUser:
		return a.User
	}
	return false
}

// Roles lists the roles that are allowed: always with admin.
func (a AddPeople) Roles() []Role {
	roles := []Role{RoleAdmin}
	if a.Manager {
		roles = append(roles, RoleManager)
	}
	if a.User {
		roles = append(roles, RoleUser)
	}
	return roles
}

// ParseAddPeople reads a list of roles. A fault, for the caller, is an unknown role, or a list without admin.
func ParseAddPeople(words []string) (a AddPeople, fault string) {
	admin := false
	for _, w := range words {
		switch Role(w) {
		case RoleAdmin:
			admin = true
		case RoleManager:
			a.Manager = true
		case RoleUser:
			a.User = true
		default:
			return AddPeople{}, `must hold only "admin", "manager" and "user"`
		}
	}
	if !admin {
		return AddPeople{}, `must hold "admin": admins always may add people`
	}
	return a, ""
}
