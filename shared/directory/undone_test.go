package directory_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
)

// TestDelete_TellsWhatItHasDone: that the caller no longer sees the thing doesn't say that he has deleted it.
func TestDelete_TellsWhatItHasDone(t *testing.T) {
	for what, remove := range map[string]func(s scene, d *directory.Service, who directory.Caller) error{
		"group": func(s scene, d *directory.Service, who directory.Caller) error {
			return d.DeleteGroup(context.WithoutCancel(t.Context()), who, s.group.ID)
		},
		"organization": func(s scene, d *directory.Service, who directory.Caller) error {
			return d.DeleteOrg(context.WithoutCancel(t.Context()), who, s.org.ID)
		},
	} {
		there := func(s scene) error { return second(s.Directory.GetGroup(t.Context(), s.admin, s.group.ID)) }
		t.Run(what+", by who is removed after a conflict", func(t *testing.T) {
			s := newScene(t)
			s.Join(s.admin, s.group, Person("second"), directory.RoleAdmin)
			s.Meanwhile(faults.Conflict, func(d *directory.Service, _ *invite.Service) {
				s.must(d.RemoveOrgMember(context.WithoutCancel(t.Context()), s.admin, s.org.ID, Person("second").ID))
			})
			if err := remove(s, s.Directory, Person("second")); !errors.Is(err, directory.ErrNotFound) {
				t.Errorf("gave %v", err)
			}
			s.must(there(s))
		})
		t.Run(what+", whose answer was lost", func(t *testing.T) {
			s := newScene(t)
			s.Faults.Reset(faults.On(2, faults.Lose))
			s.must(remove(s, s.Directory, s.admin))
			if err := there(s); !errors.Is(err, directory.ErrNotFound) {
				t.Errorf("it is there: %v", err)
			}
		})
		t.Run(what+", that somebody else deletes", func(t *testing.T) {
			s := newScene(t)
			s.Join(s.admin, s.group, Person("second"), directory.RoleAdmin)
			s.Meanwhile(faults.Throttle, func(d *directory.Service, _ *invite.Service) { s.must(remove(s, d, Person("second"))) })
			if err := remove(s, s.Directory, s.admin); !errors.Is(err, directory.ErrNotFound) {
				t.Errorf("gave %v", err)
			}
		})
		t.Run(what+", by many at once: one has done it", func(t *testing.T) {
			s := newScene(t)
			s.Faults.Reset(faults.Mix(3, 0.3, 0.05, 0.1))
			errs := together(12, func(int) error { return remove(s, s.Directory, s.admin) })
			if count(errs, nil) != 1 || count(errs, directory.ErrNotFound) != 11 {
				t.Errorf("%v", errs)
			}
		})
	}
}

// TestActs_AreDoneOnce: an act whose answer was lost, and which somebody else has undone before it was asked again, stays undone. It is answered as done, and
// audited once.
func TestActs_AreDoneOnce(t *testing.T) {
	ctx := context.WithoutCancel(t.Context())
	for what, c := range map[string]struct {
		act    func(s scene) error
		undo   func(s scene, d *directory.Service) error
		undone func(s scene) bool
	}{
		"changing a role": {
			func(s scene) error {
				return second(s.Directory.ChangeRole(ctx, s.admin, s.org.ID, s.manager.ID, directory.RoleUser))
			},
			func(s scene, d *directory.Service) error {
				return second(d.ChangeRole(ctx, Person("second"), s.org.ID, s.manager.ID, directory.RoleManager))
			},
			func(s scene) bool { return s.membership(s.manager).OrgMember.Role == directory.RoleManager },
		},
		"letting managers add people": {
			func(s scene) error {
				org, err := s.Directory.ChangeOrg(ctx, s.admin, s.org.ID, directory.OrgChange{AddPeople: &directory.AddPeople{Manager: true}})
				return errors.Join(err, expect(org.AddPeople == directory.AddPeople{} && org.Version == 3)) // as it is now
			},
			func(s scene, d *directory.Service) error {
				return second(d.ChangeOrg(ctx, Person("second"), s.org.ID, directory.OrgChange{AddPeople: &directory.AddPeople{}}))
			},
			func(s scene) bool {
				org, err := s.Directory.GetOrg(ctx, s.admin, s.org.ID)
				return err == nil && org.AddPeople == directory.AddPeople{} && org.Version == 3
			},
		},
		"giving the group a name": {
			func(s scene) error {
				view, err := s.Directory.ChangeGroup(ctx, s.admin, s.group.ID, "Huts", nil)
				return errors.Join(err, expect(view.Group.Name == "Another" && view.Group.Version == 3)) // as it is now
			},
			func(s scene, d *directory.Service) error {
				return second(d.ChangeGroup(ctx, Person("second"), s.group.ID, "Another", nil))
			},
			func(s scene) bool {
				view, err := s.Directory.GetGroup(ctx, s.admin, s.group.ID)
				return err == nil && view.Group.Name == "Another" && view.Group.Version == 3
			},
		},
		"removing from the organization": {
			func(s scene) error { return s.Directory.RemoveOrgMember(ctx, s.admin, s.org.ID, s.user.ID) },
			func(s scene, d *directory.Service) error {
				_, _, err := d.PutOrgMember(ctx, Person("second"), s.org.ID, s.user.ID, "")
				return err
			},
			func(s scene) bool { return s.membership(s.user).InOrg() },
		},
		"leaving the organization": {
			func(s scene) error { return s.Directory.RemoveOrgMember(ctx, s.user, s.org.ID, s.user.ID) },
			func(s scene, d *directory.Service) error {
				_, _, err := d.PutOrgMember(ctx, Person("second"), s.org.ID, s.user.ID, "")
				return err
			},
			func(s scene) bool { return s.membership(s.user).InOrg() },
		},
		"adding to the organization": {
			func(s scene) error {
				_, created, err := s.Directory.PutOrgMember(ctx, s.admin, s.org.ID, Person("former").ID, "")
				return errors.Join(err, expect(created))
			},
			func(s scene, d *directory.Service) error {
				return d.RemoveOrgMember(ctx, Person("second"), s.org.ID, Person("former").ID)
			},
			func(s scene) bool { return !s.membership(Person("former")).InOrg() },
		},
		"removing from the group": {
			func(s scene) error { return s.Directory.RemoveGroupMember(ctx, s.admin, s.group.ID, s.user.ID) },
			func(s scene, d *directory.Service) error {
				_, _, err := d.PutGroupMember(ctx, s.manager, s.group.ID, s.user.ID)
				return err
			},
			func(s scene) bool { return s.membership(s.user).InGroup() },
		},
		"leaving the group": {
			func(s scene) error { return s.Directory.RemoveGroupMember(ctx, s.user, s.group.ID, s.user.ID) },
			func(s scene, d *directory.Service) error {
				_, _, err := d.PutGroupMember(ctx, s.manager, s.group.ID, s.user.ID)
				return err
			},
			func(s scene) bool { return s.membership(s.user).InGroup() },
		},
		"adding to the group": {
			func(s scene) error {
				_, added, err := s.Directory.PutGroupMember(ctx, s.manager, s.group.ID, s.admin.ID)
				return errors.Join(err, expect(added))
			},
			func(s scene, d *directory.Service) error {
				return d.RemoveGroupMember(ctx, Person("second"), s.group.ID, s.admin.ID)
			},
			func(s scene) bool { return !s.membership(s.admin).InGroup() },
		},
	} {
		t.Run(what, func(t *testing.T) {
			s := newScene(t)
			s.Join(s.admin, s.group, Person("second"), directory.RoleAdmin)
			s.must(s.Directory.RemoveOrgMember(ctx, s.bring("former"), s.org.ID, Person("former").ID))
			s.Clock.Advance(time.Second)
			before := 0
			s.Meanwhile(faults.Lose, func(d *directory.Service, _ *invite.Service) {
				s.must(c.undo(s, d))
				before = len(s.audit())
			})
			if err := c.act(s); err != nil {
				t.Errorf("gave %v", err)
			}
			s.Faults.Reset(nil)
			if !c.undone(s) || before == 0 {
				t.Error("it was done again")
			}
			if n := len(s.audit()); n != before {
				t.Errorf("audited %d times more", n-before)
			}
		})
	}
}

// TestChangeRole_ThatComesLateIsDoneOnce: a write that reaches the table again after others doesn't undo them.
func TestChangeRole_ThatComesLateIsDoneOnce(t *testing.T) {
	s := newScene(t)
	before := s.membership(s.manager).OrgMember
	after := before
	after.Role = directory.RoleUser
	act := directory.AuditEntry{Org: s.org.ID, At: s.Clock.Now(), ID: "0123456789abcdef", Actor: s.admin.ID, Action: directory.AuditMemberRole, Target: s.manager.ID.String()}
	s.must(s.Table.ChangeOrgMember(t.Context(), before, after, &act))
	s.must(second(s.Directory.ChangeRole(t.Context(), s.admin, s.org.ID, s.manager.ID, directory.RoleManager)))
	s.must(s.Table.ChangeOrgMember(t.Context(), before, after, &act))
	if role := s.membership(s.manager).OrgMember.Role; role != directory.RoleManager {
		t.Errorf("he is %s again", role)
	}
}

// TestChangeRole_WritesNoNameThatItRead: what was erased, or renewed, after it was read stays so.
func TestChangeRole_WritesNoNameThatItRead(t *testing.T) {
	s := newScene(t)
	before := s.membership(s.manager).OrgMember
	after := before
	after.Role = directory.RoleUser
	s.must(s.Table.RenameMember(t.Context(), s.org.ID, s.manager.ID, "Renamed", "new@example.com"))
	s.must(s.Table.ChangeOrgMember(t.Context(), before, after, nil))
	if m := s.membership(s.manager).OrgMember; m.Name != "Renamed" || m.Email != "new@example.com" || m.Role != directory.RoleUser {
		t.Errorf("%+v", m)
	}
}
