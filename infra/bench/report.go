package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"group-invites/infra/plot"
)

// goals, set before anything was measured; the report says of each whether it was met. An MB is a million bytes.
const (
	goalRedeem = 450  // microseconds on a processor
	goalPeak   = 25e6 // bytes of a process under load
	goalStart  = 1.5  // times hello's time and memory
	goalZip    = 3e6  // bytes of a program as it is deployed
	goalLog    = 300  // bytes of log of a request that succeeds
)

// markdown is the report.
func (r results) markdown() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# How fast it is, and what it takes\n\nMade by `make bench` on %s. Machine: %s.\n", r.date, r.machine)
	fmt.Fprintf(&b, "%d requests by one caller, then %d by %d at once, of each operation; %d starts of each function; %d requests of each benchmark. "+
		"`go doc ./infra/bench` tells how it is measured.\n\n", r.effort.alone, r.effort.many, most, r.effort.starts, r.effort.bench)
	r.goals(&b)
	r.overHTTP(&b)
	if err := r.chart(&b); err != nil {
		return "", err
	}
	r.takes(&b)
	r.where(&b)
	r.inProcess(&b)
	r.start(&b)
	return b.String(), nil
}

func (r results) goals(b *strings.Builder) {
	b.WriteString("## Goals\n\nThey were set before anything was measured.\n\n| | measured | goal | |\n|---|---:|---:|---|\n")
	row := func(what, measured, goal string, met bool) {
		verdict := "met"
		if !met {
			verdict = "**missed**"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", what, measured, goal, verdict)
	}
	peak, logged := int64(0), 0.0
	for i, o := range r.operations {
		t := r.http[i]
		if redeems(o) {
			row(o.name+": the function on a processor", micros(t.use.CPU), micros(goalRedeem), t.use.CPU <= goalRedeem)
		}
		peak = max(peak, t.peakAlone, t.peakMany)
		if o.status < http.StatusBadRequest {
			logged = max(logged, t.use.Logged)
		}
	}
	row("memory of any process under load, at most", megabytes(peak), megabytes(goalPeak), peak <= goalPeak)
	row("log of a request that succeeds, at most", fmt.Sprintf("%.0f B", logged), fmt.Sprintf("%d B", goalLog), logged <= goalLog)
	var soon, small, light int
	var slowest, largest, heaviest start
	hello, functions := r.starts[0], r.starts[2:]
	slowness := func(s start) float64 { return float64(s.time) / float64(hello.time) }
	size := func(s start) float64 { return float64(s.peak) / float64(hello.peak) }
	count := func(met bool, n *int) {
		if met {
			*n++
		}
	}
	for _, s := range functions {
		count(slowness(s) <= goalStart, &soon)
		count(size(s) <= goalStart, &small)
		count(s.zip <= goalZip, &light)
		if s.time > slowest.time {
			slowest = s
		}
		if s.peak > largest.peak {
			largest = s
		}
		if s.zip > heaviest.zip {
			heaviest = s
		}
	}
	all := len(functions)
	row(fmt.Sprintf("functions that start within %.1f times hello's time (the slowest, %s, in %.2f)", goalStart, slowest.function, slowness(slowest)),
		fmt.Sprintf("%d of %d", soon, all), "all", soon == all)
	row(fmt.Sprintf("functions that start within %.1f times hello's memory (the largest, %s, in %.2f)", goalStart, largest.function, size(largest)),
		fmt.Sprintf("%d of %d", small, all), "all", small == all)
	row(fmt.Sprintf("functions of at most %s zipped (the largest, %s, has %s)", megabytes(goalZip), heaviest.function, megabytes(heaviest.zip)),
		fmt.Sprintf("%d of %d", light, all), "all", light == all)
	r.floors(b)
}

// floors says how much of what is measured against a goal nothing of ours can take away.
func (r results) floors(b *strings.Builder) {
	floor, called := r.http[0].use.CPU, r.http[1].use.CPU
	fmt.Fprintf(b, "\nA function that does nothing takes %s a request, one that only calls the table twice, as a redeem does, %s: a call costs %s, by the SDK, HTTP and the kernel. "+
		"What is a redeem's own is what it takes beyond those two:", micros(floor), micros(called), micros((called-floor)/2))
	separator := " "
	for i, o := range r.operations {
		if redeems(o) {
			fmt.Fprintf(b, "%s%s %s", separator, o.name, micros(r.http[i].use.CPU-called))
			separator = ", "
		}
	}
	first, second := r.starts[0], r.starts[1]
	fmt.Fprintf(b, ". `hello` with the SDK's client of DynamoDB, and nothing of ours, starts in %.2f times hello's time and %.2f times its memory.\n\n",
		float64(second.time)/float64(first.time), float64(second.peak)/float64(first.peak))
}

// redeems says whether the operation lets somebody in.
func redeems(o operation) bool {
	return strings.HasPrefix(o.benchmark, "Redeem") && o.status == http.StatusCreated
}

func (r results) overHTTP(b *strings.Builder) {
	fmt.Fprintf(b, "## Over HTTP\n\nThrough the local gateway and the deployed binaries. Client, gateway, functions, engine and what follows from a change all share the machine.\n\n")
	fmt.Fprintf(b, "| | 1 caller: requests/s | p50 | p99 | %d callers: requests/s | p50 | p99 |\n|---|---:|---:|---:|---:|---:|---:|\n", most)
	for i, o := range r.operations {
		t := r.http[i]
		fmt.Fprintf(b, "| %s | %.0f | %s | %s | %.0f | %s | %s |\n", o.name, t.alone.Rate, millis(t.alone.P50), millis(t.alone.P99), t.many.Rate, millis(t.many.P50), millis(t.many.P99))
	}
	b.WriteString("\n")
}

// drawn are the operations of the chart, by name, with labels that find room beside each other.
var drawn = []struct{ name, label string }{
	{operations[0].name, "nothing"}, {operations[1].name, "two calls"}, {"create", "create"}, {"preview", "preview"}, {"redeem as a member of the organization", "member"},
	{"redeem as someone new", "new"}, {"redeem by a capped link", "capped"}, {"redeem again", "again"}, {"delete", "delete"},
}

// chart draws the function's time on a processor beside the goal of a redeem.
func (r results) chart(b *strings.Builder) error {
	c := plot.Chart{Title: "A request's function on a processor", X: "operation", Y: "microseconds"}
	took := plot.Series{Name: "microseconds, one caller; member, new, capped and again are redeems", Bars: true}
	goal := plot.Series{Name: "the goal of a redeem"}
	for _, d := range drawn {
		for i, o := range r.operations {
			if o.name == d.name {
				c.Labels = append(c.Labels, d.label)
				took.Values, goal.Values = append(took.Values, float64(int(r.http[i].use.CPU))), append(goal.Values, goalRedeem)
			}
		}
	}
	c.Series = []plot.Series{took, goal}
	text, err := c.Markdown()
	b.WriteString(text + "\n")
	return err
}

func (r results) takes(b *strings.Builder) {
	b.WriteString("## What a request takes\n\nOne caller. Memory is the most that a process of the function had, of all that ran (VmHWM). Bytes of the log are our own, with CloudWatch's 26 a line.\n\n" +
		"| | processor | allocations | allocated | calls | read units | write units | log | memory |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for i, o := range r.operations {
		t := r.http[i]
		allocations, size := "", ""
		if in, ok := r.inside[o.benchmark]; ok {
			allocations, size = fmt.Sprintf("%.0f", in.allocations), fmt.Sprintf("%.0f KB", in.bytes/1000)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %.3g | %.3g | %.3g | %.0f B | %s |\n", o.name, micros(t.use.CPU), allocations, size, t.use.Calls, t.use.Read,
			t.use.Write, t.use.Logged, megabytes(max(t.peakAlone, t.peakMany)))
	}
	b.WriteString("\nThe caller made the link where he can have made it; then his rows are read once, for both. Who redeems as a member has joined another group before, all of them one after " +
		"the other: the engine holds more changes than for others, and is slower for it.\n\n")
}

func (r results) where(b *strings.Builder) {
	b.WriteString("## Where the time goes\n\nMicroseconds on a processor for a request of one caller, by process. \"The stack\" is the process that is client, gateway, Runtime API and AWS endpoint at once; " +
		"\"what follows\" are the functions that the table's stream and mails call.\n\n" +
		"| | function | the stack | engine | what follows |\n|---|---:|---:|---:|---:|\n")
	for i, o := range r.operations {
		t := r.http[i]
		fmt.Fprintf(b, "| %s | %.0f | %.0f | %.0f | %.0f |\n", o.name, t.use.CPU, t.own, t.engine, t.others)
	}
	floor := r.http[0]
	fmt.Fprintf(b, "\nCalled past the gateway, straight through the Runtime API, the function that does nothing answers in %s (p50) and takes the stack %.0f µs on a processor; through the "+
		"gateway %s and %.0f µs. So the gateway and the client, with the token's check, cost %s and %.0f µs a request. The stack serves %.0f such requests a second by one caller and %.0f by %d: ",
		millis(r.past.P50), r.pastOwn, millis(floor.alone.P50), floor.own, millis(floor.alone.P50-r.past.P50), floor.own-r.pastOwn, floor.alone.Rate, floor.many.Rate, most)
	fastest, rate := "", 0.0
	for i, o := range r.operations {
		if m := r.http[i].many.Rate; standIns[o.function] == "" && r.http[i].use.Calls > 0 && m > rate {
			fastest, rate = o.name, m
		}
	}
	fmt.Fprintf(b, "%.1f times as many as of the fastest operation that calls the table (%s, %.0f).\n\n", floor.many.Rate/rate, fastest, rate)
}

func (r results) inProcess(b *strings.Builder) {
	fmt.Fprintf(b, "## In process\n\n`go test -run '^$' -bench . -benchtime %dx ./functions/...`: from the bytes of an event to those of the answer, against the engine.\n\n", r.effort.bench)
	fmt.Fprintf(b, "| | 1 caller: requests/s | p50 | p99 | %d callers: requests/s | p50 | p99 |\n|---|---:|---:|---:|---:|---:|---:|\n", most)
	for _, o := range r.operations {
		if in, ok := r.inside[o.benchmark]; ok {
			fmt.Fprintf(b, "| %s | %.0f | %s | %s | %.0f | %s | %s |\n", o.name, in.alone.Rate, millis(in.alone.P50), millis(in.alone.P99), in.many.Rate, millis(in.many.P50), millis(in.many.P99))
		}
	}
	b.WriteString("\n")
}

func (r results) start(b *strings.Builder) {
	counted := ""
	if r.starts[0].instructions == 0 {
		counted = " Instructions aren't counted: this machine has no `perf`, or its processor doesn't let it count."
	}
	fmt.Fprintf(b, "## Start\n\nFrom exec to the first question for an invocation, with endpoints on loopback; medians. `hello` is aws-lambda-go and a handler that answers a text, `calls` that and the SDK's client of DynamoDB. `token-claims` isn't started: the local stack has an issuer of its own.%s\n\n", counted)
	b.WriteString("| | time | times hello | processor | instructions | memory | times hello | zip |\n|---|---:|---:|---:|---:|---:|---:|---:|\n")
	first := r.starts[0]
	for _, s := range r.starts {
		instructions := "–"
		if s.instructions > 0 {
			instructions = fmt.Sprintf("%.1f million", s.instructions/1e6)
		}
		fmt.Fprintf(b, "| %s | %s | %.2f | %s | %s | %s | %.2f | %s |\n", s.function, millis(s.time), float64(s.time)/float64(first.time), micros(s.cpu), instructions,
			megabytes(s.peak), float64(s.peak)/float64(first.peak), megabytes(s.zip))
	}
}

func millis(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000) }

func micros(n float64) string { return fmt.Sprintf("%.0f µs", n) }

func megabytes(n int64) string { return fmt.Sprintf("%.2f MB", float64(n)/1e6) }
