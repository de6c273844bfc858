package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// units is what one operation takes of the table.
type units struct {
	RoundTrips  int // calls one after the other
	Calls       int
	Read, Write float64
}

// golden are the operations of the golden file, by name, in a group of 1,000 links.
type golden map[string]units

var goldenLine = regexp.MustCompile(`^(.*\S) +([0-9]+) +([0-9]+) +([0-9.]+) +([0-9.]+)$`)

// readGolden reads the golden file of costs.
func readGolden(file string) (golden, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	_, large, found := strings.Cut(string(text), "\n1000 in the group\n")
	if !found {
		return nil, fmt.Errorf("%s: no section of 1,000 links", file)
	}
	g := golden{}
	for line := range strings.Lines(large) {
		if m := goldenLine.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
			var u units
			u.RoundTrips, _ = strconv.Atoi(m[2]) // digits
			u.Calls, _ = strconv.Atoi(m[3])
			u.Read, _ = strconv.ParseFloat(m[4], 64)
			u.Write, _ = strconv.ParseFloat(m[5], 64)
			g[m[1]] = u
		}
	}
	return g, nil
}
