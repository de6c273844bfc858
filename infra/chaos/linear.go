package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"group-invites/infra/chaos/history"
	"group-invites/infra/local/faulty"
	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/invite"
)

const (
	// perStack is how many histories one stack goes through: an engine gets slower as its stream grows.
	perStack = 250
	// pool is how many people share the histories of a stack. Each history is of a group of its own.
	pool = 64
	// linearProcesses is how many processes each function has: calls whose answer is lost hold one up for a second.
	linearProcesses = 20
	// linearAtOnce is how many histories go on at the same time.
	linearAtOnce = 20
	// stacks is how many there are at the same time: one starts, or comes to rest, while another is at work.
	stacks = 2
	// settled is more than functions pause between two attempts, and a request that nobody waits for may make another.
	settled = time.Second
)

// linear is what became of histories of capped links.
type linear struct {
	seed                         uint64
	histories, dealt, operations int
	answers                      map[history.Answer]int
	longest                      time.Duration
	faults                       faulty.Count
	rows                         int
	took                         time.Duration
	wrong                        []string // histories that aren't linearizable, and all else that must not be
}

// runLinear lets concurrent clients of capped links go through so many histories while calls to the table go wrong, and judges each.
func runLinear(ctx context.Context, root, binaries string, seed uint64, histories int, progress func(string)) (l linear, err error) {
	l = linear{seed: seed, answers: map[history.Answer]int{}}
	began := time.Now()
	var mu sync.Mutex
	var all errgroup.Group
	all.SetLimit(stacks)
	for done := 0; done < histories; done += perStack {
		all.Go(func() error {
			part := linear{answers: map[history.Answer]int{}}
			err := part.stack(ctx, root, binaries, seed+uint64(done), min(perStack, histories-done))
			mu.Lock()
			defer mu.Unlock()
			l.add(part)
			progress(fmt.Sprintf("%d histories, %d operations, %d wrong, %v", l.histories, l.operations, len(l.wrong), time.Since(began).Round(time.Second)))
			return err
		})
	}
	err = all.Wait()
	l.took = time.Since(began)
	return l, err
}

// add takes what became of other histories.
func (l *linear) add(o linear) {
	l.histories, l.dealt, l.operations, l.rows = l.histories+o.histories, l.dealt+o.dealt, l.operations+o.operations, l.rows+o.rows
	for a, n := range o.answers {
		l.answers[a] += n
	}
	l.longest = max(l.longest, o.longest)
	l.faults = sum(l.faults, o.faults)
	l.wrong = append(l.wrong, o.wrong...)
}

// badWeather has all that may go wrong at once, and reads of which the parts are some milliseconds apart. Every fourth stack has so many throttles that many
// operations stay undecided.
func badWeather(seed uint64) faulty.Plan {
	random := rand.New(rand.NewPCG(seed, 1))
	shares := faulty.Shares{Conflicts: 0.12, Throttles: 0.02, Lost: 0.015}
	if seed/perStack%4 == 0 {
		shares.Throttles = 0.35
	}
	upTo := func(share float64, most time.Duration) time.Duration {
		if random.Float64() >= share {
			return 0
		}
		return time.Duration(random.Int64N(int64(most)))
	}
	return func(operation string) faulty.Fate {
		f := faulty.Fate{Fault: shares.Draw(random), There: upTo(0.3, 8*time.Millisecond), Back: upTo(0.2, 8*time.Millisecond), Apart: upTo(0.3, 8*time.Millisecond)}
		if f.Fault == faulty.Lose && random.IntN(4) > 0 {
			f.Fault = faulty.Cut // takes no second of a function's time
		}
		if faulty.Writes(operation) && random.Float64() < 0.005 {
			f.There = 1100 * time.Millisecond // carried out when nobody waits for it any more
		}
		return f
	}
}

// stack takes n histories through a stack of their own. History i has the seed seed+i.
func (l *linear) stack(ctx context.Context, root, binaries string, seed uint64, n int) (err error) {
	s, err := open(ctx, root, binaries, linearProcesses)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	people, err := s.people("person", pool)
	if err != nil {
		return err
	}
	scripts := make([]*script, n)
	var o org
	for i := range scripts {
		if i%50 == 0 { // among new people, and later among members of the organization
			if o, err = s.newOrg(ctx, fmt.Sprintf("admin-%d", i/50)); err != nil {
				return err
			}
		}
		scripts[i] = newScript(o, seed+uint64(i), people)
	}
	var making errgroup.Group
	making.SetLimit(8)
	for _, h := range scripts {
		making.Go(func() error { return h.prepare(ctx) })
	}
	if err := making.Wait(); err != nil {
		return err
	}

	s.table.Follow(badWeather(seed))
	var playing errgroup.Group
	playing.SetLimit(linearAtOnce)
	for _, h := range scripts {
		playing.Go(func() error { return h.play(ctx) })
	}
	if err := playing.Wait(); err != nil {
		return err
	}
	s.table.Settle(settled)
	count := s.table.Count()
	s.table.Follow(nil)
	end, err := s.read(ctx)
	if err != nil {
		return err
	}

	for _, h := range scripts {
		l.judge(h, end)
	}
	for _, v := range end.found {
		l.wrong = append(l.wrong, fmt.Sprintf("seed %d: in the table: %v", seed, v))
	}
	if told := s.log.String(); told != "" {
		l.wrong = append(l.wrong, told)
	}
	l.rows += end.count
	l.faults = sum(l.faults, count)
	return nil
}

func sum(a, b faulty.Count) faulty.Count {
	return faulty.Count{
		Calls: a.Calls + b.Calls, Conflicts: a.Conflicts + b.Conflicts, Throttles: a.Throttles + b.Throttles, Lost: a.Lost + b.Lost, Torn: a.Torn + b.Torn,
	}
}

// judge adds what the table says at the end to a history, and checks it.
func (l *linear) judge(h *script, end rows) {
	last := history.Op{Client: h.clients, Kind: history.Settled, Begin: h.length + 1, End: h.length + 2, Answer: history.Gone}
	if end.there[h.link.id] {
		last.Answer, last.Uses = history.Seen, end.uses[h.link.id]
	}
	for i, p := range h.people {
		if end.members[h.link.group][p.id] {
			last.In |= 1 << i
		}
	}
	l.histories++
	l.operations += len(h.ops)
	if h.shards > 0 {
		l.dealt++
	}
	for _, o := range h.ops {
		l.answers[o.Answer]++
		l.longest = max(l.longest, o.End-o.Begin)
	}
	for _, what := range h.strange {
		l.wrong = append(l.wrong, fmt.Sprintf("seed %d: %s", h.seed, what))
	}
	if err := history.Check(h.link.places, append(h.ops, last)); err != nil {
		l.wrong = append(l.wrong, fmt.Sprintf("seed %d, %d shards: %v", h.seed, h.shards, err))
	}
}

// script is one history: what each client asks for follows from the seed, what they are answered from how they meet.
type script struct {
	org
	seed    uint64
	link    link
	people  []person
	clients int
	steps   [][]step // of each client
	shards  int      // among which the places are dealt, by the side; 0: not, unless conflicts do it
	dealAt  time.Duration

	mu      sync.Mutex
	ops     []history.Op
	strange []string // answers that no link gives
	began   time.Time
	length  time.Duration
}

// step is what a client asks for after a pause.
type step struct {
	pause  time.Duration
	kind   history.Kind
	person int
	leaves time.Duration // does not wait any longer for the answer; 0: waits
}

// newScript makes up a history of 8 to 20 operations by 4 to 8 clients. One in fifty is of a link with many places, which conflicts
// deal among shards by themselves.
func newScript(o org, seed uint64, among []person) *script {
	random := rand.New(rand.NewPCG(seed, 2))
	h := &script{org: o, seed: seed, clients: 4 + random.IntN(5), link: link{places: 1 + random.IntN(5)}}
	operations, persons := 8+random.IntN(13), 3+random.IntN(6)
	large := random.IntN(50) == 0
	if large {
		operations, persons, h.link.places = 48, 44, 36+random.IntN(6)
	} else if random.IntN(2) == 0 {
		h.link.places = 3 + random.IntN(5)
		h.shards = 2 + random.IntN(h.link.places-1) // at least two, at most as many as places
		h.dealAt = time.Duration(random.Int64N(int64(60*time.Millisecond))) - 20*time.Millisecond
	}
	first := random.IntN(len(among) - persons + 1)
	h.people = among[first : first+persons]
	h.steps = make([][]step, h.clients)
	deletes := random.IntN(2) == 0
	for i := range operations {
		t := step{pause: time.Duration(random.Int64N(int64(15 * time.Millisecond))), person: random.IntN(persons)}
		switch n := random.IntN(20); {
		case n < 3:
			t.kind = history.Read
		case n < 5:
			t.kind = history.Preview
		case n < 8 && deletes && !large && i > operations/3:
			t.kind = history.Delete
		}
		if random.IntN(16) == 0 {
			t.leaves = time.Duration(1 + random.Int64N(int64(60*time.Millisecond)))
		}
		if large && t.kind == history.Redeem {
			t.person = i % persons
		}
		h.steps[i%h.clients] = append(h.steps[i%h.clients], t)
	}
	return h
}

// prepare makes the group and the link.
func (h *script) prepare(ctx context.Context) error {
	group, err := h.group(ctx)
	if err != nil {
		return err
	}
	h.link, err = h.newLink(ctx, h.admin, group, h.link.places)
	if err == nil && h.shards > 0 && h.dealAt <= 0 {
		return h.deal(ctx)
	}
	return err
}

// deal deals the places, as redeems do that conflicts push aside: of links with 32 places and more. Here links are smaller, so that they are used up.
func (h *script) deal(ctx context.Context) error {
	table := dynamo.Open(dynamo.Options{
		Table: h.TableName(), Region: "local", Endpoint: h.engine.Endpoint(), AccessKeyID: "local", SecretAccessKey: "local",
	})
	group, _ := directory.ParseGroupID(h.link.group)
	id, _ := invite.ParseID(h.link.id)
	for {
		err := table.DealPlaces(ctx, &invite.Invite{Group: group, ID: id, MaxUses: h.link.places}, h.shards)
		switch {
		case errors.Is(err, directory.ErrChanged):
			return nil // it is gone, or has too few places left, or an attempt without an answer has dealt them
		case !errors.Is(err, directory.ErrUnavailable) || ctx.Err() != nil:
			return err
		}
	}
}

// play lets the clients ask, all at once.
func (h *script) play(ctx context.Context) error {
	h.began = time.Now()
	var all errgroup.Group
	for c, steps := range h.steps {
		all.Go(func() error {
			for _, t := range steps {
				time.Sleep(t.pause)
				h.do(ctx, c, t)
			}
			return nil
		})
	}
	if h.dealAt > 0 {
		all.Go(func() error {
			time.Sleep(h.dealAt)
			return h.deal(ctx)
		})
	}
	err := all.Wait()
	h.length = time.Since(h.began)
	return err
}

func (h *script) do(ctx context.Context, client int, t step) {
	if t.leaves > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, t.leaves)
		defer cancel()
	}
	var a answer
	switch t.kind {
	case history.Redeem:
		a = h.redeem(ctx, h.people[t.person], h.link)
	case history.Delete:
		a = h.ask(ctx, "DELETE", h.link.path(), h.admin.token, nil)
	case history.Read:
		a = h.ask(ctx, "GET", h.link.path(), h.admin.token, nil)
	case history.Preview:
		a = h.ask(ctx, "POST", "/v1/invites/preview", "", object{"code": h.link.code})
	}
	begin := a.begin.Sub(h.began)
	o := history.Op{Client: client, Kind: t.kind, Person: t.person, Begin: begin, End: begin + a.took}
	known := understand(&o, a)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, o)
	if !known {
		h.strange = append(h.strange, fmt.Sprintf("%v: %v", o, a))
	}
}

// understand takes an answer into an operation, and tells whether it is one that may be given at all.
func understand(o *history.Op, a answer) bool {
	var said struct {
		AlreadyMember bool
		Uses          int
		State         string
	}
	json.Unmarshal(a.body, &said) // what has no body has none of these
	states := map[string]history.Answer{"active": history.Seen, "used_up": history.UsedUp, "deleted": history.Gone}
	var known bool
	switch {
	case a.undecided():
		known = true
	case o.Kind == history.Redeem && a.status == http.StatusCreated && !said.AlreadyMember:
		o.Answer, known = history.Joined, true
	case o.Kind == history.Redeem && a.status == http.StatusOK && said.AlreadyMember:
		o.Answer, known = history.Already, true
	case o.Kind == history.Redeem && a.code == "invite_used_up":
		o.Answer, known = history.UsedUp, true
	case o.Kind == history.Redeem && a.code == "invite_deleted",
		o.Kind == history.Delete && a.status == http.StatusNotFound,
		o.Kind == history.Read && a.status == http.StatusNotFound:
		o.Answer, known = history.Gone, true
	case o.Kind == history.Delete && a.status == http.StatusNoContent:
		o.Answer, known = history.Done, true
	case o.Kind == history.Read && a.status == http.StatusOK:
		o.Answer, o.Uses, o.Full = history.Seen, said.Uses, said.State == "used_up"
		known = o.Full || said.State == "active"
	case o.Kind == history.Preview && a.status == http.StatusOK:
		o.Answer, known = states[said.State]
	}
	return known
}
