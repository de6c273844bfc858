package simulator_test

import (
	"math"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"group-invites/infra/simulator"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// kindOfLink is what says which rows a redeem by an uncapped link reads and writes.
type kindOfLink struct {
	creator directory.Role
	access  invite.Access
}

var (
	forMembers   = kindOfLink{directory.RoleAdmin, invite.AccessOrg}
	byUser       = kindOfLink{directory.RoleUser, invite.AccessOrg}
	forNewcomers = kindOfLink{directory.RoleAdmin, invite.AccessAnyone}
)

// loads keeps what was measured.
var loads struct {
	sync.Mutex
	of map[kindOfLink]simulator.Load
}

// loadOf gives what one redeem of such a link asks for, by instances that know the link.
func loadOf(t *testing.T, kind kindOfLink) simulator.Load {
	t.Helper()
	loads.Lock()
	defer loads.Unlock()
	if load, ok := loads.of[kind]; ok {
		return load
	}
	if loads.of == nil {
		loads.of = map[kindOfLink]simulator.Load{}
	}
	loads.of[kind] = measure(t, kind)
	return loads.of[kind]
}

// measure redeems such a link one after the other on a table that nobody waits for.
func measure(t *testing.T, kind kindOfLink) (load simulator.Load) {
	t.Helper()
	const people = 400
	members := 0
	if kind.access == invite.AccessOrg {
		members = people + 1
	}
	s := newScene(t, members)
	maker := s.admin
	if kind.creator != directory.RoleAdmin {
		maker = Person("maker")
		s.Join(s.admin, s.group, maker, kind.creator)
	}
	link := s.Link(maker, s.group, func(r *invite.Request) { r.Access = kind.access })
	boundless := simulator.Published
	boundless.Read, boundless.Write, boundless.HotFor = math.MaxInt32, math.MaxInt32, 0
	engine := simulator.NewEngine(1)
	defer engine.Close()
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(engine, boundless, 0)
		_, _, service := s.Instance(func(o *dynamodb.Options) {
			o.HTTPClient = doer(func(r *http.Request) (*http.Response, error) { return sim.Do(r) })
		})
		redeem := func(i int) {
			if _, err := service.Redeem(t.Context(), person(i), Code(link)); err != nil {
				t.Fatal(err)
			}
		}
		redeem(people) // from here on the instance knows the link
		sim = simulator.New(engine, boundless, 0)
		for i := range people {
			redeem(i)
		}
		load = sim.Load(people)
	})
	return load
}

// doer is a function as a client.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// placements are those that shares are counted of.
const placements = 4000

// carried gives what each of the placements on so many partitions carries, with nobody waiting.
func carried(load simulator.Load, partitions int) []float64 {
	limits := newTable()
	limits.Partitions = partitions
	rates := make([]float64, placements)
	for seed := range rates {
		rates[seed] = load.Carries(limits, uint64(seed))
	}
	return rates
}

// share gives the share of placements that carry a rate.
func share(rates []float64, rate float64) float64 {
	n := 0
	for _, r := range rates {
		if r >= rate {
			n++
		}
	}
	return float64(n) / float64(len(rates))
}

// TestLoad_ARedeemSharesFourReads: what many redeemers of a link have in common are four rows, and a fifth where its creator isn't an admin.
func TestLoad_ARedeemSharesFourReads(t *testing.T) {
	for _, c := range []struct {
		kind                 kindOfLink
		reads, keys          float64
		ownWrites, listWrite float64
	}{
		{forMembers, 4, 4, 1, 1},
		{byUser, 5, 4, 1, 1}, // two rows of his, under one key
		{forNewcomers, 4, 4, 4, 2},
	} {
		load := loadOf(t, c.kind)
		var shared, listed simulator.Units
		for _, u := range load.Table.Shared {
			shared.Read, shared.Write = shared.Read+u.Read, shared.Write+u.Write
		}
		for _, u := range load.Index.Shared {
			listed.Write += u.Write
		}
		near := func(got, want float64) bool { return math.Abs(got-want) < 1e-9 }
		if !near(shared.Read, c.reads) || shared.Write != 0 || !near(float64(len(load.Table.Shared)), c.keys) {
			t.Errorf("%v: %v of shared keys, want %v reads of %v keys", c.kind, load.Table.Shared, c.reads, c.keys)
		}
		if rest := load.Table.Rest; !near(rest.Read, 2) || !near(rest.Write, c.ownWrites) || !near(listed.Write, c.listWrite) {
			t.Errorf("%v: own %v, listed %v", c.kind, rest, listed)
		}
	}
}

// TestPlacements holds what the report says of luck: where keys fall on a table that is new, and on one that was warmed up.
func TestPlacements(t *testing.T) {
	for _, c := range []struct {
		kind        kindOfLink
		partitions  int
		rate        float64
		least, most float64 // of all placements
	}{
		{forMembers, 4, 650, 1, 1},
		{forMembers, 4, 1000, 0.75, 0.85},
		{forMembers, 4, 1400, 0.05, 0.12}, // the four must lie apart: 9.4%, less what the index takes
		{byUser, 4, 1400, 0, 0},           // the creator's two rows lie together
		{forNewcomers, 4, 1001, 0, 0},     // four write units each of 4,000
		{forMembers, 16, 1400, 0.95, 1},
		{byUser, 16, 1400, 0.75, 0.9},
		{forNewcomers, 32, 1400, 0.93, 1},
		{forMembers, 64, 2900, 0.75, 0.9},
		{forMembers, 64, 3000, 0, 0}, // a row is read 3,000 times a second, if nothing else lies beside it
	} {
		if s := share(carried(loadOf(t, c.kind), c.partitions), c.rate); s < c.least || s > c.most {
			t.Errorf("%v: %v of placements on %d partitions carry %v a second, want %v to %v", c.kind, s, c.partitions, c.rate, c.least, c.most)
		}
	}
}
