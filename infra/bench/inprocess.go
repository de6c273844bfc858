package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// inside is what an operation takes in process: its function, called with the bytes of an event, on an engine of its own.
type inside struct {
	alone, many pace
	allocations float64 // of one request of a single caller
	bytes       float64
}

// benchmarkLine is a line of a benchmark with a number of callers.
var benchmarkLine = regexp.MustCompile(`^Benchmark(\w+)/callers=(\d+)(?:-\d+)?\s+\d+\s+(.*)$`)

// inProcess runs the benchmarks of the functions' folders, and gives the results by their names.
func inProcess(ctx context.Context, root string, functions []string, iterations int) (map[string]inside, error) {
	arguments := []string{"test", "-run", "^$", "-bench", ".", "-benchtime", strconv.Itoa(iterations) + "x", "-count", "1", "-p", "1"}
	for _, f := range functions {
		arguments = append(arguments, "./functions/"+f)
	}
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("benchmarks: %w\n%s", err, out)
	}
	return parseBenchmarks(out)
}

func parseBenchmarks(out []byte) (map[string]inside, error) {
	results := map[string]inside{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		m := benchmarkLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		figures := map[string]float64{} // by unit
		fields := strings.Fields(m[3])
		for i := 0; i+1 < len(fields); i += 2 {
			n, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return nil, fmt.Errorf("benchmarks: %s: %w", lines.Text(), err)
			}
			figures[fields[i+1]] = n
		}
		microseconds := func(unit string) time.Duration { return time.Duration(figures[unit] * float64(time.Microsecond)) }
		p := pace{figures["requests/s"], microseconds("p50-µs"), microseconds("p99-µs")}
		result := results[m[1]]
		if m[2] == "1" {
			result.alone, result.allocations, result.bytes = p, figures["allocs/op"], figures["B/op"]
		} else {
			result.many = p
		}
		results[m[1]] = result
	}
	return results, nil
}
