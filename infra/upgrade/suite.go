package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// anOrder is a way of sharing the calls between both versions. The acceptance suite knows what its name means.
type anOrder struct {
	name, says string
	pattern    string // of the tests that it is for; empty means all
}

// rows are the tests about what is stored and read again, which both pure orders are for. The others are about single requests, or about many at
// once: where many things happen at once, who wrote before whom is chance in any order.
const rows = "^Test(Access|Idempotency|KeyRing|Lists|Mail|OptOut|Removal|Rights|Suspension|Tally_Clears|Tally_Ends|Time|Walk)"

func orders(seed uint64) []anOrder {
	return []anOrder{
		{fmt.Sprintf("chance:%d", seed), "each call goes to either", ""},
		{"last-writes", "what the last version writes, this one reads", rows},
		{"this-writes", "what this version writes, the last one reads", rows},
	}
}

// suite is the acceptance suite, built, beside a version.
type suite struct {
	program     string
	folder      string // that it runs in
	environment []string
	leftOut     string // pattern of what doesn't run
	pattern     string // of what runs in all orders; empty means what they say
}

func newSuite(ctx context.Context, root, version, sources, binaries string) (*suite, error) {
	s := &suite{
		program:     filepath.Join(filepath.Dir(sources), "acceptance.test"),
		folder:      filepath.Join(root, "infra", "acceptance"),
		environment: append(os.Environ(), "LAST_VERSION="+version, "LAST_SOURCES="+sources, "LAST_BINARIES="+binaries),
	}
	left, err := readLeftOut(filepath.Join(root, "infra", "upgrade", "left-out"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, l := range left {
		names = append(names, "^"+l.test+"$")
	}
	s.leftOut = strings.Join(names, "|")

	build := exec.CommandContext(ctx, "go", "test", "-c", "-o", s.program, ".")
	build.Dir, build.Stdout, build.Stderr = s.folder, os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build the acceptance suite: %w", err)
	}
	return s, nil
}

// run runs the suite in an order. What the suite prints goes to standard output.
func (s *suite) run(ctx context.Context, o anOrder) error {
	pattern := o.pattern
	if s.pattern != "" {
		pattern = s.pattern
	}
	cmd := exec.CommandContext(ctx, s.program, "-test.run", pattern, "-test.skip", s.leftOut, "-test.timeout", "5m")
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.folder, os.Stdout, os.Stderr
	cmd.Env = append(s.environment, "ORDER="+o.name)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // its stacks' processes end with it
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("order %s: %w", o.name, err)
	}
	return nil
}
