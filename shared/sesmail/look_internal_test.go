package sesmail

import (
	"math"
	"strconv"
	"testing"
)

// TestColors_HaveContrast: WCAG 2.2, 1.4.3, asks for 4.5 between text and what is behind it; 1.4.11 for 3 between a button and that.
func TestColors_HaveContrast(t *testing.T) {
	for mode, c := range map[string]colors{"light": light, "dark": dark} {
		for _, pair := range []struct {
			what, front, back string
			least             float64
		}{
			{"text", c.text, c.card, 7},
			{"quiet text", c.quiet, c.card, 4.5},
			{"foot", c.quiet, c.page, 4.5},
			{"link", c.link, c.card, 4.5},
			{"button's text", c.buttonText, c.button, 4.5},
			{"button", c.button, c.card, 3},
		} {
			if got := contrast(t, pair.front, pair.back); got < pair.least {
				t.Errorf("%s mode: %s has a contrast of %.2f, want %.1f", mode, pair.what, got, pair.least)
			}
		}
	}
}

// contrast is that of WCAG 2.2.
func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, color string) (l float64) {
	t.Helper()
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		part := float64(n) / 255
		if part <= 0.04045 {
			part /= 12.92
		} else {
			part = math.Pow((part+0.055)/1.055, 2.4)
		}
		l += weight * part
	}
	return l
}
