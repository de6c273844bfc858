package invite

import (
	"strings"
	"time"

	"group-invites/shared/directory"
)

// Expiration is the choice of when a link ends.
type Expiration string

// ExpireNever and ExpireCustom are the choices beside the presets; the latter goes with an instant.
const (
	ExpireNever  Expiration = "never"
	ExpireCustom Expiration = "custom"
	// ExpireDefault holds when nothing is said.
	ExpireDefault Expiration = "7d"
)

var presets = map[Expiration]time.Duration{
	"1h": time.Hour,
	"6h": 6 * time.Hour,
	"1d": 24 * time.Hour,
	"7d": 7 * 24 * time.Hour,
}

// How far ahead a custom instant may lie.
const (
	minLifetime = time.Minute
	maxYears    = 5
)

// ParseExpiration reads a choice's word, as requests spell it: a preset, or never.
func ParseExpiration(word string) (Expiration, bool) {
	e := Expiration(word)
	_, preset := presets[e]
	return e, preset || e == ExpireNever
}

// ParseInstant reads an RFC 3339 instant with its offset and cuts it to the second. fault is for the caller.
func ParseInstant(s string) (t time.Time, fault string) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || !strictRFC3339(s) {
		return time.Time{}, "must be an RFC 3339 instant with an offset, such as 2027-01-31T18:00:00+01:00"
	}
	return t.UTC().Truncate(time.Second), ""
}

// strictRFC3339 refuses the liberties that time.Parse takes, and time.Time.UnmarshalText too (go.dev/issue/54580): an hour of one digit, a
// comma, an offset out of range.
func strictRFC3339(s string) bool {
	const hourEnd = len("2006-01-02T15")
	if s[hourEnd] != ':' || strings.Contains(s, ",") {
		return false
	}
	if strings.HasSuffix(s, "Z") {
		return true
	}
	offset := s[len(s)-len("07:00"):]
	return offset[:2] <= "23" && offset[3:] <= "59"
}

// end gives the instant at which a link made now ends, whole seconds; zero for never. Custom is looked at for ExpireCustom only.
func (e Expiration) end(now, custom time.Time) (time.Time, error) {
	now = now.Truncate(time.Second)
	switch e {
	case ExpireNever:
		return time.Time{}, nil
	case ExpireCustom:
		switch {
		case custom.Before(now.Add(minLifetime)):
			return time.Time{}, directory.Invalid("expiresAt", "must be at least a minute ahead")
		case custom.After(now.AddDate(maxYears, 0, 0)):
			return time.Time{}, directory.Invalid("expiresAt", "must be at most five years ahead")
		}
		return custom, nil
	}
	return now.Add(presets[e]), nil
}
