package main

import (
	"context"
	"net/http"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
	"group-invites/shared/invite"
)

// joined is the answer to redeeming.
type joined struct {
	Org           httpapi.Named[directory.OrgID]   `json:"org"`
	Group         httpapi.Named[directory.GroupID] `json:"group"`
	AlreadyMember bool                             `json:"alreadyMember"`
}

func handler(service *invite.Service) http.Handler {
	return httpapi.New("redeem-invite", map[string]httpapi.Handler{
		"POST /v1/invites/redeem": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			code, err := r.Code()
			if err != nil {
				return httpapi.Reply{}, err
			}
			done, err := service.Redeem(ctx, r.Caller, code)
			if err != nil {
				return httpapi.Reply{}, err
			}
			status := http.StatusCreated
			if done.AlreadyMember {
				status = http.StatusOK
			}
			return httpapi.Reply{Status: status, Body: joined{
				Org:           httpapi.Named[directory.OrgID]{ID: done.Org.ID, Name: done.Org.Name},
				Group:         httpapi.Named[directory.GroupID]{ID: done.Group.ID, Name: done.Group.Name},
				AlreadyMember: done.AlreadyMember,
			}}, nil
		},
	})
}
