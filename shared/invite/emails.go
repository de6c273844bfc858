package invite

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
)

// Recipient is a mail of a link with the name of who had it sent, as his row has it now; empty if there is none.
type Recipient struct {
	mail.Delivery
	SenderName string
}

// neverKept is for how long mails of a link that doesn't end are listed.
const neverKept = 365 * 24 * time.Hour

// distinct leaves out addresses that come again, in any case of letters.
func distinct(addresses []mail.Address) []mail.Address {
	seen := map[mail.ID]bool{}
	var out []mail.Address
	for _, a := range addresses {
		if !seen[a.ID()] {
			seen[a.ID()] = true
			out = append(out, a)
		}
	}
	return out
}

func (s *Service) quota(group directory.GroupID, caller directory.Caller, now time.Time) *mail.QuotaKey {
	return &mail.QuotaKey{Org: group.Org(), Sender: caller.ID, Day: mail.Day(now)}
}

// mails makes what a new invite is sent by; nil if it is sent to nobody. [directory.LimitError] if that is more than may be sent.
func (s *Service) mails(rows Rows, caller directory.Caller, inv Invite, to []mail.Address, now time.Time) (*Mails, error) {
	if len(to) == 0 {
		return nil, nil
	}
	var m Mails
	for _, address := range distinct(to) {
		m.New = append(m.New, delivery(inv, address, caller, now))
	}
	return &m, s.reserve(&m, *rows.Org, caller, rows.Sent, now)
}

// reserve adds the quota of all mails that are new, or to be sent again.
func (s *Service) reserve(m *Mails, org directory.Org, caller directory.Caller, sent mail.Sent, now time.Time) (err error) {
	n := len(m.New)
	for _, c := range m.Changed {
		if c.After.Sends > c.Before.Sends {
			n++
		}
	}
	m.Reservation, err = s.Limits.Reserve(org, caller.ID, sent, n, now)
	return err
}

func delivery(inv Invite, to mail.Address, caller directory.Caller, now time.Time) mail.Delivery {
	clearAt := inv.ClearAt
	if clearAt.IsZero() {
		clearAt = now.Add(neverKept)
	}
	return mail.NewDelivery(inv.Group, inv.ID, to, caller.ID, now, clearAt)
}

// Send sends a link to addresses, up to [mail.MaxRecipients], and gives their mails in that order, without repeats. To whom it was sent
// before it isn't sent again, unless that mail was dropped. Who sees the link and could create it now may: [directory.ErrNotFound],
// [ErrAddPeopleRequired]. A link that lets nobody in is refused as redeeming refuses it. [directory.LimitError] beyond a day's limit.
// The mails go out moments later; what becomes of them, [Service.Recipients] tells.
func (s *Service) Send(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID, to []mail.Address) (sent []Recipient, err error) {
	to = distinct(to)
	ids := make([]mail.ID, len(to))
	for i, address := range to {
		ids[i] = address.ID()
	}
	now := s.now()
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.readToSend(ctx, caller, group, id, ids, now)
		if err != nil {
			return err
		}
		there := rows.deliveries()
		var m Mails
		var all []mail.Delivery
		for _, address := range to {
			d, known := there[address.ID()]
			switch {
			case !known:
				d = delivery(*rows.Invite, address, caller, now)
				m.New = append(m.New, d)
			case d.State == mail.StateDropped:
				again := d.Again(caller.ID, now)
				m.Changed = append(m.Changed, DeliveryChange{d, again})
				d = again
			}
			all = append(all, d)
		}
		if err := s.sendMails(ctx, &m, rows, caller, now); err != nil {
			return err
		}
		sent, err = s.recipients(ctx, caller, rows.Standing(caller.ID), all)
		return err
	})
	return sent, err
}

// Resend sends a mail of a link once more; to the given address instead, unless it is zero, which ends the mail to the wrong one. Rights
// and refusals are those of [Service.Send]; [directory.ErrNotFound] for a mail that isn't there. A mail that is still to be sent is left as
// it is.
func (s *Service) Resend(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID, email mail.ID, to mail.Address) (sent Recipient, err error) {
	now := s.now()
	target, ids := email, []mail.ID{email}
	if !to.IsZero() && to.ID() != email {
		target = to.ID()
		ids = append(ids, target)
	}
	attempted := 0 // Sends, as an attempt of this call would have it
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.readToSend(ctx, caller, group, id, ids, now)
		if err != nil {
			return err
		}
		there := rows.deliveries()
		old, ok := there[email]
		if !ok {
			return directory.ErrNotFound
		}
		var m Mails
		if target != email && old.Reason != mail.ReasonCorrected {
			m.Changed = append(m.Changed, DeliveryChange{old, old.Corrected(now)})
		}
		result, known := there[target]
		switch {
		case !known:
			result = delivery(*rows.Invite, to, caller, now)
			m.New = append(m.New, result)
		case attempted > 0 && result.Sends >= attempted:
			// by an attempt of this call whose answer was lost; the mail may be sent by now
		case result.State != mail.StateQueued:
			again := result.Again(caller.ID, now)
			if !to.IsZero() {
				again.To = to // as it is spelled now
			}
			m.Changed = append(m.Changed, DeliveryChange{result, again})
			result = again
		}
		attempted = result.Sends
		if err := s.sendMails(ctx, &m, rows, caller, now); err != nil {
			return err
		}
		views, err := s.recipients(ctx, caller, rows.Standing(caller.ID), []mail.Delivery{result})
		if err == nil {
			sent = views[0]
		}
		return err
	})
	return sent, err
}

// deliveries gives the mails that were read, by id.
func (r Rows) deliveries() map[mail.ID]mail.Delivery {
	byID := make(map[mail.ID]mail.Delivery, len(r.Deliveries))
	for _, d := range r.Deliveries {
		byID[d.ID] = d
	}
	return byID
}

// sendMails reserves the quota of mails and writes them, if there are any.
func (s *Service) sendMails(ctx context.Context, m *Mails, rows Rows, caller directory.Caller, now time.Time) error {
	if len(m.New)+len(m.Changed) == 0 {
		return nil
	}
	if err := s.reserve(m, *rows.Org, caller, rows.Sent, now); err != nil {
		return err
	}
	return s.Store.SendMails(ctx, rows.Group.ID, rows.Invite.ID, *m)
}

// readToSend reads a link and mails of it for someone who wants to send it, and refuses those who may not.
func (s *Service) readToSend(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID, ids []mail.ID, now time.Time) (Rows, error) {
	rows, err := s.Store.ReadLink(ctx, Keys{
		Group: group, Invite: id, Users: []directory.UserID{caller.ID}, Deliveries: ids, Quota: s.quota(group, caller, now),
	})
	if err != nil {
		return rows, err
	}
	viewer := rows.Standing(caller.ID)
	switch {
	case !sees(viewer, caller, rows.Invite):
		return rows, directory.ErrNotFound
	case !viewer.MayInvite(rows.Invite.Access.newPeople()):
		return rows, ErrAddPeopleRequired
	}
	creator := viewer
	if rows.Invite.CreatedBy != caller.ID {
		others, err := s.Store.Members(ctx, group.Org(), group, []directory.UserID{rows.Invite.CreatedBy})
		if err != nil {
			return rows, err
		}
		creator.Membership = others[rows.Invite.CreatedBy]
	}
	if err := s.look(ctx, rows.Invite); err != nil {
		return rows, err
	}
	return rows, Judge(rows.Invite, creator, now).Err()
}

// Recipients lists the mails of a link to those who see it: those of a page newest first, pages in no order of time.
// [directory.ErrNotFound] to all others.
func (s *Service) Recipients(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID, req directory.PageRequest) (page directory.Page[Recipient], err error) {
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		page, err = s.listRecipients(ctx, caller, group, id, req)
		return err
	})
	return page, err
}

func (s *Service) listRecipients(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID, req directory.PageRequest) (directory.Page[Recipient], error) {
	var page directory.Page[Recipient]
	cursors, err := directory.CursorsFor(ctx, s.Ring, s.now(), caller.ID, "emails "+group.String()+" "+id.String())
	if err != nil {
		return page, errors.Join(directory.ErrUnavailable, err)
	}
	from, err := cursors.Position(req.Cursor)
	if err != nil {
		return page, err
	}
	rows, err := s.Store.ReadLink(ctx, Keys{Group: group, Invite: id, Users: []directory.UserID{caller.ID}})
	if err != nil {
		return page, err
	}
	viewer := rows.Standing(caller.ID)
	if !sees(viewer, caller, rows.Invite) {
		return page, directory.ErrNotFound
	}
	deliveries, next, err := s.Store.Recipients(ctx, group, id, from, req.Limit)
	if err != nil {
		return page, err
	}
	slices.SortFunc(deliveries, func(a, b mail.Delivery) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.To.String(), b.To.String()))
	})
	if page.Items, err = s.recipients(ctx, caller, viewer, deliveries); err != nil {
		return page, err
	}
	if next != "" {
		page.Next = cursors.Next(next)
	}
	return page, nil
}

// recipients adds the names of who had the mails sent. It reads the rows of all of them in one call, and none if that was the caller.
func (s *Service) recipients(ctx context.Context, caller directory.Caller, viewer directory.Standing, deliveries []mail.Delivery) ([]Recipient, error) {
	senders := map[directory.UserID]directory.Membership{caller.ID: viewer.Membership}
	var others []directory.UserID
	for _, d := range deliveries {
		if _, ok := senders[d.SentBy]; !ok {
			senders[d.SentBy] = directory.Membership{}
			others = append(others, d.SentBy)
		}
	}
	if len(others) > 0 {
		read, err := s.Store.Members(ctx, viewer.Org.ID, directory.GroupID{}, others)
		if err != nil {
			return nil, err
		}
		for user, m := range read {
			senders[user] = m
		}
	}
	views := make([]Recipient, len(deliveries))
	for i, d := range deliveries {
		views[i] = Recipient{d, senders[d.SentBy].OrgMember.Name}
	}
	return views, nil
}
