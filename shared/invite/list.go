package invite

import (
	"context"
	"errors"
	"sync"
	"time"

	"group-invites/shared/directory"
)

// Get gives one invite to those who see it: the creator, the group's managers, admins. [directory.ErrNotFound] to all others.
func (s *Service) Get(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID) (view View, err error) {
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.Store.ReadLink(ctx, Keys{Group: group, Invite: id, Users: []directory.UserID{caller.ID}})
		if err != nil {
			return err
		}
		viewer := rows.Standing(caller.ID)
		if !sees(viewer, caller, rows.Invite) {
			return directory.ErrNotFound
		}
		views, err := s.views(ctx, caller, viewer, []Invite{*rows.Invite}, s.now())
		if err == nil {
			view = views[0]
		}
		return err
	})
	return view, err
}

// sees tells whether the caller sees the invite, and so may delete it.
func sees(viewer directory.Standing, caller directory.Caller, inv *Invite) bool {
	return inv != nil && viewer.SeesGroup() && (viewer.ManagesGroup() || inv.CreatedBy == caller.ID)
}

// List lists the invites of a group that the caller sees, newest first: his own, or all to managers and admins.
func (s *Service) List(ctx context.Context, caller directory.Caller, group directory.GroupID, req directory.PageRequest) (page directory.Page[View], err error) {
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		page, err = s.list(ctx, caller, group, req)
		return err
	})
	return page, err
}

// list reads the caller's rights and the group's newest invites at the same time: most who list may see them all. What they
// may not see is never looked at. For someone who sees only his own it goes to the index, unless the group's are all there.
func (s *Service) list(ctx context.Context, caller directory.Caller, group directory.GroupID, req directory.PageRequest) (directory.Page[View], error) {
	var page directory.Page[View]
	now := s.now()
	cursors, err := directory.CursorsFor(ctx, s.Ring, now, caller.ID, "invites "+group.String())
	if err != nil {
		return page, errors.Join(directory.ErrUnavailable, err)
	}
	position, err := cursors.Position(req.Cursor)
	if err != nil {
		return page, err
	}
	before, _ := ParseID(position) // zero, from the newest, if there is no position

	var (
		rows             Rows
		invites          []Invite
		more             bool
		rowsErr, listErr error
		both             sync.WaitGroup
	)
	both.Go(func() {
		rows, rowsErr = s.Store.ReadLink(ctx, Keys{Group: group, Users: []directory.UserID{caller.ID}})
	})
	both.Go(func() { invites, more, listErr = s.Store.GroupInvites(ctx, group, before, req.Limit) })
	both.Wait()
	if err := errors.Join(rowsErr, listErr); err != nil {
		return page, err
	}
	viewer := rows.Standing(caller.ID)
	if !viewer.SeesGroup() {
		return page, directory.ErrNotFound
	}
	if !viewer.ManagesGroup() {
		if invites, more, err = s.own(ctx, caller, group, before, req.Limit, invites, more); err != nil {
			return page, err
		}
	}
	if page.Items, err = s.views(ctx, caller, viewer, invites, now); err != nil {
		return page, err
	}
	if more {
		page.Next = cursors.Next(invites[len(invites)-1].ID.String())
	}
	return page, nil
}

// own gives the caller's invites. all is a page of the group's, beyond which there are others if more.
func (s *Service) own(ctx context.Context, caller directory.Caller, group directory.GroupID, before ID, limit int, all []Invite, more bool) ([]Invite, bool, error) {
	var own []Invite
	if !more {
		for _, inv := range all {
			if inv.CreatedBy == caller.ID {
				own = append(own, inv)
			}
		}
		return own, false, nil
	}
	for {
		ids, more, err := s.Store.OwnInviteIDs(ctx, group, caller.ID, before, limit)
		if err != nil || len(ids) == 0 {
			return own, false, err
		}
		found, err := s.Store.Invites(ctx, group, ids)
		if err != nil {
			return nil, false, err
		}
		if own = append(own, found...); len(own) > limit {
			own, more = own[:limit], true
		}
		if len(own) == limit || !more {
			return own, more, nil
		}
		before = ids[len(ids)-1] // some were deleted just now, and the index doesn't know yet
	}
}

// views shows invites to a viewer. It reads the rows of all their creators in one call, and none if he made them all.
func (s *Service) views(ctx context.Context, caller directory.Caller, viewer directory.Standing, invites []Invite, now time.Time) ([]View, error) {
	views := make([]View, 0, len(invites))
	if len(invites) == 0 {
		return views, nil
	}
	ring, err := s.ring(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.countAll(ctx, invites); err != nil {
		return nil, err
	}
	creators := map[directory.UserID]directory.Membership{caller.ID: viewer.Membership}
	var others []directory.UserID
	for _, inv := range invites {
		if _, ok := creators[inv.CreatedBy]; !ok {
			creators[inv.CreatedBy] = directory.Membership{}
			others = append(others, inv.CreatedBy)
		}
	}
	if len(others) > 0 {
		read, err := s.Store.Members(ctx, viewer.Org.ID, viewer.Group.ID, others)
		if err != nil {
			return nil, err
		}
		for user, m := range read {
			creators[user] = m
		}
	}
	for _, inv := range invites {
		creator := directory.Standing{Org: viewer.Org, Group: viewer.Group, Membership: creators[inv.CreatedBy]}
		views = append(views, s.view(ring, inv, viewer, creator, now))
	}
	return views, nil
}
