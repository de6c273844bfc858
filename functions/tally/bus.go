package main

import (
	"context"
	"log/slog"
	"time"

	"group-invites/shared/config"
	"group-invites/shared/eventbus"
)

// readBus reads which bus events are put on.
func readBus(env *config.Environment) eventbus.Options {
	aws := env.AWS()
	return eventbus.Options{
		Bus: env.Text("EVENT_BUS"), Region: aws.Region, Endpoint: aws.Endpoint,
		AccessKeyID: aws.AccessKeyID, SecretAccessKey: aws.SecretAccessKey, SessionToken: aws.SessionToken,
	}
}

// warmTimeout bounds opening the first connection to EventBridge.
const warmTimeout = 2 * time.Second

// openBus makes the client of the bus, with a connection.
func openBus(options eventbus.Options) *eventbus.Bus {
	bus := eventbus.Open(options)
	ctx, cancel := context.WithTimeout(context.Background(), warmTimeout)
	defer cancel()
	if err := bus.Warm(ctx); err != nil {
		slog.Warn("no connection opened in advance", "cause", err.Error())
	}
	return bus
}
