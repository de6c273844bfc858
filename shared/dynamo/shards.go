package dynamo

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// Shards of a capped link: package invite tells what they are for. No row of a shard is ever deleted by us. When its invite goes it is
// closed, so that no joining in flight can make it anew, and the TTL takes it away.

// closedLife is for how long the row of a closed shard stays: much longer than any request.
const closedLife = time.Hour

// DealPlaces implements [invite.Store]. What is left on the row is nothing, so that a function of a version that knows no shards lets
// nobody in.
func (t *Table) DealPlaces(ctx context.Context, inv *invite.Invite, shards int) error {
	return t.update(ctx, "deal places", update{
		key:       inviteKey(inv.Group, inv.ID),
		update:    "SET shards = :shards, dealt = uses, uses = maxUses",
		condition: mustExist + " AND " + notDealt + " AND uses <= :most",
		values:    item{":shards": num(int64(shards)), ":most": num(int64(inv.MaxUses - shards))},
	})
}

// notDealt holds for an invite whose uses are counted on its own row.
const notDealt = "attribute_not_exists(shards)"

// FillShards implements [invite.Store].
func (t *Table) FillShards(ctx context.Context, inv *invite.Invite, full invite.ShardSet) error {
	var numbers []string
	for _, n := range full.Numbers() {
		numbers = append(numbers, strconv.Itoa(n))
	}
	return t.update(ctx, "fill shards", update{
		key: inviteKey(inv.Group, inv.ID), update: "ADD fullShards :full", condition: mustExist,
		values: item{":full": &types.AttributeValueMemberNS{Value: numbers}},
	})
}

// fullShards reads what it wrote.
func (r *reader) fullShards() (full invite.ShardSet) {
	set, ok := r.row["fullShards"].(*types.AttributeValueMemberNS)
	if !ok {
		return 0 // none yet
	}
	for _, text := range set.Value {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n >= invite.MaxShards {
			r.failed("fullShards", "a set of shards")
			continue
		}
		full |= invite.NewShardSet(n)
	}
	return full
}

// AnnounceDelete implements [invite.Store].
func (t *Table) AnnounceDelete(ctx context.Context, inv *invite.Invite, at time.Time) error {
	return t.update(ctx, "announce delete", update{
		key: inviteKey(inv.Group, inv.ID), update: "SET closingAt = :at", condition: mustExist, values: item{":at": millis(at)},
	})
}

// takePlace takes a place on a shard: if it isn't closed and has one left.
func takePlace(j invite.Joining) update {
	inv := j.Invite
	u := update{
		key:       shardKey(invite.Shard{Group: inv.Group, Invite: inv.ID, Number: j.Shard}),
		update:    "SET uses = if_not_exists(uses, :zero) + :one, v = :v",
		condition: "attribute_not_exists(closed) AND (attribute_not_exists(uses) OR uses < :share)",
		values: item{
			":zero": num(0), ":one": num(1), ":v": num(schemaVersion), ":share": num(int64(inv.Share(j.Shard))),
		},
	}
	if !inv.ClearAt.IsZero() {
		u.update += ", #ttl = :ttl"
		u.values[":ttl"] = seconds(inv.ClearAt)
	}
	return u
}

// ShardUses implements [invite.Store].
func (t *Table) ShardUses(ctx context.Context, shards []invite.Shard) ([]int, error) {
	keys := make([]key, len(shards))
	for i, s := range shards {
		keys[i] = shardKey(s)
	}
	rows, err := t.get(ctx, keys)
	if err != nil {
		return nil, err
	}
	uses := make([]int, len(shards))
	for i, k := range keys {
		if uses[i], err = readShard(rows[k]); err != nil {
			return nil, err
		}
	}
	return uses, nil
}

// readShard reads the uses of a shard; without a row it has none yet. A closed one is an answer of a moment ago, when there was an invite.
func readShard(row item) (int, error) {
	r := reader{row: row}
	if row["closed"] != nil {
		return 0, fmt.Errorf("read shard %s, which is closed: %w", keyText(row), directory.ErrChanged)
	}
	return int(r.num("uses")), r.fault
}

// closedShards makes the rows that close all shards of an invite.
func closedShards(group directory.GroupID, id invite.ID, shards int, at time.Time) []item {
	rows := make([]item, shards)
	for n := range rows {
		rows[n] = newItem(shardKey(invite.Shard{Group: group, Invite: id, Number: n}))
		rows[n]["closed"], rows[n]["ttl"] = num(1), seconds(at.Add(closedLife))
	}
	return rows
}

// putAlways writes a row, whatever is there.
func (t *Table) putAlways(row item) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: &t.name, Item: row}}
}
