package directory

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What an operation may refuse with. The texts are for logs; what a caller is told is decided in one table, in package httpapi.
var (
	// ErrNotFound: unknown, another tenant's, or not visible to the caller. These are never told apart.
	ErrNotFound = errors.New("not found")
	// ErrForbidden: the caller sees the thing and may not.
	ErrForbidden = errors.New("forbidden")
	// ErrLastAdmin: the organization would be without an admin.
	ErrLastAdmin = errors.New("last admin")
	// ErrPrecondition: the thing isn't in the version that the caller named.
	ErrPrecondition = errors.New("precondition failed")
)

// What a [Store] answers a write that didn't take place, beside nil for one that did. Any other error is a fault of ours.
var (
	// ErrChanged: nothing was written, because a row wasn't as the caller had read it, or another transaction held it just then.
	// Read again and decide anew.
	ErrChanged = errors.New("changed meanwhile")
	// ErrGone, beside ErrChanged: what was to be deleted wasn't there, and not by an earlier attempt of the same act.
	ErrGone = errors.New("gone")
	// ErrUnavailable: the table didn't answer, or was too busy. A write may have happened. Repeating is safe after reading again.
	ErrUnavailable = errors.New("table unavailable")
	// ErrBusy is an [ErrUnavailable] of a table that was too busy for the call that failed: a single write has not happened.
	ErrBusy = fmt.Errorf("too busy: %w", ErrUnavailable)
)

// FieldFault is one fault of a request: which field (as named in the JSON, or the query parameter) and what it must be.
type FieldFault struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// InvalidError refuses a request that isn't well formed. Nothing was written.
type InvalidError struct {
	Fields []FieldFault
}

func (e *InvalidError) Error() string {
	texts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		texts[i] = f.Field + " " + f.Message
	}
	return "invalid: " + strings.Join(texts, "; ")
}

// Invalid refuses a request for one field.
func Invalid(field, message string) error {
	return &InvalidError{Fields: []FieldFault{{field, message}}}
}

// LimitError refuses a request beyond a limit a day. Nothing was written.
type LimitError struct {
	RetryAfter time.Duration // until the limit is open again
}

func (e *LimitError) Error() string { return "limit reached" }
