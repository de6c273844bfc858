// Package plot draws series of figures for the reports of this repository, as charts in Mermaid's language
// (https://mermaid.js.org/syntax/xyChart.html): text that shows its figures in a diff, and that GitHub, GitLab and most editors draw in a reader's
// own light or dark colours. Mermaid's charts have no legend: the line above each chart names its series, each beside a square in its colour.
package plot

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Chart is a chart of series over categories, or over a number.
type Chart struct {
	Title    string
	X, Y     string   // what the axes show, with the unit: "seconds since the beginning"
	Labels   []string // of the categories, in order, none twice. Without them the axis shows the numbers from From to To
	From, To float64
	Most     float64  // where the other axis ends; 0: above the largest figure
	Series   []Series // one to four
}

// Series is a row of figures: one for each label of its chart, or at even distances from its first number to its last one.
type Series struct {
	Name   string
	Bars   bool // drawn as bars, over categories alone; else as a line. Bars of several series hide each other: the largest comes first
	Values []float64
}

// colours are those of the squares that stand beside the names.
var colours = []struct{ square, value string }{{"🟦", "#3b82f6"}, {"🟧", "#f59e0b"}, {"🟩", "#22c55e"}, {"🟪", "#a855f7"}}

// Markdown gives the chart as a line that names the series, and a block of Mermaid's. It returns an error if the chart has no series or more than there
// are colours, an axis without a length or with a label twice, bars over numbers, series of several lengths, a figure that isn't one, or one above Most.
func (c Chart) Markdown() (string, error) {
	if len(c.Series) == 0 || len(c.Series) > len(colours) {
		return "", fmt.Errorf("plot: %q has %d series, want 1 to %d", c.Title, len(c.Series), len(colours))
	}
	axis, err := c.axis()
	if err != nil {
		return "", err
	}
	figuresEach := len(c.Series[0].Values)
	if len(c.Labels) > 0 {
		figuresEach = len(c.Labels)
	}
	var names, palette, drawn []string
	most := 0.0
	for i, s := range c.Series {
		if len(s.Values) != figuresEach || len(s.Values) == 0 {
			return "", fmt.Errorf("plot: %q of %q has %d figures, want %d", s.Name, c.Title, len(s.Values), figuresEach)
		}
		if s.Bars && len(c.Labels) == 0 {
			return "", fmt.Errorf("plot: %q of %q is bars, which numbers have no width for", s.Name, c.Title)
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

	end := ceiling(most)
	if c.Most > 0 {
		if end = c.Most; most > end {
			return "", fmt.Errorf("plot: %q has a figure of %v, above %v", c.Title, most, end)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", strings.Join(names, " · "))
	b.WriteString("```mermaid\n")
	fmt.Fprintf(&b, "---\nconfig:\n  xyChart:\n    width: 900\n    height: 340\n  themeVariables:\n    xyChart:\n      plotColorPalette: %q\n---\n", strings.Join(palette, ", "))
	fmt.Fprintf(&b, "xychart-beta\n    title %s\n    x-axis %s %s\n    y-axis %s 0 --> %s\n%s\n", quoted(c.Title), quoted(c.X), axis,
		quoted(c.Y), strconv.FormatFloat(end, 'f', -1, 64), strings.Join(drawn, "\n"))
	b.WriteString("```\n")
	return b.String(), nil
}

// axis is what the chart goes over. Mermaid draws what has the same label at the same place.
func (c Chart) axis() (string, error) {
	if len(c.Labels) == 0 {
		if c.To <= c.From {
			return "", fmt.Errorf("plot: %q goes from %v to %v", c.Title, c.From, c.To)
		}
		return fmt.Sprintf("%v --> %v", c.From, c.To), nil
	}
	quotes := make([]string, len(c.Labels))
	for i, l := range c.Labels {
		if l == "" || slices.Contains(c.Labels[:i], l) {
			return "", fmt.Errorf("plot: %q has a label that is empty or there twice: %q", c.Title, l)
		}
		quotes[i] = quoted(l)
	}
	return "[" + strings.Join(quotes, ", ") + "]", nil
}

// quoted is a text of Mermaid's, which knows no way to write a quotation mark within one.
func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, "'") + `"` }

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
