package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"group-invites/shared/dynamo"
	"group-invites/shared/tally"
)

// batchTimeout bounds a batch, well within the function's own timeout: what isn't done by then is tried again.
const batchTimeout = 40 * time.Second

// handler applies batches of the table's stream, and reports from which record on a batch must be sent again. All of it may be sent
// again, since applying a change twice is harmless. A record that can't be read is reported by itself, so that those before it are
// done, those after it follow, and it ends in the failure queue.
func handler(service *tally.Service, log *slog.Logger) func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	return func(ctx context.Context, event events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		ctx, cancel := context.WithTimeout(ctx, batchTimeout)
		defer cancel()
		start := time.Now()
		changes, unreadable, err := read(event.Records)
		if err != nil {
			log.ErrorContext(ctx, "record not read", "sequence", unreadable, "cause", err.Error())
		}
		again := unreadable
		if err := service.Apply(ctx, changes); err != nil {
			log.WarnContext(ctx, "batch not done", "records", len(event.Records), "cause", err.Error())
			again = sequence(event.Records[0])
		}
		log.InfoContext(ctx, "batch", "records", len(event.Records), "changes", len(changes), "ms", time.Since(start).Milliseconds())
		if again == "" {
			return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}, nil
		}
		return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: again}}}, nil
	}
}

// read gives what the records mean, up to the first that can't be read, and that one's sequence number.
func read(records []events.DynamoDBEventRecord) (changes []tally.Change, unreadable string, err error) {
	for _, r := range records {
		change, ok, err := dynamo.ReadChange(r)
		if err != nil {
			return changes, sequence(r), err
		}
		if ok {
			changes = append(changes, change)
		}
	}
	return changes, "", nil
}

func sequence(r events.DynamoDBEventRecord) string { return r.Change.SequenceNumber }
