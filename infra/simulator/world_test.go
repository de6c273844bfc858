package simulator_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"group-invites/infra/simulator"
	"group-invites/shared/invite"
)

var report = flag.String("report", "", "run the whole of it, and write the report to this file")

// new is a table as it is made; grown is one whose partitions have split a few times, and go on to.
func newTable() simulator.Limits {
	l := simulator.Published
	l.HotFor = 0
	return l
}

func grownTable() simulator.Limits {
	l := simulator.Published
	l.Partitions, l.HotFor = 32, 2*time.Second
	return l
}

// quick are storms that every test run can afford.
var quick = []storm{
	{name: "capped", access: invite.AccessOrg, cap: 500, rate: 300, seconds: 2, seed: 1, limits: newTable()},
	{name: "a small cap", access: invite.AccessOrg, cap: 10, rate: 500, seconds: 1, seed: 1, limits: newTable()},
	{name: "deleted", access: invite.AccessAnyone, cap: invite.MaxCap, rate: 300, seconds: 2, seed: 1, limits: grownTable(), deleteAfter: 1},
	{name: "uncapped", access: invite.AccessAnyone, rate: 300, seconds: 1, seed: 1, limits: newTable()},
}

// whole are those of the report.
var whole = []storm{
	{name: "capped, new table", access: invite.AccessOrg, cap: 1200, rate: 500, seconds: 4, seed: 1, limits: newTable()},
	{name: "capped, grown table", access: invite.AccessOrg, cap: 4000, rate: 1000, seconds: 5, seed: 1, limits: grownTable()},
	{name: "capped, grown table", access: invite.AccessOrg, cap: 4000, rate: 1000, seconds: 5, seed: 2, limits: grownTable()},
	{name: "capped, new people, grown table", access: invite.AccessAnyone, cap: 3000, rate: 1000, seconds: 4, seed: 3, limits: grownTable(), over: true},
	{name: "a small cap, new table", access: invite.AccessOrg, cap: 10, rate: 500, seconds: 2, seed: 1, limits: newTable()},
	{name: "a small cap, grown table", access: invite.AccessOrg, cap: 10, rate: 1000, seconds: 2, seed: 1, limits: grownTable()},
	{name: "deleted meanwhile, grown table", access: invite.AccessOrg, cap: invite.MaxCap, rate: 1000, seconds: 2, seed: 2, limits: grownTable(), deleteAfter: 1},
	{name: "uncapped, new table", access: invite.AccessOrg, rate: 500, seconds: 3, seed: 1, limits: newTable()},
	{name: "uncapped, grown table", access: invite.AccessOrg, rate: 1400, warm: 4, warmRate: 1400, seconds: 2, seed: 1, limits: grownTable()},
	{name: "uncapped, grown table", access: invite.AccessOrg, rate: 2700, warm: 5, warmRate: 1400, seconds: 2, seed: 1, limits: grownTable(), over: true},
}

// TestWorld lets storms pass over links, and sees that none is one too many, and that nobody is left undecided.
func TestWorld(t *testing.T) {
	storms := quick
	if *report != "" {
		storms = whole
	}
	var results []result
	for _, st := range storms {
		t.Run(st.name, func(t *testing.T) {
			r := run(t, st)
			t.Log(r)
			results = append(results, r)
			if r.Members > st.cap && st.cap > 0 {
				t.Errorf("%d members of %d places", r.Members, st.cap)
			}
			if st.over {
				return
			}
			if r.All.Undecided > 0 {
				t.Errorf("%d were left undecided", r.All.Undecided)
			}
			everybody := st.people()
			if st.cap > 0 && st.deleteAfter == 0 && (r.Members != min(st.cap, everybody) || r.Uses != r.Members) {
				t.Errorf("%d members, %d uses of %d places", r.Members, r.Uses, st.cap)
			}
			if st.cap > 0 && r.Members != r.joined() {
				t.Errorf("%d members, %d heard that they joined", r.Members, r.joined())
			}
			if st.deleteAfter > 0 && (r.All.Deleted == 0 || r.Deleting > time.Second) {
				t.Errorf("the delete took %v, %d heard of it", r.Deleting, r.All.Deleted)
			}
		})
	}
	if *report != "" {
		if err := os.WriteFile(*report, write(results), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
