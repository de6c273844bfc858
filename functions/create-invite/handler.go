package main

import (
	"context"
	"net/http"

	"group-invites/shared/httpapi"
	"group-invites/shared/invite"
)

func handler(service *invite.Service) http.Handler {
	return httpapi.New("create-invite", map[string]httpapi.Handler{
		"POST /v1/groups/{groupId}/invites": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			group, err := r.GroupID()
			if err != nil {
				return httpapi.Reply{}, err
			}
			request, err := readRequest(r)
			if err != nil {
				return httpapi.Reply{}, err
			}
			view, err := service.Create(ctx, r.Caller, group, request)
			if err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{
				Status: http.StatusCreated, Body: httpapi.InviteOf(view), Header: map[string]string{"Location": r.URL.Path + "/" + view.ID.String()},
			}, nil
		},
	})
}

// readRequest reads what the link is to be; what is not said is the default.
func readRequest(r *httpapi.Request) (invite.Request, error) {
	request := invite.Request{Access: invite.AccessOrg, Expiration: invite.ExpireDefault, Scope: r.Method + " " + r.URL.Path}
	fields, err := httpapi.ReadFields(r.Request)
	if err != nil {
		return request, err
	}
	request.Name = fields.NullableText("name")
	request.MaxUses = fields.NullableInt("maxUses", 1, invite.MaxCap)
	if fields.Has("access") {
		request.Access = invite.Access(fields.Text("access"))
		if request.Access != invite.AccessOrg && request.Access != invite.AccessAnyone {
			fields.Fault("access", `must be "org" or "anyone"`)
		}
	}
	readExpiration(fields, &request)
	request.Emails = fields.Addresses("emails")
	if err := fields.Err(); err != nil {
		return request, err
	}
	request.IdempotencyKey, err = r.IdempotencyKey()
	return request, err
}

// readExpiration reads the choice of when the link ends: one of two fields, or neither.
func readExpiration(fields *httpapi.Fields, request *invite.Request) {
	word, instant := fields.Has("expiration"), !fields.Null("expiresAt")
	switch {
	case word && instant:
		fields.Fault("expiration", "must not be there together with expiresAt")
		fields.Fault("expiresAt", "must not be there together with expiration")
	case word:
		choice, ok := invite.ParseExpiration(fields.Text("expiration"))
		if !ok {
			fields.Fault("expiration", `must be "1h", "6h", "1d", "7d" or "never"; for another time use expiresAt`)
		}
		request.Expiration = choice
	case instant:
		at, fault := invite.ParseInstant(fields.Text("expiresAt"))
		if fault != "" {
			fields.Fault("expiresAt", fault)
		}
		request.Expiration, request.ExpiresAt = invite.ExpireCustom, at
	}
}
