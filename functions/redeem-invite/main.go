// Command redeem-invite serves POST /v1/invites/redeem.
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
	service := &invite.Service{Clock: time.Now, Random: rand.Reader}
	service.Store, service.Ring = wiring.TableAndRing(config.FromProcess(), 1)
	httpapi.Start(handler(service))
}
