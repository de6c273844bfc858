package stream

import (
	"time"

	"group-invites/infra/local/lambda"
	"group-invites/infra/local/queue"
)

// Conditions under which records are dropped: queue.RequestContext has one.
const (
	RetryAttemptsExhausted = "RetryAttemptsExhausted"
	RecordAgeExceeded      = "RecordAgeExceeded"
)

// Failure is the message that tells an on-failure queue of records that were dropped. It holds where they are in the
// stream, not what is in them.
type Failure struct {
	RequestContext  queue.RequestContext   `json:"requestContext"`
	ResponseContext *queue.ResponseContext `json:"responseContext,omitempty"` // nil where the function wasn't called with them
	Version         string                 `json:"version"`
	Timestamp       time.Time              `json:"timestamp"`
	Batch           BatchInfo              `json:"DDBStreamBatchInfo"`
}

// BatchInfo tells which records these are.
type BatchInfo struct {
	ShardID                         string    `json:"shardId"`
	StartSequenceNumber             string    `json:"startSequenceNumber"`
	EndSequenceNumber               string    `json:"endSequenceNumber"`
	ApproximateArrivalOfFirstRecord time.Time `json:"approximateArrivalOfFirstRecord"`
	ApproximateArrivalOfLastRecord  time.Time `json:"approximateArrivalOfLastRecord"`
	BatchSize                       int       `json:"batchSize"`
	StreamARN                       string    `json:"streamArn"`
}

// failure makes the message of records that m drops; last is the last of so many invocations with them.
func (m *mapping) failure(records []record, condition string, invocations int, last lambda.Result) Failure {
	first, final := records[0], records[len(records)-1]
	f := Failure{
		Version:   "1.0",
		Timestamp: m.options.Now().UTC().Truncate(time.Millisecond),
		Batch: BatchInfo{
			ShardID: m.source.shard, StartSequenceNumber: first.sequence, EndSequenceNumber: final.sequence,
			ApproximateArrivalOfFirstRecord: first.created.UTC(), ApproximateArrivalOfLastRecord: final.created.UTC(),
			BatchSize: len(records), StreamARN: m.StreamARN,
		},
	}
	f.RequestContext, f.ResponseContext = queue.Contexts(m.Function, condition, invocations, last)
	return f
}
