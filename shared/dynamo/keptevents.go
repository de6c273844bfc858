package dynamo

import (
	"context"

	"group-invites/shared/directory"
	"group-invites/shared/event"
)

// Groups implements [event.Store].
func (t *Table) Groups(ctx context.Context, groups []directory.GroupID) (map[directory.GroupID]bool, error) {
	keys := make([]key, len(groups))
	for i, g := range groups {
		keys[i] = groupKey(g)
	}
	rows, err := t.get(ctx, keys)
	if err != nil {
		return nil, err
	}
	there := map[directory.GroupID]bool{}
	for _, g := range groups {
		there[g] = rows[groupKey(g)] != nil
	}
	return there, nil
}

// Keep implements [event.Store]. The reminder is written when the events are there: what comes of it must find them. Where a kill leaves events
// without one, their changes come again, and the next reminder of the shard brings them back as well.
func (t *Table) Keep(ctx context.Context, events []event.Event) error {
	rows := make([]item, len(events))
	shards := map[event.Shard]bool{}
	for i, e := range events {
		shards[e.Shard()] = true
		rows[i] = newItem(keptKey(e))
		rows[i]["type"], rows[i]["detail"] = str(string(e.Type)), str(string(e.Detail))
	}
	if err := t.putAll(ctx, "keep events", rows); err != nil {
		return err
	}
	for shard := range shards {
		if err := t.Remind(ctx, shard, true); err != nil {
			return err
		}
	}
	return nil
}

// Remind implements [event.Store]. What deletes a reminder has seen no event; one that was kept since has a reminder of its own in the stream.
func (t *Table) Remind(ctx context.Context, shard event.Shard, due bool) error {
	k := reminderKey(shard)
	if !due {
		return t.deleteAll(ctx, "end reminding", []key{k})
	}
	row := newItem(k)
	row["turn"] = str(randomID()) // DynamoDB tells the stream nothing of a row that is written as it was
	return t.putAll(ctx, "remind", []item{row})
}

// Kept implements [event.Store].
func (t *Table) Kept(ctx context.Context, shard event.Shard, limit int) ([]event.Event, bool, error) {
	rows, more, err := t.query(ctx, query{partition: keptPartition(shard), until: reminderKey(shard).sk, limit: limit})
	if err != nil {
		return nil, false, err
	}
	events := make([]event.Event, len(rows))
	for i, row := range rows {
		at, id, ok := parseKeptSort(keyOf(row).sk)
		if !ok {
			return nil, false, badKey(row)
		}
		r := reader{row: row}
		events[i] = event.Event{Type: event.Type(r.str("type")), ID: id, At: at, Detail: []byte(r.str("detail"))}
		if r.fault != nil {
			return nil, false, r.fault
		}
	}
	return events, more, nil
}

// Forget implements [event.Store].
func (t *Table) Forget(ctx context.Context, events []event.Event) error {
	keys := make([]key, len(events))
	for i, e := range events {
		keys[i] = keptKey(e)
	}
	return t.deleteAll(ctx, "forget events", keys)
}
