package dynamo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
)

// CreateOrg implements [directory.Store].
func (t *Table) CreateOrg(ctx context.Context, org directory.Org, admin directory.OrgMember, perDay int) error {
	midnight := org.CreatedAt.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
	limit := update{
		key:       newOrgsKey(admin.User, org.CreatedAt),
		update:    "SET #ttl = :ttl, v = :v ADD created :one",
		condition: "attribute_not_exists(created) OR created < :perDay",
		values:    item{":ttl": seconds(midnight), ":v": num(schemaVersion), ":one": num(1), ":perDay": num(int64(perDay))},
	}
	const limitItem = 2
	err := t.transact(ctx, "create organization",
		types.TransactWriteItem{Put: t.transactPut(put{row: orgItem(org)})},
		types.TransactWriteItem{Update: t.transactUpdate(changeOrgMember(directory.OrgMember{Org: org.ID, User: admin.User}, admin))},
		types.TransactWriteItem{Update: t.transactUpdate(limit)},
		t.markAdmin(org.ID, admin.User, true))
	if onlyConditionOf(err, limitItem) {
		return &directory.LimitError{RetryAfter: midnight.Sub(org.CreatedAt)}
	}
	return err
}

// ChangeOrg implements [directory.Store].
func (t *Table) ChangeOrg(ctx context.Context, before, after directory.Org, audit directory.AuditEntry) error {
	change := update{
		key:       orgKey(before.ID),
		update:    "SET #name = :name, addPeople = :addPeople, version = :after",
		condition: "version = :before",
		values: item{
			":name": str(after.Name), ":addPeople": addPeople(after.AddPeople), ":before": num(before.Version), ":after": num(after.Version),
		},
	}
	return t.once(ctx, "change organization", audit, types.TransactWriteItem{Update: t.transactUpdate(change)})
}

// CreateGroup implements [directory.Store].
func (t *Table) CreateGroup(ctx context.Context, group directory.Group) error {
	return t.put(ctx, "create group", put{row: groupItem(group)})
}

// DeleteOrg implements [directory.Store].
func (t *Table) DeleteOrg(ctx context.Context, org directory.OrgID, audit directory.AuditEntry) error {
	return t.deleteThing(ctx, "delete organization", orgKey(org), audit)
}

// ChangeGroup implements [directory.Store].
func (t *Table) ChangeGroup(ctx context.Context, before, after directory.Group, audit directory.AuditEntry) error {
	change := update{
		key:       groupKey(before.ID),
		update:    "SET #name = :name, version = :after",
		condition: "version = :before",
		values:    item{":name": str(after.Name), ":before": num(before.Version), ":after": num(after.Version)},
	}
	return t.once(ctx, "change group", audit, types.TransactWriteItem{Update: t.transactUpdate(change)})
}

// DeleteGroup implements [directory.Store].
func (t *Table) DeleteGroup(ctx context.Context, group directory.GroupID, audit directory.AuditEntry) error {
	return t.deleteThing(ctx, "delete group", groupKey(group), audit)
}
