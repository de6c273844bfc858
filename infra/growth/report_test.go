package growth

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"group-invites/infra/meter"
	"group-invites/infra/plot"
)

// markdown makes the report.
func (r *results) markdown() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# What grows, and what doesn't\n\n")
	fmt.Fprintf(&out, "Written by `make growth` on %s, on %s. Package `infra/growth` tells how it is measured.\n\n", time.Now().UTC().Format("2006-01-02 15:04 UTC"), meter.Machine())
	fmt.Fprintf(&out, "Calls, round trips and capacity units of every operation are the same in each of these tables, or this report would not have been written; a list of\n"+
		"links is shorter where there is one. Allocations differ by at most %.2f%% (%s).\n\n", 100*r.worst().spread(), r.worst().name)
	fmt.Fprintf(&out, "| links in the group | members of the group | members of the organization | rows | loaded in |\n|--:|--:|--:|--:|--:|\n")
	for _, l := range r.loads {
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %v |\n", digits(l.size.links), digits(l.size.members), digits(l.size.org), digits(l.rows), l.took.Round(100*time.Millisecond))
	}

	fmt.Fprintf(&out, "\n## What each operation takes\n\nAllocations are those of the run that made the fewest of %d, in objects and KB, for each of the tables in turn (how often a buffer grows depends on the pieces in which an answer comes); runs in\n"+
		"which the engine held a call for more than a second are left out. Where the group has one link, lists of links take less; the columns give what full pages take. The time is the engine's for the most part, on this\n"+
		"machine, and the median of %d runs: with more rows its file has one level more. A list is a page of 50. What ends the\n"+
		"link by which all came, and the group, can be done once alone, and its allocations are those of that run: less exact.\n\n", wholeRuns-warm, wholeRuns-warm-slow)
	fmt.Fprintf(&out, "| operation | round trips | calls | read units | write units | objects | KB | differ by | ms |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, c := range r.operations {
		cost := c.of[len(c.of)-1].Cost
		var objects, kilobytes, times []string
		for _, t := range c.of {
			objects = append(objects, fmt.Sprintf("%.0f", t.Objects))
			kilobytes = append(kilobytes, fmt.Sprintf("%.1f", t.Bytes/1000))
			times = append(times, fmt.Sprintf("%.1f", t.Took.Seconds()*1000))
		}
		fmt.Fprintf(&out, "| %s | %d | %d | %g | %g | %s | %s | %.2f%% | %s |\n", c.name, cost.RoundTrips, cost.Calls, cost.ReadUnits, cost.WriteUnits,
			strings.Join(objects, ", "), strings.Join(kilobytes, ", "), 100*c.spread(), strings.Join(times, ", "))
	}
	allocations := plot.Chart{Title: "What an operation allocates", X: "links in the group; members of the organization", Y: "KB"}
	for _, l := range r.loads {
		allocations.Labels = append(allocations.Labels, digits(l.size.links)+"; "+digits(l.size.org))
	}
	for _, name := range []string{"list members of the organization", "list joins of a link", "redeem `org`, by an instance that has seen nothing", "create a link"} {
		series := plot.Series{Name: name}
		for _, t := range r.named(name).of {
			series.Values = append(series.Values, float64(int(t.Bytes/100))/10)
		}
		allocations.Series = append(allocations.Series, series)
	}
	if err := chart(&out, allocations); err != nil {
		return nil, err
	}

	fmt.Fprintf(&out, "\n## Paging through everything\n\nThe largest table, page by page of 50, while others add to each list and remove from it. Each page is full but the last, nothing comes twice, and\n"+
		"what is there all the time comes.\n\n| list | items | pages | added meanwhile | removed meanwhile | took |\n|---|--:|--:|--:|--:|--:|\n")
	pages := plot.Chart{Title: "How long a page takes, on its way through a list", X: "of the list, %", Y: "ms, median", From: 0, To: 100}
	for _, w := range r.walked {
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %v |\n", w.name, digits(w.items), digits(w.pages), digits(w.added), digits(w.removed), w.took.Round(100*time.Millisecond))
		if len(w.each) >= parts && len(pages.Series) < 4 {
			pages.Series = append(pages.Series, plot.Series{Name: w.name, Values: w.along()})
		}
	}
	if err := chart(&out, pages); err != nil {
		return nil, err
	}

	fmt.Fprintf(&out, "\n## Clearing a group away\n\nDeleting a group is one transaction. What is left of it goes in steps, each from the stream's record of the one before, up to 100 rows of each kind.\n"+
		"The steps grow with the group, the step doesn't.\n\n| links | members | steps | calls of a step, at most | write units of a step, at most | took |\n|--:|--:|--:|--:|--:|--:|\n")
	for i, c := range r.cleared {
		n := r.loads[i].size
		fmt.Fprintf(&out, "| %s | %s | %s | %d | %g | %v |\n", digits(n.links), digits(n.members), digits(c.steps), c.calls, c.write, c.took.Round(100*time.Millisecond))
	}
	fmt.Fprintf(&out, "%s", grows)
	return out.Bytes(), nil
}

// grows is what isn't the same at any size, by design.
const grows = `
## What grows all the same

- ` + "`/v1/me`" + ` reads all rows of a person, also of what he has left, and gives 500 groups at most: 0.5 KB a group, a read unit for eight. It doesn't depend on how many others
  there are.
- A page of links whose places were dealt among shards counts the shards of each that isn't full: up to 64 rows a link, 100 in a call.
- The list of requests for access reads all open ones of the group: 100 at most, and those that TTL has yet to clear.
- Ending someone's membership of an organization goes on to a write for each group of it that he was in, from the stream.
`

func chart(out *bytes.Buffer, c plot.Chart) error {
	text, err := c.Markdown()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s", text)
	return nil
}

func (r *results) named(name string) *compared {
	for _, c := range r.operations {
		if c.name == name {
			return c
		}
	}
	panic("no operation " + name)
}

// worst is the operation whose allocations differ most.
func (r *results) worst() (worst *compared) {
	worst = r.operations[0]
	for _, c := range r.operations {
		if !c.once && c.spread() > worst.spread() {
			worst = c
		}
	}
	return worst
}

// parts are how many figures of a list are drawn.
const parts = 21

// along gives how long pages took, in milliseconds: the median of each part of the list.
func (w walked) along() (figures []float64) {
	for part := range parts {
		var some []float64
		for _, d := range w.each[part*len(w.each)/parts : (part+1)*len(w.each)/parts] {
			some = append(some, d.Seconds()*1000)
		}
		figures = append(figures, float64(int(median(some)*100))/100)
	}
	return figures
}

// digits writes a number with a comma between each three digits.
func digits(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
