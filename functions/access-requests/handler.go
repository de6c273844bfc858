package main

import (
	"context"
	"net/http"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
)

func handler(service *accessrequest.Service) http.Handler {
	return httpapi.New("access-requests", map[string]httpapi.Handler{
		"POST /v1/invites/access-requests": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			fields, err := httpapi.ReadFields(r.Request)
			if err != nil {
				return httpapi.Reply{}, err
			}
			code, message := fields.RequiredText("code"), fields.NullableText("message")
			if err := fields.Err(); err != nil {
				return httpapi.Reply{}, err
			}
			if err := service.Ask(ctx, r.Caller, code, message); err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{Status: http.StatusAccepted, Body: httpapi.AccessReceived}, nil
		},

		"GET /v1/groups/{groupId}/access-requests": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			group, err := r.GroupID()
			if err != nil {
				return httpapi.Reply{}, err
			}
			request, err := r.Page()
			if err != nil {
				return httpapi.Reply{}, err
			}
			page, err := service.List(ctx, r.Caller, group, request)
			if err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{Status: http.StatusOK, Body: httpapi.ListOf(page, httpapi.AccessRequestOf)}, nil
		},

		"POST /v1/groups/{groupId}/access-requests/{userId}/approve": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			group, user, err := asked(r)
			if err != nil {
				return httpapi.Reply{}, err
			}
			member, err := service.Approve(ctx, r.Caller, group, user)
			if err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{Status: http.StatusOK, Body: httpapi.MemberOf(member)}, nil
		},

		"POST /v1/groups/{groupId}/access-requests/{userId}/decline": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			group, user, err := asked(r)
			if err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{Status: http.StatusNoContent}, service.Decline(ctx, r.Caller, group, user)
		},
	})
}

// asked reads whose request is decided on. A decision has no body, or an empty object.
func asked(r *httpapi.Request) (group directory.GroupID, user directory.UserID, err error) {
	if group, err = r.GroupID(); err != nil {
		return group, user, err
	}
	if user, err = r.UserID(); err != nil {
		return group, user, err
	}
	fields, err := httpapi.ReadOptionalFields(r.Request)
	if err == nil {
		err = fields.Err()
	}
	return group, user, err
}
