package accessrequest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"group-invites/shared/directory"
)

// View is a request as one of those who may decide on it sees it.
type View struct {
	Request
	NewToOrg bool // approving lets him into the organization too
	// ShowEmail is set for admins only.
	ShowEmail bool
}

// members reads the rows of those who ask.
func (s *Service) members(ctx context.Context, group directory.GroupID, requests []Request) (map[directory.UserID]directory.Membership, error) {
	users := make([]directory.UserID, len(requests))
	for i, r := range requests {
		users[i] = r.User
	}
	return s.Store.Members(ctx, group.Org(), group, users)
}

// position is the request's place in the list.
func (r Request) position() string { return fmt.Sprintf("%013d#%s", r.CreatedAt.UnixMilli(), r.User) }

// List lists the requests on which the caller may decide, newest first. [directory.ErrNotFound] for those who don't see the group.
func (s *Service) List(ctx context.Context, caller directory.Caller, group directory.GroupID, req directory.PageRequest) (page directory.Page[View], err error) {
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		page, err = s.list(ctx, caller, group, req, s.now())
		return err
	})
	return page, err
}

// list reads the caller's rights and the requests, which are few, at the same time.
func (s *Service) list(ctx context.Context, caller directory.Caller, group directory.GroupID, req directory.PageRequest, now time.Time) (directory.Page[View], error) {
	page := directory.Page[View]{Items: []View{}}
	cursors, err := directory.CursorsFor(ctx, s.Ring, now, caller.ID, "access requests "+group.String())
	if err != nil {
		return page, errors.Join(directory.ErrUnavailable, err)
	}
	before, err := cursors.Position(req.Cursor)
	if err != nil {
		return page, err
	}
	var (
		rows             Rows
		requests         []Request
		rowsErr, listErr error
		both             sync.WaitGroup
	)
	both.Go(func() {
		rows, rowsErr = s.Store.ReadAccess(ctx, Keys{Group: group, Users: []directory.UserID{caller.ID}})
	})
	both.Go(func() { requests, listErr = s.Store.OpenRequests(ctx, group) })
	both.Wait()
	if err := errors.Join(rowsErr, listErr); err != nil {
		return page, err
	}
	viewer := rows.Standing(caller.ID)
	if !viewer.SeesGroup() {
		return page, directory.ErrNotFound
	}
	requests = slices.DeleteFunc(requests, func(r Request) bool {
		return !seesOf(viewer, caller.ID, r.Creator) || before != "" && r.position() >= before
	})
	members, err := s.members(ctx, group, requests)
	if err != nil {
		return page, err
	}
	requests = slices.DeleteFunc(requests, func(r Request) bool {
		m := members[r.User]
		return !r.Stands(m, now) || !r.MayDecide(viewer, caller.ID, m)
	})
	slices.SortFunc(requests, func(a, b Request) int { return strings.Compare(b.position(), a.position()) })
	if len(requests) > req.Limit {
		requests = requests[:req.Limit]
		page.Next = cursors.Next(requests[req.Limit-1].position())
	}
	for _, r := range requests {
		page.Items = append(page.Items, View{Request: r, NewToOrg: !members[r.User].InOrg(), ShowEmail: viewer.IsAdmin()})
	}
	return page, nil
}
