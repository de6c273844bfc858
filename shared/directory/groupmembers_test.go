package directory_test

import (
	"slices"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
)

func TestListGroupMembers(t *testing.T) {
	s := newScene(t)
	list := func(who directory.Caller, group directory.Group) ([]directory.Member, error) {
		page, err := s.Directory.ListGroupMembers(t.Context(), who, group.ID, everything)
		return page.Items, err
	}
	for _, who := range []directory.Caller{s.admin, s.manager, s.user} {
		t.Run("shows "+who.Name+" all who are in", func(t *testing.T) {
			members, err := list(who, s.group)
			if err != nil || !slices.Equal(names(members), []string{"manager manager", "user user"}) {
				t.Errorf("%v, %v", names(members), err)
			}
			for _, m := range members {
				if m.ShowEmail != (who.ID == s.admin.ID) || m.ShowEmail != (m.Email != "") {
					t.Errorf("%+v", m)
				}
			}
		})
	}
	t.Run("shows when they joined the group, not the organization", func(t *testing.T) {
		s.Clock.Advance(time.Hour)
		_, _, err := s.Directory.PutGroupMember(t.Context(), s.admin, s.second.ID, s.manager.ID)
		s.must(err)
		members, err := list(s.admin, s.second)
		if err != nil || len(members) != 1 || !members[0].JoinedAt.Equal(s.Clock.Now()) {
			t.Errorf("%+v, %v", members, err)
		}
	})
	t.Run("is refused to all others", func(t *testing.T) {
		for _, who := range []directory.Caller{s.stranger, Person("nobody"), s.user} {
			s.refused(directory.ErrNotFound, func() error { _, err := list(who, s.second); return err })
		}
		s.refused(directory.ErrNotFound, func() error { _, err := list(s.stranger, s.group); return err })
		s.refused(directory.ErrNotFound, func() error { _, err := list(s.admin, s.foreignGroup); return err })
		s.refused(directory.ErrNotFound, func() error {
			_, err := list(s.admin, directory.Group{ID: directory.GroupID(append(s.org.ID[:], 1, 2, 3))})
			return err
		})
	})
}

func TestPutGroupMember(t *testing.T) {
	put := func(s scene, by, of directory.Caller, group directory.Group) (bool, error) {
		m, added, err := s.Directory.PutGroupMember(t.Context(), by, group.ID, of.ID)
		if err == nil && (m.ID != of.ID || m.ShowEmail != (by.ID == s.admin.ID)) {
			t.Errorf("%+v", m)
		}
		return added, err
	}
	refused := func(s scene, want error, by, of directory.Caller, group directory.Group) {
		s.Helper()
		s.refused(want, func() error { _, err := put(s, by, of, group); return err })
	}
	t.Run("adds a member of the organization, and changes nothing for who is in", func(t *testing.T) {
		s := newScene(t)
		n := len(s.audit())
		if added, err := put(s, s.manager, s.admin, s.group); err != nil || !added || !s.membership(s.admin).InGroup() {
			t.Errorf("%v, %v", added, err)
		}
		if audit := s.audit()[n:]; !slices.Equal(audit, []string{"group_member.added " + s.group.ID.String()}) {
			t.Errorf("audited %q", audit)
		}
		before := s.Content()
		if added, err := put(s, s.admin, s.admin, s.group); err != nil || added || s.Content() != before {
			t.Errorf("again: %v, %v", added, err)
		}
		if m := s.membership(s.admin); m.OrgMember.Role != directory.RoleAdmin {
			t.Errorf("%+v", m)
		}
	})
	t.Run("lifts a removal from the group", func(t *testing.T) {
		s := newScene(t)
		s.must(s.Directory.RemoveGroupMember(t.Context(), s.manager, s.group.ID, s.user.ID))
		s.Clock.Advance(time.Second)
		if added, err := put(s, s.manager, s.user, s.group); err != nil || !added {
			t.Errorf("%v, %v", added, err)
		}
		if m := s.membership(s.user); !m.InGroup() || !m.GroupMember.RemovedAt.IsZero() || !m.GroupMember.JoinedAt.Equal(s.Clock.Now()) {
			t.Errorf("%+v", m)
		}
	})
	t.Run("makes the row of an earlier membership count again", func(t *testing.T) {
		s := newScene(t)
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
		_, _, err := s.Directory.PutOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID, "")
		s.must(err)
		if added, err := put(s, s.manager, s.user, s.group); err != nil || !added || !s.membership(s.user).InGroup() {
			t.Errorf("%v, %v, %+v", added, err, s.membership(s.user))
		}
	})
	t.Run("is refused to users, to managers of other groups, and to who doesn't see the group", func(t *testing.T) {
		s := newScene(t)
		refused(s, directory.ErrForbidden, s.user, s.admin, s.group)
		refused(s, directory.ErrForbidden, s.user, s.user, s.group)
		refused(s, directory.ErrNotFound, s.manager, s.user, s.second)
		refused(s, directory.ErrNotFound, s.manager, s.manager, s.second)
		refused(s, directory.ErrNotFound, s.stranger, s.user, s.group)
		refused(s, directory.ErrNotFound, s.admin, s.admin, s.foreignGroup)
	})
	t.Run("takes nobody who isn't in the organization", func(t *testing.T) {
		s := newScene(t)
		refused(s, directory.ErrNotFound, s.admin, Person("nobody"), s.group)
		refused(s, directory.ErrNotFound, s.admin, s.stranger, s.group)
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.user, s.org.ID, s.user.ID))
		refused(s, directory.ErrNotFound, s.admin, s.user, s.group)
	})
}

func TestRemoveGroupMember(t *testing.T) {
	remove := func(s scene, by, of directory.Caller, group directory.Group) error {
		return s.Directory.RemoveGroupMember(t.Context(), by, group.ID, of.ID)
	}
	refused := func(s scene, want error, by, of directory.Caller, group directory.Group) {
		s.Helper()
		s.refused(want, func() error { return remove(s, by, of, group) })
	}
	t.Run("ends the membership in this group only, records it, and is audited", func(t *testing.T) {
		s := newScene(t)
		_, _, err := s.Directory.PutGroupMember(t.Context(), s.admin, s.second.ID, s.user.ID)
		s.must(err)
		s.Clock.Advance(time.Second)
		n := len(s.audit())
		s.must(remove(s, s.manager, s.user, s.group))
		m := s.membership(s.user)
		if m.InGroup() || !m.InOrg() || m.GroupMember.State != directory.StateRemoved || !m.GroupMember.RemovedAt.Equal(s.Clock.Now()) {
			t.Errorf("%+v", m)
		}
		if page, err := s.Directory.ListGroupMembers(t.Context(), s.user, s.second.ID, everything); err != nil || len(page.Items) != 1 {
			t.Errorf("in the other group: %v, %v", page.Items, err)
		}
		if audit := s.audit()[n:]; !slices.Equal(audit, []string{"group_member.removed " + s.group.ID.String()}) {
			t.Errorf("audited %q", audit)
		}
	})
	t.Run("once more in the same millisecond it is on record already, whatever goes wrong", func(t *testing.T) {
		for _, fault := range []faults.Fault{faults.None, faults.Throttle, faults.Conflict, faults.Lose} {
			s := newScene(t)
			s.must(remove(s, s.manager, s.user, s.group))
			n := len(s.audit())
			s.Faults.Reset(faults.On(1, fault)) // it only reads
			s.must(remove(s, s.manager, s.user, s.group))
			s.Faults.Reset(nil)
			if audit := s.audit()[n:]; len(audit) > 0 {
				t.Errorf("fault %d: audited %q", fault, audit)
			}
		}
	})
	t.Run("managers remove users, admins everyone", func(t *testing.T) {
		s := newScene(t)
		second := Person("second manager")
		s.Join(s.admin, s.group, second, directory.RoleManager)
		_, _, err := s.Directory.PutGroupMember(t.Context(), s.admin, s.group.ID, s.admin.ID)
		s.must(err)
		refused(s, directory.ErrForbidden, s.manager, second, s.group)
		refused(s, directory.ErrForbidden, s.manager, s.admin, s.group)
		s.must(remove(s, s.manager, s.user, s.group))
		s.must(remove(s, s.admin, second, s.group))
		s.must(remove(s, s.admin, s.manager, s.group))
		refused(s, directory.ErrNotFound, s.manager, s.admin, s.group) // he doesn't see the group any more
	})
	t.Run("users remove nobody", func(t *testing.T) {
		s := newScene(t)
		other := s.bring("other")
		for _, of := range []directory.Caller{other, s.manager, s.admin, Person("nobody")} {
			refused(s, directory.ErrForbidden, s.user, of, s.group)
		}
	})
	t.Run("it isn't there for who doesn't see the group, nor are people who never were in it", func(t *testing.T) {
		s := newScene(t)
		refused(s, directory.ErrNotFound, s.stranger, s.user, s.group)
		refused(s, directory.ErrNotFound, s.manager, s.user, s.second)
		refused(s, directory.ErrNotFound, s.admin, s.stranger, s.foreignGroup)
		refused(s, directory.ErrNotFound, s.admin, s.user, s.second)
		refused(s, directory.ErrNotFound, s.manager, s.admin, s.group)
		refused(s, directory.ErrNotFound, s.admin, s.admin, s.group)
		refused(s, directory.ErrNotFound, s.manager, Person("nobody"), s.group)
	})
	t.Run("leaving is for everyone who is in, and records no removal", func(t *testing.T) {
		s := newScene(t)
		n := len(s.audit())
		for _, who := range []directory.Caller{s.user, s.manager} {
			s.must(remove(s, who, who, s.group))
			if m := s.membership(who).GroupMember; m.State != directory.StateLeft || !m.RemovedAt.IsZero() {
				t.Errorf("%+v", m)
			}
			refused(s, directory.ErrNotFound, who, who, s.group)
		}
		if len(s.audit()) != n {
			t.Error("leaving is audited as an act of power")
		}
	})
	t.Run("someone who left is removed all the same, and leaving first is no way around", func(t *testing.T) {
		s := newScene(t)
		s.must(remove(s, s.user, s.user, s.group))
		s.Clock.Advance(time.Second)
		s.must(remove(s, s.manager, s.user, s.group))
		if m := s.membership(s.user).GroupMember; m.State != directory.StateRemoved || !m.RemovedAt.Equal(s.Clock.Now()) {
			t.Errorf("%+v", m)
		}
		refused(s, directory.ErrNotFound, s.user, s.user, s.group)
	})
	t.Run("leaving never overwrites a removal", func(t *testing.T) {
		s := newScene(t)
		s.must(remove(s, s.admin, s.user, s.group))
		removed := s.Clock.Now()
		s.Clock.Advance(time.Second)
		s.bring("user") // by a link made after it
		s.must(remove(s, s.user, s.user, s.group))
		if m := s.membership(s.user).GroupMember; m.State != directory.StateLeft || !m.RemovedAt.Equal(removed) {
			t.Errorf("%+v", m)
		}
	})
	t.Run("someone out of the organization is removed from the group too", func(t *testing.T) {
		s := newScene(t)
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.user, s.org.ID, s.user.ID))
		s.must(remove(s, s.manager, s.user, s.group))
		if m := s.membership(s.user); m.GroupMember.State != directory.StateRemoved {
			t.Errorf("%+v", m)
		}
	})
	t.Run("leaving and being removed at once ends in a removal", func(t *testing.T) {
		for range 10 {
			s := newScene(t)
			errs := together(2, func(i int) error { return remove(s, []directory.Caller{s.user, s.admin}[i], s.user, s.group) })
			if m := s.membership(s.user).GroupMember; m.State != directory.StateRemoved || m.RemovedAt.IsZero() || errs[1] != nil {
				t.Errorf("%+v, %v", m, errs)
			}
		}
	})
}
