// Command function is a Lambda function for tests. It writes down each batch that it gets and each that it has done, in the
// file that OUT names, and does what the records say.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// note is a line of the file.
type note struct {
	Phase string // got or done
	PID   int
	Keys  []string        // pk of each record
	Event json.RawMessage // of got
}

func main() { lambda.Start(handle) }

func handle(_ context.Context, event json.RawMessage) (any, error) {
	var batch events.DynamoDBEvent
	if err := json.Unmarshal(event, &batch); err != nil {
		return nil, err
	}
	if err := write(note{Phase: "got", Keys: keys(batch.Records), Event: event}); err != nil {
		return nil, err
	}
	failures := []events.DynamoDBBatchItemFailure{}
	done := batch.Records
	for i, r := range batch.Records {
		image := r.Change.NewImage
		if image == nil {
			image = r.Change.OldImage
		}
		if once := text(image, "once"); once != "" && os.Remove(once) != nil {
			continue // it has been done
		}
		switch text(image, "do") {
		case "fail":
			return nil, errors.New("it said no")
		case "die":
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		case "sleep":
			time.Sleep(30 * time.Second)
		case "report":
			failures = append([]events.DynamoDBBatchItemFailure{{ItemIdentifier: r.Change.SequenceNumber}}, failures...) // last first
			done = done[:min(i, len(done))]
		case "nonsense":
			failures = append(failures, events.DynamoDBBatchItemFailure{ItemIdentifier: "nonsense"})
			done = nil
		}
	}
	if err := write(note{Phase: "done", Keys: keys(done)}); err != nil {
		return nil, err
	}
	return events.DynamoDBEventResponse{BatchItemFailures: failures}, nil
}

func text(image map[string]events.DynamoDBAttributeValue, name string) string {
	if v, ok := image[name]; ok {
		return v.String()
	}
	return ""
}

func keys(records []events.DynamoDBEventRecord) []string {
	out := []string{}
	for _, r := range records {
		out = append(out, r.Change.Keys["pk"].String())
	}
	return out
}

func write(n note) error {
	n.PID = os.Getpid()
	line, err := json.Marshal(n)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(os.Getenv("OUT"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}
