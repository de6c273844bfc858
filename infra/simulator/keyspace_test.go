package simulator

import (
	"fmt"
	"testing"
	"time"
)

// pour asks for a write unit of each of the keys in turn, so many a second for so many seconds, and tells how many it got.
func pour(k *keyspace, rate, seconds int, keys ...[2]string) (got int) {
	now := time.Unix(0, 0)
	for i := range rate * seconds {
		at := now.Add(time.Duration(i) * time.Second / time.Duration(rate))
		item := keys[i%len(keys)]
		if k.take(item[0], item[1], 0, 1, at) {
			got++
		}
	}
	return got
}

func limits(partitions int, hotFor time.Duration) Limits {
	l := Published
	l.Partitions, l.HotFor = partitions, hotFor
	return l
}

func TestKeyspace_APartitionCarriesItsLimit(t *testing.T) {
	k := newKeyspace(limits(1, 0), 1, time.Unix(0, 0))
	if got := pour(k, 3000, 10, [2]string{"a", "a"}, [2]string{"b", "b"}); got < 9_990 || got > 10_110 {
		t.Errorf("%d writes in 10 s", got)
	}
}

func TestKeyspace_SplitsForHeat(t *testing.T) {
	for name, c := range map[string]struct {
		keys [][2]string
		want int // splits
	}{
		"between partition keys":                 {[][2]string{{"a", "a"}, {"b", "b"}}, 1},
		"within an item collection":              {[][2]string{{"a", "a"}, {"a", "b"}}, 1},
		"until each has what it needs":           {[][2]string{{"a", "a"}, {"a", "b"}, {"b", "a"}, {"b", "b"}}, 3},
		"but a single item never, however hot":   {[][2]string{{"a", "a"}}, 0},
		"nor one beside others that nobody asks": {[][2]string{{"a", "a"}, {"a", "a"}, {"a", "a"}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKeyspace(limits(1, 2*time.Second), 1, time.Unix(0, 0))
			pour(k, 3600, 20, c.keys...)
			if k.splits != c.want {
				t.Errorf("%d splits, want %d", k.splits, c.want)
			}
		})
	}
}

func TestKeyspace_APartitionThatRestsDoesNotSplit(t *testing.T) {
	k := newKeyspace(limits(1, 5*time.Second), 1, time.Unix(0, 0))
	pour(k, 2000, 4, [2]string{"a", "a"}, [2]string{"b", "b"})
	if k.take("a", "a", 0, 1, time.Unix(60, 0)); k.splits != 0 {
		t.Errorf("%d splits", k.splits)
	}
}

func TestKeyspace_KeysSpreadOverThePartitions(t *testing.T) {
	k := newKeyspace(limits(4, 0), 7, time.Unix(0, 0))
	counts := map[int]int{}
	for i := range 4000 {
		counts[k.index(k.at(fmt.Sprint(i), "x"))]++
	}
	for i := range 4 {
		if counts[i] < 850 || counts[i] > 1150 {
			t.Errorf("partition %d has %d of 4000 keys", i, counts[i])
		}
	}
}
