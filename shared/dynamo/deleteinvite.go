package dynamo

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// DeleteInvite implements [invite.Store].
func (t *Table) DeleteInvite(ctx context.Context, inv *invite.Invite, audit directory.AuditEntry) error {
	condition := mustExist
	if !inv.Sharded() {
		condition += " AND " + notDealt
	}
	var closing []types.TransactWriteItem
	for _, row := range closedShards(inv.Group, inv.ID, inv.Shards, audit.At) {
		closing = append(closing, t.putAlways(row))
	}
	err := t.deleteAudited(ctx, "delete invite", inviteKey(inv.Group, inv.ID), condition, audit, closing...)
	switch {
	case conditionOf(err, 0) && conditionOf(err, auditOfDelete):
		return nil
	case onlyConditionOf(err, 0):
		return errors.Join(err, invite.ErrDeleted)
	}
	return err
}

// auditOfDelete is where the audit row stands in the transaction of deleteAudited.
const auditOfDelete = 1

// deleteAudited deletes a row for which the condition holds, writes the audit row, and does what more there is, in one transaction.
func (t *Table) deleteAudited(ctx context.Context, call string, k key, condition string, audit directory.AuditEntry, more ...types.TransactWriteItem) error {
	return t.transact(ctx, call, append([]types.TransactWriteItem{
		{Delete: &types.Delete{TableName: &t.name, Key: k.attributes(), ConditionExpression: aws.String(condition)}},
		{Put: t.transactPut(put{row: auditItem(audit)})},
	}, more...)...)
}
