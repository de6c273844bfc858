package dynamo

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/tally"
)

// Look implements [tally.Store].
func (t *Table) Look(ctx context.Context, links []tally.Link, rows []tally.Row) (map[tally.Link]bool, []tally.Row, error) {
	var keys []key
	for _, l := range links {
		keys = append(keys, inviteKey(l.Group, l.Invite))
	}
	for _, r := range rows {
		keys = append(keys, ownerOf(r))
	}
	found, err := t.get(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	capped := map[tally.Link]bool{}
	for _, l := range links {
		if row := found[inviteKey(l.Group, l.Invite)]; row != nil {
			inv, err := readInvite(l.Group, row)
			if err != nil {
				return nil, nil, err
			}
			capped[l] = inv.Capped()
		}
	}
	var strays []tally.Row
	for _, r := range rows {
		if found[ownerOf(r)] == nil {
			strays = append(strays, r)
		}
	}
	return capped, strays, nil
}

// ownerOf gives the key of what a row belongs to.
func ownerOf(r tally.Row) key {
	if r.Group == (directory.GroupID{}) || r.User == (directory.UserID{}) && r.Invite == (invite.ID{}) {
		return orgKey(r.Org)
	}
	return groupKey(r.Group)
}

// rowKey gives a row's own key.
func rowKey(r tally.Row) key {
	switch {
	case r.Invite != invite.ID{}:
		return inviteKey(r.Group, r.Invite)
	case r.User == directory.UserID{}:
		return groupKey(r.Group)
	case r.Group == directory.GroupID{}:
		return orgMemberKey(r.Org, r.User)
	}
	return groupMemberKey(r.Group, r.User)
}

// maxTransaction is the number of writes that a transaction takes.
const maxTransaction = 100

// RecordJoins implements [tally.Store].
func (t *Table) RecordJoins(ctx context.Context, link tally.Link, joins []tally.Joined, count bool) error {
	told := map[key]bool{}
	joins = slices.DeleteFunc(slices.Clone(joins), func(j tally.Joined) bool { // a batch may tell of one twice; a transaction takes it once
		k := joinKey(j.Group, j.Invite, j.At, j.User)
		again := told[k]
		told[k] = true
		return again
	})
	if !count {
		rows := make([]item, len(joins))
		for i, j := range joins {
			rows[i] = joinItem(j)
		}
		return t.putAll(ctx, "record joins", rows)
	}
	for chunk := range slices.Chunk(joins, maxTransaction-1) {
		if err := t.countJoins(ctx, link, chunk); err != nil {
			return err
		}
	}
	return nil
}

// countJoins writes those of the rows that are not there yet, and counts them, in one transaction. If it is cancelled because
// some are there, it tries again without them.
//
// A joining that comes alone so takes five write units: two for its row, two for the counter, one for its audit entry outside of the transaction. As many
// share a batch, they share the counter, and it comes to three. Less was reckoned through, and isn't to be had simply:
//
//   - The row of the joining can't be the audit entry as well. One is found by link, the other by organization: a row under one of them and in
//     the index under the other is a unit for the index instead of one for the row.
//   - A counter outside of the transaction needs another proof that a joining wasn't counted yet. The stream has none: joinings by one link come by
//     several of its shards, in batches whose borders change, and again at any time within a day.
//   - The counter could itself name the joinings that it was last raised by, in the same plain write; their rows would be written
//     after it, and whoever raises it next would first write those of the last one, should they be missing. That is three units and one or two more reads. But it reads
//     its rows before it counts, each batch has to heal the one before, and beside a version that counts by transactions it would count twice.
func (t *Table) countJoins(ctx context.Context, link tally.Link, joins []tally.Joined) error {
	for len(joins) > 0 {
		writes := make([]types.TransactWriteItem, 0, len(joins)+1)
		for _, j := range joins {
			writes = append(writes, types.TransactWriteItem{Put: t.transactPut(put{row: joinItem(j)})})
		}
		writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(update{
			key: inviteKey(link.Group, link.Invite), update: "SET uses = uses + :n", condition: mustExist,
			values: item{":n": num(int64(len(joins)))},
		})})
		err := t.transact(ctx, "count joins", writes...)
		cancelled := new(types.TransactionCanceledException)
		if err == nil || !errors.As(err, &cancelled) {
			return err
		}
		codes := reasons(cancelled)
		if len(codes) != len(writes) {
			return err
		}
		if codes[len(joins)] == reasonCondition {
			return nil // the link was deleted meanwhile
		}
		var fresh []tally.Joined
		for i, j := range joins {
			if codes[i] != reasonCondition {
				fresh = append(fresh, j)
			}
		}
		if len(fresh) == len(joins) {
			return err // a conflict, or a throttle
		}
		joins = fresh
	}
	return nil
}

// joinItem has no TTL of its own: it is cleared with its invite.
func joinItem(j tally.Joined) item { return newItem(joinKey(j.Group, j.Invite, j.At, j.User)) }

// Drop implements [tally.Store].
func (t *Table) Drop(ctx context.Context, rows []tally.Row) error {
	keys := make([]key, len(rows))
	for i, r := range rows {
		keys[i] = rowKey(r)
	}
	return t.deleteAll(ctx, "drop what came too late", keys)
}

// PutAudit implements [tally.Store].
func (t *Table) PutAudit(ctx context.Context, entries []directory.AuditEntry) error {
	rows := make([]item, len(entries))
	for i, e := range entries {
		rows[i] = auditItem(e)
	}
	return t.putAll(ctx, "write audit", rows)
}

// EndGroups implements [tally.Store].
func (t *Table) EndGroups(ctx context.Context, ended tally.Ended) error {
	_, groups, err := t.Memberships(ctx, ended.User)
	if err != nil {
		return err
	}
	if ended.Gone {
		var keys []key
		for _, g := range groups {
			if g.Group.Org() == ended.Org {
				keys = append(keys, groupMemberKey(g.Group, ended.User))
			}
		}
		return t.deleteAll(ctx, "delete group memberships", keys)
	}
	for _, g := range groups {
		if g.Group.Org() != ended.Org || g.State != directory.StateIn || !g.Since.Equal(ended.Since) {
			continue
		}
		after := g
		after.State = directory.StateLeft
		err := t.update(ctx, "end group membership", endGroupMember(g, after))
		if err != nil && !errors.Is(err, directory.ErrChanged) { // changed: it is no longer of that epoch
			return err
		}
	}
	return nil
}

// maxWrites is the number of writes that a BatchWriteItem takes.
const maxWrites = 25

// putAll writes rows, whatever is there.
func (t *Table) putAll(ctx context.Context, call string, rows []item) error {
	distinct := map[key]bool{}
	var writes []types.WriteRequest
	for _, row := range rows {
		if k := keyOf(row); !distinct[k] {
			distinct[k] = true
			writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: row}})
		}
	}
	return t.writeAll(ctx, call, writes)
}

// deleteAll deletes rows, be they there or not.
func (t *Table) deleteAll(ctx context.Context, call string, keys []key) error {
	distinct := map[key]bool{}
	var writes []types.WriteRequest
	for _, k := range keys {
		if !distinct[k] {
			distinct[k] = true
			writes = append(writes, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: k.attributes()}})
		}
	}
	return t.writeAll(ctx, call, writes)
}

func (t *Table) writeAll(ctx context.Context, call string, writes []types.WriteRequest) error {
	for chunk := range slices.Chunk(writes, maxWrites) {
		for pause := unprocessedPause; len(chunk) > 0; pause *= 2 {
			out, err := t.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
				RequestItems: map[string][]types.WriteRequest{t.name: chunk},
			})
			if err != nil {
				return verdict(call, err)
			}
			if chunk = out.UnprocessedItems[t.name]; len(chunk) == 0 {
				break
			}
			select {
			case <-ctx.Done():
				return verdict(call, ctx.Err())
			case <-time.After(pause):
			}
		}
	}
	return nil
}

// clearStepSize is how many rows of each kind a step clears.
const clearStepSize = 4 * maxWrites

// ClearStep implements [tally.Store]. It takes a step and then, if there may be more to clear, writes the row of the next one.
func (t *Table) ClearStep(ctx context.Context, c tally.Clear) error {
	if c.Step > 0 {
		gone, err := t.clearSome(ctx, c)
		if err != nil {
			return err
		}
		if gone == 0 {
			return t.deleteAll(ctx, "end clearing", []key{clearKey(c)})
		}
	} else if err := t.putAll(ctx, "close shards", closedShards(c.Group, c.Invite, c.Shards, c.At)); err != nil {
		return err
	}
	row := newItem(clearKey(c))
	row["step"] = num(c.Step + 1)
	return t.putAll(ctx, "next step of clearing", []item{row})
}

// clearSome deletes up to a step's number of rows of each kind, and tells how many.
func (t *Table) clearSome(ctx context.Context, c tally.Clear) (int, error) {
	var keys []key
	list := func(q query) error {
		q.limit = clearStepSize
		rows, _, err := t.query(ctx, q)
		for _, row := range rows {
			keys = append(keys, keyOf(row))
		}
		return err
	}
	members := func(owner string) (err error) {
		for shard := range memberShards {
			err = errors.Join(err, list(query{index: true, partition: memberPartition(owner, shard)}),
				list(query{index: true, partition: formerPartition(owner, shard)}))
		}
		return err
	}
	var err error
	switch c.Kind {
	case tally.ClearInvite:
		err = errors.Join(list(query{partition: joinPartition(c.Group, c.Invite)}), list(query{partition: deliveryPartition(c.Group, c.Invite)}))
	case tally.ClearGroup:
		// Requests go first: what decides on one, and writes more of what is to be cleared, needs its row.
		err = errors.Join(list(query{partition: accessPartition(c.Group)}), list(query{partition: decidedPartition(c.Group)}),
			list(query{partition: deliveryPartition(c.Group, invite.ID{})}), list(query{partition: invitePartition(c.Group)}), members(groupKey(c.Group).pk))
	case tally.ClearOrg:
		err = errors.Join(list(query{index: true, partition: groupListPartition(c.Org)}), members(orgKey(c.Org).pk),
			list(query{partition: orgKey(c.Org).pk, until: orgKey(c.Org).sk})) // its admins' rows
	}
	if err != nil {
		return 0, err
	}
	return len(keys), t.deleteAll(ctx, "clear", keys)
}
