// Command send-invite serves POST /v1/groups/{groupId}/invites/{inviteId}/emails and …/emails/{emailId}/resend.
package main

import (
	"time"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/config"
	"group-invites/shared/httpapi"
	"group-invites/shared/invite"
)

func main() {
	env := config.FromProcess()
	service := &invite.Service{Clock: time.Now, Limits: wiring.MailLimits(env)}
	service.Store = wiring.Table(env, 1)
	httpapi.Start(handler(service))
}
