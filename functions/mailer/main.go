// Command mailer sends what the outbox holds: new deliveries as the table's stream brings them, and every retry as its schedule ticks.
package main

import (
	"crypto/rand"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/config"
	"group-invites/shared/outbox"
)

func main() {
	env := config.FromProcess()
	service := &outbox.Service{Clock: time.Now, Random: rand.Reader, Log: lambdacontext.NewLogger(), BaseURL: env.Origin("PUBLIC_BASE_URL")}
	settings, options := readSender(env)
	service.Store, service.Ring = wiring.TableAndRing(env, 1)
	service.Sender = openSender(settings, options)
	lambda.Start(handler(service, service.Log))
}
