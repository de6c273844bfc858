package sesmail

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// instant says an instant in the zone and in UTC, such as "Friday 4 December 2026 at 15:30 Berlin time (CET, 14:30 UTC)". The
// zone's own name is unknown to half of its people, so its city goes first.
func instant(at time.Time, zone *time.Location) string {
	here, utc := at.In(zone), at.UTC()
	if utcAlone(zone) {
		return day(utc) + " at " + utc.Format("15:04") + " UTC"
	}
	other := utc.Format("15:04") + " UTC"
	if here.YearDay() != utc.YearDay() {
		other += " on " + day(utc)
	}
	if short := here.Format("MST"); short[0] != '+' && short[0] != '-' { // some zones have no name but their offset
		other = short + ", " + other
	}
	return day(here) + " at " + here.Format("15:04") + " " + city(zone) + " time (" + other + ")"
}

// shortInstant says an instant in the zone; for where the zone was named before.
func shortInstant(at time.Time, zone *time.Location) string {
	here := at.In(zone)
	return day(here) + ", " + here.Format("15:04")
}

func day(at time.Time) string { return at.Format("Monday 2 January 2006") }

func utcAlone(zone *time.Location) bool {
	name := zone.String()
	return name == "UTC" || name == "Etc/UTC"
}

// city gives that after which the zone is named: "New York" of America/New_York.
func city(zone *time.Location) string {
	name := zone.String()
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
}

const aDay = 24 * time.Hour

// span says how long a time is, rounded to what one would say: "45 minutes", "1 hour and 30 minutes", "1 day and 6 hours", "7 days", "about 5 months".
func span(d time.Duration) string {
	minutes := math.Round(d.Minutes())
	hours := math.Round(d.Hours())
	days := math.Round(d.Hours() / 24)
	switch {
	case minutes <= 1:
		return "a minute"
	case minutes < 60:
		return count(minutes, "minute")
	case minutes < 3*60 && math.Mod(minutes, 60) != 0:
		return count(math.Floor(minutes/60), "hour") + " and " + count(math.Mod(minutes, 60), "minute")
	case hours < 24:
		return count(hours, "hour")
	case hours < 3*24 && math.Mod(hours, 24) != 0:
		return count(math.Floor(hours/24), "day") + " and " + count(math.Mod(hours, 24), "hour")
	case days < 60:
		return count(days, "day")
	case days < 2*365:
		return "about " + count(math.Round(days/30.44), "month")
	}
	return "about " + count(math.Round(days/365.25), "year")
}

func count(n float64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%.0f %ss", n, unit)
}
