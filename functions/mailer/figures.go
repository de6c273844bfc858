package main

import (
	"maps"
	"slices"
	"sync"

	"group-invites/shared/emf"
	"group-invites/shared/mail"
)

// outcomeFigures are the figures of what attempts leave mails in.
var outcomeFigures = map[mail.State]emf.Name{
	mail.StateSent: emf.MailsSent, mail.StateQueued: emf.MailsPostponed, mail.StateDropped: emf.MailsDropped, mail.StateSuppressed: emf.MailsSuppressed,
}

// outcomes counts what became of the mails of one invocation. It is safe for concurrent use.
type outcomes struct {
	mu     sync.Mutex
	counts map[emf.Name]int
}

func (o *outcomes) add(state mail.State) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.counts == nil {
		o.counts = map[emf.Name]int{}
	}
	o.counts[outcomeFigures[state]]++
}

// take gives the figures, and begins anew.
func (o *outcomes) take() []emf.Figure {
	o.mu.Lock()
	defer o.mu.Unlock()
	var figures []emf.Figure
	for _, name := range slices.Sorted(maps.Keys(o.counts)) {
		figures = append(figures, emf.Count(name, o.counts[name]))
	}
	o.counts = nil
	return figures
}
