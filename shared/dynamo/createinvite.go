package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/invite"
)

// CreateInvite implements [invite.Store].
func (t *Table) CreateInvite(ctx context.Context, inv invite.Invite, replay *invite.Replay) error {
	row := put{row: inviteItem(inv)}
	if replay == nil {
		return t.put(ctx, "create invite", row)
	}
	remember := put{
		row: replayItem(*replay),
		// The TTL may clear it away late.
		condition: mustNotExist + " OR #ttl <= :now",
		values:    item{":now": seconds(inv.CreatedAt)},
	}
	return t.transact(ctx, "create invite",
		types.TransactWriteItem{Put: t.transactPut(remember)},
		types.TransactWriteItem{Put: t.transactPut(row)})
}
