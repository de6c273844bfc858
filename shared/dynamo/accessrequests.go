package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// Requests for access: their rows, and how they are read. openrequest.go and closerequest.go have how they are written.

func accessRequestItem(r accessrequest.Request) item {
	row := newItem(accessRequestKey(r.Group, r.User))
	row["name"], row["invite"], row["creator"] = str(r.Name), str(r.Invite.String()), str(r.Creator.String())
	row["access"], row["createdAt"], row["digest"] = str(string(r.Access)), millis(r.CreatedAt), str(r.Digest.String())
	row["ttl"] = seconds(r.EndsAt())
	for name, text := range map[string]string{"email": r.Email, "message": r.Message} {
		if text != "" {
			row[name] = str(text)
		}
	}
	return row
}

func readAccessRequest(group directory.GroupID, row item) (accessrequest.Request, error) {
	r := reader{row: row}
	return accessrequest.Request{
		Group: group, User: idOf(&r, "sk", directory.ParseUserID), Name: r.str("name"), Email: r.str("email"), Message: r.str("message"),
		Invite: idOf(&r, "invite", invite.ParseID), Creator: idOf(&r, "creator", directory.ParseUserID),
		Access: invite.Access(r.str("access")), CreatedAt: r.millis("createdAt"), Digest: idOf(&r, "digest", mail.ParseID),
	}, r.fault
}

// accessRegisterItem writes the open requests as a set of {user}#{milliseconds}. A set can't be empty: without any there is none.
func accessRegisterItem(group directory.GroupID, r accessrequest.Register, clearAt time.Time) item {
	row := newItem(accessRegisterKey(group))
	row["version"], row["ttl"] = num(r.Version), seconds(clearAt)
	open := make([]string, 0, len(r.Open))
	for user, asked := range r.Open {
		open = append(open, fmt.Sprintf("%s#%d", user, asked.UnixMilli()))
	}
	if len(open) > 0 {
		slices.Sort(open)
		row["open"] = &types.AttributeValueMemberSS{Value: open}
	}
	if !r.Told.IsZero() {
		row["told"] = millis(r.Told)
	}
	return row
}

func readAccessRegister(row item) (accessrequest.Register, error) {
	r := reader{row: row}
	register := accessrequest.Register{Version: r.num("version"), Open: map[directory.UserID]time.Time{}, Told: r.millis("told")}
	if row["open"] == nil {
		return register, r.fault
	}
	for _, word := range r.words("open") {
		hex, ms, _ := strings.Cut(word, "#")
		user, ok := directory.ParseUserID(hex)
		asked, err := strconv.ParseInt(ms, 10, 64)
		if !ok || err != nil {
			r.failed("open", "a set of people and instants")
		}
		register.Open[user] = time.UnixMilli(asked).UTC()
	}
	return register, r.fault
}

// putAccessRegister writes the register, if it is as it was read.
func (t *Table) putAccessRegister(group directory.GroupID, before, after accessrequest.Register, now time.Time) types.TransactWriteItem {
	p := put{row: accessRegisterItem(group, after, after.ClearAt(now))}
	if before.Version > 0 {
		p.condition, p.values = "version = :was", item{":was": num(before.Version)}
	}
	return types.TransactWriteItem{Put: t.transactPut(p)}
}

func accessDecisionItem(d accessrequest.Decision) item {
	row := newItem(accessDecisionKey(d.Group, d.User))
	row["creator"], row["by"], row["at"], row["ttl"] = str(d.Creator.String()), str(d.By.String()), millis(d.At), seconds(d.ClearAt())
	if d.Approved {
		row["joinId"] = str(d.JoinID)
	}
	return row
}

func readAccessDecision(group directory.GroupID, row item) (accessrequest.Decision, error) {
	r := reader{row: row}
	return accessrequest.Decision{
		Group: group, User: idOf(&r, "sk", directory.ParseUserID), Approved: row["joinId"] != nil, JoinID: r.str("joinId"),
		Creator: idOf(&r, "creator", directory.ParseUserID), By: idOf(&r, "by", directory.ParseUserID), At: r.millis("at"),
	}, r.fault
}

// ReadAccess implements [accessrequest.Store].
func (t *Table) ReadAccess(ctx context.Context, keys accessrequest.Keys) (accessrequest.Rows, error) {
	org := keys.Group.Org()
	wanted := memberKeys([]key{orgKey(org), groupKey(keys.Group)}, org, keys.Group, keys.Users)
	if keys.Invite != (invite.ID{}) {
		wanted = append(wanted, inviteKey(keys.Group, keys.Invite))
	}
	if keys.Asker != (directory.UserID{}) {
		wanted = append(wanted, accessRequestKey(keys.Group, keys.Asker), accessDecisionKey(keys.Group, keys.Asker), accessRegisterKey(keys.Group))
	}
	rows, err := t.get(ctx, wanted)
	if err != nil {
		return accessrequest.Rows{}, err
	}
	var found accessrequest.Rows
	if found.Rows, err = standing(rows, org, keys.Group, keys.Users); err != nil {
		return found, err
	}
	if row, ok := rows[inviteKey(keys.Group, keys.Invite)]; ok {
		inv, err := readInvite(keys.Group, row)
		if err != nil {
			return found, err
		}
		found.Invite = &inv
	}
	if row, ok := rows[accessRequestKey(keys.Group, keys.Asker)]; ok {
		request, err := readAccessRequest(keys.Group, row)
		if err != nil {
			return found, err
		}
		found.Request = &request
	}
	if row, ok := rows[accessDecisionKey(keys.Group, keys.Asker)]; ok {
		decision, err := readAccessDecision(keys.Group, row)
		if err != nil {
			return found, err
		}
		found.Decision = &decision
	}
	if row, ok := rows[accessRegisterKey(keys.Group)]; ok {
		found.Register, err = readAccessRegister(row)
	}
	return found, err
}

// mostRequests bounds reading the requests of a group: those that are open, and those that TTL has not cleared away yet.
const mostRequests = 10 * accessrequest.MaxOpen

// OpenRequests implements [accessrequest.Store] and [outbox.Store].
func (t *Table) OpenRequests(ctx context.Context, group directory.GroupID) ([]accessrequest.Request, error) {
	rows, _, err := t.query(ctx, query{partition: accessPartition(group), limit: mostRequests})
	if err != nil {
		return nil, err
	}
	requests := make([]accessrequest.Request, 0, len(rows))
	for _, row := range rows {
		if keyOf(row) == accessRegisterKey(group) {
			continue
		}
		r, err := readAccessRequest(group, row)
		if err != nil {
			return nil, err
		}
		requests = append(requests, r)
	}
	return requests, nil
}
