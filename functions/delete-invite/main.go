// Command delete-invite serves DELETE /v1/groups/{groupId}/invites/{inviteId}.
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
	httpapi.Start(handler(&invite.Service{Store: wiring.Table(config.FromProcess(), 1), Clock: time.Now, Random: rand.Reader}))
}
