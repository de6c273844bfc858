package invite

import (
	"context"

	"group-invites/shared/directory"
)

// Delete deletes a link. Who sees it may: its creator, the group's managers, admins; [directory.ErrNotFound] to all others, and
// when it is gone already. A redeem that starts after Delete has answered is refused.
func (s *Service) Delete(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID) error {
	attempted := false
	return directory.UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.Store.ReadLink(ctx, Keys{Group: group, Invite: id, Users: []directory.UserID{caller.ID}})
		if err != nil {
			return err
		}
		if rows.Invite == nil && attempted {
			return nil // by an attempt of this call whose answer was lost, or by another that came to the same
		}
		if !sees(rows.Standing(caller.ID), caller, rows.Invite) {
			return directory.ErrNotFound
		}
		attempted = true
		// A transaction over all shards gets through only if none of them is being written just then. So redeemers are told of it, and hold
		// back. That is politeness: what refuses them is the row's being gone.
		if now := s.now(); rows.Invite.open() && now.Sub(rows.Invite.ClosingAt) > closingTime/2 {
			if err := s.Store.AnnounceDelete(ctx, rows.Invite, now); err != nil {
				return err
			}
		}
		return s.Store.DeleteInvite(ctx, rows.Invite, directory.AuditEntry{
			Org: group.Org(), At: s.now(), Actor: caller.ID, Action: directory.AuditInviteDeleted,
			Target: id.String(), Detail: group.String(),
		})
	})
}
