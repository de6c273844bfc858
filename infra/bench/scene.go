package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"group-invites/infra/local/stack"
	"group-invites/infra/meter"
)

// most is how many callers there are at once, and so how many processes a function may have.
const most = 32

// scene is a stack of its own, on which one operation is measured: the engine's writes become slower with each change that it remembers.
type scene struct {
	*stack.Stack
	meter  *meter.Meter
	client *http.Client
	admin  string // token
	org    string
	group  string
	remove func() error
}

// admin is the word for the person who is the scene's admin.
const admin = "bench-admin"

// object is a JSON object to send.
type object = map[string]any

// request is a request as it is sent.
type request struct {
	token, method, path string
	body                []byte
	key                 string // Idempotency-Key
}

// newScene starts a stack with an organization that has one group, in which its admin is.
func newScene(ctx context.Context, root, binaries string) (s *scene, err error) {
	data, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	s = &scene{
		meter:  meter.New(data),
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: most}},
		remove: func() error { return os.RemoveAll(data) },
	}
	s.Stack, err = stack.Start(ctx, stack.Options{
		Root: root, DataDir: data, Binaries: binaries, Concurrency: most, Called: s.meter.Called, ScheduleEvery: time.Hour, // no sweep meanwhile
		Parameters: map[string]string{"MailsPerSender": "100000", "MailsPerOrganization": "100000", "MailsPerNewOrganization": "100000"},
	})
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	if err := s.populate(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *scene) populate(ctx context.Context) (err error) {
	if s.admin, err = s.Token(admin); err != nil {
		return err
	}
	if s.org, err = s.create(ctx, "/v1/orgs", object{"name": "Astronomers"}); err != nil {
		return err
	}
	if s.group, err = s.create(ctx, "/v1/orgs/"+s.org+"/groups", object{"name": "Comets"}); err != nil {
		return err
	}
	_, code, err := s.link(ctx, s.group, object{"access": "org"})
	if err != nil {
		return err
	}
	return s.do(ctx, newRequest(s.admin, "POST", "/v1/invites/redeem", code), http.StatusCreated, nil)
}

func (s *scene) close() error {
	s.client.CloseIdleConnections()
	return errors.Join(s.Stack.Close(), s.remove())
}

// create has the admin make something, and gives its id.
func (s *scene) create(ctx context.Context, path string, body object) (string, error) {
	var made struct{ ID string }
	return made.ID, s.do(ctx, newRequest(s.admin, "POST", path, body), http.StatusCreated, &made)
}

// link has the admin make a link to a group, and gives its id, and its code as a body.
func (s *scene) link(ctx context.Context, group string, settings object) (id string, code object, err error) {
	var made struct{ ID, URL string }
	err = s.do(ctx, newRequest(s.admin, "POST", "/v1/groups/"+group+"/invites", settings), http.StatusCreated, &made)
	_, text, _ := strings.Cut(made.URL, "#")
	return made.ID, object{"code": text}, err
}

func newRequest(token, method, path string, body object) request {
	r := request{token: token, method: method, path: path}
	if body != nil {
		r.body, _ = json.Marshal(body) // texts and numbers
	}
	return r
}

// repeats is how often a request is repeated that was answered 503, which says that it may be: a machine that does much else brings that about.
const repeats = 5

// do sends a request, which must get the status, and decodes the answer unless into is nil. One that stayed undecided may find itself done when it is repeated.
func (s *scene) do(ctx context.Context, r request, status int, into any) error {
	for i := range repeats {
		got, err := s.send(ctx, r, status, into)
		done := i > 0 && into == nil && (got == http.StatusOK || got == http.StatusNotFound)
		switch {
		case done:
			return nil
		case got != http.StatusServiceUnavailable:
			return err
		}
	}
	return fmt.Errorf("%s %s: 503, %d times", r.method, r.path, repeats)
}

// send sends a request once, and gives the status that it got.
func (s *scene) send(ctx context.Context, r request, status int, into any) (int, error) {
	out, err := http.NewRequestWithContext(ctx, r.method, s.URL()+r.path, bytes.NewReader(r.body))
	if err != nil {
		return 0, err
	}
	if r.body != nil {
		out.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		out.Header.Set("Authorization", "Bearer "+r.token)
	}
	if r.key != "" {
		out.Header.Set("Idempotency-Key", r.key)
	}
	response, err := s.client.Do(out)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	if response.StatusCode != status {
		return response.StatusCode, fmt.Errorf("%s %s: %d %.200s, want %d", r.method, r.path, response.StatusCode, answer, status)
	}
	if into == nil {
		return status, nil
	}
	return status, json.Unmarshal(answer, into)
}
