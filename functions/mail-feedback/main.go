// Command mail-feedback records what became of mails, as SES tells by EventBridge.
package main

import (
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/config"
	"group-invites/shared/outbox"
)

func main() {
	env := config.FromProcess()
	configurationSet := env.Text("MAIL_CONFIGURATION_SET")
	service := &outbox.Service{Clock: time.Now, Log: lambdacontext.NewLogger()}
	service.Store = wiring.Table(env, 1)
	lambda.Start(handler(service, configurationSet, service.Log))
}
