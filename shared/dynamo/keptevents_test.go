package dynamo_test

import (
	"context"
	"errors"
	"testing"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/event"
)

// TestKeptEvents_AFailureIsNoAnswer: while the table fails no group is gone, and no event is kept, found to be none, or forgotten.
func TestKeptEvents_AFailureIsNoAnswer(t *testing.T) {
	w := New(t)
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	kept := []event.Event{event.OfCreated(w.Link(admin, group).Invite)}
	shard := kept[0].Shard()
	for name, act := range map[string]func(context.Context) error{
		"groups": func(ctx context.Context) error {
			_, err := w.Table.Groups(ctx, []directory.GroupID{group.ID})
			return err
		},
		"keep": func(ctx context.Context) error { return w.Table.Keep(ctx, kept) },
		"kept": func(ctx context.Context) error {
			_, _, err := w.Table.Kept(ctx, shard, 10)
			return err
		},
		"forget": func(ctx context.Context) error { return w.Table.Forget(ctx, kept) },
		"remind": func(ctx context.Context) error { return w.Table.Remind(ctx, shard, true) },
	} {
		w.Faults.Reset(nil)
		if err := act(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for n := range w.Faults.Cost().Calls {
			w.Faults.Reset(faults.On(n+1, faults.Fail))
			if err := act(t.Context()); !errors.Is(err, directory.ErrUnavailable) {
				t.Errorf("%s, call %d fails: %v", name, n+1, err)
			}
		}
	}
	w.Faults.Reset(nil)
	if there, err := w.Table.Groups(t.Context(), []directory.GroupID{group.ID, {1}}); err != nil || !there[group.ID] || there[directory.GroupID{1}] {
		t.Errorf("%v, %v", there, err)
	}
}
