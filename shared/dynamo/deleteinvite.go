package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// DeleteInvite implements [invite.Store].
func (t *Table) DeleteInvite(ctx context.Context, group directory.GroupID, id invite.ID, audit directory.AuditEntry) error {
	return t.deleteAudited(ctx, "delete invite", inviteKey(group, id), audit)
}

// deleteAudited deletes a row that is there, and writes the audit row, in one transaction.
func (t *Table) deleteAudited(ctx context.Context, call string, k key, audit directory.AuditEntry) error {
	return t.transact(ctx, call,
		types.TransactWriteItem{Delete: &types.Delete{
			TableName: &t.name, Key: k.attributes(), ConditionExpression: aws.String(mustExist),
		}},
		types.TransactWriteItem{Put: t.transactPut(put{row: auditItem(audit)})})
}
