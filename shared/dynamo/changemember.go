package dynamo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
)

// ChangeOrgMember implements [directory.Store].
func (t *Table) ChangeOrgMember(ctx context.Context, before, after directory.OrgMember, audit *directory.AuditEntry) error {
	const call = "change organization member"
	change := changeOrgMember(before, after)
	was, is := directory.Membership{OrgMember: before}.IsAdmin(), directory.Membership{OrgMember: after}.IsAdmin()
	if was == is && audit == nil {
		return t.update(ctx, call, change)
	}
	writes := []types.TransactWriteItem{{Update: t.transactUpdate(change)}}
	adminsItem := -1
	if was != is {
		adminsItem = len(writes)
		writes = append(writes, types.TransactWriteItem{Update: t.transactUpdate(countAdmin(before.Org, is))}, t.markAdmin(after.Org, after.User, is))
	}
	var err error
	if audit != nil {
		err = t.once(ctx, call, *audit, writes...)
	} else {
		err = t.transact(ctx, call, writes...)
	}
	if was && adminsItem >= 0 && onlyConditionOf(err, adminsItem) {
		return fmt.Errorf("%s: %w", call, directory.ErrLastAdmin)
	}
	return err
}

// countAdmin keeps the organization's count of admins: one more, or one fewer if that is not the last.
func countAdmin(org directory.OrgID, more bool) update {
	u := update{key: orgKey(org), update: "ADD admins :change", condition: mustExist, values: item{":change": num(1)}}
	if !more {
		u.condition, u.values = "admins > :one", item{":change": num(-1), ":one": num(1)}
	}
	return u
}

// changeOrgMember turns before into after, if the row still is before; without a State, that is no row. Name and address are written only where they are to
// change: the condition doesn't cover them, and what was read of them may have been renewed since, or erased.
func changeOrgMember(before, after directory.OrgMember) update {
	set := assignments{
		"#state": str(string(after.State)), "#role": str(string(after.Role)), "since": millis(after.Since),
		"joinedAt": millis(after.JoinedAt), "v": num(schemaVersion),
	}
	if before.State == "" || before.Name != after.Name {
		set["#name"] = str(after.Name)
	}
	if before.State == "" || before.Email != after.Email {
		set["email"] = str(after.Email)
	}
	set.instant("removedAt", after.RemovedAt)
	set.list(after.State, orgKey(after.Org).pk, after.User)
	u := set.update(orgMemberKey(after.Org, after.User))
	u.expect(before.State, before.Since, "AND #role = :wasRole", item{":wasRole": str(string(before.Role))})
	return u
}

// ChangeGroupMember implements [directory.Store].
func (t *Table) ChangeGroupMember(ctx context.Context, before, after directory.GroupMember, audit *directory.AuditEntry) error {
	const call = "change group member"
	change := changeGroupMember(before, after)
	if audit == nil {
		return t.update(ctx, call, change)
	}
	return t.once(ctx, call, *audit, types.TransactWriteItem{Update: t.transactUpdate(change)})
}

// changeGroupMember turns before into after, if the row still is before; without a State, that is no row.
func changeGroupMember(before, after directory.GroupMember) update {
	return groupMemberChange(before, after, nil)
}

// endGroupMember is the same for a membership that has ended with that of the organization: the person didn't leave the group. The row says of which
// joining that is so, because functions that know nothing of this note leave it when he joins again.
func endGroupMember(before, after directory.GroupMember) update {
	return groupMemberChange(before, after, str(before.JoinID))
}

func groupMemberChange(before, after directory.GroupMember, ended types.AttributeValue) update {
	set := assignments{
		"#state": str(string(after.State)), "since": millis(after.Since), "joinedAt": millis(after.JoinedAt),
		"joinId": str(after.JoinID), "v": num(schemaVersion),
		"via":   nil, // only a redeem comes by a link
		"ended": ended,
	}
	set.instant("removedAt", after.RemovedAt)
	set.list(after.State, groupKey(after.Group).pk, after.User)
	u := set.update(groupMemberKey(after.Group, after.User))
	u.expect(before.State, before.Since, "AND joinedAt = :wasJoinedAt", item{":wasJoinedAt": millis(before.JoinedAt)})
	return u
}

// RenameMember implements [directory.Store] and [invite.Store].
func (t *Table) RenameMember(ctx context.Context, org directory.OrgID, user directory.UserID, name, email string) error {
	return t.update(ctx, "rename member", update{
		key:       orgMemberKey(org, user),
		update:    "SET #name = :name, email = :email",
		condition: "#state = :in",
		values:    item{":name": str(name), ":email": str(email), ":in": str(string(directory.StateIn))},
	})
}

// assignments are the attributes that an update sets; those without a value are removed.
type assignments map[string]types.AttributeValue

// instant sets an instant, or removes the attribute if it is zero.
func (a assignments) instant(name string, t time.Time) {
	a[name] = nil
	if !t.IsZero() {
		a[name] = millis(t)
	}
}

// list puts a member row into the index: where members are listed while the person is in, and with those who are out otherwise.
func (a assignments) list(state directory.MemberState, owner string, user directory.UserID) {
	k := formerListKey(owner, user)
	if state == directory.StateIn {
		k = memberListKey(owner, user)
	}
	a["lpk"], a["lsk"] = str(k.pk), str(k.sk)
}

// update makes the update expression, with a value :name for each attribute that it sets.
func (a assignments) update(k key) update {
	u := update{key: k, values: item{}}
	set, remove := "", ""
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if a[name] == nil {
			remove += ", " + name
			continue
		}
		value := ":" + strings.TrimPrefix(name, "#")
		set += ", " + name + " = " + value
		u.values[value] = a[name]
	}
	u.update = "SET " + strings.TrimPrefix(set, ", ")
	if remove != "" {
		u.update += " REMOVE " + strings.TrimPrefix(remove, ", ")
	}
	return u
}

// expect makes the update conditional on the row being as it was read: its state and epoch, and what more tells; or on there
// being no row, if it had no state.
func (u *update) expect(state directory.MemberState, since time.Time, more string, values item) {
	if state == "" {
		u.condition = mustNotExist
		return
	}
	u.condition = "#state = :wasState AND since = :wasSince " + more
	u.values[":wasState"], u.values[":wasSince"] = str(string(state)), millis(since)
	maps.Copy(u.values, values)
}
