package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
)

// An organization's admins have a row each beside the organization's own, written and deleted in the transactions that make someone
// admin or end that: so they are found without reading all members of an organization of a million.

// markAdmin writes the row of an admin, or deletes it, whatever is there.
func (t *Table) markAdmin(org directory.OrgID, user directory.UserID, is bool) types.TransactWriteItem {
	k := adminKey(org, user)
	if !is {
		return types.TransactWriteItem{Delete: &types.Delete{TableName: &t.name, Key: k.attributes()}}
	}
	return types.TransactWriteItem{Put: &types.Put{TableName: &t.name, Item: newItem(k)}}
}

// Admins implements [outbox.Store].
func (t *Table) Admins(ctx context.Context, org directory.OrgID, limit int) ([]directory.UserID, error) {
	rows, _, err := t.query(ctx, query{partition: orgKey(org).pk, until: orgKey(org).sk, limit: limit})
	if err != nil {
		return nil, err
	}
	admins := make([]directory.UserID, len(rows))
	for i, row := range rows {
		var ok bool
		if admins[i], ok = parseAdminSort(keyOf(row).sk); !ok {
			return nil, badKey(row)
		}
	}
	return admins, nil
}
