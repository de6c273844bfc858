package simulator_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"group-invites/infra/plot"
	"group-invites/shared/invite"
)

// Luck is where keys fall. This is the part of the report that tells what it comes to.

// fate is a placement on a new table, and what became of people who came by it at 1,400 a second, on a tenth of the scale.
type fate struct{ carries, undecided float64 }

const (
	fates       = 24 // of placements, one after the other
	fateSeconds = 4
)

// seeFates lets such storms pass over tables that are new, whatever the placement.
func seeFates(t *testing.T) []fate {
	t.Helper()
	all := make([]fate, fates)
	for seed := range all {
		r := run(t, storm{name: "fate", access: invite.AccessOrg, rate: 140, seconds: fateSeconds, seed: uint64(seed), limits: small(), over: 1})
		all[seed] = fate{10 * r.Carried, float64(r.All.Undecided) / float64(r.All.Came)}
	}
	return all
}

// writeLuck writes that part.
func writeLuck(t *testing.T, out *bytes.Buffer, seen []fate) {
	t.Helper()
	fmt.Fprintf(out, `
## Where the keys fall

A redeem by an instance that knows the link reads six rows, strongly consistent: two of its own person, which lie anywhere, and four that everybody
reads: organization, group, invite, and the creator's membership (five, by a creator who isn't an admin: his two rows have one partition key). A partition
reads 3,000 units a second. On a new table, with 4 partitions, one that holds *k* of the four carries 3,000 / (*k* + 2/4) redeems a second:
2,000, 1,200, 857 or 667. So 1,400 a second need all four apart, 4! / 4⁴ = 9.4%% of placements. What a redeem writes to the index lies under four keys (eight,
of new people); three of them on one of its partitions carry 1,333 joinings. New people write four units in a transaction: a new table, which takes 4,000
units, lets 1,000 of them in a second and no more, wherever keys fall. A row lies on one partition however often that splits: 3,000 redeems a second by one link is the end
of it as long as each reads the link. A preview, which the page shows before anybody redeems, reads such rows, too; it isn't counted here.

Share of placements (of %d) that carry so many redeems a second, before a partition splits, and with nobody waiting:

| link | partitions | 650 | 850 | 1,000 | 1,200 | 1,400 | 2,000 | 2,900 |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
`, placements)
	rates := []float64{650, 850, 1000, 1199, 1400, 2000, 2900} // 1,200 is the limit itself, and a rounding would decide on it
	for _, kind := range []struct {
		name string
		kindOfLink
	}{{"for members, by an admin", forMembers}, {"for members, by a user", byUser}, {"for new people, by an admin", forNewcomers}} {
		for _, partitions := range []int{4, 8, 16, 32, 64} {
			fmt.Fprintf(out, "| %s | %d |", kind.name, partitions)
			all := carried(loadOf(t, kind.kindOfLink), partitions)
			for _, rate := range rates {
				fmt.Fprintf(out, " %.1f%% |", 100*share(all, rate))
			}
			fmt.Fprintf(out, "\n")
		}
	}

	chart := plot.Chart{Title: "Placements that carry a link for members", X: "redeems a second", Y: "% of placements", From: 0, To: 3000, Most: 100}
	for _, partitions := range []int{4, 8, 16, 64} {
		all := carried(loadOf(t, forMembers), partitions)
		s := plot.Series{Name: fmt.Sprintf("%d partitions", partitions)}
		for rate := 0.0; rate <= 3000; rate += 100 {
			s.Values = append(s.Values, math.Round(1000*share(all, rate))/10)
		}
		chart.Series = append(chart.Series, s)
	}
	drawn, err := chart.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(out, "\n%s\n", drawn)

	fmt.Fprintf(out, `More than is carried is not lost at once: people wait, for 2.5 s at most. 1,400 a second for %d s on a new table, by a link for members, on a tenth of
the scale (limits and people), at %d placements:

| a placement carries | placements | all were answered in | undecided, of all who came | the most of one placement |
|---|--:|--:|--:|--:|
`, fateSeconds, len(seen))
	for _, band := range []struct {
		name     string
		from, to float64
	}{{"1,400 and more", 1395, 1e9}, {"1,200 to 1,400", 1190, 1395}, {"about 850 to 1,200", 800, 1190}, {"less", 0, 800}} {
		n, all := 0, 0
		sum, most := 0.0, 0.0
		for _, f := range seen {
			if f.carries < band.from || f.carries >= band.to {
				continue
			}
			n++
			sum, most = sum+f.undecided, max(most, f.undecided)
			if f.undecided == 0 {
				all++
			}
		}
		if n > 0 {
			fmt.Fprintf(out, "| %s | %d | %d | %.1f%% | %.1f%% |\n", band.name, n, all, 100*sum/float64(n), 100*most)
		}
	}

	cold, warm := carried(loadOf(t, forMembers), 4), carried(loadOf(t, forMembers), 16)
	newcomers := carried(loadOf(t, forNewcomers), 16)
	fmt.Fprintf(out, `
## Beside the goals

| goal | what holds |
|---|---|
| by a link without a cap, 1,400 a second on a new table, nobody with an error | missed on most placements. For members: by %.1f%% of placements for as long as one likes, and by those that carry 1,200 (%.1f%%) for some seconds, while people wait; else few are undecided for some seconds, and more as it lasts. For new people: 1,000 a second is what a new table can write at all |
| the same on a table that was [warmed up](../procedures.md#before-a-link-goes-round-the-world) to 16 partitions | for members by %.1f%% of placements, for new people by %.1f%% |
| 3,000 a second after partitions have split | holds, for members, by an admin's link; it is what one row is read at most |
| by a link with a cap, 1,000 a second, no one too many and none undecided | holds, for members and for new people, on a grown table, also where three of the rows that everybody reads lie together (there up to one of a hundred was let be undecided) |
`, 100*share(cold, 1400), 100*share(cold, 1199), 100*share(warm, 1400), 100*share(newcomers, 1400))
}
