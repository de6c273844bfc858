package accessrequest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// asked is a scene in which people have asked by links of several creators, and who they are.
func asked(t *testing.T) scene {
	s := newScene(t)
	s.allow(directory.AddPeople{Manager: true, User: true})
	byAdmin, byManager, byUser := s.Link(s.admin, s.group, Anyone, hour), s.Link(s.manager, s.group, Anyone, hour), s.Link(s.user, s.group, Anyone, hour)
	orgByUser := s.Link(s.user, s.group, hour)
	s.Clock.Advance(time.Hour)
	for name, link := range map[string]invite.View{"one": byAdmin, "two": byManager, "three": byUser} {
		s.ask(Person(name), link)
		s.Clock.Advance(time.Second)
	}
	s.ask(s.colleague, orgByUser)
	s.Clock.Advance(time.Second)
	return s
}

func hour(r *invite.Request) { r.Expiration = "1h" }

// sees holds whose requests somebody sees, in any order; and that he may decide on those and no others.
func (s scene) sees(viewer directory.Caller, names ...string) {
	s.Helper()
	got := strings.Fields(s.list(viewer))
	shown := map[string]bool{}
	for _, name := range got {
		shown[name] = true
	}
	if len(shown) != len(names) {
		s.Errorf("%s sees %v, want %v", viewer.Name, got, names)
	}
	for _, name := range names {
		if !shown[name] {
			s.Errorf("%s sees %v, want %v", viewer.Name, got, names)
		}
	}
	for _, name := range []string{"one", "two", "three", "colleague", "nobody"} {
		if shown[name] {
			continue
		}
		s.refused(directory.ErrNotFound, func() error {
			_, err := s.Access.Approve(s.Context(), viewer, s.group.ID, Person(name).ID)
			return err
		})
		s.refused(directory.ErrNotFound, func() error { return s.Access.Decline(s.Context(), viewer, s.group.ID, Person(name).ID) })
	}
}

func TestList_Rights(t *testing.T) {
	s := asked(t)
	s.sees(s.admin, "one", "two", "three", "colleague")
	s.sees(s.manager, "one", "two", "three", "colleague")
	s.sees(s.user, "three", "colleague")
	for _, who := range []directory.Caller{Person("stranger"), s.colleague} {
		s.refused(directory.ErrNotFound, func() error {
			_, err := s.Access.List(t.Context(), who, s.group.ID, directory.PageRequest{Limit: 50})
			return err
		})
		s.refused(directory.ErrNotFound, func() error {
			_, err := s.Access.Approve(t.Context(), who, s.group.ID, Person("one").ID)
			return err
		})
		s.refused(directory.ErrNotFound, func() error { return s.Access.Decline(t.Context(), who, s.group.ID, s.colleague.ID) })
	}
	// Who may not add people to the organization sees those alone who are in it.
	s.allow(directory.AddPeople{User: true})
	s.sees(s.manager, "colleague")
	s.sees(s.user, "three", "colleague")
	s.allow(directory.AddPeople{})
	s.sees(s.user, "colleague")
	s.sees(s.admin, "one", "two", "three", "colleague")
	// One becomes a member of the organization by another group: now it takes no more than that.
	s.Join(s.admin, s.second, Person("three"), directory.RoleUser)
	s.sees(s.user, "three", "colleague")
	s.sees(s.manager, "three", "colleague")
	// The creator is out of the group.
	s.must(s.Directory.RemoveGroupMember(t.Context(), s.user, s.group.ID, s.user.ID))
	s.refused(directory.ErrNotFound, func() error {
		_, err := s.Access.List(t.Context(), s.user, s.group.ID, directory.PageRequest{Limit: 50})
		return err
	})
}

func TestList_LeavesOutWhatStandsNoMore(t *testing.T) {
	for name, happens := range map[string]func(s scene){
		"he came in by another link": func(s scene) {
			_, err := s.Invites.Redeem(s.Context(), s.colleague, Code(s.Link(s.admin, s.group)))
			s.must(err)
		},
		"he was added, and left": func(s scene) {
			_, _, err := s.Directory.PutGroupMember(s.Context(), s.admin, s.group.ID, s.colleague.ID)
			s.must(err)
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.colleague, s.group.ID, s.colleague.ID))
		},
		"he was removed from the organization": func(s scene) {
			s.must(s.Directory.RemoveOrgMember(s.Context(), s.admin, s.org.ID, s.colleague.ID))
		},
		"he left the organization, and the link was for its members": func(s scene) {
			s.must(s.Directory.RemoveOrgMember(s.Context(), s.colleague, s.org.ID, s.colleague.ID))
		},
		"30 days are over": func(s scene) { s.Clock.Advance(30*24*time.Hour - time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.ask(s.colleague, s.expired(s.admin))
			s.Clock.Advance(time.Second)
			if got := s.list(s.admin); got != "colleague" {
				t.Fatalf("%q ask", got)
			}
			happens(s)
			s.sees(s.admin)
		})
	}
}

// TestList_RequestsOutliveTheirLink: that it is deleted is no answer to those who asked by it.
func TestList_RequestsOutliveTheirLink(t *testing.T) {
	s := newScene(t)
	link := s.expired(s.admin, Anyone)
	s.ask(Person("mira"), link)
	s.must(s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID))
	s.approve(s.admin, Person("mira"))
}

func TestList_AddressesAreForAdmins(t *testing.T) {
	s := asked(t)
	for who, shown := range map[directory.Caller]bool{s.admin: true, s.manager: false, s.user: false} {
		page, err := s.Access.List(t.Context(), who, s.group.ID, directory.PageRequest{Limit: 50})
		s.must(err)
		for _, v := range page.Items {
			if v.ShowEmail != shown {
				t.Errorf("%s: %+v", who.Name, v)
			}
			if v.NewToOrg != (v.Name != "colleague") {
				t.Errorf("new to the organization: %+v", v)
			}
		}
	}
}

func TestList_PagesNewestFirst(t *testing.T) {
	s := newScene(t)
	link := s.expired(s.admin, Anyone)
	const people = 73
	for i := range people {
		s.ask(Person(fmt.Sprint(i)), link)
		if i%3 != 0 { // some of the same millisecond
			s.Clock.Advance(time.Millisecond)
		}
	}
	seen := map[string]bool{}
	var last accessrequest.View
	request := directory.PageRequest{Limit: 10}
	for pages := 1; ; pages++ {
		page, err := s.Access.List(t.Context(), s.admin, s.group.ID, request)
		s.must(err)
		for _, v := range page.Items {
			if seen[v.Name] || !last.CreatedAt.IsZero() && v.CreatedAt.After(last.CreatedAt) {
				t.Errorf("%s is there twice, or out of order", v.Name)
			}
			seen[v.Name], last = true, v
		}
		if page.Next == "" {
			if pages != 8 || len(seen) != people {
				t.Errorf("%d on %d pages", len(seen), pages)
			}
			break
		}
		if len(page.Items) != 10 {
			t.Errorf("a page of %d", len(page.Items))
		}
		request.Cursor = page.Next
	}
	if page, err := s.Access.List(t.Context(), s.manager, s.group.ID, directory.PageRequest{Limit: 10}); err != nil || len(page.Items) != 0 || page.Next != "" {
		t.Errorf("a manager who may not add people sees %+v, %v", page, err)
	}
	invalid := new(directory.InvalidError)
	for _, who := range []directory.Caller{s.manager, s.user} {
		if _, err := s.Access.List(t.Context(), who, s.group.ID, request); !errors.As(err, &invalid) {
			t.Errorf("%s lists by the admin's cursor: %v", who.Name, err)
		}
	}
	if _, err := s.Access.List(t.Context(), s.admin, s.second.ID, request); !errors.As(err, &invalid) {
		t.Errorf("another group, by the cursor of this one: %v", err)
	}
}
