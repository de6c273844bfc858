package simulator_test

import (
	. "group-invites/shared/dynamo/dynamotest"
	"math"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"group-invites/infra/simulator"
	"group-invites/shared/directory"
	"group-invites/shared/invite"
)

// boundless is a table that nobody waits for.
func boundless() simulator.Limits {
	l := simulator.Published
	l.Read, l.Write, l.HotFor = math.MaxInt32, math.MaxInt32, 0
	return l
}

// measure redeems a link one after the other, and gives what that asked for, once the instance knows the link.
func measure(t *testing.T, creator directory.Role, access invite.Access) simulator.Load {
	t.Helper()
	const people = 400
	members := 0
	if access == invite.AccessOrg {
		members = people
	}
	s := newScene(t, members)
	maker := s.admin
	if creator != directory.RoleAdmin {
		maker = Person("maker")
		s.Join(s.admin, s.group, maker, creator)
	}
	link := s.Link(maker, s.group, func(r *invite.Request) { r.Access = access })
	engine := simulator.NewEngine(1)
	defer engine.Close()
	var load simulator.Load
	synctest.Test(t, func(t *testing.T) {
		var sim *simulator.Simulator
		_, _, service := s.Instance(func(o *dynamodb.Options) { sim = simulator.New(engine, boundless(), 0); o.HTTPClient = sim })
		for i := range people {
			if _, err := service.Redeem(t.Context(), person(i), Code(link)); err != nil {
				t.Fatal(err)
			}
		}
		load = sim.Load(people)
	})
	return load
}

func TestTmp(t *testing.T) {
	for _, a := range []invite.Access{invite.AccessOrg, invite.AccessAnyone} {
		l := measure(t, directory.RoleAdmin, a)
		for k, u := range l.Table.Shared {
			t.Log(a, k, u)
		}
		t.Log(l.Table.Rest)
		for k, u := range l.Index.Shared {
			t.Log(a, k, u)
		}
		t.Log(l.Index.Rest)
		for _, parts := range []int{4, 8, 16, 32, 64} {
			lim := simulator.Published
			lim.Partitions = parts
			for _, rate := range []float64{500, 667, 850, 1000, 1200, 1400, 2000, 2900} {
				n := 0
				for seed := range 2000 {
					if r, _ := l.Carries(lim, uint64(seed)); r >= rate {
						n++
					}
				}
				t.Log(a, parts, rate, float64(n)/20)
			}
		}
	}
}
