package dynamo

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// How each kind of row is written and read. doc.go lists their attributes.

func orgItem(o directory.Org) item {
	row := newItem(orgKey(o.ID))
	row["name"], row["addPeople"] = str(o.Name), addPeople(o.AddPeople)
	row["createdAt"], row["createdBy"] = millis(o.CreatedAt), str(o.CreatedBy.String())
	row["version"], row["admins"] = num(o.Version), num(1)
	if o.ExternalID != "" {
		row["externalId"] = str(o.ExternalID)
	}
	return row
}

func addPeople(a directory.AddPeople) types.AttributeValue {
	roles := a.Roles()
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return &types.AttributeValueMemberSS{Value: words}
}

func readOrg(id directory.OrgID, row item) (directory.Org, error) {
	r := reader{row: row}
	add, fault := directory.ParseAddPeople(r.words("addPeople"))
	if fault != "" {
		r.failed("addPeople", "a set of roles")
	}
	return directory.Org{
		ID: id, Name: r.str("name"), AddPeople: add, CreatedAt: r.millis("createdAt"),
		CreatedBy: idOf(&r, "createdBy", directory.ParseUserID), Version: r.num("version"), ExternalID: r.str("externalId"),
	}, r.fault
}

func groupItem(g directory.Group) item {
	row := newItem(groupKey(g.ID))
	row["name"], row["createdAt"], row["createdBy"] = str(g.Name), millis(g.CreatedAt), str(g.CreatedBy.String())
	row["version"] = num(g.Version)
	if g.ExternalID != "" {
		row["externalId"] = str(g.ExternalID)
	}
	groupListKey(g.ID).listed(row)
	return row
}

func readGroup(id directory.GroupID, row item) (directory.Group, error) {
	r := reader{row: row}
	return directory.Group{
		ID: id, Name: r.str("name"), CreatedAt: r.millis("createdAt"),
		CreatedBy: idOf(&r, "createdBy", directory.ParseUserID), Version: r.num("version"), ExternalID: r.str("externalId"),
	}, r.fault
}

func readOrgMember(org directory.OrgID, user directory.UserID, row item) (directory.OrgMember, error) {
	r := reader{row: row}
	return directory.OrgMember{
		Org: org, User: user, State: directory.MemberState(r.str("state")), Role: directory.Role(r.str("role")),
		Since: r.millis("since"), JoinedAt: r.millis("joinedAt"), RemovedAt: r.millis("removedAt"),
		Name: r.str("name"), Email: r.str("email"),
	}, r.fault
}

func readGroupMember(group directory.GroupID, user directory.UserID, row item) (directory.GroupMember, error) {
	r := reader{row: row}
	return directory.GroupMember{
		Group: group, User: user, State: directory.MemberState(r.str("state")),
		Since: r.millis("since"), JoinedAt: r.millis("joinedAt"), RemovedAt: r.millis("removedAt"), JoinID: r.str("joinId"),
	}, r.fault
}

func inviteItem(i invite.Invite) item {
	row := newItem(inviteKey(i.Group, i.ID))
	row["access"], row["expiration"] = str(string(i.Access)), str(string(i.Expiration))
	row["createdAt"], row["createdBy"], row["epoch"] = millis(i.CreatedAt), str(i.CreatedBy.String()), millis(i.Epoch)
	row["uses"] = num(int64(i.Uses))
	if i.Name != "" {
		row["name"] = str(i.Name)
	}
	if i.ByAdmin {
		row["byAdmin"] = num(1)
	}
	if i.MaxUses != 0 {
		row["maxUses"] = num(int64(i.MaxUses))
	}
	if !i.ExpiresAt.IsZero() {
		row["expiresAt"] = seconds(i.ExpiresAt)
	}
	if !i.ClearAt.IsZero() {
		row["ttl"] = seconds(i.ClearAt)
	}
	ownInviteKey(i.Group, i.CreatedBy, i.ID).listed(row)
	return row
}

func readInvite(group directory.GroupID, row item) (invite.Invite, error) {
	r := reader{row: row}
	inv := invite.Invite{
		ID: idOf(&r, "sk", invite.ParseID), Group: group, Name: r.str("name"),
		Access: invite.Access(r.str("access")), Expiration: invite.Expiration(r.str("expiration")),
		ExpiresAt: r.seconds("expiresAt"), ClearAt: r.seconds("ttl"),
		CreatedAt: r.millis("createdAt"), CreatedBy: idOf(&r, "createdBy", directory.ParseUserID), Epoch: r.millis("epoch"),
		ByAdmin: r.num("byAdmin") == 1, MaxUses: int(r.num("maxUses")), Uses: int(r.num("uses")),
		Shards: int(r.num("shards")), Dealt: int(r.num("dealt")), Full: r.fullShards(), ClosingAt: r.millis("closingAt"),
	}
	if inv.Shards < 0 || inv.Shards > invite.MaxShards {
		r.failed("shards", "a number of shards")
		return inv, r.fault
	}
	if inv.Sharded() {
		inv.Uses = inv.Known() // its own counter says maxUses
	}
	return inv, r.fault
}

func replayItem(p invite.Replay) item {
	row := newItem(replayKey(p.ReplayKey))
	row["request"], row["invite"], row["ttl"] = str(p.Request), str(p.Invite.String()), seconds(p.ExpiresAt)
	return row
}

func readReplay(k invite.ReplayKey, row item) (invite.Replay, error) {
	r := reader{row: row}
	return invite.Replay{
		ReplayKey: k, Request: r.str("request"), Invite: idOf(&r, "invite", invite.ParseID), ExpiresAt: r.seconds("ttl"),
	}, r.fault
}

// auditLife is for how long, in years, audit rows are kept.
const auditLife = 1

func auditItem(a directory.AuditEntry) item {
	if a.ID == "" {
		a.ID = randomID()
	}
	row := newItem(auditKey(a.Org, a.At, a.ID))
	row["actor"], row["action"], row["target"] = str(a.Actor.String()), str(a.Action), str(a.Target)
	row["ttl"] = seconds(a.At.AddDate(auditLife, 0, 0))
	if a.Detail != "" {
		row["detail"] = str(a.Detail)
	}
	return row
}

func readAudit(org directory.OrgID, row item) (directory.AuditEntry, error) {
	r := reader{row: row}
	at, id, ok := parseAuditSort(keyOf(row).sk)
	if !ok {
		return directory.AuditEntry{}, badKey(row)
	}
	return directory.AuditEntry{
		Org: org, At: at, ID: id, Actor: idOf(&r, "actor", directory.ParseUserID),
		Action: r.str("action"), Target: r.str("target"), Detail: r.str("detail"),
	}, r.fault
}

// badKey is the fault of a row whose key isn't as keys.go makes them.
func badKey(row item) error { return fmt.Errorf("row %s: not a key of ours", keyText(row)) }
