package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/mail"
	"group-invites/shared/outbox"
)

// workTimeout bounds an invocation: within the function's own timeout there is time left to write down what came of the last attempts. What isn't done
// by then is left to the next sweep.
const workTimeout = 22 * time.Second

// event is either of the two that the function is invoked with: a batch of the table's stream, or the tick of its schedule.
type event struct {
	Records    []events.DynamoDBEventRecord `json:"Records"`
	DetailType string                       `json:"detail-type"`
}

var errPayload = errors.New("neither records of a stream nor a scheduled event (see infra/events for examples)")

// handler sends what the stream has brought, and what is due when the schedule ticks.
func handler(service *outbox.Service, log *slog.Logger) func(context.Context, json.RawMessage) (any, error) {
	return func(ctx context.Context, payload json.RawMessage) (any, error) {
		ctx, cancel := context.WithTimeout(ctx, workTimeout)
		defer cancel()
		var e event
		if err := json.Unmarshal(payload, &e); err != nil {
			return nil, errors.Join(errPayload, err)
		}
		switch {
		case len(e.Records) > 0:
			return fresh(ctx, service, log, e.Records), nil
		case e.DetailType == "Scheduled Event":
			return nil, sweep(ctx, service, log)
		}
		return nil, errPayload
	}
}

// fresh makes the first attempt at new deliveries, and reports from which record on a batch must be sent again: from the first that
// nothing could be decided on. What was decided is passed over when it comes again. A record that can't be read is
// reported by itself, so that it ends in the failure queue. A mail that can't be made of what is in the table is due for the sweep, which fails by it
// until somebody mends that.
func fresh(ctx context.Context, service *outbox.Service, log *slog.Logger, records []events.DynamoDBEventRecord) events.DynamoDBEventResponse {
	start := time.Now()
	var keys []mail.Key
	var sequences []string
	again := ""
	for _, r := range records {
		key, ok, err := dynamo.ReadFresh(r)
		if err != nil {
			log.ErrorContext(ctx, "record not read", "sequence", r.Change.SequenceNumber, "cause", err.Error())
			again = r.Change.SequenceNumber
			break
		}
		if ok {
			keys, sequences = append(keys, key), append(sequences, r.Change.SequenceNumber)
		}
	}
	if len(keys) > 0 {
		undecided := false
		for i, err := range service.DeliverFresh(ctx, keys) {
			switch {
			case err == nil:
			case !errors.Is(err, directory.ErrUnavailable): // again at once won't help, and would hold the stream back
				log.ErrorContext(ctx, "mail left to the sweep", "cause", err.Error())
			case !undecided:
				log.WarnContext(ctx, "mail not decided", "cause", err.Error())
				undecided, again = true, sequences[i]
			}
		}
	}
	log.InfoContext(ctx, "batch", "records", len(records), "mails", len(keys), "ms", time.Since(start).Milliseconds())
	response := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	if again != "" {
		response.BatchItemFailures = append(response.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: again})
	}
	return response
}

func sweep(ctx context.Context, service *outbox.Service, log *slog.Logger) error {
	start := time.Now()
	tried, err := service.Sweep(ctx)
	log.InfoContext(ctx, "sweep", "mails", tried, "ms", time.Since(start).Milliseconds())
	return err
}
