package invite_test

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
	"group-invites/shared/invite"
	"group-invites/shared/linkcode"
)

// list reads all pages of a group's links, and checks them: full but for the last, none empty before the last, newest first.
func (s scene) list(who directory.Caller, limit int) (links []invite.View) {
	s.Helper()
	req := directory.PageRequest{Limit: limit}
	for n := 1; ; n++ {
		page, err := s.Invites.List(s.Context(), who, s.group.ID, req)
		if err != nil {
			s.Fatalf("%s, page %d: %v", who.Name, n, err)
		}
		links = append(links, page.Items...)
		if len(page.Items) > limit || page.Next != "" && len(page.Items) != limit || n > 1 && len(page.Items) == 0 {
			s.Errorf("%s: page %d holds %d of %d", who.Name, n, len(page.Items), limit)
		}
		if page.Next == "" {
			break
		}
		req.Cursor = page.Next
	}
	if !slices.IsSortedFunc(links, func(a, b invite.View) int { return b.CreatedAt.Compare(a.CreatedAt) }) {
		s.Errorf("%s: not newest first", who.Name)
	}
	return links
}

// labels gives the links' labels.
func labels(links []invite.View) []string {
	list := make([]string, len(links))
	for i, l := range links {
		list[i] = l.Name
	}
	return list
}

func TestList_Rights(t *testing.T) {
	s := newScene(t)
	for _, who := range []directory.Caller{s.user, s.manager, s.admin} {
		s.Link(who, s.group, named("by "+who.Name))
		s.Clock.Advance(time.Second)
	}
	other := Person("other")
	s.Join(s.admin, s.group, other, directory.RoleUser)
	all := []string{"by admin", "by manager", "by user"}
	for _, c := range []struct {
		who  directory.Caller
		want []string
	}{{s.admin, all}, {s.manager, all}, {s.user, []string{"by user"}}, {other, []string{}}} {
		t.Run("shows "+c.who.Name+" his own, or all", func(t *testing.T) {
			for limit := 1; limit <= 4; limit++ {
				if got := labels(s.list(c.who, limit)); !slices.Equal(got, c.want) {
					t.Errorf("by %d: %q, want %q", limit, got, c.want)
				}
			}
		})
	}
	t.Run("is refused to who doesn't see the group", func(t *testing.T) {
		s.Join(s.admin, s.second, Person("colleague"), directory.RoleManager)
		stranger := Person("stranger")
		s.Org(stranger, "Other")
		for _, who := range []directory.Caller{Person("colleague"), stranger, Person("nobody")} {
			s.refused(directory.ErrNotFound, func() error {
				_, err := s.Invites.List(t.Context(), who, s.group.ID, directory.PageRequest{Limit: 50})
				return err
			})
		}
	})
}

// The same rights hold for reading one link and for deleting it.
func TestGetAndDelete_Rights(t *testing.T) {
	s := newScene(t)
	s.Join(s.admin, s.second, Person("colleague"), directory.RoleManager)
	stranger := Person("stranger")
	foreign := s.Group(stranger, s.Org(stranger, "Other"), "Elsewhere")
	another := Person("another user")
	s.Join(s.admin, s.group, another, directory.RoleUser)
	for _, c := range []struct {
		who, creator directory.Caller
		sees         bool
	}{
		{s.user, s.user, true}, {s.user, s.manager, false}, {s.user, s.admin, false}, {s.user, another, false},
		{s.manager, s.user, true}, {s.manager, s.manager, true}, {s.manager, s.admin, true},
		{s.admin, s.user, true}, {s.admin, s.manager, true}, {s.admin, s.admin, true},
		{Person("colleague"), s.user, false}, {stranger, s.user, false}, {Person("nobody"), s.user, false},
	} {
		t.Run(fmt.Sprintf("%s, a link of %s: %v", c.who.Name, c.creator.Name, c.sees), func(t *testing.T) {
			link := s.Link(c.creator, s.group)
			get := func(group directory.GroupID, id invite.ID) func() error {
				return func() error { _, err := s.Invites.Get(t.Context(), c.who, group, id); return err }
			}
			remove := func(group directory.GroupID, id invite.ID) func() error {
				return func() error { return s.Invites.Delete(t.Context(), c.who, group, id) }
			}
			for _, act := range []func(directory.GroupID, invite.ID) func() error{get, remove} {
				s.refused(directory.ErrNotFound, act(s.second.ID, link.ID)) // of another group
				s.refused(directory.ErrNotFound, act(foreign.ID, link.ID))
				s.refused(directory.ErrNotFound, act(s.group.ID, invite.ID{1}))
				s.refused(directory.ErrNotFound, act(s.group.ID, invite.ID{}))
			}
			if !c.sees {
				s.refused(directory.ErrNotFound, get(s.group.ID, link.ID))
				s.refused(directory.ErrNotFound, remove(s.group.ID, link.ID))
				return
			}
			if err := get(s.group.ID, link.ID)(); err != nil {
				t.Error(err)
			}
			if err := remove(s.group.ID, link.ID)(); err != nil {
				t.Error(err)
			}
			for _, act := range []func() error{get(s.group.ID, link.ID), remove(s.group.ID, link.ID)} {
				s.refused(directory.ErrNotFound, act)
			}
		})
	}
	t.Run("someone who is out of the group doesn't see his links any more", func(t *testing.T) {
		link := s.Link(s.user, s.group)
		s.must(s.Directory.RemoveGroupMember(t.Context(), s.user, s.group.ID, s.user.ID))
		s.refused(directory.ErrNotFound, func() error { _, err := s.Invites.Get(t.Context(), s.user, s.group.ID, link.ID); return err })
		s.refused(directory.ErrNotFound, func() error { return s.Invites.Delete(t.Context(), s.user, s.group.ID, link.ID) })
		if _, err := s.Invites.Get(t.Context(), s.manager, s.group.ID, link.ID); err != nil {
			t.Errorf("the manager: %v", err)
		}
	})
}

func TestDelete_IsAudited(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.user, s.group)
	s.must(s.Invites.Delete(t.Context(), s.manager, s.group.ID, link.ID))
	var found bool
	for line := range strings.Lines(s.Content()) {
		found = found || strings.Contains(line, `action="invite.deleted"`) && strings.Contains(line, s.manager.ID.String()) &&
			strings.Contains(line, link.ID.String()) && strings.Contains(line, s.group.ID.String())
	}
	if !found {
		t.Errorf("no audit row in\n%s", s.Content())
	}
}

// A URL is shown only to those who could create that link now.
func TestURL_IsShownToWhoCouldCreateTheLink(t *testing.T) {
	none, managers, users := directory.AddPeople{}, directory.AddPeople{Manager: true}, directory.AddPeople{User: true}
	s := newScene(t)
	s.allow(directory.AddPeople{Manager: true, User: true})
	links := map[string]invite.View{
		"user org": s.Link(s.user, s.group), "user anyone": s.Link(s.user, s.group, Anyone), "admin anyone": s.Link(s.admin, s.group, Anyone),
	}
	for _, c := range []struct {
		who   directory.Caller
		link  string
		add   directory.AddPeople
		shown bool
	}{
		{s.user, "user org", none, true},
		{s.user, "user anyone", none, false},
		{s.user, "user anyone", managers, false},
		{s.user, "user anyone", users, true},
		{s.manager, "user org", none, true},
		{s.manager, "user anyone", none, false},
		{s.manager, "user anyone", users, false}, // its creator may, he may not
		{s.manager, "user anyone", managers, true},
		{s.manager, "admin anyone", none, false},
		{s.manager, "admin anyone", managers, true},
		{s.admin, "user anyone", none, true}, // suspended, but he could make it
		{s.admin, "admin anyone", none, true},
	} {
		t.Run(fmt.Sprintf("%s, link %s, addPeople %v: %v", c.who.Name, c.link, c.add.Roles(), c.shown), func(t *testing.T) {
			s.allow(c.add)
			want := ""
			if c.shown {
				want = links[c.link].URL
			}
			one, err := s.Invites.Get(t.Context(), c.who, s.group.ID, links[c.link].ID)
			if err != nil || one.URL != want {
				t.Errorf("a single read gives %q, %v", one.URL, err)
			}
			for _, l := range s.list(c.who, 50) {
				if l.ID == one.ID && l != one {
					t.Errorf("a list gives %+v, a single read %+v", l, one)
				}
			}
		})
	}
}

func TestList_States(t *testing.T) {
	s := newScene(t)
	s.allow(directory.AddPeople{Manager: true})
	s.Join(s.admin, s.second, Person("colleague"), directory.RoleUser)
	s.Link(s.admin, s.group, named("active"))
	s.Link(s.admin, s.group, named("expired"), expiring("1h"))
	s.Link(s.manager, s.group, named("suspended"), Anyone)
	s.redeem(Person("colleague"), s.Link(s.admin, s.group, named("used_up"), Cap(1)), nil)
	s.Link(s.manager, s.group, named("expired, and suspended too"), Anyone, expiring("1h"))
	gone := s.Link(s.admin, s.group, named("deleted"))
	s.must(s.Invites.Delete(t.Context(), s.admin, s.group.ID, gone.ID))
	s.allow(directory.AddPeople{})
	s.Clock.Advance(time.Hour)
	links := s.list(s.admin, 50)
	for _, l := range links {
		if want := invite.State(strings.SplitN(l.Name, ",", 2)[0]); l.State != want {
			t.Errorf("%q is %s", l.Name, l.State)
		}
		if one, err := s.Invites.Get(t.Context(), s.admin, s.group.ID, l.ID); err != nil || one != l {
			t.Errorf("a list gives %+v, a single read %+v, %v", l, one, err)
		}
	}
	if len(links) != 5 {
		t.Errorf("%d links: %q", len(links), labels(links))
	}
}

func TestList_StateFollowsTheCreator(t *testing.T) {
	state := func(s scene, link invite.View) invite.State {
		s.Helper()
		one, err := s.Invites.Get(s.Context(), s.admin, s.group.ID, link.ID)
		s.must(err)
		preview, err := s.Invites.Preview(s.Context(), Code(link))
		s.must(err)
		if preview.State != one.State {
			s.Errorf("a preview says %s, a read %s", preview.State, one.State)
		}
		return one.State
	}
	expect := func(s scene, link invite.View, want invite.State, when string) {
		s.Helper()
		if got := state(s, link); got != want {
			s.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	t.Run("demoted and promoted again", func(t *testing.T) {
		s := newScene(t)
		s.allow(directory.AddPeople{Manager: true})
		anyone, org := s.Link(s.manager, s.group, Anyone), s.Link(s.manager, s.group)
		role := func(r directory.Role) {
			_, err := s.Directory.ChangeRole(t.Context(), s.admin, s.org.ID, s.manager.ID, r)
			s.must(err)
		}
		role(directory.RoleUser)
		expect(s, anyone, invite.StateSuspended, "demoted")
		expect(s, org, invite.StateActive, "a link for members of someone demoted")
		role(directory.RoleManager)
		expect(s, anyone, invite.StateActive, "promoted again")
	})
	t.Run("addPeople narrowed and widened", func(t *testing.T) {
		s := newScene(t)
		s.allow(directory.AddPeople{User: true})
		link := s.Link(s.user, s.group, Anyone)
		s.allow(directory.AddPeople{Manager: true})
		expect(s, link, invite.StateSuspended, "narrowed")
		s.allow(directory.AddPeople{User: true})
		expect(s, link, invite.StateActive, "widened")
	})
	t.Run("out of the group and back", func(t *testing.T) {
		s := newScene(t)
		link := s.Link(s.user, s.group)
		s.must(s.Directory.RemoveGroupMember(t.Context(), s.manager, s.group.ID, s.user.ID))
		expect(s, link, invite.StateSuspended, "removed")
		_, _, err := s.Directory.PutGroupMember(t.Context(), s.manager, s.group.ID, s.user.ID)
		s.must(err)
		expect(s, link, invite.StateActive, "added again")
	})
	t.Run("out of the organization and back: what he made before stays suspended, what he makes now works", func(t *testing.T) {
		s := newScene(t)
		link := s.Link(s.user, s.group)
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.user, s.org.ID, s.user.ID))
		expect(s, link, invite.StateSuspended, "left")
		_, _, err := s.Directory.PutOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID, directory.RoleAdmin)
		s.must(err)
		_, _, err = s.Directory.PutGroupMember(t.Context(), s.admin, s.group.ID, s.user.ID)
		s.must(err)
		expect(s, link, invite.StateSuspended, "back, as an admin even")
		expect(s, s.Link(s.user, s.group), invite.StateActive, "a new link")
	})
}

// More links than fit on a page, those of the user sparse among them.
func TestList_Paging(t *testing.T) {
	s := newScene(t)
	var all, own []string
	for i := range 131 {
		creator := []directory.Caller{s.manager, s.admin}[i%2]
		name := fmt.Sprintf("link %03d", i)
		if i%19 == 3 {
			creator, own = s.user, append(own, name)
		}
		s.Link(creator, s.group, named(name))
		all = append(all, name)
		s.Clock.Advance(time.Millisecond)
	}
	slices.Reverse(all)
	slices.Reverse(own)
	for _, limit := range []int{1, 2, 3, 7, 49, 50} {
		for _, c := range []struct {
			who  directory.Caller
			want []string
		}{{s.admin, all}, {s.manager, all}, {s.user, own}} {
			if limit < 7 && c.who.ID != s.user.ID {
				continue // a hundred pages tell no more
			}
			t.Run(fmt.Sprintf("%s by %d", c.who.Name, limit), func(t *testing.T) {
				if got := labels(s.list(c.who, limit)); !slices.Equal(got, c.want) {
					t.Errorf("%q, want %q", got, c.want)
				}
			})
		}
	}
	t.Run("a link made or deleted between two pages shifts no other", func(t *testing.T) {
		for _, who := range []directory.Caller{s.manager, s.user} {
			want := labels(s.list(who, 50))[3:5]
			first, err := s.Invites.List(t.Context(), who, s.group.ID, directory.PageRequest{Limit: 3})
			s.must(err)
			s.Link(s.user, s.group, named("newer"))
			s.must(s.Invites.Delete(t.Context(), s.admin, s.group.ID, first.Items[2].ID)) // at which the cursor points
			second, err := s.Invites.List(t.Context(), who, s.group.ID, directory.PageRequest{Limit: 2, Cursor: first.Next})
			if err != nil || !slices.Equal(labels(second.Items), want) {
				t.Errorf("%s: %q, want %q, %v", who.Name, labels(second.Items), want, err)
			}
		}
	})
}

func TestList_CursorIsBoundToCallerAndGroup(t *testing.T) {
	s := newScene(t)
	for range 4 {
		s.Link(s.admin, s.group)
		s.Link(s.admin, s.second)
		s.Clock.Advance(time.Second)
	}
	read := func(who directory.Caller, group directory.Group, cursor string) error {
		_, err := s.Invites.List(t.Context(), who, group.ID, directory.PageRequest{Limit: 2, Cursor: cursor})
		return err
	}
	page, err := s.Invites.List(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 2})
	s.must(err)
	members, err := s.Directory.ListGroupMembers(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 1})
	s.must(err)
	s.must(read(s.admin, s.group, page.Next))
	invalid := directory.Invalid("cursor", "")
	s.refused(invalid, func() error { return read(s.manager, s.group, page.Next) })
	s.refused(invalid, func() error { return read(s.admin, s.second, page.Next) })
	s.refused(invalid, func() error { return read(s.admin, s.group, members.Next) })
	s.refused(invalid, func() error { return read(s.admin, s.group, page.Items[0].ID.String()) })
	s.refused(invalid, func() error { return read(s.admin, s.group, "x") })
	s.Clock.Advance(24 * time.Hour)
	s.must(read(s.admin, s.group, page.Next))
	s.Clock.Advance(time.Second)
	s.refused(invalid, func() error { return read(s.admin, s.group, page.Next) })
}

// What is gone between the page of ids and the reading of rows doesn't end the list; nor is a page less full for it, but the last.
func TestList_IndexThatIsBehind(t *testing.T) {
	s := newScene(t)
	for i := range 12 {
		s.Link(s.user, s.group, named(fmt.Sprintf("link %02d", i)))
		s.Link(s.manager, s.group)
		s.Clock.Advance(time.Second)
	}
	links := s.list(s.user, 3)
	stale := &staleIndex{Store: s.Table}
	s.Invites.Store = stale
	left := slices.Clone(labels(links))
	for _, gone := range [][]int{{1}, {0, 2}, {3}, {5, 6, 7, 8}, {9, 10, 11}} {
		for _, i := range gone {
			stale.deleted = append(stale.deleted, links[i].ID)
			s.must(s.Invites.Delete(t.Context(), s.user, s.group.ID, links[i].ID))
			left = slices.DeleteFunc(left, func(label string) bool { return label == links[i].Name })
		}
		for limit := 1; limit <= 4; limit++ {
			var got []string
			req := directory.PageRequest{Limit: limit}
			for {
				page, err := s.Invites.List(t.Context(), s.user, s.group.ID, req)
				s.must(err)
				got = append(got, labels(page.Items)...)
				if page.Next == "" {
					break
				}
				if len(page.Items) != req.Limit {
					t.Fatalf("a page of %d before the last", len(page.Items))
				}
				req.Cursor = page.Next
			}
			if !slices.Equal(got, left) {
				t.Errorf("by %d: %q, want %q", limit, got, left)
			}
		}
	}
}

// staleIndex is the table with an index that still lists what was deleted: what DynamoDB's may do for a moment, and the local
// engine never does.
type staleIndex struct {
	invite.Store
	deleted []invite.ID
}

func (x *staleIndex) OwnInviteIDs(ctx context.Context, group directory.GroupID, creator directory.UserID, before invite.ID, limit int) ([]invite.ID, bool, error) {
	ids, _, err := x.Store.OwnInviteIDs(ctx, group, creator, invite.ID{}, 50)
	ids = append(ids, x.deleted...)
	slices.SortFunc(ids, func(a, b invite.ID) int { return strings.Compare(b.String(), a.String()) })
	if before != (invite.ID{}) {
		ids = slices.DeleteFunc(ids, func(id invite.ID) bool { return id.String() >= before.String() })
	}
	return ids[:min(limit, len(ids))], len(ids) > limit, err
}

func TestLinks_WithoutAKeyRingAreUndecided(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group)
	first := true
	ring, err := linkcode.NewSource(t.Context(), "test", s.Clock.Now, func(context.Context) ([]byte, error) {
		if !first {
			return nil, errors.New("no answer")
		}
		first = false
		return []byte(RingText), nil
	})
	s.must(err)
	s.Invites.Ring = ring
	s.Clock.Advance(59 * time.Minute)
	if _, err := s.Invites.Preview(t.Context(), Code(link)); err != nil {
		t.Errorf("with a ring of an hour: %v", err)
	}
	s.Clock.Advance(time.Minute)
	for what, act := range map[string]func(ctx context.Context) error{
		"preview": func(ctx context.Context) error { _, err := s.Invites.Preview(ctx, Code(link)); return err },
		"redeem":  func(ctx context.Context) error { _, err := s.Invites.Redeem(ctx, s.user, Code(link)); return err },
		"create": func(ctx context.Context) error {
			_, err := s.Invites.Create(ctx, s.user, s.group.ID, invite.Request{Access: invite.AccessOrg, Expiration: "1h"})
			return err
		},
		"get": func(ctx context.Context) error {
			_, err := s.Invites.Get(ctx, s.admin, s.group.ID, link.ID)
			return err
		},
		"list": func(ctx context.Context) error {
			_, err := s.Invites.List(ctx, s.admin, s.group.ID, directory.PageRequest{Limit: 50})
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := act(ctx); !errors.Is(err, directory.ErrUnavailable) || !errors.Is(err, linkcode.ErrNoRing) {
				t.Errorf("gave %v", err)
			}
		})
	}
	t.Run("but deleting needs none", func(t *testing.T) {
		s.must(s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID))
	})
}
