package deployment

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// CLI runs a command of the AWS CLI with a text as its standard input, and gives what it writes.
type CLI func(ctx context.Context, stdin string, arguments ...string) ([]byte, error)

// AWS runs the AWS CLI of this machine: credentials, regions and profiles are its own matter. The error holds what it has complained of.
func AWS(ctx context.Context, stdin string, arguments ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "aws", arguments...)
	var fault bytes.Buffer
	command.Stdin, command.Stderr = strings.NewReader(stdin), &fault
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("aws %s: %w: %s", strings.Join(arguments[:2], " "), err, strings.TrimSpace(fault.String()))
	}
	return out, nil
}

// Output gives an output of a deployed stack.
func Output(ctx context.Context, run CLI, stack, key string) (string, error) {
	out, err := run(ctx, "", "cloudformation", "describe-stacks", "--stack-name", stack, "--output", "text",
		"--query", "Stacks[0].Outputs[?OutputKey=='"+key+"'].OutputValue")
	if err != nil {
		return "", err
	}
	value := strings.TrimSpace(string(out))
	if value == "" || value == "None" {
		return "", fmt.Errorf("stack %s has no output %s", stack, key)
	}
	return value, nil
}
