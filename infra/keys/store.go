package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"group-invites/infra/deployment"
)

// store holds the secret with the ring.
type store interface {
	// read gives the current value, and when it was written.
	read(ctx context.Context) (value string, written time.Time, err error)
	// write makes a new value the current one. The one before stays in reach as AWSPREVIOUS.
	write(ctx context.Context, value string) error
}

// secretValue is what Secrets Manager answers. Dates are numbers or texts, as the AWS CLI is set up.
type secretValue struct {
	SecretString string
	CreatedDate  json.RawMessage
}

func (v secretValue) written() (time.Time, error) {
	text := strings.Trim(string(v.CreatedDate), `"`)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.UnixMilli(int64(seconds * 1000)), nil
	}
	return time.Parse(time.RFC3339, text)
}

// cli is a secret in the cloud, by the AWS CLI: credentials, regions and profiles are its own matter.
type cli struct {
	secretID string
	run      deployment.CLI
}

// secretOf finds the secret of a stack by the stack's outputs.
func secretOf(ctx context.Context, stack string, run deployment.CLI) (cli, error) {
	id, err := deployment.Output(ctx, run, stack, "KeyRingSecretId")
	if err == nil && !strings.HasPrefix(id, "arn:") {
		err = fmt.Errorf("stack %s has no output KeyRingSecretId", stack)
	}
	return cli{id, run}, err
}

func (c cli) read(ctx context.Context) (string, time.Time, error) {
	out, err := c.run(ctx, "", "secretsmanager", "get-secret-value", "--secret-id", c.secretID, "--output", "json")
	if err != nil {
		return "", time.Time{}, err
	}
	return decode(out)
}

func (c cli) write(ctx context.Context, value string) error {
	// By standard input: arguments are seen by everyone on the machine.
	_, err := c.run(ctx, value, "secretsmanager", "put-secret-value", "--secret-id", c.secretID, "--secret-string", "file:///dev/stdin")
	return err
}

func decode(answer []byte) (string, time.Time, error) {
	var v secretValue
	if err := json.Unmarshal(answer, &v); err != nil || v.SecretString == "" {
		return "", time.Time{}, errors.New("no text in what Secrets Manager gave") // the cause could quote the secret
	}
	written, err := v.written()
	return v.SecretString, written, err
}

// endpoint is a secret of the local stack.
type endpoint struct{ url, secretID string }

func (e endpoint) read(ctx context.Context) (string, time.Time, error) {
	answer, err := e.call(ctx, "GetSecretValue", map[string]string{"SecretId": e.secretID})
	if err != nil {
		return "", time.Time{}, err
	}
	return decode(answer)
}

func (e endpoint) write(ctx context.Context, value string) error {
	_, err := e.call(ctx, "PutSecretValue", map[string]string{"SecretId": e.secretID, "SecretString": value})
	return err
}

func (e endpoint) call(ctx context.Context, operation string, request map[string]string) ([]byte, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "secretsmanager."+operation)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", operation, response.Status, answer)
	}
	return answer, err
}
