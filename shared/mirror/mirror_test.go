package mirror_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
	"group-invites/shared/mirror"
)

func TestPut_MakesOnceAndThenChangesNothing(t *testing.T) {
	s := newScene(t)
	ops := []mirror.Op{
		{Kind: mirror.PutOrg, Org: "T1", Name: " Acme ", AddPeople: &directory.AddPeople{Manager: true}}, putGroup("T1", "R1", "Backcountry"),
		{Kind: mirror.PutMember, Org: "T1", Member: "anna", Role: directory.RoleManager, Name: "Anna", Groups: []string{"R1"}},
	}
	first := s.done(ops...)
	for i, r := range first {
		if !r.Created {
			t.Errorf("%s: not created", ops[i].Kind)
		}
	}
	org, group := s.org("T1"), s.group("T1", "R1")
	if org.Name != "Acme" || !org.AddPeople.Manager || org.CreatedBy != directory.Host || group.Name != "Backcountry" || group.ID.Org() != org.ID {
		t.Errorf("%+v %+v", org, group)
	}
	if m := s.standing("T1", "R1", "anna"); !m.InGroup() || m.OrgMember.Role != directory.RoleManager || m.OrgMember.Name != "Anna" {
		t.Errorf("%+v", m)
	}
	s.Clock.Advance(time.Minute)
	again := s.unchanged(ops...)
	if again[0].Org.ID != first[0].Org.ID || again[1].Group.ID != first[1].Group.ID {
		t.Errorf("%+v", again)
	}
	s.unchanged(putMember("T1", "anna"), op(mirror.PutGroupMember, "T1", "R1", "anna")) // what isn't said stays
	if counted, named := s.admins("T1"); counted != "0" || named != 0 {
		t.Errorf("%s admins counted, %d named", counted, named)
	}
	if strings.Contains(s.Content(), `"anna"`) {
		t.Error("the subject is stored")
	}
}

func TestPut_RenamesAndSets(t *testing.T) {
	s := loaded(t)
	before := s.org("T1")
	s.done(putOrg("T1", "Acme Ltd"), putGroup("T1", "R1", "Hills"), mirror.Op{Kind: mirror.PutMember, Org: "T1", Member: "anna", Name: "Anna B."})
	if org := s.org("T1"); org.Name != "Acme Ltd" || org.ID != before.ID || org.Version != 2 {
		t.Errorf("%+v", org)
	}
	if g := s.group("T1", "R1"); g.Name != "Hills" || g.Version != 2 {
		t.Errorf("%+v", g)
	}
	if m := s.standing("T1", "R1", "anna"); m.OrgMember.Name != "Anna B." || !m.IsAdmin() || !m.InGroup() {
		t.Errorf("%+v", m)
	}
	s.done(mirror.Op{Kind: mirror.PutOrg, Org: "T1", Name: "Acme Ltd", AddPeople: &directory.AddPeople{User: true}})
	if org := s.org("T1"); !org.AddPeople.User || org.AddPeople.Manager {
		t.Errorf("%+v", org)
	}
	if got, want := s.audited(), []string{"group.changed", "org.changed", "org.changed"}; !slices.Equal(got, want) {
		t.Errorf("audited %v, want %v", got, want)
	}
}

func TestOps_AreRefusedOneByOne(t *testing.T) {
	s := loaded(t)
	for field, o := range map[string]mirror.Op{
		"op":        {Kind: "make_org", Org: "T1"},
		"org":       putOrg("a/b", "Acme"),
		"name":      putOrg("T1", "a\u202eb"),
		"group":     putGroup("T1", strings.Repeat("x", 129), "x"),
		"member":    putMember("T1", "ann a"),
		"groups[1]": putMember("T1", "anna", "R1", ".."),
		"groups":    putMember("T1", "anna", make([]string, mirror.MaxGroups+1)...),
		"role":      {Kind: mirror.PutMember, Org: "T1", Member: "anna", Role: "owner"},
	} {
		results := s.apply(o, putMember("T1", "bob"))
		invalid := new(directory.InvalidError)
		if !errors.As(results[0].Err, &invalid) || invalid.Fields[0].Field != field {
			t.Errorf("%s: %v", field, results[0].Err)
		}
		if results[1].Err != nil {
			t.Errorf("%s: the other one: %v", field, results[1].Err)
		}
	}
	for _, id := range []string{"", ".", "..", "a b", "ä", "a\x00", "a%2Fb", "a?b", "a#b", strings.Repeat("x", 129)} {
		if err := s.apply(putOrg(id, "x"))[0].Err; !errors.As(err, new(*directory.InvalidError)) {
			t.Errorf("%q: %v", id, err)
		}
	}
	s.done(putOrg("acct:T-1._~@|+="+strings.Repeat("x", 113), "x"))
	s.missing("org", putGroup("T2", "R1", "x"))
	s.missing("org", putMember("T2", "anna"))
	s.missing("group", op(mirror.PutGroupMember, "T1", "R9", "anna"))
	s.missing("groups[1]", putMember("T1", "new", "R1", "R9"))
	s.missing("member", op(mirror.PutGroupMember, "T1", "R1", "stranger"))
}

// External ids are told apart exactly, and those of groups by organization too.
func TestExternalIDs_StandForOneThingEach(t *testing.T) {
	s := newScene(t)
	s.done(putOrg("a", "1"), putOrg("A", "2"), putOrg("b", "3"), putGroup("a", "g", "4"), putGroup("A", "g", "5"), putGroup("a", "G", "6"))
	names := ""
	for _, ref := range []string{"a", "A", "b"} {
		names += s.org(ref).Name
	}
	names += s.group("a", "g").Name + s.group("A", "g").Name + s.group("a", "G").Name
	if names != "123456" {
		t.Error(names)
	}
	s.missing("group", op(mirror.PutGroupMember, "b", "g", "anna"))
}

func TestDelete_OfWhatIsntThereIsDone(t *testing.T) {
	s := loaded(t)
	s.unchanged(op(mirror.DeleteOrg, "T2", "", ""), op(mirror.DeleteGroup, "T1", "R9", ""), op(mirror.DeleteGroup, "T2", "R1", ""),
		op(mirror.DeleteMember, "T2", "", "anna"), op(mirror.DeleteGroupMember, "T1", "R9", "anna"))
	s.done(op(mirror.DeleteGroup, "T1", "R2", ""), op(mirror.DeleteMember, "T1", "", "anna"))
	s.unchanged(op(mirror.DeleteGroup, "T1", "R2", ""), op(mirror.DeleteMember, "T1", "", "anna"))
	s.done(op(mirror.DeleteOrg, "T1", "", ""))
	s.unchanged(op(mirror.DeleteOrg, "T1", "", ""))
	if got, want := s.audited(), []string{"group.deleted", "member.removed", "org.deleted"}; !slices.Equal(got, want) {
		t.Errorf("audited %v, want %v", got, want)
	}
}

// Whatever deletes an organization or group, its external id stands for nothing from then on, and a put makes a new one that has nothing of the old.
func TestDelete_AndComingBack(t *testing.T) {
	anna := Person("anna")
	for what, remove := range map[string]func(s scene) error{
		"by the host": func(s scene) error { s.done(op(mirror.DeleteOrg, "T1", "", "")); return nil },
		"by an admin": func(s scene) error { return s.Directory.DeleteOrg(s.Context(), anna, s.org("T1").ID) },
	} {
		t.Run("an organization "+what, func(t *testing.T) {
			s := loaded(t)
			old := s.org("T1").ID
			if err := remove(s); err != nil {
				t.Fatal(err)
			}
			s.missing("org", putGroup("T1", "R1", "x"))
			result := s.done(putOrg("T1", "Acme"))[0]
			if !result.Created || result.Org.ID == old {
				t.Errorf("%+v", result)
			}
			s.missing("group", op(mirror.PutGroupMember, "T1", "R1", "anna"))
			if !s.done(putGroup("T1", "R1", "Backcountry"))[0].Created {
				t.Error("the group was there")
			}
			if m := s.standing("T1", "R1", "anna"); m != (directory.Membership{}) {
				t.Errorf("%+v", m)
			}
		})
	}
	for what, remove := range map[string]func(s scene) error{
		"by the host": func(s scene) error { s.done(op(mirror.DeleteGroup, "T1", "R1", "")); return nil },
		"by an admin": func(s scene) error { return s.Directory.DeleteGroup(s.Context(), anna, s.group("T1", "R1").ID) },
	} {
		t.Run("a group "+what, func(t *testing.T) {
			s := loaded(t)
			old := s.group("T1", "R1").ID
			if err := remove(s); err != nil {
				t.Fatal(err)
			}
			s.missing("group", op(mirror.PutGroupMember, "T1", "R1", "anna"))
			result := s.done(putGroup("T1", "R1", "Backcountry"))[0]
			if !result.Created || result.Group.ID == old {
				t.Errorf("%+v", result)
			}
			if m := s.standing("T1", "R1", "anna"); m.InGroup() || !m.InOrg() {
				t.Errorf("%+v", m)
			}
		})
	}
}

// Who was mirrored before he came signs in with the subject that the host knows him by, and is the same person.
func TestMembers_AreThePeopleWhoSignIn(t *testing.T) {
	s := loaded(t)
	s.done(putMember("T1", "uma", "R1"))
	uma, group := Person("uma"), s.group("T1", "R1")
	link := s.Link(uma, group)
	if link.State != invite.StateActive || link.URL == "" {
		t.Errorf("%+v", link)
	}
	me, err := s.Directory.Me(t.Context(), uma)
	if err != nil || len(me.Orgs) != 1 || len(me.Orgs[0].Groups) != 1 || me.Orgs[0].Role != directory.RoleUser {
		t.Fatalf("%+v %v", me, err)
	}
	if m := s.standing("T1", "R1", "uma"); m.OrgMember.Name != "uma" || m.OrgMember.Email != uma.Email {
		t.Errorf("his token renewed nothing: %+v", m.OrgMember)
	}
	// A colleague who isn't in the group yet joins by the link, and the host's put of him, which knows of no group, takes nothing away.
	s.done(putMember("T1", "carl"))
	if _, err := s.Invites.Redeem(t.Context(), Person("carl"), Code(link)); err != nil {
		t.Fatal(err)
	}
	s.unchanged(putMember("T1", "carl"), putMember("T1", "carl", "R1"))
	if !s.standing("T1", "R1", "carl").InGroup() {
		t.Error("he is out")
	}
}

func TestRemoval_ByTheHostSticks(t *testing.T) {
	s := loaded(t)
	anna, group := Person("anna"), s.group("T1", "R1")
	s.done(putMember("T1", "uma", "R1"), putMember("T1", "carl", "R1"))
	old := s.Link(anna, group, Anyone)
	redeem := func(who string, link invite.View) error {
		_, err := s.Invites.Redeem(t.Context(), Person(who), Code(link))
		return err
	}
	s.Clock.Advance(time.Second)
	// From the organization, from the group, and someone whom nobody knows yet.
	s.done(op(mirror.DeleteMember, "T1", "", "uma"), op(mirror.DeleteGroupMember, "T1", "R1", "carl"), op(mirror.DeleteMember, "T1", "", "stranger"))
	for _, who := range []string{"uma", "carl", "stranger"} {
		if m := s.standing("T1", "R1", who); m.InGroup() {
			t.Errorf("%s is in", who)
		}
		if err := redeem(who, old); !errors.Is(err, invite.ErrRemoved) {
			t.Errorf("%s came back by the old link: %v", who, err)
		}
	}
	s.Clock.Advance(time.Second)
	newer := s.Link(anna, group, Anyone)
	if err := redeem("stranger", newer); err != nil {
		t.Error(err)
	}
	s.unchanged(op(mirror.DeleteMember, "T1", "", "uma"))
	if err := redeem("uma", newer); err != nil {
		t.Error(err)
	}
	// The host adds again: that lifts the removal, and brings no group back by itself.
	s.done(op(mirror.DeleteMember, "T1", "", "uma"))
	s.Clock.Advance(time.Second)
	s.done(putMember("T1", "uma"))
	if m := s.standing("T1", "R1", "uma"); m.InGroup() || !m.InOrg() || !m.OrgMember.RemovedAt.IsZero() {
		t.Errorf("%+v", m)
	}
	if err := redeem("uma", old); err != nil {
		t.Error(err)
	}
	s.done(op(mirror.PutGroupMember, "T1", "R1", "carl"))
	if !s.standing("T1", "R1", "carl").InGroup() {
		t.Error("carl is out")
	}
}

// Someone who has left isn't removed, until the host says so.
func TestRemoval_OfWhoHasLeft(t *testing.T) {
	s := loaded(t)
	s.done(putMember("T1", "uma", "R1"))
	old := s.Link(Person("anna"), s.group("T1", "R1"), Anyone)
	if err := s.Directory.RemoveOrgMember(t.Context(), Person("uma"), s.org("T1").ID, Person("uma").ID); err != nil {
		t.Fatal(err)
	}
	s.Clock.Advance(time.Second)
	s.done(op(mirror.DeleteMember, "T1", "", "uma"))
	if _, err := s.Invites.Redeem(t.Context(), Person("uma"), Code(old)); !errors.Is(err, invite.ErrRemoved) {
		t.Error(err)
	}
}

// The host is bound by no last admin, people are; and the count is right throughout.
func TestAdmins_MayBeNone(t *testing.T) {
	s := loaded(t)
	anna, org := Person("anna"), s.org("T1").ID
	check := func(want int) {
		t.Helper()
		if counted, named := s.admins("T1"); counted != fmt.Sprint(want) || named != want {
			t.Errorf("%s admins counted, %d named, want %d", counted, named, want)
		}
	}
	check(1)
	if err := s.Directory.RemoveOrgMember(t.Context(), anna, org, anna.ID); !errors.Is(err, directory.ErrLastAdmin) {
		t.Errorf("the last admin left: %v", err)
	}
	s.done(mirror.Op{Kind: mirror.PutMember, Org: "T1", Member: "anna", Role: directory.RoleUser})
	check(0)
	s.done(mirror.Op{Kind: mirror.PutMember, Org: "T1", Member: "anna", Role: directory.RoleAdmin},
		mirror.Op{Kind: mirror.PutMember, Org: "T1", Member: "bob", Role: directory.RoleAdmin})
	check(2)
	if _, err := s.Directory.ChangeRole(t.Context(), anna, org, Person("bob").ID, directory.RoleUser); err != nil {
		t.Error(err)
	}
	s.done(op(mirror.DeleteMember, "T1", "", "anna"))
	check(0)
	s.done(mirror.Op{Kind: mirror.PutMember, Org: "T1", Member: "anna", Role: directory.RoleAdmin})
	check(1)
}

func TestShow_AndLists(t *testing.T) {
	s := loaded(t)
	s.done(putMember("T1", "bob", "R1"), putMember("T1", "carl"), putMember("T1", "dora"))
	s.Group(Person("anna"), s.org("T1"), "By hand")
	s.done(op(mirror.DeleteMember, "T1", "", "dora"))
	ctx := t.Context()
	var ids []directory.UserID
	for after, more := (directory.UserID{}), true; more; {
		page, err := s.host.ListMembers(ctx, Issuer, "T1", "", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Items {
			ids = append(ids, m.OrgMember.User)
		}
		after, more = page.Next, page.More
	}
	if len(ids) != 3 || slices.Contains(ids, Person("dora").ID) {
		t.Errorf("members %v", ids)
	}
	page, err := s.host.ListMembers(ctx, Issuer, "T1", "R1", directory.UserID{}, 50)
	if err != nil || len(page.Items) != 2 || page.More {
		t.Errorf("%+v %v", page, err)
	}
	groups, err := s.host.ListGroups(ctx, Issuer, "T1", directory.GroupID{}, 50)
	names := map[string]string{}
	for _, g := range groups.Items {
		names[g.Name] = g.ExternalID
	}
	if err != nil || len(names) != 3 || names["Backcountry"] != "R1" || names["By hand"] != "" {
		t.Errorf("%v %v", names, err)
	}
	for field, show := range map[string]func() error{
		"org":    func() error { _, err := s.host.ShowOrg(ctx, Issuer, "T9"); return err },
		"group":  func() error { _, err := s.host.ShowGroup(ctx, Issuer, "T1", "R9"); return err },
		"member": func() error { _, err := s.host.ShowGroupMember(ctx, Issuer, "T1", "R1", "carl"); return err },
	} {
		missing := new(mirror.MissingError)
		if err := show(); !errors.As(err, &missing) || missing.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := s.host.ShowMember(ctx, Issuer, "T1", "dora"); !errors.Is(err, directory.ErrNotFound) {
		t.Error(err)
	}
}
