package eventbus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"group-invites/infra/local/template"
)

// schedule is a schedule of the template while it runs.
type schedule struct {
	template.Schedule
	source *source
	turn   chan struct{} // held by the run under way
}

// event makes the event of a run.
// https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-events.html
func (s *schedule) event(now time.Time) ([]byte, error) {
	if s.Input != nil {
		return s.Input, nil
	}
	return json.Marshal(NewEvent("aws.events", "Scheduled Event", now, s.ARN, struct{}{}))
}

// repeat runs a schedule until the bus is stopped.
func (b *Bus) repeat(s *schedule) {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	for {
		select {
		case <-b.stopping.Done():
			return
		case <-tick.C: // a tick that comes while a run lasts waits, others are dropped
		}
		if err := b.run(b.stopping, s); err != nil && !errors.Is(err, ErrStopped) && b.stopping.Err() == nil {
			b.options.Problem("schedule of " + s.Function + ": " + err.Error())
		}
	}
}

// Run makes one run of the schedule of this function now, after one that is under way, and returns when the function has
// succeeded. An error says that it has not: after all retries, or because ctx ended first, or the bus was stopped.
func (b *Bus) Run(ctx context.Context, function string) error {
	for _, s := range b.schedules {
		if s.Function == function {
			return b.run(ctx, s)
		}
	}
	return fmt.Errorf("%s has no schedule", function)
}

func (b *Bus) run(ctx context.Context, s *schedule) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-b.stopping.Done():
		return ErrStopped
	}
	event, err := s.event(b.options.Now())
	if err != nil {
		<-s.turn
		return err
	}
	d := newDelivery(s.source, event, b.options.Now())
	outcome := make(chan error, 1)
	b.mu.Lock()
	if b.stopped {
		b.mu.Unlock()
		<-s.turn
		return ErrStopped
	}
	b.running.Go(func() {
		defer func() { <-s.turn }()
		outcome <- b.deliver(d)
	})
	b.mu.Unlock()
	select {
	case err := <-outcome:
		if err == nil && d.dropped {
			return fmt.Errorf("%s failed: %s: %s", s.Function, d.last.FunctionError, d.last.ErrorMessage())
		}
		return err
	case <-ctx.Done(): // the run goes on
		return ctx.Err()
	}
}
