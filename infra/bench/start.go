package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"group-invites/infra/bench/sandbox"
	"group-invites/infra/local/stack"
	"group-invites/infra/meter"
)

// hello is the program that is the least that a function can be, calls the least that calls the table.
const (
	hello = "hello"
	calls = "calls"
)

// real ends the name of a function's program in whose place hello stands.
const real = ".real"

// start is what the start of a function takes, until it asks for its first invocation: medians.
type start struct {
	function     string
	time         time.Duration
	cpu          float64 // microseconds
	instructions float64 // of programs, not of the kernel; 0 where the processor doesn't count them
	peak         int64   // bytes in memory
	zip          int64   // bytes, as it is deployed
}

// starts measures the start of hello and of each function, in turns, with endpoints on loopback. The first of the result are hello and calls.
func starts(ctx context.Context, root, binaries, deployed string, only []string, e effort) (all []start, err error) {
	s, err := newScene(ctx, root, binaries)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	program := func(name string) string {
		if standIns[name] != "" && only == nil {
			name += real
		}
		return filepath.Join(binaries, name)
	}
	environments := map[string]map[string]string{hello: {}}
	names := []string{hello, calls}
	for _, f := range s.Template().Functions {
		if only == nil || slices.Contains(only, f.Name) {
			names = append(names, f.Name)
			environments[f.Name] = environment(s.Stack, f.Environment)
		}
		if f.Name == callsFunction {
			environments[calls] = environment(s.Stack, f.Environment)
		}
	}
	rounds := map[string][]start{}
	for range e.starts {
		for _, name := range names {
			one, err := startOnce(ctx, program(name), environments[name])
			if err != nil {
				return nil, err
			}
			rounds[name] = append(rounds[name], one)
		}
	}
	for _, name := range names {
		one := start{
			function: name,
			time:     median(rounds[name], func(s start) time.Duration { return s.time }),
			cpu:      median(rounds[name], func(s start) float64 { return s.cpu }),
			peak:     median(rounds[name], func(s start) int64 { return s.peak }),
		}
		if one.instructions, err = instructions(ctx, program(name), environments[name]); err != nil {
			return nil, err
		}
		if one.zip, err = zipped(filepath.Join(deployed, name)); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// environment is what Lambda gives a function, with the stack's AWS endpoint. The access key is nobody's, who may do everything.
func environment(s *stack.Stack, own map[string]string) map[string]string {
	e := maps.Clone(own)
	maps.Copy(e, map[string]string{
		"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "local", "AWS_SESSION_TOKEN": "local", "AWS_REGION": "local",
		"AWS_LAMBDA_FUNCTION_NAME": "bench", "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_ENDPOINT_URL": s.AWSEndpoint(),
	})
	return e
}

func startOnce(ctx context.Context, program string, environment map[string]string) (start, error) {
	b, err := sandbox.Start(ctx, []string{program}, environment)
	if err != nil {
		return start{}, err
	}
	defer b.Stop()
	one := start{time: b.Started, peak: meter.Peak(b.PID())}
	one.cpu, err = meter.CPU(b.PID())
	return one, err
}

func median[T int64 | float64 | time.Duration](all []start, of func(start) T) T {
	values := make([]T, len(all))
	for i, s := range all {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// instructions counts what a start takes, by perf; 0 where there is none, or the processor, or whoever rents it out, doesn't count.
func instructions(ctx context.Context, program string, environment map[string]string) (float64, error) {
	perf, err := exec.LookPath("perf")
	if err != nil {
		return 0, nil
	}
	report, err := os.CreateTemp("", "perf-")
	if err != nil {
		return 0, err
	}
	defer os.Remove(report.Name())
	defer report.Close()
	b, err := sandbox.Start(ctx, []string{perf, "stat", "-x", ",", "-e", "instructions:u", "-o", report.Name(), program}, environment)
	if err != nil {
		return 0, nil // it may not count here
	}
	b.Stop()
	text, err := io.ReadAll(report)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if count, rest, _ := strings.Cut(line, ","); strings.Contains(rest, "instructions") {
			n, _ := strconv.ParseFloat(count, 64) // "<not supported>" is none
			return n, nil
		}
	}
	return 0, nil
}

// build builds the functions and the stand-ins for this machine into binaries, these also in the places where they stand; and all of them as they are deployed.
// Without only, all are built: else those, and hello stands in place of the others.
func build(ctx context.Context, root, binaries, deployed string, only []string) error {
	functions, err := filepath.Glob(filepath.Join(root, "functions", "*", "main.go"))
	if err != nil {
		return err
	}
	packages, places := []string{"./infra/bench/" + hello, "./infra/bench/" + calls}, maps.Clone(standIns)
	for _, file := range functions {
		name := filepath.Base(filepath.Dir(file))
		if only == nil || slices.Contains(only, name) {
			packages = append(packages, "./functions/"+name)
		} else if places[name] == "" {
			places[name] = hello
		}
	}
	for folder, architecture := range map[string]string{binaries: "", deployed: "arm64"} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		arguments := []string{"build", "-tags", stack.BuildTags, "-trimpath", "-ldflags", stack.BuildLDFlags, "-o", folder + string(filepath.Separator)}
		cmd := exec.CommandContext(ctx, "go", append(arguments, packages...)...)
		cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
		if architecture != "" {
			cmd.Env = append(cmd.Env, "GOOS=linux", "GOARCH="+architecture)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build functions: %w\n%s", err, out)
		}
	}
	for name, program := range places {
		stand := filepath.Join(binaries, name)
		if err := os.Rename(stand, stand+real); err != nil && !os.IsNotExist(err) {
			return err
		}
		if err := os.Link(filepath.Join(binaries, program), stand); err != nil {
			return err
		}
	}
	return nil
}

// zipped is the size of a program in an archive with nothing else, as SAM makes it.
func zipped(program string) (int64, error) {
	text, err := os.ReadFile(program)
	if err != nil {
		return 0, err
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.DefaultCompression) })
	file, err := w.Create("bootstrap")
	if err != nil {
		return 0, err
	}
	if _, err := file.Write(text); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil { // which writes what it still holds
		return 0, err
	}
	return int64(archive.Len()), nil
}
