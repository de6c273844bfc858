package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"group-invites/shared/emf"
	"group-invites/shared/mail"
	"group-invites/shared/outbox"
	"group-invites/shared/sesevent"
)

// workTimeout bounds an invocation, within the function's own timeout: an event that isn't recorded by then is told again.
const workTimeout = 8 * time.Second

// figures are the figures of what becomes of mails that SES took.
var figures = map[mail.State]emf.Name{
	mail.StateDelivered: emf.MailsDelivered, mail.StateDelayed: emf.MailsDelayed, mail.StateBounced: emf.MailsBounced,
	mail.StateComplained: emf.MailsComplained, mail.StateDropped: emf.MailsRejected,
}

// handler records what an event of SES tells. An error has EventBridge tell it again, and in the end put it into the queue of failures.
func handler(service *outbox.Service, configurationSet string, log *slog.Logger) func(context.Context, json.RawMessage) error {
	metrics := emf.Of(lambdacontext.FunctionName, "mail-feedback")
	return func(ctx context.Context, event json.RawMessage) error {
		ctx, cancel := context.WithTimeout(ctx, workTimeout)
		defer cancel()
		feedback, ok, err := sesevent.ReadFeedback(event, configurationSet)
		if err != nil {
			log.ErrorContext(ctx, "event not read", "cause", err.Error())
			return err
		}
		if !ok {
			log.InfoContext(ctx, "event passed over")
			return nil
		}
		if err := service.Feedback(ctx, feedback); err != nil {
			log.WarnContext(ctx, "feedback not recorded", "state", feedback.State, "cause", err.Error())
			return err
		}
		log.InfoContext(ctx, "feedback", "state", feedback.State, "reason", feedback.Reason, metrics.Attr(time.Now(), emf.Count(figures[feedback.State], 1)))
		return nil
	}
}
