// Command access-requests serves POST /v1/invites/access-requests, and /v1/groups/{groupId}/access-requests with what is below it.
package main

import (
	"crypto/rand"
	"time"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/accessrequest"
	"group-invites/shared/config"
	"group-invites/shared/httpapi"
)

func main() {
	service := &accessrequest.Service{Clock: time.Now, Random: rand.Reader}
	service.Store, service.Ring = wiring.TableAndRing(config.FromProcess(), 2) // rights and a list are read at the same time
	httpapi.Start(handler(service))
}
