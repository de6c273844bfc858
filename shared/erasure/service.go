package erasure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"group-invites/shared/directory"
)

// Service erases. It is safe for concurrent use.
type Service struct {
	Store Store
	Clock func() time.Time
}

// Found is what the table holds of a person.
type Found struct {
	Person Person
	// Traces are the rows that something is to be done about: those of Membership, Request, Mail and Passing.
	Traces  []Trace
	In      []directory.OrgMember // of the memberships those that he is in
	Kept    map[What]int          // rows of Pseudonym and Hash
	Unknown []string              // keys of rows that hold his address, and of which nothing is known
	Others  int                   // rows of other accounts that hold an address that wasn't given but found
}

// Report is what came of an erasure. It holds no name and no address.
type Report struct {
	Emptied int // rows of memberships
	Removed int // of them by the removal that was asked for
	Deleted map[What]int
}

// Errors of Erase, beside those of the store.
var (
	// ErrMember: he is in an organization, and his removal wasn't asked for. Nothing was written.
	ErrMember = errors.New("is a member of an organization")
	// ErrUnknownRows: rows of unknown kinds hold his address, or rows can't be read. Everything else was done.
	ErrUnknownRows = errors.New("rows of unknown kinds hold the address, or can't be read")
	// ErrStill: after several passes there is still something, because somebody goes on writing it. Repeat.
	ErrStill = errors.New("still there")
)

// pageTimeout bounds the attempts at one page or write.
const pageTimeout = 2 * time.Minute

// Find reads the whole table for the person, again for what his own rows have told of him: the addresses that they hold, and of an address
// that is given the accounts that hold it. It writes nothing.
func (s *Service) Find(ctx context.Context, user directory.UserID, address string) (Found, error) {
	given, _ := Person{}.with(user, address)
	return s.find(ctx, given, given)
}

// find is Find that begins with what is known of the person.
func (s *Service) find(ctx context.Context, person, given Person) (Found, error) {
	for {
		found, err := s.pass(ctx, person, given)
		if err != nil {
			return found, err
		}
		grown := false
		for _, t := range found.Traces {
			if t.What == Membership || t.What == Request {
				var more bool
				person, more = person.with(t.User, t.Email)
				grown = grown || more
			}
		}
		if !grown {
			return found, nil
		}
	}
}

// pass reads the table once.
func (s *Service) pass(ctx context.Context, person, given Person) (Found, error) {
	found := Found{Person: person, Kept: map[What]int{}}
	for from := ""; ; {
		var traces []Trace
		var next string
		err := s.retry(ctx, func(ctx context.Context) (err error) {
			traces, next, err = s.Store.Traces(ctx, person, from)
			return err
		})
		if err != nil {
			return found, err
		}
		for _, t := range traces {
			switch {
			case (t.What == Membership || t.What == Request) && !person.Is(t.User) && !given.Has(t.Email):
				found.Others++
			case t.What == Pseudonym || t.What == Hash:
				found.Kept[t.What]++
			case t.What == Unknown:
				found.Unknown = append(found.Unknown, t.Row)
			default:
				found.Traces = append(found.Traces, t)
			}
		}
		if next == "" {
			break
		}
		from = next
	}
	traces := found.Traces
	found.Traces = nil
	for _, t := range traces {
		in := t.What == Membership && t.Member.State == directory.StateIn
		if in {
			there, err := s.exists(ctx, t.Member.Org)
			if err != nil {
				return found, err
			}
			if in = there; in { // else it was deleted, and nobody is in it
				found.In = append(found.In, t.Member)
			}
		}
		if t.What == Membership && !in && t.Member.Name == "" && t.Member.Email == "" {
			found.Kept[Pseudonym]++
			continue
		}
		found.Traces = append(found.Traces, t)
	}
	return found, nil
}

func (s *Service) exists(ctx context.Context, org directory.OrgID) (there bool, err error) {
	err = s.retry(ctx, func(ctx context.Context) error {
		rows, err := s.Store.Read(ctx, directory.Keys{Org: org})
		there = rows.Org != nil
		return err
	})
	return there, err
}

// mostPasses is how often what is found is erased, until nothing is found any more.
const mostPasses = 3

// Erase takes the person's name and address out of the table. remove removes him from organizations that he is in; else [ErrMember].
// [directory.ErrLastAdmin] if that would leave one without an admin. It may be repeated, after an error too. A user id or an address may be zero, not both.
func (s *Service) Erase(ctx context.Context, user directory.UserID, address string, remove bool) (Report, error) {
	report := Report{Deleted: map[What]int{}}
	given, _ := Person{}.with(user, address)
	person := given
	for range mostPasses {
		found, err := s.find(ctx, person, given)
		if err != nil {
			return report, err
		}
		person = found.Person // once his rows are empty, they tell his address no more
		if len(found.Traces) == 0 {
			if len(found.Unknown) > 0 {
				return report, fmt.Errorf("%w: %s", ErrUnknownRows, strings.Join(found.Unknown, ", "))
			}
			return report, nil
		}
		if err := s.mayErase(ctx, found, remove); err != nil {
			return report, err
		}
		if err := s.erase(ctx, found, &report); err != nil {
			return report, err
		}
	}
	return report, ErrStill
}

// mayErase refuses before anything is written.
func (s *Service) mayErase(ctx context.Context, found Found, remove bool) error {
	if len(found.In) > 0 && !remove {
		return fmt.Errorf("%w: %s", ErrMember, orgsOf(found.In))
	}
	for _, m := range found.In {
		if m.Role != directory.RoleAdmin {
			continue
		}
		var admins []directory.UserID
		err := s.retry(ctx, func(ctx context.Context) (err error) {
			admins, err = s.Store.Admins(ctx, m.Org, 2)
			return err
		})
		if err != nil {
			return err
		}
		if len(admins) < 2 {
			return fmt.Errorf("%w: of %s", directory.ErrLastAdmin, m.Org)
		}
	}
	return nil
}

func orgsOf(members []directory.OrgMember) string {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.Org.String()
	}
	return strings.Join(ids, ", ")
}

// erase does what is to be done about the rows that were found. Memberships come last: by the addresses that they hold, whoever repeats it
// after a kill finds the rest again.
func (s *Service) erase(ctx context.Context, found Found, report *Report) error {
	of := map[What][]Trace{}
	for _, t := range found.Traces {
		of[t.What] = append(of[t.What], t)
	}
	rows := slices.Concat(of[Mail], of[Passing])
	if err := s.retry(ctx, func(ctx context.Context) error { return s.Store.Delete(ctx, rows) }); err != nil {
		return err
	}
	for _, t := range rows {
		report.Deleted[t.What]++
	}
	for _, t := range of[Request] {
		if err := s.retry(ctx, func(ctx context.Context) error { return s.Store.Withdraw(ctx, t.Group, t.User) }); err != nil {
			return err
		}
		report.Deleted[t.What]++
	}
	for _, t := range of[Membership] {
		in := slices.Contains(found.In, t.Member)
		if err := s.empty(ctx, t.Member, in); err != nil {
			return err
		}
		report.Emptied++
		if in {
			report.Removed++
		}
	}
	return nil
}

// empty takes name and address out of a member's row, and removes him if he is in. If the row has changed since it was read, the next pass finds it again.
func (s *Service) empty(ctx context.Context, m directory.OrgMember, remove bool) error {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	return directory.UntilDecided(ctx, func(ctx context.Context) error {
		var err error
		if remove {
			at := s.Clock().UTC().Truncate(time.Millisecond)
			after := m.Removed(at)
			after.Name, after.Email = "", ""
			// By nobody of the organization: the operator has no id.
			err = s.Store.ChangeOrgMember(ctx, m, after, &directory.AuditEntry{
				Org: m.Org, At: at, Action: directory.AuditMemberRemoved, Target: m.User.String(),
			})
		} else {
			err = s.Store.Blank(ctx, m)
		}
		if errors.Is(err, directory.ErrChanged) && !errors.Is(err, directory.ErrUnavailable) {
			return nil
		}
		return err
	})
}

func (s *Service) retry(ctx context.Context, op func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	return directory.UntilDecided(ctx, op)
}
