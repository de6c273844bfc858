package simulator_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/infra/simulator"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// answerTime is what a function has for a request.
const answerTime = 2500 * time.Millisecond

// storm is a link that people open at a rate.
type storm struct {
	name   string
	access invite.Access
	cap    int // 0: none
	rate   int // redeems a second
	// warm is for how many seconds people come before it counts, warmRate a second, so that partitions split; then they come for seconds.
	warm, warmRate, seconds int
	// seed says where keys fall. Where carries is given, it is the first one of which the fullest partition carries a rate from the one to the other.
	seed    uint64
	carries [2]float64
	limits  simulator.Limits
	// deleteAfter is the second at which the link is deleted; 0: never.
	deleteAfter int
	// over is the share of people who may be left undecided, where more come than the placement of the keys carries.
	over float64
}

// people is how many come in all, and second the one in which the i-th comes, and how far it has passed by then.
func (st storm) people() int { return st.warm*st.warmRate + st.seconds*st.rate }

func (st storm) second(i int) (second int, passed float64, last bool) {
	from, rate := 0, st.warmRate
	if i >= st.warm*st.warmRate {
		i, from, rate = i-st.warm*st.warmRate, st.warm, st.rate
	}
	return from + i/rate, float64(i%rate) / float64(rate), i%rate == rate-1
}

// outcome is what became of those who came in one second, warming up included.
type outcome struct {
	Came, Joined, UsedUp, Deleted, Undecided int
	Took                                     []time.Duration
	Partitions                               int
}

// result is what a storm came to.
type result struct {
	storm
	By        []outcome // second by second
	All       outcome   // what counts
	Count     simulator.Count
	Instances int     // the most functions at work at once
	Carried   float64 // redeems a second, by an uncapped link, before a partition has split, and with nobody waiting
	Uses      int
	Members   int
	Deleting  time.Duration
	Took      time.Duration // of the machine
}

// lambdas are the environments of the function: each serves one request at a time, and knows what it has seen.
type lambdas struct {
	mu    sync.Mutex
	free  []*invite.Service
	made  int
	start func() *invite.Service
}

func (l *lambdas) take() *invite.Service {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.free); n > 0 {
		service := l.free[n-1]
		l.free = l.free[:n-1]
		return service
	}
	l.made++
	return l.start()
}

func (l *lambdas) put(service *invite.Service) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, service)
}

// scene is an organization with a group, on a table without a stream: the engine slows down as records pile up.
type scene struct {
	*World
	admin directory.Caller
	group directory.Group
}

// dice is a random reader that many may read at once.
type dice struct {
	mu     sync.Mutex
	random *rand.ChaCha8
}

func (d *dice) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.Read(p)
}

// bubbleTime is when the clock of a synctest bubble begins.
var bubbleTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// newScene makes one. Its ids are always the same, so that it is the simulator's seed that says which keys fall together.
func newScene(t *testing.T, members int) scene {
	s := scene{World: NewOf(t, &dice{random: rand.NewChaCha8([32]byte{})}), admin: Person("admin")}
	_, err := s.Client.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
		TableName: &s.TableName, StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Clock.Set(bubbleTime.Add(-time.Hour))
	org := s.Org(s.admin, "Acme")
	s.group = s.Group(s.admin, org, "Backcountry")
	if members == 0 {
		return s
	}
	// One comes in as everybody does; the others get rows like his.
	s.Join(s.admin, s.Group(s.admin, org, "Everyone"), person(0), directory.RoleUser)
	for _, row := range s.Rows() {
		if sk := row["sk"].(*types.AttributeValueMemberS); row["pk"].(*types.AttributeValueMemberS).Value == "U#"+person(0).ID.String() && sk.Value[:2] == "O#" {
			s.copies(row, members)
		}
	}
	return s
}

// copies writes rows of an organization's members like the one of the first person.
func (s scene) copies(row map[string]types.AttributeValue, members int) {
	s.Helper()
	var writes []types.WriteRequest
	for i := 1; i < members; i++ {
		who := &types.AttributeValueMemberS{Value: "U#" + person(i).ID.String()}
		other := maps.Clone(row)
		other["pk"], other["lsk"] = who, who
		other["name"], other["email"] = &types.AttributeValueMemberS{Value: person(i).Name}, &types.AttributeValueMemberS{Value: person(i).Email}
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: other}})
	}
	for batch := range slices.Chunk(writes, 25) {
		out, err := s.Client.BatchWriteItem(s.Context(), &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{s.TableName: batch},
		})
		if err != nil || len(out.UnprocessedItems) > 0 {
			s.Fatal(err, len(out.UnprocessedItems))
		}
	}
}

func person(i int) directory.Caller { return Person(fmt.Sprintf("person %d", i)) }

// run lets the storm pass.
func run(t *testing.T, st storm) result {
	t.Helper()
	began := time.Now()
	load := loadOf(t, kindOfLink{directory.RoleAdmin, st.access})
	for st.carries[1] > 0 {
		if carries := load.Carries(st.limits, st.seed); carries >= st.carries[0] && carries < st.carries[1] {
			break
		}
		st.seed++
	}
	people := st.people()
	members := 0
	if st.access == invite.AccessOrg {
		members = people
	}
	s := newScene(t, members)
	link := s.Link(s.admin, s.group, func(r *invite.Request) { r.Access, r.MaxUses = st.access, st.cap })
	engine := simulator.NewEngine(16)
	defer engine.Close()
	r := result{storm: st, Carried: load.Carries(st.limits, st.seed), By: make([]outcome, st.warm+st.seconds)}
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(engine, st.limits, st.seed)
		instance := func() *invite.Service {
			_, _, service := s.Instance(func(o *dynamodb.Options) { o.HTTPClient = sim })
			service.Clock = time.Now
			return service
		}
		pool := &lambdas{start: instance}
		var mu sync.Mutex
		var all sync.WaitGroup
		random := rand.New(rand.NewPCG(st.seed, 0))
		start := time.Now()
		if st.deleteAfter > 0 {
			all.Go(func() {
				time.Sleep(time.Duration(st.deleteAfter)*time.Second + time.Millisecond)
				ctx, cancel := context.WithTimeout(t.Context(), answerTime)
				defer cancel()
				from := time.Now()
				if err := instance().Delete(ctx, s.admin, s.group.ID, link.ID); err != nil {
					t.Errorf("delete: %v", err)
				}
				r.Deleting = time.Since(from)
			})
		}
		for i := range people {
			// Evenly, and yet not in step with anything.
			second, passed, last := st.second(i)
			at := float64(second) + passed + random.Float64()/float64(st.rate)
			time.Sleep(time.Until(start.Add(time.Duration(at * float64(time.Second)))))
			all.Go(func() {
				service := pool.take()
				ctx, cancel := context.WithTimeout(t.Context(), answerTime)
				from := time.Now()
				_, err := service.Redeem(ctx, person(i), Code(link))
				took := time.Since(from)
				cancel()
				pool.put(service)
				mu.Lock()
				defer mu.Unlock()
				o := &r.By[second]
				o.Came++
				o.Took = append(o.Took, took)
				switch {
				case err == nil:
					o.Joined++
				case errors.Is(err, invite.ErrUsedUp):
					o.UsedUp++
				case errors.Is(err, invite.ErrDeleted):
					o.Deleted++
				case errors.Is(err, directory.ErrUnavailable):
					o.Undecided++
				default:
					t.Errorf("%d: %v", i, err)
				}
			})
			if last {
				r.By[second].Partitions = st.limits.Partitions*2 + sim.Count().Splits
			}
		}
		all.Wait()
		r.Count, r.Instances = sim.Count(), pool.made
	})
	for _, o := range r.By[st.warm:] {
		r.All.Came += o.Came
		r.All.Joined += o.Joined
		r.All.UsedUp += o.UsedUp
		r.All.Deleted += o.Deleted
		r.All.Undecided += o.Undecided
		r.All.Took = append(r.All.Took, o.Took...)
	}
	slices.Sort(r.All.Took)
	if st.deleteAfter == 0 {
		view, err := s.Invites.Get(t.Context(), s.admin, s.group.ID, link.ID)
		if err != nil {
			t.Fatal(err)
		}
		r.Uses = view.Uses
	}
	for _, row := range s.Rows() {
		sk, _ := row["sk"].(*types.AttributeValueMemberS)
		if sk.Value == "G#"+s.group.ID.String() && row["via"] != nil {
			r.Members++
		}
	}
	r.Took = time.Since(began)
	return r
}

func (r result) percentile(p float64) time.Duration {
	if len(r.All.Took) == 0 {
		return 0
	}
	return r.All.Took[int(p*float64(len(r.All.Took)-1))]
}

func (r result) String() string {
	return fmt.Sprintf("%s, seed %d, carries %.0f: came %d, joined %d, used up %d, deleted %d, undecided %d; p50 %v p99 %v max %v; %d calls, %d throttled, %d conflicts, %d splits; "+
		"%d functions; uses %d, members %d; deleting %v; took %v; refused %s", r.name, r.seed, r.Carried, r.All.Came, r.All.Joined, r.All.UsedUp, r.All.Deleted, r.All.Undecided,
		r.percentile(0.5).Round(time.Millisecond), r.percentile(0.99).Round(time.Millisecond), r.percentile(1).Round(time.Millisecond),
		r.Count.Calls, r.Count.Throttled, r.Count.Conflicts, r.Count.Splits, r.Instances, r.Uses, r.Members, r.Deleting.Round(time.Millisecond), r.Took.Round(time.Second), r.refused())
}

// refused tells whose units were asked for in vain, by the kinds of keys; several that are hot each for itself.
func (r result) refused() string {
	total, rest := 0, 0
	for _, n := range r.Count.Refused {
		total += n
	}
	var keys []string
	for key, n := range r.Count.Refused {
		if n*50 < total {
			rest += n
			continue
		}
		keys = append(keys, fmt.Sprintf("%s %d", kind(key), n))
	}
	slices.Sort(keys)
	if rest > 0 {
		keys = append(keys, fmt.Sprintf("others %d", rest))
	}
	return strings.Join(keys, ", ")
}

// kind names a key without its ids.
func kind(key string) string {
	parts := strings.Split(key, "#")
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return len(part) > 8 }), "#")
}
