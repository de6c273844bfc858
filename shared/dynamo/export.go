package dynamo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/export"
	"group-invites/shared/invite"
)

// All rows of an organization, list by list.

// exportPage is how many rows of a list are read at a time: as many as one BatchGetItem takes.
const exportPage = maxBatch

// ExportPage implements [export.Store].
func (t *Table) ExportPage(ctx context.Context, list export.List, from string) (export.Page, error) {
	switch list.Kind {
	case export.Orgs:
		rows, err := t.get(ctx, []key{orgKey(list.Org)})
		if err != nil || len(rows) == 0 {
			return export.Page{}, err
		}
		return exported([]item{rows[orgKey(list.Org)]}, "", func(row item) (any, error) { return readOrg(list.Org, row) }), nil
	case export.Members:
		return t.exportMembers(ctx, orgKey(list.Org).pk, from, func(u directory.UserID) []key { return []key{orgMemberKey(list.Org, u)} },
			func(u directory.UserID, rows map[key]item) (any, error) {
				return readOrgMember(list.Org, u, rows[orgMemberKey(list.Org, u)])
			})
	case export.GroupMembers:
		return t.exportMembers(ctx, groupKey(list.Group).pk, from,
			func(u directory.UserID) []key { return []key{groupMemberKey(list.Group, u), orgMemberKey(list.Org, u)} },
			func(u directory.UserID, rows map[key]item) (any, error) {
				return readExportedGroupMember(list, u, rows)
			})
	case export.Groups:
		return t.exportGroups(ctx, list.Org, from)
	case export.Invites:
		return t.exportInvites(ctx, list, from)
	}
	partition, read := exportPartition(list)
	if read == nil {
		return export.Page{}, fmt.Errorf("no list of %s: %w", list.Kind, errFault)
	}
	rows, more, err := t.query(ctx, query{partition: partition, after: from, limit: exportPage})
	if err != nil {
		return export.Page{}, err
	}
	next := following(rows, more)
	rows = slices.DeleteFunc(rows, func(row item) bool { return keyOf(row) == accessRegisterKey(list.Group) })
	return exported(rows, next, read), nil
}

// exportPartition gives the partition that a list is, and how its rows are read.
func exportPartition(list export.List) (partition string, read func(item) (any, error)) {
	switch list.Kind {
	case export.Joins:
		return joinPartition(list.Group, list.Invite), func(row item) (any, error) {
			at, user, ok := parseJoinSort(keyOf(row).sk)
			if !ok {
				return nil, badKey(row)
			}
			return export.Join{Group: list.Group, Invite: list.Invite, Join: invite.Join{User: user, At: at}}, nil
		}
	case export.Mails:
		return deliveryPartition(list.Group, list.Invite), func(row item) (any, error) { return readDelivery(row) }
	case export.Requests:
		return accessPartition(list.Group), func(row item) (any, error) { return readAccessRequest(list.Group, row) }
	case export.Decisions:
		return decidedPartition(list.Group), func(row item) (any, error) { return readAccessDecision(list.Group, row) }
	case export.Audit:
		return auditPartition(list.Org), func(row item) (any, error) { return readAudit(list.Org, row) }
	}
	return "", nil
}

// following gives the position after rows of the table.
func following(rows []item, more bool) string {
	if !more {
		return ""
	}
	return keyOf(rows[len(rows)-1]).sk
}

// exported reads rows one by one, so that a fault is that of one row.
func exported(rows []item, next string, read func(item) (any, error)) export.Page {
	page := export.Page{Next: next}
	for _, row := range rows {
		value, err := read(row)
		page.Rows = append(page.Rows, exportedRow(keyText(row), value, err))
	}
	return page
}

func exportedRow(key string, value any, fault error) export.Row {
	if fault != nil {
		value = nil
	}
	return export.Row{Key: key, Value: value, Fault: fault}
}

// exportMembers reads a page of the people of an organization or group (owner: its key's pk), who are in and who are out, by id within
// each shard of the lists. wanted gives the rows that read needs, the person's own first.
func (t *Table) exportMembers(ctx context.Context, owner, from string, wanted func(directory.UserID) []key, read func(directory.UserID, map[key]item) (any, error)) (export.Page, error) {
	shard, after, err := parseShardPosition(from)
	if err != nil {
		return export.Page{}, err
	}
	var listed []item
	more := false
	for _, partition := range []string{memberPartition(owner, shard), formerPartition(owner, shard)} {
		rows, goesOn, err := t.query(ctx, query{index: true, partition: partition, after: after, limit: exportPage})
		if err != nil {
			return export.Page{}, err
		}
		listed, more = append(listed, rows...), more || goesOn
	}
	users := make([]string, len(listed))
	for i, row := range listed {
		users[i] = keyOf(row).pk
	}
	slices.Sort(users)
	users = slices.Compact(users)
	if len(users) > exportPage {
		users, more = users[:exportPage], true
	}
	page := export.Page{Next: nextShardPosition(shard, users, more)}
	var ids []directory.UserID
	var keys []key
	for _, pk := range users {
		u, ok := parseUserPartition(pk)
		if !ok {
			page.Rows = append(page.Rows, export.Row{Key: pk, Fault: fmt.Errorf("row %s: not a key of ours", pk)})
			continue
		}
		ids, keys = append(ids, u), append(keys, wanted(u)...)
	}
	rows, err := t.get(ctx, keys)
	if err != nil {
		return export.Page{}, err
	}
	for _, u := range ids {
		own := wanted(u)[0]
		if rows[own] == nil {
			continue // gone since, with all that it belonged to
		}
		value, err := read(u, rows)
		page.Rows = append(page.Rows, exportedRow(keyText(rows[own]), value, err))
	}
	return page, nil
}

// A position among members is the number of the shard, and the partition of the person after whom to go on in it.
func parseShardPosition(from string) (shard int, after string, err error) {
	if from == "" {
		return 0, "", nil
	}
	if n, err := fmt.Sscanf(from, "%d", &shard); n != 1 || err != nil || shard < 0 || shard >= memberShards {
		return 0, "", fmt.Errorf("position %q: %w", from, errFault)
	}
	return shard, from[2:], nil // one digit, one space
}

func nextShardPosition(shard int, users []string, more bool) string {
	switch {
	case more:
		return fmt.Sprintf("%d %s", shard, users[len(users)-1])
	case shard+1 < memberShards:
		return fmt.Sprintf("%d ", shard+1)
	}
	return ""
}

func readExportedGroupMember(list export.List, u directory.UserID, rows map[key]item) (any, error) {
	var m export.GroupMember
	var err error
	own := rows[groupMemberKey(list.Group, u)]
	if m.GroupMember, err = readGroupMember(list.Group, u, own); err != nil {
		return nil, err
	}
	if own["via"] != nil {
		r := reader{row: own}
		if m.Via = idOf(&r, "via", invite.ParseID); r.fault != nil {
			return nil, r.fault
		}
	}
	if row := rows[orgMemberKey(list.Org, u)]; row != nil {
		m.OrgMember, err = readOrgMember(list.Org, u, row)
	}
	return m, err
}

func (t *Table) exportGroups(ctx context.Context, org directory.OrgID, from string) (export.Page, error) {
	listed, more, err := t.query(ctx, query{index: true, partition: groupListPartition(org), after: from, limit: exportPage})
	if err != nil {
		return export.Page{}, err
	}
	next := ""
	if more {
		next = keyOf(listed[len(listed)-1]).pk // which is its lsk
	}
	keys := make([]key, len(listed))
	for i, row := range listed {
		keys[i] = keyOf(row)
	}
	found, err := t.get(ctx, keys)
	if err != nil {
		return export.Page{}, err
	}
	var rows []item
	for _, k := range keys {
		if found[k] != nil {
			rows = append(rows, found[k])
		}
	}
	page := export.Page{Next: next}
	for _, row := range rows {
		id, ok := parseGroupPartition(keyOf(row).pk)
		value, err := readGroup(id, row)
		if !ok {
			err = badKey(row)
		}
		r := exportedRow(keyText(row), value, err)
		r.Group = id
		page.Rows = append(page.Rows, r)
	}
	return page, nil
}

// exportInvites reads links, oldest first, each with its creator's rows.
func (t *Table) exportInvites(ctx context.Context, list export.List, from string) (export.Page, error) {
	rows, more, err := t.query(ctx, query{partition: invitePartition(list.Group), after: from, limit: exportPage})
	if err != nil {
		return export.Page{}, err
	}
	page := exported(rows, following(rows, more), func(row item) (any, error) {
		inv, err := readInvite(list.Group, row)
		return export.Invite{Invite: inv}, err
	})
	var creators []directory.UserID
	for _, row := range page.Rows {
		if inv, ok := row.Value.(export.Invite); ok {
			creators = append(creators, inv.CreatedBy)
		}
	}
	found, err := t.get(ctx, memberKeys(nil, list.Org, list.Group, creators))
	if err != nil {
		return export.Page{}, err
	}
	for i, row := range page.Rows {
		page.Rows[i].Invite, _ = invite.ParseID(keyOf(rows[i]).sk)
		if inv, ok := row.Value.(export.Invite); ok {
			members, err := memberships(found, list.Org, list.Group, []directory.UserID{inv.CreatedBy})
			inv.Creator, inv.Unknown = members[inv.CreatedBy], err != nil // their own fault is told where they are listed
			counted := []invite.Invite{inv.Invite}
			switch err := invite.CountAll(ctx, t.ShardUses, counted); {
			case errors.Is(err, directory.ErrChanged), errors.Is(err, directory.ErrUnavailable):
				return export.Page{}, err
			case err != nil: // a shard that can't be read: how many came by the link isn't known
				page.Rows[i].Value, page.Rows[i].Fault = nil, err
			default:
				inv.Invite = counted[0]
				page.Rows[i].Value = inv
			}
		}
	}
	return page, nil
}

// ExportCount implements [export.Store].
func (t *Table) ExportCount(ctx context.Context, list export.List) (int, error) {
	var partitions []string
	switch list.Kind {
	case export.Groups:
		partitions = []string{groupListPartition(list.Org)}
	case export.Members, export.GroupMembers:
		owner := orgKey(list.Org).pk
		if list.Kind == export.GroupMembers {
			owner = groupKey(list.Group).pk
		}
		for shard := range memberShards {
			partitions = append(partitions, memberPartition(owner, shard), formerPartition(owner, shard))
		}
	default:
		return 0, fmt.Errorf("no count of %s: %w", list.Kind, errFault)
	}
	count := 0
	for _, partition := range partitions {
		in := &dynamodb.QueryInput{
			TableName: &t.name, IndexName: aws.String(indexName), Select: types.SelectCount,
			KeyConditionExpression: aws.String("lpk = :pk"), ExpressionAttributeValues: item{":pk": str(partition)},
		}
		for {
			out, err := t.client.Query(ctx, in)
			if err != nil {
				return 0, verdict("count", err)
			}
			count += int(out.Count)
			if len(out.LastEvaluatedKey) == 0 {
				break
			}
			in.ExclusiveStartKey = out.LastEvaluatedKey
		}
	}
	return count, nil
}
