package history_test

import (
	"testing"
	"time"

	. "group-invites/infra/chaos/history"
)

// redeem is asked and answered at these milliseconds.
func redeem(person int, begin, end time.Duration, a Answer) Op {
	return Op{Client: person, Kind: Redeem, Person: person, Begin: begin * time.Millisecond, End: end * time.Millisecond, Answer: a}
}

func op(k Kind, begin, end time.Duration, a Answer) Op {
	return Op{Client: 9, Kind: k, Begin: begin * time.Millisecond, End: end * time.Millisecond, Answer: a}
}

func seen(k Kind, at time.Duration, uses int, full bool, in uint64) Op {
	o := op(k, at, at+1, Seen)
	o.Uses, o.Full, o.In = uses, full, in
	return o
}

var histories = []struct {
	name   string
	places int
	ops    []Op
	wrong  bool
}{
	{"one after the other", 2, []Op{redeem(0, 0, 1, Joined), redeem(1, 2, 3, Joined), redeem(2, 4, 5, UsedUp), redeem(0, 6, 7, Already), seen(Settled, 8, 2, false, 3)}, false},
	{"one too many", 2, []Op{redeem(0, 0, 9, Joined), redeem(1, 1, 8, Joined), redeem(2, 2, 7, Joined)}, true},
	{"one too few", 2, []Op{redeem(0, 0, 1, Joined), redeem(1, 2, 3, UsedUp)}, true},
	{"used up before the last place went, at the same time", 1, []Op{redeem(0, 0, 5, Joined), redeem(1, 1, 2, UsedUp)}, false},
	{"used up, and yet not", 1, []Op{redeem(0, 3, 5, Joined), redeem(1, 1, 2, UsedUp)}, true},
	{"twice in", 5, []Op{redeem(0, 0, 5, Joined), redeem(0, 1, 6, Joined)}, true},
	{"in already, before he came", 5, []Op{redeem(0, 0, 1, Already), redeem(0, 2, 3, Joined)}, true},
	{"his own last place is used up for him", 1, []Op{redeem(0, 0, 5, Joined), redeem(0, 1, 6, UsedUp)}, true},
	{"joined after the delete", 5, []Op{op(Delete, 0, 1, Done), redeem(0, 2, 3, Joined)}, true},
	{"joined during the delete", 5, []Op{op(Delete, 0, 5, Done), redeem(0, 1, 6, Joined)}, false},
	{"in already after the delete", 5, []Op{redeem(0, 0, 1, Joined), op(Delete, 2, 3, Done), redeem(0, 4, 5, Already)}, true},
	{"deleted before the delete", 5, []Op{redeem(0, 0, 1, Gone), op(Delete, 2, 3, Done)}, true},
	{"deleted by two", 5, []Op{op(Delete, 0, 5, Done), op(Delete, 1, 6, Done)}, true},
	{"deleted by one of two", 5, []Op{op(Delete, 0, 5, Done), op(Delete, 1, 6, Gone)}, false},
	{"deleted by one that wasn't answered", 5, []Op{op(Delete, 0, 1, Unknown), op(Delete, 2, 3, Gone), redeem(0, 4, 5, Gone)}, false},
	{"an unknown joining that happened", 1, []Op{redeem(0, 0, 1, Unknown), redeem(1, 2, 3, UsedUp), redeem(0, 4, 5, Already)}, false},
	{"an unknown joining that never happened", 1, []Op{redeem(0, 0, 1, Unknown), redeem(1, 2, 3, Joined), seen(Settled, 4, 1, false, 2)}, false},
	{"an unknown joining that happened late", 2, []Op{redeem(0, 0, 1, Unknown), seen(Read, 2, 0, false, 0), redeem(1, 4, 5, Joined), seen(Read, 6, 2, true, 0)}, false},
	{"an unknown joining that happened twice", 5, []Op{redeem(0, 0, 1, Unknown), seen(Read, 2, 2, false, 0)}, true},
	{"an unknown joining before it was asked for", 5, []Op{seen(Read, 0, 1, false, 0), redeem(0, 2, 3, Unknown)}, true},
	{"a use that isn't seen", 5, []Op{redeem(0, 0, 1, Joined), seen(Read, 2, 0, false, 0)}, true},
	{"uses that grow less", 5, []Op{redeem(0, 0, 9, Joined), redeem(1, 0, 9, Joined), seen(Read, 1, 2, false, 0), seen(Read, 3, 1, false, 0)}, true},
	{"seen as used up with a place left", 2, []Op{redeem(0, 0, 1, Joined), seen(Read, 2, 1, true, 0)}, true},
	{"a preview that is late", 1, []Op{redeem(0, 0, 1, Joined), op(Preview, 2, 3, Seen)}, true},
	{"a preview in time", 1, []Op{redeem(0, 0, 1, Joined), op(Preview, 2, 3, UsedUp), op(Delete, 4, 5, Done), op(Preview, 6, 7, Gone)}, false},
	{"counted and not in the group", 5, []Op{redeem(0, 0, 1, Joined), redeem(1, 0, 1, Joined), seen(Settled, 2, 2, false, 1)}, true},
	{"in the group and not counted", 5, []Op{redeem(0, 0, 1, Joined), redeem(1, 0, 1, Unknown), seen(Settled, 2, 1, false, 3)}, true},
}

func TestCheck_RefusesWhatNoLinkAnswers(t *testing.T) {
	for _, h := range histories {
		if err := Check(h.places, h.ops); (err != nil) != h.wrong {
			t.Errorf("%s: %v, want refused: %v", h.name, err, h.wrong)
		}
	}
}

func TestTimeline(t *testing.T) {
	changes := Timeline{{Begin: 10, End: 20, Lost: true}, {Begin: 30, End: 40}}
	for _, c := range []struct {
		begin, end time.Duration
		in, out    bool // may be let in, may be refused
	}{
		{0, 5, true, false}, {0, 15, true, true}, {12, 18, true, true}, {5, 25, true, true}, {20, 30, false, true}, {21, 29, false, true},
		{25, 35, true, true}, {32, 38, true, true}, {40, 50, true, false}, {5, 50, true, true},
	} {
		for refused, may := range map[bool]bool{false: c.in, true: c.out} {
			if err := changes.Check(Attempt{Begin: c.begin, End: c.end, Refused: refused}); (err == nil) != may {
				t.Errorf("from %d to %d, refused %v: %v", c.begin, c.end, refused, err)
			}
		}
	}
}
