package dynamo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// notRemovedSince holds for rows of people who were not removed at or after the link was made, or access asked for. Together with the
// row's own state it keeps a joining in flight from overtaking a removal.
const notRemovedSince = "(attribute_not_exists(removedAt) OR removedAt < :made)"

// Join implements [invite.Store]. An uncapped joining writes the person's own rows and nothing else: one row for a member of the
// organization, two for someone new. A capped one also counts, in the same transaction, on the invite's row or on one of its shards.
// An uncapped one that is throttled waits for its turn without reading again.
func (t *Table) Join(ctx context.Context, j invite.Joining) error {
	group := joinGroup(j.Group, j.Was, j.Invite.ID.String(), j.Invite.CreatedAt)
	var writes []types.TransactWriteItem
	if j.Org != nil {
		writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(joinOrg(*j.Org, j.Invite.CreatedAt))})
	}
	switch {
	case !j.Invite.Capped():
	case j.Shard == invite.NoShard:
		writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(countUse(j))})
	default:
		writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(takePlace(j))})
	}
	if len(writes) == 0 {
		return queued(ctx, func() error { return t.update(ctx, "join", group) })
	}
	writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(group)})
	if j.Invite.Capped() {
		return t.transact(ctx, "join", writes...)
	}
	return queued(ctx, func() error { return t.transact(ctx, "join", writes...) })
}

// joinGroup makes the person's row in the group say in: if there is none, or it says left or removed, or it is of another epoch, and
// he wasn't removed since the instant. It must still be of the joining that it was of when it was read: a joining is decided on what was read, and done
// once, so that an attempt that comes late, when he has come by another one and is out again, doesn't bring him back. via is the
// link that he comes by, or "": the uses of that one are counted by it.
func joinGroup(m directory.GroupMember, was, via string, made time.Time) update {
	set := assignments{
		"#state": str(string(directory.StateIn)), "since": millis(m.Since), "joinedAt": millis(m.JoinedAt), "joinId": str(m.JoinID),
		"via": nil, "ended": nil, "v": num(schemaVersion),
	}
	if via != "" {
		set["via"] = str(via)
	}
	set.list(directory.StateIn, groupKey(m.Group).pk, m.User)
	u := set.update(groupMemberKey(m.Group, m.User))
	same := "joinId = :was"
	if was == "" {
		same = "(attribute_not_exists(joinId) OR joinId = :was)" // of someone who was removed and had never come
	}
	u.condition = mustNotExist + " OR ((#state <> :state OR since <> :since) AND " + same + " AND " + notRemovedSince + ")"
	u.values[":made"], u.values[":was"] = millis(made), str(was)
	return u
}

// joinOrg makes the person's row in the organization say in, with a new epoch: if there is none, or it says left or removed, and he
// wasn't removed since the instant.
func joinOrg(m directory.OrgMember, made time.Time) update {
	set := assignments{
		"#state": str(string(directory.StateIn)), "#role": str(string(m.Role)), "since": millis(m.Since), "joinedAt": millis(m.JoinedAt),
		"#name": str(m.Name), "email": str(m.Email), "v": num(schemaVersion),
	}
	set.list(directory.StateIn, orgKey(m.Org).pk, m.User)
	u := set.update(orgMemberKey(m.Org, m.User))
	u.condition = mustNotExist + " OR (#state <> :state AND since < :since AND " + notRemovedSince + ")"
	u.values[":made"] = millis(made)
	return u
}

// countUse takes a place on a capped link: if it is there and has one left. A link whose places were dealt out has none.
func countUse(j invite.Joining) update {
	return update{
		key:       inviteKey(j.Invite.Group, j.Invite.ID),
		update:    "SET uses = uses + :one",
		condition: mustExist + " AND uses < maxUses",
		values:    item{":one": num(1)},
	}
}
