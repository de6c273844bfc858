package event

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// Source is the source of all events.
const Source = "group-invites"

// Version is that of all details.
const Version = 1

// Type is what happened: the detail type of an event.
type Type string

// The types.
const (
	InviteCreated   Type = "invite.created"
	InviteDeleted   Type = "invite.deleted" // by somebody
	InviteCleared   Type = "invite.cleared" // by its time, or because its group is gone
	MemberJoined    Type = "member.joined"
	MemberRemoved   Type = "member.removed" // by others, by leaving, or with what he was a member of
	AccessRequested Type = "access.requested"
)

// Types are all types.
var Types = []Type{InviteCreated, InviteDeleted, InviteCleared, MemberJoined, MemberRemoved, AccessRequested}

// Event is what happened, as readers get it.
type Event struct {
	Type   Type
	ID     string    // 32 hex digits, which the change determines
	At     time.Time // when it happened; UTC, to the second
	Detail json.RawMessage
}

// common is what every detail has.
type common struct {
	Version int                `json:"version"`
	ID      string             `json:"id"`
	At      time.Time          `json:"at"`
	Org     directory.OrgID    `json:"orgId"`
	Group   *directory.GroupID `json:"groupId"` // null: of the organization
}

// link is what details tell of a link: nothing that anybody typed.
type link struct {
	Invite     invite.ID         `json:"inviteId"`
	Access     invite.Access     `json:"access"`
	Expiration invite.Expiration `json:"expiration"`
	ExpiresAt  *time.Time        `json:"expiresAt"` // null: never
	MaxUses    *int              `json:"maxUses"`   // null: as many as come
	CreatedAt  time.Time         `json:"createdAt"`
	CreatedBy  directory.UserID  `json:"createdBy"`
}

func linkOf(i invite.Invite) link {
	l := link{Invite: i.ID, Access: i.Access, Expiration: i.Expiration, CreatedAt: second(i.CreatedAt), CreatedBy: i.CreatedBy}
	if !i.ExpiresAt.IsZero() {
		at := second(i.ExpiresAt)
		l.ExpiresAt = &at
	}
	if i.Capped() {
		l.MaxUses = &i.MaxUses
	}
	return l
}

// ofInvite tells something of a link. Deleted and cleared are one thing to ids: that it is gone.
func ofInvite(t Type, what string, i invite.Invite, at time.Time, more string) Event {
	c := begin(at, i.Group.Org(), i.Group, what, i.Group.String(), i.ID.String())
	type created struct {
		common
		link
	}
	if more == "" {
		return c.event(t, created{c, linkOf(i)})
	}
	return c.event(t, struct {
		created
		Reason string `json:"reason"`
	}{created{c, linkOf(i)}, more})
}

// OfCreated tells that a link was made.
func OfCreated(i invite.Invite) Event {
	return ofInvite(InviteCreated, "invite.created", i, i.CreatedAt, "")
}

// OfDeleted tells that somebody deleted a link.
func OfDeleted(i invite.Invite, at time.Time) Event {
	return ofInvite(InviteDeleted, "invite.gone", i, at, "")
}

// Reasons why links are cleared away.
const (
	ClearedExpired      = "expired"       // some time after it expired
	ClearedGroupDeleted = "group_deleted" // the group, or the organization, was deleted
)

// OfCleared tells that a link was cleared away, and why.
func OfCleared(i invite.Invite, at time.Time, reason string) Event {
	return ofInvite(InviteCleared, "invite.gone", i, at, reason)
}

// Levels of memberships.
const (
	levelOrg   = "organization"
	levelGroup = "group"
)

// ofMember is what is told of a membership.
type ofMember struct {
	common
	Level string           `json:"level"`
	User  directory.UserID `json:"userId"`
}

type joined struct {
	ofMember
	Role   *directory.Role `json:"role"`     // in the organization; null for a group
	Invite *invite.ID      `json:"inviteId"` // the link that he came by; null for the organization, and if he was added or let in
}

type removed struct {
	ofMember
	Reason Reason `json:"reason"`
}

// Reason is why someone is out.
type Reason string

// The reasons.
const (
	Left         Reason = "left"         // by himself
	Removed      Reason = "removed"      // by somebody else
	Organization Reason = "organization" // of a group: because he is out of its organization
	Deleted      Reason = "deleted"      // the group or the organization was deleted
)

// ofOrg names a membership of an organization by its epoch, of which no two of one person are the same.
func ofOrg(t Type, m directory.OrgMember, at time.Time) ofMember {
	c := begin(at, m.Org, directory.GroupID{}, string(t), m.Org.String(), m.User.String(), strconv.FormatInt(m.Since.UnixMilli(), 10))
	return ofMember{c, levelOrg, m.User}
}

// ofGroup names a membership of a group by its joining.
func ofGroup(t Type, m directory.GroupMember, at time.Time) ofMember {
	c := begin(at, m.Group.Org(), m.Group, string(t), m.Group.String(), m.User.String(), m.JoinID)
	return ofMember{c, levelGroup, m.User}
}

// OfOrgJoined tells that someone came into an organization.
func OfOrgJoined(m directory.OrgMember) Event {
	o := ofOrg(MemberJoined, m, m.JoinedAt)
	return o.event(MemberJoined, joined{ofMember: o, Role: &m.Role})
}

// OfOrgRemoved tells that someone is out of an organization; m is his row while he was in.
func OfOrgRemoved(m directory.OrgMember, at time.Time, why Reason) Event {
	o := ofOrg(MemberRemoved, m, at)
	return o.event(MemberRemoved, removed{o, why})
}

// OfGroupJoined tells that someone came into a group; via is the link that he came by, zero if none.
func OfGroupJoined(m directory.GroupMember, via invite.ID) Event {
	o := ofGroup(MemberJoined, m, m.JoinedAt)
	j := joined{ofMember: o}
	if via != (invite.ID{}) {
		j.Invite = &via
	}
	return o.event(MemberJoined, j)
}

// OfGroupRemoved tells that someone is out of a group; m is his row while he was in.
func OfGroupRemoved(m directory.GroupMember, at time.Time, why Reason) Event {
	o := ofGroup(MemberRemoved, m, at)
	return o.event(MemberRemoved, removed{o, why})
}

// OfRequest tells that someone asks to be let in, by a link that has expired.
func OfRequest(r accessrequest.Request) Event {
	c := begin(r.CreatedAt, r.Group.Org(), r.Group, string(AccessRequested), r.Group.String(), r.User.String(), strconv.FormatInt(r.CreatedAt.UnixMilli(), 10))
	return c.event(AccessRequested, struct {
		common
		User    directory.UserID `json:"userId"`
		Invite  invite.ID        `json:"inviteId"`
		Access  invite.Access    `json:"access"`
		Creator directory.UserID `json:"inviteCreatedBy"`
	}{c, r.User, r.Invite, r.Access, r.Creator})
}

// begin makes what every detail has. The id is made of the names, which tell this event from all others.
func begin(at time.Time, org directory.OrgID, group directory.GroupID, names ...string) common {
	digest := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	c := common{Version: Version, ID: hex.EncodeToString(digest[:16]), At: second(at), Org: org}
	if group != (directory.GroupID{}) {
		c.Group = &group
	}
	return c
}

func (c common) event(t Type, detail any) Event {
	text, err := json.Marshal(detail)
	if err != nil {
		panic(err) // texts, numbers and instants
	}
	return Event{Type: t, ID: c.ID, At: c.At, Detail: text}
}

func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
