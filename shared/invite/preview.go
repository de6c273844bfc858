package invite

import (
	"context"
	"time"

	"group-invites/shared/directory"
)

// Preview is what a link says of itself to whoever holds it.
type Preview struct {
	State State
	At    time.Time // the server's clock
	// The rest is empty if State is StateDeleted.
	Access      Access
	ExpiresAt   time.Time // zero: never
	OrgName     string
	GroupName   string
	CreatorName string
}

// Preview says what a link is, and changes nothing. [directory.ErrNotFound] for a code that isn't genuine.
func (s *Service) Preview(ctx context.Context, code string) (preview Preview, err error) {
	group, id, err := s.open(ctx, code)
	if err != nil {
		return Preview{}, err
	}
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		preview, err = s.preview(ctx, group, id, s.now())
		return err
	})
	return preview, err
}

func (s *Service) preview(ctx context.Context, group directory.GroupID, id ID, now time.Time) (Preview, error) {
	rows, err := s.Store.ReadLink(ctx, Keys{Group: group, Invite: id})
	if err != nil {
		return Preview{}, err
	}
	inv := rows.Invite
	if inv == nil || rows.Group == nil || rows.Org == nil {
		return Preview{State: StateDeleted, At: now}, nil
	}
	members, err := s.Store.Members(ctx, group.Org(), group, []directory.UserID{inv.CreatedBy})
	if err != nil {
		return Preview{}, err
	}
	if err := s.look(ctx, inv); err != nil {
		return Preview{}, err
	}
	creator := directory.Standing{Org: rows.Org, Group: rows.Group, Membership: members[inv.CreatedBy]}
	return Preview{
		State: Judge(inv, creator, now), At: now, Access: inv.Access, ExpiresAt: inv.ExpiresAt,
		OrgName: rows.Org.Name, GroupName: rows.Group.Name, CreatorName: creator.OrgMember.Name,
	}, nil
}
