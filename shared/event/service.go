package event

import (
	"context"
	"errors"
	"fmt"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// Change is what one change of the table means for those who are told; only what applies is set.
type Change struct {
	Events []Event
	Gone   *Gone
	Due    *Shard
}

// Gone: the row of a link is gone, and not by its TTL. Whether somebody deleted it, or it was cleared with its group, is told by whether the
// group is still there.
type Gone struct {
	Invite invite.Invite
	At     time.Time
}

// Shard is one of the places where events are kept that the bus didn't take.
type Shard int

// Shards is how many there are, so that they take many at once.
const Shards = 4

// Shard gives where the event is kept. Ids are hashes, so that they spread evenly.
func (e Event) Shard() Shard { return Shard(e.ID[len(e.ID)-1] % Shards) }

// Store is what telling needs of the table. Its methods may be repeated, and give [directory.ErrUnavailable] if they should be.
type Store interface {
	// Groups tells which of the groups there are.
	Groups(ctx context.Context, groups []directory.GroupID) (map[directory.GroupID]bool, error)
	// Keep writes events, and then has the table's stream say that their shards are due.
	Keep(ctx context.Context, events []Event) error
	// Kept gives the oldest events that are kept in a shard, up to the limit. more tells whether there are others.
	Kept(ctx context.Context, shard Shard, limit int) (events []Event, more bool, err error)
	// Forget deletes events that are kept.
	Forget(ctx context.Context, events []Event) error
	// Remind has the table's stream say that the shard is due, or no more.
	Remind(ctx context.Context, shard Shard, due bool) error
}

// Bus is where events are put.
type Bus interface {
	// Put puts events. It gives those that were not taken, or of which nobody knows, and why.
	Put(ctx context.Context, events []Event) (left []Event, why error)
}

const (
	putTimeout = 6 * time.Second // for all that a batch puts: the next one's joins are counted after it
	keptAtOnce = 100             // events of a shard that are put at a time
	// DefaultRest is for how long a batch waits that has found the bus to take nothing, before it has what is kept come again.
	DefaultRest = 500 * time.Millisecond
)

// Service tells of changes. It is safe for concurrent use.
type Service struct {
	Bus   Bus
	Store Store
	Rest  time.Duration // see DefaultRest
}

// Told is what became of the events of a batch.
type Told struct {
	Put  int   // on the bus
	Kept int   // not taken, and in the table now
	Why  error // why some were not taken
}

// Tell puts the events of changes on the bus, and keeps in the table those that it doesn't take. On an error some may have been neither put nor
// kept, and the changes must come again.
func (s *Service) Tell(ctx context.Context, changes []Change) (Told, error) {
	fresh, due, err := s.sort(ctx, changes)
	if err != nil {
		return Told{}, err
	}
	putting, cancel := context.WithTimeout(ctx, putTimeout)
	defer cancel()
	t := &turn{service: s, putting: putting}
	if left := t.put(fresh); len(left) > 0 {
		if err := directory.UntilDecided(ctx, func(ctx context.Context) error { return s.Store.Keep(ctx, left) }); err != nil {
			return t.told, fmt.Errorf("keep events: %w", err)
		}
	}
	for _, shard := range due {
		if err := t.bringBack(ctx, shard); err != nil {
			return t.told, fmt.Errorf("events that are kept: %w", err)
		}
	}
	return t.told, nil
}

// sort gives the events of changes, each once, and the shards that are due.
func (s *Service) sort(ctx context.Context, changes []Change) (fresh []Event, due []Shard, err error) {
	known, shards := map[string]bool{}, map[Shard]bool{}
	add := func(e Event) {
		if !known[e.ID] {
			known[e.ID] = true
			fresh = append(fresh, e)
		}
	}
	there, err := s.groups(ctx, changes)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range changes {
		for _, e := range c.Events {
			add(e)
		}
		if c.Due != nil && !shards[*c.Due] {
			shards[*c.Due] = true
			due = append(due, *c.Due)
		}
		switch {
		case c.Gone == nil:
		case there[c.Gone.Invite.Group]:
			add(OfDeleted(c.Gone.Invite, c.Gone.At))
		default:
			add(OfCleared(c.Gone.Invite, c.Gone.At, ClearedGroupDeleted))
		}
	}
	return fresh, due, nil
}

// groups looks which groups of links that are gone there are.
func (s *Service) groups(ctx context.Context, changes []Change) (there map[directory.GroupID]bool, err error) {
	var groups []directory.GroupID
	for _, c := range changes {
		if c.Gone != nil {
			groups = append(groups, c.Gone.Invite.Group)
		}
	}
	if len(groups) == 0 {
		return nil, nil
	}
	err = directory.UntilDecided(ctx, func(ctx context.Context) (err error) {
		there, err = s.Store.Groups(ctx, groups)
		return err
	})
	return there, err
}

// turn is one batch's dealings with the bus.
type turn struct {
	service *Service
	putting context.Context // ends when there is no more time for the bus
	told    Told
	out     bool // the bus takes nothing: it is left alone for the rest of the batch
	rested  bool
}

// put puts events, and gives those that were not taken. It tries once: what is kept comes again.
func (t *turn) put(events []Event) (left []Event) {
	if left = events; len(events) > 0 && !t.out {
		var why error
		left, why = t.service.Bus.Put(t.putting, events)
		t.told.Why = errors.Join(t.told.Why, why)
		t.out = len(left) == len(events)
	}
	t.told.Put += len(events) - len(left)
	t.told.Kept += len(left)
	return left
}

// bringBack puts some of the events that are kept in a shard, and has what is left of them come again.
func (t *turn) bringBack(ctx context.Context, shard Shard) error {
	store := t.service.Store
	var kept []Event
	var more bool
	err := directory.UntilDecided(ctx, func(ctx context.Context) (err error) {
		kept, more, err = store.Kept(ctx, shard, keptAtOnce)
		return err
	})
	if err != nil {
		return err
	}
	left := t.put(kept)
	if t.out && !t.rested {
		t.rested = true
		wait(ctx, t.service.Rest)
	}
	return directory.UntilDecided(ctx, func(ctx context.Context) error {
		if taken := without(kept, left); len(taken) > 0 {
			if err := store.Forget(ctx, taken); err != nil {
				return err
			}
		}
		return store.Remind(ctx, shard, len(left) > 0 || more)
	})
}

// without gives the events that are not among the others.
func without(events, others []Event) (rest []Event) {
	among := map[string]bool{}
	for _, o := range others {
		among[o.ID] = true
	}
	for _, e := range events {
		if !among[e.ID] {
			rest = append(rest, e)
		}
	}
	return rest
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
