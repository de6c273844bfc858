package plot

import (
	"math"
	"strings"
	"testing"
)

func TestMarkdown_NamesAndDrawsEachSeries(t *testing.T) {
	got, err := Chart{
		Title: `an "outage"`, X: "seconds", Y: "answers a second", Labels: []string{"0", "1", "2"},
		Series: []Series{{"joined", true, []float64{10, 0, 12.5}}, {"503", false, []float64{0, 9, 0}}},
	}.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"🟦 joined · 🟧 503\n\n```mermaid\n---\n",
		`plotColorPalette: "#3b82f6, #f59e0b"`,
		`title "an 'outage'"`,
		`x-axis "seconds" ["0", "1", "2"]`,
		`y-axis "answers a second" 0 --> 15`,
		"bar [10, 0, 12.5]\n    line [0, 9, 0]\n```\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestMarkdown_GoesOverNumbers(t *testing.T) {
	got, err := Chart{Title: "a", X: "seconds", Y: "b", From: 0.5, To: 30, Series: []Series{{"joined", false, []float64{1, 2, 3}}}}.Markdown()
	if want := `x-axis "seconds" 0.5 --> 30` + "\n"; err != nil || !strings.Contains(got, want) {
		t.Errorf("%v, no %q in\n%s", err, want, got)
	}
}

func TestMarkdown_RefusesWhatItCantDraw(t *testing.T) {
	for what, c := range map[string]Chart{
		"no series":   {Labels: []string{"1"}},
		"no axis":     {Series: []Series{{Values: []float64{1}}}},
		"no figures":  {To: 1, Series: []Series{{}}},
		"two lengths": {To: 1, Series: []Series{{Values: []float64{1}}, {Values: []float64{1, 2}}}},
		"wide bars":   {To: 1, Series: []Series{{Bars: true, Values: []float64{1}}}},
		"same label":  {Labels: []string{"1", "1"}, Series: []Series{{Values: []float64{1, 1}}}},
		"five series": {Labels: []string{"1"}, Series: make([]Series, 5)},
		"one figure":  {Labels: []string{"1", "2"}, Series: []Series{{Values: []float64{1}}}},
		"no figure":   {Labels: []string{"1"}, Series: []Series{{Values: []float64{math.NaN()}}}},
		"above most":  {Labels: []string{"1"}, Most: 1, Series: []Series{{Values: []float64{2}}}},
		"below zero":  {Labels: []string{"1"}, Series: []Series{{Values: []float64{-1}}}},
	} {
		if got, err := c.Markdown(); err == nil {
			t.Errorf("%s: %q", what, got)
		}
	}
}

func TestMarkdown_EndsWhereItIsTold(t *testing.T) {
	got, err := Chart{Labels: []string{"1"}, Most: 100, Series: []Series{{Values: []float64{100}}}}.Markdown()
	if err != nil || !strings.Contains(got, "0 --> 100\n") {
		t.Errorf("%s, %v", got, err)
	}
}

func TestCeiling_IsTheNextRoundFigure(t *testing.T) {
	for most, want := range map[float64]float64{0: 1, 0.07: 0.08, 1: 1.5, 9: 10, 10: 15, 1400: 1500, 3000: 5000, 100_000: 150_000} {
		if got := ceiling(most); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v: %v, want %v", most, got, want)
		}
	}
}
