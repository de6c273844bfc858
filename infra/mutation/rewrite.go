package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// edit replaces the text from one place to another. Where several insert at one place, those that close come first, the innermost before the
// others, then those that open, the outermost before the others.
type edit struct {
	from, to token.Pos
	text     string // @ stands for the mutant's number
	closes   bool
	order    int // that of the walk, which meets outer nodes first
}

// mutant is one change.
type mutant struct {
	id       int
	file     *source
	line     int
	function string // it stands in; "" outside of functions
	operator string // kind of change
	change   string // what was changed into what, in words
	edits    []edit
	shared   []edit // made once for all mutants that have the same: the cases of one switch
}

// rewrite gives the file's text with all the mutants in it. It has as many lines as before.
func rewrite(f *source, fset *token.FileSet, mutants []*mutant) []byte {
	var edits []edit
	seen := map[edit]bool{}
	for _, m := range mutants {
		for _, e := range m.edits {
			e.text = strings.ReplaceAll(e.text, "@", fmt.Sprint(m.id))
			edits = append(edits, e)
		}
		for _, e := range m.shared {
			if !seen[e] {
				seen[e] = true
				edits = append(edits, e)
			}
		}
	}
	slices.SortStableFunc(edits, func(a, b edit) int {
		switch {
		case a.from != b.from:
			return cmp.Compare(a.from, b.from)
		case a.closes != b.closes && a.closes:
			return -1
		case a.closes != b.closes:
			return 1
		case a.closes:
			return cmp.Compare(b.order, a.order)
		}
		return cmp.Compare(a.order, b.order)
	})
	var out bytes.Buffer
	base, at := token.Pos(fset.File(f.tree.FileStart).Base()), 0
	for _, e := range edits {
		out.Write(f.text[at:int(e.from-base)])
		out.WriteString(e.text)
		at = int(e.to - base)
	}
	out.Write(f.text[at:])
	return out.Bytes()
}

// Environment variables of the test binary: the mutant that is switched on, and the file that those reached are written to.
const (
	activeVariable = "MUTANT"
	recordVariable = "MUTANTS_REACHED"
	helperName     = "mutants_switched.go"
)

// helperImports are what helperText imports, which the package may not.
var helperImports = []string{"cmp", "fmt", "os", "strconv", "sync/atomic"}

// helperText is the file that is compiled with a package that has so many mutants.
func helperText(pkg string, mutants int) string {
	return strings.NewReplacer("PACKAGE", pkg, "COUNT", fmt.Sprint(mutants+1), "ACTIVE", activeVariable, "RECORD", recordVariable).Replace(`package PACKAGE

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
)

var (
	mutantActive, _ = strconv.Atoi(os.Getenv("ACTIVE"))
	mutantRecord, _ = os.OpenFile(os.Getenv("RECORD"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	mutantSeen      [COUNT]atomic.Bool
)

func mutantOn(id int) bool {
	if mutantRecord != nil && !mutantSeen[id].Swap(true) {
		fmt.Fprintln(mutantRecord, id)
	}
	return id == mutantActive
}

type mutantNumber interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

func mutantInt[T mutantNumber](id int, n T) T {
	if mutantOn(id) {
		return n + 1
	}
	return n
}

func mutantAdd[T mutantNumber](id int, a, b T) T {
	if mutantOn(id) {
		return a - b
	}
	return a + b
}

func mutantSub[T mutantNumber](id int, a, b T) T {
	if mutantOn(id) {
		return a + b
	}
	return a - b
}

// Where a and b are equal, the comparison gives the opposite of what it should.
func mutantLess[T cmp.Ordered](id int, a, b T) bool    { return (a < b) != (mutantOn(id) && a == b) }
func mutantMost[T cmp.Ordered](id int, a, b T) bool    { return (a <= b) != (mutantOn(id) && a == b) }
func mutantGreater[T cmp.Ordered](id int, a, b T) bool { return (a > b) != (mutantOn(id) && a == b) }
func mutantLeast[T cmp.Ordered](id int, a, b T) bool   { return (a >= b) != (mutantOn(id) && a == b) }
`)
}
