package dynamo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/event"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
	"group-invites/shared/mirror"
	"group-invites/shared/tally"
)

// This file is the only place where keys are made or taken apart. doc.go tells what each is for.

// key is a primary key of the table, or of the index.
type key struct{ pk, sk string }

func orgKey(org directory.OrgID) key          { return key{"O#" + org.String(), "O"} }
func groupKey(group directory.GroupID) key    { return key{"G#" + group.String(), "G"} }
func userPartition(u directory.UserID) string { return "U#" + u.String() }

// adminPrefix begins the sort keys of rows that name an organization's admins. They come before that of the organization itself.
const adminPrefix = "A#"

func adminKey(org directory.OrgID, user directory.UserID) key {
	return key{orgKey(org).pk, adminPrefix + user.String()}
}

// externalSort is the sort key of rows that say what an external id stands for.
const externalSort = "X"

// externalKey is of a hash, so that what the host calls things is in no key, and no external id makes a partition of another kind.
func externalKey(ref mirror.Ref) key {
	text := "org\x00" + ref.Org
	if ref.Group != "" {
		text = "group\x00" + ref.Org + "\x00" + ref.Group
	}
	sum := sha256.Sum256([]byte(text))
	return key{"X#" + hex.EncodeToString(sum[:16]), externalSort}
}

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

// groupMembershipsOf gives what comes before and after the sort keys of a person's rows in an organization's groups.
func groupMembershipsOf(org directory.OrgID) (before, end string) {
	prefix := groupMemberPrefix + org.String()
	return prefix, prefix + "~" // after all hexadecimal digits
}

func invitePartition(group directory.GroupID) string { return "I#" + group.String() }

func inviteKey(group directory.GroupID, id invite.ID) key {
	return key{invitePartition(group), id.String()}
}

// shardKey spreads the shards of one invite over partitions.
func shardKey(s invite.Shard) key {
	return key{fmt.Sprintf("P#%s#%s#%02d", s.Group, s.Invite, s.Number), "P"}
}

func replayKey(k invite.ReplayKey) key { return key{"K#" + k.User.String(), k.Hash} }

// auditKey sorts by time; the random id keeps entries of one millisecond apart.
func auditKey(org directory.OrgID, at time.Time, id string) key {
	return key{auditPartition(org), fmt.Sprintf("%013d#%s", at.UnixMilli(), id)}
}

func auditPartition(org directory.OrgID) string { return "A#" + org.String() }

// newOrgsKey counts the organizations that a person creates on a UTC day.
func newOrgsKey(user directory.UserID, day time.Time) key {
	return key{"Q#orgs#" + user.String(), day.UTC().Format(time.DateOnly)}
}

func joinPartition(group directory.GroupID, id invite.ID) string {
	return "J#" + group.String() + "#" + id.String()
}

// joinKey sorts by time; one person joins once at an instant.
func joinKey(group directory.GroupID, id invite.ID, at time.Time, user directory.UserID) key {
	return key{joinPartition(group, id), fmt.Sprintf("%013d#%s", at.UnixMilli(), user)}
}

// clearPrefix begins the keys of rows that name what is to be cleared away.
const clearPrefix = "C#"

func clearKey(c tally.Clear) key {
	id := c.Org.String()
	switch c.Kind {
	case tally.ClearGroup:
		id = c.Group.String()
	case tally.ClearInvite:
		id = c.Group.String() + "#" + c.Invite.String()
	}
	return key{clearPrefix + string(c.Kind) + "#" + id, "C"}
}

// accessPartition holds a group's open requests for access, and their register.
func accessPartition(group directory.GroupID) string { return "R#" + group.String() }

func accessRequestKey(group directory.GroupID, user directory.UserID) key {
	return key{accessPartition(group), user.String()}
}

func accessRegisterKey(group directory.GroupID) key { return key{accessPartition(group), "V"} }

// decidedPartition holds what came of requests. It is another one, so that reading the open ones stays short.
func decidedPartition(group directory.GroupID) string { return accessPartition(group) + "#decided" }

func accessDecisionKey(group directory.GroupID, user directory.UserID) key {
	return key{decidedPartition(group), user.String()}
}

// deliveryPartition holds the mails of one link, or of one group, or those that belong to neither.
func deliveryPartition(group directory.GroupID, link [8]byte) string {
	switch {
	case group == directory.GroupID{}:
		return deliveryPrefix + "confirm"
	case link == [8]byte{}:
		return deliveryPrefix + group.String()
	}
	return deliveryPrefix + group.String() + "#" + invite.ID(link).String()
}

// deliveryPrefix begins the keys of rows of the outbox.
const deliveryPrefix = "D#"

func deliveryKey(k mail.Key) key { return key{deliveryPartition(k.Group, k.Invite), k.ID.String()} }

// Counters of mails, one for each UTC day.

func senderQuotaKey(q mail.QuotaKey) key {
	return key{"Q#sender#" + q.Sender.String(), q.Day}
}

func orgQuotaKey(q mail.QuotaKey) key { return key{"Q#org#" + q.Org.String(), q.Day} }

func recipientQuotaKey(to mail.AddressKey, day string) key { return key{"Q#to#" + to.String(), day} }

func suppressionKey(to mail.AddressKey) key { return key{"S#" + to.String(), "S"} }

// keptPartition holds events that the bus didn't take, oldest first, and the row that has the stream bring them back.
func keptPartition(shard event.Shard) string { return fmt.Sprintf("%s%d", keptPrefix, shard) }

// keptPrefix begins the keys of events.
const keptPrefix = "E#"

func keptKey(e event.Event) key {
	return key{keptPartition(e.Shard()), fmt.Sprintf("%013d#%s", e.At.UnixMilli(), e.ID)}
}

// reminderKey sorts after all events.
func reminderKey(shard event.Shard) key { return key{keptPartition(shard), "E"} }

// Index keys.

// memberShards spreads the members of one organization or group over as many partitions of the index, so that many can join at once.
const memberShards = 4

// memberPartition gives one of the partitions that list members of an organization or group (owner: its key's pk).
func memberPartition(owner string, shard int) string { return fmt.Sprintf("%s#M%d", owner, shard) }

// formerPartition gives one of those that list who is out, so that his rows can be found when the organization or group is deleted.
func formerPartition(owner string, shard int) string { return fmt.Sprintf("%s#F%d", owner, shard) }

// memberListKey is where the row of someone who is in is listed.
func memberListKey(owner string, user directory.UserID) key {
	return key{memberPartition(owner, memberShard(user)), userPartition(user)}
}

// formerListKey is where the row of someone who is out is listed.
func formerListKey(owner string, user directory.UserID) key {
	return key{formerPartition(owner, memberShard(user)), userPartition(user)}
}

// memberShard spreads people evenly: user ids are hashes.
func memberShard(user directory.UserID) int { return int(user[len(user)-1] % memberShards) }

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

// dueShards spreads the mails that are to be sent over as many partitions of the index.
const dueShards = 4

func duePartition(shard int) string { return fmt.Sprintf("due#%d", shard) }

// dueKey is where a mail is listed for as long as it is to be sent, by when. Ids are hashes, so that they spread evenly.
func dueKey(k mail.Key, at time.Time) key {
	row := deliveryKey(k)
	return key{duePartition(int(k.ID[len(k.ID)-1] % dueShards)), duePosition(at) + "#" + row.pk + "#" + row.sk}
}

// duePosition begins the sort keys of what is due at an instant.
func duePosition(at time.Time) string { return fmt.Sprintf("%013d", at.UnixMilli()) }

// Taking apart.

func parseDeliveryKey(k key) (d mail.Key, ok bool) {
	owner, found := strings.CutPrefix(k.pk, deliveryPrefix)
	id, valid := mail.ParseID(k.sk)
	if !found || !valid {
		return d, false
	}
	d.ID = id
	if owner == "confirm" {
		return d, true
	}
	group, link, ofLink := strings.Cut(owner, "#")
	d.Group, ok = directory.ParseGroupID(group)
	if ofLink {
		var parsed invite.ID
		parsed, valid = invite.ParseID(link)
		d.Invite = parsed
	}
	return d, ok && valid
}

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

func parseAdminSort(sk string) (directory.UserID, bool) {
	hex, found := strings.CutPrefix(sk, adminPrefix)
	id, ok := directory.ParseUserID(hex)
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

func parseAuditSort(sk string) (at time.Time, id string, ok bool) {
	ms, id, found := strings.Cut(sk, "#")
	n, err := strconv.ParseInt(ms, 10, 64)
	return time.UnixMilli(n).UTC(), id, found && err == nil
}

func parseOrgPartition(pk string) (directory.OrgID, bool) {
	hex, found := strings.CutPrefix(pk, "O#")
	id, ok := directory.ParseOrgID(hex)
	return id, found && ok
}

func parseInvitePartition(pk string) (directory.GroupID, bool) {
	hex, found := strings.CutPrefix(pk, "I#")
	id, ok := directory.ParseGroupID(hex)
	return id, found && ok
}

func parseAccessPartition(pk string) (directory.GroupID, bool) {
	hex, found := strings.CutPrefix(pk, "R#")
	id, ok := directory.ParseGroupID(hex)
	return id, found && ok
}

func parseKeptSort(sk string) (at time.Time, id string, ok bool) { return parseAuditSort(sk) }

func parseReminderKey(k key) (event.Shard, bool) {
	digit, found := strings.CutPrefix(k.pk, keptPrefix)
	n, err := strconv.Atoi(digit)
	shard := event.Shard(n)
	return shard, found && err == nil && k == reminderKey(shard)
}

func parseJoinSort(sk string) (at time.Time, user directory.UserID, ok bool) {
	ms, hex, found := strings.Cut(sk, "#")
	n, err := strconv.ParseInt(ms, 10, 64)
	user, valid := directory.ParseUserID(hex)
	return time.UnixMilli(n).UTC(), user, found && valid && err == nil
}

func parseClearKey(k key) (c tally.Clear, ok bool) {
	kind, id, found := strings.Cut(strings.TrimPrefix(k.pk, clearPrefix), "#")
	if !found || k.sk != "C" {
		return c, false
	}
	switch c.Kind = tally.Kind(kind); c.Kind {
	case tally.ClearOrg:
		c.Org, ok = directory.ParseOrgID(id)
	case tally.ClearGroup:
		c.Group, ok = directory.ParseGroupID(id)
		c.Org = c.Group.Org()
	case tally.ClearInvite:
		group, link, _ := strings.Cut(id, "#")
		var linkOK bool
		c.Group, ok = directory.ParseGroupID(group)
		c.Invite, linkOK = invite.ParseID(link)
		c.Org, ok = c.Group.Org(), ok && linkOK
	}
	return c, ok
}
