package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/mirror"
)

// Operations of one request come to what they would have come to one by one, in the order of the list.
func TestApply_ComesToWhatOneByOneDoes(t *testing.T) {
	s := newScene(t)
	for seed := range uint64(25) {
		random := rand.New(rand.NewPCG(seed, 0))
		pick := func(words ...string) string { return words[random.IntN(len(words))] }
		bulk := make([]mirror.Op, 1+random.IntN(25))
		for i := range bulk {
			o := mirror.Op{Kind: mirror.Kinds[random.IntN(len(mirror.Kinds))], Org: pick("T1", "T1", "T2"), Group: pick("R1", "R2"), Member: pick("anna", "bob")}
			if i == 0 {
				o.Kind = mirror.PutOrg
			}
			if o.Kind == mirror.PutOrg || o.Kind == mirror.PutGroup {
				o.Name = pick("One", "Two")
			}
			if o.Kind == mirror.PutMember {
				o.Role, o.Groups = directory.Role(pick("", "user", "admin")), [][]string{nil, {"R1"}, {"R1", "R2"}}[random.IntN(3)]
			}
			bulk[i] = o
		}
		single := slices.Clone(bulk)
		for i := range bulk {
			bulk[i].Org += fmt.Sprintf("-%d-bulk", seed)
			single[i].Org += fmt.Sprintf("-%d-single", seed)
		}
		together := s.apply(bulk...)
		for i, o := range single {
			s.Clock.Advance(time.Millisecond)
			alone := s.apply(o)[0]
			if alone.Created != together[i].Created || (alone.Err == nil) != (together[i].Err == nil) || errors.Is(alone.Err, directory.ErrUnavailable) {
				t.Fatalf("seed %d, operation %d of %+v: in bulk %t %v, by itself %t %v", seed, i, bulk, together[i].Created, together[i].Err, alone.Created, alone.Err)
			}
		}
		for _, org := range []string{"T1", "T2"} {
			for _, group := range []string{"R1", "R2"} {
				for _, who := range []string{"anna", "bob"} {
					a, b := s.seen(fmt.Sprintf("%s-%d-bulk", org, seed), group, who), s.seen(fmt.Sprintf("%s-%d-single", org, seed), group, who)
					if a != b {
						t.Fatalf("seed %d, %s %s %s: in bulk %s, one by one %s", seed, org, group, who, a, b)
					}
				}
			}
		}
	}
}

// seen tells all that the host sees of a person in a group.
func (s scene) seen(org, group, who string) string {
	o, orgErr := s.host.ShowOrg(s.Context(), Issuer, org)
	g, groupErr := s.host.ShowGroup(s.Context(), Issuer, org, group)
	m, memberErr := s.host.ShowMember(s.Context(), Issuer, org, who)
	_, inErr := s.host.ShowGroupMember(s.Context(), Issuer, org, group, who)
	return fmt.Sprintln(o.Org.Name, orgErr, g.Group.Name, groupErr, m.Member.OrgMember.Role, memberErr, inErr)
}

// What is undecided leaves what depends on it undecided, and nothing else.
func TestApply_UndecidedHoldsBackWhatDependsOnIt(t *testing.T) {
	s := loaded(t)
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	s.Faults.Reset(func(c faults.Call) faults.Fault {
		if c.Operation == "UpdateItem" { // adding someone, which is no transaction
			return faults.Fail
		}
		return faults.None
	})
	results := s.host.Apply(ctx, Issuer, []mirror.Op{
		putMember("T1", "bob"), op(mirror.DeleteMember, "T1", "", "bob"), op(mirror.PutGroupMember, "T1", "R1", "bob"),
		op(mirror.DeleteOrg, "T1", "", ""), putGroup("T2", "R1", "x"), op(mirror.DeleteMember, "T1", "", "carl"),
	})
	s.Faults.Reset(nil)
	for i, want := range []error{
		directory.ErrUnavailable, directory.ErrUnavailable, directory.ErrUnavailable, directory.ErrUnavailable, directory.ErrNotFound, directory.ErrUnavailable,
	} {
		if !errors.Is(results[i].Err, want) {
			t.Errorf("%d: %v, want %v", i, results[i].Err, want)
		}
	}
	if s.org("T1").Name != "Acme" {
		t.Error("it was deleted out of turn")
	}
}
