package sesmail

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"

	"group-invites/shared/mail"
	"group-invites/shared/transport"
)

// attemptTimeout bounds one call. It is long, since giving up on a call that SES has taken means a second mail.
const attemptTimeout = 10 * time.Second

// Options says where SES is, and how mails go through it.
type Options struct {
	Region   string
	Endpoint string // "" is SES itself; else the local stack's URL
	// The credentials that Lambda puts into the environment. They hold for as long as the process does.
	AccessKeyID, SecretAccessKey, SessionToken string
	// ConfigurationSet is the one whose events tell what became of the mails.
	ConfigurationSet string
	Timeout          time.Duration // of a call; 10 seconds if zero
}

// Sender composes mails and gives them to SES. It is safe for concurrent use if its Composer is.
type Sender struct {
	client   *ses.Client
	http     *transport.Client
	composer *Composer
	options  Options
}

// Open makes a client of SES. It calls nothing yet. The SDK's options are set by hand, because its config package costs more start-up
// time and binary size than everything else together. Retries are off: whether to send again is decided where deliveries are known.
func Open(o Options, c *Composer) *Sender {
	if o.Timeout == 0 {
		o.Timeout = attemptTimeout
	}
	client := transport.New(o.Timeout)
	options := ses.Options{
		Region:      o.Region,
		Credentials: credentials.NewStaticCredentialsProvider(o.AccessKeyID, o.SecretAccessKey, o.SessionToken),
		HTTPClient:  client,
		Retryer:     aws.NopRetryer{},
	}
	if o.Endpoint != "" {
		options.BaseEndpoint = aws.String(o.Endpoint)
	}
	return &Sender{client: ses.New(options), http: client, composer: c, options: o}
}

// tagName is the name of the message tag that names the delivery: SES's events carry it, and package sesevent reads it.
const tagName = "delivery"

// Send composes a message and gives it to SES by SendRawEmail
// (https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html). It gives SES's id of it. Its errors are
// [mail.ErrThrottled], [mail.ErrQuota], [mail.ErrPaused], [mail.ErrRejected], [mail.ErrUndecided], or a fault of ours.
func (s *Sender) Send(ctx context.Context, m mail.Message) (messageID string, err error) {
	raw, err := s.composer.Compose(m)
	if err != nil {
		return "", err
	}
	out, err := s.client.SendRawEmail(ctx, &ses.SendRawEmailInput{
		Source:               aws.String(s.composer.From.String()),
		Destinations:         []string{m.To.String()},
		ConfigurationSetName: aws.String(s.options.ConfigurationSet),
		RawMessage:           &types.RawMessage{Data: raw},
		Tags:                 []types.MessageTag{{Name: aws.String(tagName), Value: aws.String(tag(m))}},
	})
	if err != nil {
		return "", verdict(err)
	}
	return aws.ToString(out.MessageId), nil
}

// tag names the delivery and its sending. A tag's value may hold letters, digits, hyphens and underscores.
func tag(m mail.Message) string {
	return fmt.Sprintf("%s-%x-%s-%d", m.Delivery.Group, m.Delivery.Invite, m.Delivery.ID, m.Sends)
}

// Warm opens a connection to SES, as the table's Warm does to DynamoDB, so that the first mail doesn't pay for it. A local endpoint is left
// alone. An error is no reason not to start.
func (s *Sender) Warm(ctx context.Context) error {
	url := s.options.Endpoint
	if url == "" {
		endpoint, err := ses.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, ses.EndpointParameters{Region: &s.options.Region})
		if err != nil {
			return fmt.Errorf("warm sender: %w", err)
		}
		url = endpoint.URI.String()
	}
	if err := s.http.Open(ctx, url, 1); err != nil {
		return fmt.Errorf("warm sender: %w", err)
	}
	return nil
}
