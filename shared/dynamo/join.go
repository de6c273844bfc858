package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// notRemovedSince holds for rows of people who were not removed at or after the link was made. Together with the row's own state it
// keeps a redeem in flight from overtaking a removal.
const notRemovedSince = "(attribute_not_exists(removedAt) OR removedAt < :made)"

// Join implements [invite.Store]. An uncapped joining writes the person's own rows and nothing else: one row for a member of the
// organization, two for someone new. A capped one also counts, in the same transaction, on the invite's row.
func (t *Table) Join(ctx context.Context, j invite.Joining) error {
	group := joinGroup(j)
	var writes []types.TransactWriteItem
	if j.Org != nil {
		writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(joinOrg(j))})
	}
	if j.Invite.Capped() {
		writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(countUse(j))})
	}
	if len(writes) == 0 {
		return t.update(ctx, "join", group)
	}
	return t.transact(ctx, "join", append(writes, types.TransactWriteItem{Update: t.transactUpdate(group)})...)
}

// joinGroup makes the person's row in the group say in: if there is none, or it says left or removed, or it is of another epoch.
func joinGroup(j invite.Joining) update {
	m := j.Group
	list := memberListKey(groupKey(m.Group).pk, m.User)
	return update{
		key: groupMemberKey(m.Group, m.User),
		update: "SET #state = :in, since = :since, joinedAt = :joinedAt, joinId = :joinId, via = :via, " +
			"lpk = :lpk, lsk = :lsk, v = :v",
		condition: mustNotExist + " OR ((#state <> :in OR since <> :since) AND " + notRemovedSince + ")",
		values: item{
			":in": str(string(directory.StateIn)), ":since": millis(m.Since), ":joinedAt": millis(m.JoinedAt), ":joinId": str(m.JoinID),
			":via": str(j.Invite.ID.String()), ":lpk": str(list.pk), ":lsk": str(list.sk), ":v": num(schemaVersion),
			":made": millis(j.Invite.CreatedAt),
		},
	}
}

// joinOrg makes the person's row in the organization say in, with a new epoch: if there is none, or it says left or removed.
func joinOrg(j invite.Joining) update {
	m := j.Org
	list := memberListKey(orgKey(m.Org).pk, m.User)
	return update{
		key: orgMemberKey(m.Org, m.User),
		update: "SET #state = :in, #role = :role, since = :since, joinedAt = :joinedAt, #name = :name, email = :email, " +
			"lpk = :lpk, lsk = :lsk, v = :v",
		condition: mustNotExist + " OR (#state <> :in AND since < :since AND " + notRemovedSince + ")",
		values: item{
			":in": str(string(directory.StateIn)), ":role": str(string(m.Role)), ":since": millis(m.Since), ":joinedAt": millis(m.JoinedAt),
			":name": str(m.Name), ":email": str(m.Email),
			":lpk": str(list.pk), ":lsk": str(list.sk), ":v": num(schemaVersion),
			":made": millis(j.Invite.CreatedAt),
		},
	}
}

// countUse takes a place on a capped link: if it is there and has one left.
func countUse(j invite.Joining) update {
	return update{
		key:       inviteKey(j.Invite.Group, j.Invite.ID),
		update:    "SET uses = uses + :one",
		condition: mustExist + " AND uses < maxUses",
		values:    item{":one": num(1)},
	}
}
