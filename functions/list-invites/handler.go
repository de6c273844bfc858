package main

import (
	"context"
	"net/http"

	"group-invites/shared/httpapi"
	"group-invites/shared/invite"
)

func handler(service *invite.Service) http.Handler {
	return httpapi.New("list-invites", map[string]httpapi.Handler{
		"GET /v1/groups/{groupId}/invites": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
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
			return httpapi.Reply{Status: http.StatusOK, Body: httpapi.ListOf(page, httpapi.InviteOf)}, nil
		},

		"GET /v1/groups/{groupId}/invites/{inviteId}": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			group, id, err := r.InviteID()
			if err != nil {
				return httpapi.Reply{}, err
			}
			view, err := service.Get(ctx, r.Caller, group, id)
			if err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{Status: http.StatusOK, Body: httpapi.InviteOf(view)}, nil
		},

		"GET /v1/groups/{groupId}/invites/{inviteId}/joins": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			group, id, err := r.InviteID()
			if err != nil {
				return httpapi.Reply{}, err
			}
			request, err := r.Page()
			if err != nil {
				return httpapi.Reply{}, err
			}
			page, err := service.Joins(ctx, r.Caller, group, id, request)
			if err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{Status: http.StatusOK, Body: httpapi.ListOf(page, httpapi.JoinOf)}, nil
		},

		"GET /v1/groups/{groupId}/invites/{inviteId}/emails": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			group, id, err := r.InviteID()
			if err != nil {
				return httpapi.Reply{}, err
			}
			request, err := r.Page()
			if err != nil {
				return httpapi.Reply{}, err
			}
			page, err := service.Recipients(ctx, r.Caller, group, id, request)
			if err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{Status: http.StatusOK, Body: httpapi.ListOf(page, httpapi.RecipientOf)}, nil
		},
	})
}
