package eventbus

import (
	"encoding/json"
	"strconv"
	"time"

	"group-invites/infra/local/queue"
	"group-invites/infra/local/template"
)

// DeadLetter is the message that tells a rule's dead-letter queue of an event whose target couldn't be called.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
type DeadLetter struct {
	Body       json.RawMessage   `json:"body"`              // the event
	Attributes map[string]string `json:"messageAttributes"` // RULE_ARN and others
}

// Failure is the message that tells a function's on-failure queue of an event that the function failed on.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
type Failure struct {
	Version         string                 `json:"version"`
	Timestamp       time.Time              `json:"timestamp"`
	RequestContext  queue.RequestContext   `json:"requestContext"` // with one of the conditions
	RequestPayload  json.RawMessage        `json:"requestPayload"` // the event
	ResponseContext *queue.ResponseContext `json:"responseContext,omitempty"`
	ResponsePayload json.RawMessage        `json:"responsePayload,omitempty"` // the error
}

func (b *Bus) queue(logicalID string) *queue.Queue { return queue.Open(b.options.DataDir, logicalID) }

func (d *delivery) deadLetter(exhausted string) DeadLetter {
	message := ""
	if d.fault != nil {
		message = d.fault.Error()
	}
	return DeadLetter{d.Event, map[string]string{
		"RULE_ARN": d.ARN, "TARGET_ARN": template.FunctionARN(d.source.function), "ERROR_CODE": "SDK_CLIENT_ERROR", "ERROR_MESSAGE": message,
		"EXHAUSTED_RETRY_CONDITION": exhausted, "RETRY_ATTEMPTS": strconv.Itoa(d.Attempts - 1),
	}}
}

func (d *delivery) failure(condition string, now time.Time) Failure {
	f := Failure{Version: "1.0", Timestamp: now.UTC().Truncate(time.Millisecond), RequestPayload: d.Event, ResponsePayload: d.last.Payload}
	f.RequestContext, f.ResponseContext = queue.Contexts(d.source.function, condition, d.Calls, d.last)
	return f
}
