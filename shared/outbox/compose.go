package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
)

// linkRef names a link and who sends it.
type linkRef struct {
	group  directory.GroupID
	invite invite.ID
	sender directory.UserID
}

func refOf(d mail.Delivery) linkRef { return linkRef{d.Group, d.Invite, d.SentBy} }

// link is what decides on the mails of a link.
type link struct {
	invite  *invite.Invite
	sender  directory.Standing
	creator directory.Standing
}

func (s *Service) readLink(ctx context.Context, ref linkRef) (*link, error) {
	rows, err := s.Store.ReadLink(ctx, invite.Keys{Group: ref.group, Invite: ref.invite, Users: []directory.UserID{ref.sender}})
	if err != nil {
		return nil, err
	}
	l := &link{invite: rows.Invite, sender: rows.Standing(ref.sender)}
	if rows.Invite == nil || rows.Group == nil || rows.Org == nil {
		l.invite = nil
		return l, nil
	}
	l.creator = l.sender
	if rows.Invite.CreatedBy != ref.sender {
		members, err := s.Store.Members(ctx, ref.group.Org(), ref.group, []directory.UserID{rows.Invite.CreatedBy})
		if err != nil {
			return nil, err
		}
		l.creator.Membership = members[rows.Invite.CreatedBy]
	}
	return l, nil
}

// deadReasons are why a link's mail is dropped, by the link's state.
var deadReasons = map[invite.State]mail.Reason{
	invite.StateExpired: mail.ReasonInviteExpired, invite.StateSuspended: mail.ReasonInviteSuspended, invite.StateUsedUp: mail.ReasonInviteUsedUp,
}

// useless gives why the link is not to be sent now, or "".
func (l *link) useless(now time.Time) mail.Reason {
	switch {
	case l.invite == nil:
		return mail.ReasonInviteDeleted
	case invite.Judge(l.invite, l.creator, now) != invite.StateActive:
		return deadReasons[invite.Judge(l.invite, l.creator, now)]
	case !l.sender.MayInvite(l.invite.Access == invite.AccessAnyone):
		return mail.ReasonSenderLostRight
	}
	return ""
}

// compose makes the message of a delivery as things are now, or tells why it is not to be sent.
func (s *Service) compose(ctx context.Context, d mail.Delivery, b batch, now time.Time, ring *linkcode.Ring) (m mail.Message, useless mail.Reason, err error) {
	m = mail.Message{To: d.To, Delivery: d.Key, Sends: d.Sends}
	switch d.Kind {
	case mail.KindInvite:
		l := b.links[refOf(d)]
		if why := l.useless(now); why != "" {
			return m, why, nil
		}
		m.Invitation = &mail.Invitation{
			SenderName: l.sender.OrgMember.Name, OrgName: l.sender.Org.Name, GroupName: l.sender.Group.Name, Label: l.invite.Name,
			URL: invite.URL(s.BaseURL, ring, d.Group, d.Invite), OrgOnly: l.invite.Access == invite.AccessOrg,
			Now: now, ExpiresAt: l.invite.ExpiresAt, AskUntil: l.invite.ClearAt, CreatorName: l.creator.OrgMember.Name,
		}
	case mail.KindConfirm:
		until := now.Add(confirmLife).Truncate(time.Second)
		m.Confirmation = &mail.Confirmation{
			URL: s.BaseURL + "/v1/resubscribe/" + ring.SignAddress(linkcode.Resubscribe, d.To.Key(), until), Now: now, ExpiresAt: until,
		}
		return m, "", nil
	case mail.KindNotice:
		m.Notice, m.To, useless, err = s.notice(ctx, d, now)
	case mail.KindApproved, mail.KindDeclined:
		m.Answer, useless, err = s.answer(ctx, d)
	default:
		err = fmt.Errorf("delivery of kind %q", d.Kind)
	}
	if err == nil && useless == "" {
		m.UnsubscribeURL = s.BaseURL + "/v1/unsubscribe/" + ring.SignAddress(linkcode.Unsubscribe, m.To.Key(), time.Time{})
	}
	return m, useless, err
}

// confirmLife is how long a mail can be answered that asks whether its address wants mail again.
const confirmLife = 24 * time.Hour

// ring gives the current key ring. Without one nothing can be composed.
func (s *Service) ring(ctx context.Context) (*linkcode.Ring, error) {
	ring, err := s.Ring.Ring(ctx)
	if err != nil {
		return nil, errors.Join(directory.ErrUnavailable, err)
	}
	return ring, nil
}
