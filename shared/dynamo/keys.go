package dynamo

import (
	"fmt"
	"strings"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// This file is the only place where keys are made or taken apart. doc.go tells what each is for.

// key is a primary key of the table, or of the index.
type key struct{ pk, sk string }

func orgKey(org directory.OrgID) key          { return key{"O#" + org.String(), "O"} }
func groupKey(group directory.GroupID) key    { return key{"G#" + group.String(), "G"} }
func userPartition(u directory.UserID) string { return "U#" + u.String() }

const (
	orgMemberPrefix   = "O#" // of a member's rows in organizations
	groupMemberPrefix = "G#" // of a member's rows in groups
)

func orgMemberKey(org directory.OrgID, user directory.UserID) key {
	return key{userPartition(user), orgMemberPrefix + org.String()}
}

func groupMemberKey(group directory.GroupID, user directory.UserID) key {
	return key{userPartition(user), groupMemberPrefix + group.String()}
}

func invitePartition(group directory.GroupID) string { return "I#" + group.String() }

func inviteKey(group directory.GroupID, id invite.ID) key {
	return key{invitePartition(group), id.String()}
}

func replayKey(k invite.ReplayKey) key { return key{"K#" + k.User.String(), k.Hash} }

// auditKey sorts by time; the random id keeps entries of one millisecond apart.
func auditKey(org directory.OrgID, at time.Time, id string) key {
	return key{"A#" + org.String(), fmt.Sprintf("%013d#%s", at.UnixMilli(), id)}
}

// newOrgsKey counts the organizations that a person creates on a UTC day.
func newOrgsKey(user directory.UserID, day time.Time) key {
	return key{"Q#orgs#" + user.String(), day.UTC().Format(time.DateOnly)}
}

// Index keys.

// memberShards spreads the members of one organization or group over as many partitions of the index, so that many can join at once.
const memberShards = 4

// memberPartition gives one of the partitions that list members of an organization or group (owner: its key's pk).
func memberPartition(owner string, shard int) string { return fmt.Sprintf("%s#M%d", owner, shard) }

// memberListKey is where a member row is listed. User ids are hashes, so that their last bits spread evenly.
func memberListKey(owner string, user directory.UserID) key {
	return key{memberPartition(owner, int(user[len(user)-1]%memberShards)), userPartition(user)}
}

func groupListPartition(org directory.OrgID) string { return orgKey(org).pk + "#G" }

func groupListKey(group directory.GroupID) key {
	return key{groupListPartition(group.Org()), groupKey(group).pk}
}

func ownInvitesPartition(group directory.GroupID, creator directory.UserID) string {
	return invitePartition(group) + "#" + creator.String()
}

func ownInviteKey(group directory.GroupID, creator directory.UserID, id invite.ID) key {
	return key{ownInvitesPartition(group, creator), id.String()}
}

// Taking apart.

func parseUserPartition(pk string) (directory.UserID, bool) {
	hex, found := strings.CutPrefix(pk, "U#")
	id, ok := directory.ParseUserID(hex)
	return id, found && ok
}

func parseGroupPartition(pk string) (directory.GroupID, bool) {
	hex, found := strings.CutPrefix(pk, "G#")
	id, ok := directory.ParseGroupID(hex)
	return id, found && ok
}

func parseOrgMemberSort(sk string) (directory.OrgID, bool) {
	hex, found := strings.CutPrefix(sk, orgMemberPrefix)
	id, ok := directory.ParseOrgID(hex)
	return id, found && ok
}

func parseGroupMemberSort(sk string) (directory.GroupID, bool) {
	hex, found := strings.CutPrefix(sk, groupMemberPrefix)
	id, ok := directory.ParseGroupID(hex)
	return id, found && ok
}
