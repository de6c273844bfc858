// Package wiring is what the functions' mains have in common: from the environment to the table and the key ring. It is the one place,
// beside the mains, where adapters meet.
package wiring

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"group-invites/shared/config"
	"group-invites/shared/dynamo"
	"group-invites/shared/emf"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
	"group-invites/shared/secretsmanager"
)

// initTimeout bounds what is done before the first request. Lambda gives init 10 seconds.
const initTimeout = 5 * time.Second

// Table opens the table, and a connection to it for each of the calls that a request makes at the same time. It ends the process, with every fault of the environment in the log, if any of
// what has been read of it so far is not as it must be.
func Table(env *config.Environment, calls int) *dynamo.Table {
	table := openTable(env)
	ExitOn(env.Err())
	warm(table, calls)
	return table
}

// TableAndRing opens the table, as [Table] does, and fetches the key ring at the same time. It ends the process if there is no good ring.
func TableAndRing(env *config.Environment, calls int) (*dynamo.Table, *linkcode.Source) {
	table := openTable(env)
	stack := env.Text("STACK_NAME")
	aws := env.AWS()
	secret := &secretsmanager.Secret{
		ID: env.Text("KEY_RING_SECRET_ID"), Region: aws.Region, Endpoint: aws.Endpoint,
		AccessKeyID: aws.AccessKeyID, SecretAccessKey: aws.SecretAccessKey, SessionToken: aws.SessionToken,
	}
	ExitOn(env.Err())

	var both sync.WaitGroup
	both.Go(func() { warm(table, calls) })
	ctx, cancel := context.WithTimeout(context.Background(), initTimeout)
	defer cancel()
	ring, err := linkcode.NewSource(ctx, stack, time.Now, secret.Fetch)
	ExitOn(err)
	ring.Failed = reportTo(lambdacontext.NewLogger(), emf.OfStack(stack))
	both.Wait()
	return table, ring
}

// reportTo says to the log, and has counted, that the ring could not be renewed: somebody must know before it is no longer used, and whoever
// has retired a key waits for it to be.
func reportTo(log *slog.Logger, metrics emf.Metrics) func(context.Context, time.Duration, error) {
	return func(ctx context.Context, age time.Duration, cause error) {
		log.ErrorContext(ctx, "key ring not renewed", "age", age.String(), "cause", cause.Error(),
			metrics.Attr(time.Now(), emf.Count(emf.KeyRingFailures, 1)))
	}
}

// MailLimits reads how many mails may be sent a day.
func MailLimits(env *config.Environment) mail.Limits {
	const most = 1_000_000
	return mail.Limits{
		Sender: env.Int("MAILS_PER_SENDER", 0, most), Org: env.Int("MAILS_PER_ORG", 0, most), NewOrg: env.Int("MAILS_PER_NEW_ORG", 0, most),
	}
}

func openTable(env *config.Environment) *dynamo.Table {
	aws := env.AWS()
	return dynamo.Open(dynamo.Options{
		Table: env.Text("TABLE_NAME"), Region: aws.Region, Endpoint: aws.Endpoint,
		AccessKeyID: aws.AccessKeyID, SecretAccessKey: aws.SecretAccessKey, SessionToken: aws.SessionToken,
	})
}

func warm(table *dynamo.Table, calls int) {
	ctx, cancel := context.WithTimeout(context.Background(), initTimeout)
	defer cancel()
	if err := table.Warm(ctx, calls); err != nil {
		slog.Warn("no connection opened in advance", "cause", err.Error())
	}
}

// ExitOn ends the process on an error that keeps a function from starting. Lambda reports that as a failed init, and API Gateway answers 500.
func ExitOn(err error) {
	if err == nil {
		return
	}
	slog.Error("function does not start", "cause", err.Error())
	os.Exit(1)
}
