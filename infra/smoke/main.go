// Command smoke tries a deployed stack by what its people do: create a link, open it, join by it, see it in the list, delete it. It leaves
// nothing behind, whatever fails, but lines of the audit.
//
//	sam list stack-outputs --stack-name group-invites --output json | SMOKE_TOKEN=… SMOKE_SECOND_TOKEN=… go run ./infra/smoke
//
// Environment:
//
//	SMOKE_TOKEN         access token of who creates the link; it needs the scope of the API
//	SMOKE_SECOND_TOKEN  access token of somebody else, who joins and leaves again
//	SMOKE_URL           base URL of the API; without it, standard input holds the outputs of the stack, as SAM lists them
//	SMOKE_GROUP         id of the group; without it, the first group of who creates the link, or one in an organization of its own
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// timeout bounds the whole of it.
const timeout = 2 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	s, err := settingsOf(os.Getenv, os.Stdin)
	if err == nil {
		err = run(ctx, s, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(1)
	}
}

// settings say what to try, and as whom.
type settings struct {
	url                string
	token, secondToken string
	group              string // may be empty
}

// settingsOf reads the environment, and the stack's outputs where that names no URL. It reports all faults at once.
func settingsOf(getenv func(string) string, outputs io.Reader) (settings, error) {
	s := settings{
		url: getenv("SMOKE_URL"), token: strings.TrimSpace(getenv("SMOKE_TOKEN")), secondToken: strings.TrimSpace(getenv("SMOKE_SECOND_TOKEN")),
		group: getenv("SMOKE_GROUP"),
	}
	var faults []error
	if s.url == "" {
		var err error
		if s.url, err = urlOf(outputs); err != nil {
			faults = append(faults, fmt.Errorf("SMOKE_URL is not set, and standard input is not the outputs of a stack: %w", err))
		}
	}
	s.url = strings.TrimSuffix(s.url, "/")
	for name, value := range map[string]string{"SMOKE_TOKEN": s.token, "SMOKE_SECOND_TOKEN": s.secondToken} {
		if value == "" {
			faults = append(faults, fmt.Errorf("%s is not set", name))
		}
	}
	if s.token != "" && s.token == s.secondToken {
		faults = append(faults, errors.New("SMOKE_TOKEN and SMOKE_SECOND_TOKEN must be of two people"))
	}
	return s, errors.Join(faults...)
}

// urlOf finds the API's URL among the outputs of a stack, as `sam list stack-outputs --output json` writes them.
func urlOf(outputs io.Reader) (string, error) {
	var listed []struct{ OutputKey, OutputValue string }
	if err := json.NewDecoder(outputs).Decode(&listed); err != nil {
		return "", err
	}
	for _, o := range listed {
		if o.OutputKey == "ApiUrl" && o.OutputValue != "" {
			return o.OutputValue, nil
		}
	}
	return "", errors.New("no ApiUrl among them")
}
