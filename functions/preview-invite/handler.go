package main

import (
	"context"
	"net/http"

	"group-invites/shared/httpapi"
	"group-invites/shared/invite"
)

// preview is the answer. All but State and ServerTime is null for a deleted link.
type preview struct {
	State      invite.State   `json:"state"`
	Access     *invite.Access `json:"access"`
	ExpiresAt  *string        `json:"expiresAt"`
	ServerTime string         `json:"serverTime"`
	Org        named          `json:"org"`
	Group      named          `json:"group"`
	CreatedBy  named          `json:"createdBy"`
}

type named struct {
	Name *string `json:"name"`
}

func handler(service *invite.Service) http.Handler {
	return httpapi.New("preview-invite", map[string]httpapi.Handler{
		"POST /v1/invites/preview": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			code, err := r.Code()
			if err != nil {
				return httpapi.Reply{}, err
			}
			p, err := service.Preview(ctx, code)
			if err != nil {
				return httpapi.Reply{}, err
			}
			answer := preview{State: p.State, ServerTime: httpapi.Instant(p.At)}
			if p.State != invite.StateDeleted {
				answer.Access, answer.ExpiresAt = &p.Access, httpapi.NullableInstant(p.ExpiresAt)
				answer.Org, answer.Group, answer.CreatedBy = named{&p.OrgName}, named{&p.GroupName}, named{&p.CreatorName}
			}
			return httpapi.Reply{Status: http.StatusOK, Body: answer}, nil
		},
	})
}
