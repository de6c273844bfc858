package mirror_test

import (
	"context"
	"crypto/rand"
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
	"group-invites/shared/mirror"
)

// together runs act n times at once.
func together(n int, act func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { act(i) })
	}
	all.Wait()
}

// Many puts of one external id at once make one thing, on good days and bad ones, and one of the puts says that it made it.
func TestPut_TogetherMakesOne(t *testing.T) {
	for day, plan := range map[string]faults.Plan{"a good day": nil, "a bad day": faults.Mix(7, 0.2, 0.05, 0.05)} {
		t.Run(day, func(t *testing.T) {
			s := newScene(t)
			s.Faults.Reset(plan)
			results := make([]mirror.Result, 20)
			together(len(results), func(i int) {
				for ok := false; !ok; ok = results[i].Err == nil { // as a caller would
					ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
					got := s.host.Apply(ctx, Issuer, []mirror.Op{putOrg("T1", "Acme"), putGroup("T1", "R1", "Backcountry"), putMember("T1", "anna", "R1")})
					cancel()
					for _, r := range got {
						if r.Err != nil && !errors.Is(r.Err, directory.ErrUnavailable) {
							t.Errorf("%v", r.Err)
						}
					}
					results[i] = got[0]
				}
			})
			s.Faults.Reset(nil)
			made := 0
			for _, r := range results {
				if r.Org.ID != results[0].Org.ID {
					t.Errorf("two organizations: %s and %s", r.Org.ID, results[0].Org.ID)
				}
				if r.Created {
					made++
				}
			}
			if made > 1 || day == "a good day" && made != 1 {
				t.Errorf("%d say that they made it", made)
			}
			s.unchanged(putOrg("T1", "Acme"), putGroup("T1", "R1", "Backcountry"), putMember("T1", "anna", "R1"))
			if rows := len(s.Rows()); rows != 6 { // organization, group, their external ids, and two rows of anna
				t.Errorf("%d rows:\n%s", rows, s.Content())
			}
		})
	}
}

// Each operation is carried out once and answered as done, if any one answer on its way is lost; and has done nothing or all of a step if its
// process is killed, after which it can be sent again.
func TestOps_LostAnswersAndKills(t *testing.T) {
	addAnyone := &directory.AddPeople{Manager: true, User: true}
	for name, c := range map[string]struct {
		op      mirror.Op
		created bool
		check   func(s scene) bool
	}{
		"making an organization": {putOrg("T2", "New"), true, func(s scene) bool { return s.org("T2").Name == "New" }},
		"changing an organization": {
			mirror.Op{Kind: mirror.PutOrg, Org: "T1", Name: "New", AddPeople: addAnyone}, false,
			func(s scene) bool { return s.org("T1").Version == 2 && s.org("T1").AddPeople.User },
		},
		"making a group":   {putGroup("T1", "R3", "New"), true, func(s scene) bool { return s.group("T1", "R3").Name == "New" }},
		"changing a group": {putGroup("T1", "R1", "New"), false, func(s scene) bool { return s.group("T1", "R1").Version == 2 }},
		"adding a member": {
			putMember("T1", "bob", "R1", "R2"), true,
			func(s scene) bool {
				return s.standing("T1", "R1", "bob").InGroup() && s.standing("T1", "R2", "bob").InGroup()
			},
		},
		"changing a role": {
			mirror.Op{Kind: mirror.PutMember, Org: "T1", Member: "anna", Role: directory.RoleUser}, false,
			func(s scene) bool { return !s.standing("T1", "R1", "anna").IsAdmin() },
		},
		"adding to a group":   {op(mirror.PutGroupMember, "T1", "R2", "anna"), true, func(s scene) bool { return s.standing("T1", "R2", "anna").InGroup() }},
		"removing a member":   {op(mirror.DeleteMember, "T1", "", "anna"), false, func(s scene) bool { return !s.standing("T1", "R1", "anna").InOrg() }},
		"removing from group": {op(mirror.DeleteGroupMember, "T1", "R1", "anna"), false, func(s scene) bool { return !s.standing("T1", "R1", "anna").InGroup() }},
		"deleting a group": {op(mirror.DeleteGroup, "T1", "R1", ""), false, func(s scene) bool {
			_, err := s.host.ShowGroup(s.Context(), Issuer, "T1", "R1")
			return errors.Is(err, directory.ErrNotFound)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for call := 1; call <= 6; call++ {
				for _, fault := range []faults.Fault{faults.Lose, faults.Conflict, faults.KillBefore, faults.KillAfter} {
					s := loaded(t)
					s.Faults.Reset(func(f faults.Call) faults.Fault {
						s.Clock.Advance(10 * time.Millisecond) // a real clock goes on
						return faults.On(call, fault)(f)
					})
					r := s.apply(c.op)[0]
					s.Faults.Reset(nil)
					if killed := errors.Is(r.Err, faults.ErrKilled); killed {
						s.done(c.op)
					} else if r.Err != nil || r.Created != c.created {
						t.Errorf("call %d, fault %d: created %t, %v", call, fault, r.Created, r.Err)
					}
					if !c.check(s) {
						t.Errorf("call %d, fault %d: it isn't so", call, fault)
					}
					if counted, named := s.admins("T1"); counted != fmt.Sprint(named) {
						t.Errorf("call %d, fault %d: %s admins counted, %d named", call, fault, counted, named)
					}
					if c.op.Kind != mirror.DeleteGroup {
						s.unchanged(c.op)
					}
					if n := len(s.audited()); n > 1 {
						t.Errorf("call %d, fault %d: audited %d times", call, fault, n)
					}
				}
			}
		})
	}
}

// TestPut_BringsNobodyBack: someone whom the host has let in leaves before the host hears of it. He stays out, by that operation; by another one he is in
// again.
func TestPut_BringsNobodyBack(t *testing.T) {
	for _, o := range []mirror.Op{op(mirror.PutGroupMember, "T1", "R2", "anna"), putMember("T1", "bob", "R2")} {
		t.Run(string(o.Kind), func(t *testing.T) {
			s := loaded(t)
			org, group, who := s.org("T1").ID, s.group("T1", "R2").ID, Person(o.Member)
			s.Meanwhile(faults.Lose, func(others *directory.Service, _ *invite.Service) {
				err := others.RemoveGroupMember(t.Context(), who, group, who.ID)
				if o.Kind == mirror.PutMember {
					err = others.RemoveOrgMember(t.Context(), who, org, who.ID)
				}
				if err != nil {
					t.Error(err)
				}
			})
			r := s.apply(o)[0]
			s.Faults.Reset(nil)
			if in := s.standing("T1", "R2", o.Member).InGroup(); r.Err != nil || !r.Created || in {
				t.Errorf("created %t, %v, in %t", r.Created, r.Err, in)
			}
			if s.done(o); !s.standing("T1", "R2", o.Member).InGroup() {
				t.Error("he isn't in by another operation")
			}
		})
	}
}

// TestPut_OfSeveralGroupsIsAllOrNothing: one of two groups is joined, the other not yet, when the person leaves the organization. He is brought back into neither.
func TestPut_OfSeveralGroupsIsAllOrNothing(t *testing.T) {
	s := loaded(t)
	s.done(putMember("T1", "bob"))
	org, who := s.org("T1").ID, Person("bob")
	_, others, _ := s.Instance()
	writes, acted := 0, false
	s.Faults.Reset(func(call faults.Call) faults.Fault {
		switch {
		case call.Writes():
			if writes++; writes == 2 {
				return faults.Throttle
			}
		case writes == 2 && !acted:
			acted = true
			s.Clock.Advance(time.Second)
			if err := others.RemoveOrgMember(t.Context(), who, org, who.ID); err != nil {
				t.Error(err)
			}
		}
		return faults.None
	})
	r := s.apply(putMember("T1", "bob", "R1", "R2"))[0]
	s.Faults.Reset(nil)
	if !acted || r.Err != nil || r.Created || s.standing("T1", "R1", "bob").InOrg() {
		t.Errorf("left %t, created %t, %v, %+v", acted, r.Created, r.Err, s.standing("T1", "R1", "bob"))
	}
	if s.done(putMember("T1", "bob", "R1", "R2")); !s.standing("T1", "R1", "bob").InGroup() || !s.standing("T1", "R2", "bob").InGroup() {
		t.Error("he isn't in both by another operation")
	}
}

// TestActs_OfTheHostAreDoneOnce: what an attempt whose answer was lost has done, and an admin has undone since, isn't done again, and is audited once.
func TestActs_OfTheHostAreDoneOnce(t *testing.T) {
	ctx := t.Context()
	admin := Person("anna")
	for name, c := range map[string]struct {
		op     mirror.Op
		undo   func(d *directory.Service, org directory.OrgID, group directory.GroupID, who directory.UserID) error
		undone func(directory.Membership) bool
	}{
		"a role": {
			mirror.Op{Kind: mirror.PutMember, Org: "T1", Member: "bob", Role: directory.RoleManager},
			func(d *directory.Service, org directory.OrgID, _ directory.GroupID, who directory.UserID) error {
				_, err := d.ChangeRole(ctx, admin, org, who, directory.RoleUser)
				return err
			},
			func(m directory.Membership) bool { return m.OrgMember.Role == directory.RoleUser },
		},
		"a removal": {
			op(mirror.DeleteMember, "T1", "", "bob"),
			func(d *directory.Service, org directory.OrgID, _ directory.GroupID, who directory.UserID) error {
				_, _, err := d.PutOrgMember(ctx, admin, org, who, "")
				return err
			},
			directory.Membership.InOrg,
		},
		"a removal from a group": {
			op(mirror.DeleteGroupMember, "T1", "R1", "bob"),
			func(d *directory.Service, _ directory.OrgID, group directory.GroupID, who directory.UserID) error {
				_, _, err := d.PutGroupMember(ctx, admin, group, who)
				return err
			},
			directory.Membership.InGroup,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := loaded(t)
			s.done(putMember("T1", "bob", "R1"))
			org, group, who := s.org("T1").ID, s.group("T1", "R1").ID, Person("bob").ID
			s.Meanwhile(faults.Lose, func(others *directory.Service, _ *invite.Service) {
				if err := c.undo(others, org, group, who); err != nil {
					t.Error(err)
				}
			})
			r := s.apply(c.op)[0]
			s.Faults.Reset(nil)
			if m := s.standing("T1", "R1", "bob"); r.Err != nil || !c.undone(m) {
				t.Errorf("%v, %+v", r.Err, m)
			}
			if n := strings.Count(s.Content(), "A#"+org.String()+" "); n != 2 { // the host's act, and that it was undone
				t.Errorf("audited %d times:\n%s", n, s.Content())
			}
		})
	}
}

// TestDelete_MeansWhatIsThereFirst: the answer of a delete is lost, and the host makes another group under the same external id since. That one stays.
func TestDelete_MeansWhatIsThereFirst(t *testing.T) {
	s := loaded(t)
	table, _, _ := s.Instance()
	other := &mirror.Service{Store: table, Clock: s.Clock.Now, Random: rand.Reader}
	s.Meanwhile(faults.Lose, func(*directory.Service, *invite.Service) {
		if r := other.Apply(s.Context(), Issuer, []mirror.Op{putGroup("T1", "R1", "Anew")})[0]; r.Err != nil || !r.Created {
			t.Errorf("%+v", r)
		}
	})
	r := s.apply(op(mirror.DeleteGroup, "T1", "R1", ""))[0]
	s.Faults.Reset(nil)
	if r.Err != nil || s.group("T1", "R1").Name != "Anew" {
		t.Errorf("%v, %+v", r.Err, s.group("T1", "R1"))
	}
}

// A bulk load comes out whole on a bad day too, if what is undecided is sent again.
func TestApply_LoadsThousandsOnABadDay(t *testing.T) {
	const people, groups = 1000, 10 // three rows each
	s := newScene(t)
	s.done(putOrg("T1", "Acme"))
	for g := range groups {
		s.done(putGroup("T1", fmt.Sprintf("R%d", g), fmt.Sprintf("Group %d", g)))
	}
	var load []mirror.Op
	for p := range people {
		load = append(load, putMember("T1", fmt.Sprintf("p%d", p), fmt.Sprintf("R%d", p%groups), fmt.Sprintf("R%d", (p+1)%groups)))
	}
	s.Faults.Reset(faults.Mix(3, 0.1, 0.02, 0.005))
	left, rounds := load, 0
	for ; len(left) > 0; rounds++ {
		if rounds > 20*people/mirror.MaxOps {
			t.Fatalf("%d are still undecided", len(left))
		}
		batch := left[:min(len(left), mirror.MaxOps)]
		left = left[len(batch):]
		for i, r := range s.apply(batch...) {
			if errors.Is(r.Err, directory.ErrUnavailable) {
				left = append(left, batch[i])
			} else if r.Err != nil {
				t.Fatal(r.Err)
			}
		}
	}
	s.Faults.Reset(nil)
	for start := 0; start < people; start += mirror.MaxOps {
		for _, r := range s.done(load[start:min(start+mirror.MaxOps, people)]...) {
			if r.Created {
				t.Fatal("someone wasn't there")
			}
		}
	}
	if cost := s.Faults.Cost(); cost.WriteUnits != 0 {
		t.Errorf("loading again took %+v", cost)
	}
	in := 0
	for after, more := (directory.UserID{}), true; more; {
		page, err := s.host.ListMembers(t.Context(), Issuer, "T1", "R3", after, 50)
		if err != nil {
			t.Fatal(err)
		}
		in += len(page.Items)
		after, more = page.Next, page.More
	}
	if in != 2*people/groups {
		t.Errorf("%d in the group, want %d", in, 2*people/groups)
	}
}

// A removal by the host and a joining by a link at the same time: whatever comes first, who is removed stays out of links from before.
func TestRemoval_AgainstAJoiningInFlight(t *testing.T) {
	s := loaded(t)
	link := s.Link(Person("anna"), s.group("T1", "R1"), Anyone)
	s.Clock.Advance(time.Second)
	for i := range 40 {
		who := fmt.Sprintf("new%d", i)
		together(2, func(half int) {
			if half == 0 {
				s.apply(op(mirror.DeleteMember, "T1", "", who))
			} else {
				_, _ = s.Invites.Redeem(s.Context(), Person(who), Code(link)) // it may come first, or be refused
			}
		})
		if m := s.standing("T1", "R1", who); m.InOrg() || m.InGroup() {
			t.Errorf("%s is in: %+v", who, m)
		}
	}
}
