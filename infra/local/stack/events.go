package stack

import (
	"context"
	"encoding/json"

	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/queue"
)

// openEvents starts what brings events to the functions whose rules match, and runs the schedules.
func (s *Stack) openEvents() (err error) {
	s.events, err = eventbus.Open(eventbus.Options{
		DataDir:     s.folder.dir,
		Rules:       s.template.Rules,
		Schedules:   s.template.Schedules,
		Functions:   s.template.Functions,
		Invoker:     s.lambda,
		Every:       s.options.ScheduleEvery,
		Concurrency: s.options.Concurrency,
		Invoked:     s.log.event,
		Dropped:     s.log.eventDrop,
		Problem:     s.log.problem,
	})
	return err
}

// EventsIdle returns when every event of the event bus, such as those of mails, is delivered or given up. What a function
// does with one may bring others.
func (s *Stack) EventsIdle(ctx context.Context) error { return s.events.Idle(ctx) }

// EventsStatus tells how the rules and then the schedules are doing, in the template's order.
func (s *Stack) EventsStatus() []eventbus.Status { return s.events.Status() }

// RunSchedule makes one run of the schedule of a function now, and returns when it has succeeded; the error says why not.
func (s *Stack) RunSchedule(ctx context.Context, function string) error {
	return s.events.Run(ctx, function)
}

// QueueMessages are the messages in the queue with this logical id, oldest first, of earlier runs too.
func (s *Stack) QueueMessages(logicalID string) ([]json.RawMessage, error) {
	return queue.Open(s.folder.dir, logicalID).Messages()
}
