package check

import (
	"cmp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Row is a row of the table as the SDK has it.
type Row = map[string]types.AttributeValue

// Violation is something that must not be.
type Violation struct {
	Key  string // of the row, pk and sk with a space between: ids only
	What string // what is wrong with it
}

func (v Violation) String() string { return v.Key + ": " + v.What }

// Table takes all rows of a table, in any order, and says what is wrong with them. It keeps of each row what others are held against,
// some 200 bytes. It is for one goroutine; make it by [New].
type Table struct {
	now   time.Time
	found []Violation
	rows  int
	facts facts
}

// New begins a check. now is the clock by which the rows were written.
func New(now time.Time) *Table { return &Table{now: now, facts: newFacts()} }

// Rows tells how many rows were added.
func (t *Table) Rows() int { return t.rows }

// Add takes a row.
func (t *Table) Add(row Row) {
	t.rows++
	r := &reader{row: row, table: t, key: text(row["pk"]) + " " + text(row["sk"])}
	for _, k := range kinds {
		if k.matches(r) {
			k.check(r)
			return
		}
	}
	r.violates("is of no kind that is known")
}

// Violations gives all that is wrong, by key. Call it once all rows were added.
func (t *Table) Violations() []Violation {
	found := slices.Concat(t.found, t.relations())
	slices.SortFunc(found, func(a, b Violation) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.What, b.What)) })
	return slices.Compact(found)
}

// All checks all rows of a table at once.
func All(rows []Row, now time.Time) []Violation {
	t := New(now)
	for _, row := range rows {
		t.Add(row)
	}
	return t.Violations()
}

// Both gives the violations that two readings of a table have found.
func Both(first, second []Violation) (both []Violation) {
	for _, v := range second {
		if slices.Contains(first, v) {
			both = append(both, v)
		}
	}
	return both
}

func text(v types.AttributeValue) string {
	s, _ := v.(*types.AttributeValueMemberS)
	if s == nil {
		return "?"
	}
	return s.Value
}
