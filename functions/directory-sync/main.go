// Command directory-sync serves /v1/directory: what a host product's own directory says, by a machine client.
package main

import (
	"crypto/rand"
	"time"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/config"
	"group-invites/shared/httpapi"
	"group-invites/shared/mirror"
)

func main() {
	env := config.FromProcess()
	scope := env.Text("DIRECTORY_SCOPE")
	service := &mirror.Service{Store: wiring.Table(env, 1), Clock: time.Now, Random: rand.Reader}
	httpapi.Start(handler(service, scope))
}
