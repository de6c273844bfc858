package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"group-invites/infra/chaos/history"
	"group-invites/infra/local/faulty"
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
	links, twins                 int // made beside, and of them those that were made by a request that made another one, too
	answers                      map[asked]int
	faults                       faulty.Count
	rows                         int
	took                         time.Duration
	wrong                        []string // histories that aren't linearizable, and all else that must not be
}

// asked is what was asked, and what came of it.
type asked struct {
	kind   history.Kind
	answer history.Answer
}

// runLinear lets concurrent clients of capped links go through so many histories while calls to the table go wrong, and judges each.
func runLinear(ctx context.Context, root, binaries string, seed uint64, histories int, progress func(string)) (l linear, err error) {
	l = linear{seed: seed, answers: map[asked]int{}}
	began := time.Now()
	var mu sync.Mutex
	var all errgroup.Group
	all.SetLimit(stacks)
	for done := 0; done < histories; done += perStack {
		all.Go(func() error {
			part := linear{answers: map[asked]int{}}
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
	l.links, l.twins, l.took = l.links+o.links, l.twins+o.twins, l.took+o.took
	for a, n := range o.answers {
		l.answers[a] += n
	}
	l.faults = sum(l.faults, o.faults)
	l.wrong = append(l.wrong, o.wrong...)
}

// badWeather has all that may go wrong at once, and reads of which the parts are some milliseconds apart. Every fourth stack has so many throttles that many
// operations stay undecided, and every fourth so many lost answers that people undo what those who wait for them have done.
func badWeather(seed uint64) faulty.Plan {
	random := rand.New(rand.NewPCG(seed, 1))
	shares := faulty.Shares{Conflicts: 0.12, Throttles: 0.02, Lost: 0.015}
	switch seed / perStack % 4 {
	case 0:
		shares.Throttles = 0.35
	case 1:
		shares.Lost = 0.1
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

	s.table.Recount()
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
		h.list(ctx, h.clients)
		h.length = time.Since(h.began)
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
	if l.twins > count.Late {
		l.wrong = append(l.wrong, fmt.Sprintf("seed %d: %d links made twice, and %d calls that were carried out late", seed, l.twins, count.Late))
	}
	return nil
}

func sum(a, b faulty.Count) faulty.Count {
	return faulty.Count{
		Calls: a.Calls + b.Calls, Conflicts: a.Conflicts + b.Conflicts, Throttles: a.Throttles + b.Throttles, Left: a.Left + b.Left, Lost: a.Lost + b.Lost, Torn: a.Torn + b.Torn, Late: a.Late + b.Late,
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
	if h.shards > 0 {
		l.dealt++
	}
	for _, o := range slices.Concat(h.ops, h.shelf.ops()) {
		l.operations++
		l.answers[asked{o.Kind, o.Answer}]++
	}
	for _, what := range h.strange {
		l.wrong = append(l.wrong, fmt.Sprintf("seed %d: %s", h.seed, what))
	}
	links, twins, wrong := h.shelf.judge(end.there)
	l.links, l.twins = l.links+links, l.twins+twins
	for _, w := range wrong {
		l.wrong = append(l.wrong, fmt.Sprintf("seed %d: %s", h.seed, w))
	}
	if err := history.Check(h.link.places, append(h.ops, last)); err != nil {
		l.wrong = append(l.wrong, fmt.Sprintf("seed %d, %d shards: %v", h.seed, h.shards, err))
	}
}
