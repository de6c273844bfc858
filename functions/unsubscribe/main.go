// Command unsubscribe serves what mails lead to: saying that an address wants no more mail, and taking that back.
package main

import (
	"time"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/config"
	"group-invites/shared/httpapi"
	"group-invites/shared/optout"
)

func main() {
	env := config.FromProcess()
	service := &optout.Service{Clock: time.Now}
	name := env.Text("PRODUCT_NAME")
	service.Store, service.Ring = wiring.TableAndRing(env, 1)
	httpapi.Start(handler(service, name))
}
