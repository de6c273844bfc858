package simulator_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"group-invites/infra/meter"
)

// joined counts all who heard that they joined, while it warmed up too.
func (r result) joined() (n int) {
	for _, o := range r.By {
		n += o.Joined
	}
	return n
}

// write makes the report: Markdown, with a bar a second.
func write(t *testing.T, results []result, seen []fate) []byte {
	t.Helper()
	var out bytes.Buffer
	fmt.Fprintf(&out, "# The link that goes round the world\n\n")
	fmt.Fprintf(&out, "Written by `make world` on %s. Machine: %s. Times are those of the simulation (package `infra/simulator`):\n"+
		"its clock stands still while this machine works, so what holds a redeem up is a limit of DynamoDB's and never the machine.\n\n",
		time.Now().UTC().Format("2006-01-02 15:04 UTC"), meter.Machine())
	fmt.Fprintf(&out, "A new table has 4 partitions and isn't let split, as DynamoDB needs minutes for that. A warmed one has 16. A grown one has 32, and hot ones split\n"+
		"after 2 s. Undecided is who got a 503 after 2.5 s. Where it was warmed up by people, the first seconds don't count in the table; the bars have them, too.\n"+
		"*Carries* is how many redeems a second by an uncapped link the fullest partition has units for, where the keys lie in that storm, before any has split.\n"+
		"*Throttled* and *conflicts* are calls that DynamoDB refused, which were made again; *functions at once* is the most that were at work. In the bars, partitions are those\n"+
		"of table and index together.\n\n")
	fmt.Fprintf(&out, "## Storms\n\n")
	fmt.Fprintf(&out, "| link, table | places | redeems/s | carries | came | joined | used up | deleted | undecided | p50 | p99 | longest | throttled | conflicts | functions at once |\n")
	fmt.Fprintf(&out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, r := range results {
		places := "any"
		if r.cap > 0 {
			places = fmt.Sprint(r.cap)
		}
		fmt.Fprintf(&out, "| %s | %s | %d | %.0f | %d | %d | %d | %d | %d | %v | %v | %v | %d | %d | %d |\n", r.name, places, r.rate, r.Carried, r.All.Came, r.All.Joined,
			r.All.UsedUp, r.All.Deleted, r.All.Undecided, r.percentile(0.5).Round(time.Millisecond), r.percentile(0.99).Round(time.Millisecond),
			r.percentile(1).Round(time.Millisecond), r.Count.Throttled, r.Count.Conflicts, r.Instances)
	}
	fmt.Fprintf(&out, "\nSecond by second: `#` joined, `-` heard that it is used up or deleted, `?` undecided, of those who came in that second.\n")
	for _, r := range results {
		fmt.Fprintf(&out, "\n```\n%s, %d a second, seed %d\n", r.name, r.rate, r.seed)
		for i, o := range r.By {
			fmt.Fprintf(&out, "%3d s %s %5d joined %5d undecided, %d partitions\n", i, bar(o, r.rate), o.Joined, o.Undecided, o.Partitions)
		}
		if r.Deleting > 0 {
			fmt.Fprintf(&out, "the delete took %v\n", r.Deleting.Round(time.Millisecond))
		}
		fmt.Fprintf(&out, "```\n")
	}
	writeLuck(t, &out, seen)
	return out.Bytes()
}

// bar draws what became of the people of a second.
func bar(o outcome, rate int) string {
	const width = 50
	part := func(n int, mark string) string { return strings.Repeat(mark, (n*width+rate/2)/rate) }
	text := part(o.Joined, "#") + part(o.UsedUp+o.Deleted, "-") + part(o.Undecided, "?")
	return text + strings.Repeat(" ", max(0, width-len(text)))
}
