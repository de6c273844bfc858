package invite_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// refused expects the error (of an InvalidError: its field), and that act wrote nothing.
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

// create makes a link by a request that is complete but for what the test sets.
func (s scene) create(who directory.Caller, group directory.Group, how ...func(*invite.Request)) (invite.View, error) {
	request := invite.Request{Access: invite.AccessOrg, Expiration: invite.ExpireDefault, Scope: "POST /v1/groups/" + group.ID.String() + "/invites"}
	for _, h := range how {
		h(&request)
	}
	return s.Invites.Create(s.Context(), who, group.ID, request)
}

// allow sets who may add people.
func (s scene) allow(add directory.AddPeople) {
	s.Helper()
	_, err := s.Directory.ChangeOrg(s.Context(), s.admin, s.org.ID, directory.OrgChange{AddPeople: &add})
	s.must(err)
}

func keyed(key string) func(*invite.Request) {
	return func(r *invite.Request) { r.IdempotencyKey = key }
}

func until(at time.Time) func(*invite.Request) {
	return func(r *invite.Request) { r.Expiration, r.ExpiresAt = invite.ExpireCustom, at }
}

func expiring(e invite.Expiration) func(*invite.Request) {
	return func(r *invite.Request) { r.Expiration = e }
}

func named(name string) func(*invite.Request) {
	return func(r *invite.Request) { r.Name = name }
}

func TestCreate_Rights(t *testing.T) {
	s := newScene(t)
	colleague := Person("colleague") // in the second group only
	s.Join(s.admin, s.second, colleague, directory.RoleUser)
	stranger := Person("stranger")
	foreign := s.Group(stranger, s.Org(stranger, "Other"), "Elsewhere")
	none, managers, users := directory.AddPeople{}, directory.AddPeople{Manager: true}, directory.AddPeople{User: true}
	for _, c := range []struct {
		who         directory.Caller
		group       directory.Group
		add         directory.AddPeople
		org, anyone error
	}{
		{s.user, s.group, none, nil, invite.ErrAddPeopleRequired},
		{s.user, s.group, managers, nil, invite.ErrAddPeopleRequired},
		{s.user, s.group, users, nil, nil},
		{s.manager, s.group, none, nil, invite.ErrAddPeopleRequired},
		{s.manager, s.group, users, nil, invite.ErrAddPeopleRequired},
		{s.manager, s.group, managers, nil, nil},
		{s.admin, s.group, none, nil, nil}, // though he isn't in it
		{s.user, s.second, users, directory.ErrNotFound, directory.ErrNotFound},
		{s.manager, s.second, managers, directory.ErrNotFound, directory.ErrNotFound},
		{colleague, s.group, users, directory.ErrNotFound, directory.ErrNotFound},
		{stranger, s.group, users, directory.ErrNotFound, directory.ErrNotFound},
		{Person("nobody"), s.group, users, directory.ErrNotFound, directory.ErrNotFound},
		{s.admin, foreign, users, directory.ErrNotFound, directory.ErrNotFound},
		{s.admin, directory.Group{ID: directory.GroupID(append(s.org.ID[:], 1, 2, 3))}, users, directory.ErrNotFound, directory.ErrNotFound},
	} {
		t.Run(fmt.Sprintf("%s in %s, addPeople %v", c.who.Name, c.group.Name, c.add.Roles()), func(t *testing.T) {
			s.allow(c.add)
			for access, want := range map[invite.Access]error{invite.AccessOrg: c.org, invite.AccessAnyone: c.anyone} {
				act := func() error {
					_, err := s.create(c.who, c.group, func(r *invite.Request) { r.Access = access })
					return err
				}
				if want != nil {
					s.refused(want, act)
				} else if err := act(); err != nil {
					t.Errorf("%s: %v", access, err)
				}
			}
		})
	}
	t.Run("someone removed a second ago may not", func(t *testing.T) {
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
		s.refused(directory.ErrNotFound, func() error { _, err := s.create(s.user, s.group); return err })
	})
}

func TestCreate_GivesWhatWasAskedFor(t *testing.T) {
	s := newScene(t)
	now := s.Clock.Now()
	second := now.Truncate(time.Second)
	for _, c := range []struct {
		what       string
		how        []func(*invite.Request)
		expiration invite.Expiration
		ends       time.Time
	}{
		{"by default seven days, for members, without a cap", nil, "7d", second.Add(7 * 24 * time.Hour)},
		{"an hour", []func(*invite.Request){expiring("1h")}, "1h", second.Add(time.Hour)},
		{"never", []func(*invite.Request){expiring("never")}, "never", time.Time{}},
		{"an instant", []func(*invite.Request){until(second.Add(time.Minute))}, "custom", second.Add(time.Minute)},
	} {
		t.Run(c.what, func(t *testing.T) {
			view, err := s.create(s.user, s.group, c.how...)
			if err != nil || view.Expiration != c.expiration || !view.ExpiresAt.Equal(c.ends) || view.Access != invite.AccessOrg || view.MaxUses != 0 ||
				view.Uses != 0 || view.State != invite.StateActive || view.Group != s.group.ID || view.GroupName != "Backcountry" || view.OrgName != "Acme" ||
				view.CreatedBy != s.user.ID || view.CreatorName != "user" || !view.CreatedAt.Equal(now) || view.Name != "" {
				t.Errorf("%+v, %v", view, err)
			}
			if view.ExpiresAt.IsZero() != view.ClearAt.IsZero() || !view.ClearAt.IsZero() && !view.ClearAt.Equal(c.ends.Add(Retention)) {
				t.Errorf("cleared at %v, ends at %v", view.ClearAt, c.ends)
			}
			if !strings.HasPrefix(view.URL, BaseURL+"/i#") || len(Code(view)) != 44 {
				t.Errorf("URL %q", view.URL)
			}
			if again, err := s.Invites.Get(t.Context(), s.user, s.group.ID, view.ID); err != nil || again != view {
				t.Errorf("read again %+v, %v", again, err)
			}
		})
	}
	t.Run("a label, composed and cut", func(t *testing.T) {
		view, err := s.create(s.admin, s.group, named("  For Zoe\u0308 "), Anyone, Cap(invite.MaxCap))
		if err != nil || view.Name != "For Zoë" || view.Access != invite.AccessAnyone || view.MaxUses != 100_000 {
			t.Errorf("%+v, %v", view, err)
		}
		if view, err = s.create(s.admin, s.group, named(strings.Repeat("😀", 64))); err != nil || len(view.Name) != 256 {
			t.Errorf("%+v, %v", view, err)
		}
	})
	t.Run("the code is kept nowhere", func(t *testing.T) {
		view, err := s.create(s.admin, s.group)
		s.must(err)
		if code := Code(view); strings.Contains(s.Content(), code) || strings.Contains(s.Content(), code[22:]) {
			t.Error("the table holds a code")
		}
	})
}

func TestCreate_RefusesWhatIsOutOfBounds(t *testing.T) {
	s := newScene(t)
	now := s.Clock.Now().Truncate(time.Second)
	for what, c := range map[string]struct {
		field string
		how   func(*invite.Request)
	}{
		"an instant in the past":       {"expiresAt", until(now.Add(-time.Hour))},
		"an instant in 59 seconds":     {"expiresAt", until(now.Add(59 * time.Second))},
		"an instant in six years":      {"expiresAt", until(now.AddDate(6, 0, 0))},
		"a label of 65 characters":     {"name", named(strings.Repeat("x", 65))},
		"a label of 257 bytes":         {"name", named(strings.Repeat("q\u0308\u0301", 51) + "ab")},
		"a label of white space":       {"name", named(" ")},
		"a bidirectional override":     {"name", named("a\u202eb")},
		"a label with a line break":    {"name", named("a\r\nBcc: b@example.com")},
		"a label of an invisible kind": {"name", named("\u3164")},
	} {
		t.Run(what, func(t *testing.T) {
			s.refused(directory.Invalid(c.field, ""), func() error { _, err := s.create(s.admin, s.group, c.how); return err })
			s.refused(directory.Invalid(c.field, ""), func() error { _, err := s.create(s.admin, s.group, c.how, keyed("key")); return err })
		})
	}
}

// Within a millisecond, one of four million ids that are drawn is taken.
func TestCreate_TakesNobodysPlace(t *testing.T) {
	for _, first := range []string{"manager", "admin"} {
		s := newScene(t)
		s.Invites.Random = strings.NewReader("the same bits of chance for these two")
		taken := s.Link(Person(first), s.group, named("first"))
		if first == "admin" {
			s.Clock.Advance(time.Hour) // by a clock that was set back, that id is drawn again
			s.must(s.Table.CreateInvite(t.Context(), invite.Invite{
				ID: taken.ID, Group: s.second.ID, Name: "first", Access: invite.AccessOrg, CreatedBy: s.admin.ID, CreatedAt: s.Clock.Now(),
			}, nil, nil))
			s.Clock.Advance(-time.Hour)
		}
		s.Invites.Random = strings.NewReader("the same bits of chance for these two")
		group := map[string]directory.Group{"manager": s.group, "admin": s.second}[first]
		got, err := s.create(s.admin, group, named("second"))
		if err != nil || got.ID == taken.ID || got.Name != "second" || got.CreatorName != "admin" {
			t.Errorf("%+v, %v", got, err)
		}
		if old, err := s.Invites.Get(t.Context(), s.admin, group.ID, taken.ID); err != nil || old.Name != "first" || old.CreatedBy != Person(first).ID {
			t.Errorf("the other is %+v, %v", old, err)
		}
	}
}

func TestCreate_IdempotencyKey(t *testing.T) {
	same := func(t *testing.T, s scene, first invite.View, who directory.Caller, how ...func(*invite.Request)) {
		t.Helper()
		before := s.Content()
		again, err := s.create(who, s.group, how...)
		if err != nil || again.ID != first.ID || again.URL != first.URL || !again.CreatedAt.Equal(first.CreatedAt) {
			t.Errorf("again %+v, %v; want %+v", again, err, first)
		}
		if s.Content() != before {
			t.Error("a repeat has written")
		}
	}
	another := func(t *testing.T, s scene, first invite.View, who directory.Caller, group directory.Group, how ...func(*invite.Request)) {
		t.Helper()
		again, err := s.create(who, group, how...)
		if err != nil || again.ID == first.ID {
			t.Errorf("%+v, %v; want another than %v", again, err, first.ID)
		}
	}
	begin := func(t *testing.T, how ...func(*invite.Request)) (scene, invite.View) {
		t.Helper()
		s := newScene(t)
		view, err := s.create(s.user, s.group, append(how, keyed("key"))...)
		s.must(err)
		s.Clock.Advance(time.Minute)
		return s, view
	}
	t.Run("a repeat gives the same invite", func(t *testing.T) {
		s, first := begin(t, named("for friends"), Cap(5))
		same(t, s, first, s.user, named("for friends"), Cap(5), keyed("key"))
		same(t, s, first, s.user, named("  for friends "), Cap(5), keyed("key")) // the same, as it is stored
	})
	t.Run("a repeat shows the invite as it is now", func(t *testing.T) {
		s, first := begin(t, Cap(1))
		s.Join(s.admin, s.second, Person("colleague"), directory.RoleUser)
		s.redeem(Person("colleague"), first, nil)
		if again, err := s.create(s.user, s.group, Cap(1), keyed("key")); err != nil || again.ID != first.ID || again.Uses != 1 || again.State != invite.StateUsedUp {
			t.Errorf("%+v, %v", again, err)
		}
	})
	t.Run("anything else under the same key is a conflict", func(t *testing.T) {
		s, _ := begin(t)
		for what, how := range map[string]func(*invite.Request){
			"another label": named("x"), "another cap": Cap(2), "another end": expiring("1h"), "another access": Anyone,
			"an instant": until(s.Clock.Now().Add(time.Hour).Truncate(time.Second)),
		} {
			s.allow(directory.AddPeople{User: true})
			t.Run(what, func(t *testing.T) {
				s.refused(invite.ErrIdempotencyConflict, func() error { _, err := s.create(s.user, s.group, how, keyed("key")); return err })
			})
		}
	})
	t.Run("another key, caller, group, or no key is another invite", func(t *testing.T) {
		s, first := begin(t)
		_, _, err := s.Directory.PutGroupMember(t.Context(), s.admin, s.second.ID, s.user.ID)
		s.must(err)
		another(t, s, first, s.user, s.group, keyed("Key"))
		another(t, s, first, s.manager, s.group, keyed("key"))
		another(t, s, first, s.user, s.second, keyed("key"))
		another(t, s, first, s.user, s.group)
		same(t, s, first, s.user, keyed("key"))
	})
	t.Run("a repeat checks rights again", func(t *testing.T) {
		s := newScene(t)
		s.allow(directory.AddPeople{Manager: true})
		_, err := s.create(s.manager, s.group, Anyone, keyed("key"))
		s.must(err)
		repeat := func() error { _, err := s.create(s.manager, s.group, Anyone, keyed("key")); return err }
		s.allow(directory.AddPeople{})
		s.refused(invite.ErrAddPeopleRequired, repeat)
		s.allow(directory.AddPeople{Manager: true})
		s.must(repeat())
		s.must(s.Directory.RemoveGroupMember(t.Context(), s.admin, s.group.ID, s.manager.ID))
		s.refused(directory.ErrNotFound, repeat)
	})
	t.Run("a repeat after the link was deleted is told so", func(t *testing.T) {
		s, first := begin(t)
		s.must(s.Invites.Delete(t.Context(), s.user, s.group.ID, first.ID))
		s.refused(invite.ErrDeleted, func() error { _, err := s.create(s.user, s.group, keyed("key")); return err })
		s.refused(invite.ErrIdempotencyConflict, func() error { _, err := s.create(s.user, s.group, Cap(1), keyed("key")); return err })
	})
	t.Run("a repeat after the instant that it asks for has passed gives the same invite", func(t *testing.T) {
		s := newScene(t)
		end := s.Clock.Now().Truncate(time.Second).Add(2 * time.Minute)
		first, err := s.create(s.user, s.group, until(end), keyed("key"))
		s.must(err)
		s.Clock.Advance(time.Hour)
		again, err := s.create(s.user, s.group, until(end), keyed("key"))
		if err != nil || again.ID != first.ID || again.State != invite.StateExpired {
			t.Errorf("%+v, %v", again, err)
		}
		s.refused(directory.Invalid("expiresAt", ""), func() error { _, err := s.create(s.user, s.group, until(end), keyed("another")); return err })
		s.refused(directory.Invalid("expiresAt", ""), func() error { _, err := s.create(s.user, s.group, until(end)); return err })
		s.refused(directory.ErrNotFound, func() error { _, err := s.create(s.user, s.second, until(end), keyed("another")); return err })
	})
	t.Run("it is remembered for 24 hours, though its row is still there", func(t *testing.T) {
		s := newScene(t)
		s.Clock.Set(s.Clock.Now().Truncate(time.Second))
		first, err := s.create(s.user, s.group, keyed("key"))
		s.must(err)
		s.Clock.Advance(24*time.Hour - time.Second)
		same(t, s, first, s.user, keyed("key"))
		s.Clock.Advance(time.Second)
		second, err := s.create(s.user, s.group, Cap(1), keyed("key")) // anything may be asked for now
		if err != nil || second.ID == first.ID {
			t.Errorf("%+v, %v", second, err)
		}
		same(t, s, second, s.user, Cap(1), keyed("key"))
	})
	t.Run("its 24 hours are whole, whatever the part of a second in which it was made", func(t *testing.T) {
		s := newScene(t)
		s.Clock.Set(s.Clock.Now().Truncate(time.Second).Add(250 * time.Millisecond))
		first, err := s.create(s.user, s.group, keyed("key"))
		s.must(err)
		s.Clock.Advance(24*time.Hour - time.Millisecond)
		same(t, s, first, s.user, keyed("key"))
		s.Clock.Advance(time.Second)
		another(t, s, first, s.user, s.group, keyed("key"))
	})
	t.Run("a key that met a refusal is free", func(t *testing.T) {
		s := newScene(t)
		s.refused(invite.ErrAddPeopleRequired, func() error { _, err := s.create(s.user, s.group, Anyone, keyed("key")); return err })
		if _, err := s.create(s.user, s.group, keyed("key")); err != nil {
			t.Errorf("gave %v", err)
		}
	})
	t.Run("neither the key nor what it asks for is in the table as text", func(t *testing.T) {
		s := newScene(t)
		_, err := s.create(s.user, s.group, keyed("a-key-of-the-callers"))
		s.must(err)
		if strings.Contains(s.Content(), "a-key-of-the-callers") {
			t.Error("the table holds the key")
		}
	})
}
