package dynamo

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
)

// Writing. Every change of state is one conditional write, or one transaction of them.

// put writes a row that isn't there yet, or only when the condition given instead holds.
type put struct {
	row       item
	condition string // "" is: must not exist
	values    item
}

// mustNotExist is the condition of what is created under a new id.
const mustNotExist = "attribute_not_exists(pk)"

// mustExist keeps an update from creating a row.
const mustExist = "attribute_exists(pk)"

// update changes a row. Attributes whose names are reserved words are written with # and named in reserved.
type update struct {
	key       key
	update    string
	condition string // "" is none
	values    item
}

// reserved lists the attributes of ours that expressions can't name as they are
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html).
var reserved = map[string]string{"#name": "name", "#role": "role", "#state": "state", "#ttl": "ttl"}

// names gives those of them that the expressions use: DynamoDB refuses any others.
func names(expressions ...string) map[string]string {
	var used map[string]string
	for alias, name := range reserved {
		for _, e := range expressions {
			if strings.Contains(e, alias) {
				if used == nil {
					used = map[string]string{}
				}
				used[alias] = name
			}
		}
	}
	return used
}

func (t *Table) put(ctx context.Context, call string, p put) error {
	w := t.transactPut(p)
	_, err := t.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: w.TableName, Item: w.Item, ConditionExpression: w.ConditionExpression,
		ExpressionAttributeNames: w.ExpressionAttributeNames, ExpressionAttributeValues: w.ExpressionAttributeValues,
	})
	return verdict(call, err)
}

func (t *Table) update(ctx context.Context, call string, u update) error {
	w := t.transactUpdate(u)
	_, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: w.TableName, Key: w.Key, UpdateExpression: w.UpdateExpression, ConditionExpression: w.ConditionExpression,
		ExpressionAttributeNames: w.ExpressionAttributeNames, ExpressionAttributeValues: w.ExpressionAttributeValues,
	})
	return verdict(call, err)
}

// transact writes all or nothing. The SDK gives each call a token of its own, so that a call is carried out once.
func (t *Table) transact(ctx context.Context, call string, writes ...types.TransactWriteItem) error {
	_, err := t.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
	return verdict(call, err)
}

// once writes all or nothing, and an audit row with it, which tells whether that was done before: an attempt whose answer was lost, or which comes late, has
// the same row. Then it isn't done again, whatever has happened since, and there is no error.
func (t *Table) once(ctx context.Context, call string, audit directory.AuditEntry, writes ...types.TransactWriteItem) error {
	err := t.transact(ctx, call, append(writes, types.TransactWriteItem{Put: t.transactPut(put{row: auditItem(audit)})})...)
	if conditionOf(err, len(writes)) {
		return nil
	}
	return err
}

func (t *Table) transactPut(p put) *types.Put {
	condition := p.condition
	if condition == "" {
		condition = mustNotExist
	}
	return &types.Put{
		TableName: &t.name, Item: p.row, ConditionExpression: &condition,
		ExpressionAttributeNames: names(condition), ExpressionAttributeValues: p.values,
	}
}

func (t *Table) transactUpdate(u update) *types.Update {
	w := &types.Update{
		TableName: &t.name, Key: u.key.attributes(), UpdateExpression: &u.update,
		ExpressionAttributeNames: names(u.update, u.condition), ExpressionAttributeValues: u.values,
	}
	if u.condition != "" {
		w.ConditionExpression = &u.condition
	}
	return w
}
