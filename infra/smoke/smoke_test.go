package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"group-invites/infra/local/project"
	"group-invites/infra/local/seed"
	"group-invites/infra/local/stack"
)

func start(t *testing.T) *stack.Stack {
	t.Helper()
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	s, err := stack.Start(t.Context(), stack.Options{Root: root, DataDir: t.TempDir(), Seed: seed.Stack})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func token(t *testing.T, s *stack.Stack, who string) string {
	t.Helper()
	token, err := s.Token(who)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// orgs gives the organizations of a person, and how many of his groups are in them.
func orgs(t *testing.T, s *stack.Stack, who string) (orgs, groups int) {
	t.Helper()
	found, err := get[me](&trial{ctx: t.Context(), out: t.Output()}, client{s.URL(), token(t, s, who)}, "/v1/me")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range found.Orgs {
		groups += len(o.Groups)
	}
	return len(found.Orgs), groups
}

// TestRun tries the local stack, which is the deployed functions behind the deployed routes.
func TestRun(t *testing.T) {
	s := start(t)
	for _, people := range [][2]string{
		{"admin", "newcomer"},      // who joins is new to the organization
		{"admin", "newcomer"},      // and has left again
		{"user", "manager"},        // he may not bring in new people, and who joins is in already
		{"newcomer2", "newcomer3"}, // has no group: makes an organization
	} {
		var out bytes.Buffer
		err := run(t.Context(), settings{url: s.URL(), token: token(t, s, people[0]), secondToken: token(t, s, people[1])}, &out)
		if err != nil || !strings.Contains(out.String(), "204 DELETE") || !strings.HasSuffix(out.String(), " works\n") {
			t.Errorf("%v: %v\n%s", people, err, &out)
		}
	}
	for who, want := range map[string][2]int{"newcomer": {0, 0}, "newcomer2": {0, 0}, "newcomer3": {0, 0}, "admin": {1, 1}, "manager": {1, 1}} {
		if orgs, groups := orgs(t, s, who); orgs != want[0] || groups != want[1] {
			t.Errorf("%s is left in %d organizations and %d groups, want %v", who, orgs, groups, want)
		}
	}
}

// TestRun_Fails: by an error that names the step, and leaves no link behind.
func TestRun_Fails(t *testing.T) {
	s := start(t)
	admin, newcomer := token(t, s, "admin"), token(t, s, "newcomer")
	target, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	failing := ""
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method+" "+r.URL.Path == failing {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		r.Host = target.Host
		proxy.ServeHTTP(w, r)
	}))
	defer broken.Close()

	for step, tested := range map[string]settings{
		"GET /v1/me: 401":                 {url: broken.URL, token: admin, secondToken: "expired"},
		"GET /v1/groups/0123456789abcdef": {url: broken.URL, token: admin, secondToken: newcomer, group: "0123456789abcdef"},
		"POST /v1/invites/redeem: 500":    {url: broken.URL, token: admin, secondToken: newcomer},
		"POST /v1/invites/preview: 500":   {url: broken.URL, token: admin, secondToken: newcomer},
		"GET /: 500":                      {url: broken.URL, token: admin, secondToken: newcomer},
		"connection refused":              {url: "http://127.0.0.1:1", token: admin, secondToken: newcomer},
	} {
		failing = ""
		if request, status, _ := strings.Cut(step, ":"); status == " 500" {
			failing = request
		}
		err := run(t.Context(), tested, t.Output())
		if err == nil || !strings.Contains(err.Error(), step) {
			t.Errorf("%v, want %q", err, step)
		}
	}
	list, err := get[struct{ Items []invite }](&trial{ctx: t.Context(), out: t.Output()}, client{s.URL(), admin}, "/v1/groups/"+groupOf(t, s)+"/invites")
	if err != nil || len(list.Items) > 0 {
		t.Errorf("left behind: %+v, %v", list.Items, err)
	}
}

// groupOf gives the group that the admin is in.
func groupOf(t *testing.T, s *stack.Stack) string {
	t.Helper()
	found, err := get[me](&trial{ctx: t.Context(), out: t.Output()}, client{s.URL(), token(t, s, "admin")}, "/v1/me")
	if err != nil || len(found.Orgs) == 0 || len(found.Orgs[0].Groups) == 0 {
		t.Fatalf("%+v, %v", found, err)
	}
	return found.Orgs[0].Groups[0].ID
}

func TestSettings(t *testing.T) {
	environment := map[string]string{"SMOKE_TOKEN": "a", "SMOKE_SECOND_TOKEN": "b\n"}
	getenv := func(name string) string { return environment[name] }
	const outputs = `[{"OutputKey":"TableName","OutputValue":"t"},{"OutputKey":"ApiUrl","OutputValue":"https://x.execute-api.eu-west-1.amazonaws.com","Description":"…"}]`
	s, err := settingsOf(getenv, strings.NewReader(outputs))
	if want := (settings{url: "https://x.execute-api.eu-west-1.amazonaws.com", token: "a", secondToken: "b"}); err != nil || s != want {
		t.Errorf("%+v, %v, want %+v", s, err, want)
	}
	environment = map[string]string{"SMOKE_TOKEN": "a", "SMOKE_SECOND_TOKEN": "a"}
	if _, err := settingsOf(getenv, strings.NewReader(`[]`)); err == nil || !strings.Contains(err.Error(), "no ApiUrl") || !strings.Contains(err.Error(), "two people") {
		t.Error(err)
	}
	environment = map[string]string{"SMOKE_URL": "https://x/"}
	s, err = settingsOf(getenv, nil)
	if err == nil || !strings.Contains(err.Error(), "SMOKE_TOKEN is not set") || !strings.Contains(err.Error(), "SMOKE_SECOND_TOKEN is not set") || s.url != "https://x" {
		t.Error(s, err)
	}
}
