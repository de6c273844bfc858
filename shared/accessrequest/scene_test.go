package accessrequest_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
)

// scene is an organization with two groups. Manager and user are in the first; the colleague is in the second only.
type scene struct {
	*World
	admin, manager, user, colleague directory.Caller
	org                             directory.Org
	group, second                   directory.Group
}

func newScene(t testing.TB) scene {
	s := scene{World: New(t), admin: Person("admin"), manager: Person("manager"), user: Person("user"), colleague: Person("colleague")}
	s.org = s.Org(s.admin, "Acme")
	s.group, s.second = s.Group(s.admin, s.org, "Backcountry"), s.Group(s.admin, s.org, "Climbing")
	s.Join(s.admin, s.group, s.manager, directory.RoleManager)
	s.Join(s.admin, s.group, s.user, directory.RoleUser)
	s.Join(s.admin, s.second, s.colleague, directory.RoleUser)
	s.Clock.Advance(time.Second)
	return s
}

// expired makes a link of the group that has just ended.
func (s scene) expired(creator directory.Caller, how ...func(*invite.Request)) invite.View {
	s.Helper()
	link := s.Link(creator, s.group, append(how, func(r *invite.Request) { r.Expiration = "1h" })...)
	s.Clock.Advance(time.Hour)
	return link
}

// allow sets who, beside admins, may add new people.
func (s scene) allow(add directory.AddPeople) {
	s.Helper()
	_, err := s.Directory.ChangeOrg(s.Context(), s.admin, s.org.ID, directory.OrgChange{AddPeople: &add})
	s.must(err)
}

// ask asks for access, which is received in any case.
func (s scene) ask(who directory.Caller, link invite.View) {
	s.Helper()
	s.must(s.Access.Ask(s.Context(), who, Code(link), ""))
}

// list gives the names of those whose requests somebody sees, newest first.
func (s scene) list(viewer directory.Caller) string {
	s.Helper()
	page, err := s.Access.List(s.Context(), viewer, s.group.ID, directory.PageRequest{Limit: 50})
	s.must(err)
	names := make([]string, len(page.Items))
	for i, v := range page.Items {
		names[i] = v.Name
	}
	return strings.Join(names, " ")
}

func (s scene) approve(who, asker directory.Caller) directory.Member {
	s.Helper()
	member, err := s.Access.Approve(s.Context(), who, s.group.ID, asker.ID)
	s.must(err)
	return member
}

func (s scene) decline(who, asker directory.Caller) {
	s.Helper()
	s.must(s.Access.Decline(s.Context(), who, s.group.ID, asker.ID))
}

// membership reads someone's rows in the first group.
func (s scene) membership(who directory.Caller) directory.Membership {
	s.Helper()
	table, _, _ := s.Instance()
	rows, err := table.Read(s.Context(), directory.Keys{Org: s.org.ID, Group: s.group.ID, Users: []directory.UserID{who.ID}})
	s.must(err)
	return rows.Members[who.ID]
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
	if err := act(); !errors.Is(err, want) {
		s.Errorf("error %v, want %v", err, want)
	}
	if s.Content() != before {
		s.Error("it was refused, yet the table has changed")
	}
}

// rows gives the rows of a partition.
func (s scene) rows(pk string) (rows []string) {
	s.Helper()
	for line := range strings.Lines(s.Content()) {
		if row, found := strings.CutPrefix(line, pk+" "); found {
			rows = append(rows, strings.TrimSpace(row))
		}
	}
	return rows
}

// field gives an attribute of a row's text.
func field(row, name string) string {
	_, after, _ := strings.Cut(row, " "+name+`="`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// check holds what is always true of the rows of a group's requests: the register and the requests tell the same, at most 100 of them; and each
// names a digest that is there.
func (s scene) check() {
	s.Helper()
	digests := map[string]bool{}
	for _, row := range s.rows("D#" + s.group.ID.String()) {
		digests[row[:16]] = digests[row[:16]] || field(row, "kind") == "digest"
	}
	var register, requests []string
	for _, row := range s.rows("R#" + s.group.ID.String()) {
		if strings.HasPrefix(row, "V ") {
			register = strings.Fields(field(row, "open"))
			continue
		}
		requests = append(requests, row[:32]+"#"+field(row, "createdAt"))
		if !digests[field(row, "digest")] {
			s.Errorf("no digest tells of %s", row)
		}
	}
	slices.Sort(requests)
	if !slices.Equal(register, requests) {
		s.Errorf("the register has\n%s\nand the requests are\n%s", strings.Join(register, "\n"), strings.Join(requests, "\n"))
	}
	if len(requests) > accessrequest.MaxOpen {
		s.Errorf("%d open requests", len(requests))
	}
}

// kills runs act again and again, each time killed, or its answer lost, at another of its calls, before or after that was carried out. Each time begins
// with a scene of its own, and ends with done.
func kills(t *testing.T, begin func(t *testing.T) scene, act func(scene) error, done func(s scene, what string, err error)) {
	t.Helper()
	for call := 1; ; call++ {
		reached := false
		for _, fault := range []faults.Fault{faults.KillBefore, faults.KillAfter, faults.Lose, faults.Conflict, faults.Throttle} {
			s := begin(t)
			s.Faults.Reset(func(c faults.Call) faults.Fault {
				if c.Number != call {
					return faults.None
				}
				reached = true
				return fault
			})
			err := act(s)
			s.Faults.Reset(nil)
			done(s, fmt.Sprintf("call %d, fault %d", call, fault), err)
		}
		if !reached {
			return
		}
	}
}
