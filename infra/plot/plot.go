// Package plot draws series of figures for the reports of this repository, as charts in Mermaid's language
// (https://mermaid.js.org/syntax/xyChart.html): text that shows its figures in a diff, and that GitHub, GitLab and most editors draw in a reader's
// own light or dark colours. Mermaid's charts have no legend: the line above each chart names its series, each beside a square in its colour.
package plot

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Chart is a chart with one axis of categories, and series over them.
type Chart struct {
	Title  string
	X, Y   string   // what the axes show, with the unit: "seconds since the beginning"
	Labels []string // of the categories, in order. A chart of many seconds may leave most of them empty
	Series []Series // one to four
}

// Series is a row of figures, one for each label of its chart.
type Series struct {
	Name   string
	Bars   bool // drawn as bars; else as a line. Bars of several series hide each other: the largest comes first
	Values []float64
}

// colours are those of the squares that stand beside the names.
var colours = []struct{ square, value string }{{"🟦", "#3b82f6"}, {"🟧", "#f59e0b"}, {"🟩", "#22c55e"}, {"🟪", "#a855f7"}}

// Markdown gives the chart as a line that names the series, and a block of Mermaid's. It returns an error if the chart has no label or no series, more
// series than colours, a series of another length than the labels, or a figure that isn't one.
func (c Chart) Markdown() (string, error) {
	if len(c.Labels) == 0 || len(c.Series) == 0 || len(c.Series) > len(colours) {
		return "", fmt.Errorf("plot: %q has %d labels and %d series, want some, and 1 to %d", c.Title, len(c.Labels), len(c.Series), len(colours))
	}
	var names, palette, drawn []string
	most := 0.0
	for i, s := range c.Series {
		if len(s.Values) != len(c.Labels) {
			return "", fmt.Errorf("plot: %q of %q has %d figures for %d labels", s.Name, c.Title, len(s.Values), len(c.Labels))
		}
		figures := make([]string, len(s.Values))
		for j, v := range s.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				return "", errors.New("plot: " + s.Name + " has a figure that can't be drawn: " + fmt.Sprint(v))
			}
			most = max(most, v)
			figures[j] = strconv.FormatFloat(v, 'f', -1, 64)
		}
		kind := "line"
		if s.Bars {
			kind = "bar"
		}
		drawn = append(drawn, "    "+kind+" ["+strings.Join(figures, ", ")+"]")
		names = append(names, colours[i].square+" "+s.Name)
		palette = append(palette, colours[i].value)
	}
	labels := make([]string, len(c.Labels))
	for i, l := range c.Labels {
		labels[i] = quoted(l)
	}

	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", strings.Join(names, " · "))
	b.WriteString("```mermaid\n")
	fmt.Fprintf(&b, "---\nconfig:\n  xyChart:\n    width: 900\n    height: 340\n  themeVariables:\n    xyChart:\n      plotColorPalette: %q\n---\n", strings.Join(palette, ", "))
	fmt.Fprintf(&b, "xychart-beta\n    title %s\n    x-axis %s [%s]\n    y-axis %s 0 --> %s\n%s\n", quoted(c.Title), quoted(c.X), strings.Join(labels, ", "),
		quoted(c.Y), strconv.FormatFloat(ceiling(most), 'f', -1, 64), strings.Join(drawn, "\n"))
	b.WriteString("```\n")
	return b.String(), nil
}

// quoted is a text of Mermaid's, which knows no way to write a quotation mark within one. An empty one is a space: Mermaid takes none that is empty.
func quoted(text string) string {
	if text == "" {
		text = " "
	}
	return `"` + strings.ReplaceAll(text, `"`, "'") + `"`
}

// ceiling is where the axis ends: the next round figure (1, 1.5, 2, 3, 5 or 8 times a power of ten) above the largest one.
func ceiling(most float64) float64 {
	if most == 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(most)))
	for _, step := range []float64{1, 1.5, 2, 3, 5, 8} {
		if most <= step*power*(1-1e-9) {
			return step * power
		}
	}
	return 10 * power
}
