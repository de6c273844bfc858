package main

import (
	"time"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/export"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// The lines of an export. Their form is told in infra/procedures.md; a field may be added, none is taken away or changed under the same version.

const formVersion = 1

type (
	head struct {
		Kind      string          `json:"kind"` // export
		Version   int             `json:"version"`
		OrgID     directory.OrgID `json:"orgId"`
		StartedAt string          `json:"startedAt"`
	}
	tail struct {
		Kind       string              `json:"kind"` // end
		EndedAt    string              `json:"endedAt"`
		Counts     map[export.Kind]int `json:"counts"`
		Unreadable int                 `json:"unreadable"`
		Drift      int                 `json:"drift"`
	}
	unreadableLine struct {
		Kind string      `json:"kind"` // unreadable
		Of   export.Kind `json:"of"`
		Key  string      `json:"key"`
	}
	orgLine struct {
		Kind      export.Kind      `json:"kind"`
		ID        directory.OrgID  `json:"id"`
		Name      string           `json:"name"`
		AddPeople []directory.Role `json:"addPeople"`
		CreatedAt string           `json:"createdAt"`
		CreatedBy directory.UserID `json:"createdBy"`
		External  *string          `json:"externalId"`
	}
	groupLine struct {
		Kind      export.Kind       `json:"kind"`
		ID        directory.GroupID `json:"id"`
		Name      string            `json:"name"`
		CreatedAt string            `json:"createdAt"`
		CreatedBy directory.UserID  `json:"createdBy"`
		External  *string           `json:"externalId"`
	}
	memberLine struct {
		Kind      export.Kind           `json:"kind"`
		ID        directory.UserID      `json:"id"`
		Name      string                `json:"name"`
		Email     *string               `json:"email"`
		Role      directory.Role        `json:"role"`
		State     directory.MemberState `json:"state"`
		JoinedAt  string                `json:"joinedAt"`
		RemovedAt *string               `json:"removedAt"`
	}
	groupMemberLine struct {
		Kind      export.Kind           `json:"kind"`
		GroupID   directory.GroupID     `json:"groupId"`
		UserID    directory.UserID      `json:"userId"`
		State     directory.MemberState `json:"state"`
		JoinedAt  string                `json:"joinedAt"`
		RemovedAt *string               `json:"removedAt"`
		InviteID  *invite.ID            `json:"inviteId"`
	}
	inviteLine struct {
		Kind       export.Kind       `json:"kind"`
		ID         invite.ID         `json:"id"`
		GroupID    directory.GroupID `json:"groupId"`
		Name       string            `json:"name"`
		Access     invite.Access     `json:"access"`
		Expiration invite.Expiration `json:"expiration"`
		ExpiresAt  *string           `json:"expiresAt"`
		CreatedAt  string            `json:"createdAt"`
		CreatedBy  directory.UserID  `json:"createdBy"`
		MaxUses    *int              `json:"maxUses"`
		Uses       int               `json:"uses"`
		State      *invite.State     `json:"state"`
	}
	joinLine struct {
		Kind     export.Kind       `json:"kind"`
		GroupID  directory.GroupID `json:"groupId"`
		InviteID invite.ID         `json:"inviteId"`
		UserID   directory.UserID  `json:"userId"`
		JoinedAt string            `json:"joinedAt"`
	}
	mailLine struct {
		Kind      export.Kind       `json:"kind"`
		ID        mail.ID           `json:"id"`
		GroupID   directory.GroupID `json:"groupId"`
		InviteID  *invite.ID        `json:"inviteId"`
		About     mail.Kind         `json:"about"`
		Email     *string           `json:"email"`
		UserID    *directory.UserID `json:"userId"`
		State     mail.State        `json:"state"`
		Reason    *string           `json:"reason"`
		Detail    *string           `json:"detail"`
		SentBy    *directory.UserID `json:"sentBy"`
		Sends     int               `json:"sends"`
		CreatedAt string            `json:"createdAt"`
		UpdatedAt string            `json:"updatedAt"`
	}
	requestLine struct {
		Kind        export.Kind       `json:"kind"`
		GroupID     directory.GroupID `json:"groupId"`
		UserID      directory.UserID  `json:"userId"`
		Name        string            `json:"name"`
		Email       *string           `json:"email"`
		Message     *string           `json:"message"`
		InviteID    invite.ID         `json:"inviteId"`
		RequestedAt string            `json:"requestedAt"`
		ExpiresAt   string            `json:"expiresAt"`
	}
	decisionLine struct {
		Kind     export.Kind       `json:"kind"`
		GroupID  directory.GroupID `json:"groupId"`
		UserID   directory.UserID  `json:"userId"`
		Approved bool              `json:"approved"`
		By       directory.UserID  `json:"by"`
		At       string            `json:"at"`
	}
	auditLine struct {
		Kind   export.Kind      `json:"kind"`
		ID     string           `json:"id"`
		At     string           `json:"at"`
		Actor  directory.UserID `json:"actor"`
		Action string           `json:"action"`
		Target string           `json:"target"`
		Detail string           `json:"detail"`
	}
)

// lines makes lines of rows. It remembers the organization and the group that the walk is in: they decide on the state of links.
type lines struct {
	now   time.Time
	org   *directory.Org
	group *directory.Group
}

// of gives the line of a row.
func (l *lines) of(kind export.Kind, row export.Row) any {
	if row.Fault != nil {
		if kind == export.Groups {
			l.group = nil
		}
		return unreadableLine{"unreadable", kind, row.Key}
	}
	switch v := row.Value.(type) {
	case directory.Org:
		l.org = &v
		return orgLine{kind, v.ID, v.Name, v.AddPeople.Roles(), instant(v.CreatedAt), v.CreatedBy, text(v.ExternalID)}
	case directory.Group:
		l.group = &v
		return groupLine{kind, v.ID, v.Name, instant(v.CreatedAt), v.CreatedBy, text(v.ExternalID)}
	case directory.OrgMember:
		return memberLine{kind, v.User, v.Name, text(v.Email), v.Role, v.State, instant(v.JoinedAt), optional(v.RemovedAt)}
	case export.GroupMember:
		g := v.GroupMember
		line := groupMemberLine{kind, g.Group, g.User, g.State, instant(g.JoinedAt), optional(g.RemovedAt), set(v.Via)}
		if g.State == directory.StateIn && !v.InGroup() {
			line.State = directory.StateLeft // its row is of a membership of the organization that has ended
		}
		return line
	case export.Invite:
		return l.invite(kind, v)
	case export.Join:
		return joinLine{kind, v.Group, v.Invite, v.User, instant(v.At)}
	case mail.Delivery:
		return mailLine{
			Kind: kind, ID: v.ID, GroupID: v.Group, InviteID: set(invite.ID(v.Invite)), About: v.Kind, Email: text(v.To.String()), UserID: set(v.User),
			State: v.State, Reason: text(string(v.Reason)), Detail: text(v.Detail), SentBy: set(v.SentBy), Sends: v.Sends,
			CreatedAt: instant(v.CreatedAt), UpdatedAt: instant(v.UpdatedAt),
		}
	case accessrequest.Request:
		return requestLine{
			kind, v.Group, v.User, v.Name, text(v.Email), text(v.Message), v.Invite, instant(v.CreatedAt), instant(v.EndsAt()),
		}
	case accessrequest.Decision:
		return decisionLine{kind, v.Group, v.User, v.Approved, v.By, instant(v.At)}
	case directory.AuditEntry:
		return auditLine{kind, v.ID, instant(v.At), v.Actor, v.Action, v.Target, v.Detail}
	}
	return unreadableLine{"unreadable", kind, row.Key}
}

func (l *lines) invite(kind export.Kind, v export.Invite) inviteLine {
	line := inviteLine{
		Kind: kind, ID: v.ID, GroupID: v.Group, Name: v.Name, Access: v.Access, Expiration: v.Expiration, ExpiresAt: optional(v.ExpiresAt),
		CreatedAt: instant(v.CreatedAt), CreatedBy: v.CreatedBy, Uses: v.Uses,
	}
	if v.Capped() {
		line.MaxUses = &v.MaxUses
	}
	if l.org != nil && l.group != nil && !v.Unknown {
		state := invite.Judge(&v.Invite, directory.Standing{Org: l.org, Group: l.group, Membership: v.Creator}, l.now)
		line.State = &state
	}
	return line
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func optional(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return text(instant(t))
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// set gives nil for a zero id.
func set[T comparable](id T) *T {
	var zero T
	if id == zero {
		return nil
	}
	return &id
}
