package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"group-invites/infra/plot"
)

// goals of DESIGN's budgets; the report says of each whether it was met.
const (
	goalRedeem = 450      // microseconds on a processor
	goalPeak   = 25 << 20 // bytes of a process under load
	goalStart  = 1.5      // times hello's time and memory
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
	b.WriteString("## Goals\n\n| | measured | goal | |\n|---|---:|---:|---|\n")
	row := func(what, measured, goal string, met bool) {
		verdict := "met"
		if !met {
			verdict = "**missed**"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", what, measured, goal, verdict)
	}
	peak := int64(0)
	for i, o := range r.operations {
		t := r.http[i]
		if redeems(o) {
			row(o.name+": the function on a processor", micros(t.use.CPU), micros(goalRedeem), t.use.CPU <= goalRedeem)
		}
		peak = max(peak, t.peakAlone, t.peakMany)
	}
	row("memory of any process under load, at most", megabytes(peak), megabytes(goalPeak), peak <= goalPeak)
	first := r.starts[0]
	var slowest, largest start
	for _, s := range r.starts[2:] {
		if s.time > slowest.time {
			slowest = s
		}
		if s.peak > largest.peak {
			largest = s
		}
	}
	times := func(f float64) string { return fmt.Sprintf("%.2f", f) }
	slow, large := float64(slowest.time)/float64(first.time), float64(largest.peak)/float64(first.peak)
	row("start of "+slowest.function+", the slowest, times hello's", times(slow), times(goalStart), slow <= goalStart)
	row("memory at the start of "+largest.function+", the largest, times hello's", times(large), times(goalStart), large <= goalStart)
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

// chart draws the function's time on a processor, where it can be read against the goal.
func (r results) chart(b *strings.Builder) error {
	c := plot.Chart{Title: "A request's function on a processor", X: "operation", Y: "microseconds", Series: []plot.Series{{Name: "microseconds, one caller", Bars: true}}}
	for i, o := range r.operations {
		c.Labels = append(c.Labels, label(o))
		c.Series[0].Values = append(c.Series[0].Values, float64(int(r.http[i].use.CPU)))
	}
	drawn, err := c.Markdown()
	b.WriteString(drawn + "\n")
	return err
}

// label is the operation's name in a chart.
func label(o operation) string {
	switch o.function {
	case floorFunction:
		return "Floor"
	case callsFunction:
		return "TwoCalls"
	}
	return o.benchmark
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
	b.WriteString("\n")
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
	fmt.Fprintf(b, "## Start\n\nFrom exec to the first question for an invocation, with endpoints on loopback; medians. `hello` is aws-lambda-go and a handler that answers a text, `calls` that and the SDK's client of DynamoDB.%s\n\n", counted)
	b.WriteString("| | time | times hello | processor | instructions | memory | times hello | zip |\n|---|---:|---:|---:|---:|---:|---:|---:|\n")
	first := r.starts[0]
	for _, s := range r.starts {
		instructions := "–"
		if s.instructions > 0 {
			instructions = fmt.Sprintf("%.1f million", s.instructions/1e6)
		}
		fmt.Fprintf(b, "| %s | %s | %.2f | %s | %s | %s | %.2f | %s |\n", s.function, millis(s.time), float64(s.time)/float64(first.time), micros(s.cpu), instructions,
			megabytes(s.peak), float64(s.peak)/float64(first.peak), fmt.Sprintf("%.2f MB", float64(s.zip)/(1<<20)))
	}
}

func millis(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000) }

func micros(n float64) string { return fmt.Sprintf("%.0f µs", n) }

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }
