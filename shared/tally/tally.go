package tally

import (
	"context"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// Change is what one change of the table means; only what applies is set.
type Change struct {
	Came    *Row
	Joined  *Joined
	Created *directory.AuditEntry
	Ended   *Ended
	Clear   *Clear
	Forget  *External
}

// Row names something that counts only as long as what it belongs to is there: a membership or group of an organization, a membership or
// invite of a group. Only what names it is set.
type Row struct {
	Org    directory.OrgID
	Group  directory.GroupID // zero: a membership of the organization
	User   directory.UserID  // of memberships
	Invite invite.ID         // of invites
}

// Link names an invite.
type Link struct {
	Group  directory.GroupID
	Invite invite.ID
}

// Joined: someone came into a group by a link.
type Joined struct {
	Link
	User   directory.UserID
	At     time.Time
	JoinID string
}

// Ended: someone's membership of an organization came to its end.
type Ended struct {
	Org   directory.OrgID
	User  directory.UserID
	Since time.Time // its epoch
	Gone  bool      // with the organization: nothing of it is to be remembered
}

// Kind says what is to be cleared.
type Kind string

// The kinds.
const (
	ClearInvite Kind = "invite" // the rows of its joinings and mails; its shards are closed, and go by TTL
	ClearGroup  Kind = "group"  // its invites and memberships
	ClearOrg    Kind = "org"    // its groups and memberships
)

// Clear names something deleted whose rows are to be cleared away. Step counts from 0, which is not yet begun.
type Clear struct {
	Kind   Kind
	Org    directory.OrgID
	Group  directory.GroupID // of ClearGroup and ClearInvite
	Invite invite.ID         // of ClearInvite
	Step   int64
	// Of ClearInvite, at step 0: among how many shards its places were dealt, and when it was deleted.
	Shards int
	At     time.Time
}

// External is an external id that stood for something deleted: the row that said so, and for what.
type External struct{ Row, ID string }

// Store is what tallying needs of the table. Its methods may be repeated, and give [directory.ErrUnavailable] or
// [directory.ErrChanged] if they should be.
type Store interface {
	// Look reads, in one call, which of the links exist, and tells whether each is capped; and which of the rows belong to something that
	// doesn't exist.
	Look(ctx context.Context, links []Link, rows []Row) (capped map[Link]bool, strays []Row, err error)
	// RecordJoins writes the rows of joinings by one link, up to 100, and raises its uses by those that are new, if count is set.
	RecordJoins(ctx context.Context, link Link, joins []Joined, count bool) error
	// Drop deletes rows.
	Drop(ctx context.Context, rows []Row) error
	// PutAudit writes audit entries, each with its ID.
	PutAudit(ctx context.Context, entries []directory.AuditEntry) error
	// EndGroups marks a person's memberships of that epoch in the organization's groups as left, or deletes all of them if the
	// organization is gone.
	EndGroups(ctx context.Context, ended Ended) error
	// ForgetExternal deletes the row of an external id, if it still stands for that.
	ForgetExternal(ctx context.Context, external External) error
	// ClearStep clears some of what is to be cleared, and writes the row of the next step, or deletes it when nothing is left.
	ClearStep(ctx context.Context, clear Clear) error
}

// Service tallies. It is safe for concurrent use.
type Service struct {
	Store Store
}

// Apply does what follows from the changes, in any number of calls to the table. On an error some of it may be done; all of it
// may be repeated.
func (s *Service) Apply(ctx context.Context, changes []Change) error {
	var came []Row
	var joins []Joined
	var audit []directory.AuditEntry
	for _, c := range changes {
		if c.Came != nil {
			came = append(came, *c.Came)
		}
		if c.Joined != nil {
			joins = append(joins, *c.Joined)
			audit = append(audit, directory.AuditEntry{
				Org: c.Joined.Group.Org(), At: c.Joined.At, ID: c.Joined.JoinID, Actor: c.Joined.User,
				Action: directory.AuditMemberJoined, Target: c.Joined.Group.String(), Detail: c.Joined.Invite.String(),
			})
		}
		if c.Created != nil {
			audit = append(audit, *c.Created)
		}
	}
	if err := s.take(ctx, came, joins); err != nil {
		return err
	}
	if len(audit) > 0 {
		if err := s.retry(ctx, func(ctx context.Context) error { return s.Store.PutAudit(ctx, audit) }); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if c.Ended != nil {
			if err := s.retry(ctx, func(ctx context.Context) error { return s.Store.EndGroups(ctx, *c.Ended) }); err != nil {
				return err
			}
		}
		if c.Forget != nil {
			if err := s.retry(ctx, func(ctx context.Context) error { return s.Store.ForgetExternal(ctx, *c.Forget) }); err != nil {
				return err
			}
		}
		if c.Clear != nil {
			if err := s.retry(ctx, func(ctx context.Context) error { return s.Store.ClearStep(ctx, *c.Clear) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) retry(ctx context.Context, op func(context.Context) error) error {
	return directory.UntilDecided(ctx, op)
}

// take drops what came too late, by a request that was on its way when what it belongs to was deleted and cleared, and records joinings link
// by link.
func (s *Service) take(ctx context.Context, came []Row, joins []Joined) error {
	if len(came) == 0 && len(joins) == 0 {
		return nil
	}
	byLink := map[Link][]Joined{}
	var links []Link
	for _, j := range joins {
		if byLink[j.Link] == nil {
			links = append(links, j.Link)
		}
		byLink[j.Link] = append(byLink[j.Link], j)
	}
	found, strays, err := s.look(ctx, links, came)
	if err != nil {
		return err
	}
	if len(strays) > 0 {
		if err := s.retry(ctx, func(ctx context.Context) error { return s.Store.Drop(ctx, strays) }); err != nil {
			return err
		}
	}
	var gone, unconditional []Link
	for _, link := range links {
		capped, exists := found[link]
		if !exists {
			gone = append(gone, link)
			continue
		}
		err := s.retry(ctx, func(ctx context.Context) error { return s.Store.RecordJoins(ctx, link, byLink[link], !capped) })
		if err != nil {
			return err
		}
		if capped {
			unconditional = append(unconditional, link)
		}
	}
	return s.clearGone(ctx, gone, unconditional)
}

func (s *Service) look(ctx context.Context, links []Link, rows []Row) (capped map[Link]bool, strays []Row, err error) {
	err = s.retry(ctx, func(ctx context.Context) (err error) {
		capped, strays, err = s.Store.Look(ctx, links, rows)
		return err
	})
	return capped, strays, err
}

// clearGone clears again what belonged to links that are gone. Nothing holds the rows of joinings by a capped link to the link's being there,
// so it may have been deleted, and cleared, just before they were written: that shows when one looks afterwards. And whoever was killed before
// he looked is followed by another, to whom the link is gone.
func (s *Service) clearGone(ctx context.Context, gone, unsure []Link) error {
	if len(unsure) > 0 {
		found, _, err := s.look(ctx, unsure, nil)
		if err != nil {
			return err
		}
		for _, link := range unsure {
			if _, exists := found[link]; !exists {
				gone = append(gone, link)
			}
		}
	}
	for _, link := range gone {
		clear := Clear{Kind: ClearInvite, Org: link.Group.Org(), Group: link.Group, Invite: link.Invite}
		if err := s.retry(ctx, func(ctx context.Context) error { return s.Store.ClearStep(ctx, clear) }); err != nil {
			return err
		}
	}
	return nil
}
