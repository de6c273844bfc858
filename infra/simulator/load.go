package simulator

import (
	"math"
	"time"
)

// Load is what one operation asks for, on average, of each partition key. Which keys lie together on a partition is luck; so it says how many
// operations a second a placement of the keys carries, without running them.
type Load struct{ Table, Index Demand }

// Demand is the part of a [Load] that concerns the table, or the index.
type Demand struct {
	Shared map[string]Units // of the partition keys that many operations ask for
	Rest   Units            // of all others together: keys of one person, which lie everywhere
}

// Units are capacity units.
type Units struct{ Read, Write float64 }

func (u Units) plus(v Units) Units         { return Units{u.Read + v.Read, u.Write + v.Write} }
func (u Units) times(f float64) Units      { return Units{u.Read * f, u.Write * f} }
func (u Units) rate(limits Limits) float64 { return min(limits.Read/u.Read, limits.Write/u.Write) } // division by 0 is no limit

// sharedBy is the share of operations from which on a partition key counts as one that many ask for.
const sharedBy = 0.01

// Load gives what was asked for so far, by so many operations.
func (s *Simulator) Load(operations int) Load {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Load{s.table.demand(operations), s.index.demand(operations)}
}

func (k *keyspace) demand(operations int) Demand {
	d := Demand{Shared: map[string]Units{}}
	for pk, a := range k.asked {
		each := a.units.times(1 / float64(operations))
		if float64(a.times) > sharedBy*float64(operations) {
			d.Shared[pk] = each
		} else {
			d.Rest = d.Rest.plus(each)
		}
	}
	return d
}

// Carries gives how many such operations a second the fullest partition carries, before any has split, where keys fall as they do in a [Simulator] of
// this seed.
func (l Load) Carries(limits Limits, seed uint64) float64 {
	rate := math.Inf(1)
	for i, d := range []Demand{l.Table, l.Index} {
		for _, u := range d.on(limits, seed+uint64(i)) {
			rate = min(rate, u.rate(limits))
		}
	}
	return rate
}

// on gives what falls on each partition.
func (d Demand) on(limits Limits, seed uint64) []Units {
	k := newKeyspace(limits, seed, time.Time{})
	each := make([]Units, limits.Partitions)
	for i := range each {
		each[i] = d.Rest.times(1 / float64(limits.Partitions))
	}
	for pk, u := range d.Shared {
		i := k.index(k.at(pk, ""))
		each[i] = each[i].plus(u)
	}
	return each
}
