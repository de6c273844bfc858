package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/project"
	"group-invites/infra/local/seed"
	"group-invites/infra/local/stack"
)

func TestCLI_ReadsAndWritesTheSecretOfAStack(t *testing.T) {
	const id = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:KeyRing-a"
	var calls []string
	value, date := first, `"2026-11-27T09:30:00.5+01:00"`
	run := func(_ context.Context, stdin string, arguments ...string) ([]byte, error) {
		calls = append(calls, strings.Join(arguments, " "))
		if slices.ContainsFunc(arguments, func(a string) bool { return strings.Contains(a, "Secrets Manager ") }) {
			t.Errorf("a secret among the arguments: %q", arguments)
		}
		switch arguments[1] {
		case "describe-stacks":
			return []byte(id + "\n"), nil
		case "get-secret-value":
			return []byte(`{"ARN":"` + id + `","SecretString":"` + strings.ReplaceAll(value, `"`, `\"`) + `","CreatedDate":` + date + `}`), nil
		case "put-secret-value":
			value = stdin
			return []byte(`{}`), nil
		}
		return nil, errors.New("no such command")
	}
	c, err := secretOf(t.Context(), "group-invites-prod", run)
	if err != nil || c.secretID != id {
		t.Fatalf("%+v, %v", c, err)
	}
	got, written, err := c.read(t.Context())
	if err != nil || got != first || !written.Equal(time.Date(2026, 11, 27, 8, 30, 0, 5e8, time.UTC)) {
		t.Errorf("%q, %s, %v", got, written, err)
	}
	date = `1795768200.5` // as version 1 of the AWS CLI has it
	if _, again, err := c.read(t.Context()); err != nil || !again.Equal(written) {
		t.Errorf("%s, %v", again, err)
	}
	if err := c.write(t.Context(), "new"); err != nil || value != "new" {
		t.Errorf("%q, %v", value, err)
	}
	want := []string{
		"cloudformation describe-stacks --stack-name group-invites-prod --output text --query Stacks[0].Outputs[?OutputKey=='KeyRingSecretId'].OutputValue",
		"secretsmanager get-secret-value --secret-id " + id + " --output json", "secretsmanager get-secret-value --secret-id " + id + " --output json",
		"secretsmanager put-secret-value --secret-id " + id + " --secret-string file:///dev/stdin",
	}
	if !slices.Equal(calls, want) {
		t.Errorf("calls\n%s\nwant\n%s", strings.Join(calls, "\n"), strings.Join(want, "\n"))
	}
	none := func(context.Context, string, ...string) ([]byte, error) { return []byte("None\n"), nil }
	if _, err := secretOf(t.Context(), "x", none); err == nil || !strings.Contains(err.Error(), "no output KeyRingSecretId") {
		t.Error(err)
	}
}

// TestRun_OnTheLocalStack turns the ring of a running stack, as an operator does.
func TestRun_OnTheLocalStack(t *testing.T) {
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	t.Setenv("DATA_DIR", folder)
	if err := run(t.Context(), []string{"-local", "status"}, strings.NewReader(""), t.Output()); err == nil || !strings.Contains(err.Error(), "no stack runs") {
		t.Errorf("without a stack: %v", err)
	}
	s, err := stack.Start(t.Context(), stack.Options{Root: root, DataDir: folder, Seed: seed.Stack})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for arguments, want := range map[string]string{
		"-local": "usage", "status": "usage", "-local -stack x status": "usage", "-local sign 5": "there is no key 5", "-local -x status": "usage",
	} {
		if err := run(t.Context(), strings.Fields(arguments), strings.NewReader(""), t.Output()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", arguments, err, want)
		}
	}
	before := s.KeyRing()
	var out strings.Builder
	if err := run(t.Context(), []string{"-local", "status"}, strings.NewReader(""), &out); err != nil || !strings.Contains(out.String(), "key 0   signs and verifies") {
		t.Errorf("%v\n%s", err, &out)
	}
	if err := run(t.Context(), []string{"-local", "add"}, strings.NewReader(""), t.Output()); err != nil || s.KeyRing() == before {
		t.Errorf("add: %v", err)
	}
	if err := run(t.Context(), []string{"-local", "replace"}, strings.NewReader("no\n"), t.Output()); !errors.Is(err, errDeclined) {
		t.Errorf("replace, declined: %v", err)
	}
	if err := run(t.Context(), []string{"-local", "replace"}, strings.NewReader("yes\n"), t.Output()); err != nil || !strings.Contains(s.KeyRing(), `"retired":["0","1"]`) {
		t.Errorf("replace: %v", err)
	}
}
