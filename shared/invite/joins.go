package invite

import (
	"context"
	"errors"
	"time"

	"group-invites/shared/directory"
)

// JoinView is a joining with the person's name, as his row has it now; empty if there is none.
type JoinView struct {
	User directory.UserID
	Name string
	At   time.Time
}

// Joins lists who joined by a link, newest first, to those who see the link; [directory.ErrNotFound] to all others. It lags by seconds:
// joinings are recorded from the table's stream.
func (s *Service) Joins(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID, req directory.PageRequest) (page directory.Page[JoinView], err error) {
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		page, err = s.joins(ctx, caller, group, id, req)
		return err
	})
	return page, err
}

func (s *Service) joins(ctx context.Context, caller directory.Caller, group directory.GroupID, id ID, req directory.PageRequest) (directory.Page[JoinView], error) {
	page := directory.Page[JoinView]{Items: []JoinView{}}
	cursors, err := directory.CursorsFor(ctx, s.Ring, s.now(), caller.ID, "joins "+group.String()+" "+id.String())
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
	if !sees(rows.Standing(caller.ID), caller, rows.Invite) {
		return page, directory.ErrNotFound
	}
	joins, next, err := s.Store.Joins(ctx, group, id, from, req.Limit)
	if err != nil || len(joins) == 0 {
		return page, err
	}
	users := make([]directory.UserID, len(joins))
	for i, j := range joins {
		users[i] = j.User
	}
	members, err := s.Store.Members(ctx, group.Org(), directory.GroupID{}, users)
	if err != nil {
		return page, err
	}
	for _, j := range joins {
		page.Items = append(page.Items, JoinView{User: j.User, Name: members[j.User].OrgMember.Name, At: j.At})
	}
	if next != "" {
		page.Next = cursors.Next(next)
	}
	return page, nil
}
