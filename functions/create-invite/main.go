// Command create-invite serves POST /v1/groups/{groupId}/invites.
package main

import (
	"crypto/rand"
	"time"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/config"
	"group-invites/shared/httpapi"
	"group-invites/shared/invite"
)

func main() {
	env := config.FromProcess()
	service := &invite.Service{
		Clock:     time.Now,
		Random:    rand.Reader,
		BaseURL:   env.Origin("PUBLIC_BASE_URL"),
		Retention: time.Duration(env.Int("RETENTION_DAYS", 1, 365)) * 24 * time.Hour,
		Limits:    wiring.MailLimits(env),
	}
	service.Store, service.Ring = wiring.TableAndRing(env, 1)
	httpapi.Start(handler(service))
}
