package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"group-invites/infra/chaos/history"
)

// shelf has the links that clients of a history make beside the one that is redeemed, to list and delete them. Each is told from the others by its
// places: who isn't answered doesn't come to know the id of what he has made.
type shelf struct {
	made    []made
	lists   []list
	deletes map[string][]history.Op // by id
}

// firstPlaces is how many places the first of them has. Each next one has one more.
const firstPlaces = 1000

// made is a link that somebody asked for: until he knew, or gave up.
type made struct {
	places int
	keyed  bool   // under an Idempotency-Key, and asked for again while it is undecided, and now and then once more
	id     string // as answered; else the operation's answer is unknown
	gone   bool   // it was answered that the link is deleted
	op     history.Op
	last   time.Duration // the end of the last ask
}

// list is what somebody saw.
type list struct {
	op     history.Op
	places map[string]int // of each link that was listed, by id
}

// attempts is how often who has an Idempotency-Key asks.
const attempts = 3

// make makes a link. Half of the links are made under an Idempotency-Key.
func (h *script) make(ctx context.Context, client int, t step) {
	h.mu.Lock()
	i := len(h.shelf.made)
	m := made{places: firstPlaces + i, keyed: t.person%2 == 0, op: history.Op{Client: client, Kind: history.Make, Begin: time.Since(h.began)}}
	h.shelf.made = append(h.shelf.made, m)
	h.mu.Unlock()
	var header []string
	tries := 1
	if m.keyed {
		header, tries = []string{"Idempotency-Key", fmt.Sprintf("%d-%d", h.seed, i)}, attempts
	}
	for try := range tries {
		waits := ctx
		if try == 0 && t.waits > 0 { // and asks again while the first one is on its way
			var cancel context.CancelFunc
			waits, cancel = context.WithTimeout(ctx, t.waits)
			defer cancel()
		}
		a := h.ask(waits, "POST", "/v1/groups/"+h.link.group+"/invites", h.admin.token, object{"access": "org", "maxUses": m.places}, header...)
		known := h.madeBy(&m, a)
		h.mu.Lock()
		h.shelf.made[i] = m
		h.known(known, m.op, a)
		h.mu.Unlock()
		if !a.undecided() && t.person != 0 {
			return
		}
	}
}

// madeBy takes an answer into what was made, and tells whether it is one that may be given.
func (h *script) madeBy(m *made, a answer) bool {
	var said struct{ ID string }
	m.last = time.Since(h.began)
	if m.op.Answer != history.Done {
		m.op.End = m.last
	}
	switch {
	case a.undecided():
		return true
	case m.keyed && a.code == "invite_deleted":
		m.gone = true
		return true
	case a.status != http.StatusCreated && !(m.keyed && a.status == http.StatusOK), json.Unmarshal(a.body, &said) != nil, said.ID == "", m.id != "" && m.id != said.ID:
		return false
	}
	m.id, m.op.Answer = said.ID, history.Done
	return true
}

// list lists the links of the group. Of the one that is redeemed that is reading it.
func (h *script) list(ctx context.Context, client int) {
	a := h.ask(ctx, "GET", "/v1/groups/"+h.link.group+"/invites", h.admin.token, nil)
	o := h.op(client, history.Read, a)
	var page struct {
		Items []struct {
			ID            string
			MaxUses, Uses int
			State         string
		}
		NextCursor *string
	}
	known := a.undecided()
	if a.status == http.StatusOK {
		known = json.Unmarshal(a.body, &page) == nil && page.NextCursor == nil
		o.Answer = history.Gone
	}
	l := list{op: o, places: map[string]int{}}
	for _, item := range page.Items {
		if item.ID == h.link.id {
			o.Answer, o.Uses, o.Full = history.Seen, item.Uses, item.State == "used_up"
			known = known && (o.Full || item.State == "active")
			continue
		}
		if _, twice := l.places[item.ID]; twice || item.State != "active" || item.Uses != 0 {
			known = false
		}
		l.places[item.ID] = item.MaxUses
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, o)
	h.known(known, o, a)
	if o.Answer != history.Unknown {
		h.shelf.lists = append(h.shelf.lists, l)
	}
}

// deleteAnother deletes a link that somebody made, and heard of or saw. While there is none, it lists them.
func (h *script) deleteAnother(ctx context.Context, client int, t step) {
	h.mu.Lock()
	ids := map[string]bool{}
	for _, m := range h.shelf.made {
		if m.id != "" {
			ids[m.id] = true
		}
	}
	for _, l := range h.shelf.lists {
		for id := range l.places {
			ids[id] = true
		}
	}
	h.mu.Unlock()
	if len(ids) == 0 {
		h.list(ctx, client)
		return
	}
	id := slices.Sorted(maps.Keys(ids))[t.person%len(ids)]
	a := h.ask(ctx, "DELETE", link{group: h.link.group, id: id}.path(), h.admin.token, nil)
	o := h.op(client, history.Delete, a)
	known := understand(&o, a)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known(known, o, a)
	if h.shelf.deletes == nil {
		h.shelf.deletes = map[string][]history.Op{}
	}
	h.shelf.deletes[id] = append(h.shelf.deletes[id], o)
}

// ops are the makings and the deletions.
func (s *shelf) ops() (all []history.Op) {
	for _, m := range s.made {
		all = append(all, m.op)
	}
	for _, of := range s.deletes {
		all = append(all, of...)
	}
	return all
}

// judge holds each link to be made once, listed while it is there, and deleted once; of those that are there at the end end tells. It gives how many there were, and
// how many of them were made by a request that has made another one: an attempt that is carried out late can, but not under an Idempotency-Key.
func (s *shelf) judge(there map[string]bool) (links, twins int, wrong []string) {
	byPlaces := map[int]map[string]bool{}
	see := func(places int, id string) {
		if byPlaces[places] == nil {
			byPlaces[places] = map[string]bool{}
		}
		byPlaces[places][id] = true
	}
	for _, l := range s.lists {
		for id, places := range l.places {
			see(places, id)
		}
	}
	for _, m := range s.made {
		if m.id != "" {
			see(m.places, m.id)
		}
		ids := byPlaces[m.places]
		delete(byPlaces, m.places)
		links += len(ids)
		twins += max(0, len(ids)-1)
		if m.keyed && len(ids) > 1 {
			wrong = append(wrong, fmt.Sprintf("%d links under one Idempotency-Key", len(ids)))
		}
		deletes := 0
		for id := range ids {
			for _, o := range s.deletes[id] {
				if o.Answer != history.Gone && o.Begin < m.last {
					deletes++
				}
			}
		}
		if m.gone && deletes == 0 {
			wrong = append(wrong, fmt.Sprintf("a link with %d places is said to be deleted, and nobody has done that", m.places))
		}
		for id := range ids {
			if err := history.CheckLife(s.life(m, id, there[id])); err != nil {
				wrong = append(wrong, err.Error())
			}
		}
	}
	for places := range byPlaces {
		wrong = append(wrong, fmt.Sprintf("a link with %d places, for which nobody has asked", places))
	}
	return links, twins, wrong
}

// life is all that was asked and seen of one link.
func (s *shelf) life(m made, id string, there bool) []history.Op {
	if id != m.id {
		m.op.Answer = history.Unknown
	}
	ops := append([]history.Op{m.op}, s.deletes[id]...)
	settled := history.Op{Kind: history.Settled, Answer: history.Gone}
	if there {
		settled.Answer = history.Seen
	}
	for _, l := range s.lists {
		o := l.op
		o.Answer = history.Gone
		if _, listed := l.places[id]; listed {
			o.Answer = history.Seen
		}
		ops = append(ops, o)
	}
	for _, o := range ops {
		settled.Begin = max(settled.Begin, o.End+1)
	}
	settled.End = settled.Begin + 1
	return append(ops, settled)
}
