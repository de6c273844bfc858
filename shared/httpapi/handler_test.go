package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi/httpapitest"
)

// panics is a body whose marshalling does.
type panics struct{}

func (panics) MarshalJSON() ([]byte, error) { panic("a bug") }

func TestHandlers_BugsAreAnsweredAndLogged(t *testing.T) {
	for _, c := range []struct {
		what    string
		handler Handler
		cause   string
	}{
		{"a panic", func(context.Context, *Request) (Reply, error) { panic("a bug at heart") }, "a bug at heart"},
		{"a panic of an error", func(context.Context, *Request) (Reply, error) { panic(errors.New("a bug at heart")) }, "a bug at heart"},
		{"a nil pointer", func(_ context.Context, r *Request) (Reply, error) {
			var p *Request
			return Reply{}, errors.New(p.Method)
		}, "nil pointer"},
		{"neither answer nor error", func(context.Context, *Request) (Reply, error) { return Reply{}, nil }, "neither an answer nor an error"},
		{"an error that nobody knows", func(context.Context, *Request) (Reply, error) { return Reply{Status: 201}, errors.New("odd") }, "odd"},
		{"a body that can't be JSON", func(context.Context, *Request) (Reply, error) {
			return Reply{Status: 201, Body: math.Inf(1), Header: map[string]string{"Location": "/x"}}, nil
		}, "unsupported value"},
		{"a body that panics", func(context.Context, *Request) (Reply, error) { return Reply{Status: 200, Body: panics{}}, nil }, "a bug"},
	} {
		t.Run(c.what, func(t *testing.T) {
			lines := logged(t, func() {
				reply := serve(t, "directory", c.handler).Send("anna", "GET", "/v1/me", "")
				reply.Refused(500, "internal_error")
				if strings.Contains(reply.Body, c.cause) || reply.Header.Get("Location") != "" {
					t.Errorf("the answer tells too much: %v %s", reply.Header, reply.Body)
				}
			})
			var line struct {
				Level, Route, Cause, RequestID string
				Status                         int
			}
			if err := json.Unmarshal([]byte(lines[0]), &line); err != nil || len(lines) != 1 {
				t.Fatalf("%v: %q", err, lines)
			}
			if line.Level != "ERROR" || line.Status != 500 || line.Route != "GET /v1/me" || !strings.Contains(line.Cause, c.cause) || line.RequestID != httpapitest.RequestID {
				t.Errorf("logged %s", lines[0])
			}
		})
	}
}

// TestHandlers_APageMaySayThatItIsNotThere: an answer of its own with a status of failure is given, and logged as one.
func TestHandlers_APageMaySayThatItIsNotThere(t *testing.T) {
	lines := logged(t, func() {
		reply := serve(t, "web", func(context.Context, *Request) (Reply, error) {
			return Reply{Status: 503, Body: File{Type: "text/plain", Content: []byte("not there")}}, nil
		}).Send("", "GET", "/i", "")
		if reply.Status != 503 || reply.Body != "not there" {
			t.Errorf("%d %q", reply.Status, reply.Body)
		}
	})
	if len(lines) != 1 || !strings.Contains(lines[0], `"level":"WARN"`) || !strings.Contains(lines[0], `"status":503`) {
		t.Errorf("logged %q", lines)
	}
}

func TestHandlers_HaveTimeToAnswerUndecided(t *testing.T) {
	serve(t, "directory", func(ctx context.Context, _ *Request) (Reply, error) {
		deadline, ok := ctx.Deadline()
		if left := time.Until(deadline); !ok || left > 2500*time.Millisecond || left < 2*time.Second {
			t.Errorf("%v left", left)
		}
		return Reply{}, directory.ErrUnavailable
	}).Send("anna", "GET", "/v1/me", "").Refused(503, "unavailable")
}

func TestAnswers(t *testing.T) {
	t.Run("with a body are JSON", func(t *testing.T) {
		reply := serve(t, "directory", func(context.Context, *Request) (Reply, error) {
			return Reply{Status: 201, Body: map[string]string{"name": "<Zoë>"}, Header: map[string]string{"ETag": `"1"`, "Location": "/x"}}, nil
		}).Send("anna", "GET", "/v1/me", "").Is(201)
		if reply.Text("name") != "<Zoë>" || reply.Header.Get("ETag") != `"1"` || reply.Header.Get("Location") != "/x" {
			t.Errorf("%v %s", reply.Header, reply.Body)
		}
	})
	t.Run("without a body have no type", func(t *testing.T) {
		reply := serve(t, "directory", func(context.Context, *Request) (Reply, error) { return Reply{Status: 204}, nil }).Send("anna", "GET", "/v1/me", "").Is(204)
		if reply.Body != "" {
			t.Errorf("%d %q", reply.Status, reply.Body)
		}
	})
}

func TestLog_OneShortLineARequest(t *testing.T) {
	private := []string{"EAEjRWeJq83v", "Zoë", "anna", "example.com", "192.0.2.1", "0123456789abcdef", "cursor"}
	send := func(status int, err error) []string {
		return logged(t, func() {
			longest := "DELETE /v1/groups/{groupId}/members/{userId}"
			api := serve(t, "directory", func(_ context.Context, r *Request) (Reply, error) {
				if r.Route.String() != longest {
					t.Errorf("served %s", r.Route)
				}
				return Reply{Status: status, Body: map[string]string{"name": "Zoë", "code": "EAEjRWeJq83v"}}, err
			})
			api.Send("anna", "DELETE", "/v1/groups/0123456789abcdef/members/0123456789abcdef0123456789abcdef?cursor=EAEjRWeJq83v", `{"code":"EAEjRWeJq83v","name":"Zoë"}`,
				"Authorization", "Bearer x", "Idempotency-Key", "key")
		})
	}
	t.Run("that succeeds: at most 300 bytes", func(t *testing.T) {
		lines := send(200, nil)
		if len(lines) != 1 || len(lines[0]) > 300 {
			t.Errorf("%d lines, %d bytes: %q", len(lines), len(lines[0]), lines)
		}
		for _, p := range private {
			if strings.Contains(lines[0], p) {
				t.Errorf("%q is in %s", p, lines[0])
			}
		}
		var line map[string]any
		if err := json.Unmarshal([]byte(lines[0]), &line); err != nil || line["status"] != 200. || line["requestId"] != httpapitest.RequestID || line["level"] != "INFO" {
			t.Errorf("%v: %s", err, lines[0])
		}
	})
	for _, c := range []struct {
		err   error
		level string
		holds string
	}{
		{directory.ErrNotFound, "INFO", `"code":"not_found"`},
		{directory.Invalid("name", "Zoë of example.com"), "INFO", `"code":"invalid_request"`},
		{fmt.Errorf("join: %w", directory.ErrUnavailable), "WARN", `"cause":"join: table unavailable"`},
		{errors.New("odd"), "ERROR", `"cause":"odd"`},
	} {
		t.Run("that is refused: "+c.err.Error(), func(t *testing.T) {
			lines := send(200, c.err)
			if len(lines) != 1 || !strings.Contains(lines[0], `"level":"`+c.level+`"`) || !strings.Contains(lines[0], c.holds) {
				t.Errorf("%q", lines)
			}
			for _, p := range private {
				if strings.Contains(lines[0], p) {
					t.Errorf("%q is in %s", p, lines[0])
				}
			}
		})
	}
	t.Run("that finds no route, or can't be read: without the path that was asked for", func(t *testing.T) {
		for _, event := range []events.APIGatewayV2HTTPRequest{
			httpapitest.Event("GET", "/i/EAEjRWeJq83v\nINFO forged", "", nil), httpapitest.Event("PUT", "/v1/invites/redeem", "", nil),
			httpapitest.Event("EAEjRWeJq83v\nINFO forged", "/v1/me", "", nil),
		} {
			lines := logged(t, func() { serve(t, "directory", unreached(t)).Do(event) })
			if len(lines) != 1 || strings.Contains(lines[0], "EAEjRWeJq83v") || strings.Contains(lines[0], "forged") || len(lines[0]) > 300 {
				t.Errorf("%q", lines)
			}
		}
	})
}

func TestNew_RefusesFunctionsThatDoNotFitTheRoutes(t *testing.T) {
	redeem := map[string]Handler{"POST /v1/invites/redeem": accept}
	for what, act := range map[string]func(){
		"a route without a handler":       func() { New("redeem-invite", nil) },
		"a handler of another function's": func() { New("preview-invite", redeem) },
		"a handler more than there are routes": func() {
			New("redeem-invite", map[string]Handler{"POST /v1/invites/redeem": accept, "GET /v1/me": accept})
		},
	} {
		t.Run(what, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it starts")
				}
			}()
			act()
		})
	}
	New("redeem-invite", redeem)
}

// Every path of the API, asked by every method, of every function: its own routes are served, all others are told what there is.
func TestRoutes(t *testing.T) {
	methods := []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
	ids := strings.NewReplacer("{orgId}", "0123456789", "{groupId}", "0123456789abcdef", "{inviteId}", "0123456789abcdef", "{userId}", strings.Repeat("0123456789abcdef", 2))
	functions, allowed := map[string]bool{}, map[string][]string{}
	for _, route := range Routes {
		functions[route.Function] = true
		allowed[route.Path] = append(allowed[route.Path], route.Method)
		slices.Sort(allowed[route.Path])
	}
	for function := range functions {
		api := serve(t, function, func(_ context.Context, r *Request) (Reply, error) {
			return Reply{Status: 200, Body: map[string]string{"route": r.Route.String()}}, nil
		})
		for path, known := range allowed {
			for _, method := range methods {
				reply := api.Send("anna", method, ids.Replace(path), "")
				served := slices.ContainsFunc(Routes, func(r Route) bool { return r.Method == method && r.Path == path && r.Function == function })
				switch {
				case served:
					if reply.Is(200).Text("route") != method+" "+path {
						t.Errorf("%s %s was served as %s", method, path, reply.Body)
					}
				case slices.Contains(known, method): // by another function, to which API Gateway sends it
					reply.Refused(404, "not_found")
				default:
					reply.Refused(405, "method_not_allowed")
					if allow := reply.Header.Get("Allow"); allow != strings.Join(known, ", ") {
						t.Errorf("%s %s: Allow %q, want %q", method, path, allow, known)
					}
				}
			}
		}
	}
}

// Who has no account may see what a link is, and say that he wants no mail.
func TestRoutes_OnlyPreviewAndWhatMailsLeadToWorkWithoutSigningIn(t *testing.T) {
	ids := strings.NewReplacer("{orgId}", "0123456789", "{groupId}", "0123456789abcdef", "{inviteId}", "0123456789abcdef", "{userId}", strings.Repeat("0123456789abcdef", 2))
	for _, route := range Routes {
		if route.Open != (route.Function == "preview-invite" || route.Function == "unsubscribe") {
			t.Errorf("%s is open: %v", route, route.Open)
		}
		if route.Open {
			serve(t, route.Function, accept).Send("", route.Method, ids.Replace(route.Path), "").Is(200)
			continue
		}
		serve(t, route.Function, unreached(t)).Send("", route.Method, ids.Replace(route.Path), "").Refused(401, "unauthenticated")
	}
}
