package template_test

import (
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/template"
)

// following is the minimal template with a stream, whose function has the given event.
func following(properties string) string {
	text := strings.Replace(minimal, "{ BillingMode: PAY_PER_REQUEST }", "{ BillingMode: PAY_PER_REQUEST, StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES } }", 1)
	return strings.Replace(text, "EXPRESSION", "x", 1) + "      Events: { Follow: { Type: DynamoDB, Properties: { " + properties + " } } }\n"
}

func TestLoad_Stream(t *testing.T) {
	given := map[string]string{"Given": "g"}
	tmpl, err := load(t, following(`
          Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST, BatchSize: 50, MaximumBatchingWindowInSeconds: 2, MaximumRetryAttempts: !Ref Count,
          MaximumRecordAgeInSeconds: 3600, BisectBatchOnFunctionError: true, ParallelizationFactor: 4, Enabled: true,
          FunctionResponseTypes: [ReportBatchItemFailures], DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt Failures.Arn } },
          FilterCriteria: { Filters: [{ Pattern: '{"eventName": ["INSERT"]}' }, { Pattern: '{"eventName": ["REMOVE"]}' }] }`), given)
	if err != nil {
		t.Fatal(err)
	}
	m := tmpl.Streams[0]
	if m.Function != "f" || m.StreamARN != "arn:aws:dynamodb:local:000000000000:table/local-group-invites/stream/2026-01-01T00:00:00.000" ||
		!m.FromLatest || m.BatchSize != 50 || m.Window != 2*time.Second || m.MaximumRetryAttempts != 3 || m.MaximumRecordAge != time.Hour ||
		!m.Bisect || !m.ReportBatchItemFailures || len(m.Filters) != 2 || m.OnFailure != "Failures" || !m.Enabled {
		t.Errorf("%+v", m)
	}
	if arn := tmpl.Queues["Failures"]; arn != "arn:aws:sqs:local:000000000000:Failures" {
		t.Errorf("the queue is %s", arn)
	}

	tmpl, err = load(t, following("Stream: !GetAtt Table.StreamArn, StartingPosition: TRIM_HORIZON"), given)
	if err != nil {
		t.Fatal(err)
	}
	m = tmpl.Streams[0]
	if m.FromLatest || m.BatchSize != 100 || m.Window != 0 || m.MaximumRetryAttempts != template.Endless || m.MaximumRecordAge != 0 ||
		m.Bisect || m.ReportBatchItemFailures || m.Filters != nil || m.OnFailure != "" || !m.Enabled {
		t.Errorf("by default: %+v", m)
	}
}

func TestLoad_StreamFaults(t *testing.T) {
	const sound = "Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST, "
	for properties, want := range map[string]string{
		"StartingPosition: LATEST":                                                         "Stream must be a text",
		"Stream: !GetAtt Table.Arn, StartingPosition: LATEST":                              "Stream must be that of the table",
		"Stream: !GetAtt Table.StreamArn":                                                  "StartingPosition must be a text",
		"Stream: !GetAtt Table.StreamArn, StartingPosition: NOW":                           "must be TRIM_HORIZON or LATEST",
		sound + "TumblingWindowInSeconds: 5":                                               "template.yaml:33: the local stack doesn't know TumblingWindowInSeconds",
		sound + "BatchSize: 0":                                                             "template.yaml:33: BatchSize must be a whole number from 1 to 10000",
		sound + "BatchSize: 1.5":                                                           "BatchSize must be a whole number",
		sound + "MaximumBatchingWindowInSeconds: 301":                                      "from 0 to 300",
		sound + "MaximumRetryAttempts: -2":                                                 "from -1 to 10000",
		sound + "MaximumRecordAgeInSeconds: 59":                                            "from 60 to 604800",
		sound + "ParallelizationFactor: 11":                                                "from 1 to 10",
		sound + "BisectBatchOnFunctionError: perhaps":                                      "must be true or false",
		sound + "FunctionResponseTypes: [Streaming]":                                       "doesn't know the response type Streaming",
		sound + `FilterCriteria: { Filters: [{ Pattern: '{"a": [{"wildcard": "*"}]}' }] }`: "template.yaml:33: a: wildcard: the local stack doesn't know this operator",
		sound + `FilterCriteria: { Filters: [{ Pattern: '{"eventName": "INSERT"}' }] }`:    "eventName must be an object",
		sound + "DestinationConfig: { OnFailure: { Type: SNS, Destination: x } }":          "queues (SQS) only",
		sound + "DestinationConfig: { OnFailure: { Destination: arn:aws:sqs:x } }":         "ARN of a queue in this template",
		sound + "DestinationConfig: { OnSuccess: {} }":                                     "doesn't know OnSuccess",
		sound + "BatchSize: 1 } }, Again: { Type: DynamoDB, Properties: { " + sound:        "f follows the stream already",
	} {
		if _, err := load(t, following(properties), map[string]string{"Given": "g"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", properties, err, want)
		}
	}
}

func TestLoad_QueueFaults(t *testing.T) {
	text := strings.Replace(following("Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST"), "MessageRetentionPeriod: 1209600", "FifoQueue: true", 1)
	if _, err := load(t, text, map[string]string{"Given": "g"}); err == nil || !strings.Contains(err.Error(), "the local stack doesn't know FifoQueue") {
		t.Errorf("a FIFO queue: %v", err)
	}
}
