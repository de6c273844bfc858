package mirror_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/mirror"
)

// scene is an empty world, and the host's way into it.
type scene struct {
	*World
	host *mirror.Service
}

func newScene(t testing.TB) scene {
	w := New(t)
	return scene{World: w, host: &mirror.Service{Store: w.Table, Clock: w.Clock.Now, Random: rand.Reader}}
}

// loaded is a scene with the organization T1, its groups R1 and R2, and anna, an admin, in R1.
func loaded(t testing.TB) scene {
	s := newScene(t)
	s.done(putOrg("T1", "Acme"), putGroup("T1", "R1", "Backcountry"), putGroup("T1", "R2", "Climbing"),
		mirror.Op{Kind: mirror.PutMember, Org: "T1", Member: "anna", Role: directory.RoleAdmin, Name: "Anna", Groups: []string{"R1"}})
	s.Clock.Advance(time.Second)
	return s
}

func putOrg(org, name string) mirror.Op { return mirror.Op{Kind: mirror.PutOrg, Org: org, Name: name} }

func putGroup(org, group, name string) mirror.Op {
	return mirror.Op{Kind: mirror.PutGroup, Org: org, Group: group, Name: name}
}

func putMember(org, member string, groups ...string) mirror.Op {
	return mirror.Op{Kind: mirror.PutMember, Org: org, Member: member, Groups: groups}
}

func op(kind mirror.Kind, org, group, member string) mirror.Op {
	return mirror.Op{Kind: kind, Org: org, Group: group, Member: member}
}

// apply carries out operations within the time that a request has.
func (s scene) apply(ops ...mirror.Op) []mirror.Result {
	ctx, cancel := context.WithTimeout(s.Context(), 2500*time.Millisecond)
	defer cancel()
	return s.host.Apply(ctx, Issuer, ops)
}

// done carries out operations that must be.
func (s scene) done(ops ...mirror.Op) []mirror.Result {
	s.Helper()
	results := s.apply(ops...)
	for i, r := range results {
		if r.Err != nil {
			s.Fatalf("%+v: %v", ops[i], r.Err)
		}
	}
	return results
}

// unchanged carries out operations that must be done and write nothing.
func (s scene) unchanged(ops ...mirror.Op) []mirror.Result {
	s.Helper()
	before := s.Content()
	results := s.done(ops...)
	if after := s.Content(); after != before {
		s.Errorf("the table has changed from\n%s\nto\n%s", before, after)
	}
	for i, r := range results {
		if r.Created {
			s.Errorf("%+v has made something", ops[i])
		}
	}
	return results
}

// missing carries out one operation that must be refused for that field, and write nothing.
func (s scene) missing(field string, op mirror.Op) {
	s.Helper()
	before := s.Content()
	err := s.apply(op)[0].Err
	missing := new(mirror.MissingError)
	if !errors.As(err, &missing) || missing.Field != field || !errors.Is(err, directory.ErrNotFound) {
		s.Errorf("%+v: %v, want %s missing", op, err, field)
	}
	if s.Content() != before {
		s.Errorf("%+v has written something", op)
	}
}

func (s scene) org(external string) directory.Org {
	s.Helper()
	shown, err := s.host.ShowOrg(s.Context(), Issuer, external)
	if err != nil {
		s.Fatal(err)
	}
	return shown.Org
}

func (s scene) group(org, external string) directory.Group {
	s.Helper()
	shown, err := s.host.ShowGroup(s.Context(), Issuer, org, external)
	if err != nil {
		s.Fatal(err)
	}
	return shown.Group
}

// standing reads someone's rows in the organization and the group.
func (s scene) standing(org, group, who string) directory.Membership {
	s.Helper()
	g := s.group(org, group).ID
	rows, err := s.Table.Read(s.Context(), directory.Keys{Org: g.Org(), Group: g, Users: []directory.UserID{Person(who).ID}})
	if err != nil {
		s.Fatal(err)
	}
	return rows.Members[Person(who).ID]
}

// audited lists the actions of audit rows, in order, without those of the stream.
func (s scene) audited() (actions []string) {
	s.Helper()
	for line := range strings.Lines(s.Content()) {
		if strings.HasPrefix(line, "A#") {
			if !strings.Contains(line, `actor="00000000000000000000000000000000"`) {
				s.Errorf("not by the host: %s", line)
			}
			_, rest, _ := strings.Cut(line, `action="`)
			action, _, _ := strings.Cut(rest, `"`)
			actions = append(actions, action)
		}
	}
	slices.Sort(actions)
	return actions
}

// admins gives the count of the organization's row and the rows that name admins.
func (s scene) admins(org string) (counted string, named int) {
	s.Helper()
	id := s.org(org).ID.String()
	for line := range strings.Lines(s.Content()) {
		if strings.HasPrefix(line, "O#"+id+" A#") {
			named++
		} else if strings.HasPrefix(line, "O#"+id+" O ") {
			_, rest, _ := strings.Cut(line, ` admins="`)
			counted, _, _ = strings.Cut(rest, `"`)
		}
	}
	return counted, named
}
