package directory_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
)

func TestCreateOrg(t *testing.T) {
	t.Run("makes its creator the admin, and only admins may add people", func(t *testing.T) {
		w := New(t)
		anna := Person("anna")
		org, err := w.Directory.CreateOrg(t.Context(), anna, "  Acme\u00a0 ")
		if err != nil || org.Name != "Acme" || org.AddPeople != (directory.AddPeople{}) || !org.CreatedAt.Equal(w.Clock.Now()) || org.Version != 1 {
			t.Fatalf("%+v, %v", org, err)
		}
		me, err := w.Directory.Me(t.Context(), anna)
		if err != nil || len(me.Orgs) != 1 || me.Orgs[0].Org != org || me.Orgs[0].Role != directory.RoleAdmin || len(me.Orgs[0].Groups) != 0 {
			t.Errorf("%+v, %v", me, err)
		}
	})
	t.Run("is refused with a faulty name, and in a deployment that isn't open", func(t *testing.T) {
		s := newScene(t)
		create := func(name string) func() error {
			return func() error { _, err := s.Directory.CreateOrg(t.Context(), s.user, name); return err }
		}
		for _, name := range []string{"", " ", "a\u202eb", strings.Repeat("x", 81)} {
			s.refused(directory.Invalid("name", ""), create(name))
		}
		s.Directory.OpenOrgs = false
		s.refused(directory.ErrForbidden, create("Acme"))
	})
	t.Run("five times a UTC day, each person", func(t *testing.T) {
		s := newScene(t)
		s.Clock.Set(time.Date(2027, 5, 31, 23, 0, 0, 0, time.UTC))
		create := func() error { _, err := s.Directory.CreateOrg(t.Context(), s.user, "Acme"); return err }
		for range 5 {
			s.must(create())
		}
		before := s.Content()
		err := create()
		limit := new(directory.LimitError)
		if !errors.As(err, &limit) || limit.RetryAfter != time.Hour {
			t.Errorf("the sixth: %v, %+v", err, limit)
		}
		if s.Content() != before {
			t.Error("the sixth was refused, yet the table has changed")
		}
		s.Org(s.manager, "Somebody else's")
		s.Clock.Advance(time.Hour - time.Millisecond)
		if !errors.As(create(), &limit) || limit.RetryAfter != time.Millisecond {
			t.Errorf("just before midnight: %v", limit.RetryAfter)
		}
		s.Clock.Advance(time.Millisecond)
		for range 5 {
			s.must(create())
		}
		if !errors.As(create(), &limit) || limit.RetryAfter != 24*time.Hour {
			t.Errorf("the eleventh: %v", limit.RetryAfter)
		}
	})
	t.Run("once, when the answer is lost, also the last of the day", func(t *testing.T) {
		s := newScene(t)
		for range 4 {
			s.Org(s.user, "Acme")
		}
		s.Faults.Reset(faults.On(1, faults.Lose))
		s.Org(s.user, "Acme")
		s.Faults.Reset(nil)
		me, err := s.Directory.Me(t.Context(), s.user)
		if err != nil || len(me.Orgs) != 6 {
			t.Errorf("%d organizations, %v", len(me.Orgs), err)
		}
	})
}

// Once in a trillion, an id that is drawn is taken.
func TestCreateOrg_TakesNobodysPlace(t *testing.T) {
	s := newScene(t)
	for _, taken := range []directory.Org{s.foreign, s.org} { // not even her own, who is a member of one
		s.Directory.Random = strings.NewReader(string(taken.ID[:]))
		before := s.Content()
		if _, err := s.Directory.CreateOrg(expired(t), s.user, "Mine"); !errors.Is(err, directory.ErrUnavailable) {
			t.Errorf("gave %v", err)
		}
		if s.Content() != before {
			t.Error("the table has changed")
		}
	}
}

func TestGetOrg(t *testing.T) {
	s := newScene(t)
	for _, member := range []directory.Caller{s.admin, s.manager, s.user} {
		if org, err := s.Directory.GetOrg(t.Context(), member, s.org.ID); err != nil || org != s.org {
			t.Errorf("%s reads %+v, %v", member.Name, org, err)
		}
	}
	get := func(who directory.Caller, id directory.OrgID) func() error {
		return func() error { _, err := s.Directory.GetOrg(t.Context(), who, id); return err }
	}
	s.refused(directory.ErrNotFound, get(s.stranger, s.org.ID))
	s.refused(directory.ErrNotFound, get(Person("nobody"), s.org.ID))
	s.refused(directory.ErrNotFound, get(s.admin, s.foreign.ID))
	s.refused(directory.ErrNotFound, get(s.admin, directory.OrgID{1}))
	s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
	s.refused(directory.ErrNotFound, get(s.user, s.org.ID))
}

func TestChangeOrg(t *testing.T) {
	name := func(s string) *string { return &s }
	t.Run("changes what is said and nothing else, and is audited", func(t *testing.T) {
		s := newScene(t)
		org, err := s.Directory.ChangeOrg(t.Context(), s.admin, s.org.ID, directory.OrgChange{AddPeople: &directory.AddPeople{Manager: true}})
		if err != nil || org.Name != "Acme" || !org.AddPeople.Manager || org.AddPeople.User || org.Version != 2 {
			t.Errorf("%+v, %v", org, err)
		}
		s.Clock.Advance(time.Second)
		org, err = s.Directory.ChangeOrg(t.Context(), s.admin, s.org.ID, directory.OrgChange{Name: name(" Zoe\u0308's ")})
		if err != nil || org.Name != "Zoë's" || !org.AddPeople.Manager || org.Version != 3 {
			t.Errorf("%+v, %v", org, err)
		}
		if again, err := s.Directory.GetOrg(t.Context(), s.user, s.org.ID); err != nil || again != org {
			t.Errorf("read again: %+v, %v", again, err)
		}
		audit := s.audit()
		if want := []string{"org.changed addPeople [admin manager]", "org.changed name"}; len(audit) < 2 || !slices.Equal(audit[len(audit)-2:], want) {
			t.Errorf("audited %q, want %q at the end", audit, want)
		}
		if strings.Contains(strings.Join(audit, " "), "Zo") {
			t.Errorf("the audit holds a name: %q", audit)
		}
	})
	t.Run("is refused to all but admins", func(t *testing.T) {
		s := newScene(t)
		for who, want := range map[string]error{
			"user": directory.ErrForbidden, "manager": directory.ErrForbidden, "stranger": directory.ErrNotFound, "nobody": directory.ErrNotFound,
		} {
			s.refused(want, func() error {
				_, err := s.Directory.ChangeOrg(t.Context(), Person(who), s.org.ID, directory.OrgChange{Name: name("Mine")})
				return err
			})
		}
		s.refused(directory.Invalid("name", ""), func() error {
			_, err := s.Directory.ChangeOrg(t.Context(), s.admin, s.org.ID, directory.OrgChange{Name: name("a\u200bb")})
			return err
		})
	})
	t.Run("is refused for a version that it isn't in", func(t *testing.T) {
		s := newScene(t)
		change := func(versions ...int64) error {
			_, err := s.Directory.ChangeOrg(t.Context(), s.admin, s.org.ID, directory.OrgChange{Name: name("Acme Ltd"), Versions: versions})
			return err
		}
		s.must(change(1))
		s.refused(directory.ErrPrecondition, func() error { return change(1) })
		s.refused(directory.ErrPrecondition, func() error { return change(3) })
		s.must(change(7, 2))
		s.must(change()) // any

	})
	t.Run("made by an attempt whose answer was lost is made, and audited once", func(t *testing.T) {
		s := newScene(t)
		before := len(s.audit())
		s.Faults.Reset(faults.On(2, faults.Lose)) // read, then write
		org, err := s.Directory.ChangeOrg(t.Context(), s.admin, s.org.ID, directory.OrgChange{Name: name("Acme Ltd"), Versions: directory.Versions{1}})
		if err != nil || org.Name != "Acme Ltd" || org.Version != 2 {
			t.Errorf("%+v, %v", org, err)
		}
		if n := len(s.audit()) - before; n != 1 {
			t.Errorf("audited %d times", n)
		}
	})
	t.Run("two at once with If-Match: one is made", func(t *testing.T) {
		s := newScene(t)
		errs := together(20, func(i int) error {
			_, err := s.Directory.ChangeOrg(t.Context(), s.admin, s.org.ID, directory.OrgChange{Name: name(strings.Repeat("x", i+1)), Versions: directory.Versions{1}})
			return err
		})
		if n := count(errs, nil); n != 1 || count(errs, directory.ErrPrecondition) != 19 {
			t.Errorf("%d were made: %v", n, errs)
		}
	})
	t.Run("many at once without: all are made, one after the other", func(t *testing.T) {
		s := newScene(t)
		errs := together(10, func(i int) error {
			_, err := s.Directory.ChangeOrg(t.Context(), s.admin, s.org.ID, directory.OrgChange{Name: name(strings.Repeat("x", i+1))})
			return err
		})
		org, err := s.Directory.GetOrg(t.Context(), s.admin, s.org.ID)
		if err != nil || org.Version != 11 || count(errs, nil) != 10 {
			t.Errorf("version %d, %v, %v", org.Version, err, errs)
		}
	})
}
