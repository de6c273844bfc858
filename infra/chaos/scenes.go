package main

import (
	"time"

	"group-invites/infra/local/faulty"
)

func mix(s faulty.Shares) func(uint64) faulty.Plan {
	return func(seed uint64) faulty.Plan { return faulty.Mix(seed, s) }
}

// delay is how long calls take on a slow day: much longer than a function waits for one.
const delay = 3 * time.Second

// scenes are all days, each so large.
func scenes(z, longer size) []scene {
	all := []scene{
		{name: "a good day", size: z},
		{name: "30% conflicts", size: z, plan: mix(faulty.Shares{Conflicts: 0.30})},
		{name: "5% throttles", size: z, plan: mix(faulty.Shares{Throttles: 0.05})},
		{name: "2% lost answers", size: z, plan: mix(faulty.Shares{Lost: 0.02})},
		{name: "all three", size: z, plan: mix(faulty.Shares{Conflicts: 0.30, Throttles: 0.05, Lost: 0.02})},
		{name: "3 s latency", size: longer, during: slow(delay)},
	}
	for _, how := range faulty.Outages {
		all = append(all, scene{name: "an outage: " + string(how), size: longer, during: outage(how), outage: how})
	}
	return all
}

// The days of the report, and those of a test.
var (
	whole       = size{length: 10 * time.Second, a: 20, crowd: 1000, places: 10, more: 200, mails: 20}
	wholeLonger = size{length: 45 * time.Second, a: 6, crowd: 30, places: 10, more: 80, mails: 20, outage: 30 * time.Second}
	short       = size{length: 500 * time.Millisecond, a: 40, crowd: 30, places: 3, more: 10, mails: 2}
	shortLonger = size{length: 900 * time.Millisecond, a: 30, crowd: 8, places: 3, more: 6, mails: 2, outage: 200 * time.Millisecond}
)
