package main

import (
	"maps"
	"testing"
	"time"
)

func TestParameters(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"":                                  {},
		"RetentionDays=1":                   {"RetentionDays": "1"},
		"A=1, B=2":                          {"A": "1", "B": "2"},
		"Origins=http://a,http://b:1,Open=": {"Origins": "http://a,http://b:1", "Open": ""},
		"Issuer=http://a/?x=y":              {"Issuer": "http://a/?x=y"},
	} {
		got, err := parameters(text)
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%q = %v, %v, want %v", text, got, err, want)
		}
	}
	if _, err := parameters("nonsense"); err == nil {
		t.Error("nonsense was accepted")
	}
}

func TestInterval(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 5 * time.Second, "0": 0, "0s": 0, "100ms": 100 * time.Millisecond, "1m": time.Minute} {
		t.Setenv("SCHEDULE_EVERY", text)
		if d, err := interval("SCHEDULE_EVERY", 5*time.Second); d != want || err != nil {
			t.Errorf("%q: %v, %v", text, d, err)
		}
	}
	for _, bad := range []string{"5", "-1s", "99ms", "often"} {
		t.Setenv("SCHEDULE_EVERY", bad)
		if _, err := interval("SCHEDULE_EVERY", 0); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Setenv("PORT", "0")
	if n, err := number("PORT", 8080, 65535); n != 0 || err != nil {
		t.Errorf("0: %d, %v", n, err)
	}
	t.Setenv("PORT", "")
	if n, err := number("PORT", 8080, 65535); n != 8080 || err != nil {
		t.Errorf("nothing: %d, %v", n, err)
	}
	for _, bad := range []string{"x", "-1", "65536"} {
		t.Setenv("PORT", bad)
		if _, err := number("PORT", 8080, 65535); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}
