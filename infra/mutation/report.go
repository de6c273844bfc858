package main

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"
)

// score counts mutants.
type score struct{ all, dead, timedOut, survived, unreached, equivalent int }

func (s *score) add(o outcome) {
	s.all++
	switch {
	case o.dead():
		s.dead++
		if o.verdict == timedOut {
			s.timedOut++
		}
	case o.reason != "":
		s.equivalent++
	case o.verdict == unreached:
		s.unreached++
	default:
		s.survived++
	}
}

// percent is the share of those killed, of all that aren't equivalent.
func (s score) percent() string {
	if s.all == s.equivalent {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(s.dead)/float64(s.all-s.equivalent))
}

// markdown is the report on a package, of whose so many mutants these were shown to the tests of folders.
func markdown(folder string, tests []string, all []outcome, of int, now time.Time, command string) string {
	var b strings.Builder
	total := score{}
	for _, o := range all {
		total.add(o)
	}
	fmt.Fprintf(&b, "# Which changes of %s the tests notice: %s\n\nMade by `make mutation` (`%s`) on %s, %s. `go doc ./infra/mutation` tells how.\n", folder, total.percent(), command,
		now.UTC().Format("2006-01-02 15:04 UTC"), runtime.Version())
	fmt.Fprintf(&b, "The score is the share of mutants that a test in %s notices, equivalent ones aside. Of those that none notices, *survived* are those that a test ran, *unreached* those that none did.\n", strings.Join(tests, " or "))
	if len(all) < of {
		fmt.Fprintf(&b, "%d of %d mutants were drawn by chance, and tried.\n", len(all), of)
	}
	table(&b, all)
	listed(&b, "Survivors", all, func(o outcome) (string, bool) { return string(o.verdict), !o.dead() && o.reason == "" })
	listed(&b, "Equivalent", all, func(o outcome) (string, bool) { return o.reason, o.reason != "" })
	return b.String()
}

// table counts by operator.
func table(b *strings.Builder, all []outcome) {
	const sum = "all"
	scores := map[string]*score{sum: {}}
	for _, o := range all {
		if scores[o.operator] == nil {
			scores[o.operator] = &score{}
		}
		scores[o.operator].add(o)
		scores[sum].add(o)
	}
	names := slices.Sorted(maps.Keys(scores))
	names = append(slices.DeleteFunc(names, func(name string) bool { return name == sum }), sum)
	b.WriteString("\n## By operator\n\n| operator | score | mutants | killed | of these timed out | survived | unreached | equivalent |\n|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, name := range names {
		s := scores[name]
		fmt.Fprintf(b, "| %s | %s | %d | %d | %d | %d | %d | %d |\n", name, s.percent(), s.all, s.dead, s.timedOut, s.survived, s.unreached, s.equivalent)
	}
}

// listed writes mutants by place, with a remark on each.
func listed(b *strings.Builder, title string, all []outcome, remark func(outcome) (string, bool)) {
	fmt.Fprintf(b, "\n## %s\n\n", title)
	none := true
	for _, o := range all {
		if said, listed := remark(o); listed {
			none = false
			fmt.Fprintf(b, "- %s:%d %s: `` %s ``, %s\n", o.file.name, o.line, o.function, o.change, said)
		}
	}
	if none {
		b.WriteString("None.\n")
	}
}
