package dynamo

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/mirror"
	"group-invites/shared/tally"
)

// An organization or group that the host made has a row beside its own, by a hash of its external id, that says which it is. That row is
// written with the thing, and counts only while the thing is there. The thing's row names it, so that it is cleared away after the thing
// was deleted, by whatever way.

// Targets implements [mirror.Store].
func (t *Table) Targets(ctx context.Context, refs []mirror.Ref) (map[mirror.Ref]mirror.Target, error) {
	keys := make([]key, len(refs))
	for i, ref := range refs {
		keys[i] = externalKey(ref)
	}
	rows, err := t.get(ctx, keys)
	if err != nil {
		return nil, err
	}
	targets := make(map[mirror.Ref]mirror.Target, len(rows))
	for i, ref := range refs {
		row, ok := rows[keys[i]]
		if !ok {
			continue
		}
		r := reader{row: row}
		var target mirror.Target
		if ref.Group == "" {
			target.Org = idOf(&r, "standsFor", directory.ParseOrgID)
		} else {
			target.Group = idOf(&r, "standsFor", directory.ParseGroupID)
		}
		if r.fault != nil {
			return nil, r.fault
		}
		targets[ref] = target
	}
	return targets, nil
}

// Rows implements [mirror.Store].
func (t *Table) Rows(ctx context.Context, keys mirror.Keys) (mirror.Rows, error) {
	found := mirror.Rows{
		Orgs: map[directory.OrgID]directory.Org{}, Groups: map[directory.GroupID]directory.Group{},
		Members: make(map[mirror.Place]directory.Membership, len(keys.Members)),
	}
	var wanted []key
	for _, id := range keys.Orgs {
		wanted = append(wanted, orgKey(id))
	}
	for _, id := range keys.Groups {
		wanted = append(wanted, groupKey(id))
	}
	for _, p := range keys.Members {
		wanted = memberKeys(wanted, p.Org, p.Group, []directory.UserID{p.User})
	}
	rows, err := t.get(ctx, wanted)
	if err != nil {
		return found, err
	}
	var faults []error
	for _, id := range keys.Orgs {
		if row, ok := rows[orgKey(id)]; ok {
			found.Orgs[id], err = readOrg(id, row)
			faults = append(faults, err)
		}
	}
	for _, id := range keys.Groups {
		if row, ok := rows[groupKey(id)]; ok {
			found.Groups[id], err = readGroup(id, row)
			faults = append(faults, err)
		}
	}
	for _, p := range keys.Members {
		members, err := memberships(rows, p.Org, p.Group, []directory.UserID{p.User})
		faults = append(faults, err)
		found.Members[p] = members[p.User]
	}
	return found, errors.Join(faults...)
}

// AddOrg implements [mirror.Store].
func (t *Table) AddOrg(ctx context.Context, org directory.Org, void mirror.Target) error {
	row := orgItem(org)
	row["admins"] = num(0)
	before := ""
	if void.Org != (directory.OrgID{}) {
		before = void.Org.String()
	}
	return t.addExternal(ctx, "create mirrored organization", row, mirror.Ref{Org: org.ExternalID}, org.ID.String(), before)
}

// AddGroup implements [mirror.Store].
func (t *Table) AddGroup(ctx context.Context, org string, group directory.Group, void mirror.Target) error {
	before := ""
	if void.Group != (directory.GroupID{}) {
		before = void.Group.String()
	}
	ref := mirror.Ref{Org: org, Group: group.ExternalID}
	return t.addExternal(ctx, "create mirrored group", groupItem(group), ref, group.ID.String(), before)
}

// addExternal writes a row, and that the external id names it, if that named void before ("": nothing), in one transaction.
func (t *Table) addExternal(ctx context.Context, call string, row item, ref mirror.Ref, id, void string) error {
	k := externalKey(ref)
	row["externalRow"] = str(k.pk)
	names := put{row: newItem(k)}
	names.row["standsFor"] = str(id)
	if void != "" {
		names.condition = mustNotExist + " OR standsFor = :void" // the row of what was deleted is cleared away at some time
		names.values = item{":void": str(void)}
	}
	return t.transact(ctx, call,
		types.TransactWriteItem{Put: t.transactPut(put{row: row})}, types.TransactWriteItem{Put: t.transactPut(names)})
}

// MirrorOrgMember implements [mirror.Store].
func (t *Table) MirrorOrgMember(ctx context.Context, before, after directory.OrgMember, audit *directory.AuditEntry) error {
	change := changeOrgMember(before, after)
	if after.State == directory.StateIn && (before.State != directory.StateIn || !before.Since.Equal(after.Since)) {
		change = byHost(change, millis(after.Since))
	}
	var more []types.TransactWriteItem
	was, is := directory.Membership{OrgMember: before}.IsAdmin(), directory.Membership{OrgMember: after}.IsAdmin()
	if was != is {
		count := countAdmin(after.Org, is)
		count.condition = mustExist // also the last one may go
		delete(count.values, ":one")
		more = append(more, types.TransactWriteItem{Update: t.transactUpdate(count)}, t.markAdmin(after.Org, after.User, is))
	}
	return t.mirror(ctx, "mirror organization member", change, audit, more...)
}

// MirrorGroupMember implements [mirror.Store].
func (t *Table) MirrorGroupMember(ctx context.Context, before, after directory.GroupMember, audit *directory.AuditEntry) error {
	change := changeGroupMember(before, after)
	if after.State == directory.StateIn && before.JoinID != after.JoinID {
		change = byHost(change, str(after.JoinID))
	}
	return t.mirror(ctx, "mirror group member", change, audit)
}

func (t *Table) mirror(ctx context.Context, call string, change update, audit *directory.AuditEntry, more ...types.TransactWriteItem) error {
	if audit == nil && len(more) == 0 {
		return t.update(ctx, call, change)
	}
	writes := append([]types.TransactWriteItem{{Update: t.transactUpdate(change)}}, more...)
	if audit != nil {
		return t.once(ctx, call, *audit, writes...)
	}
	return t.transact(ctx, call, writes...)
}

// byHost notes in a member's row that the host has let him in: by which joining, so that the note counts for no later one.
func byHost(change update, joining types.AttributeValue) update {
	change.update = "SET byHost = :byHost, " + strings.TrimPrefix(change.update, "SET ")
	change.values[":byHost"] = joining
	return change
}

// addedByHost makes the audit entry of someone who has come in, by that joining, if his row notes that the host let him in by it.
func addedByHost(row item, joining types.AttributeValue, entry directory.AuditEntry) (*directory.AuditEntry, error) {
	r := reader{row: row}
	switch note := row["byHost"]; {
	case note != nil && reflect.TypeOf(note) != reflect.TypeOf(joining):
		r.failed("byHost", "a joining")
		return nil, r.fault
	case !reflect.DeepEqual(note, joining):
		return nil, nil
	}
	entry.Actor = directory.Host
	return &entry, nil
}

// forgotten names the row of the external id of something that was deleted, if it had one.
func forgotten(row item, id string) (*tally.External, error) {
	r := reader{row: row}
	name := r.str("externalRow")
	if name == "" || r.fault != nil {
		return nil, r.fault
	}
	return &tally.External{Row: name, ID: id}, nil
}

// ForgetExternal implements [tally.Store].
func (t *Table) ForgetExternal(ctx context.Context, e tally.External) error {
	err := t.transact(ctx, "forget external id", types.TransactWriteItem{Delete: &types.Delete{
		TableName: &t.name, Key: key{e.Row, externalSort}.attributes(), ConditionExpression: aws.String("standsFor = :id"),
		ExpressionAttributeValues: item{":id": str(e.ID)},
	}})
	if onlyConditionOf(err, 0) {
		return nil // it stands for something else already, or for nothing
	}
	return err
}
