package main

import (
	"context"
	"net/http"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
)

// api answers the routes by the service.
type api struct{ service *directory.Service }

func handler(service *directory.Service) http.Handler {
	a := api{service}
	return httpapi.New("directory", map[string]httpapi.Handler{
		"GET /v1/me": a.me,

		"POST /v1/orgs":              a.createOrg,
		"GET /v1/orgs/{orgId}":       a.getOrg,
		"PATCH /v1/orgs/{orgId}":     a.changeOrg,
		"DELETE /v1/orgs/{orgId}":    a.deleteOrg,
		"GET /v1/orgs/{orgId}/audit": a.listAudit,

		"GET /v1/orgs/{orgId}/members":             a.listOrgMembers,
		"PUT /v1/orgs/{orgId}/members/{userId}":    a.putOrgMember,
		"PATCH /v1/orgs/{orgId}/members/{userId}":  a.changeRole,
		"DELETE /v1/orgs/{orgId}/members/{userId}": a.removeOrgMember,

		"GET /v1/orgs/{orgId}/groups":  a.listGroups,
		"POST /v1/orgs/{orgId}/groups": a.createGroup,
		"GET /v1/groups/{groupId}":     a.getGroup,
		"PATCH /v1/groups/{groupId}":   a.changeGroup,
		"DELETE /v1/groups/{groupId}":  a.deleteGroup,

		"GET /v1/groups/{groupId}/members":             a.listGroupMembers,
		"PUT /v1/groups/{groupId}/members/{userId}":    a.putGroupMember,
		"DELETE /v1/groups/{groupId}/members/{userId}": a.removeGroupMember,
	})
}

func (a api) me(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	me, err := a.service.Me(ctx, r.Caller)
	if err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: http.StatusOK, Body: httpapi.MeOf(me)}, nil
}

// readName reads a body that is a name and nothing else.
func readName(r *httpapi.Request) (string, error) {
	fields, err := httpapi.ReadFields(r.Request)
	if err != nil {
		return "", err
	}
	name := fields.RequiredText("name")
	return name, fields.Err()
}

// putStatus is that of a PUT, which created something or found it there.
func putStatus(created bool) int {
	if created {
		return http.StatusCreated
	}
	return http.StatusOK
}
