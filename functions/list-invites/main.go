// Command list-invites serves the lists of links, single links, and who joined by them.
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
	service := &invite.Service{Clock: time.Now, BaseURL: env.Origin("PUBLIC_BASE_URL")}
	service.Store, service.Ring = wiring.TableAndRing(env, 2) // rights and a list are read at the same time
	httpapi.Start(handler(service))
}
