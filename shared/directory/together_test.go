package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
)

// together runs act n times at once and gives what each came to.
func together(n int, act func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = act(i) })
	}
	all.Wait()
	return errs
}

// count tells how many of the errors are the given one.
func count(errs []error, want error) (n int) {
	for _, err := range errs {
		if errors.Is(err, want) {
			n++
		}
	}
	return n
}

// admins counts the admins by the rows of those people, and reads what the organization itself counts.
func (s scene) admins(people ...directory.Caller) (rows int, counted string) {
	s.Helper()
	for _, p := range people {
		if s.membership(p).IsAdmin() {
			rows++
		}
	}
	for line := range strings.Lines(s.Content()) {
		if strings.HasPrefix(line, "O#"+s.org.ID.String()+" ") {
			counted = field(line, "admins")
		}
	}
	return rows, counted
}

// Two admins turn on each other at the same moment, in every way, on good days and bad ones. One of them stays; the count
// in the organization's row is right after each round.
func TestLastAdmin_TwoAtOnce(t *testing.T) {
	type act func(s scene, by, of directory.Caller) error
	demote := func(s scene, by, of directory.Caller) error {
		_, err := s.Directory.ChangeRole(s.Context(), by, s.org.ID, of.ID, directory.RoleUser)
		return err
	}
	remove := func(s scene, by, of directory.Caller) error {
		return s.Directory.RemoveOrgMember(s.Context(), by, s.org.ID, of.ID)
	}
	leave := func(s scene, by, _ directory.Caller) error {
		return s.Directory.RemoveOrgMember(s.Context(), by, s.org.ID, by.ID)
	}
	resign := func(s scene, by, _ directory.Caller) error {
		_, err := s.Directory.ChangeRole(s.Context(), by, s.org.ID, by.ID, directory.RoleManager)
		return err
	}
	for _, c := range []struct {
		what string
		acts [2]act
	}{
		{"both demote the other", [2]act{demote, demote}},
		{"both remove the other", [2]act{remove, remove}},
		{"one demotes, one removes", [2]act{demote, remove}},
		{"both leave", [2]act{leave, leave}},
		{"both resign", [2]act{resign, resign}},
		{"one leaves, one removes", [2]act{leave, remove}},
	} {
		for _, day := range []string{"a good day", "a day of conflicts", "a bad day"} {
			t.Run(c.what+" on "+day, func(t *testing.T) {
				t.Parallel()
				s := newScene(t)
				second := Person("second")
				s.Join(s.admin, s.group, second, directory.RoleAdmin)
				for round := range 5 {
					switch day {
					case "a day of conflicts":
						s.Faults.Reset(faults.Mix(uint64(round), 0.3, 0, 0))
					case "a bad day":
						s.Faults.Reset(faults.Mix(uint64(round), 0.3, 0.05, 0.05))
					}
					people := []directory.Caller{s.admin, second}
					errs := together(2, func(i int) error { return c.acts[i](s, people[i], people[1-i]) })
					s.Faults.Reset(nil)
					rows, counted := s.admins(people...)
					if rows != 1 || counted != "1" {
						t.Fatalf("round %d: %d admins, %s counted; they came to %v", round, rows, counted, errs)
					}
					for _, err := range errs {
						// The one who was overtaken is no admin any more, or the last, or out.
						if err != nil && !errors.Is(err, directory.ErrForbidden) && !errors.Is(err, directory.ErrLastAdmin) && !errors.Is(err, directory.ErrNotFound) {
							t.Errorf("round %d: %v", round, err)
						}
					}
					if count(errs, nil) == 0 {
						t.Errorf("round %d: nobody got through: %v", round, errs)
					}
					s.restore(people)
				}
			})
		}
	}
}

// restore makes both admins again.
func (s scene) restore(people []directory.Caller) {
	s.Helper()
	left := people[0]
	if !s.membership(left).IsAdmin() {
		left = people[1]
	}
	for _, p := range people {
		_, _, err := s.Directory.PutOrgMember(s.Context(), left, s.org.ID, p.ID, directory.RoleAdmin)
		s.must(err)
	}
	if rows, counted := s.admins(people...); rows != 2 || counted != "2" {
		s.Fatalf("%d admins, %s counted", rows, counted)
	}
}

// Whoever is killed in the middle leaves either what was or what was to be.
func TestChangeRole_Killed(t *testing.T) {
	for call := 1; call <= 2; call++ {
		for _, fault := range []faults.Fault{faults.KillBefore, faults.KillAfter} {
			t.Run(fmt.Sprintf("at call %d, %v", call, map[faults.Fault]string{faults.KillBefore: "before", faults.KillAfter: "after"}[fault]), func(t *testing.T) {
				s := newScene(t)
				s.Faults.Reset(faults.On(call, fault))
				if _, err := s.Directory.ChangeRole(t.Context(), s.admin, s.org.ID, s.user.ID, directory.RoleAdmin); !errors.Is(err, faults.ErrKilled) {
					t.Errorf("gave %v", err)
				}
				s.Faults.Reset(nil)
				rows, counted := s.admins(s.admin, s.user)
				if fmt.Sprint(rows) != counted {
					t.Errorf("%d admins, %s counted", rows, counted)
				}
			})
		}
	}
}

// An act is made once, audited once, and answered as made, if its answer is lost on the way.
func TestMembers_LostAnswer(t *testing.T) {
	ctx := context.Background()
	for what, c := range map[string]struct {
		act   func(s scene) error
		check func(s scene) bool
		audit int
	}{
		"demoting oneself": {
			func(s scene) error {
				_, err := s.Directory.ChangeRole(ctx, s.admin, s.org.ID, s.admin.ID, directory.RoleUser)
				return err
			},
			func(s scene) bool { return s.membership(s.admin).OrgMember.Role == directory.RoleUser }, 1,
		},
		"promoting another": {
			func(s scene) error {
				m, err := s.Directory.ChangeRole(ctx, s.admin, s.org.ID, s.user.ID, directory.RoleAdmin)
				return errors.Join(err, expect(m.Role == directory.RoleAdmin))
			},
			func(s scene) bool { return s.membership(s.user).IsAdmin() }, 1,
		},
		"removing from the organization": {
			func(s scene) error { return s.Directory.RemoveOrgMember(ctx, s.admin, s.org.ID, s.user.ID) },
			func(s scene) bool { return s.membership(s.user).OrgMember.State == directory.StateRemoved }, 1,
		},
		"leaving the organization": {
			func(s scene) error { return s.Directory.RemoveOrgMember(ctx, s.user, s.org.ID, s.user.ID) },
			func(s scene) bool { return s.membership(s.user).OrgMember.State == directory.StateLeft }, 0,
		},
		"removing from the group": {
			func(s scene) error { return s.Directory.RemoveGroupMember(ctx, s.admin, s.group.ID, s.user.ID) },
			func(s scene) bool { return s.membership(s.user).GroupMember.State == directory.StateRemoved }, 1,
		},
		"leaving the group": {
			func(s scene) error { return s.Directory.RemoveGroupMember(ctx, s.user, s.group.ID, s.user.ID) },
			func(s scene) bool { return s.membership(s.user).GroupMember.State == directory.StateLeft }, 0,
		},
		"adding to the group": {
			func(s scene) error {
				_, added, err := s.Directory.PutGroupMember(ctx, s.manager, s.group.ID, s.admin.ID)
				return errors.Join(err, expect(added))
			},
			func(s scene) bool { return s.membership(s.admin).InGroup() }, 1,
		},
		"adding to the organization again": {
			func(s scene) error {
				s.Faults.Reset(nil)
				err := s.Directory.RemoveOrgMember(ctx, s.user, s.org.ID, s.user.ID)
				s.Faults.Reset(faults.On(2, faults.Lose))
				_, created, putErr := s.Directory.PutOrgMember(ctx, s.admin, s.org.ID, s.user.ID, "")
				return errors.Join(err, putErr, expect(created))
			},
			func(s scene) bool { return s.membership(s.user).InOrg() }, 1,
		},
	} {
		t.Run(what, func(t *testing.T) {
			s := newScene(t)
			s.Join(s.admin, s.second, Person("second"), directory.RoleAdmin) // so that no admin is the last
			before := len(s.audit())
			// A real clock goes on between two attempts.
			s.Faults.Reset(func(c faults.Call) faults.Fault {
				s.Clock.Advance(10e6)
				return faults.On(2, faults.Lose)(c)
			})
			if err := c.act(s); err != nil {
				t.Errorf("gave %v", err)
			}
			s.Faults.Reset(nil)
			if !c.check(s) {
				t.Error("it isn't so")
			}
			if n := len(s.audit()) - before; n != c.audit {
				t.Errorf("audited %d times, want %d", n, c.audit)
			}
		})
	}
}

func expect(ok bool) error {
	if !ok {
		return errors.New("the answer is wrong")
	}
	return nil
}
