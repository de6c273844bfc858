package template

import (
	"math"
	"slices"
	"strings"
	"time"

	"group-invites/infra/local/pattern"

	"go.yaml.in/yaml/v3"
)

// StreamMapping is an event source mapping: a function that gets what changes in the table, batch by batch.
type StreamMapping struct {
	Function                string // Function.Name
	StreamARN               string
	FromLatest              bool // a new mapping starts at the end of the stream rather than at its beginning
	Enabled                 bool
	BatchSize               int           // records at most
	Window                  time.Duration // how long a batch that isn't full may wait for more
	MaximumRetryAttempts    int           // after the first; Endless for no limit
	MaximumRecordAge        time.Duration // zero for no limit
	Bisect                  bool          // a batch that fails is tried in two halves
	ReportBatchItemFailures bool          // the function may answer with the record from which on it wants the batch again
	Filters                 []*pattern.Pattern
	OnFailure               string // logical id of the queue that is told of dropped records; empty for none
}

// Endless is the number of retries where there is no limit.
const Endless = -1

// streamLabel is the last part of the stream's ARN. In the cloud it is the time at which the stream was made.
const streamLabel = "2026-01-01T00:00:00.000"

// readStream reads a function's event of type DynamoDB. It takes what Lambda takes; what Lambda would refuse at the
// deployment is refused here. Parallel batches of a shard are not modelled: they keep the order within a partition,
// as one batch after the other does.
func (l *loader) readStream(t *Template, function string, event *yaml.Node) StreamMapping {
	if slices.ContainsFunc(t.Streams, func(m StreamMapping) bool { return m.Function == function }) {
		l.fail(event, "%s follows the stream already", function)
	}
	p := l.get(event, "Properties")
	l.knownIn(p, "Stream", "StartingPosition", "Enabled", "BatchSize", "MaximumBatchingWindowInSeconds", "MaximumRetryAttempts",
		"MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError", "ParallelizationFactor", "FunctionResponseTypes", "FilterCriteria",
		"DestinationConfig")
	m := StreamMapping{
		Function:             function,
		StreamARN:            l.string(l.of(p, "Stream"), "Stream"),
		Enabled:              l.flag(l.of(p, "Enabled"), "Enabled", true),
		BatchSize:            l.whole(l.of(p, "BatchSize"), "BatchSize", 100, 1, 10_000),
		Window:               l.seconds(l.of(p, "MaximumBatchingWindowInSeconds"), "MaximumBatchingWindowInSeconds", 0, 0, 300),
		MaximumRetryAttempts: l.whole(l.of(p, "MaximumRetryAttempts"), "MaximumRetryAttempts", Endless, Endless, 10_000),
		Bisect:               l.flag(l.of(p, "BisectBatchOnFunctionError"), "BisectBatchOnFunctionError", false),
	}
	if !strings.HasPrefix(m.StreamARN, l.tableARN()+"/stream/") {
		l.fail(l.of(p, "Stream").node, "Stream must be that of the table, by !GetAtt")
	}
	switch position := l.of(p, "StartingPosition"); l.string(position, "StartingPosition") {
	case "TRIM_HORIZON":
	case "LATEST":
		m.FromLatest = true
	default:
		l.fail(position.node, "StartingPosition must be TRIM_HORIZON or LATEST")
	}
	l.whole(l.of(p, "ParallelizationFactor"), "ParallelizationFactor", 1, 1, 10)
	const noLimit, least, most = -1, 60, 7 * 24 * 60 * 60
	age := l.of(p, "MaximumRecordAgeInSeconds")
	if seconds := l.whole(age, "MaximumRecordAgeInSeconds", noLimit, noLimit, most); seconds != noLimit {
		m.MaximumRecordAge = l.seconds(age, "MaximumRecordAgeInSeconds", least, least, most)
	}
	for _, kind := range l.strings(l.of(p, "FunctionResponseTypes"), "FunctionResponseTypes") {
		if kind != "ReportBatchItemFailures" {
			l.fail(l.of(p, "FunctionResponseTypes").node, "the local stack doesn't know the response type %s", kind)
		}
		m.ReportBatchItemFailures = true
	}
	m.Filters = l.readFilters(l.of(p, "FilterCriteria"))
	m.OnFailure = l.readOnFailure(l.of(p, "DestinationConfig"))
	return m
}

func (l *loader) readFilters(criteria value) []*pattern.Pattern {
	l.knownIn(criteria, "Filters")
	var filters []*pattern.Pattern
	for _, f := range l.of(criteria, "Filters").list {
		l.knownIn(f, "Pattern")
		text := l.of(f, "Pattern")
		compiled, err := pattern.Compile(l.string(text, "Pattern"))
		if err != nil {
			l.fail(text.node, "%v", err)
		}
		filters = append(filters, compiled)
	}
	return filters
}

// readOnFailure gives the logical id of the queue in a DestinationConfig.
func (l *loader) readOnFailure(config value) string {
	l.knownIn(config, "OnFailure")
	to := l.of(config, "OnFailure")
	if to.shape == absent {
		return ""
	}
	l.knownIn(to, "Type", "Destination")
	if kind := l.of(to, "Type"); kind.shape != absent && kind.text != "SQS" {
		l.fail(kind.node, "the local stack sends failures to queues (SQS) only")
	}
	return l.queue(l.of(to, "Destination"), "Destination")
}

// queue gives the logical id of the queue with this ARN.
func (l *loader) queue(arn value, what string) string {
	for _, id := range l.order {
		if l.kind(id) == kindQueue && l.queueARN(id) == l.string(arn, what) {
			return id
		}
	}
	l.fail(arn.node, "%s must be the ARN of a queue in this template", what)
	return ""
}

// readQueue gives the ARN of a queue. Left out is all that a queue without readers shows nothing of.
func (l *loader) readQueue(id string, properties *yaml.Node) string {
	l.known(properties, "QueueName", "MessageRetentionPeriod", "VisibilityTimeout", "ReceiveMessageWaitTimeSeconds", "MaximumMessageSize",
		"SqsManagedSseEnabled", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "Tags")
	return l.queueARN(id)
}

// queueName is a queue's own name, or its logical id where the cloud would make one up.
func (l *loader) queueName(id string) string {
	if name := l.get(l.properties(id), "QueueName"); name.shape != absent {
		return l.string(name, "QueueName")
	}
	return id
}

func (l *loader) queueARN(id string) string {
	return "arn:aws:sqs:" + Region + ":" + AccountID + ":" + l.queueName(id)
}

// queueURL is a name rather than an address: nothing answers there.
func (l *loader) queueURL(id string) string {
	return "https://sqs." + Region + ".amazonaws.com/" + AccountID + "/" + l.queueName(id)
}

// flag is v as true or false; otherwise where it isn't written.
func (l *loader) flag(v value, what string, otherwise bool) bool {
	if v.shape == absent {
		return otherwise
	}
	switch l.string(v, what) {
	case "true":
		return true
	case "false":
		return false
	}
	l.fail(v.node, "%s must be true or false", what)
	return false
}

// whole is v as a whole number from least to most; otherwise where it isn't written.
func (l *loader) whole(v value, what string, otherwise, least, most int) int {
	if v.shape == absent {
		return otherwise
	}
	n := l.number(v, what)
	if n != math.Trunc(n) || n < float64(least) || n > float64(most) {
		l.fail(v.node, "%s must be a whole number from %d to %d", what, least, most)
	}
	return int(n)
}

func (l *loader) seconds(v value, what string, otherwise, least, most int) time.Duration {
	return time.Duration(l.whole(v, what, otherwise, least, most)) * time.Second
}
