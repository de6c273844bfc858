package invite

import (
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
	// time.Parse takes liberties with RFC 3339 that UnmarshalText doesn't (go.dev/issue/54580).
	if err := t.UnmarshalText([]byte(s)); err != nil {
		return time.Time{}, "must be an RFC 3339 instant with an offset, such as 2027-01-31T18:00:00+01:00"
	}
	return t.UTC().Truncate(time.Second), ""
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
