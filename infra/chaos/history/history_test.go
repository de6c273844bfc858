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
	{"left, and back for another place", 2, []Op{redeem(0, 0, 1, Joined), by(0, Leave, 2, Done), redeem(0, 4, 5, Joined), redeem(1, 6, 7, UsedUp), seen(Settled, 8, 2, false, 1)}, false},
	{"left, and back for none", 2, []Op{redeem(0, 0, 1, Joined), by(0, Leave, 2, Done), redeem(0, 4, 5, Joined), seen(Read, 6, 1, false, 0)}, true},
	{"left after all that, and in already with a use of its own", 3, []Op{redeem(0, 0, 9, Already), by(0, Leave, 20, Done), seen(Settled, 30, 1, false, 0)}, true},
	{"another has left, and in already with a use of its own", 3, []Op{redeem(0, 0, 9, Already), by(1, Leave, 2, Gone), redeem(1, 4, 5, Joined), seen(Settled, 30, 2, false, 3)}, true},
	{"gone, with a use before the delete", 3, []Op{redeem(0, 0, 30, Gone), by(0, Leave, 2, Done), redeem(0, 4, 5, Joined), seen(Read, 6, 2, false, 0), op(Delete, 8, 9, Done)}, true},
	{"left twice at once", 3, []Op{redeem(0, 0, 1, Joined), by(0, Leave, 2, Done), op(Leave, 2, 5, Done)}, false},
	{"left twice, one after the other", 3, []Op{redeem(0, 0, 1, Joined), by(0, Leave, 2, Done), by(0, Leave, 4, Done)}, true},
	{"left who never came", 3, []Op{by(0, Leave, 2, Done), op(Leave, 2, 5, Gone)}, true},
	{"left, and in already, with no use for it", 2, []Op{redeem(0, 0, 1, Joined), by(0, Leave, 2, Done), redeem(0, 4, 5, Already), seen(Settled, 6, 1, false, 0)}, true},
	{"left, and in already, by a joining that had no answer, and another one", 3, []Op{redeem(0, 0, 9, Already), by(0, Leave, 2, Done), redeem(0, 4, 5, Joined), seen(Settled, 10, 2, false, 1)}, false},
	{"in already, and nobody has left", 3, []Op{redeem(0, 0, 9, Already), seen(Settled, 10, 1, false, 1)}, true},
	{"left, and yet in", 2, []Op{redeem(0, 0, 1, Joined), by(0, Leave, 2, Done), seen(Settled, 4, 1, false, 1)}, true},
	{"left, and his place is free again", 1, []Op{redeem(0, 0, 1, Joined), by(0, Leave, 2, Done), redeem(1, 4, 5, Joined)}, true},
	{"let in again by a redeem from before he left", 5, []Op{redeem(0, 0, 1, Joined), by(0, Leave, 2, Done), seen(Settled, 4, 2, false, 1)}, true},
	{"had not come, and can't leave", 5, []Op{by(0, Leave, 0, Gone), redeem(0, 2, 3, Joined)}, false},
	{"had come, and can't leave", 5, []Op{redeem(0, 0, 1, Joined), by(0, Leave, 2, Gone)}, true},
	{"removed, and refused", 5, []Op{redeem(0, 0, 1, Joined), by(0, Remove, 2, Done), redeem(0, 4, 5, Removed), seen(Settled, 8, 1, false, 0)}, false},
	{"removed, and let in", 5, []Op{redeem(0, 0, 1, Joined), by(0, Remove, 2, Done), redeem(0, 4, 5, Joined)}, true},
	{"refused as removed, and wasn't", 5, []Op{redeem(0, 0, 1, Removed)}, true},
	{"removed after he had left", 5, []Op{redeem(0, 0, 1, Joined), by(0, Leave, 2, Done), by(0, Remove, 4, Done), redeem(0, 6, 7, Removed)}, false},
	{"removed who never came", 5, []Op{by(0, Remove, 0, Gone), redeem(0, 2, 3, Joined)}, false},
	{"removed who never came, and it is done", 5, []Op{by(0, Remove, 0, Done)}, true},
	{"added again, without a use", 1, []Op{redeem(0, 0, 1, Joined), by(0, Remove, 2, Done), by(0, Add, 4, Done), redeem(0, 6, 7, Already), seen(Settled, 8, 1, false, 1)}, false},
	{"added again, and out", 5, []Op{redeem(0, 0, 1, Joined), by(0, Remove, 2, Done), by(0, Add, 4, Done), seen(Settled, 8, 1, false, 0)}, true},
	{"added again, left, and welcome", 5, []Op{redeem(0, 0, 1, Joined), by(0, Remove, 2, Done), by(0, Add, 4, Done), by(0, Leave, 6, Done), redeem(0, 8, 9, Joined)}, false},
	{"removed again by what wasn't answered", 5, []Op{redeem(0, 0, 1, Joined), by(0, Remove, 2, Unknown), by(0, Add, 4, Done), redeem(0, 6, 7, Already), redeem(0, 8, 9, Removed)}, false},
	{"removed twice by what was asked once", 5, []Op{redeem(0, 0, 1, Joined), by(0, Remove, 2, Done), by(0, Add, 4, Done), redeem(0, 6, 7, Removed)}, true},
	{"a stranger can't be added, or is a member of the organization", 5, []Op{by(0, Add, 0, Gone), by(1, Add, 2, Done), seen(Settled, 4, 0, false, 2)}, false},
	{"a member can't be added", 5, []Op{redeem(0, 0, 1, Joined), by(0, Add, 2, Gone)}, true},
}

// by is of a person, and is asked at that millisecond and answered at the next one.
func by(person int, k Kind, at time.Duration, a Answer) Op {
	o := op(k, at, at+1, a)
	o.Person = person
	return o
}

func TestCheckLife_RefusesWhatNoLinkAnswers(t *testing.T) {
	made, listed, missing, deleted := op(Make, 0, 1, Done), func(at time.Duration) Op { return op(Read, at, at+1, Seen) }, func(at time.Duration) Op { return op(Read, at, at+1, Gone) }, op(Delete, 4, 5, Done)
	for _, c := range []struct {
		name  string
		ops   []Op
		wrong bool
	}{
		{"made, listed, deleted", []Op{made, listed(2), deleted, missing(6), op(Settled, 8, 9, Gone)}, false},
		{"made and not listed", []Op{made, missing(2)}, true},
		{"listed before it was made", []Op{listed(0), op(Make, 2, 3, Done)}, true},
		{"listed while it is made, or not", []Op{op(Make, 0, 5, Done), missing(1), listed(3)}, false},
		{"listed while it is made, and then not", []Op{op(Make, 0, 5, Done), listed(1), missing(3)}, true},
		{"deleted and listed", []Op{made, deleted, listed(6)}, true},
		{"deleted and there", []Op{made, deleted, op(Settled, 8, 9, Seen)}, true},
		{"deleted by two", []Op{made, op(Delete, 2, 7, Done), op(Delete, 2, 7, Done)}, true},
		{"deleted before it was made", []Op{op(Delete, 0, 1, Gone), op(Make, 2, 3, Done), listed(4)}, false},
		{"there, and can't be deleted", []Op{made, op(Delete, 2, 3, Gone)}, true},
		{"made by what wasn't answered", []Op{op(Make, 0, 1, Unknown), missing(2), listed(4), op(Settled, 8, 9, Seen)}, false},
		{"never made by what wasn't answered", []Op{op(Make, 0, 1, Unknown), missing(2), op(Settled, 8, 9, Gone)}, false},
		{"back by what wasn't answered", []Op{op(Make, 0, 1, Unknown), listed(2), deleted, missing(6), listed(8)}, true},
		{"gone by a delete that wasn't answered", []Op{made, op(Delete, 2, 3, Unknown), listed(4), missing(6)}, false},
		{"gone by nothing", []Op{made, listed(2), missing(4)}, true},
	} {
		if err := CheckLife(c.ops); (err != nil) != c.wrong {
			t.Errorf("%s: %v, want refused: %v", c.name, err, c.wrong)
		}
	}
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
