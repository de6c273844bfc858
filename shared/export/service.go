package export

import (
	"context"
	"fmt"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// Service exports. It is safe for concurrent use.
type Service struct {
	Store Store
}

// Result is what an export came to.
type Result struct {
	Counts     map[Kind]int // rows that were given, by kind, unreadable ones too
	Unreadable int          // of them
	// Drift holds, for each list that was counted again at the end, by how much it was longer or shorter than what was given; only those that
	// differ.
	Drift map[List]int
}

// pageTimeout bounds the attempts at one page, so that a throttled table is waited for, and one that is out of reach ends the export.
const pageTimeout = 2 * time.Minute

// Export gives every row of the organization to visit: the organization, its members, then group by group the group, its members, its links, each
// followed by its joins and mails, mails of the group, requests for access and decisions on them, and the audit at last. It ends with visit's
// first error. [directory.ErrNotFound] if there is no such organization, [directory.ErrUnavailable] if the table doesn't answer for two minutes.
func (s *Service) Export(ctx context.Context, org directory.OrgID, visit func(kind Kind, row Row) error) (Result, error) {
	w := walk{Service: s, visit: visit, result: Result{Counts: map[Kind]int{}, Drift: map[List]int{}}}
	err := w.org(ctx, org)
	return w.result, err
}

// walk is one export under way.
type walk struct {
	*Service
	visit  func(Kind, Row) error
	result Result
}

func (w *walk) org(ctx context.Context, org directory.OrgID) error {
	found, err := w.list(ctx, List{Kind: Orgs, Org: org}, nil)
	if err == nil && found == 0 {
		err = directory.ErrNotFound
	}
	if err != nil {
		return err
	}
	if err := w.counted(ctx, List{Kind: Members, Org: org}, nil); err != nil {
		return err
	}
	err = w.counted(ctx, List{Kind: Groups, Org: org}, func(row Row) error {
		return w.group(ctx, row.Group)
	})
	if err != nil {
		return err
	}
	_, err = w.list(ctx, List{Kind: Audit, Org: org}, nil)
	return err
}

func (w *walk) group(ctx context.Context, group directory.GroupID) error {
	of := func(kind Kind, id invite.ID) List {
		return List{Kind: kind, Org: group.Org(), Group: group, Invite: id}
	}
	if err := w.counted(ctx, of(GroupMembers, invite.ID{}), nil); err != nil {
		return err
	}
	_, err := w.list(ctx, of(Invites, invite.ID{}), func(row Row) error {
		for _, kind := range []Kind{Joins, Mails} {
			if _, err := w.list(ctx, of(kind, row.Invite), nil); err != nil {
				return err
			}
		}
		return nil
	})
	for _, kind := range []Kind{Mails, Requests, Decisions} {
		if err == nil {
			_, err = w.list(ctx, of(kind, invite.ID{}), nil)
		}
	}
	return err
}

// counted walks a list that is found by the index, and counts it again.
func (w *walk) counted(ctx context.Context, list List, then func(Row) error) error {
	given, err := w.list(ctx, list, then)
	if err != nil {
		return err
	}
	var there int
	err = w.retry(ctx, func(ctx context.Context) (err error) {
		there, err = w.Store.ExportCount(ctx, list)
		return err
	})
	if err == nil && there != given {
		w.result.Drift[list] = there - given
	}
	return err
}

// list gives a list's rows, each followed by what then has to give, and tells how many there were.
func (w *walk) list(ctx context.Context, list List, then func(Row) error) (given int, err error) {
	for from := ""; ; {
		var page Page
		err := w.retry(ctx, func(ctx context.Context) (err error) {
			page, err = w.Store.ExportPage(ctx, list, from)
			return err
		})
		if err != nil {
			return given, fmt.Errorf("%s from %q: %w", list.Kind, from, err)
		}
		for _, row := range page.Rows {
			given++
			w.result.Counts[list.Kind]++
			if row.Fault != nil {
				w.result.Unreadable++
			}
			if err := w.visit(list.Kind, row); err != nil {
				return given, err
			}
			if then != nil {
				if err := then(row); err != nil {
					return given, err
				}
			}
		}
		if page.Next == "" {
			return given, nil
		}
		from = page.Next
	}
}

func (w *walk) retry(ctx context.Context, op func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	return directory.UntilDecided(ctx, op)
}
