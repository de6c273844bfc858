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
	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	"group-invites/shared/invite"
)

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
	shelf   shelf
	strange []string // answers that no link gives
	began   time.Time
	length  time.Duration
}

// step is what a client asks for after a pause.
type step struct {
	pause  time.Duration
	kind   history.Kind
	person int
	others bool          // of the links beside the one that is redeemed: one of them is made or deleted, or all are listed
	waits  time.Duration // for the answer, and no longer; 0: until it comes
}

// newScript makes up a history of 8 to 32 operations by 4 to 8 clients. One in fifty is of a link with many places, which conflicts
// deal among shards by themselves. In half of them few people leave and come back, and where links aren't deleted admins remove and add them, too;
// in one of three other links of the group are made, listed and deleted.
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
	deletes, leave, others := random.IntN(2) == 0, random.IntN(2) == 0 && !large, random.IntN(3) == 0 && !large
	// Whether someone was removed before a link was deleted, or after it, isn't promised to those who redeem it at the same time.
	removes := leave && !deletes
	if leave {
		persons, operations = 2+random.IntN(2), operations+6
	}
	if others {
		operations += 6
	}
	first := random.IntN(len(among) - persons + 1)
	h.people = among[first : first+persons]
	h.steps = make([][]step, h.clients)
	for i := range operations {
		t := step{pause: time.Duration(random.Int64N(int64(15 * time.Millisecond))), person: random.IntN(persons)}
		later := i > operations/3 // most have come by then
		switch n := random.IntN(20); {
		case n < 3:
			t.kind = history.Read
		case n < 5:
			t.kind = history.Preview
		case n < 8 && deletes && !large && later:
			t.kind = history.Delete
		case n >= 8 && n < 11 && leave && later:
			t.kind = history.Leave
		case n >= 11 && n < 14 && removes && later:
			t.kind = history.Remove
		case n >= 14 && n < 16 && removes && later:
			t.kind = history.Add
		}
		if others && i%3 == 0 {
			t = step{pause: t.pause, person: t.person, kind: []history.Kind{history.Make, history.Read, history.Delete}[random.IntN(3)], others: true}
		}
		if random.IntN(16) == 0 {
			t.waits = time.Duration(1 + random.Int64N(int64(60*time.Millisecond)))
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
	if t.kind == history.Make {
		h.make(ctx, client, t)
		return
	}
	if t.waits > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, t.waits)
		defer cancel()
	}
	member := "/v1/groups/" + h.link.group + "/members/" + h.people[t.person].id
	var a answer
	switch t.kind {
	case history.Read:
		if t.others {
			h.list(ctx, client)
			return
		}
		a = h.ask(ctx, "GET", h.link.path(), h.admin.token, nil)
	case history.Delete:
		if t.others {
			h.deleteAnother(ctx, client, t)
			return
		}
		a = h.ask(ctx, "DELETE", h.link.path(), h.admin.token, nil)
	case history.Redeem:
		a = h.redeem(ctx, h.people[t.person], h.link)
	case history.Preview:
		a = h.ask(ctx, "POST", "/v1/invites/preview", "", object{"code": h.link.code})
	case history.Leave:
		a = h.ask(ctx, "DELETE", member, h.people[t.person].token, nil)
	case history.Remove:
		a = h.ask(ctx, "DELETE", member, h.admin.token, nil)
	case history.Add:
		a = h.ask(ctx, "PUT", member, h.admin.token, nil)
	}
	o := h.op(client, t.kind, a)
	o.Person = t.person
	known := understand(&o, a)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, o)
	h.known(known, o, a)
}

// op is an operation whose answer isn't understood yet.
func (h *script) op(client int, kind history.Kind, a answer) history.Op {
	begin := a.begin.Sub(h.began)
	return history.Op{Client: client, Kind: kind, Begin: begin, End: begin + a.took}
}

// known keeps an answer that may not be given.
func (h *script) known(known bool, o history.Op, a answer) {
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
	case o.Kind == history.Redeem && a.code == "invite_deleted":
		o.Answer, known = history.Gone, true
	case o.Kind == history.Redeem && a.code == "removed":
		o.Answer, known = history.Removed, true
	case o.Kind != history.Redeem && o.Kind != history.Preview && a.status == http.StatusNotFound:
		o.Answer, known = history.Gone, true
	case (o.Kind == history.Delete || o.Kind == history.Leave || o.Kind == history.Remove) && a.status == http.StatusNoContent,
		o.Kind == history.Add && (a.status == http.StatusOK || a.status == http.StatusCreated):
		o.Answer, known = history.Done, true
	case o.Kind == history.Read && a.status == http.StatusOK:
		o.Answer, o.Uses, o.Full = history.Seen, said.Uses, said.State == "used_up"
		known = o.Full || said.State == "active"
	case o.Kind == history.Preview && a.status == http.StatusOK:
		o.Answer, known = states[said.State]
	}
	return known
}
