package main

import (
	"context"
	"log/slog"
	"time"

	"group-invites/functions/internal/wiring"
	"group-invites/shared/config"
	"group-invites/shared/mail"
	"group-invites/shared/sesmail"
)

// readSender reads who mails are from, and how they go through SES.
func readSender(env *config.Environment) (sesmail.Settings, sesmail.Options) {
	address := func(name string) mail.Address {
		a, fault := mail.ParseAddress(env.Text(name))
		if fault != "" {
			env.Fault(name, fault)
		}
		return a
	}
	aws := env.AWS()
	return sesmail.Settings{
			FromName: env.Text("MAIL_FROM_NAME"), From: address("MAIL_FROM_ADDRESS"), ReplyTo: address("MAIL_REPLY_TO"),
			Zone: env.Text("MAIL_TIME_ZONE"), Clock: time.Now,
		}, sesmail.Options{
			Region: aws.Region, Endpoint: aws.Endpoint, ConfigurationSet: env.Text("MAIL_CONFIGURATION_SET"),
			AccessKeyID: aws.AccessKeyID, SecretAccessKey: aws.SecretAccessKey, SessionToken: aws.SessionToken,
		}
}

// warmTimeout bounds opening the first connection to SES.
const warmTimeout = 2 * time.Second

// openSender makes the client of SES, with a connection. It ends the process if the settings are not as they must be.
func openSender(settings sesmail.Settings, options sesmail.Options) *sesmail.Sender {
	composer, err := sesmail.NewComposer(settings)
	wiring.ExitOn(err)
	sender := sesmail.Open(options, composer)
	ctx, cancel := context.WithTimeout(context.Background(), warmTimeout)
	defer cancel()
	if err := sender.Warm(ctx); err != nil {
		slog.Warn("no connection opened in advance", "cause", err.Error())
	}
	return sender
}
