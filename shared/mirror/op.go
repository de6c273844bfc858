package mirror

import (
	"fmt"
	"slices"

	"group-invites/shared/directory"
)

// Kind says what an operation does.
type Kind string

// The kinds. A put makes or changes; a delete of what isn't there is done already.
const (
	PutOrg            Kind = "put_org"
	PutGroup          Kind = "put_group"
	PutMember         Kind = "put_member"       // of an organization, and perhaps of groups of it
	PutGroupMember    Kind = "put_group_member" // someone who is in the organization
	DeleteOrg         Kind = "delete_org"
	DeleteGroup       Kind = "delete_group"
	DeleteMember      Kind = "delete_member" // removes from the organization, and so from all its groups
	DeleteGroupMember Kind = "delete_group_member"
)

// Kinds lists them.
var Kinds = []Kind{PutOrg, PutGroup, PutMember, PutGroupMember, DeleteOrg, DeleteGroup, DeleteMember, DeleteGroupMember}

// Limits of one request.
const (
	MaxOps    = 100
	MaxGroups = 20 // of a put of a member
)

// Op is one operation. Only what belongs to its kind is set.
type Op struct {
	Kind   Kind
	Org    string // external id
	Group  string // external id, within Org
	Member string // subject at the issuer

	Name      string               // of PutOrg, PutGroup: required; of PutMember: "" leaves it
	AddPeople *directory.AddPeople // of PutOrg; nil leaves it
	Role      directory.Role       // of PutMember; "" leaves it, and is user for who is added
	Groups    []string             // of PutMember: external ids of groups that he is to be in, beside those that he is in
}

// ofGroup and ofMember tell what the kind is about, beside an organization.
func (k Kind) ofGroup() bool {
	return k == PutGroup || k == DeleteGroup || k == PutGroupMember || k == DeleteGroupMember
}

func (k Kind) ofMember() bool {
	return k == PutMember || k == DeleteMember || k == PutGroupMember || k == DeleteGroupMember
}

// checked gives the operation with its name as it is stored, or an [directory.InvalidError] with all that is wrong with it.
func (o Op) checked() (Op, error) {
	var faults []directory.FieldFault
	fault := func(field, message string) {
		if message != "" {
			faults = append(faults, directory.FieldFault{Field: field, Message: message})
		}
	}
	if !slices.Contains(Kinds, o.Kind) {
		return o, directory.Invalid("op", fmt.Sprintf("must be one of %q", Kinds))
	}
	fault("org", externalFault(o.Org))
	if o.Kind.ofGroup() {
		fault("group", externalFault(o.Group))
	}
	if o.Kind.ofMember() {
		fault("member", subjectFault(o.Member))
	}
	if o.Kind == PutOrg || o.Kind == PutGroup || o.Kind == PutMember && o.Name != "" {
		name, message := directory.CheckName(o.Name, directory.MaxNameGraphemes, directory.MaxNameBytes)
		fault("name", message)
		o.Name = name
	}
	if o.Role != "" {
		if _, ok := directory.ParseRole(string(o.Role)); !ok {
			fault("role", fmt.Sprintf("must be one of %q", directory.Roles))
		}
	}
	if len(o.Groups) > MaxGroups {
		fault("groups", fmt.Sprintf("must be at most %d: send others by further operations", MaxGroups))
		o.Groups = nil
	}
	for i, group := range o.Groups {
		fault(fmt.Sprintf("groups[%d]", i), externalFault(group))
	}
	if len(faults) > 0 {
		return o, &directory.InvalidError{Fields: faults}
	}
	return o, nil
}

// MissingError refuses an operation for something that it needs and that isn't there: the field that names it. It is a
// [directory.ErrNotFound]. Nothing was written.
type MissingError struct{ Field string }

func (e *MissingError) Error() string { return "not found: " + e.Field }
func (e *MissingError) Unwrap() error { return directory.ErrNotFound }

// Result is what an operation came to.
type Result struct {
	// Err is nil; a [directory.InvalidError] or [MissingError]; [directory.ErrUnavailable] for undecided; or a fault of ours.
	Err error
	// Created tells whether the operation made the thing, or added the person.
	Created bool
	// What a put has found or made: what its kind is about.
	Org    directory.Org
	Group  directory.Group
	Member directory.Membership
}
