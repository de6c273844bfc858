package directory_test

import (
	"slices"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
)

func TestListOrgMembers(t *testing.T) {
	s := newScene(t)
	want := []string{"admin admin", "manager manager", "user user"}
	t.Run("shows admins all, with addresses", func(t *testing.T) {
		page, err := s.Directory.ListOrgMembers(t.Context(), s.admin, s.org.ID, everything)
		if err != nil || !slices.Equal(names(page.Items), want) || page.Next != "" {
			t.Errorf("%v, %v", names(page.Items), err)
		}
		for _, m := range page.Items {
			if !m.ShowEmail || m.Email != m.Name+"@example.com" || m.ID != Person(m.Name).ID || m.JoinedAt.IsZero() {
				t.Errorf("%+v", m)
			}
		}
	})
	t.Run("shows managers all, without addresses", func(t *testing.T) {
		page, err := s.Directory.ListOrgMembers(t.Context(), s.manager, s.org.ID, everything)
		if err != nil || !slices.Equal(names(page.Items), want) {
			t.Errorf("%v, %v", names(page.Items), err)
		}
		for _, m := range page.Items {
			if m.ShowEmail || m.Email != "" {
				t.Errorf("%+v", m)
			}
		}
	})
	list := func(who directory.Caller, org directory.OrgID) func() error {
		return func() error { _, err := s.Directory.ListOrgMembers(t.Context(), who, org, everything); return err }
	}
	s.refused(directory.ErrForbidden, list(s.user, s.org.ID))
	s.refused(directory.ErrNotFound, list(s.stranger, s.org.ID))
	s.refused(directory.ErrNotFound, list(Person("nobody"), s.org.ID))
	s.refused(directory.ErrNotFound, list(s.admin, s.foreign.ID))
	s.refused(directory.ErrNotFound, list(s.admin, directory.OrgID{}))
	t.Run("leaves out who left and who was removed", func(t *testing.T) {
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.manager, s.org.ID, s.manager.ID))
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
		page, err := s.Directory.ListOrgMembers(t.Context(), s.admin, s.org.ID, everything)
		if err != nil || !slices.Equal(names(page.Items), []string{"admin admin"}) {
			t.Errorf("%v, %v", names(page.Items), err)
		}
	})
}

func TestOrgMembers_AddressIsStoredOnlyIfVerified(t *testing.T) {
	s := newScene(t)
	unsure := Person("unsure")
	unsure.Verified = false
	s.Join(s.admin, s.group, unsure, directory.RoleUser)
	page, err := s.Directory.ListOrgMembers(t.Context(), s.admin, s.org.ID, everything)
	s.must(err)
	for _, m := range page.Items {
		if m.ID == unsure.ID && (m.Email != "" || !m.ShowEmail) {
			t.Errorf("%+v", m)
		}
	}
}

func TestPutOrgMember(t *testing.T) {
	put := func(s scene, by, of directory.Caller, role directory.Role) (directory.Member, bool, error) {
		return s.Directory.PutOrgMember(t.Context(), by, s.org.ID, of.ID, role)
	}
	t.Run("adds who has left, as a user or with the given role, in a new membership", func(t *testing.T) {
		s := newScene(t)
		for _, role := range []directory.Role{"", directory.RoleUser, directory.RoleManager, directory.RoleAdmin} {
			s.Clock.Advance(time.Second)
			before := s.membership(s.manager)
			s.must(s.Directory.RemoveOrgMember(t.Context(), s.manager, s.org.ID, s.manager.ID))
			m, created, err := put(s, s.admin, s.manager, role)
			want := role
			if role == "" {
				want = directory.RoleUser
			}
			if err != nil || !created || m.Role != want || m.Name != "manager" || !m.JoinedAt.Equal(s.Clock.Now()) {
				t.Errorf("%q: %+v, %v, %v", role, m, created, err)
			}
			after := s.membership(s.manager)
			if !after.InOrg() || after.InGroup() || !after.OrgMember.Since.After(before.OrgMember.Since) {
				t.Errorf("%q: %+v", role, after)
			}
		}
	})
	t.Run("lifts a removal", func(t *testing.T) {
		s := newScene(t)
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
		if _, created, err := put(s, s.admin, s.user, ""); err != nil || !created || !s.membership(s.user).OrgMember.RemovedAt.IsZero() {
			t.Errorf("%v, %v, %+v", created, err, s.membership(s.user))
		}
	})
	t.Run("gives who is in the role, and without one changes nothing", func(t *testing.T) {
		s := newScene(t)
		m, created, err := put(s, s.admin, s.user, directory.RoleManager)
		if err != nil || created || m.Role != directory.RoleManager || !s.membership(s.user).InGroup() {
			t.Errorf("%+v, %v, %v", m, created, err)
		}
		before := s.Content()
		for _, role := range []directory.Role{"", directory.RoleManager} {
			if m, created, err = put(s, s.admin, s.user, role); err != nil || created || m.Role != directory.RoleManager {
				t.Errorf("%q: %+v, %v, %v", role, m, created, err)
			}
		}
		if s.Content() != before {
			t.Error("the table has changed")
		}
	})
	t.Run("is audited, with the role that it gave", func(t *testing.T) {
		s := newScene(t)
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.user, s.org.ID, s.user.ID)) // leaving, which isn't
		before := len(s.audit())
		for _, role := range []directory.Role{directory.RoleManager, "", directory.RoleAdmin} {
			s.Clock.Advance(time.Second)
			if _, _, err := put(s, s.admin, s.user, role); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.audit()[before:]; !slices.Equal(got, []string{"member.added manager", "member.role_changed admin"}) {
			t.Errorf("audited %q", got)
		}
	})
	t.Run("can't demote the last admin", func(t *testing.T) {
		s := newScene(t)
		s.refused(directory.ErrLastAdmin, func() error { _, _, err := put(s, s.admin, s.admin, directory.RoleUser); return err })
	})
	t.Run("takes no strangers: they come by links", func(t *testing.T) {
		s := newScene(t)
		s.refused(directory.ErrNotFound, func() error { _, _, err := put(s, s.admin, Person("nobody"), ""); return err })
		s.refused(directory.ErrNotFound, func() error { _, _, err := put(s, s.admin, s.stranger, ""); return err })
	})
	t.Run("is for admins of the organization", func(t *testing.T) {
		s := newScene(t)
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
		s.refused(directory.ErrForbidden, func() error { _, _, err := put(s, s.manager, s.user, ""); return err })
		s.refused(directory.ErrNotFound, func() error { _, _, err := put(s, s.user, s.user, ""); return err }) // himself, who was removed
		s.refused(directory.ErrNotFound, func() error { _, _, err := put(s, s.stranger, s.user, ""); return err })
	})
}

func TestChangeRole(t *testing.T) {
	change := func(s scene, by, of directory.Caller, role directory.Role) error {
		m, err := s.Directory.ChangeRole(t.Context(), by, s.org.ID, of.ID, role)
		if err == nil && (m.Role != role || m.ID != of.ID || s.membership(of).OrgMember.Role != role) {
			t.Errorf("%s is %+v, %+v", of.Name, m, s.membership(of))
		}
		return err
	}
	t.Run("goes up and down, keeps the membership, and is audited", func(t *testing.T) {
		s := newScene(t)
		before := s.membership(s.user)
		n := len(s.audit())
		for _, role := range []directory.Role{directory.RoleManager, directory.RoleAdmin, directory.RoleUser, directory.RoleAdmin} {
			s.Clock.Advance(time.Second)
			s.must(change(s, s.admin, s.user, role))
		}
		if m := s.membership(s.user); !m.InGroup() || !m.OrgMember.Since.Equal(before.OrgMember.Since) || !m.OrgMember.JoinedAt.Equal(before.OrgMember.JoinedAt) {
			t.Errorf("%+v", m)
		}
		want := []string{"member.role_changed manager", "member.role_changed admin", "member.role_changed user", "member.role_changed admin"}
		if audit := s.audit()[n:]; !slices.Equal(audit, want) {
			t.Errorf("audited %q", audit)
		}
		if rows, counted := s.admins(s.admin, s.user, s.manager); rows != 2 || counted != "2" {
			t.Errorf("%d admins, %s counted", rows, counted)
		}
	})
	t.Run("to the same role writes nothing", func(t *testing.T) {
		s := newScene(t)
		before := s.Content()
		s.must(change(s, s.admin, s.user, directory.RoleUser))
		s.must(change(s, s.admin, s.admin, directory.RoleAdmin))
		if s.Content() != before {
			t.Error("the table has changed")
		}
	})
	t.Run("is refused to all but admins", func(t *testing.T) {
		s := newScene(t)
		for _, of := range []directory.Caller{s.user, s.manager, s.admin} {
			s.refused(directory.ErrForbidden, func() error { return change(s, s.user, of, directory.RoleAdmin) })
			s.refused(directory.ErrForbidden, func() error { return change(s, s.manager, of, directory.RoleAdmin) })
			s.refused(directory.ErrNotFound, func() error { return change(s, s.stranger, of, directory.RoleAdmin) })
		}
		s.refused(directory.ErrNotFound, func() error { return change(s, s.admin, s.stranger, directory.RoleUser) })
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
		s.refused(directory.ErrNotFound, func() error { return change(s, s.admin, s.user, directory.RoleUser) })
	})
	t.Run("holds at once: who was demoted may do nothing more", func(t *testing.T) {
		s := newScene(t)
		s.must(change(s, s.admin, s.manager, directory.RoleAdmin))
		s.must(change(s, s.manager, s.admin, directory.RoleUser))
		s.refused(directory.ErrForbidden, func() error { return change(s, s.admin, s.manager, directory.RoleUser) })
		s.refused(directory.ErrForbidden, func() error {
			return s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.manager.ID)
		})
	})
}

func TestLastAdmin_CannotGoInAnyWay(t *testing.T) {
	s := newScene(t)
	ways := map[string]func() error{
		"demote himself to user": func() error {
			_, err := s.Directory.ChangeRole(t.Context(), s.admin, s.org.ID, s.admin.ID, directory.RoleUser)
			return err
		},
		"demote himself to manager": func() error {
			_, err := s.Directory.ChangeRole(t.Context(), s.admin, s.org.ID, s.admin.ID, directory.RoleManager)
			return err
		},
		"put himself as a user": func() error {
			_, _, err := s.Directory.PutOrgMember(t.Context(), s.admin, s.org.ID, s.admin.ID, directory.RoleUser)
			return err
		},
		"leave": func() error { return s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.admin.ID) },
	}
	for way, act := range ways {
		t.Run(way, func(t *testing.T) { s.refused(directory.ErrLastAdmin, act) })
	}
	t.Run("not even when another admin has left, or was removed or demoted", func(t *testing.T) {
		for _, gone := range []func(second directory.Caller) error{
			func(second directory.Caller) error {
				return s.Directory.RemoveOrgMember(t.Context(), second, s.org.ID, second.ID)
			},
			func(second directory.Caller) error {
				return s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, second.ID)
			},
			func(second directory.Caller) error {
				_, err := s.Directory.ChangeRole(t.Context(), s.admin, s.org.ID, second.ID, directory.RoleManager)
				return err
			},
		} {
			_, _, err := s.Directory.PutOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID, directory.RoleAdmin)
			s.must(err)
			s.must(gone(s.user))
			// Who is out already may be removed again, and isn't counted a second time.
			s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
			for _, act := range ways {
				s.refused(directory.ErrLastAdmin, act)
			}
			if rows, counted := s.admins(s.admin, s.user, s.manager); rows != 1 || counted != "1" {
				t.Fatalf("%d admins, %s counted", rows, counted)
			}
		}
	})
	t.Run("but may once someone else is admin", func(t *testing.T) {
		_, err := s.Directory.ChangeRole(t.Context(), s.admin, s.org.ID, s.manager.ID, directory.RoleAdmin)
		s.must(err)
		s.must(ways["leave"]())
		if rows, counted := s.admins(s.admin, s.user, s.manager); rows != 1 || counted != "1" {
			t.Errorf("%d admins, %s counted", rows, counted)
		}
	})
}

func TestRemoveOrgMember(t *testing.T) {
	remove := func(s scene, by, of directory.Caller) error {
		return s.Directory.RemoveOrgMember(t.Context(), by, s.org.ID, of.ID)
	}
	t.Run("ends all groups at once, and coming back brings none of them back", func(t *testing.T) {
		s := newScene(t)
		_, _, err := s.Directory.PutGroupMember(t.Context(), s.admin, s.second.ID, s.user.ID)
		s.must(err)
		s.must(remove(s, s.admin, s.user))
		groups := func() (in int) {
			for _, g := range []directory.Group{s.group, s.second} {
				page, err := s.Directory.ListGroupMembers(t.Context(), s.admin, g.ID, everything)
				s.must(err)
				for _, m := range page.Items {
					if m.ID == s.user.ID {
						in++
					}
				}
			}
			return in
		}
		if n := groups(); n != 0 {
			t.Errorf("removed, yet in %d groups", n)
		}
		s.refused(directory.ErrNotFound, func() error { _, err := s.Directory.GetGroup(t.Context(), s.user, s.group.ID); return err })
		if me, err := s.Directory.Me(t.Context(), s.user); err != nil || len(me.Orgs) != 0 {
			t.Errorf("he sees %+v, %v", me, err)
		}

		_, _, err = s.Directory.PutOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID, "")
		s.must(err)
		if n := groups(); n != 0 {
			t.Errorf("back, and in %d groups", n)
		}
		s.refused(directory.ErrNotFound, func() error { _, err := s.Directory.GetGroup(t.Context(), s.user, s.group.ID); return err })
		if me, err := s.Directory.Me(t.Context(), s.user); err != nil || len(me.Orgs) != 1 || len(me.Orgs[0].Groups) != 0 {
			t.Errorf("he sees %+v, %v", me, err)
		}
	})
	t.Run("records it, also of who has left before", func(t *testing.T) {
		s := newScene(t)
		s.must(remove(s, s.user, s.user))
		if m := s.membership(s.user).OrgMember; m.State != directory.StateLeft || !m.RemovedAt.IsZero() {
			t.Errorf("left: %+v", m)
		}
		s.Clock.Advance(time.Second)
		n := len(s.audit())
		s.must(remove(s, s.admin, s.user))
		if m := s.membership(s.user).OrgMember; m.State != directory.StateRemoved || !m.RemovedAt.Equal(s.Clock.Now()) {
			t.Errorf("removed: %+v", m)
		}
		if audit := s.audit()[n:]; !slices.Equal(audit, []string{"member.removed "}) {
			t.Errorf("audited %q", audit)
		}
	})
	t.Run("records the latest removal", func(t *testing.T) {
		s := newScene(t)
		s.must(remove(s, s.admin, s.user))
		s.Clock.Advance(time.Second)
		s.must(remove(s, s.admin, s.user))
		if m := s.membership(s.user).OrgMember; !m.RemovedAt.Equal(s.Clock.Now()) {
			t.Errorf("%+v", m)
		}
		s.Clock.Advance(-time.Minute) // an instance whose clock is behind
		s.must(remove(s, s.admin, s.user))
		if m := s.membership(s.user).OrgMember; !m.RemovedAt.Equal(s.Clock.Now().Add(time.Minute)) {
			t.Errorf("%+v", m)
		}
	})
	t.Run("leaving never overwrites a removal", func(t *testing.T) {
		s := newScene(t)
		s.must(remove(s, s.admin, s.user))
		s.refused(directory.ErrNotFound, func() error { return remove(s, s.user, s.user) })

		// Back by a link made after the removal, which stays on record.
		s.Clock.Advance(time.Second)
		s.bring("user")
		removed := s.membership(s.user).OrgMember.RemovedAt
		s.must(remove(s, s.user, s.user))
		if m := s.membership(s.user).OrgMember; removed.IsZero() || m.State != directory.StateLeft || !m.RemovedAt.Equal(removed) {
			t.Errorf("%+v", m)
		}
	})
	t.Run("is for admins; leaving is for everyone", func(t *testing.T) {
		s := newScene(t)
		for _, of := range []directory.Caller{s.admin, s.manager, s.user} {
			if of.ID != s.user.ID {
				s.refused(directory.ErrForbidden, func() error { return remove(s, s.user, of) })
			}
			if of.ID != s.manager.ID {
				s.refused(directory.ErrForbidden, func() error { return remove(s, s.manager, of) })
			}
			s.refused(directory.ErrNotFound, func() error { return remove(s, s.stranger, of) })
		}
		s.refused(directory.ErrNotFound, func() error { return remove(s, s.stranger, s.stranger) })
		s.refused(directory.ErrNotFound, func() error { return remove(s, s.admin, Person("nobody")) })
		s.refused(directory.ErrNotFound, func() error { return remove(s, s.admin, s.stranger) })
		n := len(s.audit())
		s.must(remove(s, s.user, s.user))
		s.must(remove(s, s.manager, s.manager))
		if len(s.audit()) != n {
			t.Error("leaving is audited as an act of power")
		}
		s.refused(directory.ErrNotFound, func() error { return remove(s, s.user, s.user) })
	})
}
