package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"sort"
	"time"
)

// position is where an item lies in the space that partitions divide: the hash of its partition key, then its sort key.
type position string

// keyspace is the space of a table or an index, and the partitions that divide it. Its owner guards it.
type keyspace struct {
	limits     Limits
	seed       uint64
	partitions []*partition // by where they begin; the first begins at ""
	splits     int
	asked      map[string]asking // of partition keys
}

// asking is how often units of a partition key were asked for, and how many.
type asking struct {
	times int
	units Units
}

func newKeyspace(limits Limits, seed uint64, now time.Time) *keyspace {
	k := &keyspace{limits: limits, seed: seed, asked: map[string]asking{}}
	for i := range limits.Partitions {
		from := position("")
		if i > 0 {
			from = hashed(uint64(i) * (^uint64(0) / uint64(limits.Partitions)))
		}
		k.partitions = append(k.partitions, newPartition(from, limits, now))
	}
	return k
}

func hashed(n uint64) position {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	return position(hex.EncodeToString(b[:]))
}

// at gives the position of a key. The seed makes keys fall elsewhere in another run.
func (k *keyspace) at(pk, sk string) position {
	var seed [8]byte
	binary.BigEndian.PutUint64(seed[:], k.seed)
	sum := sha256.Sum256(append(seed[:], pk...))
	return hashed(binary.BigEndian.Uint64(sum[:8])) + position(sk)
}

func (k *keyspace) index(p position) int {
	return sort.Search(len(k.partitions), func(i int) bool { return k.partitions[i].from > p }) - 1
}

// take asks for units of an item. If its partition has none left it gives false.
func (k *keyspace) take(pk, sk string, read, write float64, now time.Time) bool {
	a := k.asked[pk]
	k.asked[pk] = asking{a.times + 1, a.units.plus(Units{read, write})}
	p := k.at(pk, sk)
	i := k.index(p)
	if k.partitions[i].rest(now, k.limits) {
		k.split(i, now)
		i = k.index(p)
	}
	return k.partitions[i].take(p, read, write, now, k.limits)
}

// split divides a hot partition where that halves its traffic.
func (k *keyspace) split(i int, now time.Time) {
	hot := k.partitions[i]
	border, ok := hot.border()
	hot.cool(now)
	if !ok {
		return // one item has all of it
	}
	k.splits++
	k.partitions = slices.Insert(k.partitions, i+1, newPartition(border, k.limits, now))
}

// partition is one partition: what it may still carry now, and how hot it is.
type partition struct {
	from        position
	read, write bucket
	window      time.Time            // when the present second began
	used        float64              // of a second's capacity, in the present second; over 1 is refused
	hotFor      int                  // seconds one after another
	heat        map[position]float64 // where the traffic of those seconds went
}

func newPartition(from position, limits Limits, now time.Time) *partition {
	p := &partition{from: from}
	p.read = bucket{rate: limits.Read, burst: limits.Read * limits.Burst.Seconds(), at: now}
	p.write = bucket{rate: limits.Write, burst: limits.Write * limits.Burst.Seconds(), at: now}
	p.read.tokens, p.write.tokens = p.read.burst, p.write.burst
	p.cool(now)
	return p
}

func (p *partition) cool(now time.Time) {
	p.window, p.used, p.hotFor, p.heat = now, 0, 0, map[position]float64{}
}

// hotShare is the share of its capacity from which on a partition counts as hot.
const hotShare = 0.8

// rest ends the present second, if it is over, and tells whether the partition has been hot for long enough to split.
func (p *partition) rest(now time.Time, limits Limits) bool {
	passed := now.Sub(p.window)
	if passed < time.Second {
		return false
	}
	if p.used < hotShare || passed >= 2*time.Second {
		p.cool(now)
		return false
	}
	p.hotFor++
	p.window, p.used = p.window.Add(time.Second), 0
	return limits.HotFor > 0 && p.hotFor >= int(limits.HotFor/time.Second)
}

func (p *partition) take(at position, read, write float64, now time.Time, limits Limits) bool {
	share := max(read/limits.Read, write/limits.Write)
	p.used += share
	p.heat[at] += share
	if !p.read.has(read, now) || !p.write.has(write, now) {
		return false
	}
	p.read.tokens -= read
	p.write.tokens -= write
	return true
}

// border gives where to split: the position before which about half of the traffic is.
func (p *partition) border() (position, bool) {
	positions := slices.Sorted(maps.Keys(p.heat))
	if len(positions) < 2 {
		return "", false
	}
	total := 0.0
	for _, share := range p.heat {
		total += share
	}
	best, bestMax, before := 1, total, 0.0
	for i := 1; i < len(positions); i++ {
		before += p.heat[positions[i-1]]
		if side := max(before, total-before); side < bestMax {
			best, bestMax = i, side
		}
	}
	return positions[best], true
}

// bucket is a token bucket. Who asks for more than it ever holds waits until it is full, and those who follow for the debt.
type bucket struct {
	rate, burst, tokens float64
	at                  time.Time
}

func (b *bucket) has(units float64, now time.Time) bool {
	b.tokens = min(b.burst, b.tokens+b.rate*now.Sub(b.at).Seconds())
	b.at = now
	return b.tokens >= min(units, b.burst)
}
