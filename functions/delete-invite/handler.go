package main

import (
	"context"
	"net/http"

	"group-invites/shared/httpapi"
	"group-invites/shared/invite"
)

func handler(service *invite.Service) http.Handler {
	return httpapi.New("delete-invite", map[string]httpapi.Handler{
		"DELETE /v1/groups/{groupId}/invites/{inviteId}": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			group, id, err := r.InviteID()
			if err != nil {
				return httpapi.Reply{}, err
			}
			if err := service.Delete(ctx, r.Caller, group, id); err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{Status: http.StatusNoContent}, nil
		},
	})
}
