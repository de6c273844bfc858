// Package eventbus puts events on a bus of EventBridge.
package eventbus

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"group-invites/shared/event"
	"group-invites/shared/transport"
)

const (
	// attemptTimeout bounds one call, so that a bus that doesn't answer costs a batch of the stream seconds.
	attemptTimeout = 2 * time.Second
	// maxEntries is how many events a call takes, of 256 KB each at most; ours have less than one
	// (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html).
	maxEntries = 10
)

// Options says which bus, and where.
type Options struct {
	Bus      string // its name
	Region   string
	Endpoint string // "" is EventBridge itself; else the local stack's URL
	// The credentials that Lambda puts into the environment. They hold for as long as the process does.
	AccessKeyID, SecretAccessKey, SessionToken string
}

// Bus is a bus. It implements [event.Bus], and is safe for concurrent use.
type Bus struct {
	client  *eventbridge.Client
	http    *transport.Client
	options Options
}

var _ event.Bus = (*Bus)(nil)

// Open makes a client of the bus. It calls nothing yet. The SDK's options are set by hand, because its config package costs more start-up
// time and binary size than everything else together. Retries are off: what isn't taken is kept, and comes again.
func Open(o Options) *Bus {
	client := transport.New(attemptTimeout)
	options := eventbridge.Options{
		Region:      o.Region,
		Credentials: credentials.NewStaticCredentialsProvider(o.AccessKeyID, o.SecretAccessKey, o.SessionToken),
		HTTPClient:  client,
		Retryer:     aws.NopRetryer{},
	}
	if o.Endpoint != "" {
		options.BaseEndpoint = aws.String(o.Endpoint)
	}
	return &Bus{client: eventbridge.New(options), http: client, options: o}
}

// Put implements [event.Bus] by PutEvents, ten events a call, one call after another. A call takes all of its events or some. After one that
// fails as a whole no other is made.
func (b *Bus) Put(ctx context.Context, events []event.Event) (left []event.Event, why error) {
	for len(events) > 0 {
		chunk := events[:min(maxEntries, len(events))]
		refused, reason, err := b.put(ctx, chunk)
		if err != nil {
			return append(left, events...), fmt.Errorf("put events: %w", err)
		}
		if len(refused) > 0 {
			left, why = append(left, refused...), reason
		}
		events = events[len(chunk):]
	}
	return left, why
}

// put makes one call. The error is that of the whole call, which may have been carried out; else refused are those events that EventBridge
// didn't take, and reason is that of the last.
func (b *Bus) put(ctx context.Context, events []event.Event) (refused []event.Event, reason, err error) {
	in := &eventbridge.PutEventsInput{Entries: make([]types.PutEventsRequestEntry, len(events))}
	for i, e := range events {
		in.Entries[i] = types.PutEventsRequestEntry{
			EventBusName: &b.options.Bus, Source: aws.String(event.Source), DetailType: aws.String(string(e.Type)),
			Time: &e.At, Detail: aws.String(string(e.Detail)),
		}
	}
	out, err := b.client.PutEvents(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	if len(out.Entries) != len(events) {
		return nil, nil, fmt.Errorf("%d answers to %d events", len(out.Entries), len(events))
	}
	for i, entry := range out.Entries { // in the order of the request's
		if entry.ErrorCode != nil {
			refused = append(refused, events[i])
			reason = fmt.Errorf("put events: %s: %s", *entry.ErrorCode, aws.ToString(entry.ErrorMessage))
		}
	}
	return refused, reason, nil
}

// Warm opens a connection to EventBridge, as the table's Warm does to DynamoDB, so that the first batch doesn't pay for it. A local endpoint is
// left alone. An error is no reason not to start.
func (b *Bus) Warm(ctx context.Context) error {
	url := b.options.Endpoint
	if url == "" {
		endpoint, err := eventbridge.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, eventbridge.EndpointParameters{Region: &b.options.Region})
		if err != nil {
			return fmt.Errorf("warm bus: %w", err)
		}
		url = endpoint.URI.String()
	}
	if err := b.http.Open(ctx, url, 1); err != nil {
		return fmt.Errorf("warm bus: %w", err)
	}
	return nil
}
