package mirror

import (
	"context"
	"errors"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"group-invites/shared/directory"
)

// Service mirrors the directory of one host. It is safe for concurrent use.
type Service struct {
	Store  Store
	Clock  func() time.Time
	Random io.Reader
}

// parallel is how many operations write at the same time. It is the number of connections that the SDK's HTTP client keeps open to a host
// (MaxIdleConnsPerHost of aws/transport/http): more would open and close one with each call.
const parallel = 10

// now gives the instant of an operation: UTC, whole milliseconds, as it is stored.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Millisecond) }

// task is an operation on its way, with what its attempts have begun, by which one whose answer was lost is known again.
type task struct {
	op     Op
	result *Result
	done   bool
	now    time.Time // when it was begun: that of all its attempts
	act    string    // id of its row in the audit

	org     directory.OrgID
	group   directory.GroupID
	since   time.Time // epoch of the membership that was begun
	joinIDs map[directory.GroupID]string
	deletes string // id of what it deletes: another one that the external id stands for later isn't meant
}

// Apply carries out operations that a machine client of the issuer asks for: up to [MaxOps], as if one after the other. There is a result
// for each. What isn't decided when the context's deadline is near, or depends on what isn't, is [directory.ErrUnavailable]. An operation
// that could not be read has its error in faults, and is refused with it; faults may be shorter than ops.
func (s *Service) Apply(ctx context.Context, issuer string, ops []Op, faults ...error) []Result {
	results := make([]Result, len(ops))
	tasks := make([]*task, len(ops))
	for i, op := range ops {
		checked, err := op.checked()
		if i < len(faults) && faults[i] != nil {
			err = faults[i]
		}
		tasks[i] = &task{op: checked, result: &results[i], done: err != nil}
		results[i].Err = err
	}
	run, after := stages(ops)
	for _, stage := range run {
		var ready []*task
		for _, i := range stage {
			if tasks[i].done {
				continue
			}
			for _, earlier := range after[i] {
				if errors.Is(results[earlier].Err, directory.ErrUnavailable) {
					results[i].Err = directory.ErrUnavailable
				}
			}
			tasks[i].now = s.now()
			if results[i].Err == nil {
				tasks[i].act, results[i].Err = directory.NewJoinID(s.Random)
			}
			if results[i].Err == nil {
				ready = append(ready, tasks[i])
			}
		}
		s.settle(ctx, issuer, ready)
	}
	return results
}

// settle carries out operations that don't depend on each other. Each attempt reads for all that are still undecided together.
func (s *Service) settle(ctx context.Context, issuer string, open []*task) {
	if len(open) == 0 {
		return
	}
	err := directory.UntilDecided(ctx, func(ctx context.Context) error {
		f, err := s.read(ctx, issuer, open)
		if err != nil {
			return err
		}
		var all errgroup.Group
		all.SetLimit(parallel)
		for _, t := range open {
			all.Go(func() error {
				t.result.Err = s.act(ctx, t, f)
				return nil
			})
		}
		_ = all.Wait() // of errors of their own
		var undecided error
		var still []*task
		for _, t := range open {
			err := t.result.Err
			switch {
			case errors.Is(err, directory.ErrUnavailable), errors.Is(err, directory.ErrChanged):
				still = append(still, t)
				if undecided == nil || errors.Is(err, directory.ErrUnavailable) {
					undecided = err
				}
			default:
				t.done = true
			}
		}
		open = still
		return undecided
	})
	for _, t := range open { // what wasn't decided, or never tried: none if there is no error
		t.result.Err = err
	}
}

// act carries out one operation by what was read.
func (s *Service) act(ctx context.Context, t *task, f facts) error {
	switch t.op.Kind {
	case PutOrg:
		return s.putOrg(ctx, t, f)
	case PutGroup:
		return s.putGroup(ctx, t, f)
	case PutMember:
		return s.putMember(ctx, t, f)
	case PutGroupMember:
		return s.putGroupMember(ctx, t, f)
	case DeleteOrg:
		return s.deleteOrg(ctx, t, f)
	case DeleteGroup:
		return s.deleteGroup(ctx, t, f)
	case DeleteMember:
		return s.deleteMember(ctx, t, f)
	case DeleteGroupMember:
		return s.deleteGroupMember(ctx, t, f)
	}
	return directory.Invalid("op", "is unknown")
}
