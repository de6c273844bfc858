package main

import (
	"context"
	"net/http"

	"group-invites/shared/httpapi"
	"group-invites/shared/invite"
)

func handler(service *invite.Service) http.Handler {
	return httpapi.New("send-invite", map[string]httpapi.Handler{
		"POST /v1/groups/{groupId}/invites/{inviteId}/emails": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			group, id, err := r.InviteID()
			if err != nil {
				return httpapi.Reply{}, err
			}
			fields, err := httpapi.ReadFields(r.Request)
			if err != nil {
				return httpapi.Reply{}, err
			}
			addresses := fields.Addresses("emails")
			if fields.Null("emails") {
				fields.Fault("emails", "is required")
			}
			if err := fields.Err(); err != nil {
				return httpapi.Reply{}, err
			}
			sent, err := service.Send(ctx, r.Caller, group, id, addresses)
			if err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{Status: http.StatusAccepted, Body: httpapi.RecipientsOf(sent)}, nil
		},

		"POST /v1/groups/{groupId}/invites/{inviteId}/emails/{emailId}/resend": func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			group, id, email, err := r.EmailID()
			if err != nil {
				return httpapi.Reply{}, err
			}
			fields, err := httpapi.ReadOptionalFields(r.Request)
			if err != nil {
				return httpapi.Reply{}, err
			}
			corrected := fields.Address("email")
			if err := fields.Err(); err != nil {
				return httpapi.Reply{}, err
			}
			sent, err := service.Resend(ctx, r.Caller, group, id, email, corrected)
			if err != nil {
				return httpapi.Reply{}, err
			}
			return httpapi.Reply{Status: http.StatusAccepted, Body: httpapi.RecipientOf(sent)}, nil
		},
	})
}
