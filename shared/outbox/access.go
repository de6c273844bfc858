package outbox

import (
	"context"
	"errors"
	"slices"
	"time"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// Mails about requests for access. A digest is no mail by itself: when it goes, it becomes a notice to each person who is to be told of
// the requests that name it. Who that is, and what he is told, is read again as his notice is composed.

const (
	maxAdmins    = 5  // who are told where a link's creator can't be
	adminsLooked = 50 // among whom they are found
	shownNames   = 5  // in a notice
)

// audience is who is told of the requests of one digest, and of which.
type audience struct {
	group    directory.Standing // the group and its organization, nobody's membership
	requests int
	users    []directory.UserID // in the order in which they came up
	told     map[directory.UserID][]accessrequest.Request
	address  map[directory.UserID]mail.Address
}

func (a *audience) add(user directory.UserID, to mail.Address, r accessrequest.Request) {
	if _, known := a.told[user]; !known {
		a.users = append(a.users, user)
		a.address[user] = to
	}
	a.told[user] = append(a.told[user], r)
}

// audienceOf finds who is to be told: of each request its link's creator, if he could make such a link now and can be mailed to; else up to
// five admins who can.
func (s *Service) audienceOf(ctx context.Context, group directory.GroupID, digest mail.ID, now time.Time) (a audience, err error) {
	a = audience{told: map[directory.UserID][]accessrequest.Request{}, address: map[directory.UserID]mail.Address{}}
	requests, err := s.Store.OpenRequests(ctx, group)
	if err != nil {
		return a, err
	}
	requests = slices.DeleteFunc(requests, func(r accessrequest.Request) bool { return r.Digest != digest })
	slices.SortFunc(requests, func(x, y accessrequest.Request) int { return x.CreatedAt.Compare(y.CreatedAt) })
	var people []directory.UserID
	for _, r := range requests {
		people = append(people, r.User, r.Creator)
	}
	rows, err := s.Store.ReadLink(ctx, invite.Keys{Group: group, Users: people})
	if err != nil || rows.Org == nil || rows.Group == nil {
		return a, err
	}
	a.group = directory.Standing{Org: rows.Org, Group: rows.Group}
	requests = slices.DeleteFunc(requests, func(r accessrequest.Request) bool { return !r.Stands(rows.Members[r.User], now) })
	if a.requests = len(requests); a.requests == 0 {
		return a, nil
	}
	creators := map[directory.UserID]directory.Membership{}
	for _, r := range requests {
		creators[r.Creator] = rows.Members[r.Creator]
	}
	reach, err := s.reachable(ctx, creators)
	if err != nil {
		return a, err
	}
	var rest []accessrequest.Request
	for _, r := range requests {
		to, can := reach[r.Creator]
		if can && rows.Standing(r.Creator).MayInvite(r.Access == invite.AccessAnyone) {
			a.add(r.Creator, to, r)
			continue
		}
		rest = append(rest, r)
	}
	if len(rest) == 0 {
		return a, nil
	}
	admins, reach, err := s.admins(ctx, group.Org())
	if err != nil {
		return a, err
	}
	for _, admin := range admins {
		for _, r := range rest {
			a.add(admin, reach[admin], r)
		}
	}
	return a, nil
}

// reachable gives the addresses of those people who have one that isn't suppressed.
func (s *Service) reachable(ctx context.Context, people map[directory.UserID]directory.Membership) (map[directory.UserID]mail.Address, error) {
	reach := map[directory.UserID]mail.Address{}
	var keys []mail.AddressKey
	for user, m := range people {
		if to, fault := mail.ParseAddress(m.OrgMember.Email); fault == "" && m.InOrg() {
			reach[user] = to
			keys = append(keys, to.Key())
		}
	}
	if len(keys) == 0 {
		return reach, nil
	}
	suppressed, err := s.Store.Suppressions(ctx, keys)
	for user, to := range reach {
		if suppressed[to.Key()].Reason() != "" {
			delete(reach, user)
		}
	}
	return reach, err
}

// admins gives some admins of the organization who can be mailed to, with their addresses.
func (s *Service) admins(ctx context.Context, org directory.OrgID) (admins []directory.UserID, reach map[directory.UserID]mail.Address, err error) {
	all, err := s.Store.Admins(ctx, org, adminsLooked)
	if err != nil || len(all) == 0 {
		return nil, nil, err
	}
	members, err := s.Store.Members(ctx, org, directory.GroupID{}, all)
	if err != nil {
		return nil, nil, err
	}
	if reach, err = s.reachable(ctx, members); err != nil {
		return nil, nil, err
	}
	for _, user := range all {
		if _, can := reach[user]; can && members[user].IsAdmin() && len(admins) < maxAdmins {
			admins = append(admins, user)
		}
	}
	return admins, reach, nil
}

// noticesAtOnce is how many notices are written in one transaction. There may be more: each request may be by another's link.
const noticesAtOnce = 90

// tell makes notices of a digest. They are written under the condition that the digest is as this attempt has it, the last of them
// with its end. Who is killed between leaves a digest that is still to go, and some of its notices: what is there already isn't written again.
func (s *Service) tell(ctx context.Context, d mail.Delivery) error {
	now := s.now()
	if now.Sub(d.UpdatedAt) > giveUpAfter {
		return s.end(ctx, d, mail.StateDropped, mail.ReasonGaveUp, now)
	}
	claimed, err := s.claim(ctx, d, now) // from here on nobody else is told of by this one
	if err != nil || claimed == nil {
		return err
	}
	attempted := false
	return directory.UntilDecided(ctx, func(ctx context.Context) error {
		a, err := s.audienceOf(ctx, d.Group, d.ID, now)
		if err != nil {
			return err
		}
		notices := make([]mail.Delivery, len(a.users))
		for i, user := range a.users {
			notices[i] = mail.NewNotice(d.Key, user, now)
		}
		if attempted {
			var taken bool
			if notices, taken, err = s.missing(ctx, *claimed, notices); err != nil || taken {
				return err
			}
		}
		attempted = true
		for len(notices) > noticesAtOnce {
			if err := s.Store.Tell(ctx, *claimed, *claimed, notices[:noticesAtOnce]); err != nil {
				return err
			}
			notices = notices[noticesAtOnce:]
		}
		return s.Store.Tell(ctx, *claimed, told(*claimed, a, now), notices)
	})
}

// missing leaves out notices that are there already. taken tells that the digest isn't this attempt's any more: it is done, and the
// answer was lost, or another does it.
func (s *Service) missing(ctx context.Context, claimed mail.Delivery, notices []mail.Delivery) (missing []mail.Delivery, taken bool, err error) {
	keys := []mail.Key{claimed.Key}
	for _, n := range notices {
		keys = append(keys, n.Key)
	}
	rows, err := s.Store.Deliveries(ctx, keys)
	if err != nil {
		return nil, false, err
	}
	there := map[mail.Key]bool{}
	for _, row := range rows {
		there[row.Key] = true
		taken = taken || row.Key == claimed.Key && row != claimed
	}
	missing = slices.DeleteFunc(notices, func(n mail.Delivery) bool { return there[n.Key] })
	return missing, taken || !there[claimed.Key], nil
}

// told gives the digest as it ends.
func told(claimed mail.Delivery, a audience, now time.Time) mail.Delivery {
	after := claimed
	after.State, after.DueAt, after.UpdatedAt = mail.StateSent, time.Time{}, now
	switch {
	case a.requests == 0:
		after.State, after.Reason = mail.StateDropped, mail.ReasonOvertaken
	case len(a.users) == 0:
		after.State, after.Reason = mail.StateDropped, mail.ReasonNoAddress
	}
	return after
}

// notice says what one person is told by a digest, and gives his address; or why he isn't.
func (s *Service) notice(ctx context.Context, d mail.Delivery, now time.Time) (n *mail.Notice, to mail.Address, useless mail.Reason, err error) {
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		a, err := s.audienceOf(ctx, d.Group, d.Digest, now)
		if err != nil {
			return err
		}
		requests := a.told[d.User]
		if len(requests) == 0 {
			useless = mail.ReasonOvertaken
			return nil
		}
		slices.SortFunc(requests, func(x, y accessrequest.Request) int { return x.CreatedAt.Compare(y.CreatedAt) })
		n = &mail.Notice{
			OrgName: a.group.Org.Name, GroupName: a.group.Group.Name, Count: len(requests),
			URL: s.BaseURL + "/groups/" + d.Group.String() + "/requests",
		}
		for _, r := range requests[:min(len(requests), shownNames)] {
			n.Names = append(n.Names, r.Name)
		}
		to = a.address[d.User]
		return nil
	})
	return n, to, useless, err
}

// answer says what came of a request; or why that is not to be told: who was let in is out again, say.
func (s *Service) answer(ctx context.Context, d mail.Delivery) (answer *mail.Answer, useless mail.Reason, err error) {
	approved := d.Kind == mail.KindApproved
	err = directory.UntilDecided(ctx, func(ctx context.Context) error {
		rows, err := s.Store.ReadLink(ctx, invite.Keys{Group: d.Group, Users: []directory.UserID{d.User}})
		if err != nil {
			return err
		}
		if rows.Org == nil || rows.Group == nil || rows.Members[d.User].InGroup() != approved {
			useless = mail.ReasonOvertaken
			return nil
		}
		answer = &mail.Answer{Approved: approved, OrgName: rows.Org.Name, GroupName: rows.Group.Name}
		if approved {
			answer.URL = s.BaseURL + "/groups/" + d.Group.String()
		}
		return nil
	})
	return answer, useless, err
}

// undecided tells whether nothing could be decided on a mail, so that it is not an attempt at it.
func undecided(err error) bool { return errors.Is(err, directory.ErrUnavailable) }
