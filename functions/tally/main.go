// Command tally follows the table's stream: joins, uses of uncapped links, audit of creations, clearing of what no longer counts.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/config"
	"group-invites/shared/tally"
)

func main() {
	service := &tally.Service{Store: wiring.Table(config.FromProcess())}
	lambda.Start(handler(service, lambdacontext.NewLogger()))
}
