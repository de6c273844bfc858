package httpapi

import (
	"errors"
	"net/http"

	"group-invites/shared/directory"
	"group-invites/shared/mirror"
)

// What machine clients say and read of the host's directory.

// ReadOps reads a body that is {"operations": […]}, of 1 to [mirror.MaxOps] objects. What is wrong with one of them is its own affair: faults
// has it, in its place.
func ReadOps(r *http.Request) (ops []mirror.Op, faults []error, err error) {
	fields, err := ReadFields(r)
	if err != nil {
		return nil, nil, err
	}
	objects := fields.Objects("operations", mirror.MaxOps)
	if err := fields.Err(); err != nil {
		return nil, nil, err
	}
	ops, faults = make([]mirror.Op, len(objects)), make([]error, len(objects))
	for i, object := range objects {
		ops[i], faults[i] = readOp(object)
	}
	return ops, faults, nil
}

// readOp reads one of them: the fields that its kind has.
func readOp(body []byte) (op mirror.Op, err error) {
	fields, err := parseFields(body)
	if err != nil {
		return op, directory.Invalid("operation", "must be an object")
	}
	op.Kind = mirror.Kind(fields.RequiredText("op"))
	op.Org = fields.RequiredText("org")
	switch op.Kind {
	case mirror.PutGroup, mirror.DeleteGroup, mirror.PutGroupMember, mirror.DeleteGroupMember:
		op.Group = fields.RequiredText("group")
	}
	switch op.Kind {
	case mirror.PutMember, mirror.DeleteMember, mirror.PutGroupMember, mirror.DeleteGroupMember:
		op.Member = fields.RequiredText("member")
	}
	fields.opSettings(&op)
	return op, fields.Err()
}

// ReadOp reads the body of a request for one operation, whose kind and external ids are known. That of one without settings may be left out.
func ReadOp(r *http.Request, op mirror.Op) (mirror.Op, error) {
	read := ReadFields
	if op.Kind != mirror.PutOrg && op.Kind != mirror.PutGroup {
		read = ReadOptionalFields
	}
	fields, err := read(r)
	if err != nil {
		return op, err
	}
	fields.opSettings(&op)
	return op, fields.Err()
}

// opSettings reads the settings that the operation's kind has.
func (f *Fields) opSettings(op *mirror.Op) {
	switch op.Kind {
	case mirror.PutOrg:
		op.Name = f.RequiredText("name")
		if f.Has("addPeople") {
			before := len(f.faults)
			add, fault := directory.ParseAddPeople(f.Words("addPeople"))
			if fault != "" && len(f.faults) == before {
				f.Fault("addPeople", fault)
			}
			op.AddPeople = &add
		}
	case mirror.PutGroup:
		op.Name = f.RequiredText("name")
	case mirror.PutMember:
		op.Name = f.Text("name")
		if f.Has("name") && op.Name == "" {
			f.Fault("name", "must not be empty: leave it out")
		}
		if f.Has("role") {
			role, ok := directory.ParseRole(f.Text("role"))
			if !ok {
				f.Fault("role", `must be "user", "manager" or "admin"`)
			}
			op.Role = role
		}
		op.Groups = f.Words("groups")
	}
}

// OpResult is what one of several operations came to: the status and problem that it would have had by itself.
type OpResult struct {
	Status int                    `json:"status"`
	ID     *string                `json:"id"` // of what was put; null of what was deleted or refused
	Code   *string                `json:"code"`
	Detail *string                `json:"detail"`
	Errors []directory.FieldFault `json:"errors"`
}

// OpResults are the results of operations, in their order.
type OpResults struct {
	Results []OpResult `json:"results"`
}

// OpResultsOf shows what operations came to. cause is what went wrong with those that are not the caller's fault, for the log; nil if nothing did.
func OpResultsOf(ops []mirror.Op, results []mirror.Result) (shape OpResults, cause error) {
	shape.Results = make([]OpResult, len(results))
	for i, r := range results {
		one := OpResult{Errors: []directory.FieldFault{}}
		if r.Err != nil {
			p, _ := problemOf(r.Err, "")
			one.Status, one.Code, one.Detail, one.Errors = p.Status, &p.Code, &p.Detail, p.Errors
			if p.Status >= 500 && (cause == nil || !errors.Is(r.Err, directory.ErrUnavailable)) {
				cause = r.Err
			}
		} else {
			one.Status = OpStatus(ops[i].Kind, r.Created)
			one.ID = nullable(putID(ops[i].Kind, r))
		}
		shape.Results[i] = one
	}
	return shape, cause
}

// OpStatus is that of an operation which has been done.
func OpStatus(kind mirror.Kind, created bool) int {
	switch kind {
	case mirror.DeleteOrg, mirror.DeleteGroup, mirror.DeleteMember, mirror.DeleteGroupMember:
		return http.StatusNoContent
	}
	if created {
		return http.StatusCreated
	}
	return http.StatusOK
}

func putID(kind mirror.Kind, r mirror.Result) string {
	switch kind {
	case mirror.PutOrg:
		return r.Org.ID.String()
	case mirror.PutGroup:
		return r.Group.ID.String()
	case mirror.PutMember, mirror.PutGroupMember:
		return r.Member.OrgMember.User.String()
	}
	return ""
}

// HostOrg is an organization as the host sees it.
type HostOrg struct {
	Org
	ExternalID string `json:"externalId"`
}

// HostOrgOf shows an organization to the host.
func HostOrgOf(o directory.Org) HostOrg { return HostOrg{OrgOf(o), o.ExternalID} }

// HostGroup is a group as the host sees it. ExternalID is null where people made the group.
type HostGroup struct {
	ID         directory.GroupID `json:"id"`
	ExternalID *string           `json:"externalId"`
	OrgID      directory.OrgID   `json:"orgId"`
	Name       string            `json:"name"`
	CreatedAt  string            `json:"createdAt"`
}

// HostGroupOf shows a group to the host.
func HostGroupOf(g directory.Group) HostGroup {
	return HostGroup{ID: g.ID, ExternalID: nullable(g.ExternalID), OrgID: g.ID.Org(), Name: g.Name, CreatedAt: Instant(g.CreatedAt)}
}

// HostMember is a member as the host sees him. JoinedAt is that of the group, if it is one's member that is asked for.
type HostMember struct {
	ID       directory.UserID `json:"id"`
	Name     string           `json:"name"`
	Role     directory.Role   `json:"role"`
	JoinedAt string           `json:"joinedAt"`
}

// HostMemberOf shows a member to the host.
func HostMemberOf(m directory.Membership) HostMember {
	shape := HostMember{ID: m.OrgMember.User, Name: m.OrgMember.Name, Role: m.OrgMember.Role, JoinedAt: Instant(m.OrgMember.JoinedAt)}
	if m.InGroup() {
		shape.JoinedAt = Instant(m.GroupMember.JoinedAt)
	}
	return shape
}
