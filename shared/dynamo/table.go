package dynamo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/erasure"
	"group-invites/shared/event"
	"group-invites/shared/export"
	"group-invites/shared/invite"
	"group-invites/shared/mirror"
	"group-invites/shared/optout"
	"group-invites/shared/outbox"
	"group-invites/shared/tally"
	"group-invites/shared/transport"
)

// attemptTimeout bounds one call, so that a lost packet costs an attempt and not the whole request.
const attemptTimeout = time.Second

// Options says which table, and where.
type Options struct {
	Table    string // name
	Region   string
	Endpoint string // "" is DynamoDB itself; else a local engine's URL
	// The credentials that Lambda puts into the environment. They hold for as long as the process does.
	AccessKeyID, SecretAccessKey, SessionToken string
}

// Table is the one table. It implements [accessrequest.Store], [directory.Store], [erasure.Store], [event.Store], [export.Store], [invite.Store], [mirror.Store], [optout.Store],
// [outbox.Store] and [tally.Store], and is safe for concurrent use.
type Table struct {
	client   *dynamodb.Client
	http     *transport.Client
	name     string
	endpoint endpoint
}

// Open makes a client of the table. It calls nothing yet. The SDK's options are set by hand, because its config package costs more
// start-up time and binary size than everything else together. Retries are off: [directory.UntilDecided] repeats, after
// reading again. configure changes the options last; tests put their middleware there.
func Open(o Options, configure ...func(*dynamodb.Options)) *Table {
	client, endpoint := transport.New(attemptTimeout), endpointOf(o.Region, o.Endpoint)
	options := dynamodb.Options{
		Region:                o.Region,
		Credentials:           credentials.NewStaticCredentialsProvider(o.AccessKeyID, o.SecretAccessKey, o.SessionToken),
		HTTPClient:            client,
		Retryer:               aws.NopRetryer{},
		AccountIDEndpointMode: aws.AccountIDEndpointModeDisabled,
		EndpointResolverV2:    endpoint,
	}
	return &Table{client: dynamodb.New(options, configure...), http: client, name: o.Table, endpoint: endpoint}
}

// Warm opens connections to DynamoDB, as many as there are calls at once, so that the first request doesn't pay for name look-up and TLS handshake: on a small
// function that is hundreds of milliseconds, while init has the full processor. It asks for the service's health page, which needs
// no rights and costs nothing. A local engine is left alone. An error is no reason not to start: the first call opens a connection too.
func (t *Table) Warm(ctx context.Context, calls int) error {
	endpoint, err := t.endpoint()
	if err == nil {
		err = t.http.Open(ctx, endpoint.URI.String(), calls)
	}
	if err != nil {
		return fmt.Errorf("warm table: %w", err)
	}
	return nil
}

// randomID gives 16 hex digits.
func randomID() string {
	var id [8]byte
	rand.Read(id[:]) // never fails: crypto/rand ends the process rather than give less
	return hex.EncodeToString(id[:])
}

var (
	_ accessrequest.Store = (*Table)(nil)
	_ directory.Store     = (*Table)(nil)
	_ erasure.Store       = (*Table)(nil)
	_ event.Store         = (*Table)(nil)
	_ export.Store        = (*Table)(nil)
	_ invite.Store        = (*Table)(nil)
	_ mirror.Store        = (*Table)(nil)
	_ optout.Store        = (*Table)(nil)
	_ outbox.Store        = (*Table)(nil)
	_ tally.Store         = (*Table)(nil)
)
