package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/accessrequest"
)

// CloseRequest implements [accessrequest.Store].
func (t *Table) CloseRequest(ctx context.Context, c accessrequest.Closing) error {
	r := c.Request
	writes := []types.TransactWriteItem{
		{Delete: &types.Delete{
			TableName: &t.name, Key: accessRequestKey(r.Group, r.User).attributes(), ConditionExpression: aws.String("createdAt = :asked"),
			ExpressionAttributeValues: item{":asked": millis(r.CreatedAt)},
		}},
		t.putAccessRegister(r.Group, c.Before, c.After, c.Decision.At),
		{Put: &types.Put{TableName: &t.name, Item: accessDecisionItem(c.Decision)}},
		{Put: t.transactPut(put{row: auditItem(c.Audit)})},
	}
	if c.Mail != nil {
		writes = append(writes, types.TransactWriteItem{Put: t.transactPut(put{row: deliveryItem(*c.Mail)})})
	}
	if j := c.Joining; j != nil {
		if j.Org != nil {
			writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(joinOrg(*j.Org, r.CreatedAt))})
		}
		writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(joinGroup(j.Group, j.Was, "", r.CreatedAt))})
	}
	return t.transact(ctx, "close request", writes...)
}
