package lambda

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"group-invites/infra/local/child"
)

// pool holds the environments of one function.
type pool struct {
	service  *Service
	function Function
	version  string
	limit    int
	meter    Meter
	line     func(function, line string)

	mu      sync.Mutex
	all     map[*environment]bool // whose process has started and isn't known to have ended
	idle    []*environment        // the last one was used last
	places  int                   // environments there are or are being started
	started int                   // number of the last environment
	waiting []chan grant          // first come, first served
}

// grant is what a waiting invocation gets: an idle environment, or with nil the place of one that has gone.
type grant struct{ environment *environment }

// acquire returns an environment that takes one invocation.
func (p *pool) acquire(ctx context.Context) (*environment, error) {
	p.mu.Lock()
	for last := len(p.idle) - 1; last >= 0; last-- {
		e := p.idle[last]
		p.idle = p.idle[:last]
		if e.alive() {
			p.mu.Unlock()
			return e, nil
		}
	}
	if p.places < p.limit {
		p.places++
		p.mu.Unlock()
		return p.start()
	}
	turn := make(chan grant, 1)
	p.waiting = append(p.waiting, turn)
	p.mu.Unlock()

	var err error
	select {
	case g := <-turn:
		return p.use(g)
	case <-ctx.Done():
		err = ctx.Err()
	case <-p.service.closing.Done():
		err = ErrClosed
	}
	p.mu.Lock()
	before := len(p.waiting)
	p.waiting = slices.DeleteFunc(p.waiting, func(c chan grant) bool { return c == turn })
	granted := len(p.waiting) == before
	p.mu.Unlock()
	if granted { // at the same moment: pass it on
		p.grant(<-turn)
	}
	return nil, err
}

func (p *pool) use(g grant) (*environment, error) {
	if g.environment != nil {
		return g.environment, nil
	}
	return p.start()
}

// start makes an environment in a place that the caller has taken.
func (p *pool) start() (*environment, error) {
	p.service.mu.RLock() // Close waits for what has begun to start
	defer p.service.mu.RUnlock()
	if p.service.closing.Err() != nil {
		p.grant(grant{})
		return nil, ErrClosed
	}
	p.mu.Lock()
	p.started++
	number := p.started
	p.mu.Unlock()
	e, err := newEnvironment(p, number)
	if err != nil {
		p.grant(grant{})
		return nil, fmt.Errorf("start %s: %w", p.function.Name, err)
	}
	return e, nil
}

// processes gives those that haven't ended.
func (p *pool) processes() []*child.Process {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*child.Process
	for e := range p.all {
		all = append(all, e.process)
	}
	return all
}

// grant gives an idle environment, or the place of one that has gone, to the invocation that has waited longest.
func (p *pool) grant(g grant) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) > 0 {
		turn := p.waiting[0]
		p.waiting = p.waiting[1:]
		turn <- g
		return
	}
	if g.environment != nil {
		p.idle = append(p.idle, g.environment)
	} else {
		p.places--
	}
}

// gone takes note that an environment has ended.
func (p *pool) gone(e *environment) {
	p.mu.Lock()
	delete(p.all, e)
	p.idle = slices.DeleteFunc(p.idle, func(i *environment) bool { return i == e })
	p.mu.Unlock()
	p.grant(grant{})
}
