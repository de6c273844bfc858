package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"group-invites/infra/chaos/history"
	"group-invites/infra/meter"
	"group-invites/infra/plot"
)

// report is all that was found.
type report struct {
	options
	began  time.Time
	days   []*day
	rights rights
	linear linear
}

// wrong gives all that must not be.
func (r *report) wrong() (all []string) {
	for _, d := range r.days {
		for _, w := range d.wrong {
			all = append(all, d.name+": "+w)
		}
	}
	return slices.Concat(all, r.rights.wrong, r.linear.wrong)
}

func (r *report) markdown() (string, error) {
	var b strings.Builder
	p := func(format string, a ...any) { fmt.Fprintf(&b, format, a...) }
	p("# When the table goes wrong\n\n")
	p("Written by `make chaos SEED=%d` on %s, in %v, on %s. The functions run as they are deployed, on a local stack; between them and the engine\n"+
		"stands a table that goes wrong (`infra/local/faulty`). What is drawn by chance follows from the seed; what meets what follows from the machine, too.\n\n",
		r.seed, r.began.UTC().Format("2006-01-02 15:04 UTC"), time.Since(r.began).Round(time.Second), meter.Machine())
	if wrong := r.wrong(); len(wrong) == 0 {
		p("**Nothing that must not be was found.**\n\n")
	} else {
		p("**%d things that must not be were found**, the first of them:\n\n```\n", len(wrong))
		for _, w := range wrong[:min(20, len(wrong))] {
			p("%s\n", w)
		}
		p("```\n\n")
	}
	r.people(p)
	r.kept(p)
	if err := r.outages(p); err != nil {
		return "", err
	}
	r.histories(p)
	return b.String(), nil
}

// people shows what people saw.
func (r *report) people(p func(string, ...any)) {
	p("## What people see\n\n")
	p("Each day people come evenly, to join, preview, list, make, send and delete links; %d open one link with %d places at the same moment, and %d another one with %d (on the four long days %d people and %d places, %d and %d). Who is\n"+
		"answered 503 repeats after a second or two, later after up to eight, until he knows. *Asked again* are those; *never settled* are those who didn't come to know. Calls are those of functions to the table, with what befell them: conflicts befall a share of the\n"+
		"writes that can meet one, throttles and lost answers one of all calls.\n\n",
		whole.crowd, whole.places, whole.more, whole.more/2, wholeLonger.crowd, wholeLonger.places, wholeLonger.more, wholeLonger.more/2)
	p("| day | came | joined | used up | other requests | asked again | 503s | never settled | p50 | p99 | longest in a function | calls | conflicts | throttles | lost |\n")
	p("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, d := range r.days {
		words := map[string]int{}
		again := 0
		for _, e := range d.load.ends {
			words[e.word]++
			if e.undecided > 0 {
				again++
			}
		}
		undecided := len(d.load.took(func(q request) bool { return q.undecided }))
		all := d.load.took(func(request) bool { return true })
		p("| %s | %d | %d | %d | %d | %d | %d | %d | %s | %s | %s | %d | %d | %d | %d |\n", d.name, len(d.load.ends), words["joined"], words["used up"], words["done"], again, undecided,
			words["never settled"]+words["strange"], ms(at(0.5, all)), ms(at(0.99, all)), ms(d.inFunction), d.faults.Calls, d.faults.Conflicts, d.faults.Throttles, d.faults.Lost)
	}
	p("\np50 and p99 are those of single requests, as clients see them, 503s included: with a thousand people at once on a machine with few processors that is mostly waiting for a processor. The longest in a function is\n" +
		"from hand-over to answer, and must be at most 3 s, 503 or not; what a client sees beyond that is waiting for one of the processes that a function may have.\n\n")
}

// kept shows what must hold.
func (r *report) kept(p func(string, ...any)) {
	p("## What holds\n\n")
	p("| day | link | people | places | heard that they joined | members | uses | mails arrived | of them twice | all caught up after | rows checked | violations |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, d := range r.days {
		for i, c := range append(slices.Clone(d.capped), d.uncapped) {
			places := fmt.Sprint(c.places)
			if c.places == 0 {
				places = "any"
			}
			p("| %s | %s | %d | %s | %d | %d | %d |", d.name, c.name, c.people, places, c.told, c.members, c.uses)
			if i == 0 {
				p(" %d of %d | %d | %s | %d | %d |\n", d.delivered, d.mails, d.twice, seconds(d.caughtUp), d.rows, len(d.wrong))
			} else {
				p(" | | | | |\n")
			}
		}
	}
	p("\nCaught up means that the last mail was delivered and that nothing of the table's stream was left to be followed, from the last answer on. Rows are all of the table, as `make check-invariants` checks them.\n\n")
}

// outages shows what came of them, second by second.
func (r *report) outages(p func(string, ...any)) error {
	days := slices.DeleteFunc(slices.Clone(r.days), func(d *day) bool { return d.outage == "" })
	if len(days) == 0 {
		return nil
	}
	p("## Outages, second by second\n\n")
	p("After a sixth of the day all calls fail for %v: the table answers that it fails, cuts connections, or doesn't answer. Once it is back, `GET /v1/me` is asked every %v, until the answer is right. A process of `%s` prints the stacks of all its goroutines\n"+
		"as it is ended by SIGQUIT; processes are counted after a warm-up, and after the day.\n\n", wholeLonger.outage, between, watched)
	p("| day | from second | first right answer after the end | last 503, after the end, to a request that began after it | goroutines of a process before | after | processes before | after |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	longest := plot.Chart{Title: "The longest answer of each second", X: "second", Y: "ms"}
	var charts []plot.Chart
	for _, d := range days {
		last := "none"
		if d.fallout.undecided > 0 {
			last = ms(d.fallout.undecided)
		}
		p("| %s | %.0f | %s | %s | %s | %s | %d | %d |\n", d.name, d.fallout.from.Seconds(), ms(d.fallout.right), last, span(d.goroutines[0]), span(d.goroutines[1]), len(d.goroutines[0]), len(d.goroutines[1]))
		n := 2 // a chart has a length
		for _, o := range days {
			n = max(n, o.load.seconds())
		}
		longest.To = float64(n - 1)
		right, undecided, took := make([]float64, n), make([]float64, n), make([]float64, n)
		for _, q := range d.load.requests {
			second := int((q.begin + q.took).Seconds())
			if q.undecided {
				undecided[second]++
			} else {
				right[second]++
			}
			took[second] = max(took[second], float64(q.took.Milliseconds()))
		}
		charts = append(charts, plot.Chart{
			Title: "Answers a second, and " + string(d.outage), X: "second", Y: "answers", To: longest.To, Series: []plot.Series{{Name: "right", Values: right}, {Name: "503", Values: undecided}},
		})
		longest.Series = append(longest.Series, plot.Series{Name: string(d.outage), Values: took})
	}
	p("\n")
	for _, c := range append(charts, longest) {
		text, err := c.Markdown()
		if err != nil {
			return err
		}
		p("%s\n", text)
	}
	return nil
}

// histories shows how concurrent clients were judged.
func (r *report) histories(p func(string, ...any)) {
	l := r.linear
	p("## Histories\n\n")
	p("**Capped links, their cap and DELETE are linearizable**: each history is of 4 to 8 clients that redeem, preview, read, list and delete one link with few places at the same time (one in fifty is of a link with about 40), half of them with places that are\n" +
		"dealt among shards. In half of them people leave the group and come back, in a quarter admins remove and add them, too; in one of three other links of the group are made, listed and deleted. A search (github.com/anishathalye/porcupine) looks for an order in which a link that serves one\n" +
		"after the other would have answered the same, and for each of the other links for one in which it is made once, listed while it is there, and deleted once. On the way calls meet conflicts, throttles, lost and late answers, batches of\n" +
		"which some items are read later than others or left, and writes that are carried out when nobody waits any more; clients leave before they are answered. What has no answer, or 503, may have happened at any time after it was asked, or never.\n\n")
	p("| histories | on shards | operations | not linearizable, or else wrong | calls | conflicts | throttles | of them batches left in part | lost | read apart | rows checked | seeds | took |\n")
	p("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|--:|\n")
	p("| %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d to %d | %s |\n\n", l.histories, l.dealt, l.operations, len(l.wrong), l.faults.Calls, l.faults.Conflicts, l.faults.Throttles, l.faults.Left, l.faults.Lost, l.faults.Torn, l.rows,
		l.seed, l.seed+uint64(max(0, l.histories-1)), seconds(l.took))
	p("What was asked, and what came of it:\n\n|")
	answers := []history.Answer{history.Joined, history.Already, history.UsedUp, history.Removed, history.Gone, history.Done, history.Seen, history.Unknown}
	for _, a := range answers {
		p(" | %v", a)
	}
	p(" |\n|---%s|\n", strings.Repeat("|--:", len(answers)))
	for kind := history.Redeem; kind < history.Settled; kind++ {
		p("| %v", kind)
		for _, a := range answers {
			p(" | %d", l.answers[asked{kind, a}])
		}
		p(" |\n")
	}
	p("\n*Already in* are redeems by members, *removed* those by people who had been removed, *gone* what a deleted link refused, and leavings and removals of people who weren't there; *seen* are reads, lists and previews of a link that is active, *unknown* is\n"+
		"what got 503 or no answer. *Read apart* are batches of which some items were read later than others. %d links were made beside; %d of them by requests of which a late attempt made another one, none of those under an Idempotency-Key.\n\n", l.links, l.twins)
	p("**What starts after the answer of a DELETE or of a loss of right is refused**, and what was answered before it began isn't: links without a cap that are deleted, whose creator is demoted, out of the group, or may no longer add people, and people who are removed, while others redeem.\n\n")
	p("| histories | losses and returns | redeems | of them refused | at the same time as a change | wrong |\n|--:|--:|--:|--:|--:|--:|\n| %d | %d | %d | %d | %d | %d |\n", r.rights.histories, r.rights.changes, r.rights.attempts, r.rights.refused, r.rights.overlapping, len(r.rights.wrong))
}

func ms(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

func span(of []int) string {
	least, most := slices.Min(of), slices.Max(of)
	if least == most {
		return fmt.Sprint(least)
	}
	return fmt.Sprintf("%d to %d", least, most)
}
