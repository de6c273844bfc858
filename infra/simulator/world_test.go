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

// newTable is one as it is made; warmed one whose warm throughput was raised; grown one whose partitions have split a few times, and go on to.
func newTable() simulator.Limits {
	l := simulator.Published
	l.HotFor = 0
	return l
}

func warmed() simulator.Limits {
	l := newTable()
	l.Partitions = 16
	return l
}

func grown() simulator.Limits {
	l := simulator.Published
	l.Partitions, l.HotFor = 32, 2*time.Second
	return l
}

// small is a table of a tenth of the limits, for storms that every test run can afford.
func small() simulator.Limits {
	l := newTable()
	l.Read, l.Write = l.Read/10, l.Write/10
	return l
}

// Where keys may fall on a new table: of the four that everybody reads, no two, two, or three lie together on a partition.
var (
	apart      = [2]float64{1400, 3000}
	twoAtOnce  = [2]float64{1190, 1210}
	threeAlike = [2]float64{850, 870}
)

func tenth(carries [2]float64) [2]float64 { return [2]float64{carries[0] / 10, carries[1] / 10} }

// quick are storms that every test run can afford.
var quick = []storm{
	{name: "capped", access: invite.AccessOrg, cap: 500, rate: 300, seconds: 2, seed: 1, limits: newTable()},
	{name: "a small cap", access: invite.AccessOrg, cap: 10, rate: 500, seconds: 1, seed: 1, limits: newTable()},
	{name: "deleted", access: invite.AccessAnyone, cap: invite.MaxCap, rate: 300, seconds: 2, seed: 1, limits: grown(), deleteAfter: 1},
	{name: "uncapped", access: invite.AccessAnyone, rate: 300, seconds: 1, seed: 1, limits: newTable()},
	{name: "uncapped, as much as is carried", access: invite.AccessOrg, rate: 118, seconds: 3, carries: tenth(twoAtOnce), limits: small()},
	{name: "uncapped, more than is carried", access: invite.AccessOrg, rate: 140, seconds: 4, carries: tenth(threeAlike), limits: small(), over: 0.2},
}

// whole are those of the report.
var whole = []storm{
	{name: "uncapped, new table, keys apart", access: invite.AccessOrg, rate: 1400, seconds: 3, carries: apart, limits: newTable()},
	{name: "uncapped, new table, two together", access: invite.AccessOrg, rate: 1150, seconds: 3, carries: twoAtOnce, limits: newTable()},
	{name: "uncapped, new table, two together", access: invite.AccessOrg, rate: 1400, seconds: 4, carries: twoAtOnce, limits: newTable(), over: 0.01},
	{name: "uncapped, new table, three together", access: invite.AccessOrg, rate: 1400, seconds: 3, carries: threeAlike, limits: newTable(), over: 0.06},
	{name: "uncapped, new people, new table", access: invite.AccessAnyone, rate: 850, seconds: 2, carries: [2]float64{870, 1000}, limits: newTable()},
	{name: "uncapped, warmed table", access: invite.AccessOrg, rate: 1400, seconds: 3, carries: [2]float64{1400, 1500}, limits: warmed()},
	{name: "uncapped, grown table, after splits", access: invite.AccessOrg, rate: 3000, warm: 5, warmRate: 2000, seconds: 2, carries: [2]float64{1900, 3000}, limits: grown()},
	{name: "capped, new table", access: invite.AccessOrg, cap: 1200, rate: 500, seconds: 4, seed: 1, limits: newTable()},
	{name: "capped, grown table", access: invite.AccessOrg, cap: 4000, rate: 1000, seconds: 5, seed: 1, limits: grown()},
	{name: "capped, new people, grown table", access: invite.AccessAnyone, cap: 3000, rate: 1000, seconds: 4, carries: [2]float64{1400, 1500}, limits: grown()},
	{name: "capped, new people, grown table, three together", access: invite.AccessAnyone, cap: 3000, rate: 1000, seconds: 4, carries: [2]float64{900, 990}, limits: grown(), over: 0.01},
	{name: "a small cap, new table", access: invite.AccessOrg, cap: 10, rate: 500, seconds: 2, seed: 1, limits: newTable()},
	{name: "a small cap, grown table", access: invite.AccessOrg, cap: 10, rate: 1000, seconds: 2, seed: 1, limits: grown()},
	{name: "deleted meanwhile, grown table", access: invite.AccessOrg, cap: invite.MaxCap, rate: 1000, seconds: 2, seed: 2, limits: grown(), deleteAfter: 1},
}

// TestWorld lets storms pass over links, and sees that none is one too many, and that nobody is left undecided, or few
// where more come than is carried.
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
			if r.All.Undecided > int(st.over*float64(r.All.Came)) {
				t.Errorf("%d of %d were left undecided, %.0f a second are carried", r.All.Undecided, r.All.Came, r.Carried)
			}
			if st.over > 0 {
				return // whoever was left undecided may have joined, and may not have heard that it is used up
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
	if *report != "" && !t.Failed() {
		if err := os.WriteFile(*report, write(t, results, seeFates(t)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
