package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"group-invites/shared/mail"
	"group-invites/shared/outbox"
)

// The outbox: what becomes of deliveries.

// Deliveries implements [outbox.Store].
func (t *Table) Deliveries(ctx context.Context, keys []mail.Key) ([]mail.Delivery, error) {
	wanted := make([]key, len(keys))
	for i, k := range keys {
		wanted[i] = deliveryKey(k)
	}
	rows, err := t.get(ctx, wanted)
	if err != nil {
		return nil, err
	}
	deliveries := make([]mail.Delivery, 0, len(rows))
	for _, k := range wanted {
		row, ok := rows[k]
		if !ok {
			continue
		}
		delete(rows, k)
		d, err := readDelivery(row)
		if err != nil {
			return nil, err
		}
		deliveries = append(deliveries, d)
	}
	return deliveries, nil
}

// DueDeliveries implements [outbox.Store]. It reads the shards at the same time, and merges them: a position is one in all of them.
func (t *Table) DueDeliveries(ctx context.Context, now time.Time, after string, limit int) (keys []mail.Key, next string, err error) {
	var shards [dueShards][]item
	var mores [dueShards]bool
	group, ctx := errgroup.WithContext(ctx)
	for i := range shards {
		group.Go(func() (err error) {
			shards[i], mores[i], err = t.query(ctx, query{
				index: true, partition: duePartition(i), after: after, until: duePosition(now.Add(time.Millisecond)), limit: limit,
			})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, "", err
	}
	position := func(row item) string { r := reader{row: row}; return r.str("lsk") }
	rows := slices.Concat(shards[:]...)
	slices.SortFunc(rows, func(a, b item) int { return strings.Compare(position(a), position(b)) })
	more := slices.Contains(mores[:], true) || len(rows) > limit
	rows = rows[:min(len(rows), limit)]
	for _, row := range rows {
		if k, ok := parseDeliveryKey(keyOf(row)); ok {
			keys = append(keys, k)
		} else if err == nil {
			err = badKey(row)
		}
	}
	if more {
		next = position(rows[len(rows)-1])
	}
	return keys, next, err
}

// ChangeDelivery implements [outbox.Store].
func (t *Table) ChangeDelivery(ctx context.Context, before, after mail.Delivery) error {
	return t.put(ctx, "change delivery", changeDelivery(before, after))
}

// CountDelivery implements [outbox.Store].
func (t *Table) CountDelivery(ctx context.Context, before, after mail.Delivery, limit int) error {
	const counter = 1
	err := t.transact(ctx, "count delivery",
		types.TransactWriteItem{Put: t.transactPut(changeDelivery(before, after))},
		types.TransactWriteItem{Update: t.transactUpdate(count(recipientQuotaKey(after.To.Key(), after.CountedOn), after.CountedOn, 1, limit))})
	if onlyConditionOf(err, counter) {
		return fmt.Errorf("count delivery: %w", outbox.ErrRecipientLimit)
	}
	return err
}

// Tell implements [outbox.Store].
func (t *Table) Tell(ctx context.Context, before, after mail.Delivery, notices []mail.Delivery) error {
	writes := []types.TransactWriteItem{{Put: t.transactPut(changeDelivery(before, after))}}
	for _, n := range notices {
		writes = append(writes, types.TransactWriteItem{Put: t.transactPut(put{row: deliveryItem(n)})})
	}
	return t.transact(ctx, "tell", writes...)
}

// RecordFeedback implements [outbox.Store]. It ends the retries too.
func (t *Table) RecordFeedback(ctx context.Context, f mail.Feedback) error {
	set := assignments{
		"#state": str(string(f.State)), "updatedAt": millis(f.At), "reason": nil, "detail": nil,
		"fresh": nil, "dueAt": nil, "lpk": nil, "lsk": nil,
	}
	if f.Reason != "" {
		set["reason"] = str(string(f.Reason))
	}
	if f.Detail != "" {
		set["detail"] = str(f.Detail)
	}
	u := set.update(deliveryKey(f.Delivery))
	var states []string
	for i, before := range f.State.Before() {
		name := fmt.Sprintf(":before%d", i)
		states = append(states, name)
		u.values[name] = str(string(before))
	}
	u.condition = "sends = :sends AND #state IN (" + strings.Join(states, ", ") + ")"
	u.values[":sends"] = num(int64(f.Sends))
	return t.update(ctx, "record feedback", u)
}

// Suppressions implements [outbox.Store].
func (t *Table) Suppressions(ctx context.Context, addresses []mail.AddressKey) (map[mail.AddressKey]mail.Suppression, error) {
	keys := make([]key, len(addresses))
	for i, a := range addresses {
		keys[i] = suppressionKey(a)
	}
	rows, err := t.get(ctx, keys)
	if err != nil {
		return nil, err
	}
	found := make(map[mail.AddressKey]mail.Suppression, len(rows))
	for i, a := range addresses {
		if row, ok := rows[keys[i]]; ok {
			r := reader{row: row}
			found[a] = mail.Suppression{BouncedAt: r.millis("bouncedAt"), ComplainedAt: r.millis("complainedAt"), OptedOutAt: r.millis("optedOutAt")}
			if r.fault != nil {
				return nil, r.fault
			}
		}
	}
	return found, nil
}

// suppressedAttributes name when an address came to get no more mail, by why.
var suppressedAttributes = map[mail.Reason]string{
	mail.ReasonBounced: "bouncedAt", mail.ReasonComplained: "complainedAt", mail.ReasonOptedOut: "optedOutAt",
}

// Suppress implements [outbox.Store].
func (t *Table) Suppress(ctx context.Context, address mail.AddressKey, why mail.Reason, at time.Time) error {
	name := suppressedAttributes[why]
	return t.update(ctx, "suppress address", update{
		key: suppressionKey(address), update: "SET " + name + " = if_not_exists(" + name + ", :at), v = :v",
		values: item{":at": millis(at), ":v": num(schemaVersion)},
	})
}
