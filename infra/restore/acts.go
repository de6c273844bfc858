package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/invite"
)

// act is a line of what was done: an entry of the audit.
type act struct {
	At     time.Time `json:"at"`
	Org    string    `json:"orgId"`
	ID     string    `json:"id"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Target string    `json:"target"`
	Detail string    `json:"detail,omitempty"`
}

// list writes what was done since an instant, oldest first.
func list(ctx context.Context, table *dynamo.Table, since time.Time, out io.Writer) error {
	var entries []directory.AuditEntry
	var faults []error
	for position := ""; ; {
		var page []directory.AuditEntry
		next := ""
		err := retry(ctx, func(ctx context.Context) (err error) {
			page, next, err = table.AuditSince(ctx, since, position)
			return err
		})
		if err != nil && errors.Is(err, directory.ErrUnavailable) {
			return err
		}
		if err != nil {
			faults = append(faults, err)
		}
		entries = append(entries, page...)
		if next == "" {
			break
		}
		position = next
	}
	slices.SortFunc(entries, func(a, b directory.AuditEntry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	lines := json.NewEncoder(out)
	for _, e := range entries {
		if err := lines.Encode(act{e.At, e.Org.String(), e.ID, e.Actor.String(), e.Action, e.Target, e.Detail}); err != nil {
			return err
		}
	}
	return errors.Join(faults...)
}

// errBeyond: what an act made isn't known from the audit.
var errBeyond = errors.New("can't be done again")

// redo does acts again, in the order given. What an act is about may be gone, or as the act left it: then there is nothing to do.
func redo(ctx context.Context, table *dynamo.Table, in io.Reader, progress io.Writer) error {
	done, nothing, beyond := 0, 0, 0
	var faults []error
	for lines := json.NewDecoder(in); ; {
		var a act
		err := lines.Decode(&a)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("not a line of acts: %w", err)
		}
		entry, ok := a.entry()
		if !ok {
			faults = append(faults, fmt.Errorf("not an act: %+v", a))
			continue
		}
		changed := false
		err = retry(ctx, func(ctx context.Context) (err error) {
			changed, err = again(ctx, table, entry)
			return err
		})
		switch {
		case errors.Is(err, errBeyond):
			beyond++
			fmt.Fprintf(progress, "%s %s of %s %s: %v\n", a.At.Format(time.RFC3339), a.Action, a.Target, a.Detail, err)
		case err != nil:
			faults = append(faults, fmt.Errorf("%s of %s: %w", a.Action, a.Target, err))
		case changed:
			done++
		default:
			nothing++
		}
	}
	fmt.Fprintf(progress, "%d done again, %d needed nothing, %d can't be done again\n", done, nothing, beyond)
	return errors.Join(faults...)
}

func (a act) entry() (e directory.AuditEntry, ok bool) {
	org, isOrg := directory.ParseOrgID(a.Org)
	actor, isActor := directory.ParseUserID(a.Actor)
	return directory.AuditEntry{Org: org, At: a.At.UTC(), ID: a.ID, Actor: actor, Action: a.Action, Target: a.Target, Detail: a.Detail},
		isOrg && isActor && a.ID != "" && !a.At.IsZero()
}

// again does one act, under the conditions under which it was done first. The entry's own key has it be written once.
func again(ctx context.Context, table *dynamo.Table, e directory.AuditEntry) (changed bool, err error) {
	user, isUser := directory.ParseUserID(e.Target)
	switch e.Action {
	case directory.AuditInviteDeleted:
		group, isGroup := directory.ParseGroupID(e.Detail)
		id, isInvite := invite.ParseID(e.Target)
		if !isGroup || !isInvite {
			return false, errBeyond
		}
		there, err := table.Invites(ctx, group, []invite.ID{id})
		if err != nil || len(there) == 0 {
			return false, err
		}
		return true, table.DeleteInvite(ctx, &there[0], e)
	case directory.AuditMemberRemoved, directory.AuditMemberRole:
		if !isUser {
			return false, errBeyond
		}
		return againOnMember(ctx, table, e, user)
	case directory.AuditGroupMemberRemoved:
		group, isGroup := directory.ParseGroupID(e.Detail)
		if !isUser || !isGroup {
			return false, errBeyond
		}
		rows, err := table.Read(ctx, directory.Keys{Org: e.Org, Group: group, Users: []directory.UserID{user}})
		before := rows.Members[user].GroupMember
		after := before.Removed(e.At)
		if err != nil || rows.Group == nil || before.State == "" || since(before.JoinedAt, e) || after == before {
			return false, err
		}
		return true, table.ChangeGroupMember(ctx, before, after, &e)
	case directory.AuditOrgChanged:
		return againOnOrg(ctx, table, e)
	case directory.AuditGroupDeleted:
		group, isGroup := directory.ParseGroupID(e.Target)
		if !isGroup {
			return false, errBeyond
		}
		rows, err := table.Read(ctx, directory.Keys{Org: e.Org, Group: group})
		if err != nil || rows.Group == nil {
			return false, err
		}
		return true, table.DeleteGroup(ctx, group, e)
	case directory.AuditOrgDeleted:
		rows, err := table.Read(ctx, directory.Keys{Org: e.Org})
		if err != nil || rows.Org == nil {
			return false, err
		}
		return true, table.DeleteOrg(ctx, e.Org, e)
	}
	return false, errBeyond
}

// skew is how far the clocks of two instances, and the instants of two acts in one millisecond, may be apart: an act isn't before the joining that it is of, though its entry may say so.
const skew = 500 * time.Millisecond

// since tells whether someone has joined after an act on him, which then counts no more.
func since(joined time.Time, e directory.AuditEntry) bool { return joined.After(e.At.Add(skew)) }

func againOnMember(ctx context.Context, table *dynamo.Table, e directory.AuditEntry, user directory.UserID) (bool, error) {
	rows, err := table.Read(ctx, directory.Keys{Org: e.Org, Users: []directory.UserID{user}})
	before := rows.Members[user].OrgMember
	if err != nil || rows.Org == nil || before.State == "" || since(before.JoinedAt, e) {
		return false, err
	}
	after := before
	if e.Action == directory.AuditMemberRemoved {
		after = before.Removed(e.At)
	} else {
		role, ok := directory.ParseRole(e.Detail)
		if !ok {
			return false, errBeyond
		}
		after.Role = role
	}
	if after == before {
		return false, nil
	}
	return true, table.ChangeOrgMember(ctx, before, after, &e)
}

// againOnOrg sets who may add people. The audit has no names, so that a new name can't be given again.
func againOnOrg(ctx context.Context, table *dynamo.Table, e directory.AuditEntry) (bool, error) {
	_, words, found := strings.Cut(e.Detail, "addPeople [")
	words, _, closed := strings.Cut(words, "]")
	if !found || !closed {
		return false, errBeyond
	}
	add, fault := directory.ParseAddPeople(strings.Fields(words))
	if fault != "" {
		return false, errBeyond
	}
	rows, err := table.Read(ctx, directory.Keys{Org: e.Org})
	if err != nil || rows.Org == nil || rows.Org.AddPeople == add {
		return false, err
	}
	after := *rows.Org
	after.AddPeople, after.Version = add, rows.Org.Version+1
	return true, table.ChangeOrg(ctx, *rows.Org, after, e)
}
