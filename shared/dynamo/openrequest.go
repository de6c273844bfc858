package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/accessrequest"
	"group-invites/shared/mail"
)

// OpenRequest implements [accessrequest.Store]. The register alone decides on what is open: a row of an earlier request is written over.
// The group's row is checked, so that nothing is written into a group that has been cleared away.
func (t *Table) OpenRequest(ctx context.Context, o accessrequest.Opening) error {
	writes := []types.TransactWriteItem{
		{Put: &types.Put{TableName: &t.name, Item: accessRequestItem(o.Request)}},
		t.putAccessRegister(o.Request.Group, o.Before, o.After, o.Request.CreatedAt),
		{ConditionCheck: &types.ConditionCheck{
			TableName: &t.name, Key: groupKey(o.Request.Group).attributes(), ConditionExpression: aws.String(mustExist),
		}},
	}
	if o.NewDigest {
		writes = append(writes, types.TransactWriteItem{Put: t.transactPut(put{row: deliveryItem(o.Digest)})})
	} else {
		writes = append(writes, types.TransactWriteItem{ConditionCheck: t.stillWaiting(o.Digest.Key)})
	}
	for _, user := range o.Void {
		writes = append(writes, types.TransactWriteItem{Delete: &types.Delete{
			TableName: &t.name, Key: accessRequestKey(o.Request.Group, user).attributes(),
		}})
	}
	return t.transact(ctx, "open request", writes...)
}

// stillWaiting checks [mail.Delivery.Waiting].
func (t *Table) stillWaiting(k mail.Key) *types.ConditionCheck {
	condition := "#state = :queued AND attempts = :none"
	return &types.ConditionCheck{
		TableName: &t.name, Key: deliveryKey(k).attributes(), ConditionExpression: &condition, ExpressionAttributeNames: names(condition),
		ExpressionAttributeValues: item{":queued": str(string(mail.StateQueued)), ":none": num(0)},
	}
}
