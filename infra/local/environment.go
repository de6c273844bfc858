package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"group-invites/infra/local/project"
	"group-invites/infra/local/seed"
	"group-invites/infra/local/stack"
)

// optionsFromEnvironment reads what the caller set, and is the one place that says how a stack is seeded.
func optionsFromEnvironment() (stack.Options, error) {
	root, err := project.Root()
	if err != nil {
		return stack.Options{}, err
	}
	o := stack.Options{
		Root:             root,
		DataDir:          os.Getenv("DATA_DIR"),
		DynamoDBEndpoint: os.Getenv("DYNAMODB_ENDPOINT"),
		AllowRemoteTable: os.Getenv("ALLOW_REMOTE_TABLE") == "1",
		TableName:        os.Getenv("TABLE_NAME"),
		Seed:             seed.Stack,
	}
	if o.DataDir == "" {
		o.DataDir = filepath.Join(root, stack.DefaultDataDir)
	}
	if o.Port, err = number("PORT", 8080, 65535); err != nil {
		return o, err
	}
	if o.Concurrency, err = number("LAMBDA_CONCURRENCY", 0, 1000); err != nil {
		return o, err
	}
	if o.ScheduleEvery, err = interval("SCHEDULE_EVERY", 5*time.Second); err != nil {
		return o, err
	}
	o.Parameters, err = parameters(os.Getenv("PARAMETERS"))
	return o, err
}

func number(name string, otherwise, most int) (int, error) {
	text := os.Getenv(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("%s must be a number from 0 to %d, not %q", name, most, text)
	}
	return n, nil
}

// interval reads a duration; 0 leaves it to the template.
func interval(name string, otherwise time.Duration) (time.Duration, error) {
	text := os.Getenv(name)
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > 0 && d < 100*time.Millisecond {
		return 0, fmt.Errorf("%s must be a duration such as 5s, at least 100ms, or 0 for the template's own, not %q", name, text)
	}
	return d, nil
}

// parameters reads Name=Value pairs. A comma begins a new pair only where a name and = follow, as values may be lists.
func parameters(text string) (map[string]string, error) {
	out := map[string]string{}
	last := ""
	for part := range strings.SplitSeq(text, ",") {
		name, v, pair := strings.Cut(part, "=")
		switch {
		case pair && parameterName(strings.TrimSpace(name)):
			last = strings.TrimSpace(name)
			out[last] = v
		case last != "":
			out[last] += "," + part
		case strings.TrimSpace(part) != "":
			return nil, fmt.Errorf("PARAMETERS must be Name=Value,Name=Value, not %q", text)
		}
	}
	return out, nil
}

func parameterName(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// terminal tells whether colours may be written to f.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == ""
}
