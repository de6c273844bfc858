package dynamo

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// Reading in order. The index lists keys only, and may be a moment old: whoever lists reads the rows themselves by key.

// indexName is the one index.
const indexName = "lists"

// query reads up to limit items of a partition, in the order of the sort key, after or (descending) before a position; "" is the
// beginning. more tells whether there are others. It asks for one more than limit, and for the rest where DynamoDB stops at its
// megabyte.
func (t *Table) query(ctx context.Context, q query) (rows []item, more bool, err error) {
	pk, sk, index := "pk", "sk", (*string)(nil)
	if q.index {
		pk, sk, index = "lpk", "lsk", aws.String(indexName)
	}
	condition, values := pk+" = :pk", item{":pk": str(q.partition)}
	if q.after != "" {
		comparison := " > :after"
		if q.descending {
			comparison = " < :after"
		}
		condition += " AND " + sk + comparison
		values[":after"] = str(q.after)
	}
	if q.until != "" {
		comparison := " < :until"
		if q.after != "" { // a key may have one condition
			condition, comparison = pk+" = :pk", " BETWEEN :after AND :until"
			values[":after"] = str(q.after + " ") // no key of ours goes on with anything that is less than a space
		}
		condition += " AND " + sk + comparison
		values[":until"] = str(q.until)
	}
	in := &dynamodb.QueryInput{
		TableName: &t.name, IndexName: index, KeyConditionExpression: &condition, ExpressionAttributeValues: values,
		ScanIndexForward: aws.Bool(!q.descending), ConsistentRead: aws.Bool(!q.index), Limit: aws.Int32(int32(q.limit) + 1),
	}
	for {
		out, err := t.client.Query(ctx, in)
		if err != nil {
			return nil, false, verdict("list", err)
		}
		if err := understood(out.Items); err != nil {
			return nil, false, err
		}
		rows = append(rows, out.Items...)
		switch {
		case len(rows) > q.limit:
			return rows[:q.limit], true, nil
		case len(out.LastEvaluatedKey) == 0:
			return rows, false, nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// query says what to list.
type query struct {
	index      bool // the index, instead of the table
	partition  string
	after      string
	until      string // "" is the end; not a key itself
	descending bool
	limit      int
}

// GroupInvites implements [invite.Store].
func (t *Table) GroupInvites(ctx context.Context, group directory.GroupID, before invite.ID, limit int) ([]invite.Invite, bool, error) {
	rows, more, err := t.query(ctx, query{
		partition: invitePartition(group), after: invitePosition(before), descending: true, limit: limit,
	})
	if err != nil {
		return nil, false, err
	}
	invites := make([]invite.Invite, len(rows))
	for i, row := range rows {
		if invites[i], err = readInvite(group, row); err != nil {
			return nil, false, err
		}
	}
	return invites, more, nil
}

func invitePosition(id invite.ID) string {
	if id == (invite.ID{}) {
		return ""
	}
	return id.String()
}

// OwnInviteIDs implements [invite.Store].
func (t *Table) OwnInviteIDs(ctx context.Context, group directory.GroupID, creator directory.UserID, before invite.ID, limit int) ([]invite.ID, bool, error) {
	rows, more, err := t.query(ctx, query{
		index: true, partition: ownInvitesPartition(group, creator), after: invitePosition(before), descending: true, limit: limit,
	})
	if err != nil {
		return nil, false, err
	}
	ids := make([]invite.ID, len(rows))
	for i, row := range rows {
		var ok bool
		if ids[i], ok = invite.ParseID(keyOf(row).sk); !ok {
			return nil, false, badKey(row)
		}
	}
	return ids, more, nil
}

// OrgGroupIDs implements [directory.Store].
func (t *Table) OrgGroupIDs(ctx context.Context, org directory.OrgID, after directory.GroupID, limit int) ([]directory.GroupID, bool, error) {
	position := ""
	if after != (directory.GroupID{}) {
		position = groupListKey(after).sk
	}
	rows, more, err := t.query(ctx, query{index: true, partition: groupListPartition(org), after: position, limit: limit})
	if err != nil {
		return nil, false, err
	}
	ids := make([]directory.GroupID, len(rows))
	for i, row := range rows {
		var ok bool
		if ids[i], ok = parseGroupPartition(keyOf(row).pk); !ok {
			return nil, false, badKey(row)
		}
	}
	return ids, more, nil
}

// OrgMemberIDs implements [directory.Store].
func (t *Table) OrgMemberIDs(ctx context.Context, org directory.OrgID, after directory.UserID, limit int) ([]directory.UserID, bool, error) {
	return t.memberIDs(ctx, orgKey(org).pk, after, limit)
}

// GroupMemberIDs implements [directory.Store].
func (t *Table) GroupMemberIDs(ctx context.Context, group directory.GroupID, after directory.UserID, limit int) ([]directory.UserID, bool, error) {
	return t.memberIDs(ctx, groupKey(group).pk, after, limit)
}

// memberIDs reads the shards of a list at the same time and merges them by id.
func (t *Table) memberIDs(ctx context.Context, owner string, after directory.UserID, limit int) ([]directory.UserID, bool, error) {
	position := ""
	if after != (directory.UserID{}) {
		position = userPartition(after)
	}
	var shards [memberShards][]item
	var mores [memberShards]bool
	group, ctx := errgroup.WithContext(ctx)
	for i := range shards {
		group.Go(func() (err error) {
			shards[i], mores[i], err = t.query(ctx, query{index: true, partition: memberPartition(owner, i), after: position, limit: limit})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, false, err
	}
	var ids []directory.UserID
	for _, rows := range shards {
		for _, row := range rows {
			id, ok := parseUserPartition(keyOf(row).pk)
			if !ok {
				return nil, false, badKey(row)
			}
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b directory.UserID) int { return slices.Compare(a[:], b[:]) })
	more := slices.Contains(mores[:], true)
	if len(ids) > limit {
		ids, more = ids[:limit], true
	}
	return ids, more, nil
}

// Audit implements [directory.Store].
func (t *Table) Audit(ctx context.Context, org directory.OrgID, from string, limit int) (entries []directory.AuditEntry, next string, err error) {
	rows, more, err := t.query(ctx, query{partition: auditPartition(org), after: from, descending: true, limit: limit})
	if err != nil {
		return nil, "", err
	}
	for _, row := range rows {
		entry, err := readAudit(org, row)
		if err != nil {
			return nil, "", err
		}
		entries = append(entries, entry)
	}
	if more {
		next = keyOf(rows[len(rows)-1]).sk
	}
	return entries, next, nil
}

// Joins implements [invite.Store].
func (t *Table) Joins(ctx context.Context, group directory.GroupID, id invite.ID, from string, limit int) (joins []invite.Join, next string, err error) {
	rows, more, err := t.query(ctx, query{partition: joinPartition(group, id), after: from, descending: true, limit: limit})
	if err != nil {
		return nil, "", err
	}
	for _, row := range rows {
		at, user, ok := parseJoinSort(keyOf(row).sk)
		if !ok {
			return nil, "", badKey(row)
		}
		joins = append(joins, invite.Join{User: user, At: at})
	}
	if more {
		next = keyOf(rows[len(rows)-1]).sk
	}
	return joins, next, nil
}

// GroupMemberships implements [directory.Store]. A group's id begins with its organization's.
func (t *Table) GroupMemberships(ctx context.Context, org directory.OrgID, user directory.UserID, after directory.GroupID, limit int) ([]directory.GroupMember, bool, error) {
	before, end := groupMembershipsOf(org)
	if after != (directory.GroupID{}) {
		before = groupMemberKey(after, user).sk
	}
	rows, more, err := t.query(ctx, query{partition: userPartition(user), after: before, until: end, limit: limit})
	if err != nil {
		return nil, false, err
	}
	members := make([]directory.GroupMember, len(rows))
	for i, row := range rows {
		group, ok := parseGroupMemberSort(keyOf(row).sk)
		if !ok {
			return nil, false, badKey(row)
		}
		if members[i], err = readGroupMember(group, user, row); err != nil {
			return nil, false, err
		}
	}
	return members, more, nil
}

// Memberships implements [directory.Store]. Everything that a person belongs to, or did, is in one partition.
func (t *Table) Memberships(ctx context.Context, user directory.UserID) (orgs []directory.OrgMember, groups []directory.GroupMember, err error) {
	in := &dynamodb.QueryInput{
		TableName: &t.name, KeyConditionExpression: aws.String("pk = :pk"), ConsistentRead: aws.Bool(true),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": str(userPartition(user))},
	}
	for {
		out, err := t.client.Query(ctx, in)
		if err != nil {
			return nil, nil, verdict("read memberships", err)
		}
		if err := understood(out.Items); err != nil {
			return nil, nil, err
		}
		for _, row := range out.Items {
			sk := keyOf(row).sk
			if org, ok := parseOrgMemberSort(sk); ok {
				m, err := readOrgMember(org, user, row)
				if err != nil {
					return nil, nil, err
				}
				orgs = append(orgs, m)
			} else if group, ok := parseGroupMemberSort(sk); ok {
				m, err := readGroupMember(group, user, row)
				if err != nil {
					return nil, nil, err
				}
				groups = append(groups, m)
			} else {
				return nil, nil, badKey(row)
			}
		}
		if len(out.LastEvaluatedKey) == 0 {
			return orgs, groups, nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}
