package invite_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// scene is an organization with two groups. Its people are in the first.
type scene struct {
	*World
	admin, manager, user directory.Caller
	org                  directory.Org
	group, second        directory.Group
}

func newScene(t testing.TB) scene {
	s := scene{World: New(t), admin: Person("admin"), manager: Person("manager"), user: Person("user")}
	s.org = s.Org(s.admin, "Acme")
	s.group, s.second = s.Group(s.admin, s.org, "Backcountry"), s.Group(s.admin, s.org, "Climbing")
	s.Join(s.admin, s.group, s.manager, directory.RoleManager)
	s.Join(s.admin, s.group, s.user, directory.RoleUser)
	s.Clock.Advance(time.Second)
	return s
}

// redeem redeems a link and expects the given error; nil is a joining, or being in already.
func (s scene) redeem(who directory.Caller, link invite.View, want error) invite.Joined {
	s.Helper()
	joined, err := s.Invites.Redeem(s.Context(), who, Code(link))
	if !errors.Is(err, want) {
		s.Errorf("%s redeems: %v, want %v", who.Name, err, want)
	}
	return joined
}

// refuses redeems a link, expects the given error, and that nothing was written.
func (s scene) refuses(who directory.Caller, link invite.View, want error) {
	s.Helper()
	before := s.Content()
	s.redeem(who, link, want)
	if after := s.Content(); after != before {
		s.Errorf("%s was refused, yet the table has changed from\n%s\nto\n%s", who.Name, before, after)
	}
}

// in tells whether someone is in the organization and the group, by the rows that decide.
func (s scene) in(who directory.Caller, group directory.Group) (inOrg, inGroup bool) {
	s.Helper()
	rows, err := s.Table.Read(s.Context(), directory.Keys{Org: group.ID.Org(), Group: group.ID, Users: []directory.UserID{who.ID}})
	if err != nil {
		s.Fatal(err)
	}
	return rows.Members[who.ID].InOrg(), rows.Members[who.ID].InGroup()
}

func (s scene) uses(link invite.View) int {
	s.Helper()
	view, err := s.Invites.Get(s.Context(), s.admin, link.Group, link.ID)
	if err != nil {
		s.Fatal(err)
	}
	return view.Uses
}

func (s scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func TestRedeem_NewPersonJoinsOrganizationAndGroupAsUser(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	joined := s.redeem(Person("new"), link, nil)
	if joined.AlreadyMember || joined.Org.Name != "Acme" || joined.Group.ID != s.group.ID {
		t.Errorf("joined %+v", joined)
	}
	me, err := s.Directory.Me(t.Context(), Person("new"))
	s.must(err)
	if len(me.Orgs) != 1 || me.Orgs[0].Role != directory.RoleUser || len(me.Orgs[0].Groups) != 1 {
		t.Errorf("is in %+v", me.Orgs)
	}
}

func TestRedeem_MemberOfTheOrganizationJoinsTheGroupAndKeepsHisRole(t *testing.T) {
	s := newScene(t)
	for access, link := range map[string]invite.View{"org": s.Link(s.admin, s.second), "anyone": s.Link(s.admin, s.second, Anyone)} {
		for _, who := range []directory.Caller{s.admin, s.manager, s.user} {
			before, err := s.Directory.Me(t.Context(), who)
			s.must(err)
			if joined := s.redeem(who, link, nil); joined.AlreadyMember {
				t.Errorf("%s was in the group before he joined by the %s link", who.Name, access)
			}
			after, err := s.Directory.Me(t.Context(), who)
			s.must(err)
			if after.Orgs[0].Role != before.Orgs[0].Role {
				t.Errorf("%s became %s by the %s link", who.Name, after.Orgs[0].Role, access)
			}
			s.must(s.Directory.RemoveGroupMember(t.Context(), who, s.second.ID, who.ID)) // leaves
		}
	}
}

func TestRedeem_TwiceCountsOneUse(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(2))
	s.redeem(Person("new"), link, nil)
	if again := s.redeem(Person("new"), link, nil); !again.AlreadyMember {
		t.Error("the second time he was not yet a member")
	}
	if n := s.uses(link); n != 1 {
		t.Errorf("%d uses", n)
	}
}

func TestRedeem_LeavingAndJoiningAgainCostsAnotherUse(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(3))
	s.redeem(Person("new"), link, nil)
	s.must(s.Directory.RemoveGroupMember(t.Context(), Person("new"), s.group.ID, Person("new").ID))
	s.redeem(Person("new"), link, nil)
	s.must(s.Directory.RemoveOrgMember(t.Context(), Person("new"), s.org.ID, Person("new").ID))
	s.redeem(Person("new"), link, nil)
	if n := s.uses(link); n != 3 {
		t.Errorf("%d uses, want 3", n)
	}
	s.refuses(Person("other"), link, invite.ErrUsedUp)
}

// TestRedeem_OrderOfRefusals makes a link and a guest for whom every refusal holds, and takes them away one by one.
func TestRedeem_OrderOfRefusals(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	guest, other := Person("guest"), Person("other")
	link := s.Link(s.manager, s.group, Cap(1), func(r *invite.Request) { r.Expiration = "1h" })
	made := s.Clock.Now()
	s.Join(s.admin, s.second, guest, directory.RoleUser)
	s.Join(s.admin, s.second, other, directory.RoleUser)

	s.redeem(other, link, nil) // takes the only place
	s.Clock.Advance(time.Second)
	s.must(s.Directory.RemoveOrgMember(ctx, s.admin, s.org.ID, guest.ID))
	s.must(s.Directory.RemoveGroupMember(ctx, s.admin, s.group.ID, s.manager.ID)) // who made the link
	s.Clock.Set(made.Add(time.Hour))                                              // when it ends

	s.refuses(guest, forged(link), directory.ErrNotFound)
	s.refuses(guest, link, invite.ErrExpired)

	s.Clock.Set(made.Add(time.Minute))
	s.refuses(guest, link, invite.ErrSuspended)

	_, _, err := s.Directory.PutGroupMember(ctx, s.admin, s.group.ID, s.manager.ID)
	s.must(err)
	s.refuses(guest, link, invite.ErrRemoved)

	_, _, err = s.Directory.PutOrgMember(ctx, s.admin, s.org.ID, guest.ID, "")
	s.must(err)
	s.must(s.Directory.RemoveOrgMember(ctx, guest, s.org.ID, guest.ID)) // leaves: that is no removal
	s.refuses(guest, link, invite.ErrOrgMembersOnly)

	_, _, err = s.Directory.PutOrgMember(ctx, s.admin, s.org.ID, guest.ID, "")
	s.must(err)
	s.refuses(guest, link, invite.ErrUsedUp)

	// Someone who is in the group hears that, whatever state the link has; and no use is counted.
	for _, at := range []time.Duration{time.Minute, 2 * time.Hour} {
		s.Clock.Set(made.Add(at))
		if joined := s.redeem(other, link, nil); !joined.AlreadyMember {
			t.Errorf("after %v a member is not told that he is one", at)
		}
	}
	if n := s.uses(link); n != 1 {
		t.Errorf("%d uses, want 1", n)
	}

	// A link that is gone is gone for members too.
	s.must(s.Invites.Delete(ctx, s.admin, s.group.ID, link.ID))
	s.refuses(other, link, invite.ErrDeleted)
	s.refuses(guest, link, invite.ErrDeleted)
}

// forged changes the last character of a link's code.
func forged(link invite.View) invite.View {
	last := link.URL[len(link.URL)-1]
	link.URL = link.URL[:len(link.URL)-1] + string(rune('A'+(last-'A'+1)%26))
	return link
}

func TestRedeem_ForgedCodeTakesNoCall(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	for name, code := range map[string]string{
		"one character changed": Code(forged(link)), "empty": "", "long": string(make([]byte, 1<<20)), "cut": Code(link)[:43],
		"with a line break": "\n" + Code(link)[1:],
	} {
		s.Faults.Reset(nil)
		if _, err := s.Invites.Redeem(t.Context(), s.user, code); !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("%s: redeem gives %v", name, err)
		}
		if _, err := s.Invites.Preview(t.Context(), code); !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("%s: preview gives %v", name, err)
		}
		if calls := s.Faults.Cost().Calls; calls != 0 {
			t.Errorf("%s: %d calls", name, calls)
		}
	}
}

func TestRedeem_ExpiresAtItsInstant(t *testing.T) {
	s := newScene(t)
	for _, expiration := range []invite.Expiration{"1h", "6h", "1d", "7d"} {
		link := s.Link(s.admin, s.group, Anyone, func(r *invite.Request) { r.Expiration = expiration })
		now := s.Clock.Now()
		for _, at := range []struct {
			offset  time.Duration
			state   invite.State
			refusal error
		}{
			{-time.Second, invite.StateActive, nil},
			{-time.Millisecond, invite.StateActive, nil},
			{0, invite.StateExpired, invite.ErrExpired},
			{time.Second, invite.StateExpired, invite.ErrExpired},
			{40 * 24 * time.Hour, invite.StateExpired, invite.ErrExpired}, // the TTL hasn't cleared it away yet
		} {
			s.Clock.Set(link.ExpiresAt.Add(at.offset))
			s.redeem(Person(string(expiration)+at.offset.String()), link, at.refusal)
			preview, err := s.Invites.Preview(t.Context(), Code(link))
			if err != nil || preview.State != at.state {
				t.Errorf("%s at %v: preview says %s, %v", expiration, at.offset, preview.State, err)
			}
			page, err := s.Invites.List(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 1})
			if err != nil || page.Items[0].State != at.state {
				t.Errorf("%s at %v: list says %s, %v", expiration, at.offset, page.Items[0].State, err)
			}
		}
		s.Clock.Set(now.Add(time.Second))
	}
}

func TestRedeem_RemovalSticks(t *testing.T) {
	for _, c := range []struct {
		name   string
		remove func(s scene, who directory.Caller) error
	}{
		{"from the group", func(s scene, who directory.Caller) error {
			return s.Directory.RemoveGroupMember(s.Context(), s.admin, s.group.ID, who.ID)
		}},
		{"from the organization", func(s scene, who directory.Caller) error {
			return s.Directory.RemoveOrgMember(s.Context(), s.admin, s.org.ID, who.ID)
		}},
		{"from the group, after he left it", func(s scene, who directory.Caller) error {
			s.must(s.Directory.RemoveGroupMember(s.Context(), who, s.group.ID, who.ID))
			return s.Directory.RemoveGroupMember(s.Context(), s.admin, s.group.ID, who.ID)
		}},
		{"from the organization, after he left it", func(s scene, who directory.Caller) error {
			s.must(s.Directory.RemoveOrgMember(s.Context(), who, s.org.ID, who.ID))
			return s.Directory.RemoveOrgMember(s.Context(), s.admin, s.org.ID, who.ID)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			older := s.Link(s.admin, s.group, Anyone)
			s.redeem(s.user, older, nil)
			s.Clock.Advance(time.Minute)
			equal := s.Link(s.admin, s.group, Anyone)
			s.must(c.remove(s, s.user))
			s.refuses(s.user, older, invite.ErrRemoved)
			s.refuses(s.user, equal, invite.ErrRemoved) // made in the same millisecond: counts as before

			s.Clock.Advance(time.Millisecond)
			newer := s.Link(s.admin, s.group, Anyone)
			s.redeem(s.user, newer, nil)
			if _, in := s.in(s.user, s.group); !in {
				t.Error("a link made after the removal doesn't let him in")
			}

			// Having come back by it doesn't make the older ones good again.
			s.must(s.Directory.RemoveGroupMember(t.Context(), s.user, s.group.ID, s.user.ID))
			s.refuses(s.user, older, invite.ErrRemoved)
		})
	}
}

func TestRedeem_BeingAddedAgainLiftsARemoval(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	s.Clock.Advance(time.Second)
	s.must(s.Directory.RemoveGroupMember(t.Context(), s.admin, s.group.ID, s.user.ID))
	s.refuses(s.user, link, invite.ErrRemoved)
	_, added, err := s.Directory.PutGroupMember(t.Context(), s.manager, s.group.ID, s.user.ID)
	if err != nil || !added {
		t.Fatalf("added %t, %v", added, err)
	}
	s.must(s.Directory.RemoveGroupMember(t.Context(), s.user, s.group.ID, s.user.ID)) // leaves
	s.redeem(s.user, link, nil)
}

func TestRedeem_RemovalFromAGroupOutlivesLeavingTheOrganization(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	s.Clock.Advance(time.Second)
	s.must(s.Directory.RemoveGroupMember(t.Context(), s.admin, s.group.ID, s.user.ID))
	s.must(s.Directory.RemoveOrgMember(t.Context(), s.user, s.org.ID, s.user.ID)) // leaves, for a new epoch
	s.Clock.Advance(time.Second)
	s.redeem(s.user, s.Link(s.admin, s.second, Anyone), nil)
	s.refuses(s.user, link, invite.ErrRemoved)
}

func TestRedeem_ComingBackToTheOrganizationBringsNoGroupBack(t *testing.T) {
	s := newScene(t)
	s.redeem(s.user, s.Link(s.admin, s.second), nil)
	s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
	for _, g := range []directory.Group{s.group, s.second} {
		if inOrg, inGroup := s.in(s.user, g); inOrg || inGroup {
			t.Errorf("%s: in the organization %t, in the group %t", g.Name, inOrg, inGroup)
		}
	}
	s.Clock.Advance(time.Second)
	back := s.Link(s.admin, s.second, Anyone)
	if joined := s.redeem(s.user, back, nil); joined.AlreadyMember {
		t.Error("his old row in the group still counts")
	}
	if _, in := s.in(s.user, s.group); in {
		t.Error("he is in the group that he didn't come back to")
	}
}

func TestRedeem_LinkIsWorthWhatItsCreatorMayDo(t *testing.T) {
	setAddPeople := func(s scene, add directory.AddPeople) {
		s.Helper()
		_, err := s.Directory.ChangeOrg(s.Context(), s.admin, s.org.ID, directory.OrgChange{AddPeople: &add})
		s.must(err)
	}
	t.Run("his links for anyone are suspended while he may not add people", func(t *testing.T) {
		s := newScene(t)
		setAddPeople(s, directory.AddPeople{Manager: true})
		anyone, org := s.Link(s.manager, s.group, Anyone), s.Link(s.manager, s.group)
		setAddPeople(s, directory.AddPeople{})
		s.refuses(Person("new"), anyone, invite.ErrSuspended)
		s.Join(s.admin, s.second, Person("colleague"), directory.RoleUser)
		s.redeem(Person("colleague"), org, nil)
		setAddPeople(s, directory.AddPeople{Manager: true})
		s.redeem(Person("new"), anyone, nil)
	})
	t.Run("so are those of an admin who is made a user", func(t *testing.T) {
		s := newScene(t)
		s.Join(s.admin, s.group, Person("second admin"), directory.RoleAdmin)
		link := s.Link(Person("second admin"), s.group, Anyone)
		change := func(role directory.Role) {
			_, err := s.Directory.ChangeRole(t.Context(), s.admin, s.org.ID, Person("second admin").ID, role)
			s.must(err)
		}
		change(directory.RoleUser)
		s.refuses(Person("new"), link, invite.ErrSuspended)
		change(directory.RoleAdmin)
		s.redeem(Person("new"), link, nil)
	})
	t.Run("links of someone who is out of the group are suspended until he is in again", func(t *testing.T) {
		s := newScene(t)
		link := s.Link(s.user, s.group)
		s.Join(s.admin, s.second, Person("colleague"), directory.RoleUser)
		s.must(s.Directory.RemoveGroupMember(t.Context(), s.user, s.group.ID, s.user.ID))
		s.refuses(Person("colleague"), link, invite.ErrSuspended)
		_, _, err := s.Directory.PutGroupMember(t.Context(), s.admin, s.group.ID, s.user.ID)
		s.must(err)
		s.redeem(Person("colleague"), link, nil)
	})
	t.Run("links from before he was out of the organization stay suspended", func(t *testing.T) {
		s := newScene(t)
		link := s.Link(s.user, s.group)
		s.Join(s.admin, s.second, Person("colleague"), directory.RoleUser)
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID))
		s.refuses(Person("colleague"), link, invite.ErrSuspended)
		_, _, err := s.Directory.PutOrgMember(t.Context(), s.admin, s.org.ID, s.user.ID, directory.RoleAdmin)
		s.must(err)
		s.refuses(Person("colleague"), link, invite.ErrSuspended)
		s.redeem(Person("colleague"), s.Link(s.user, s.group), nil)
	})
}

func TestRedeem_RenewsTheNameThatTheTokenHas(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.second)
	renamed := s.user
	renamed.Name = "Uma the Second"
	s.redeem(renamed, link, nil)
	page, err := s.Directory.ListGroupMembers(t.Context(), s.admin, s.second.ID, directory.PageRequest{Limit: 50})
	if err != nil || len(page.Items) != 1 || page.Items[0].Name != "Uma the Second" {
		t.Errorf("members %+v, %v", page.Items, err)
	}
	s.refuses(renamed, forged(link), directory.ErrNotFound)
}

// What an instance has seen of a link's creator says which rows it asks for, and never what the answer is: it is the same as that of an instance which
// has seen nothing.
func TestRedeem_InstanceThatKnowsTheCreatorStillSeesWhatHeMayDo(t *testing.T) {
	creator := Person("creator")
	role := func(to directory.Role) func(s scene) error {
		return func(s scene) error {
			_, err := s.Directory.ChangeRole(s.Context(), s.admin, s.org.ID, creator.ID, to)
			return err
		}
	}
	leaveGroup := func(s scene) error {
		return s.Directory.RemoveGroupMember(s.Context(), s.admin, s.group.ID, creator.ID)
	}
	leaveOrg := func(s scene) error { return s.Directory.RemoveOrgMember(s.Context(), s.admin, s.org.ID, creator.ID) }
	type acts []func(s scene) error
	for _, c := range []struct {
		name     string
		was      directory.Role
		access   invite.Access
		acts     acts // before the instance sees the link again
		want     error
		thenActs acts // and once more
		then     error
	}{
		{"an admin outside of the group, demoted, in again by role", directory.RoleAdmin, invite.AccessAnyone,
			acts{leaveGroup, role(directory.RoleUser)}, invite.ErrSuspended, acts{role(directory.RoleAdmin)}, nil},
		{"an admin in the group, demoted: his link for members lives until he is out", directory.RoleAdmin, invite.AccessOrg,
			acts{role(directory.RoleUser)}, nil, acts{leaveGroup}, invite.ErrSuspended},
		{"an admin in the group, demoted: his link for anyone doesn't", directory.RoleAdmin, invite.AccessAnyone,
			acts{role(directory.RoleManager)}, invite.ErrSuspended, acts{role(directory.RoleAdmin)}, nil},
		{"an admin, removed from the organization", directory.RoleAdmin, invite.AccessOrg,
			acts{leaveOrg}, invite.ErrSuspended, nil, invite.ErrSuspended},
		{"an admin, out of the group", directory.RoleAdmin, invite.AccessOrg,
			acts{leaveGroup}, nil, nil, nil},
		{"a user, out of the group, then an admin", directory.RoleUser, invite.AccessOrg,
			acts{leaveGroup}, invite.ErrSuspended, acts{role(directory.RoleAdmin)}, nil},
		{"a user, then an admin, out of the group, then a user", directory.RoleUser, invite.AccessOrg,
			acts{role(directory.RoleAdmin), leaveGroup}, nil, acts{role(directory.RoleUser)}, invite.ErrSuspended},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			s.Join(s.admin, s.group, creator, c.was)
			link := s.Link(creator, s.group, func(r *invite.Request) { r.Access = c.access })
			for _, name := range []string{"one", "two", "two elsewhere", "three", "three elsewhere"} {
				s.Join(s.admin, s.second, Person(name), directory.RoleUser)
			}
			s.redeem(Person("one"), link, nil) // from here on the instance knows who made it, and what he was
			for _, step := range []struct {
				who  string
				acts acts
				want error
			}{{"two", c.acts, c.want}, {"three", c.thenActs, c.then}} {
				for _, act := range step.acts {
					s.must(act(s))
				}
				if step.want != nil {
					s.refuses(Person(step.who), link, step.want)
				} else {
					s.redeem(Person(step.who), link, nil)
				}
				_, _, elsewhere := s.Instance()
				if _, err := elsewhere.Redeem(t.Context(), Person(step.who+" elsewhere"), Code(link)); !errors.Is(err, step.want) {
					t.Errorf("an instance that has seen nothing: %v, want %v", err, step.want)
				}
			}
		})
	}
}

func TestRedeem_LosingTheRoleCostsOneReadMoreOnce(t *testing.T) {
	s := newScene(t)
	creator := Person("creator")
	s.Join(s.admin, s.group, creator, directory.RoleAdmin)
	link := s.Link(creator, s.group)
	calls := func(who string) int {
		s.Join(s.admin, s.second, Person(who), directory.RoleUser)
		s.Faults.Reset(nil)
		s.redeem(Person(who), link, nil)
		return s.Faults.Cost().Calls
	}
	counts := []int{calls("one"), calls("two")}
	if _, err := s.Directory.ChangeRole(t.Context(), s.admin, s.org.ID, creator.ID, directory.RoleUser); err != nil {
		t.Fatal(err)
	}
	counts = append(counts, calls("three"), calls("four"))
	if want := []int{3, 2, 3, 2}; !slices.Equal(counts, want) {
		t.Errorf("%v calls, want %v", counts, want)
	}
}
