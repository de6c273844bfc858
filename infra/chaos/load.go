package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// visit is what somebody wants, once, and repeats while he is told that it is undecided.
type visit struct {
	at     time.Duration // since the beginning
	name   string
	method string
	path   string
	token  string
	body   any
	link   *link // that he redeems; nil: something else
}

// end is how a visit ended.
type end struct {
	visit
	word      string // how: "joined", "used up", a status
	undecided int    // times that he was told so before
}

// request is one of the requests of all visits.
type request struct {
	begin, took time.Duration
	undecided   bool
	word        string // what it was answered
}

// load is what came of visits.
type load struct {
	began    time.Time
	mu       sync.Mutex
	ends     []end
	requests []request
	strange  []string
}

// patience is how often somebody repeats at most.
const patience = 100

// run lets all visits happen, each in its time since l began, and returns when the last one is over. What people are like follows from the seed.
func (l *load) run(ctx context.Context, s *site, visits []visit, seed uint64) {
	var all sync.WaitGroup
	for i, v := range visits {
		all.Go(func() {
			time.Sleep(time.Until(l.began.Add(v.at)))
			l.visit(ctx, s, v, rand.New(rand.NewPCG(seed, uint64(i))))
		})
	}
	all.Wait()
}

func (l *load) visit(ctx context.Context, s *site, v visit, random *rand.Rand) {
	e := end{visit: v, word: "never settled"}
	pause := time.Second // which a 503 asks for
	for range patience {
		a := s.ask(ctx, v.method, v.path, v.token, v.body)
		word := l.word(v, a, e.undecided > 0)
		l.mu.Lock()
		l.requests = append(l.requests, request{a.begin.Sub(l.began), a.took, a.undecided(), word})
		l.mu.Unlock()
		if !a.undecided() {
			e.word = word
			break
		}
		e.undecided++
		time.Sleep(pause + time.Duration(random.Int64N(int64(pause))))
		pause = min(2*pause, 4*time.Second)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends = append(l.ends, e)
	if e.word == "never settled" || e.word == "strange" {
		l.strange = append(l.strange, fmt.Sprintf("%s: %s", v.name, e.word))
	}
}

// word says what an answer means to the visitor. Who was told that it is undecided, and repeats, finds done what was done.
func (l *load) word(v visit, a answer, repeated bool) string {
	var said struct{ AlreadyMember bool }
	json.Unmarshal(a.body, &said) // what has no body has none of it
	switch {
	case a.undecided():
		return "undecided"
	case v.link == nil && a.status < http.StatusMultipleChoices, v.method == http.MethodDelete && a.status == http.StatusNotFound && repeated:
		return "done"
	case v.link == nil:
	case a.status == http.StatusCreated, a.status == http.StatusOK && said.AlreadyMember && repeated:
		return "joined"
	case a.code == "invite_used_up":
		return "used up"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.strange = append(l.strange, fmt.Sprintf("%s: %v", v.name, a))
	return "strange"
}

// seconds is in how many seconds of the day something was answered, from its first one on.
func (l *load) seconds() (n int) {
	for _, r := range l.requests {
		n = max(n, int((r.begin+r.took).Seconds())+1)
	}
	return n
}

// took gives how long requests took, ascending, of those for which that holds.
func (l *load) took(which func(request) bool) []time.Duration {
	var all []time.Duration
	for _, r := range l.requests {
		if which(r) {
			all = append(all, r.took)
		}
	}
	slices.Sort(all)
	return all
}

// at gives what so many of all are at most: 0.99 for 99%.
func at(p float64, sorted []time.Duration) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(p*float64(len(sorted)-1))]
}
