package accessrequest_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
)

// mails gives what is to be mailed because of requests, but digests: kind and address.
func (s scene) mails() (mails []string) {
	s.Helper()
	for _, row := range s.rows("D#" + s.group.ID.String()) {
		if kind := field(row, "kind"); kind != "digest" {
			mails = append(mails, kind+" "+field(row, "to"))
		}
	}
	return mails
}

// audit gives who decided what, on whom.
func (s scene) audit() (entries []string) {
	s.Helper()
	for _, row := range s.rows("A#" + s.org.ID.String()) {
		if action := field(row, "action"); strings.HasPrefix(action, "access_request.") {
			entries = append(entries, action+" "+field(row, "target"))
			if field(row, "detail") != s.group.ID.String() {
				s.Errorf("audited %s", row)
			}
		}
	}
	return entries
}

func TestApprove_LetsTheNewPersonIntoOrganizationAndGroup(t *testing.T) {
	s := newScene(t)
	link, mira := s.expired(s.admin, Anyone, Cap(5)), Person("mira")
	s.ask(mira, link)
	s.Clock.Advance(time.Minute)
	member := s.approve(s.admin, mira)
	if member.ID != mira.ID || member.Name != "mira" || member.Role != directory.RoleUser || !member.JoinedAt.Equal(s.Clock.Now()) ||
		member.Email != "mira@example.com" || !member.ShowEmail {
		t.Errorf("%+v", member)
	}
	m := s.membership(mira)
	if !m.InGroup() || m.OrgMember.Role != directory.RoleUser || m.OrgMember.Name != "mira" || m.OrgMember.Email != "mira@example.com" {
		t.Errorf("%+v", m)
	}
	if view, err := s.Invites.Get(t.Context(), s.admin, s.group.ID, link.ID); err != nil || view.Uses != 0 {
		t.Errorf("%d uses, %v", view.Uses, err)
	}
	for _, row := range s.rows("U#" + mira.ID.String()) {
		if strings.Contains(row, "via=") {
			t.Errorf("counted as a use of the link: %s", row)
		}
	}
	if got := fmt.Sprint(s.mails(), s.audit()); got != "[approved mira@example.com] [access_request.approved "+mira.ID.String()+"]" {
		t.Errorf("mails and audit %s", got)
	}
	if got := s.list(s.admin); got != "" {
		t.Errorf("%q ask", got)
	}
	for _, row := range s.rows("R#" + s.group.ID.String() + "#decided") {
		if strings.Contains(row, "mira") {
			t.Errorf("the decision holds more than it must: %s", row)
		}
	}
	s.check()
}

func TestApprove_AMemberOfTheOrganizationKeepsHisRole(t *testing.T) {
	s := newScene(t)
	_, err := s.Directory.ChangeRole(t.Context(), s.admin, s.org.ID, s.colleague.ID, directory.RoleManager)
	s.must(err)
	since := s.membership(s.colleague).OrgMember.Since
	s.ask(s.colleague, s.expired(s.user))
	member := s.approve(s.user, s.colleague)
	if member.Role != directory.RoleManager || member.ShowEmail || member.Email != "" {
		t.Errorf("%+v", member)
	}
	if m := s.membership(s.colleague); !m.InGroup() || !m.OrgMember.Since.Equal(since) || m.OrgMember.Role != directory.RoleManager {
		t.Errorf("%+v", m)
	}
}

// TestApprove_OfSomeoneWhoCameByALinkOnceCountsNoUseOfIt: his row still names that link.
func TestApprove_OfSomeoneWhoCameByALinkOnceCountsNoUseOfIt(t *testing.T) {
	s := newScene(t)
	first := s.Link(s.admin, s.group, Anyone)
	_, err := s.Invites.Redeem(t.Context(), Person("mira"), Code(first))
	s.must(err)
	s.must(s.Directory.RemoveGroupMember(t.Context(), Person("mira"), s.group.ID, Person("mira").ID))
	s.ask(Person("mira"), s.expired(s.admin))
	s.approve(s.admin, Person("mira"))
	for _, row := range s.rows("U#" + Person("mira").ID.String()) {
		if strings.Contains(row, "via=") {
			t.Errorf("names a link: %s", row)
		}
	}
}

func TestApprove_WithoutAnAddressNobodyIsMailed(t *testing.T) {
	s := newScene(t)
	for name, email := range map[string]string{"none": "", "odd": "odd@localhost"} {
		who := Person(name)
		who.Email = email
		s.ask(who, s.expired(s.admin, Anyone))
		s.approve(s.admin, who)
	}
	if got := s.mails(); len(got) != 0 {
		t.Errorf("mails %v", got)
	}
}

func TestApprove_MayBeRepeated(t *testing.T) {
	s := newScene(t)
	s.ask(s.colleague, s.expired(s.user))
	first := s.approve(s.user, s.colleague)
	before := s.Content()
	s.Clock.Advance(23 * time.Hour)
	for _, who := range []directory.Caller{s.user, s.manager} {
		if again := s.approve(who, s.colleague); again != first {
			t.Errorf("%s: %+v, at first %+v", who.Name, again, first)
		}
	}
	if again := s.approve(s.admin, s.colleague); !again.ShowEmail || again.JoinedAt != first.JoinedAt {
		t.Errorf("to an admin: %+v", again)
	}
	if s.Content() != before {
		t.Error("a repeat has written")
	}
	second := Person("second")
	s.Join(s.admin, s.group, second, directory.RoleUser)
	approve := func(who directory.Caller) func() error {
		return func() error {
			_, err := s.Access.Approve(t.Context(), who, s.group.ID, s.colleague.ID)
			return err
		}
	}
	s.refused(directory.ErrNotFound, approve(second)) // it wasn't his to decide
	s.Clock.Advance(time.Hour)
	s.refused(directory.ErrNotFound, approve(s.user)) // long ago
}

func TestApprove_AfterHeHasLeftAgainIsNoRepeat(t *testing.T) {
	s := newScene(t)
	s.ask(s.colleague, s.expired(s.admin))
	s.approve(s.admin, s.colleague)
	s.must(s.Directory.RemoveGroupMember(t.Context(), s.colleague, s.group.ID, s.colleague.ID))
	s.Clock.Advance(time.Second)
	approve := func() error {
		_, err := s.Access.Approve(t.Context(), s.admin, s.group.ID, s.colleague.ID)
		return err
	}
	s.refused(directory.ErrNotFound, approve)
	_, err := s.Invites.Redeem(t.Context(), s.colleague, Code(s.Link(s.admin, s.group)))
	s.must(err)
	s.refused(directory.ErrNotFound, approve) // he is in by a link
}

func TestDecline_EndsTheRequestKindly(t *testing.T) {
	s := newScene(t)
	mira := Person("mira")
	s.ask(mira, s.expired(s.admin, Anyone))
	s.decline(s.admin, mira)
	if m := s.membership(mira); m.OrgMember.State != "" || m.GroupMember.State != "" {
		t.Errorf("%+v", m)
	}
	if got := fmt.Sprint(s.mails(), s.audit()); got != "[declined mira@example.com] [access_request.declined "+mira.ID.String()+"]" {
		t.Errorf("mails and audit %s", got)
	}
	if got := s.list(s.admin); got != "" {
		t.Errorf("%q ask", got)
	}
	for _, row := range s.rows("R#" + s.group.ID.String() + "#decided") {
		if strings.Contains(row, "mira") {
			t.Errorf("the decision holds more than it must: %s", row)
		}
	}
	s.check()
	s.refused(directory.ErrNotFound, func() error { return s.Access.Decline(t.Context(), s.admin, s.group.ID, mira.ID) })
	s.refused(directory.ErrNotFound, func() error {
		_, err := s.Access.Approve(t.Context(), s.admin, s.group.ID, mira.ID)
		return err
	})
	// A link that works lets him in, whatever was decided.
	_, err := s.Invites.Redeem(t.Context(), mira, Code(s.Link(s.admin, s.group, Anyone)))
	s.must(err)
}

// TestApprove_RemovalIsNotOvertaken: the person is removed while his approval is on its way.
func TestApprove_RemovalIsNotOvertaken(t *testing.T) {
	for name, c := range map[string]struct {
		access func(*invite.Request)
		before func(s scene, who directory.Caller)
		remove func(s scene, dir *directory.Service, who directory.Caller) error
	}{
		"from the group, which he has left": {
			access: func(*invite.Request) {},
			before: func(s scene, who directory.Caller) {
				_, _, err := s.Directory.PutGroupMember(s.Context(), s.admin, s.group.ID, who.ID)
				s.must(err)
				s.must(s.Directory.RemoveGroupMember(s.Context(), who, s.group.ID, who.ID))
				s.Clock.Advance(time.Second)
			},
			remove: func(s scene, dir *directory.Service, who directory.Caller) error {
				return dir.RemoveGroupMember(s.Context(), s.manager, s.group.ID, who.ID)
			},
		},
		"from the organization": {
			access: func(*invite.Request) {}, before: func(scene, directory.Caller) {},
			remove: func(s scene, dir *directory.Service, who directory.Caller) error {
				return dir.RemoveOrgMember(s.Context(), s.admin, s.org.ID, who.ID)
			},
		},
		"from the organization, which he has left": {
			access: Anyone,
			before: func(s scene, who directory.Caller) {
				s.must(s.Directory.RemoveOrgMember(s.Context(), who, s.org.ID, who.ID))
			},
			remove: func(s scene, dir *directory.Service, who directory.Caller) error {
				return dir.RemoveOrgMember(s.Context(), s.admin, s.org.ID, who.ID)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			c.before(s, s.colleague)
			s.ask(s.colleague, s.expired(s.admin, c.access))
			_, other, _ := s.Instance()
			removed := false
			s.Faults.Reset(func(call faults.Call) faults.Fault {
				if call.Writes() && !removed {
					removed = true
					s.must(c.remove(s, other, s.colleague)) // of the same millisecond as the request
				}
				return faults.None
			})
			_, err := s.Access.Approve(t.Context(), s.admin, s.group.ID, s.colleague.ID)
			s.Faults.Reset(nil)
			if m := s.membership(s.colleague); m.InGroup() || !removed {
				t.Errorf("he is in again: %+v, %v", m, err)
			}
			if err != nil && !errors.Is(err, directory.ErrNotFound) {
				t.Errorf("error %v", err)
			}
			s.Clock.Advance(time.Second)
			if got := s.list(s.admin); got != "" {
				t.Errorf("%q ask", got)
			}
			// It takes someone to add him again, or a later link.
			s.refused(directory.ErrNotFound, func() error { return s.Access.Decline(t.Context(), s.admin, s.group.ID, s.colleague.ID) })
		})
	}
}

// TestAsk_WhoIsRemovedAsHeAsks: his request is stored, and worth nothing.
func TestAsk_WhoIsRemovedAsHeAsks(t *testing.T) {
	s := newScene(t)
	link := s.expired(s.admin, Anyone)
	_, other, _ := s.Instance()
	removed := false
	s.Faults.Reset(func(call faults.Call) faults.Fault {
		if call.Writes() && !removed {
			removed = true
			s.must(other.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.colleague.ID))
		}
		return faults.None
	})
	s.ask(s.colleague, link)
	s.Faults.Reset(nil)
	s.Clock.Advance(time.Second)
	if got := s.list(s.admin); got != "" || !removed {
		t.Errorf("%q ask", got)
	}
	s.refused(directory.ErrNotFound, func() error {
		_, err := s.Access.Approve(t.Context(), s.admin, s.group.ID, s.colleague.ID)
		return err
	})
}

func TestApprove_OfSomeoneRemovedSince(t *testing.T) {
	s := newScene(t)
	s.ask(s.colleague, s.expired(s.admin, Anyone))
	s.Clock.Advance(time.Second)
	s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.colleague.ID))
	s.refused(directory.ErrNotFound, func() error {
		_, err := s.Access.Approve(t.Context(), s.admin, s.group.ID, s.colleague.ID)
		return err
	})
}

func TestDecideTogether_OneDecisionCounts(t *testing.T) {
	for name, plan := range map[string]faults.Plan{"without faults": nil, "on a bad day": faults.Mix(5, 0.3, 0.05, 0.1)} {
		t.Run(name, func(t *testing.T) {
			for round := range 5 {
				s := newScene(t)
				s.ask(s.colleague, s.expired(s.admin))
				s.Clock.Advance(time.Second)
				s.Faults.Reset(plan)
				deciders := []directory.Caller{s.admin, s.manager}
				var all sync.WaitGroup
				var mu sync.Mutex
				approved, declined := 0, 0
				for i := range 8 {
					all.Go(func() {
						err := directory.ErrUnavailable
						for errors.Is(err, directory.ErrUnavailable) {
							if i%2 == round%2 {
								_, err = s.Access.Approve(t.Context(), deciders[i/4], s.group.ID, s.colleague.ID)
							} else {
								err = s.Access.Decline(t.Context(), deciders[i/4], s.group.ID, s.colleague.ID)
							}
						}
						mu.Lock()
						defer mu.Unlock()
						switch {
						case errors.Is(err, directory.ErrNotFound):
						case err != nil:
							t.Error(err)
						case i%2 == round%2:
							approved++
						default:
							declined++
						}
					})
				}
				all.Wait()
				s.Faults.Reset(nil)
				in := s.membership(s.colleague).InGroup()
				if in != (approved > 0) || approved > 0 && declined > 0 || approved+declined == 0 || len(s.mails()) != 1 || len(s.audit()) != 1 {
					t.Errorf("in %t, %d approved, %d declined, mails %v, audit %v", in, approved, declined, s.mails(), s.audit())
				}
				s.check()
			}
		})
	}
}

// TestApprove_Killed: approving is done wholly or not at all, and repeating it comes to the same.
func TestApprove_Killed(t *testing.T) {
	kills(t, func(t *testing.T) scene {
		s := newScene(t)
		s.ask(Person("mira"), s.expired(s.admin, Anyone))
		s.Clock.Advance(time.Minute)
		return s
	}, func(s scene) error {
		_, err := s.Access.Approve(s.Context(), s.admin, s.group.ID, Person("mira").ID)
		return err
	}, func(s scene, what string, err error) {
		if err != nil && !errors.Is(err, faults.ErrKilled) {
			s.Errorf("%s: %v", what, err)
		}
		in := s.membership(Person("mira")).InGroup()
		if in != (len(s.mails()) == 1) || in != (len(s.audit()) == 1) || in != (s.list(s.admin) == "") {
			s.Errorf("%s: in %t, mails %v, audit %v, asks %q", what, in, s.mails(), s.audit(), s.list(s.admin))
		}
		s.check()
		s.approve(s.admin, Person("mira"))
		if len(s.mails()) != 1 || len(s.audit()) != 1 || !s.membership(Person("mira")).InGroup() {
			s.Errorf("%s, and repeated: mails %v, audit %v", what, s.mails(), s.audit())
		}
		s.check()
	})
}

func TestDecline_Killed(t *testing.T) {
	kills(t, func(t *testing.T) scene {
		s := newScene(t)
		s.ask(Person("mira"), s.expired(s.admin, Anyone))
		s.Clock.Advance(time.Minute)
		return s
	}, func(s scene) error {
		return s.Access.Decline(s.Context(), s.admin, s.group.ID, Person("mira").ID)
	}, func(s scene, what string, err error) {
		if err != nil && !errors.Is(err, faults.ErrKilled) {
			s.Errorf("%s: %v", what, err)
		}
		done := s.list(s.admin) == ""
		if done != (len(s.mails()) == 1) || done != (len(s.audit()) == 1) || err == nil && !done {
			s.Errorf("%s: mails %v, audit %v, asks %q", what, s.mails(), s.audit(), s.list(s.admin))
		}
		s.check()
	})
}
