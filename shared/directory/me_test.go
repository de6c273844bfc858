package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
)

// belongings tells what Me shows: organizations, roles and groups.
func belongings(me directory.Me) []string {
	list := []string{}
	for _, o := range me.Orgs {
		line := o.Org.Name + " " + string(o.Role)
		for _, g := range o.Groups {
			line += " " + g.Name
		}
		list = append(list, line)
	}
	slices.Sort(list)
	return list
}

func TestMe(t *testing.T) {
	s := newScene(t)
	s.Join(s.stranger, s.foreignGroup, s.user, directory.RoleManager)
	for who, want := range map[string][]string{
		"admin":  {"Acme admin"}, // in no group: /me shows what one is in
		"user":   {"Acme user Backcountry", "Other manager Elsewhere"},
		"nobody": {},
	} {
		me, err := s.Directory.Me(t.Context(), Person(who))
		if err != nil || !slices.Equal(belongings(me), want) || me.Caller != Person(who) {
			t.Errorf("%s: %v, %v", who, belongings(me), err)
		}
	}
	t.Run("is written by nobody who has nothing new to say", func(t *testing.T) {
		before := s.Content()
		if _, err := s.Directory.Me(t.Context(), s.user); err != nil || s.Content() != before {
			t.Errorf("%v", err)
		}
	})
	t.Run("shows who is in too many groups 500, and all of the organization that has few", func(t *testing.T) {
		s := newScene(t)
		s.Join(s.stranger, s.foreignGroup, s.user, directory.RoleManager)
		for i := range 510 {
			if _, _, err := s.Directory.PutGroupMember(t.Context(), s.admin, s.Group(s.admin, s.org, fmt.Sprintf("More %d", i)).ID, s.user.ID); err != nil {
				t.Fatal(err)
			}
		}
		me, err := s.Directory.Me(t.Context(), s.user)
		s.must(err)
		of := map[directory.OrgID]int{}
		for _, o := range me.Orgs {
			of[o.Org.ID] = len(o.Groups)
		}
		if of[s.org.ID] != 499 || of[s.foreign.ID] != 1 {
			t.Errorf("%v", of)
		}
	})
	t.Run("shows groups and organizations by id", func(t *testing.T) {
		for i := range 6 {
			org := s.Org(Person(fmt.Sprintf("founder %d", i)), "More")
			for range 3 {
				s.Join(Person(fmt.Sprintf("founder %d", i)), s.Group(Person(fmt.Sprintf("founder %d", i)), org, "More"), s.user, directory.RoleUser)
			}
		}
		me, err := s.Directory.Me(t.Context(), s.user)
		s.must(err)
		if len(me.Orgs) != 8 || !slices.IsSortedFunc(me.Orgs, func(a, b directory.MyOrg) int { return slices.Compare(a.Org.ID[:], b.Org.ID[:]) }) {
			t.Errorf("%v", belongings(me))
		}
		for _, o := range me.Orgs {
			if !slices.IsSortedFunc(o.Groups, func(a, b directory.Group) int { return slices.Compare(a.ID[:], b.ID[:]) }) {
				t.Errorf("%+v", o)
			}
		}
	})
}

func TestMe_ShowsTheNameOfARowToATokenWithoutOne(t *testing.T) {
	s := newScene(t)
	nameless := directory.Caller{ID: s.user.ID}
	if me, err := s.Directory.Me(t.Context(), nameless); err != nil || me.Caller.Name != "user" {
		t.Errorf("%+v, %v", me.Caller, err)
	}
	named := directory.Caller{ID: s.user.ID, Name: "Uma"}
	if me, err := s.Directory.Me(t.Context(), named); err != nil || me.Caller.Name != "Uma" {
		t.Errorf("%+v, %v", me.Caller, err)
	}
}

func TestMe_RenewsNameAndAddress(t *testing.T) {
	s := newScene(t)
	s.Join(s.stranger, s.foreignGroup, s.user, directory.RoleUser)
	stored := func(who directory.Caller) (list []string) {
		for _, view := range []struct {
			admin directory.Caller
			org   directory.Org
		}{{s.admin, s.org}, {s.stranger, s.foreign}} {
			page, err := s.Directory.ListOrgMembers(t.Context(), view.admin, view.org.ID, everything)
			s.must(err)
			for _, m := range page.Items {
				if m.ID == who.ID {
					list = append(list, m.Name+" "+m.Email)
				}
			}
		}
		return list
	}
	for _, c := range []struct {
		what, name, email string
		verified          bool
		want              string
	}{
		{"another name", "Uma", "user@example.com", true, "Uma user@example.com"},
		{"another verified address", "Uma", "uma@example.com", true, "Uma uma@example.com"},
		{"an address that isn't verified is not stored", "Uma", "evil@example.com", false, "Uma uma@example.com"},
		{"a token without either takes nothing away", "", "", false, "Uma uma@example.com"},
	} {
		t.Run(c.what, func(t *testing.T) {
			caller := directory.Caller{ID: s.user.ID, Name: c.name, Email: c.email, Verified: c.verified}
			if _, err := s.Directory.Me(t.Context(), caller); err != nil {
				t.Fatal(err)
			}
			if got := stored(s.user); !slices.Equal(got, []string{c.want, c.want}) {
				t.Errorf("stored %q", got)
			}
		})
	}
	t.Run("a token without a name leaves each organization the name that it has", func(t *testing.T) {
		s.must(s.Table.RenameMember(t.Context(), s.org.ID, s.user.ID, "Una", "uma@example.com")) // as she redeemed there last
		before := stored(s.user)
		if _, err := s.Directory.Me(t.Context(), directory.Caller{ID: s.user.ID}); err != nil {
			t.Fatal(err)
		}
		if got := stored(s.user); !slices.Equal(got, before) {
			t.Errorf("stored %q, before %q", got, before)
		}
	})
	t.Run("not in the row of someone who has left", func(t *testing.T) {
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.user, s.org.ID, s.user.ID))
		before := s.membership(s.user)
		caller := directory.Caller{ID: s.user.ID, Name: "Una"}
		if _, err := s.Directory.Me(t.Context(), caller); err != nil || s.membership(s.user) != before {
			t.Errorf("%v, %+v", err, s.membership(s.user))
		}
	})
}
