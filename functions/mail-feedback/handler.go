package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"group-invites/shared/outbox"
	"group-invites/shared/sesevent"
)

// workTimeout bounds an invocation, within the function's own timeout: an event that isn't recorded by then is told again.
const workTimeout = 8 * time.Second

// handler records what an event of SES tells. An error has EventBridge tell it again, and in the end put it into the queue of failures.
func handler(service *outbox.Service, configurationSet string, log *slog.Logger) func(context.Context, json.RawMessage) error {
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
		log.InfoContext(ctx, "feedback", "state", feedback.State, "reason", feedback.Reason)
		return nil
	}
}
