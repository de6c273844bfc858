package directory

import (
	"context"
	"time"

	"group-invites/shared/linkcode"
)

// MaxPage is the largest, and the default, number of items on a page.
const MaxPage = 50

// PageRequest asks for a part of a list: up to Limit items (1 to MaxPage), from where Cursor says; "" is the beginning.
type PageRequest struct {
	Limit  int
	Cursor string
}

// Page is a part of a list. Next is the cursor of the next part, "" at the end. A page is empty only at the end.
type Page[T any] struct {
	Items []T
	Next  string
}

// Cursors seals the positions of one list for one caller, so that a cursor is good for nobody else and nothing else.
type Cursors struct {
	ring    *linkcode.Ring
	context string
	now     time.Time
}

// CursorsFor gives the cursors of the named list as the caller sees it. The error is that of the ring's renewal.
func CursorsFor(ctx context.Context, ring *linkcode.Source, now time.Time, caller UserID, list string) (Cursors, error) {
	r, err := ring.Ring(ctx)
	if err != nil {
		return Cursors{}, err
	}
	return Cursors{ring: r, context: caller.String() + " " + list, now: now}, nil
}

// Position gives the text that the cursor was made of, "" for no cursor. A cursor that isn't one of this list and caller, or is
// older than a day, is an [InvalidError].
func (c Cursors) Position(cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	text, ok := c.ring.Open(c.context, cursor, c.now)
	if !ok {
		return "", Invalid("cursor", "is not a cursor of this list, or older than a day; start again without one")
	}
	return text, nil
}

// Next seals a position.
func (c Cursors) Next(position string) string { return c.ring.Seal(c.context, position, c.now) }
