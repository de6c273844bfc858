package main

import (
	"fmt"
	"slices"
)

// judge holds what people were told, and what is in the table, to what must be.
func (d *day) judge(s *site, table rows, links []link) {
	must := func(holds bool, format string, a ...any) {
		if !holds {
			d.wrong = append(d.wrong, fmt.Sprintf(format, a...))
		}
	}
	for i, name := range []string{"few places", "some places", "any number"} {
		l := links[i]
		c := count{name: name, places: l.places, uses: table.uses[l.id], members: len(table.members[l.group])}
		for _, e := range d.load.ends {
			if e.link == nil || e.link.id != l.id {
				continue
			}
			c.people++
			if e.word == "joined" {
				c.told++
			}
		}
		want := c.people
		if l.places > 0 {
			want = min(c.people, l.places)
		}
		must(c.members == want && c.uses == want && c.told == want,
			"link with %s (%d): %d came, %d heard that they joined, %d members, %d uses", name, l.places, c.people, c.told, c.members, c.uses)
		if l.places > 0 {
			d.capped = append(d.capped, c)
		} else {
			d.uncapped = c
		}
	}
	d.rows = table.count
	for _, v := range table.found {
		must(false, "in the table: %v", v)
	}
	for _, what := range d.load.strange {
		must(false, "%s", what)
	}
	must(d.delivered == d.mails, "%d of %d mails arrived", d.delivered, d.mails)
	must(d.inFunction <= answerWithin, "a function took %v to answer", d.inFunction)
	must(s.log.String() == "", "%s", s.log)
	if d.outage == "" {
		return
	}
	d.fallout.undecided = d.lateUndecided()
	must(d.fallout.right <= rightWithin, "right again %v after the end of the outage", d.fallout.right)
	must(d.fallout.undecided <= rightWithin, "a 503 %v after the end of the outage, to something asked after it", d.fallout.undecided)
	before, after := slices.Max(d.goroutines[0]), slices.Max(d.goroutines[1])
	must(after <= before+spare, "%d goroutines in a process of %s after the outage, %d before", after, watched, before)
}

// spare are the goroutines of one connection more than before: one reads and one writes.
const spare = 2
