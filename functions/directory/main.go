// Command directory serves the routes of organizations, groups and their members.
package main

import (
	"crypto/rand"
	"time"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/config"
	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
)

func main() {
	env := config.FromProcess()
	service := &directory.Service{Clock: time.Now, Random: rand.Reader, OpenOrgs: env.Bool("OPEN_ORGANIZATIONS")}
	service.Store, service.Ring = wiring.TableAndRing(env, 4) // lists of members are in four parts
	httpapi.Start(handler(service))
}
