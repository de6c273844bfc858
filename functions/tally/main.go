// Command tally follows the table's stream: joins, uses of uncapped links, audit of creations, clearing of what no longer counts, and the events
// that others are told.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/config"
	"group-invites/shared/event"
	"group-invites/shared/tally"
)

func main() {
	env := config.FromProcess()
	options := readBus(env)
	table := wiring.Table(env, 1)
	teller := &event.Service{Bus: openBus(options), Store: table, Rest: event.DefaultRest}
	lambda.Start(handler(&tally.Service{Store: table}, teller, lambdacontext.NewLogger()))
}
