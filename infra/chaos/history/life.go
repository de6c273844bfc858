package history

import "fmt"

// life is what a link has of it: it is made once, and deleted once.
type life int

const (
	unmade life = iota
	there
	deleted
)

// does tells whether a link can have answered so, and what has become of it then.
func (l life) does(o Op) (bool, life) {
	want, after := Gone, l
	switch {
	case o.Kind == Make && l == unmade:
		want, after = Done, there
	case o.Kind == Make:
		want = Unknown // as there is none
	case o.Kind == Delete && l == there:
		want, after = Done, deleted
	case l == there:
		want = Seen
	}
	return o.Answer == want || o.Answer == Unknown, after
}

// CheckLife returns an error that shows what was asked and seen of one link, if there is no order in which a link that is made once, is listed for as long as it is
// there, and is deleted once, would have answered so: a Make, Reads, of which those that didn't list it are Gone, Deletes and what was Settled.
func CheckLife(ops []Op) error {
	if err := check(unmade, ops, life.does); err != nil {
		return fmt.Errorf("a link that is made once and deleted once doesn't answer so: %w", err)
	}
	return nil
}
