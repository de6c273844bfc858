package invite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
)

// Limits of a link's settings.
const (
	MaxCap            = 100_000 // of MaxUses
	MaxLabelGraphemes = 64
	MaxLabelBytes     = 256
)

// replayLife is how long a create may be repeated under its Idempotency-Key.
const replayLife = 24 * time.Hour

// Request is what a link is to be.
type Request struct {
	Name       string // the label; empty for none
	Access     Access
	Expiration Expiration
	ExpiresAt  time.Time // for ExpireCustom: whole seconds
	MaxUses    int       // 1 to MaxCap; 0: no cap
	// Emails are the addresses that the link is sent to, up to [mail.MaxRecipients]; one that comes twice gets one mail.
	Emails []mail.Address
	// IdempotencyKey, if not empty, makes a repeat within 24 hours give the same invite. It is scoped to caller, method and path; Scope
	// is the two latter.
	IdempotencyKey string
	Scope          string
}

// hash tells one request from another: those that ask for the same link have the same.
func (r Request) hash() string {
	text := fmt.Sprintf("%q %s %s %d %d", r.Name, r.Access, r.Expiration, r.ExpiresAt.Unix(), r.MaxUses)
	for _, to := range distinct(r.Emails) {
		text += " " + to.Key().String()
	}
	return hash(text)
}

// replayKey gives the key of the row that remembers the request, or nil.
func (r Request) replayKey(user directory.UserID) *ReplayKey {
	if r.IdempotencyKey == "" {
		return nil
	}
	return &ReplayKey{User: user, Hash: hash(r.Scope + "\x00" + r.IdempotencyKey)}
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Create makes a link to a group. [directory.ErrNotFound] for those who don't see the group, [ErrAddPeopleRequired] for those who may
// not choose access anyone, [directory.InvalidError] for a label or an instant out of bounds, [directory.LimitError] if it is to be sent
// to more people than may be today. A repeat under the same
// Idempotency-Key checks rights again and gives the same invite; [ErrIdempotencyConflict] if it asks for something else,
// [ErrDeleted] if the invite is gone.
func (s *Service) Create(ctx context.Context, caller directory.Caller, group directory.GroupID, req Request) (view View, err error) {
	now := s.now()
	key := req.replayKey(caller.ID)
	expiresAt, fault := req.Expiration.end(now, req.ExpiresAt)
	if fault != nil && key == nil {
		return View{}, fault
	}
	if req.Name != "" {
		name, fault := directory.CheckName(req.Name, MaxLabelGraphemes, MaxLabelBytes)
		if fault != "" {
			return View{}, directory.Invalid("name", fault)
		}
		req.Name = name
	}
	ring, err := s.ring(ctx)
	if err != nil {
		return View{}, err
	}
	inv := Invite{
		Group: group, Name: req.Name, Access: req.Access, Expiration: req.Expiration,
		ExpiresAt: expiresAt, CreatedAt: now, CreatedBy: caller.ID, MaxUses: req.MaxUses,
	}
	if !expiresAt.IsZero() {
		inv.ClearAt = expiresAt.Add(s.Retention)
	}
	if inv.ID, err = NewID(now, s.Random); err != nil {
		return View{}, err
	}

	attempted, undecided := false, false // undecided: a write got no answer
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		keys := Keys{Group: group, Users: []directory.UserID{caller.ID}, Replay: key}
		if len(req.Emails) > 0 {
			keys.Quota = s.quota(group, caller, now)
		}
		if attempted {
			keys.Invite = inv.ID // see whether an attempt of this call, whose answer was lost, made it
		}
		rows, err := s.Store.ReadLink(ctx, keys)
		if err != nil {
			return err
		}
		standing := rows.Standing(caller.ID)
		switch {
		case !standing.SeesGroup():
			return directory.ErrNotFound
		case !standing.MayInvite(req.Access.newPeople()):
			return ErrAddPeopleRequired
		}
		// What an attempt of this call has remembered, whose answer was lost, is told from its invite, or from that being gone by now.
		if r := rows.Replay; r != nil && now.Before(r.ExpiresAt) && (r.Invite != inv.ID || rows.Invite == nil) {
			made, err := s.replay(ctx, group, r, req)
			if err == nil {
				view = s.view(ring, made, standing, standing, now)
			}
			return err
		}
		if fault != nil {
			return fault // only now: a repeat may come when the instant that it asks for is past
		}
		if made := rows.Invite; made != nil {
			if made.CreatedBy == caller.ID && made.CreatedAt.Equal(now) {
				view = s.view(ring, *made, standing, standing, now)
				return nil
			}
			if inv.ID, err = NewID(now, s.Random); err != nil { // taken by another: one in four million within a millisecond
				return err
			}
		} else if undecided {
			// That attempt may have made it, and somebody may have deleted it since: what was deleted doesn't come back under its id.
			if inv.ID, err = NewID(now, s.Random); err != nil {
				return err
			}
			undecided = false
		}
		mails, err := s.mails(rows, caller, inv, req.Emails, now)
		if err != nil {
			return err
		}
		attempted = true
		inv.Epoch, inv.ByAdmin = standing.OrgMember.Since, standing.IsAdmin()
		view = s.view(ring, inv, standing, standing, now)
		err = s.Store.CreateInvite(ctx, inv, remember(key, req, inv), mails)
		undecided = errors.Is(err, directory.ErrUnavailable)
		return err
	})
	return view, err
}

// remember makes the row by which a repeat is known, or nil without a key.
func remember(key *ReplayKey, req Request, inv Invite) *Replay {
	if key == nil {
		return nil
	}
	// Its end is stored in whole seconds: rounded up, or the 24 hours would be over before they are.
	ends := inv.CreatedAt.Add(replayLife + time.Second - 1).Truncate(time.Second)
	return &Replay{ReplayKey: *key, Request: req.hash(), Invite: inv.ID, ExpiresAt: ends}
}

// replay gives the invite that the request made when it was first sent.
func (s *Service) replay(ctx context.Context, group directory.GroupID, r *Replay, req Request) (Invite, error) {
	if r.Request != req.hash() {
		return Invite{}, ErrIdempotencyConflict
	}
	made, err := s.Store.Invites(ctx, group, []ID{r.Invite})
	if err != nil {
		return Invite{}, err
	}
	if len(made) == 0 {
		return Invite{}, ErrDeleted
	}
	return made[0], s.countAll(ctx, made)
}
