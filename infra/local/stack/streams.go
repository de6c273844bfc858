package stack

import (
	"context"

	"group-invites/infra/local/stream"
)

// follow starts what brings the table's stream to the functions that are wired to it. That is before seeding, so that they
// see what it writes.
func (s *Stack) follow(ctx context.Context) (err error) {
	s.streams, err = stream.Start(ctx, stream.Options{
		Endpoint: s.options.DynamoDBEndpoint,
		Table:    s.options.TableName,
		Mappings: s.template.Streams,
		Invoker:  s.lambda,
		DataDir:  s.folder.dir,
		Invoked:  s.log.invocation,
		Dropped:  s.log.drop,
		Problem:  s.log.problem,
	})
	return err
}

// StreamIdle returns when every function that follows the table's stream has handled all that was in it when StreamIdle
// was called, or has given up on it. What those functions write themselves may come after that. The error says which
// function wasn't done when ctx ended.
func (s *Stack) StreamIdle(ctx context.Context) error { return s.streams.Idle(ctx) }

// StreamStatus tells how the functions that follow the table's stream are doing, in the template's order.
func (s *Stack) StreamStatus() []stream.Status { return s.streams.Status() }

// StreamFailures are the messages in the on-failure queue with this logical id, oldest first, of earlier runs too.
func (s *Stack) StreamFailures(queue string) ([]stream.Failure, error) {
	return s.streams.Failures(queue)
}

// KillFunction ends all processes of a function at once, as kill -9 does, whatever they do, and returns how many there
// were. Later calls start new ones.
func (s *Stack) KillFunction(name string) int { return s.lambda.Kill(name) }

// QuitFunction ends all processes of a function as KillFunction does, but has each print the stacks of its goroutines first, into the function's log.
func (s *Stack) QuitFunction(name string) int { return s.lambda.Quit(name) }
