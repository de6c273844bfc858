package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/emf"
	"group-invites/shared/event"
	"group-invites/shared/tally"
)

// batchTimeout bounds a batch, well within the function's own timeout: what isn't done by then is tried again.
const batchTimeout = 40 * time.Second

// handler applies batches of the table's stream, and reports from which record on a batch must be sent again. All of it may be sent
// again, since applying a change twice is harmless.
//
// A record that can't be read is reported by itself, so that those before it are done. If it is the first, or if what a batch asks for
// can't be done however often it is sent, the function gives an error: then the batch comes in halves, until what is at fault is
// alone, has had its retries and ends in the failure queue. (Whether a batch whose first record is reported is halved too, AWS doesn't say:
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html.)
//
// What others are told comes last. An event that the bus doesn't take is kept in the table and comes again by itself, so that the batch is done all
// the same.
//
// Its line in the log counts what the batch was about, once it is done.
func handler(service *tally.Service, teller *event.Service, log *slog.Logger) func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	metrics := emf.Of(lambdacontext.FunctionName, "tally")
	return func(ctx context.Context, batch events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		ctx, cancel := context.WithTimeout(ctx, batchTimeout)
		defer cancel()
		start := time.Now()
		changes, happened, done, readErr := read(batch.Records)
		if readErr != nil {
			log.ErrorContext(ctx, "record not read", "sequence", sequence(batch.Records[done]), "cause", readErr.Error())
		}
		err := service.Apply(ctx, changes)
		var told event.Told
		if err == nil {
			told, err = teller.Tell(ctx, happened)
		}
		if told.Why != nil {
			log.WarnContext(ctx, "events not put", "kept", told.Kept, "cause", told.Why.Error())
		}
		if err != nil {
			log.WarnContext(ctx, "batch not done", "records", len(batch.Records), "cause", err.Error())
			changes, done = nil, 0
		}
		now := time.Now()
		log.InfoContext(ctx, "batch", "records", len(batch.Records), "changes", len(changes), "events", told.Put, "ms", now.Sub(start).Milliseconds(),
			metrics.Attr(now, append(figures(changes, batch.Records[:done], now), eventFigures(told)...)...))
		switch {
		case err == nil && readErr == nil:
			return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}, nil
		case err != nil && !errors.Is(err, directory.ErrUnavailable):
			return events.DynamoDBEventResponse{}, err
		case err == nil && done == 0:
			return events.DynamoDBEventResponse{}, readErr
		}
		return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: sequence(batch.Records[done])}}}, nil
	}
}

// read gives what the records mean, to us and to others, up to the first that can't be read, and how many these are.
func read(records []events.DynamoDBEventRecord) (changes []tally.Change, happened []event.Change, n int, err error) {
	for i, r := range records {
		change, ok, err := dynamo.ReadChange(r)
		if err != nil {
			return changes, happened, i, err
		}
		told, tells, err := dynamo.ReadHappened(r)
		if err != nil {
			return changes, happened, i, err
		}
		if ok {
			changes = append(changes, change)
		}
		if tells {
			happened = append(happened, told)
		}
	}
	return changes, happened, len(records), nil
}

func sequence(r events.DynamoDBEventRecord) string { return r.Change.SequenceNumber }
