package dynamo

import (
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
	"group-invites/shared/tally"
)

// ReadChange tells what a record of the table's stream means. ok is false for one that means nothing to us. An error is a row that isn't
// as we write rows.
func ReadChange(record events.DynamoDBEventRecord) (c tally.Change, ok bool, err error) {
	keys, before, after := image(record.Change.Keys), image(record.Change.OldImage), image(record.Change.NewImage)
	k := keyOf(keys)
	if user, isUser := parseUserPartition(k.pk); isUser {
		if org, isOrg := parseOrgMemberSort(k.sk); isOrg {
			return orgMemberChanged(org, user, before, after)
		}
		if group, isGroup := parseGroupMemberSort(k.sk); isGroup {
			return groupMemberChanged(group, user, before, after)
		}
		return c, false, badKey(keys)
	}
	if group, isInvite := parseInvitePartition(k.pk); isInvite {
		return inviteChanged(group, k, before, after, record.Change.ApproximateCreationDateTime.Time)
	}
	if org, isOrg := parseOrgPartition(k.pk); isOrg {
		if _, isAdmin := parseAdminSort(k.sk); isAdmin {
			return c, false, nil // the member's row tells
		}
		return orgChanged(org, before, after)
	}
	if group, isGroup := parseGroupPartition(k.pk); isGroup {
		return groupChanged(group, before, after)
	}
	if clear, isClear := parseClearKey(k); isClear && after != nil {
		r := reader{row: after}
		clear.Step = r.num("step")
		return tally.Change{Clear: &clear}, true, r.fault
	}
	return c, false, nil
}

// orgMemberChanged: a membership has come when the row says in, and of another epoch than before; it has ended when the row is no longer
// of its epoch, or no longer in.
func orgMemberChanged(org directory.OrgID, user directory.UserID, before, after item) (c tally.Change, ok bool, err error) {
	var was, is directory.OrgMember
	if before != nil {
		if was, err = readOrgMember(org, user, before); err != nil {
			return c, false, err
		}
	}
	if after != nil {
		if is, err = readOrgMember(org, user, after); err != nil {
			return c, false, err
		}
	}
	wasIn, isIn := was.State == directory.StateIn, is.State == directory.StateIn
	if wasIn && isIn && is.Since.Equal(was.Since) {
		return c, false, nil
	}
	if isIn {
		c.Came = &tally.Row{Org: org, User: user}
		c.Created, err = addedByHost(after, millis(is.Since), directory.AuditEntry{
			Org: org, At: is.JoinedAt, ID: user.String(), Action: directory.AuditMemberAdded, Target: user.String(), Detail: string(is.Role),
		})
	}
	if wasIn {
		c.Ended = &tally.Ended{Org: org, User: user, Since: was.Since, Gone: after == nil}
	}
	return c, wasIn || isIn, err
}

// groupMemberChanged: someone has come when the row says in by a joining that it didn't have before; by a link, if it names one.
func groupMemberChanged(group directory.GroupID, user directory.UserID, before, after item) (c tally.Change, ok bool, err error) {
	if after == nil {
		return c, false, nil
	}
	is, err := readGroupMember(group, user, after)
	if err != nil || is.State != directory.StateIn {
		return c, false, err
	}
	if before != nil {
		was, err := readGroupMember(group, user, before)
		if err != nil || was.JoinID == is.JoinID {
			return c, false, err
		}
	}
	c.Came = &tally.Row{Org: group.Org(), Group: group, User: user}
	c.Created, err = addedByHost(after, str(is.JoinID), directory.AuditEntry{
		Org: group.Org(), At: is.JoinedAt, ID: is.JoinID, Action: directory.AuditGroupMemberAdded, Target: user.String(), Detail: group.String(),
	})
	if err != nil || after["via"] == nil {
		return c, true, err
	}
	r := reader{row: after}
	c.Joined = &tally.Joined{
		Link: tally.Link{Group: group, Invite: idOf(&r, "via", invite.ParseID)}, User: user, At: is.JoinedAt, JoinID: is.JoinID,
	}
	return c, true, r.fault
}

func inviteChanged(group directory.GroupID, k key, before, after item, at time.Time) (c tally.Change, ok bool, err error) {
	switch {
	case after == nil:
		id, valid := invite.ParseID(k.sk)
		if !valid {
			return c, false, badKey(before)
		}
		clear := &tally.Clear{Kind: tally.ClearInvite, Org: group.Org(), Group: group, Invite: id}
		r := reader{row: before}
		clear.Shards, clear.At = int(r.num("shards")), at
		return tally.Change{Clear: clear}, true, r.fault
	case before == nil:
		inv, err := readInvite(group, after)
		if err != nil {
			return c, false, err
		}
		return tally.Change{
			Came: &tally.Row{Org: group.Org(), Group: group, Invite: inv.ID},
			Created: &directory.AuditEntry{
				Org: group.Org(), At: inv.CreatedAt, ID: inv.ID.String(), Actor: inv.CreatedBy, Action: directory.AuditInviteCreated,
				Target: inv.ID.String(), Detail: group.String(),
			},
		}, true, nil
	}
	return c, false, nil
}

func orgChanged(org directory.OrgID, before, after item) (c tally.Change, ok bool, err error) {
	switch {
	case after == nil:
		c.Clear = &tally.Clear{Kind: tally.ClearOrg, Org: org}
		c.Forget, err = forgotten(before, org.String())
		return c, true, err
	case before == nil:
		return created(directory.AuditOrgCreated, org, org.String(), after)
	}
	return c, false, nil
}

func groupChanged(group directory.GroupID, before, after item) (c tally.Change, ok bool, err error) {
	switch {
	case after == nil:
		c.Clear = &tally.Clear{Kind: tally.ClearGroup, Org: group.Org(), Group: group}
		c.Forget, err = forgotten(before, group.String())
		return c, true, err
	case before == nil:
		c, ok, err = created(directory.AuditGroupCreated, group.Org(), group.String(), after)
		c.Came = &tally.Row{Org: group.Org(), Group: group}
		return c, ok, err
	}
	return c, false, nil
}

// created makes the audit entry of a new organization or group, whose id tells it apart.
func created(action string, org directory.OrgID, target string, row item) (tally.Change, bool, error) {
	r := reader{row: row}
	return tally.Change{Created: &directory.AuditEntry{
		Org: org, At: r.millis("createdAt"), ID: target, Actor: idOf(&r, "createdBy", directory.ParseUserID),
		Action: action, Target: target,
	}}, true, r.fault
}

// image turns an image of the stream into a row. Kinds of values that our rows don't have are left out.
func image(from map[string]events.DynamoDBAttributeValue) item {
	if from == nil {
		return nil
	}
	row := make(item, len(from))
	for name, value := range from {
		switch value.DataType() {
		case events.DataTypeString:
			row[name] = str(value.String())
		case events.DataTypeNumber:
			row[name] = &types.AttributeValueMemberN{Value: value.Number()}
		case events.DataTypeStringSet:
			row[name] = &types.AttributeValueMemberSS{Value: value.StringSet()}
		}
	}
	return row
}

// ReadFresh gives the delivery that a record of the table's stream tells of, if it has just been written to be sent. An error is a row
// that isn't as we write rows.
func ReadFresh(record events.DynamoDBEventRecord) (k mail.Key, ok bool, err error) {
	after := image(record.Change.NewImage)
	if after == nil || after["fresh"] == nil || !strings.HasPrefix(keyOf(after).pk, deliveryPrefix) {
		return k, false, nil
	}
	d, err := readDelivery(after)
	return d.Key, err == nil, err
}

// expiry is who removes rows by their TTL. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
const expiry = "dynamodb.amazonaws.com"

// DeletedInvite tells whether a record of the table's stream is of an invite that somebody deleted, alone or with its group, and not of one that
// its TTL cleared away.
func DeletedInvite(record events.DynamoDBEventRecord) bool {
	_, isInvite := parseInvitePartition(keyOf(image(record.Change.Keys)).pk)
	return isInvite && record.EventName == string(events.DynamoDBOperationTypeRemove) && !byExpiry(record)
}

// byExpiry tells whether it is the TTL that has removed a row.
func byExpiry(record events.DynamoDBEventRecord) bool {
	return record.UserIdentity != nil && record.UserIdentity.PrincipalID == expiry
}
