package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"group-invites/infra/local/child"
)

// binary is the tests of a folder, compiled with all mutants.
type binary struct {
	path, dir, scratch string
	tests              []*test // the quickest first
}

// test is a top-level test, and what it does without a mutant.
type test struct {
	name    string
	took    time.Duration
	reaches map[int]bool
}

// build compiles a package with its mutants into the tests of folders of the repository, each in a folder of its own in scratch.
func build(ctx context.Context, root string, p *loaded, mutants []*mutant, scratch string, tests []string) ([]*binary, error) {
	texts := map[string][]byte{filepath.Join(p.dir, helperName): []byte(helperText(p.types.Name(), len(mutants)))}
	for _, f := range p.files {
		texts[f.path] = rewrite(f, p.fset, in(f, mutants))
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for path, text := range texts {
		at := filepath.Join(scratch, filepath.Base(path))
		if err := os.WriteFile(at, text, 0o600); err != nil {
			return nil, err
		}
		overlay.Replace[path] = at
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(scratch, "overlay.json")
	if err := os.WriteFile(file, list, 0o600); err != nil {
		return nil, err
	}
	var all []*binary
	for _, folder := range tests {
		own, err := os.MkdirTemp(scratch, "tests")
		if err != nil {
			return nil, err
		}
		b := &binary{path: filepath.Join(own, "tests"), dir: filepath.Join(root, folder), scratch: own}
		cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", file, "-o", b.path, ".")
		cmd.Dir = b.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("compiling the mutants into the tests of %s: %w\n%s", folder, err, out)
		}
		if err := b.record(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", folder, err)
		}
		all = append(all, b)
	}
	return all, nil
}

// record runs each test alone, without a mutant. A test that fails then is an error.
func (b *binary) record(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, b.path, "-test.list", ".")
	cmd.Dir = b.dir
	list, err := cmd.Output()
	if err != nil {
		return err
	}
	for _, name := range regexp.MustCompile(`(?m)^(?:Test|Fuzz|Example)\w*$`).FindAllString(string(list), -1) {
		file := filepath.Join(b.scratch, "reached")
		if err := os.RemoveAll(file); err != nil {
			return err
		}
		start := time.Now()
		passed, out, err := b.run(ctx, []string{name}, 10*time.Minute, recordVariable+"="+file)
		if err != nil {
			return err
		}
		if !passed {
			return fmt.Errorf("%s fails without a mutant:\n%s", name, out)
		}
		t := &test{name: name, took: time.Since(start), reaches: map[int]bool{}}
		reached, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		for lines := bufio.NewScanner(bytes.NewReader(reached)); lines.Scan(); {
			id, err := strconv.Atoi(lines.Text())
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			t.reaches[id] = true
		}
		b.tests = append(b.tests, t)
	}
	slices.SortStableFunc(b.tests, func(x, y *test) int { return cmp.Compare(x.took, y.took) })
	return nil
}

// verdict is what became of a mutant.
type verdict string

const (
	killed    verdict = "killed"
	timedOut  verdict = "timed out" // which counts as killed
	survived  verdict = "survived"
	unreached verdict = "unreached"
)

// A mutant may take a few times as long as the tests take without it, and a while, for a machine that does something else too.
const (
	patience = 4
	grace    = 3 * time.Second
)

// first is for how long tests run together in the first process that tries a mutant. Each next process has four times that: most mutants are
// killed at once, and starting a process for each test would take longer than the tests.
const first = 300 * time.Millisecond

// try asks binaries in turn until a test of one notices the mutant.
func try(ctx context.Context, all []*binary, id int) (verdict, error) {
	end := unreached
	for _, b := range all {
		switch v, err := b.try(ctx, id); {
		case err != nil || v == killed || v == timedOut:
			return v, err
		case v == survived:
			end = survived
		}
	}
	return end, nil
}

// try runs the tests that reach the mutant until one fails.
func (b *binary) try(ctx context.Context, id int) (verdict, error) {
	var names []string
	var took time.Duration
	any, limit := false, first
	run := func() (verdict, error) {
		start, within := time.Now(), patience*took+grace
		passed, _, err := b.run(ctx, names, within, activeVariable+"="+strconv.Itoa(id))
		names, took, limit = nil, 0, 4*limit
		switch {
		case err != nil:
			return "", err
		case passed:
			return survived, nil
		case time.Since(start) >= within:
			return timedOut, nil
		}
		return killed, nil
	}
	for _, t := range b.tests {
		if !t.reaches[id] {
			continue
		}
		any = true
		if len(names) > 0 && took+t.took > limit {
			if v, err := run(); err != nil || v != survived {
				return v, err
			}
		}
		names, took = append(names, t.name), took+t.took
	}
	if !any {
		return unreached, nil
	}
	return run()
}

// run runs tests in one process, and tells whether they pass.
func (b *binary) run(ctx context.Context, tests []string, within time.Duration, env string) (passed bool, out string, err error) {
	cmd := exec.Command(b.path, "-test.run", "^("+strings.Join(tests, "|")+")$", "-test.failfast", "-test.timeout", within.String())
	cmd.Dir, cmd.Env = b.dir, append(os.Environ(), env)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	p, err := child.Start(cmd)
	if err != nil {
		return false, "", err
	}
	select {
	case <-p.Done():
	case <-time.After(within + grace): // it can't even say that it takes too long
		p.Kill()
	case <-ctx.Done():
		p.Kill()
		return false, "", ctx.Err()
	}
	return p.State().Success(), said.String(), nil
}
