package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"group-invites/infra/chaos/history"
)

// rights is what became of histories in which a right is lost, and comes back, while people redeem a link without a cap.
type rights struct {
	histories, changes, attempts int
	refused, overlapping         int
	wrong                        []string
}

// runRights lets so many histories pass, while calls to the table go wrong, and holds each to what is promised: what is asked after the answer of a
// loss is refused, and what was answered before it began isn't.
func runRights(ctx context.Context, root, binaries string, seed uint64, histories int) (r rights, err error) {
	for done := 0; done < histories; done += perStack {
		s, err := open(ctx, root, binaries, linearProcesses)
		if err != nil {
			return r, err
		}
		err = r.on(ctx, s, seed+uint64(done), min(perStack, histories-done))
		if err = errors.Join(err, s.close()); err != nil {
			return r, err
		}
	}
	return r, nil
}

// on lets histories pass on a site.
func (r *rights) on(ctx context.Context, s *site, seed uint64, histories int) error {
	people, err := s.people("stranger", pool)
	if err != nil {
		return err
	}
	stories := make([]*story, histories)
	var making errgroup.Group
	making.SetLimit(8)
	for i := range stories {
		making.Go(func() (err error) {
			stories[i], err = newStory(ctx, s, seed+uint64(i), people)
			return err
		})
	}
	if err := making.Wait(); err != nil {
		return err
	}
	s.table.Follow(badWeather(seed))
	var playing errgroup.Group
	playing.SetLimit(linearAtOnce)
	for _, h := range stories {
		playing.Go(func() error { h.play(ctx); return nil })
	}
	playing.Wait()
	s.table.Settle(settled)
	s.table.Follow(nil)
	table, err := s.read(ctx)
	if err != nil {
		return err
	}
	for _, v := range table.found {
		r.wrong = append(r.wrong, fmt.Sprintf("seed %d: in the table: %v", seed, v))
	}
	for _, h := range stories {
		h.settle(table.members[h.link.group])
		r.judge(h)
	}
	return nil
}

// settle takes what the table says of those who heard nothing. Who is in was let in at some time after he asked; he asked once, so only a redeem that is
// refused from its beginning on can't have let him in. Of someone who asks again and again it says nothing.
func (h *story) settle(members map[string]bool) {
	for _, a := range h.unheard {
		if !h.same && members[a.who] {
			h.attempts = append(h.attempts, history.Attempt{Begin: a.begin, End: math.MaxInt64})
		}
	}
}

func (r *rights) judge(h *story) {
	r.histories++
	r.changes += len(h.timeline)
	for _, a := range h.attempts {
		r.attempts++
		if a.Refused {
			r.refused++
		}
		if slices.ContainsFunc(h.timeline, func(c history.Change) bool { return c.Begin < a.End && a.Begin < c.End }) {
			r.overlapping++
		}
		if err := h.timeline.Check(a); err != nil {
			r.wrong = append(r.wrong, fmt.Sprintf("seed %d, %s: %v", h.seed, h.name, err))
		}
	}
	for _, what := range h.strange {
		r.wrong = append(r.wrong, fmt.Sprintf("seed %d, %s: %s", h.seed, h.name, what))
	}
}

// change is a request that takes a right or gives it back, and what it is answered.
type change struct {
	method, path string
	body         any
	lost         bool
}

// loss is a way to lose what a redeem needs.
type loss struct {
	name    string
	refusal string   // code
	changes []change // one after the other, for as often as they are there
	same    bool     // the same person redeems, again and again; else somebody new each time
}

// story is one history: somebody changes a right a few times, others redeem.
type story struct {
	org
	loss
	seed   uint64
	link   link
	people []person
	random *rand.Rand

	mu       sync.Mutex
	began    time.Time
	timeline history.Timeline
	attempts []history.Attempt
	unheard  []unheard
	strange  []string
}

// unheard is a redeem of which nobody heard what it came to.
type unheard struct {
	who   string // id
	begin time.Duration
}

func newStory(ctx context.Context, s *site, seed uint64, among []person) (h *story, err error) {
	h = &story{seed: seed, random: rand.New(rand.NewPCG(seed, 4))}
	if h.org, err = s.newOrg(ctx, fmt.Sprintf("owner-%d", seed)); err != nil {
		return nil, err
	}
	creator, err := s.meet(fmt.Sprintf("manager-%d", seed))
	if err != nil {
		return nil, err
	}
	group, err := h.group(ctx)
	if err != nil {
		return nil, err
	}
	door, err := h.newLink(ctx, h.admin, group, 0)
	if err != nil {
		return nil, err
	}
	at, member := "/v1/orgs/"+h.id, "/v1/orgs/"+h.id+"/members/"+creator.id
	narrow, wide := object{"addPeople": []string{"admin"}}, object{"addPeople": []string{"admin", "manager"}}
	for _, r := range []error{
		s.get(ctx, http.StatusCreated, "POST", "/v1/invites/redeem", creator.token, object{"code": door.code}, nil),
		s.get(ctx, http.StatusOK, "PATCH", member, h.admin.token, object{"role": "manager"}, nil),
		s.get(ctx, http.StatusOK, "PATCH", at, h.admin.token, wide, nil),
	} {
		if r != nil {
			return nil, r
		}
	}
	if h.link, err = h.newLink(ctx, creator, group, 0); err != nil {
		return nil, err
	}
	first := h.random.IntN(len(among) - 20)
	h.people = among[first : first+20]
	out := "/v1/groups/" + group + "/members/"
	h.loss = []loss{
		{name: "the link is deleted", refusal: "invite_deleted", changes: []change{{"DELETE", h.link.path(), nil, true}}},
		{name: "its creator is demoted", refusal: "invite_suspended", changes: []change{{"PATCH", member, object{"role": "user"}, true}, {"PATCH", member, object{"role": "manager"}, false}}},
		{name: "who may add people is narrowed", refusal: "invite_suspended", changes: []change{{"PATCH", at, narrow, true}, {"PATCH", at, wide, false}}},
		{name: "its creator is out of the group", refusal: "invite_suspended", changes: []change{{"DELETE", out + creator.id, nil, true}, {"PUT", out + creator.id, nil, false}}},
		{name: "the person is removed", refusal: "removed", same: true, changes: []change{{"DELETE", out + h.people[0].id, nil, true}, {"PUT", out + h.people[0].id, nil, false}}},
	}[h.random.IntN(5)]
	if h.same {
		err = s.get(ctx, http.StatusCreated, "POST", "/v1/invites/redeem", h.people[0].token, object{"code": h.link.code}, nil)
	}
	return h, err
}

const (
	redeemers = 4
	redeems   = 4 // of each
	turns     = 4 // of changes, where they can be undone
)

func (h *story) play(ctx context.Context) {
	h.began = time.Now()
	pause := func(random *rand.Rand) { time.Sleep(time.Duration(random.Int64N(int64(100 * time.Millisecond)))) }
	var all sync.WaitGroup
	all.Go(func() {
		random := rand.New(rand.NewPCG(h.seed, 5))
		for turn := range min(turns, turns*len(h.changes)-turns+1) {
			pause(random)
			h.change(ctx, h.changes[turn%len(h.changes)])
		}
	})
	for i := range redeemers {
		random := rand.New(rand.NewPCG(h.seed, uint64(10+i)))
		all.Go(func() {
			for j := range redeems {
				pause(random)
				p := h.people[0]
				if !h.same {
					p = h.people[i*redeems+j]
				}
				h.attempt(ctx, p)
			}
		})
	}
	all.Wait()
}

// change repeats a request until it is answered right.
func (h *story) change(ctx context.Context, c change) {
	begin := time.Since(h.began)
	repeated := false
	for {
		a := h.ask(ctx, c.method, c.path, h.admin.token, c.body)
		if a.undecided() {
			repeated = true
			continue
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if a.status >= http.StatusMultipleChoices && !(repeated && a.status == http.StatusNotFound) {
			h.strange = append(h.strange, fmt.Sprintf("%s %s: %v", c.method, c.path, a))
		}
		h.timeline = append(h.timeline, history.Change{Begin: begin, End: a.begin.Sub(h.began) + a.took, Lost: c.lost})
		return
	}
}

func (h *story) attempt(ctx context.Context, p person) {
	a := h.redeem(ctx, p, h.link)
	begin := a.begin.Sub(h.began)
	attempt := history.Attempt{Begin: begin, End: begin + a.took, Refused: a.code == h.refusal}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case a.undecided():
		h.unheard = append(h.unheard, unheard{p.id, begin})
	case attempt.Refused, a.status == http.StatusCreated, a.status == http.StatusOK:
		h.attempts = append(h.attempts, attempt)
	default:
		h.strange = append(h.strange, fmt.Sprintf("redeem: %v", a))
	}
}
