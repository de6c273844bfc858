package httpapi

import (
	"time"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// The shapes of answers, as callers read them. Times are RFC 3339, UTC, to the second.

// Named is a thing or person by id and name.
type Named[T any] struct {
	ID   T      `json:"id"`
	Name string `json:"name"`
}

// List is a page of a list; NextCursor is null at the end.
type List[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"nextCursor"`
}

// ListOf shows a page.
func ListOf[T, S any](page directory.Page[T], show func(T) S) List[S] {
	list := List[S]{Items: make([]S, len(page.Items)), NextCursor: nullable(page.Next)}
	for i, item := range page.Items {
		list.Items[i] = show(item)
	}
	return list
}

// Invite is an invite as one person sees it.
type Invite struct {
	ID         invite.ID               `json:"id"`
	GroupID    directory.GroupID       `json:"groupId"`
	GroupName  string                  `json:"groupName"`
	OrgID      directory.OrgID         `json:"orgId"`
	OrgName    string                  `json:"orgName"`
	Name       string                  `json:"name"`
	Access     invite.Access           `json:"access"`
	Expiration invite.Expiration       `json:"expiration"`
	ExpiresAt  *string                 `json:"expiresAt"`
	CreatedAt  string                  `json:"createdAt"`
	CreatedBy  Named[directory.UserID] `json:"createdBy"`
	MaxUses    *int                    `json:"maxUses"`
	Uses       int                     `json:"uses"`
	State      invite.State            `json:"state"`
	URL        *string                 `json:"url"`
}

// InviteOf shows an invite.
func InviteOf(v invite.View) Invite {
	shape := Invite{
		ID: v.ID, GroupID: v.Group, GroupName: v.GroupName, OrgID: v.Group.Org(), OrgName: v.OrgName, Name: v.Name,
		Access: v.Access, Expiration: v.Expiration, ExpiresAt: NullableInstant(v.ExpiresAt), CreatedAt: Instant(v.CreatedAt),
		CreatedBy: Named[directory.UserID]{v.CreatedBy, v.CreatorName}, Uses: v.Uses, State: v.State, URL: nullable(v.URL),
	}
	if v.Capped() {
		shape.MaxUses = &v.MaxUses
	}
	return shape
}

// Join is a joining by a link.
type Join struct {
	User     Named[directory.UserID] `json:"user"`
	JoinedAt string                  `json:"joinedAt"`
}

// JoinOf shows a joining.
func JoinOf(j invite.JoinView) Join {
	return Join{User: Named[directory.UserID]{j.User, j.Name}, JoinedAt: Instant(j.At)}
}

// Recipient is a mail of a link: to whom, and what became of it.
type Recipient struct {
	ID        mail.ID                 `json:"id"`
	Email     mail.Address            `json:"email"`
	State     mail.State              `json:"state"`
	Reason    *mail.Reason            `json:"reason"`
	Detail    *string                 `json:"detail"`
	SentBy    Named[directory.UserID] `json:"sentBy"`
	CreatedAt string                  `json:"createdAt"`
	UpdatedAt string                  `json:"updatedAt"`
}

// RecipientOf shows a mail of a link.
func RecipientOf(r invite.Recipient) Recipient {
	shape := Recipient{
		ID: r.ID, Email: r.To, State: r.State, Detail: nullable(r.Detail),
		SentBy: Named[directory.UserID]{r.SentBy, r.SenderName}, CreatedAt: Instant(r.CreatedAt), UpdatedAt: Instant(r.UpdatedAt),
	}
	if r.Reason != "" {
		shape.Reason = &r.Reason
	}
	return shape
}

// Recipients are the mails that a request has had sent.
type Recipients struct {
	Items []Recipient `json:"items"`
}

// RecipientsOf shows mails of a link.
func RecipientsOf(sent []invite.Recipient) Recipients {
	shape := Recipients{Items: make([]Recipient, len(sent))}
	for i, r := range sent {
		shape.Items[i] = RecipientOf(r)
	}
	return shape
}

// Received says that something was received, and nothing about what came of it.
type Received struct {
	State string `json:"state"`
}

// AccessReceived is what everybody gets who asks for access.
var AccessReceived = Received{State: "received"}

// AccessRequest is that someone asks to be let into a group. Email is as in [Member].
type AccessRequest struct {
	User        Named[directory.UserID] `json:"user"`
	Email       **string                `json:"email,omitempty"`
	Message     *string                 `json:"message"`
	RequestedAt string                  `json:"requestedAt"`
	ExpiresAt   string                  `json:"expiresAt"`
	NewToOrg    bool                    `json:"newToOrg"`
	InviteID    invite.ID               `json:"inviteId"`
}

// AccessRequestOf shows a request for access.
func AccessRequestOf(v accessrequest.View) AccessRequest {
	shape := AccessRequest{
		User: Named[directory.UserID]{v.User, v.Name}, Message: nullable(v.Message), RequestedAt: Instant(v.CreatedAt),
		ExpiresAt: Instant(v.EndsAt()), NewToOrg: v.NewToOrg, InviteID: v.Invite,
	}
	if v.ShowEmail {
		email := nullable(v.Email)
		shape.Email = &email
	}
	return shape
}

// Audit is an entry of the audit: who did what. Target and Detail are ids and words, as the action has them; whom and which group they
// mean is said beside.
type Audit struct {
	ID     string                    `json:"id"`
	At     string                    `json:"at"`
	Actor  Named[directory.UserID]   `json:"actor"`
	Action string                    `json:"action"`
	Target string                    `json:"target"`
	Detail string                    `json:"detail"`
	Person *Named[directory.UserID]  `json:"person"`
	Group  *Named[directory.GroupID] `json:"group"`
}

// AuditOf shows an entry of the audit.
func AuditOf(a directory.AuditView) Audit {
	shape := Audit{
		ID: a.ID, At: Instant(a.At), Actor: Named[directory.UserID]{a.Actor, a.ActorName},
		Action: a.Action, Target: a.Target, Detail: a.Detail,
	}
	if a.Person != (directory.UserID{}) {
		shape.Person = &Named[directory.UserID]{a.Person, a.PersonName}
	}
	if a.Group != (directory.GroupID{}) {
		shape.Group = &Named[directory.GroupID]{a.Group, a.GroupName}
	}
	return shape
}

// Instant gives an instant's text.
func Instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// NullableInstant gives an instant's text, or nil for the zero one.
func NullableInstant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return nullable(Instant(t))
}

// nullable gives nil for an empty text.
func nullable(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Org is an organization.
type Org struct {
	ID        directory.OrgID  `json:"id"`
	Name      string           `json:"name"`
	AddPeople []directory.Role `json:"addPeople"`
	CreatedAt string           `json:"createdAt"`
}

// OrgOf shows an organization.
func OrgOf(o directory.Org) Org {
	return Org{ID: o.ID, Name: o.Name, AddPeople: o.AddPeople.Roles(), CreatedAt: Instant(o.CreatedAt)}
}

// Group is a group, as lists have it.
type Group struct {
	ID        directory.GroupID `json:"id"`
	OrgID     directory.OrgID   `json:"orgId"`
	OrgName   string            `json:"orgName"`
	Name      string            `json:"name"`
	CreatedAt string            `json:"createdAt"`
}

// GroupOf shows a group.
func GroupOf(v directory.GroupView) Group {
	return Group{ID: v.Group.ID, OrgID: v.Group.ID.Org(), OrgName: v.OrgName, Name: v.Group.Name, CreatedAt: Instant(v.Group.CreatedAt)}
}

// SingleGroup is a group with what the caller may do in it.
type SingleGroup struct {
	Group
	Capabilities  []string        `json:"capabilities"`
	AccessOptions []invite.Access `json:"accessOptions"`
}

// SingleGroupOf shows a group to the one whose standing the view holds.
func SingleGroupOf(v directory.GroupView) SingleGroup {
	return SingleGroup{Group: GroupOf(v), Capabilities: v.Standing.Capabilities(), AccessOptions: invite.AccessOptions(v.Standing)}
}

// Member is a member of an organization or a group. Email is there for admins only, and null where no verified one is known.
type Member struct {
	ID       directory.UserID `json:"id"`
	Name     string           `json:"name"`
	Role     directory.Role   `json:"role"`
	JoinedAt string           `json:"joinedAt"`
	Email    **string         `json:"email,omitempty"`
}

// MemberOf shows a member.
func MemberOf(m directory.Member) Member {
	shape := Member{ID: m.ID, Name: m.Name, Role: m.Role, JoinedAt: Instant(m.JoinedAt)}
	if m.ShowEmail {
		email := nullable(m.Email)
		shape.Email = &email
	}
	return shape
}

// Me is the caller with all that he belongs to.
type Me struct {
	User MeUser  `json:"user"`
	Orgs []MyOrg `json:"orgs"`
}

// MeUser is the caller.
type MeUser struct {
	ID    directory.UserID `json:"id"`
	Name  string           `json:"name"`
	Email *string          `json:"email"`
}

// MyOrg is an organization that the caller is in, with the groups of it that he is in.
type MyOrg struct {
	ID        directory.OrgID            `json:"id"`
	Name      string                     `json:"name"`
	Role      directory.Role             `json:"role"`
	AddPeople []directory.Role           `json:"addPeople"`
	Groups    []Named[directory.GroupID] `json:"groups"`
}

// MeOf shows the caller to himself.
func MeOf(me directory.Me) Me {
	shape := Me{
		User: MeUser{ID: me.Caller.ID, Name: me.Caller.Name, Email: nullable(me.Caller.Email)},
		Orgs: make([]MyOrg, len(me.Orgs)),
	}
	for i, o := range me.Orgs {
		groups := make([]Named[directory.GroupID], len(o.Groups))
		for j, g := range o.Groups {
			groups[j] = Named[directory.GroupID]{g.ID, g.Name}
		}
		shape.Orgs[i] = MyOrg{ID: o.Org.ID, Name: o.Org.Name, Role: o.Role, AddPeople: o.Org.AddPeople.Roles(), Groups: groups}
	}
	return shape
}
