package directory_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
)

func TestCreateGroup(t *testing.T) {
	create := func(s scene, who directory.Caller, org directory.OrgID, name string) (directory.GroupView, error) {
		return s.Directory.CreateGroup(t.Context(), who, org, name)
	}
	t.Run("makes a group that its creator isn't in", func(t *testing.T) {
		s := newScene(t)
		view, err := create(s, s.admin, s.org.ID, " Zoe\u0308 ")
		if err != nil || view.Group.Name != "Zoë" || view.Group.ID.Org() != s.org.ID || view.Group.Version != 1 || view.OrgName != "Acme" ||
			!view.Group.CreatedAt.Equal(s.Clock.Now()) {
			t.Fatalf("%+v, %v", view, err)
		}
		if slices.Contains(view.Standing.Capabilities(), "leave") || !slices.Contains(view.Standing.Capabilities(), "delete_group") {
			t.Errorf("capabilities %q", view.Standing.Capabilities())
		}
		if again, err := s.Directory.GetGroup(t.Context(), s.admin, view.Group.ID); err != nil || again.Group != view.Group {
			t.Errorf("read again: %+v, %v", again, err)
		}
	})
	t.Run("is for admins of the organization", func(t *testing.T) {
		s := newScene(t)
		for _, c := range []struct {
			who  directory.Caller
			org  directory.OrgID
			name string
			want error
		}{
			{s.user, s.org.ID, "x", directory.ErrForbidden},
			{s.manager, s.org.ID, "x", directory.ErrForbidden},
			{s.stranger, s.org.ID, "x", directory.ErrNotFound},
			{s.admin, s.foreign.ID, "x", directory.ErrNotFound},
			{s.admin, directory.OrgID{1}, "x", directory.ErrNotFound},
			{s.admin, s.org.ID, "", directory.Invalid("name", "")},
			{s.admin, s.org.ID, "a\u202eb", directory.Invalid("name", "")},
			{s.admin, s.org.ID, strings.Repeat("x", 81), directory.Invalid("name", "")},
		} {
			s.refused(c.want, func() error { _, err := create(s, c.who, c.org, c.name); return err })
		}
	})
	t.Run("makes one group when an answer is lost, or a conflict is met", func(t *testing.T) {
		for _, fault := range []faults.Fault{faults.Lose, faults.Conflict, faults.Throttle} {
			s := newScene(t)
			s.Faults.Reset(faults.On(2, fault))
			view, err := create(s, s.admin, s.org.ID, "New")
			s.Faults.Reset(nil)
			page, listErr := s.Directory.ListGroups(t.Context(), s.admin, s.org.ID, everything)
			if err != nil || listErr != nil || len(page.Items) != 3 || !slices.ContainsFunc(page.Items, func(g directory.GroupView) bool { return g.Group == view.Group }) {
				t.Errorf("fault %d: %+v, %v, %v", fault, page.Items, err, listErr)
			}
		}
	})
	t.Run("takes another id if one is taken", func(t *testing.T) {
		s := newScene(t)
		s.Directory.Random = strings.NewReader(string(s.group.ID[5:]) + "\x01\x02\x03")
		view, err := create(s, s.admin, s.org.ID, "New")
		if err != nil || view.Group.ID[7] != 3 || view.Group.Name != "New" {
			t.Errorf("%+v, %v", view, err)
		}
		if old, err := s.Directory.GetGroup(t.Context(), s.admin, s.group.ID); err != nil || old.Group != s.group {
			t.Errorf("the other group is %+v, %v", old, err)
		}
	})
}

func TestGetGroup(t *testing.T) {
	s := newScene(t)
	for who, want := range map[string]string{
		"user":    "create_invites leave",
		"manager": "create_invites see_all_invites add_members remove_members leave",
		"admin":   "create_invites see_all_invites add_members remove_members change_group delete_group",
	} {
		view, err := s.Directory.GetGroup(t.Context(), Person(who), s.group.ID)
		if err != nil || view.Group != s.group || view.OrgName != "Acme" || !slices.Equal(view.Standing.Capabilities(), strings.Fields(want)) {
			t.Errorf("%s: %+v, %v", who, view, err)
		}
	}
	get := func(who directory.Caller, id directory.GroupID) func() error {
		return func() error { _, err := s.Directory.GetGroup(t.Context(), who, id); return err }
	}
	s.refused(directory.ErrNotFound, get(s.user, s.second.ID))
	s.refused(directory.ErrNotFound, get(s.manager, s.second.ID))
	s.refused(directory.ErrNotFound, get(s.stranger, s.group.ID))
	s.refused(directory.ErrNotFound, get(s.admin, s.foreignGroup.ID))
	s.refused(directory.ErrNotFound, get(s.admin, directory.GroupID(append(s.org.ID[:], 0, 0, 0))))
	s.refused(directory.ErrNotFound, get(s.admin, directory.GroupID{}))
}

func TestListGroups(t *testing.T) {
	s := newScene(t)
	list := func(who directory.Caller, req directory.PageRequest) (directory.Page[directory.GroupView], error) {
		return s.Directory.ListGroups(t.Context(), who, s.org.ID, req)
	}
	t.Run("shows admins all, others their own", func(t *testing.T) {
		for who, want := range map[string]int{"admin": 2, "manager": 1, "user": 1} {
			page, err := list(Person(who), everything)
			if err != nil || len(page.Items) != want || page.Next != "" {
				t.Errorf("%s: %+v, %v", who, page, err)
			}
			for _, g := range page.Items {
				if g.OrgName != "Acme" || who != "admin" && g.Group != s.group {
					t.Errorf("%s: %+v", who, g)
				}
			}
		}
	})
	t.Run("shows someone in two organizations the one that he asks for", func(t *testing.T) {
		s.Join(s.stranger, s.foreignGroup, s.user, directory.RoleUser)
		page, err := list(s.user, everything)
		if err != nil || len(page.Items) != 1 || page.Items[0].Group != s.group {
			t.Errorf("%+v, %v", page, err)
		}
	})
	t.Run("is there for members only", func(t *testing.T) {
		s.refused(directory.ErrNotFound, func() error { _, err := list(s.stranger, everything); return err })
		s.refused(directory.ErrNotFound, func() error { _, err := list(Person("nobody"), everything); return err })
	})
	t.Run("leaves out what someone left, was removed from, or was in before he was out", func(t *testing.T) {
		removed, back := s.bring("removed"), s.bring("back")
		s.must(s.Directory.RemoveGroupMember(t.Context(), s.user, s.group.ID, s.user.ID))
		s.must(s.Directory.RemoveGroupMember(t.Context(), s.admin, s.group.ID, removed.ID))
		s.must(s.Directory.RemoveOrgMember(t.Context(), back, s.org.ID, back.ID))
		_, _, err := s.Directory.PutOrgMember(t.Context(), s.admin, s.org.ID, back.ID, "")
		s.must(err)
		for _, who := range []directory.Caller{s.user, removed, back} {
			if page, err := list(who, everything); err != nil || len(page.Items) != 0 || page.Items == nil {
				t.Errorf("%s: %+v, %v", who.Name, page, err)
			}
		}
	})
	t.Run("pages, each group once", func(t *testing.T) {
		for range 8 {
			g := s.Group(s.admin, s.org, "More")
			_, _, err := s.Directory.PutGroupMember(t.Context(), s.admin, g.ID, s.manager.ID)
			s.must(err)
		}
		for who, want := range map[string]int{"admin": 10, "manager": 9} {
			for limit := 1; limit <= 11; limit++ {
				var ids []string
				pages(t, limit, func(req directory.PageRequest) (int, string, error) {
					page, err := list(Person(who), req)
					for _, g := range page.Items {
						ids = append(ids, g.Group.ID.String())
					}
					return len(page.Items), page.Next, err
				})
				if len(ids) != want || !slices.IsSorted(ids) || len(slices.Compact(ids)) != want {
					t.Errorf("%s by %d: %v", who, limit, ids)
				}
			}
		}
	})
}

func TestChangeGroup(t *testing.T) {
	change := func(s scene, who directory.Caller, id directory.GroupID, name string, versions ...int64) (directory.GroupView, error) {
		return s.Directory.ChangeGroup(t.Context(), who, id, name, versions)
	}
	t.Run("gives it another name, in its next version, and is audited", func(t *testing.T) {
		s := newScene(t)
		before := len(s.audit())
		view, err := change(s, s.admin, s.group.ID, " Zoe\u0308's huts ")
		want := s.group
		want.Name, want.Version = "Zoë's huts", 2
		if err != nil || view.Group != want || view.OrgName != "Acme" || !slices.Contains(view.Standing.Capabilities(), "change_group") {
			t.Errorf("%+v, %v", view, err)
		}
		if again, err := s.Directory.GetGroup(t.Context(), s.user, s.group.ID); err != nil || again.Group != want {
			t.Errorf("read again: %+v, %v", again, err)
		}
		if audit := s.audit(); len(audit) != before+1 || audit[before] != "group.changed " {
			t.Errorf("audited %q", audit[before:])
		}
	})
	t.Run("is refused to all but admins, and with a faulty name", func(t *testing.T) {
		s := newScene(t)
		for _, c := range []struct {
			who  directory.Caller
			id   directory.GroupID
			name string
			want error
		}{
			{s.user, s.group.ID, "Mine", directory.ErrForbidden},
			{s.manager, s.group.ID, "Mine", directory.ErrForbidden},
			{s.user, s.second.ID, "Mine", directory.ErrNotFound}, // which she doesn't see
			{s.manager, s.second.ID, "Mine", directory.ErrNotFound},
			{s.stranger, s.group.ID, "Mine", directory.ErrNotFound},
			{s.admin, s.foreignGroup.ID, "Mine", directory.ErrNotFound},
			{s.admin, s.group.ID, "a\u200bb", directory.Invalid("name", "")},
			{s.admin, s.group.ID, "", directory.Invalid("name", "")},
		} {
			s.refused(c.want, func() error { _, err := change(s, c.who, c.id, c.name); return err })
		}
	})
	t.Run("is refused for a version that it isn't in", func(t *testing.T) {
		s := newScene(t)
		s.must(second(change(s, s.admin, s.group.ID, "Huts", 1)))
		s.refused(directory.ErrPrecondition, func() error { return second(change(s, s.admin, s.group.ID, "More huts", 1)) })
		s.refused(directory.ErrPrecondition, func() error { return second(change(s, s.admin, s.group.ID, "More huts", 3)) })
		s.must(second(change(s, s.admin, s.group.ID, "More huts", 7, 2)))
		s.must(second(change(s, s.admin, s.group.ID, "All huts"))) // any
	})
	t.Run("made by an attempt whose answer was lost is made, and audited once", func(t *testing.T) {
		s := newScene(t)
		before := len(s.audit())
		s.Faults.Reset(faults.On(2, faults.Lose)) // read, then write
		view, err := change(s, s.admin, s.group.ID, "Huts", 1)
		if err != nil || view.Group.Name != "Huts" || view.Group.Version != 2 {
			t.Errorf("%+v, %v", view, err)
		}
		if n := len(s.audit()) - before; n != 1 {
			t.Errorf("audited %d times", n)
		}
	})
}

func TestDeleteGroup(t *testing.T) {
	remove := func(s scene, who directory.Caller, id directory.GroupID) func() error {
		return func() error { return s.Directory.DeleteGroup(t.Context(), who, id) }
	}
	t.Run("is for admins", func(t *testing.T) {
		s := newScene(t)
		s.refused(directory.ErrForbidden, remove(s, s.user, s.group.ID))
		s.refused(directory.ErrForbidden, remove(s, s.manager, s.group.ID))
		s.refused(directory.ErrNotFound, remove(s, s.user, s.second.ID))
		s.refused(directory.ErrNotFound, remove(s, s.stranger, s.group.ID))
		s.refused(directory.ErrNotFound, remove(s, s.admin, s.foreignGroup.ID))
		s.must(remove(s, s.admin, s.group.ID)())
		for _, who := range []directory.Caller{s.admin, s.user} {
			if _, err := s.Directory.GetGroup(t.Context(), who, s.group.ID); !errors.Is(err, directory.ErrNotFound) {
				t.Errorf("%s sees it: %v", who.Name, err)
			}
		}
		s.must(second(s.Directory.GetGroup(t.Context(), s.admin, s.second.ID)))
		s.refused(directory.ErrNotFound, remove(s, s.admin, s.group.ID))
	})
	t.Run("whose answer was lost is done", func(t *testing.T) {
		s := newScene(t)
		s.Faults.Reset(faults.On(2, faults.Lose)) // read, then write
		s.must(remove(s, s.admin, s.group.ID)())
	})
}
