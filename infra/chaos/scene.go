package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"group-invites/infra/local/faulty"
)

// scene is a day on which something goes wrong.
type scene struct {
	name   string
	size   size
	plan   func(seed uint64) faulty.Plan            // nil: none
	during func(ctx context.Context, o org, d *day) // what goes wrong at times; nil: nothing
	outage faulty.Outage                            // that is what goes wrong; empty: something else
}

// size is how many people come, and for how long.
type size struct {
	length time.Duration // people come evenly
	a      float64       // of them a second
	crowd  int           // who all open one link with few places at the same moment
	places int           // that it has
	more   int           // who all open another link, with half as many places, dealt among shards where there are enough
	mails  int
	outage time.Duration
}

// day is what a scene came to.
type day struct {
	scene
	seed       uint64
	load       load
	faults     faulty.Count
	capped     []count
	uncapped   count
	mails      int           // that were asked for
	delivered  int           // addresses that got one
	twice      int           // addresses that got more than one
	caughtUp   time.Duration // from the last answer until all that follows from the stream is done, mails too
	inFunction time.Duration // the longest time that a function took to answer
	rows       int
	fallout    fallout  // of an outage
	goroutines [2][]int // of each process, before and after
	wrong      []string
}

// count is what became of a link.
type count struct {
	name                                string
	places, people, told, uses, members int
}

const (
	answerWithin = 3 * time.Second // of a function, be it 503
	rightWithin  = 2 * time.Second // after an outage
	catchUp      = 2 * time.Minute // of what follows the stream, and of mails
	processes    = 48
)

// watched is the function whose goroutines are counted: people use it most.
const watched = "redeem-invite"

// play lets a scene pass on a site.
func (sc scene) play(ctx context.Context, s *site, seed uint64) (*day, error) {
	d := &day{scene: sc, seed: seed}
	random := rand.New(rand.NewPCG(seed, 3))
	word := fmt.Sprintf("%s-%d", strings.ReplaceAll(sc.name, " ", "-"), seed)
	word = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, strings.ToLower(word))
	o, err := s.newOrg(ctx, word)
	if err != nil {
		return d, err
	}
	visits, links, addresses, err := d.visits(ctx, o, word, random)
	if err != nil {
		return d, err
	}
	if sc.outage != "" {
		for i := range 2 { // those that are counted, and those that go through the outage
			if err := o.warm(ctx, fmt.Sprintf("%s-warm-%d", word, i)); err != nil {
				return d, err
			}
			if i == 0 {
				if d.goroutines[0], err = s.goroutines(); err != nil {
					return d, err
				}
			}
		}
	}
	s.slowest.Store(0)
	s.table.Recount()
	if sc.plan != nil {
		s.table.Follow(sc.plan(seed))
	} else {
		s.table.Follow(func(string) faulty.Fate { return faulty.Fate{} })
	}
	var during sync.WaitGroup
	d.load.began = time.Now()
	if sc.during != nil {
		during.Go(func() { sc.during(ctx, o, d) })
	}
	d.load.run(ctx, s, visits, seed)
	during.Wait()
	last := time.Now()
	d.faults = s.table.Count()
	d.inFunction = time.Duration(s.slowest.Load())
	if sc.outage == "" { // what follows the stream catches up on a bad day, too
		if err := s.idle(ctx); err != nil {
			d.wrong = append(d.wrong, err.Error())
		}
	}
	s.table.Follow(nil)
	s.table.Settle(settled)
	for {
		d.delivered, d.twice = s.got(addresses)
		if err := s.idle(ctx); err != nil {
			return d, err
		}
		if d.delivered == d.mails || time.Since(last) > catchUp {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	d.caughtUp = time.Since(last)
	if sc.outage != "" {
		if d.goroutines[1], err = s.goroutines(); err != nil {
			return d, err
		}
	}
	table, err := s.read(ctx)
	if err != nil {
		return d, err
	}
	d.judge(s, table, links)
	return d, nil
}

// visits makes what people want: they join by links with few, some and any number of places, look at links, make, send, list and delete them.
func (d *day) visits(ctx context.Context, o org, word string, random *rand.Rand) (visits []visit, links []link, addresses []string, err error) {
	z := d.size
	for _, places := range []int{z.places, z.more / 2, 0} {
		group, err := o.group(ctx)
		if err != nil {
			return nil, nil, nil, err
		}
		l, err := o.newLink(ctx, o.admin, group, places)
		if err != nil {
			return nil, nil, nil, err
		}
		links = append(links, l)
	}
	number := 0
	joins := func(l *link, at time.Duration) error {
		number++
		p, err := o.meet(fmt.Sprintf("%s-%d", word, number))
		visits = append(visits, visit{at: at, name: "redeem", method: "POST", path: "/v1/invites/redeem", token: p.token, body: object{"code": l.code}, link: l})
		return err
	}
	var faults []error
	moment := z.length / 10
	for range z.crowd {
		faults = append(faults, joins(&links[0], moment))
	}
	for range z.more {
		faults = append(faults, joins(&links[1], 3*z.length/10))
	}
	admin := o.admin.token
	for i := range int(z.a * z.length.Seconds()) {
		at := time.Duration((float64(i) + random.Float64()) / z.a * float64(time.Second))
		switch n := random.IntN(10); {
		case n < 5:
			faults = append(faults, joins(&links[2], at))
		case n < 6:
			visits = append(visits, visit{at: at, name: "preview", method: "POST", path: "/v1/invites/preview", body: object{"code": links[2].code}})
		case n < 7:
			visits = append(visits, visit{at: at, name: "list", method: "GET", path: "/v1/groups/" + links[2].group + "/invites", token: admin})
		case n < 8:
			visits = append(visits, visit{at: at, name: "create", method: "POST", path: "/v1/groups/" + links[2].group + "/invites", token: admin, body: object{"access": "org"}})
		case n < 9:
			visits = append(visits, visit{at: at, name: "me", method: "GET", path: "/v1/me", token: admin})
		default:
			doomed, err := o.newLink(ctx, o.admin, links[2].group, 5)
			faults = append(faults, err)
			visits = append(visits, visit{at: at, name: "delete", method: "DELETE", path: doomed.path(), token: admin})
		}
	}
	for i := range z.mails {
		to := fmt.Sprintf("%s-%d@example.com", word, i)
		addresses = append(addresses, to)
		visits = append(visits, visit{
			at: time.Duration(random.Int64N(int64(z.length))), name: "send", method: "POST", path: links[2].path() + "/emails", token: admin, body: object{"emails": []string{to}},
		})
	}
	d.mails = z.mails
	return visits, links, addresses, errors.Join(faults...)
}

// warm has some processes of the watched function started, and each do what it is for.
func (o org) warm(ctx context.Context, word string) error {
	group, err := o.group(ctx)
	if err != nil {
		return err
	}
	l, err := o.newLink(ctx, o.admin, group, 0)
	if err != nil {
		return err
	}
	people, err := o.people(word, 16)
	if err != nil {
		return err
	}
	var all errgroup.Group
	for _, p := range people {
		all.Go(func() error {
			return o.get(ctx, http.StatusCreated, "POST", "/v1/invites/redeem", p.token, object{"code": l.code}, nil)
		})
	}
	return all.Wait()
}

// got tells how many addresses have got mail, and how many more than one.
func (s *site) got(addresses []string) (some, more int) {
	for _, to := range addresses {
		mails, err := s.Mails(to)
		if err == nil && len(mails) > 0 {
			some++
		}
		if len(mails) > 1 {
			more++
		}
	}
	return some, more
}

// goroutines ends all processes of the watched function, each of which prints its stacks, and counts the goroutines of each.
func (s *site) goroutines() (of []int, err error) {
	path := filepath.Join(s.dataDir, "logs", watched+".log")
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	processes := s.QuitFunction(watched)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		of = counted(string(text[len(before):]), processes)
		if of != nil {
			return of, nil
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%s: %d processes ended, and not all printed their stacks", path, processes)
		}
	}
}

// counted counts goroutines in what so many processes have printed, one after the other; nil if some are missing.
func counted(text string, processes int) []int {
	parts := strings.Split(text, "SIGQUIT: quit\n")[1:]
	if len(parts) < processes {
		return nil
	}
	of := make([]int, len(parts))
	for i, part := range parts {
		for line := range strings.Lines(part) {
			if strings.HasPrefix(line, "goroutine ") {
				of[i]++
			}
		}
	}
	return of
}
