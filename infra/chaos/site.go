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
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"group-invites/infra/local/engine"
	"group-invites/infra/local/faulty"
	"group-invites/infra/local/issuer"
	"group-invites/infra/local/lambda"
	"group-invites/infra/local/stack"
	"group-invites/shared/directory"
)

// site is a running stack with a table of its own, whose calls can go wrong.
type site struct {
	*stack.Stack
	table   *faulty.Table
	engine  *engine.Engine
	client  *http.Client
	dataDir string
	log     *lines
	slowest atomic.Int64 // the longest time that a function took to answer a request, in nanoseconds
}

// schedules is how often what runs by the clock does: sooner than deployed, so that a mail that waits goes, and yet not so often that the table is never
// quiet.
const schedules = 4 * settled

// open starts a site on built functions, each of which may have so many processes.
func open(ctx context.Context, root, binaries string, processes int) (s *site, err error) {
	s = &site{log: &lines{}, client: &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 2000, DisableCompression: true}, // a thousand people at once, and those who try again
	}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.dataDir, err = os.MkdirTemp("", "chaos-"); err != nil {
		return s, err
	}
	if s.engine, err = engine.Start(ctx, engine.Options{Stderr: os.Stderr}); err != nil {
		return s, err
	}
	s.table = faulty.New(s.engine.Endpoint())
	s.Stack, err = stack.Start(ctx, stack.Options{
		Root: root, Binaries: binaries, DataDir: s.dataDir, DynamoDBEndpoint: s.table.URL(), Concurrency: processes, Log: s.log,
		ScheduleEvery: schedules, Called: s.called,
	})
	return s, err
}

// background are the functions that answer nobody.
var background = []string{"tally", "mailer", "mail-feedback"}

func (s *site) called(function string, r lambda.Result) {
	if slices.Contains(background, function) {
		return
	}
	for {
		longest := s.slowest.Load()
		if int64(r.Duration) <= longest || s.slowest.CompareAndSwap(longest, int64(r.Duration)) {
			return
		}
	}
}

// close ends what open has started.
func (s *site) close() (err error) {
	s.client.CloseIdleConnections()
	if s.Stack != nil {
		err = s.Close()
	}
	if s.table != nil {
		s.table.Close()
	}
	if s.engine != nil {
		err = errors.Join(err, s.engine.Stop())
	}
	return errors.Join(err, os.RemoveAll(s.dataDir))
}

// lines keep what a stack tells people of what must not be: a function that may not do what it does, or that fails.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	text := string(p)
	if strings.Contains(text, "ACCESS DENIED") || strings.Contains(text, "DOESN'T FIT ITS SCHEMA") || strings.Contains(text, "panic") {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.text.WriteString(text)
	}
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// person is somebody made up, with a token.
type person struct{ id, email, token string }

// meet gives the person that a word stands for.
func (s *site) meet(word string) (person, error) {
	described, err := issuer.PersonOf(word)
	if err != nil {
		return person{}, err
	}
	token, err := s.Token(word)
	return person{directory.NewUserID(s.Template().Authorizer.Issuer, described.Subject).String(), described.Email, token}, err
}

// people gives new people.
func (s *site) people(word string, n int) ([]person, error) {
	all := make([]person, n)
	for i := range all {
		var err error
		if all[i], err = s.meet(fmt.Sprintf("%s-%d", word, i)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// object is a JSON object to send.
type object = map[string]any

// answer is what came back.
type answer struct {
	status int
	code   string // of a problem
	body   []byte
	begin  time.Time
	took   time.Duration
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

// undecided tells whether what was asked for may have been done, or not.
func (a answer) undecided() bool { return a.status == 0 || a.status == http.StatusServiceUnavailable }

// ask sends a request, with headers' names and values, and gives status 0 if no answer came.
func (s *site) ask(ctx context.Context, method, path, token string, body any, header ...string) answer {
	a := answer{begin: time.Now()}
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			panic(err) // our own objects
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.URL()+path, content)
	if err != nil {
		panic(err) // our own paths
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for pair := range slices.Chunk(header, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	response, err := s.client.Do(r)
	if err == nil {
		a.body, err = io.ReadAll(response.Body)
		response.Body.Close()
	}
	a.took = time.Since(a.begin)
	if err != nil {
		a.body = []byte(err.Error())
		return a
	}
	a.status = response.StatusCode
	if a.status >= http.StatusBadRequest {
		var p struct{ Code string }
		json.Unmarshal(a.body, &p) // the gateway's own refusals have none
		a.code = p.Code
	}
	return a
}

// get sends a request that must have this status, and decodes the answer into to, unless that is nil.
func (s *site) get(ctx context.Context, status int, method, path, token string, body, to any) error {
	a := s.ask(ctx, method, path, token, body)
	if a.status != status {
		return fmt.Errorf("%s %s: %v, want %d", method, path, a, status)
	}
	if to == nil {
		return nil
	}
	return json.Unmarshal(a.body, to)
}

// org is an organization of its own admin.
type org struct {
	*site
	id    string
	admin person
}

func (s *site) newOrg(ctx context.Context, word string) (o org, err error) {
	o.site = s
	if o.admin, err = s.meet(word); err != nil {
		return o, err
	}
	var made struct{ ID string }
	err = s.get(ctx, http.StatusCreated, "POST", "/v1/orgs", o.admin.token, object{"name": "Astronomers"}, &made)
	o.id = made.ID
	return o, err
}

// group makes a group, and gives its id.
func (o org) group(ctx context.Context) (string, error) {
	var made struct{ ID string }
	err := o.get(ctx, http.StatusCreated, "POST", "/v1/orgs/"+o.id+"/groups", o.admin.token, object{"name": "Comets"}, &made)
	return made.ID, err
}

// link is a link to a group.
type link struct {
	group, id, code string
	places          int // 0: any number
}

func (l link) path() string { return "/v1/groups/" + l.group + "/invites/" + l.id }

// newLink makes a link for anyone, in the name of a person.
func (o org) newLink(ctx context.Context, by person, group string, places int) (l link, err error) {
	settings := object{"access": "anyone", "expiration": "never"}
	if places > 0 {
		settings["maxUses"] = places
	}
	var made struct{ ID, URL string }
	err = o.get(ctx, http.StatusCreated, "POST", "/v1/groups/"+group+"/invites", by.token, settings, &made)
	_, code, _ := strings.Cut(made.URL, "/i#")
	return link{group, made.ID, code, places}, err
}

// redeem asks for joining by a link.
func (s *site) redeem(ctx context.Context, p person, l link) answer {
	return s.ask(ctx, "POST", "/v1/invites/redeem", p.token, object{"code": l.code})
}
