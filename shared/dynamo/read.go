package dynamo

import (
	"context"
	"errors"
	"slices"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// Reading by key: all rows that decide on an operation, in one strongly consistent call. Rows of one call may be of slightly
// different moments; the epochs of member rows make that harmless (package directory).

// memberKeys adds the keys of people's rows in an organization and, if it isn't zero, a group.
func memberKeys(keys []key, org directory.OrgID, group directory.GroupID, users []directory.UserID) []key {
	for _, u := range users {
		keys = append(keys, orgMemberKey(org, u))
		if group != (directory.GroupID{}) {
			keys = append(keys, groupMemberKey(group, u))
		}
	}
	return keys
}

// memberships finds people's rows in an organization and a group.
func memberships(rows map[key]item, org directory.OrgID, group directory.GroupID, users []directory.UserID) (map[directory.UserID]directory.Membership, error) {
	members := make(map[directory.UserID]directory.Membership, len(users))
	for _, u := range users {
		var m directory.Membership
		var orgErr, groupErr error
		if row, ok := rows[orgMemberKey(org, u)]; ok {
			m.OrgMember, orgErr = readOrgMember(org, u, row)
		}
		if row, ok := rows[groupMemberKey(group, u)]; ok {
			m.GroupMember, groupErr = readGroupMember(group, u, row)
		}
		if err := errors.Join(orgErr, groupErr); err != nil {
			return nil, err
		}
		members[u] = m
	}
	return members, nil
}

// Read implements [directory.Store].
func (t *Table) Read(ctx context.Context, keys directory.Keys) (directory.Rows, error) {
	wanted := []key{orgKey(keys.Org)}
	if keys.Group != (directory.GroupID{}) {
		wanted = append(wanted, groupKey(keys.Group))
	}
	rows, err := t.get(ctx, memberKeys(wanted, keys.Org, keys.Group, keys.Users))
	if err != nil {
		return directory.Rows{}, err
	}
	return standing(rows, keys.Org, keys.Group, keys.Users)
}

// standing finds an organization, a group, and people's rows in them.
func standing(rows map[key]item, org directory.OrgID, group directory.GroupID, users []directory.UserID) (directory.Rows, error) {
	var found directory.Rows
	if row, ok := rows[orgKey(org)]; ok {
		o, err := readOrg(org, row)
		if err != nil {
			return found, err
		}
		found.Org = &o
	}
	if row, ok := rows[groupKey(group)]; ok {
		g, err := readGroup(group, row)
		if err != nil {
			return found, err
		}
		found.Group = &g
	}
	var err error
	found.Members, err = memberships(rows, org, group, users)
	return found, err
}

// ReadLink implements [invite.Store].
func (t *Table) ReadLink(ctx context.Context, keys invite.Keys) (invite.Rows, error) {
	org := keys.Group.Org()
	wanted := memberKeys([]key{orgKey(org), groupKey(keys.Group)}, org, keys.Group, keys.Users)
	for _, u := range keys.Members {
		wanted = append(wanted, orgMemberKey(org, u))
	}
	if keys.Invite != (invite.ID{}) {
		wanted = append(wanted, inviteKey(keys.Group, keys.Invite))
	}
	shards := make([]key, len(keys.Shards))
	for i, n := range keys.Shards {
		shards[i] = shardKey(invite.Shard{Group: keys.Group, Invite: keys.Invite, Number: n})
	}
	wanted = append(wanted, shards...)
	if keys.Replay != nil {
		wanted = append(wanted, replayKey(*keys.Replay))
	}
	for _, id := range keys.Deliveries {
		wanted = append(wanted, deliveryKey(mail.Key{Group: keys.Group, Invite: keys.Invite, ID: id}))
	}
	if keys.Quota != nil {
		wanted = append(wanted, senderQuotaKey(*keys.Quota), orgQuotaKey(*keys.Quota))
	}
	rows, err := t.get(ctx, wanted)
	if err != nil {
		return invite.Rows{}, err
	}
	var found invite.Rows
	if found.Rows, err = standing(rows, org, keys.Group, slices.Concat(keys.Users, keys.Members)); err != nil {
		return found, err
	}
	if row, ok := rows[inviteKey(keys.Group, keys.Invite)]; ok {
		inv, err := readInvite(keys.Group, row)
		if err != nil {
			return found, err
		}
		found.Invite = &inv
		found.Seen = make(map[int]int, len(shards))
		for i, n := range keys.Shards {
			if found.Seen[n], err = readShard(rows[shards[i]]); err != nil {
				return found, err
			}
		}
	}
	if keys.Replay != nil {
		if row, ok := rows[replayKey(*keys.Replay)]; ok {
			replay, err := readReplay(*keys.Replay, row)
			if err != nil {
				return found, err
			}
			found.Replay = &replay
		}
	}
	for _, id := range keys.Deliveries {
		if row, ok := rows[deliveryKey(mail.Key{Group: keys.Group, Invite: keys.Invite, ID: id})]; ok {
			d, err := readDelivery(row)
			if err != nil {
				return found, err
			}
			found.Deliveries = append(found.Deliveries, d)
		}
	}
	if keys.Quota != nil {
		found.Sent, err = readSent(rows, *keys.Quota)
	}
	return found, err
}

// Members implements [directory.Store] and [invite.Store].
func (t *Table) Members(ctx context.Context, org directory.OrgID, group directory.GroupID, users []directory.UserID) (map[directory.UserID]directory.Membership, error) {
	rows, err := t.get(ctx, memberKeys(nil, org, group, users))
	if err != nil {
		return nil, err
	}
	return memberships(rows, org, group, users)
}

// Invites implements [invite.Store].
func (t *Table) Invites(ctx context.Context, group directory.GroupID, ids []invite.ID) ([]invite.Invite, error) {
	keys := make([]key, len(ids))
	for i, id := range ids {
		keys[i] = inviteKey(group, id)
	}
	rows, err := t.get(ctx, keys)
	if err != nil {
		return nil, err
	}
	invites := make([]invite.Invite, 0, len(rows))
	for _, k := range keys {
		if row, ok := rows[k]; ok {
			inv, err := readInvite(group, row)
			if err != nil {
				return nil, err
			}
			invites = append(invites, inv)
		}
	}
	return invites, nil
}

// OrgsAndGroups implements [directory.Store].
func (t *Table) OrgsAndGroups(ctx context.Context, orgIDs []directory.OrgID, groupIDs []directory.GroupID) (map[directory.OrgID]directory.Org, map[directory.GroupID]directory.Group, error) {
	orgs, groups := map[directory.OrgID]directory.Org{}, map[directory.GroupID]directory.Group{}
	var keys []key
	for _, id := range orgIDs {
		keys = append(keys, orgKey(id))
	}
	for _, id := range groupIDs {
		keys = append(keys, groupKey(id))
	}
	if len(keys) == 0 {
		return orgs, groups, nil
	}
	rows, err := t.get(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range orgIDs {
		if row, ok := rows[orgKey(id)]; ok {
			if orgs[id], err = readOrg(id, row); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, id := range groupIDs {
		if row, ok := rows[groupKey(id)]; ok {
			if groups[id], err = readGroup(id, row); err != nil {
				return nil, nil, err
			}
		}
	}
	return orgs, groups, nil
}
