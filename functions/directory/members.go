package main

import (
	"context"
	"net/http"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
)

func (a api) listOrgMembers(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	org, err := r.OrgID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	request, err := r.Page()
	if err != nil {
		return httpapi.Reply{}, err
	}
	page, err := a.service.ListOrgMembers(ctx, r.Caller, org, request)
	return memberPage(page, err)
}

func (a api) listGroupMembers(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	group, err := r.GroupID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	request, err := r.Page()
	if err != nil {
		return httpapi.Reply{}, err
	}
	page, err := a.service.ListGroupMembers(ctx, r.Caller, group, request)
	return memberPage(page, err)
}

func memberPage(page directory.Page[directory.Member], err error) (httpapi.Reply, error) {
	if err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: http.StatusOK, Body: httpapi.ListOf(page, httpapi.MemberOf)}, nil
}

func (a api) putOrgMember(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	org, user, err := orgAndUser(r)
	if err != nil {
		return httpapi.Reply{}, err
	}
	fields, err := httpapi.ReadOptionalFields(r.Request)
	if err != nil {
		return httpapi.Reply{}, err
	}
	role, err := readRole(fields, false)
	if err != nil {
		return httpapi.Reply{}, err
	}
	member, created, err := a.service.PutOrgMember(ctx, r.Caller, org, user, role)
	if err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: putStatus(created), Body: httpapi.MemberOf(member)}, nil
}

func (a api) changeRole(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	org, user, err := orgAndUser(r)
	if err != nil {
		return httpapi.Reply{}, err
	}
	fields, err := httpapi.ReadFields(r.Request)
	if err != nil {
		return httpapi.Reply{}, err
	}
	role, err := readRole(fields, true)
	if err != nil {
		return httpapi.Reply{}, err
	}
	member, err := a.service.ChangeRole(ctx, r.Caller, org, user, role)
	if err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: http.StatusOK, Body: httpapi.MemberOf(member)}, nil
}

// readRole reads a body that is a role and nothing else; "" if there is none and it isn't required.
func readRole(fields *httpapi.Fields, required bool) (directory.Role, error) {
	var role directory.Role
	if fields.Has("role") {
		word, ok := directory.ParseRole(fields.Text("role"))
		if !ok {
			fields.Fault("role", `must be "user", "manager" or "admin"`)
		}
		role = word
	} else if required {
		fields.Fault("role", "is required")
	}
	return role, fields.Err()
}

func (a api) removeOrgMember(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	org, user, err := orgAndUser(r)
	if err != nil {
		return httpapi.Reply{}, err
	}
	if err := a.service.RemoveOrgMember(ctx, r.Caller, org, user); err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: http.StatusNoContent}, nil
}

func (a api) putGroupMember(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	group, user, err := groupAndUser(r)
	if err != nil {
		return httpapi.Reply{}, err
	}
	fields, err := httpapi.ReadOptionalFields(r.Request)
	if err != nil {
		return httpapi.Reply{}, err
	}
	if err := fields.Err(); err != nil { // it has no fields
		return httpapi.Reply{}, err
	}
	member, added, err := a.service.PutGroupMember(ctx, r.Caller, group, user)
	if err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: putStatus(added), Body: httpapi.MemberOf(member)}, nil
}

func (a api) removeGroupMember(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	group, user, err := groupAndUser(r)
	if err != nil {
		return httpapi.Reply{}, err
	}
	if err := a.service.RemoveGroupMember(ctx, r.Caller, group, user); err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: http.StatusNoContent}, nil
}

func orgAndUser(r *httpapi.Request) (org directory.OrgID, user directory.UserID, err error) {
	if org, err = r.OrgID(); err == nil {
		user, err = r.UserID()
	}
	return org, user, err
}

func groupAndUser(r *httpapi.Request) (group directory.GroupID, user directory.UserID, err error) {
	if group, err = r.GroupID(); err == nil {
		user, err = r.UserID()
	}
	return group, user, err
}
