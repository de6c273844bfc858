package mirror

// stages puts operations into groups: those of one stage depend on nothing of the same stage, and all that they depend on is in stages before. So
// running stage after stage comes to what running one operation after the other would, in the order of the list.
//
// An operation depends on an earlier one if either changes what the other is about: an organization, a group of it, or a person in
// the organization, with all his groups. after gives each operation's.
func stages(ops []Op) (run [][]int, after [][]int) {
	type trace struct {
		writer  int // the last that changed it; -1 is none
		readers []int
	}
	traces := map[subject]*trace{}
	find := func(s subject) *trace {
		if traces[s] == nil {
			traces[s] = &trace{writer: -1}
		}
		return traces[s]
	}
	stage := make([]int, len(ops))
	after = make([][]int, len(ops))
	for i, op := range ops {
		changes, needs := op.subjects()
		if t := find(changes); t.writer >= 0 {
			after[i] = append(after[i], t.writer)
		}
		after[i] = append(after[i], find(changes).readers...)
		for _, s := range needs {
			if t := find(s); t.writer >= 0 {
				after[i] = append(after[i], t.writer)
			}
		}
		for _, earlier := range after[i] {
			stage[i] = max(stage[i], stage[earlier]+1)
		}
		*find(changes) = trace{writer: i}
		for _, s := range needs {
			t := find(s)
			t.readers = append(t.readers, i)
		}
		for len(run) <= stage[i] {
			run = append(run, nil)
		}
		run[stage[i]] = append(run[stage[i]], i)
	}
	return run, after
}

// subject is what operations are about: an organization; a group of it; a person in it.
type subject struct{ org, group, member string }

// subjects gives what the operation changes, and what must be there for that.
func (o Op) subjects() (changes subject, needs []subject) {
	org := subject{org: o.Org}
	switch {
	case o.Kind.ofMember():
		changes, needs = subject{org: o.Org, member: o.Member}, []subject{org}
		for _, group := range o.groups() {
			needs = append(needs, subject{org: o.Org, group: group})
		}
	case o.Kind.ofGroup():
		changes, needs = subject{org: o.Org, group: o.Group}, []subject{org}
	default:
		changes = org
	}
	return changes, needs
}

// groups gives the groups that the operation names.
func (o Op) groups() []string {
	if o.Kind.ofGroup() {
		return []string{o.Group}
	}
	return o.Groups
}
