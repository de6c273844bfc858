package sesmail

import (
	"testing"
	"time"
)

func TestInstant_SaysZoneAndUTC(t *testing.T) {
	for _, c := range []struct{ zone, at, want string }{
		{"Europe/Berlin", "2026-12-04T14:30:00Z", "Friday 4 December 2026 at 15:30 Berlin time (CET, 14:30 UTC)"},
		{"Europe/Berlin", "2027-07-04T14:30:59Z", "Sunday 4 July 2027 at 16:30 Berlin time (CEST, 14:30 UTC)"},
		{"Europe/Berlin", "2026-10-25T00:30:00Z", "Sunday 25 October 2026 at 02:30 Berlin time (CEST, 00:30 UTC)"}, // and an hour later
		{"Europe/Berlin", "2026-10-25T01:30:00Z", "Sunday 25 October 2026 at 02:30 Berlin time (CET, 01:30 UTC)"},
		{"America/New_York", "2026-12-05T04:30:00Z", "Friday 4 December 2026 at 23:30 New York time (EST, 04:30 UTC on Saturday 5 December 2026)"},
		{"America/Argentina/Buenos_Aires", "2026-12-04T14:30:00Z", "Friday 4 December 2026 at 11:30 Buenos Aires time (14:30 UTC)"},
		{"Asia/Kathmandu", "2026-12-31T18:15:00Z", "Friday 1 January 2027 at 00:00 Kathmandu time (18:15 UTC on Thursday 31 December 2026)"},
		{"UTC", "2026-12-04T14:30:00Z", "Friday 4 December 2026 at 14:30 UTC"},
		{"Etc/UTC", "2026-12-04T14:30:00Z", "Friday 4 December 2026 at 14:30 UTC"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := instant(at, zone); got != c.want {
			t.Errorf("%s in %s is %q, want %q", c.at, c.zone, got, c.want)
		}
	}
}

func TestSpan_SaysWhatOneWouldSay(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second:                  "a minute",
		20 * time.Second:              "a minute",
		89 * time.Second:              "a minute",
		2 * time.Minute:               "2 minutes",
		59 * time.Minute:              "59 minutes",
		time.Hour:                     "1 hour",
		time.Hour - time.Second:       "1 hour",
		90 * time.Minute:              "1 hour and 30 minutes", // not 2 hours: the link would be gone by then
		2*time.Hour - 40*time.Second:  "1 hour and 59 minutes",
		6*time.Hour - 40*time.Second:  "6 hours",
		23*time.Hour + 20*time.Minute: "23 hours",
		24*time.Hour - time.Minute:    "1 day",
		36 * time.Hour:                "1 day and 12 hours",
		49 * time.Hour:                "2 days and 1 hour",
		7*aDay - 3*time.Minute:        "7 days",
		30 * aDay:                     "30 days",
		92 * aDay:                     "about 3 months",
		365 * aDay:                    "about 12 months",
		5 * 366 * aDay:                "about 5 years",
	} {
		if got := span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
