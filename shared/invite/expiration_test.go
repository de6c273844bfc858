package invite

import (
	"errors"
	"regexp"
	"testing"
	"time"

	"group-invites/shared/directory"
)

func TestParseExpiration(t *testing.T) {
	for _, word := range []string{"1h", "6h", "1d", "7d", "never"} {
		if e, ok := ParseExpiration(word); !ok || string(e) != word {
			t.Errorf("%q is read as %q, %v", word, e, ok)
		}
	}
	for _, word := range []string{"", "0", "2h", "1H", "6H", "1D", "Never", "NEVER", "24h", "60m", "1h ", " 1h", "custom", "-1h", "1w", "7", "d", "null", "1h0m0s", "7d7d"} {
		if _, ok := ParseExpiration(word); ok {
			t.Errorf("%q is accepted", word)
		}
	}
}

func TestParseInstant(t *testing.T) {
	for _, c := range []struct{ what, text, want string }{
		{"UTC", "2027-01-31T18:00:00Z", "2027-01-31T18:00:00Z"},
		{"an offset", "2027-01-31T18:00:00+01:00", "2027-01-31T17:00:00Z"},
		{"an offset with minutes", "2027-01-31T18:00:00-03:30", "2027-01-31T21:30:00Z"},
		{"the largest offset", "2027-01-31T18:00:00+23:59", "2027-01-30T18:01:00Z"},
		{"an offset of zero", "2027-01-31T18:00:00+00:00", "2027-01-31T18:00:00Z"},
		{"another day in UTC", "2027-12-31T23:59:59-12:00", "2028-01-01T11:59:59Z"},
		{"parts of a second, which are cut", "2027-01-31T18:00:00.999999999Z", "2027-01-31T18:00:00Z"},
		{"29 February of a leap year", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"the last year with four digits", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
	} {
		t.Run(c.what, func(t *testing.T) {
			got, fault := ParseInstant(c.text)
			if fault != "" || got.Format(time.RFC3339Nano) != c.want || got.Location() != time.UTC {
				t.Errorf("%q is read as %v, %q", c.text, got, fault)
			}
		})
	}
	for _, c := range []struct{ what, text string }{
		{"nothing", ""},
		{"without an offset", "2027-01-31T18:00:00"},
		{"without a time", "2027-01-31"},
		{"without seconds", "2027-01-31T18:00Z"},
		{"31 February", "2027-02-31T18:00:00Z"},
		{"29 February of another year", "2027-02-29T18:00:00Z"},
		{"month 13", "2027-13-01T18:00:00Z"},
		{"month 0", "2027-00-01T18:00:00Z"},
		{"hour 24", "2027-01-31T24:00:00Z"},
		{"minute 60", "2027-01-31T18:60:00Z"},
		{"second 60", "2027-01-31T18:00:60Z"},
		{"one digit of the hour", "2027-01-31T8:00:00Z"},
		{"year 10000", "10000-01-01T00:00:00Z"},
		{"year +12027", "+12027-01-01T00:00:00Z"},
		{"a negative year", "-2027-01-31T18:00:00Z"},
		{"two digits of the year", "27-01-31T18:00:00Z"},
		{"a space in place of the T", "2027-01-31 18:00:00Z"},
		{"a comma before parts of a second", "2027-01-31T18:00:00,5Z"},
		{"an offset of 24 hours", "2027-01-31T18:00:00+24:00"},
		{"an offset of 60 minutes", "2027-01-31T18:00:00+01:60"},
		{"an offset without a colon", "2027-01-31T18:00:00+0100"},
		{"an offset of hours only", "2027-01-31T18:00:00+01"},
		{"the name of a zone", "2027-01-31T18:00:00CET"},
		{"white space around", " 2027-01-31T18:00:00Z"},
		{"something after it", "2027-01-31T18:00:00Z\n"},
		{"seconds since 1970", "1801418400"},
		{"a word", "tomorrow"},
		{"a preset", "7d"},
	} {
		t.Run("refuses "+c.what, func(t *testing.T) {
			if got, fault := ParseInstant(c.text); fault == "" || !got.IsZero() {
				t.Errorf("%q is read as %v", c.text, got)
			}
		})
	}
}

func TestExpiration_End(t *testing.T) {
	now := time.Date(2027, 3, 1, 9, 30, 0, 250e6, time.UTC)
	second := now.Truncate(time.Second)
	for _, c := range []struct {
		what   string
		choice Expiration
		custom time.Time
		want   time.Time
	}{
		{"an hour", "1h", time.Time{}, second.Add(time.Hour)},
		{"six hours", "6h", time.Time{}, second.Add(6 * time.Hour)},
		{"a day", "1d", time.Time{}, second.Add(24 * time.Hour)},
		{"seven days", "7d", time.Time{}, second.Add(7 * 24 * time.Hour)},
		{"the default", ExpireDefault, time.Time{}, second.Add(7 * 24 * time.Hour)},
		{"never", ExpireNever, time.Time{}, time.Time{}},
		{"a minute ahead", ExpireCustom, second.Add(time.Minute), second.Add(time.Minute)},
		{"five years ahead", ExpireCustom, second.AddDate(5, 0, 0), second.AddDate(5, 0, 0)},
		{"a preset doesn't look at an instant", "1h", second.AddDate(6, 0, 0), second.Add(time.Hour)},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got, err := c.choice.end(now, c.custom); err != nil || !got.Equal(c.want) {
				t.Errorf("ends %v, %v; want %v", got, err, c.want)
			}
		})
	}
	for what, custom := range map[string]time.Time{
		"in the past":                second.Add(-time.Second),
		"long ago":                   {},
		"now":                        second,
		"59 seconds ahead":           second.Add(59 * time.Second),
		"a second beyond five years": second.AddDate(5, 0, 0).Add(time.Second),
		"six years ahead":            second.AddDate(6, 0, 0),
		"in the year 9999":           time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		t.Run("refuses an instant "+what, func(t *testing.T) {
			_, err := ExpireCustom.end(now, custom)
			invalid := new(directory.InvalidError)
			if !errors.As(err, &invalid) || invalid.Fields[0].Field != "expiresAt" {
				t.Errorf("gave %v", err)
			}
		})
	}
}

func TestExpired_AtItsSecond(t *testing.T) {
	end := time.Date(2027, 3, 1, 9, 30, 0, 0, time.UTC)
	link := Invite{ExpiresAt: end}
	for before, want := range map[time.Duration]bool{
		time.Second: false, time.Millisecond: false, 0: true, -time.Millisecond: true, -time.Second: true, -1000 * time.Hour: true,
	} {
		if got := link.Expired(end.Add(-before)); got != want {
			t.Errorf("%v before its end: expired is %v", before, got)
		}
	}
	if never := (&Invite{}); never.Expired(end.AddDate(1000, 0, 0)) {
		t.Error("a link that never expires has")
	}
}

func FuzzParseInstant(f *testing.F) {
	for _, s := range []string{
		"2027-01-31T18:00:00Z", "2027-01-31T8:00:00Z", "2027-01-31T18:00:00.5+01:00", "2027-01-31T18:00:00,5Z", "2027-01-31T18:00:00+24:00", "", "T", "0000-01-01T00:00:00Z",
	} {
		f.Add(s)
	}
	grammar := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`) // RFC 3339, section 5.6
	f.Fuzz(func(t *testing.T, s string) {
		at, fault := ParseInstant(s)
		if fault != "" {
			return
		}
		if !grammar.MatchString(s) || at.Location() != time.UTC || at.Nanosecond() != 0 {
			t.Errorf("%q is read as %v", s, at)
		}
	})
}
