package acceptance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/shared/httpapi/openapitest"
)

// answer is what came back.
type answer struct {
	Status int
	Header http.Header
	Body   []byte
}

func (a answer) String() string {
	body := a.Body
	if len(body) > 500 {
		body = append(slices.Clip(body[:500]), "…"...)
	}
	return fmt.Sprintf("%d %s%s", a.Status, body, a.by())
}

// do sends a request. A token goes into the Authorization header unless it is empty. A body that is a string is sent as it is, nil is
// none, and anything else is sent as JSON. Headers are given as "Name: value" and added; Host sets the host.
func (s *site) do(ctx context.Context, method, path, token string, body any, headers ...string) (answer, error) {
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return answer{}, err
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.URL()+path, content)
	if err != nil {
		return answer{}, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		switch {
		case name == "Host":
			r.Host = value
		case name == "Content-Type" && value == "":
			r.Header.Del(name)
		case name == "Content-Type":
			r.Header.Set(name, value)
		default:
			r.Header.Add(name, value)
		}
	}
	response, err := s.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{response.StatusCode, response.Header, text}
	return a, a.keepsContract(r)
}

// keepsContract tells what in an answer is not as functions/web/openapi.yaml has it. Paths outside the API have no contract, nor have the
// gateway's answers to preflights.
func (a answer) keepsContract(r *http.Request) error {
	if r.Method == http.MethodOptions && a.Status == http.StatusNoContent {
		return nil
	}
	document, err := a.contract()
	if err != nil {
		return err
	}
	var sent []byte
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return err
		}
		if sent, err = io.ReadAll(body); err != nil {
			return err
		}
	}
	err = document.Check(openapitest.Exchange{
		Method: r.Method, Path: r.URL.EscapedPath(), Sent: sent, Status: a.Status, Header: a.Header, Body: a.Body,
	})
	if err == nil || errors.Is(err, openapitest.ErrNoOperation) && !strings.HasPrefix(r.URL.Path, "/v1/") {
		return nil
	}
	return fmt.Errorf("%w%s", err, a.by())
}

// send is do that must get an answer.
func (s *site) send(t testing.TB, method, path, token string, body any, headers ...string) answer {
	t.Helper()
	a, err := s.do(t.Context(), method, path, token, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	if by := a.by(); by != "" { // what led to a failure
		t.Logf("%s %s: %d%s", method, strings.SplitN(path, "?", 2)[0], a.Status, by)
	}
	return a
}

// want is do that must get this status.
func (s *site) want(t testing.TB, status int, method, path, token string, body any, headers ...string) answer {
	t.Helper()
	a := s.send(t, method, path, token, body, headers...)
	if a.Status != status {
		t.Fatalf("%s %s: %s, want %d", method, path, a, status)
	}
	return a
}

// raw sends bytes as they are over a connection of their own, and reads one answer to a request of that method.
func (s *site) raw(t testing.TB, method, request string) answer {
	t.Helper()
	var dialer net.Dialer
	connection, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(connection, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%.200q: %v", request, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, text}
}

// read decodes the body of an answer.
func read[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.Body, &v); err != nil {
		t.Fatalf("%s: %v", a, err)
	}
	return v
}

// get reads what is at the path.
func get[T any](t testing.TB, s *site, path, token string) T {
	t.Helper()
	return read[T](t, s.want(t, http.StatusOK, "GET", path, token, nil))
}

// The shapes of answers.
type (
	named struct {
		ID   string
		Name string
	}
	list[T any] struct {
		Items      []T
		NextCursor *string
	}
	link struct {
		ID         string
		GroupID    string
		GroupName  string
		OrgID      string
		OrgName    string
		Name       string
		Access     string
		Expiration string
		ExpiresAt  *time.Time
		CreatedAt  time.Time
		CreatedBy  named
		MaxUses    *int
		Uses       int
		State      string
		URL        *string
	}
	preview struct {
		State      string
		Access     *string
		ExpiresAt  *time.Time
		ServerTime time.Time
		Org        struct{ Name *string }
		Group      struct{ Name *string }
		CreatedBy  struct{ Name *string }
	}
	recipient struct {
		ID     string
		Email  string
		State  string
		Reason *string
		Detail *string
		SentBy named
	}
	joined struct {
		Org           named
		Group         named
		AlreadyMember bool
	}
	organization struct {
		ID        string
		Name      string
		AddPeople []string
		CreatedAt time.Time
	}
	group struct {
		ID            string
		OrgID         string
		OrgName       string
		Name          string
		CreatedAt     time.Time
		Capabilities  []string
		AccessOptions []string
	}
	member struct {
		ID       string
		Name     string
		Role     string
		JoinedAt time.Time
		Email    *string
	}
	me struct {
		User struct {
			ID    string
			Name  string
			Email *string
		}
		Orgs []struct {
			ID        string
			Name      string
			Role      string
			AddPeople []string
			Groups    []named
		}
	}
	problem struct {
		Type      string
		Title     string
		Status    int
		Code      string
		Detail    string
		Errors    []struct{ Field, Message string }
		RequestID string
	}
)

// code is the secret part of a link.
func (l link) code(t testing.TB) string {
	t.Helper()
	if l.URL == nil {
		t.Fatalf("link %s has no URL", l.ID)
	}
	_, code, found := strings.Cut(*l.URL, "/i#")
	if !found {
		t.Fatalf("URL %q", *l.URL)
	}
	return code
}

// refusal checks that an answer is a problem of this status and code, and names these fields and no others.
func (a answer) refusal(t testing.TB, status int, code string, fields ...string) problem {
	t.Helper()
	if kind := a.Header.Get("Content-Type"); a.Status != status || kind != "application/problem+json" {
		t.Errorf("%s (%s), want %d %s as a problem", a, kind, status, code)
		return problem{}
	}
	p := read[problem](t, a)
	var named []string
	for _, e := range p.Errors {
		named = append(named, e.Field)
		if e.Message == "" {
			t.Errorf("%s: no message for %s", a, e.Field)
		}
	}
	slices.Sort(named)
	slices.Sort(fields)
	if p.Code != code || !slices.Equal(slices.Compact(named), fields) {
		t.Errorf("%s, want code %s and fields %v", a, code, fields)
	}
	if p.Type != "about:blank" || p.Title != http.StatusText(status) || p.Status != status || p.Detail == "" || p.Errors == nil || p.RequestID == "" {
		t.Errorf("%s is not a whole problem", a)
	}
	return p
}

// gatewayRefusal checks that the gateway itself refused.
func (a answer) gatewayRefusal(t testing.TB, status int, message string) {
	t.Helper()
	if want := `{"message":"` + message + `"}`; a.Status != status || string(a.Body) != want || a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s (%s), want %d %s", a, a.Header.Get("Content-Type"), status, want)
	}
}
