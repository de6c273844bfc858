package invite

import (
	"context"
	"errors"

	"group-invites/shared/directory"
)

// Delete deletes a link. Who sees it may: its creator, the group's managers, admins; [directory.ErrNotFound] to all others, and
// when it is gone already. A redeem that starts after Delete has answered is refused. Of several that delete a link at once, one has done it, and
// the others get ErrNotFound.
func (s *Service) Delete(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID) error {
	entry, err := directory.NewJoinID(s.Random)
	if err != nil {
		return err
	}
	audit := directory.AuditEntry{
		Org: group.Org(), At: s.now(), ID: entry, Actor: caller.ID, Action: directory.AuditInviteDeleted, Target: id.String(), Detail: group.String(),
	}
	var undecided *Invite // as it was when a write got no answer
	return directory.UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.Store.ReadLink(ctx, Keys{Group: group, Invite: id, Users: []directory.UserID{caller.ID}})
		if err != nil {
			return err
		}
		if rows.Invite == nil && undecided != nil { // by that write, or by somebody else meanwhile: the audit row tells
			if err = s.Store.DeleteInvite(ctx, undecided, audit); errors.Is(err, ErrDeleted) {
				return directory.ErrNotFound
			}
			return err
		}
		if !sees(rows.Standing(caller.ID), caller, rows.Invite) {
			return directory.ErrNotFound
		}
		// A transaction over all shards gets through only if none of them is being written just then. So redeemers are told of it, and hold
		// back. That is politeness: what refuses them is the row's being gone.
		if now := s.now(); rows.Invite.open() && now.Sub(rows.Invite.ClosingAt) > closingTime/2 {
			if err := s.Store.AnnounceDelete(ctx, rows.Invite, now); err != nil {
				return err
			}
		}
		switch err = s.Store.DeleteInvite(ctx, rows.Invite, audit); {
		case errors.Is(err, directory.ErrUnavailable):
			undecided = rows.Invite
		case errors.Is(err, ErrDeleted): // since it was read, or its places were dealt out
			return directory.ErrChanged
		}
		return err
	})
}
