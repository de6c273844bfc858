package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/invite"
)

// CreateInvite implements [invite.Store].
func (t *Table) CreateInvite(ctx context.Context, inv invite.Invite, replay *invite.Replay, mails *invite.Mails) error {
	row := put{row: inviteItem(inv)}
	if replay == nil && mails == nil {
		return t.put(ctx, "create invite", row)
	}
	writes := []types.TransactWriteItem{{Put: t.transactPut(row)}}
	if replay != nil {
		writes = append(writes, types.TransactWriteItem{Put: t.transactPut(put{
			row: replayItem(*replay),
			// The TTL may clear it away late.
			condition: mustNotExist + " OR #ttl <= :now",
			values:    item{":now": seconds(inv.CreatedAt)},
		})})
	}
	if mails != nil {
		writes = append(writes, t.mails(*mails)...)
	}
	return t.transact(ctx, "create invite", writes...)
}
