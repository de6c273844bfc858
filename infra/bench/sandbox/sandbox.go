// Package sandbox runs one process of a function against a Runtime API that does no more than the function needs
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), so that what is measured is the function, and what is tested happens before or after
// the moment at which it is ready. infra/local/lambda is the whole service.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"strconv"
	"time"

	"group-invites/infra/local/child"
)

// Sandbox is a process of a function. Its methods are for one goroutine.
type Sandbox struct {
	// Started is the time from exec to the first question for an invocation.
	Started time.Duration

	process *child.Process
	server  *http.Server
	begun   time.Time
	asked   chan time.Time // each time the process asks for an invocation
	events  chan []byte
	answers chan answer
	number  int
}

type answer struct {
	payload []byte
	failed  bool
}

// timeout is how long a process may take to become ready, and to answer.
const timeout = 20 * time.Second

// Start starts a command with these variables as its whole environment, beside AWS_LAMBDA_RUNTIME_API, and waits until it asks for its first
// invocation. What it prints to its standard output is dropped.
func Start(ctx context.Context, command []string, environment map[string]string) (*Sandbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Sandbox{asked: make(chan time.Time, 1), events: make(chan []byte), answers: make(chan answer, 1)}
	s.server = &http.Server{Handler: http.HandlerFunc(s.serve)}
	go s.server.Serve(listener)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String()}
	for name, value := range environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stderr = os.Stderr
	s.begun = time.Now()
	if s.process, err = child.Start(cmd); err != nil {
		s.server.Close()
		return nil, err
	}
	at, err := s.ready(ctx)
	if err != nil {
		s.Stop()
		return nil, fmt.Errorf("%s: %w", command[0], err)
	}
	s.Started = at.Sub(s.begun)
	return s, nil
}

// PID is the number of the process.
func (s *Sandbox) PID() int { return s.process.PID() }

// Invoke calls the function, and returns when it has answered and asked for more.
func (s *Sandbox) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	select {
	case s.events <- event:
	case <-s.process.Done():
		return nil, errors.New("it has ended")
	}
	if _, err := s.ready(ctx); err != nil {
		return nil, err
	}
	a := <-s.answers // it answers before it asks
	if a.failed {
		return nil, fmt.Errorf("it failed: %.300s", a.payload)
	}
	return a.payload, nil
}

// Stop ends the process, and returns when it has ended.
func (s *Sandbox) Stop() {
	s.process.Stop(time.Second)
	s.server.Close()
}

func (s *Sandbox) ready(ctx context.Context) (time.Time, error) {
	select {
	case at := <-s.asked:
		return at, nil
	case <-s.process.Done():
		return time.Time{}, errors.New("it has ended")
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	case <-time.After(timeout):
		return time.Time{}, errors.New("it takes too long")
	}
}

func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request) {
	switch path.Base(r.URL.Path) {
	case "next":
		s.asked <- time.Now()
		select {
		case event := <-s.events:
			s.number++
			h := w.Header()
			h.Set("Lambda-Runtime-Aws-Request-Id", strconv.Itoa(s.number))
			h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(timeout).UnixMilli(), 10))
			h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:local:000000000000:function:sandbox")
			w.Write(event)
		case <-r.Context().Done(): // the process has ended
		}
	default: // a response, or an error of an invocation or of init
		payload, _ := io.ReadAll(r.Body) // what is missing is no answer
		if kind := path.Base(r.URL.Path); kind != "response" || r.Trailer.Get("Lambda-Runtime-Function-Error-Type") != "" {
			s.answers <- answer{payload, true}
		} else {
			s.answers <- answer{payload, false}
		}
		w.WriteHeader(http.StatusAccepted)
	}
}
