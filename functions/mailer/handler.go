package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/emf"
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
	line := &line{log: log, metrics: emf.Of(lambdacontext.FunctionName, "mailer")}
	service.Outcome = line.outcomes.add
	return func(ctx context.Context, payload json.RawMessage) (any, error) {
		ctx, cancel := context.WithTimeout(ctx, workTimeout)
		defer cancel()
		var e event
		if err := json.Unmarshal(payload, &e); err != nil {
			return nil, errors.Join(errPayload, err)
		}
		switch {
		case len(e.Records) > 0:
			return fresh(ctx, service, line, e.Records), nil
		case e.DetailType == "Scheduled Event":
			return nil, sweep(ctx, service, line)
		}
		return nil, errPayload
	}
}

// fresh makes the first attempt at new deliveries, and reports from which record on a batch must be sent again: from the first that
// nothing could be decided on. What was decided is passed over when it comes again. A record that can't be read is
// reported by itself, so that it ends in the failure queue. A mail that can't be made of what is in the table is due for the sweep, which fails by it
// until somebody mends that.
func fresh(ctx context.Context, service *outbox.Service, line *line, records []events.DynamoDBEventRecord) events.DynamoDBEventResponse {
	start := time.Now()
	var keys []mail.Key
	var sequences []string
	again := ""
	for _, r := range records {
		key, ok, err := dynamo.ReadFresh(r)
		if err != nil {
			line.log.ErrorContext(ctx, "record not read", "sequence", r.Change.SequenceNumber, "cause", err.Error())
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
				line.log.ErrorContext(ctx, "mail left to the sweep", "cause", err.Error())
			case !undecided:
				line.log.WarnContext(ctx, "mail not decided", "cause", err.Error())
				undecided, again = true, sequences[i]
			}
		}
	}
	line.write(ctx, "batch", start, nil, "records", len(records), "mails", len(keys))
	response := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	if again != "" {
		response.BatchItemFailures = append(response.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: again})
	}
	return response
}

func sweep(ctx context.Context, service *outbox.Service, line *line) error {
	start := time.Now()
	swept, err := service.Sweep(ctx)
	var figures []emf.Figure
	if err == nil || swept.Tried > 0 { // one that couldn't look has nothing to say: that a figure is missing is told too
		figures = append(figures, emf.Seconds(emf.OutboxLag, swept.Behind))
	}
	line.write(ctx, "sweep", start, figures, "mails", swept.Tried)
	return err
}

// line writes the line of an invocation, with what became of its mails.
type line struct {
	log      *slog.Logger
	metrics  emf.Metrics
	outcomes outcomes
}

func (l *line) write(ctx context.Context, message string, start time.Time, figures []emf.Figure, attributes ...any) {
	now := time.Now()
	figures = append(figures, l.outcomes.take()...)
	l.log.InfoContext(ctx, message, append(attributes, "ms", now.Sub(start).Milliseconds(), l.metrics.Attr(now, figures...))...)
}
