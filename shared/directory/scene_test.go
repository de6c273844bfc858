package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/linkcode"
)

// scene is an organization with two groups. Its people are in the first; the admin is in neither.
type scene struct {
	*World
	admin, manager, user directory.Caller
	stranger             directory.Caller // in another organization, where she is admin
	org, foreign         directory.Org
	group, second        directory.Group
	foreignGroup         directory.Group
}

func newScene(t testing.TB) scene {
	s := scene{World: New(t), admin: Person("admin"), manager: Person("manager"), user: Person("user"), stranger: Person("stranger")}
	s.org, s.foreign = s.Org(s.admin, "Acme"), s.Org(s.stranger, "Other")
	s.group, s.second = s.Group(s.admin, s.org, "Backcountry"), s.Group(s.admin, s.org, "Climbing")
	s.foreignGroup = s.Group(s.stranger, s.foreign, "Elsewhere")
	s.Join(s.admin, s.group, s.manager, directory.RoleManager)
	s.Join(s.admin, s.group, s.user, directory.RoleUser)
	s.Clock.Advance(time.Second)
	return s
}

// bring lets a new person into the first group as a user.
func (s scene) bring(name string) directory.Caller {
	s.Helper()
	person := Person(name)
	s.Join(s.admin, s.group, person, directory.RoleUser)
	return person
}

func (s scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// refused expects the error, and that act wrote nothing.
func (s scene) refused(want error, act func() error) {
	s.Helper()
	before := s.Content()
	err := act()
	if invalid := new(directory.InvalidError); errors.As(want, &invalid) {
		got := new(directory.InvalidError)
		if !errors.As(err, &got) || got.Fields[0].Field != invalid.Fields[0].Field {
			s.Errorf("error %v, want one for %s", err, invalid.Fields[0].Field)
		}
	} else if !errors.Is(err, want) {
		s.Errorf("error %v, want %v", err, want)
	}
	if after := s.Content(); after != before {
		s.Errorf("it was refused, yet the table has changed from\n%s\nto\n%s", before, after)
	}
}

// audit lists the actions that are audited in the organization, in the order of time; those of one millisecond in any order.
func (s scene) audit() []string {
	s.Helper()
	var entries []string
	for line := range strings.Lines(s.Content()) {
		if row, found := strings.CutPrefix(line, "A#"+s.org.ID.String()+" "); found {
			entries = append(entries, field(row, "action")+" "+field(row, "detail"))
		}
	}
	return entries
}

// membership reads someone's rows in the first group.
func (s scene) membership(who directory.Caller) directory.Membership {
	s.Helper()
	rows, err := s.Table.Read(s.Context(), directory.Keys{Org: s.org.ID, Group: s.group.ID, Users: []directory.UserID{who.ID}})
	s.must(err)
	return rows.Members[who.ID]
}

// names lists members' names, and roles.
func names(members []directory.Member) []string {
	list := make([]string, len(members))
	for i, m := range members {
		list[i] = fmt.Sprintf("%s %s", m.Name, m.Role)
	}
	slices.Sort(list)
	return list
}

// everything asks for the largest page.
var everything = directory.PageRequest{Limit: directory.MaxPage}

// stoppedRing gives a key ring that is too old to be used and can't be renewed.
func stoppedRing(t testing.TB, w *World) *linkcode.Source {
	t.Helper()
	first := true
	ring, err := linkcode.NewSource(t.Context(), "test", w.Clock.Now, func(context.Context) ([]byte, error) {
		if !first {
			return nil, errors.New("no answer")
		}
		first = false
		return []byte(RingText), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Hour)
	return ring
}

// expired gives a context that leaves time for a few attempts.
func expired(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// field gives an attribute of a row's line; "" if it isn't there.
func field(line, name string) string {
	_, rest, _ := strings.Cut(line, " "+name+"=\"")
	got, _, _ := strings.Cut(rest, "\"")
	return got
}
