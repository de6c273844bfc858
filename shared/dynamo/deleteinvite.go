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
	if onlyConditionOf(err, deletedRow) {
		return errors.Join(err, invite.ErrDeleted)
	}
	return err
}

// deletedRow is where the row stands in the transaction of deleteAudited.
const deletedRow = 0

// deleteAudited deletes a row for which the condition holds, writes the audit row, and does what more there is, once.
func (t *Table) deleteAudited(ctx context.Context, call string, k key, condition string, audit directory.AuditEntry, more ...types.TransactWriteItem) error {
	return t.once(ctx, call, audit, append([]types.TransactWriteItem{
		deletedRow: {Delete: &types.Delete{TableName: &t.name, Key: k.attributes(), ConditionExpression: aws.String(condition)}},
	}, more...)...)
}

// deleteThing is deleteAudited for what is deleted by its row alone. If that was gone before, the error is [directory.ErrGone], too.
func (t *Table) deleteThing(ctx context.Context, call string, k key, audit directory.AuditEntry) error {
	err := t.deleteAudited(ctx, call, k, mustExist, audit)
	if onlyConditionOf(err, deletedRow) {
		return errors.Join(err, directory.ErrGone)
	}
	return err
}
