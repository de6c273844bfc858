package main

import (
	"fmt"
	"math"
	"os"
	"strings"

	"group-invites/shared/emf"
)

// The operations, by the names that the tables have.
const (
	opCreate  = "create"
	opOrg     = "redeem as a member of the organization"
	opAnyone  = "redeem as someone new"
	opAgain   = "redeem again"
	opDead    = "redeem a link that was deleted"
	opForged  = "redeem a forged code"
	opPreview = "preview"
	opList    = "list 50"
	opDelete  = "delete"
	opMail    = "send by e-mail, to one address"
	opFile    = "a file of the web app"
)

// operation says how an operation is counted.
type operation struct {
	name     string
	function string
	golden   string  // line of the golden file; empty: it asks the table nothing
	budget   float64 // USD a million for requests, function and table; 0: none was set
	mails    float64
	events   float64 // that we publish for it
}

var operations = []operation{
	{name: opCreate, function: "create-invite", golden: "create", budget: 2.96, events: 1},
	{name: opOrg, function: "redeem-invite", golden: "redeem org", budget: 3.34, events: 1},
	{name: opAnyone, function: "redeem-invite", golden: "redeem anyone", budget: 5.84, events: 2},
	{name: opAgain, function: "redeem-invite", golden: "redeem again"},
	{name: opDead, function: "redeem-invite", golden: "redeem deleted"},
	{name: opForged, function: "redeem-invite", golden: "redeem a forged code"},
	{name: opPreview, function: "preview-invite", golden: "preview"},
	{name: opList, function: "list-invites", golden: "list (50) as an admin"},
	{name: opDelete, function: "delete-invite", golden: "delete", events: 1},
	{name: opMail, function: "send-invite", golden: "send to one", mails: 1},
	{name: opFile, function: "web"},
}

// month is what a product of 100,000 people does in a month of 30 days: 1,000 links a day, half of them sent to an address, and so on.
var month = []struct {
	name string
	day  float64
}{
	{opCreate, 1_000}, {opMail, 500}, {opPreview, 6_000}, {opFile, 24_000}, {opOrg, 1_500}, {opAnyone, 1_500}, {opAgain, 1_000},
	{opDead, 300}, {opForged, 100}, {opList, 5_000}, {opDelete, 100},
}

// plannedFunction is what the budgets have for a call of a function, in USD a million. What is left of them is the gateway's request and the units.
const plannedFunction = 0.21

// What is assumed of AWS; main.go says it in words.
const (
	dynamoDBMillis = 8.0
	sesMillis      = 60.0
	memoryMB       = 256.0
	wholeProcessor = 1769.0 // MB
	daysOfMonth    = 30
)

// invocation is what one call of a function costs, without units and logs: calls are those that it makes one after the other.
func invocation(calls, sent, cpuMicros float64) float64 {
	millis := math.Ceil(calls*dynamoDBMillis + sent*sesMillis + cpuMicros/1000*wholeProcessor/memoryMB)
	return priceCall + millis/1000*memoryMB/1024*priceGBs
}

// cost is what one operation costs, in USD.
type cost struct{ api, function, table, logs, after float64 }

func (c cost) request() float64 { return c.api + c.function + c.table }
func (c cost) all() float64     { return c.request() + c.logs + c.after }

// of gives what an operation costs.
func (o operation) of(m measured, g golden, d described) (cost, error) {
	took, found := m.Operations[o.name]
	if !found {
		return cost{}, fmt.Errorf("%s wasn't measured: run make costs", o.name)
	}
	u, found := g[o.golden]
	if !found && o.golden != "" {
		return cost{}, fmt.Errorf("the golden file has no line %q", o.golden)
	}
	own := took[o.function]
	c := cost{
		api: priceAPI, function: invocation(float64(u.RoundTrips), 0, own.CPU), table: u.Read*priceRead + u.Write*priceWrite,
		logs:  (own.Logged + float64(callLines+d.accessLine)) * priceLogged,
		after: o.mails*priceMail + o.events*priceEvent,
	}
	for function, f := range took {
		if function != o.function {
			sent := 0.0
			if function == "mailer" {
				sent = o.mails
			}
			c.after += f.Invocations*invocation(f.Calls/f.Invocations, sent, f.CPU/f.Invocations) + f.Read*priceRead + f.Write*priceWrite +
				(f.Logged+f.Invocations*float64(callLines))*priceLogged
		}
	}
	return c, nil
}

// offBudget says by how much an operation is over its budget, or below it, and what of that is due to its function and to the table.
func (o operation) offBudget(c cost) string {
	function := c.function*million - plannedFunction
	table := c.table*million - (o.budget - priceAPI*million - plannedFunction)
	return fmt.Sprintf("%s %+.2f, of which function %+.2f and table %+.2f", o.name, cents(function)+cents(table), cents(function), cents(table))
}

// cents rounds an amount to them, and never to a negative zero; budgets are given in cents too.
func cents(usd float64) float64 { return math.Round(usd*100)/100 + 0 }

// newTables makes the tables of the README.
func newTables(m measured, g golden, d described) (string, error) {
	var b strings.Builder
	b.WriteString("| USD per million of | API | function | table | their sum | budget | logs | what follows | all |\n|---|---|---|---|---|---|---|---|---|\n")
	costs := map[string]cost{}
	var over []string
	for _, o := range operations {
		c, err := o.of(m, g, d)
		if err != nil {
			return "", err
		}
		costs[o.name] = c
		budget := ""
		if o.budget > 0 {
			budget = dollars(o.budget)
			over = append(over, o.offBudget(c))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | **%s** |\n", o.name, dollars(c.api*million), dollars(c.function*million),
			dollars(c.table*million), dollars(c.request()*million), budget, dollars(c.logs*million), dollars(c.after*million), dollars(c.all()*million))
	}
	fmt.Fprintf(&b, "\nBeside the budget: %s. A function was planned at %s: its call and 3 ms. Those that ask the table two or three times, %g ms each, take "+
		"longer.\n", strings.Join(over, "; "), dollars(plannedFunction), dynamoDBMillis)
	b.WriteString("\n| a month of | USD |\n|---|---|\n")
	var used float64
	var a []string
	for _, l := range month {
		used += l.day * daysOfMonth * costs[l.name].all()
		a = append(a, fmt.Sprintf("%s times %s", count(l.day), l.name))
	}
	fmt.Fprintf(&b, "| a product of 100,000 people (below) | %s |\n", dollars(used))
	sweep := m.Sweep
	swept := invocation(float64(g["sweep, nothing due"].RoundTrips), 0, sweep.CPU) + g["sweep, nothing due"].Read*priceRead + (sweep.Logged+float64(callLines))*priceLogged
	const minutes = 60 * 24 * daysOfMonth
	fmt.Fprintf(&b, "| nobody doing anything: a look into the outbox each minute | %s |\n", dollars(minutes*swept))
	fmt.Fprintf(&b, "| the key ring, and its being read every four minutes by each instance that is at work (here one) | %s |\n", dollars(priceSecret+minutes/4*priceFetched))
	fmt.Fprintf(&b, "| %d alarms, of %d metrics (`staging`, `prod`) | %s |\n", d.alarms, d.alarmMetrics, dollars(float64(d.alarmMetrics)*priceAlarm))
	fmt.Fprintf(&b, "| the dashboard (`staging`, `prod`); an account's first three are free | %s |\n", dollars(priceBoard))
	fmt.Fprintf(&b, "| %d figures of our own, each from its first use on; refusals count once for each reason | %s |\n", len(emf.Names), dollars(float64(len(emf.Names))*priceMetric))
	fmt.Fprintf(&b, "| a GB in the table for a month, with its backup to any second | %s |\n", dollars(priceStored+priceBackup))
	fmt.Fprintf(&b, "\nThat product's day: %s. Measured %s on %s.\n", strings.Join(a, ", "), m.Date, m.Machine)
	return b.String(), nil
}

func dollars(usd float64) string { return fmt.Sprintf("%.2f", usd) }

// count writes a number with its thousands apart.
func count(n float64) string {
	if n < 1000 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%d,%03d", int(n)/1000, int(n)%1000)
}

// The README's tables are between these.
const (
	tablesBegin = "<!-- costs -->\n"
	tablesEnd   = "<!-- /costs -->\n"
)

// inReadme gives the text between the marks, and what is before and after it.
func inReadme(readme string) (before, tables, after string, err error) {
	before, rest, found := strings.Cut(readme, tablesBegin)
	tables, after, ends := strings.Cut(rest, tablesEnd)
	if !found || !ends {
		return "", "", "", fmt.Errorf("the README has no place for the costs: %s", strings.TrimSpace(tablesBegin))
	}
	return before + tablesBegin, tables, tablesEnd + after, nil
}

func writeReadme(file, tables string) error {
	readme, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, _, after, err := inReadme(string(readme))
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(before+tables+after), 0o644)
}
