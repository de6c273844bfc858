// Package history judges what concurrent clients of one link were answered.
//
// Capped redeems, their cap and the deletion of the link are linearizable: there is an order of all operations, each at one moment between its
// question and its answer, in which a link that serves one after the other would have answered the same ([Check], by
// github.com/anishathalye/porcupine). What was answered 503, or not at all, may have happened at any moment after it was asked, or never.
//
// The same holds of those who leave the group meanwhile, or are removed from it and added again, and of a link's being made, listed and deleted ([CheckLife]).
//
// Of links without a cap, and of rights, less is promised: what is asked after the answer of a deletion or of a loss of right is refused, what was
// answered before it began isn't, and what overlaps it may go either way ([Timeline]).
package history

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// Kind is what was asked.
type Kind int

const (
	Redeem  Kind = iota // by Person
	Delete              // of the link
	Read                // of the link, by an admin, alone or in a list
	Preview             // of the link, by nobody
	Leave               // the group, by Person
	Remove              // Person from the group, by an admin
	Add                 // Person to the group, by an admin
	Make                // the link
	Settled             // all rows, when nothing was on its way any more
)

func (k Kind) String() string {
	return [...]string{"redeem", "delete", "read", "preview", "leave", "remove", "add", "make", "settled"}[k]
}

// Answer is what came of it.
type Answer int

const (
	Unknown Answer = iota // undecided, or no answer
	Joined                // 201
	Already               // 200 with alreadyMember
	UsedUp                // 410; of a Preview that state
	Gone                  // 410 invite_deleted, 404; of a Preview that state; of a Leave, a Remove or an Add that there is nobody
	Done                  // 204; of an Add and a Make 200 and 201
	Removed               // 403 removed
	Seen                  // a Read's, with Uses and Full; a Preview's that the link is active; a Settled's, with Uses and In
)

func (a Answer) String() string {
	return [...]string{"unknown", "joined", "already in", "used up", "gone", "done", "removed", "seen"}[a]
}

// Op is an operation and its answer.
type Op struct {
	Client     int
	Kind       Kind
	Person     int           // below 64
	Begin, End time.Duration // since the beginning of the history. Of what is Unknown the end doesn't count
	Answer     Answer
	Uses       int    // as seen
	Full       bool   // as seen: used up
	In         uint64 // as seen: the people in the group

	unmade bool // what was asked may have been undone, or done by another one, while it went on: see overlaps
}

func (o Op) String() string {
	text := fmt.Sprintf("%9.3f-%9.3f ms  client %d  %v", float64(o.Begin.Microseconds())/1000, float64(o.End.Microseconds())/1000, o.Client, o.Kind)
	switch o.Kind {
	case Redeem, Leave, Remove, Add:
		text += fmt.Sprintf(" by %d", o.Person)
	}
	text += ": " + o.Answer.String()
	if o.Answer == Seen && o.Kind != Preview {
		text += fmt.Sprintf(" %d uses", o.Uses)
	}
	return text
}

// link is one that serves one after the other.
type link struct {
	cap     int
	uses    int
	in      uint64 // who is in the group
	was     uint64 // who is, or was at any time
	removed uint64 // who was removed from it and not added again
	deleted bool
}

func (l link) lets(person uint64) link {
	l.in, l.was = l.in|person, l.was|person
	return l
}

// does tells whether the link can have answered so, and what it is like then. What is unknown was done: if it wasn't, it stands after all else,
// where nobody sees what it does.
func (l link) does(o Op) (bool, link) {
	full := l.uses >= l.cap
	want := Seen
	after := l
	person := uint64(1) << o.Person
	switch o.Kind {
	case Redeem:
		switch {
		case l.deleted:
			want = Gone
		case l.in&person != 0:
			want = Already
		case l.removed&person != 0:
			want = Removed
		case full:
			want = UsedUp
		default:
			want = Joined
			if o.unmade && o.Answer == Already {
				want = Already
			}
			after = l.lets(person)
			after.uses++
		}
	case Delete:
		want = Done
		if l.deleted {
			want = Gone
		}
		after.deleted = true
	case Leave:
		want = Done
		if l.in&person == 0 && !(o.unmade && o.Answer == Done && l.was&person != 0) {
			want = Gone
		}
		after.in &^= person
	case Remove:
		want = Gone
		if l.was&person != 0 {
			want = Done
			after.in, after.removed = l.in&^person, l.removed|person
		}
	case Add:
		want = Done
		after = l.lets(person)
		after.removed &^= person
		if o.Answer == Gone && l.was&person == 0 { // nor in the organization
			want, after = Gone, l
		}
	case Read, Settled:
		if l.deleted {
			want = Gone
		}
	case Preview:
		switch {
		case l.deleted:
			want = Gone
		case full:
			want = UsedUp
		}
	}
	if o.Answer == Unknown {
		return true, after
	}
	ok := o.Answer == want
	if o.Kind == Settled {
		ok = ok && o.In == l.in
	}
	if o.Answer == Seen && o.Kind != Preview {
		ok = ok && o.Uses == l.uses
	}
	if o.Kind == Read && o.Answer == Seen {
		ok = ok && o.Full == full
	}
	return ok, after
}

// checkTime is how long the search for an order may take.
const checkTime = 30 * time.Second

// Check returns an error that shows the history if there is no order in which a link with so many places would have answered so, or if
// none was found within half a minute.
func Check(places int, ops []Op) error {
	err := check(link{cap: places}, overlaps(ops), link.does)
	if err != nil {
		return fmt.Errorf("a link with %d places, served one after the other, doesn't answer so: %w", places, err)
	}
	return nil
}

// overlaps marks what can't tell its own doing from others': a Redeem whose joining had no answer, and whose person has left and come by another one since, sees
// no more than that he is in; a Leave that had no answer sees no more than that he is out, or in anew. Others of the same person must have taken place at the same time.
func overlaps(ops []Op) []Op {
	marked := slices.Clone(ops)
	for i, o := range ops {
		out, in := false, false
		for j, p := range ops {
			if i == j || p.Person != o.Person || p.Answer != Unknown && p.End < o.Begin || o.Answer != Unknown && o.End < p.Begin {
				continue
			}
			out = out || p.Kind == Leave || p.Kind == Remove
			in = in || p.Kind == Redeem || p.Kind == Add
		}
		marked[i].unmade = o.Kind == Redeem && out && in || o.Kind == Leave && out
	}
	return marked
}

// check looks for an order in which something that begins so, and does each operation so or can't have done it, would have answered the same.
func check[State any](begins State, ops []Op, does func(State, Op) (bool, State)) error {
	operations := make([]porcupine.Operation, len(ops))
	for i, o := range ops {
		end := int64(o.End)
		if o.Answer == Unknown {
			end = math.MaxInt64
		}
		operations[i] = porcupine.Operation{ClientId: o.Client, Input: o, Output: o.Answer, Call: int64(o.Begin), Return: end}
	}
	model := porcupine.Model{
		Init: func() any { return begins },
		Step: func(state, input, _ any) (bool, any) { return does(state.(State), input.(Op)) },
	}
	switch porcupine.CheckOperationsTimeout(model, operations, checkTime) {
	case porcupine.Illegal:
		return fmt.Errorf("no order of these:\n%s", Text(ops))
	case porcupine.Unknown:
		return fmt.Errorf("no order found within %v:\n%s", checkTime, Text(ops))
	}
	return nil
}

// Text shows operations in the order in which they began.
func Text(ops []Op) string {
	var text strings.Builder
	for _, o := range slices.SortedFunc(slices.Values(ops), func(a, b Op) int { return int(a.Begin - b.Begin) }) {
		fmt.Fprintf(&text, "  %v\n", o)
	}
	return text.String()
}
