// Package check says what must hold of the table, whatever was done, and whoever was killed on the way. It is written from the design and
// from what package dynamo says of its rows, and shares no code with either, so that a mistake there isn't made here once more.
//
// kinds.go says what each kind of row looks like: its key, its attributes and no others, where the index lists it, when it may be cleared
// away. relations.go says what rows mean to each other. A row of a kind that isn't in kinds.go is a violation: whoever adds a kind adds it
// there.
//
// Two things follow a change moments later, from the table's stream: the records of joinings, and the clearing of what was deleted. And a
// table that is read while it is written to is of several moments. So what a single reading finds of a living table may be on its way to be
// right: what two readings find, a minute apart, is wrong.
package check
