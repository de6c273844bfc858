package accessrequest_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
)

func TestAsk_IsShownToThoseWhoDecide(t *testing.T) {
	s := newScene(t)
	link := s.expired(s.admin, Anyone)
	s.must(s.Access.Ask(t.Context(), Person("mira"), Code(link), " I met you\r\n\tin the   hut.\u2028Mira "))
	page, err := s.Access.List(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 50})
	s.must(err)
	if len(page.Items) != 1 {
		t.Fatalf("%+v", page)
	}
	v, now := page.Items[0], s.Clock.Now()
	if v.User != Person("mira").ID || v.Name != "mira" || v.Email != "mira@example.com" || v.Message != "I met you in the hut. Mira" || v.Invite != link.ID ||
		!v.CreatedAt.Equal(now) || !v.EndsAt().Equal(now.Add(30*24*time.Hour)) || !v.NewToOrg || !v.ShowEmail {
		t.Errorf("%+v", v)
	}
	s.check()
}

func TestAsk_KeepsOnlyAVerifiedAddress(t *testing.T) {
	s := newScene(t)
	mira := Person("mira")
	mira.Verified, mira.Name = false, ""
	s.ask(mira, s.expired(s.admin, Anyone))
	if rows := s.rows("R#" + s.group.ID.String()); strings.Contains(strings.Join(rows, ""), "mira@") {
		t.Errorf("stored: %s", rows)
	}
	if page, err := s.Access.List(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 50}); err != nil || len(page.Items) != 1 || page.Items[0].Name != "" {
		t.Errorf("%+v, %v", page, err)
	}
}

// TestAsk_StoresNothing: all of these get the answer that everybody gets.
func TestAsk_StoresNothing(t *testing.T) {
	mira := Person("mira")
	live := func(how ...func(*invite.Request)) func(s scene) (directory.Caller, invite.View) {
		return func(s scene) (directory.Caller, invite.View) { return mira, s.Link(s.admin, s.group, how...) }
	}
	for name, prepare := range map[string]func(s scene) (directory.Caller, invite.View){
		"the link works":      live(Anyone),
		"the link never ends": live(Anyone, func(r *invite.Request) { r.Expiration = "7d" }),
		"it is used up, and has not ended": func(s scene) (directory.Caller, invite.View) {
			link := s.Link(s.admin, s.group, Anyone, Cap(1))
			_, err := s.Invites.Redeem(s.Context(), Person("first"), Code(link))
			s.must(err)
			return mira, link
		},
		"it is suspended, and has not ended": func(s scene) (directory.Caller, invite.View) {
			link := s.Link(s.user, s.group)
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.admin, s.group.ID, s.user.ID))
			return s.colleague, link
		},
		"he is in the group": func(s scene) (directory.Caller, invite.View) { return s.manager, s.expired(s.admin, Anyone) },
		"he was removed from the group": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.admin, Anyone)
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.manager, s.group.ID, s.user.ID))
			return s.user, link
		},
		"he was removed before the link was made": func(s scene) (directory.Caller, invite.View) {
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.manager, s.group.ID, s.user.ID))
			s.Clock.Advance(time.Second)
			return s.user, s.expired(s.admin, Anyone)
		},
		"he was removed from the organization": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.admin, Anyone)
			s.must(s.Directory.RemoveOrgMember(s.Context(), s.admin, s.org.ID, s.colleague.ID))
			return s.colleague, link
		},
		"he left, and was removed after that": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.admin, Anyone)
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.user, s.group.ID, s.user.ID))
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.admin, s.group.ID, s.user.ID))
			return s.user, link
		},
		"a stranger, by a link for members": func(s scene) (directory.Caller, invite.View) { return mira, s.expired(s.admin) },
		"a former member, by a link for members": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.admin)
			s.must(s.Directory.RemoveOrgMember(s.Context(), s.colleague, s.org.ID, s.colleague.ID))
			return s.colleague, link
		},
		"he has asked already": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.admin, Anyone)
			s.must(s.Access.Ask(s.Context(), mira, Code(link), "before"))
			s.Clock.Advance(29 * 24 * time.Hour)
			return mira, link
		},
		"he has asked by another link": func(s scene) (directory.Caller, invite.View) {
			s.ask(mira, s.expired(s.admin, Anyone))
			return mira, s.expired(s.admin, Anyone)
		},
		"he was declined six days ago": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.admin, Anyone)
			s.ask(mira, link)
			s.decline(s.admin, mira)
			s.Clock.Advance(7*24*time.Hour - time.Millisecond)
			return mira, link
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			who, link := prepare(s)
			before := s.Content()
			s.ask(who, link)
			if after := s.Content(); after != before {
				t.Errorf("the table has changed from\n%s\nto\n%s", before, after)
			}
			s.check()
		})
	}
}

func TestAsk_Stores(t *testing.T) {
	mira := Person("mira")
	for name, prepare := range map[string]func(s scene) (directory.Caller, invite.View){
		"a stranger, by a link for anyone": func(s scene) (directory.Caller, invite.View) { return mira, s.expired(s.admin, Anyone) },
		"a member of the organization, by a link for members": func(s scene) (directory.Caller, invite.View) {
			return s.colleague, s.expired(s.user)
		},
		"the link is used up too": func(s scene) (directory.Caller, invite.View) {
			link := s.Link(s.admin, s.group, Anyone, Cap(1), func(r *invite.Request) { r.Expiration = "1h" })
			_, err := s.Invites.Redeem(s.Context(), Person("first"), Code(link))
			s.must(err)
			s.Clock.Advance(time.Hour)
			return mira, link
		},
		"the link would be suspended": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.user)
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.admin, s.group.ID, s.user.ID))
			return s.colleague, link
		},
		"he has left": func(s scene) (directory.Caller, invite.View) {
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.user, s.group.ID, s.user.ID))
			return s.user, s.expired(s.admin)
		},
		"he was removed, and added to the organization again": func(s scene) (directory.Caller, invite.View) {
			s.must(s.Directory.RemoveOrgMember(s.Context(), s.admin, s.org.ID, s.colleague.ID))
			s.Clock.Advance(time.Second)
			_, _, err := s.Directory.PutOrgMember(s.Context(), s.admin, s.org.ID, s.colleague.ID, "")
			s.must(err)
			return s.colleague, s.expired(s.admin)
		},
		"he was removed from the organization, and came back by a later link": func(s scene) (directory.Caller, invite.View) {
			s.must(s.Directory.RemoveOrgMember(s.Context(), s.admin, s.org.ID, s.colleague.ID))
			s.Clock.Advance(time.Second)
			s.Join(s.admin, s.second, s.colleague, directory.RoleUser)
			return s.colleague, s.expired(s.admin)
		},
		"his request has ended": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.admin, Anyone)
			s.ask(mira, link)
			s.Clock.Advance(30 * 24 * time.Hour)
			return mira, link
		},
		"he was declined a week ago": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.admin, Anyone)
			s.ask(mira, link)
			s.decline(s.admin, mira)
			s.Clock.Advance(7 * 24 * time.Hour)
			return mira, link
		},
		"he asked, came in, and left": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.admin)
			s.ask(s.colleague, link)
			s.Clock.Advance(time.Second)
			_, _, err := s.Directory.PutGroupMember(s.Context(), s.manager, s.group.ID, s.colleague.ID)
			s.must(err)
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.colleague, s.group.ID, s.colleague.ID))
			return s.colleague, link
		},
		"he was approved before, and left": func(s scene) (directory.Caller, invite.View) {
			link := s.expired(s.admin)
			s.ask(s.colleague, link)
			s.approve(s.manager, s.colleague)
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.colleague, s.group.ID, s.colleague.ID))
			s.Clock.Advance(time.Second)
			return s.colleague, link
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			who, link := prepare(s)
			if got := s.list(s.admin); got != "" {
				t.Errorf("asks before: %q", got)
			}
			s.ask(who, link)
			if got := s.list(s.admin); got != who.Name {
				t.Errorf("%q asks, want %s", got, who.Name)
			}
			s.check()
		})
	}
}

func TestAsk_ForgedCodeIsRefusedWithoutACall(t *testing.T) {
	s := newScene(t)
	code := Code(s.expired(s.admin, Anyone))
	for _, c := range []string{"", "x", code[:43], code + "A", code[:20] + "AAAA" + code[24:], strings.Repeat("A", 44)} {
		s.Faults.Reset(nil)
		if err := s.Access.Ask(t.Context(), Person("mira"), c, ""); !errors.Is(err, directory.ErrNotFound) || s.Faults.Cost().Calls != 0 {
			t.Errorf("%q: %v, %d calls", c, err, s.Faults.Cost().Calls)
		}
	}
}

func TestAsk_ByALinkThatIsGone(t *testing.T) {
	for name, remove := range map[string]func(s scene, link invite.View) error{
		"link": func(s scene, link invite.View) error {
			return s.Invites.Delete(s.Context(), s.admin, s.group.ID, link.ID)
		},
		"group":        func(s scene, _ invite.View) error { return s.Directory.DeleteGroup(s.Context(), s.admin, s.group.ID) },
		"organization": func(s scene, _ invite.View) error { return s.Directory.DeleteOrg(s.Context(), s.admin, s.org.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			link := s.expired(s.admin, Anyone)
			s.must(remove(s, link))
			for _, who := range []directory.Caller{Person("mira"), s.user} {
				s.refused(invite.ErrDeleted, func() error { return s.Access.Ask(t.Context(), who, Code(link), "") })
			}
		})
	}
}

func TestCheckMessage(t *testing.T) {
	for in, want := range map[string]string{
		"": "", " \n\t\r\n\u2029\u00a0 ": "", "Hello": "Hello", " a\n\nb\tc\u0085d\u2028e ": "a b c d e", "<b>&amp;": "<b>&amp;", "e\u0301": "é",
		strings.Repeat("é", 280): strings.Repeat("é", 280), strings.Repeat("😀", 280): strings.Repeat("😀", 280), strings.Repeat("a\n", 140): strings.Repeat("a ", 139) + "a",
	} {
		if got, fault := accessrequest.CheckMessage(in); got != want || fault != "" {
			t.Errorf("%.40q: %.40q, %s", in, got, fault)
		}
	}
	for _, in := range []string{
		"a\x00b", "a\u202eb", "a\u200bb", "a\u2060b", "a\x1bb", "\ufeffa", "a\u00adb", strings.Repeat("a", 281), strings.Repeat("😀", 281),
		strings.Repeat("e\u0323\u0302\u0301", 280), strings.Repeat("x", 60000), "\xff",
	} {
		if got, fault := accessrequest.CheckMessage(in); fault == "" || got != "" {
			t.Errorf("%.40q is taken as %.40q", in, got)
		}
	}
	s := newScene(t)
	code := Code(s.expired(s.admin, Anyone))
	invalid := new(directory.InvalidError)
	if err := s.Access.Ask(t.Context(), Person("mira"), code, "a\u202eb"); !errors.As(err, &invalid) || invalid.Fields[0].Field != "message" {
		t.Errorf("error %v", err)
	}
}

// FuzzCheckMessage: what is taken is one line within the limits, and is taken again as the same.
func FuzzCheckMessage(f *testing.F) {
	for _, s := range []string{"", "Hello\nthere", "a\u200db", "e\u0301\u0301", " \u2028x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		message, fault := accessrequest.CheckMessage(s)
		if fault != "" {
			return
		}
		if len(message) > accessrequest.MaxMessageBytes || strings.ContainsAny(message, "\r\n\t\u2028\u2029\x00") || strings.Contains(message, "  ") {
			t.Errorf("%q is taken as %q", s, message)
		}
		if again, fault := accessrequest.CheckMessage(message); fault != "" || again != message {
			t.Errorf("%q is %q at first and %q again: %s", s, message, again, fault)
		}
	})
}

// together runs act for so many people at once, each until it is decided.
func together(s scene, n int, act func(who directory.Caller) error) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			for {
				err := act(Person(fmt.Sprintf("person %d", i)))
				if !errors.Is(err, directory.ErrUnavailable) {
					if err != nil {
						s.Errorf("person %d: %v", i, err)
					}
					return
				}
			}
		})
	}
	all.Wait()
}

// TestAskTogether_AHundredOf200AreOpen: on a bad day of the table, too.
func TestAskTogether_AHundredOf200AreOpen(t *testing.T) {
	s := newScene(t)
	link := s.expired(s.admin, Anyone)
	s.Faults.Reset(faults.Mix(7, 0.2, 0.05, 0.02))
	together(s, 200, func(who directory.Caller) error { return s.Access.Ask(t.Context(), who, Code(link), "") })
	s.Faults.Reset(nil)
	if n := len(s.rows("R#"+s.group.ID.String())) - 1; n != accessrequest.MaxOpen {
		t.Errorf("%d open requests", n)
	}
	s.check()
	before := s.Content()
	s.ask(Person("late"), link)
	if s.Content() != before {
		t.Error("one more was stored")
	}
	// One place is free, and is taken once.
	page, err := s.Access.List(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 1})
	s.must(err)
	s.must(s.Access.Decline(t.Context(), s.admin, s.group.ID, page.Items[0].User))
	s.Clock.Advance(time.Second)
	for _, name := range []string{"late", "later"} {
		s.ask(Person(name), link)
	}
	if got := strings.Fields(strings.ReplaceAll(s.list(s.admin), "person ", "")); !slices.Contains(got, "late") || slices.Contains(got, "later") {
		t.Errorf("%v ask", got)
	}
	s.check()
}

func TestAskTogether_OnePersonHasOneRequest(t *testing.T) {
	s := newScene(t)
	links := []invite.View{s.expired(s.admin, Anyone), s.expired(s.admin, Anyone)}
	s.Faults.Reset(faults.Mix(11, 0.2, 0.05, 0.1))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			for {
				if err := s.Access.Ask(t.Context(), Person("mira"), Code(links[i%2]), fmt.Sprint(i)); !errors.Is(err, directory.ErrUnavailable) {
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	all.Wait()
	s.Faults.Reset(nil)
	if got := s.list(s.admin); got != "mira" {
		t.Errorf("%q ask", got)
	}
	s.check()
}

// TestAsk_MakesRoom: a hundred ask, and get a new link instead. Their requests are worth nothing, and are no reason to take no others.
func TestAsk_MakesRoom(t *testing.T) {
	s := newScene(t)
	link := s.expired(s.admin, Anyone)
	for i := range accessrequest.MaxOpen {
		s.ask(Person(fmt.Sprintf("person %d", i)), link)
	}
	before := s.Content()
	s.ask(Person("late"), link)
	if s.Content() != before {
		t.Fatal("one more was stored")
	}
	s.Clock.Advance(time.Second)
	fresh := s.Link(s.admin, s.group, Anyone)
	together(s, accessrequest.MaxOpen, func(who directory.Caller) error {
		_, err := s.Invites.Redeem(t.Context(), who, Code(fresh))
		return err
	})
	s.ask(Person("late"), link)
	s.check()
	if n := len(s.rows("R#"+s.group.ID.String())) - 1; n != accessrequest.MaxOpen-20+1 {
		t.Errorf("%d open requests", n)
	}
	if got := s.list(s.admin); got != "late" {
		t.Errorf("%q ask", got)
	}
}

// TestAsk_Killed: whoever is killed, or loses an answer, leaves the request whole or not there; asking again makes it one.
func TestAsk_Killed(t *testing.T) {
	var link invite.View
	kills(t, func(t *testing.T) scene {
		s := newScene(t)
		link = s.expired(s.admin, Anyone)
		s.ask(Person("first"), link)
		s.Clock.Advance(time.Minute)
		return s
	}, func(s scene) error {
		return s.Access.Ask(s.Context(), Person("mira"), Code(link), "")
	}, func(s scene, what string, err error) {
		s.check()
		if err != nil && !errors.Is(err, faults.ErrKilled) {
			s.Errorf("%s: %v", what, err)
		}
		s.ask(Person("mira"), link)
		s.check()
		if got := s.list(s.admin); got != "mira first" {
			s.Errorf("%s: %q ask", what, got)
		}
	})
}

// TestAsk_NothingIsWrittenIntoAGroupThatIsGone: it is deleted while a request is on its way.
func TestAsk_NothingIsWrittenIntoAGroupThatIsGone(t *testing.T) {
	s := newScene(t)
	link := s.expired(s.admin, Anyone)
	_, other, _ := s.Instance()
	before := ""
	s.Faults.Reset(func(c faults.Call) faults.Fault {
		if c.Writes() && before == "" {
			s.must(other.DeleteGroup(t.Context(), s.admin, s.group.ID))
			before = s.Content()
		}
		return faults.None
	})
	if err := s.Access.Ask(t.Context(), Person("mira"), Code(link), ""); !errors.Is(err, invite.ErrDeleted) {
		t.Errorf("error %v", err)
	}
	if before == "" || s.Content() != before {
		t.Error("something was written")
	}
}
