package accessrequest

import (
	"context"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// Ask asks for access to the group of a link that has expired. nil says that the request was received, and nothing about what came of it.
// [directory.ErrNotFound] for a code that isn't genuine, without a call to the table; [invite.ErrDeleted] if the link, its group or its
// organization is gone; [directory.InvalidError] for a message that can't be taken. It may be repeated at any time.
func (s *Service) Ask(ctx context.Context, caller directory.Caller, code, message string) error {
	message, fault := CheckMessage(message)
	if fault != "" {
		return directory.Invalid("message", fault)
	}
	group, id, err := invite.OpenCode(ctx, s.Ring, code)
	if err != nil {
		return err
	}
	now := s.now()
	return directory.UntilDecided(ctx, func(ctx context.Context) error { return s.ask(ctx, caller, group, id, message, now) })
}

// ask is one attempt: read, decide, write.
func (s *Service) ask(ctx context.Context, caller directory.Caller, group directory.GroupID, id invite.ID, message string, now time.Time) error {
	rows, err := s.Store.ReadAccess(ctx, Keys{Group: group, Users: []directory.UserID{caller.ID}, Invite: id, Asker: caller.ID})
	if err != nil {
		return err
	}
	me, inv := rows.Members[caller.ID], rows.Invite
	switch {
	case inv == nil || rows.Group == nil || rows.Org == nil:
		return invite.ErrDeleted
	case !inv.Expired(now), me.InGroup(), me.Removed(), !letsIn(inv.Access, me), rows.Decision.declined(now):
		return nil
	case rows.Request != nil && rows.Request.Stands(me, now): // also one of this call, whose answer was lost
		return nil
	}
	o := Opening{Before: rows.Register, After: rows.Register.next(now)}
	delete(o.After.Open, caller.ID) // what he asked before stands no more
	if len(o.After.Open) >= MaxOpen {
		if o.Void, err = s.void(ctx, group, o.After.Open); err != nil || len(o.Void) == 0 {
			return err
		}
		for _, user := range o.Void {
			delete(o.After.Open, user)
		}
	}
	if o.Digest, o.NewDigest, err = s.digest(ctx, group, rows.Register.Told, now); err != nil {
		return err
	}
	if o.NewDigest {
		o.After.Told = following(rows.Register.Told, now)
	}
	o.After.Open[caller.ID] = now
	name, email, _ := directory.Renewal(me.OrgMember, caller)
	o.Request = Request{
		Group: group, User: caller.ID, Name: name, Email: email, Message: message, Invite: id, Creator: inv.CreatedBy, Access: inv.Access,
		CreatedAt: now, Digest: o.Digest.ID,
	}
	return s.Store.OpenRequest(ctx, o)
}

// following gives the instant of the digest that comes after the one of told; zero is none.
func following(told, now time.Time) time.Time {
	if next := told.Add(mail.DigestEvery); !told.IsZero() && next.After(now) {
		return next
	}
	return now
}

// digest gives what tells of a request that is made now: the latest digest, if it is still to go; else a new one, an hour after that at the
// earliest.
func (s *Service) digest(ctx context.Context, group directory.GroupID, told, now time.Time) (d mail.Delivery, isNew bool, err error) {
	if !told.IsZero() {
		rows, err := s.Store.Deliveries(ctx, []mail.Key{mail.DigestKey(group, told)})
		if err != nil {
			return d, false, err
		}
		if len(rows) == 1 && rows[0].Waiting() {
			return rows[0], false, nil
		}
	}
	return mail.NewDigest(group, following(told, now), now), true, nil
}

// voidAtOnce is how many open requests one that finds no room looks at, and deletes at most: all of it is one transaction.
const voidAtOnce = 20

// void gives those of some open requests that stand no more, though they have not ended: their people came in by a newer link, say. Which
// are looked at is left to chance, so that a group that is full costs little and yet finds its room again.
func (s *Service) void(ctx context.Context, group directory.GroupID, open map[directory.UserID]time.Time) (void []directory.UserID, err error) {
	var some []directory.UserID
	for user := range open {
		if len(some) < voidAtOnce {
			some = append(some, user)
		}
	}
	members, err := s.Store.Members(ctx, group.Org(), group, some)
	if err != nil {
		return nil, err
	}
	for _, user := range some {
		if overtaken(members[user], open[user]) {
			void = append(void, user)
		}
	}
	return void, nil
}
