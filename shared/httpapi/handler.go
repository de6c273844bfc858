package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"group-invites/shared/directory"
	"group-invites/shared/emf"
)

// operationTimeout bounds what a function does for a request, so that there is time to answer 503 within 3 seconds.
const operationTimeout = 2500 * time.Millisecond

// Request is a request to a route, with who calls: a person, a machine on routes that are for those, or nobody known on open routes.
type Request struct {
	*http.Request
	Caller  directory.Caller
	Machine Machine
	Route   Route
}

// Reply is an answer: a status, and a body to be written as JSON, a [File] to be written as it is, or nil for none.
type Reply struct {
	Status int
	Body   any
	Header map[string]string
	// Cause is for the log alone: what went wrong with a part of what the answer is about.
	Cause error
}

// File is a body that is not JSON of ours.
type File struct {
	Type    string // media type
	Content []byte
}

// Handler answers one request, or gives the error to answer with. A [File] that comes with an error is its page: it is written in place of
// the problem, with the problem's status and headers. That is for routes that people see.
type Handler func(ctx context.Context, r *Request) (Reply, error)

// New makes the handler of one function: of each of its routes in [Routes] and [Pages], by its String. Requests for anything else get
// 404 or 405, as those for unknown routes do. It panics if a route has no handler, or a handler no route: that function can't start.
func New(function string, handlers map[string]Handler) http.Handler {
	for _, route := range served {
		if (handlers[route.String()] != nil) != (route.Function == function) {
			panic(fmt.Sprintf("function %s and route %s do not agree", function, route))
		}
	}
	return &server{
		function: function, handlers: handlers, log: lambdacontext.NewLogger(), metrics: emf.Of(lambdacontext.FunctionName, function),
	}
}

type server struct {
	function string
	handlers map[string]Handler
	log      *slog.Logger
	metrics  emf.Metrics
}

// ServeHTTP answers a request, and writes one line to the log.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	route, reply, err := s.answer(r)
	code := ""
	if err != nil {
		problem, header := problemOf(err, requestID(r.Context()))
		for name, value := range reply.Header {
			header[name] = value
		}
		page := reply.Body
		reply, code = Reply{Status: problem.Status, Body: problem, Header: header}, problem.Code
		if page != nil {
			reply.Body = page
		}
	}
	if err == nil {
		err = reply.Cause
	}
	if err := write(w, reply); err != nil {
		s.log.ErrorContext(r.Context(), "answer not written", "route", route, "cause", err.Error())
	}
	s.record(r.Context(), route, reply.Status, code, err, time.Since(start))
}

// record writes the line: what was asked for, how it ended, and why. Causes of errors that callers make are in their code. What fails is counted, and
// what is refused of what is about links; what succeeds the function tally counts.
func (s *server) record(ctx context.Context, route string, status int, code string, err error, took time.Duration) {
	attributes := []any{"route", route, "status", status, "ms", took.Milliseconds()}
	level := slog.LevelInfo
	if code != "" {
		attributes = append(attributes, "code", code)
	}
	partly := status < 400 && err != nil
	if status >= 500 || partly {
		level = slog.LevelError
		if status == http.StatusServiceUnavailable || partly && errors.Is(err, directory.ErrUnavailable) {
			level = slog.LevelWarn
		}
		if err != nil { // a page may say by itself that it isn't there
			attributes = append(attributes, "cause", err.Error())
		}
	}
	switch now := time.Now(); {
	case status >= 500, partly:
		attributes = append(attributes, s.metrics.Attr(now, emf.Count(emf.Faults, 1)))
	case code != "" && strings.Contains(route, "/invites"):
		attributes = append(attributes, s.metrics.Refused(now, code))
	}
	s.log.Log(ctx, level, "request", attributes...)
}

// answer finds and runs the route's handler, and makes JSON of its body. Nothing that happens there ends the process.
func (s *server) answer(r *http.Request) (name string, reply Reply, err error) {
	defer func() {
		if p := recover(); p != nil {
			reply, err = Reply{}, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	route, allow := find(r)
	handler := s.handlers[route.String()]
	switch {
	case len(allow) > 0:
		return "unknown method", Reply{Header: map[string]string{"Allow": strings.Join(allow, ", ")}}, errMethodNotAllowed
	case handler == nil, !routedAs(r.Context(), route):
		return "unknown path", Reply{}, directory.ErrNotFound
	}
	name = route.String()
	request := &Request{Request: r, Route: route}
	known := true
	switch {
	case route.Machine:
		request.Machine, known = machineOf(r.Context())
	case !route.Open:
		request.Caller, known = callerOf(r.Context())
	}
	if !known {
		return name, Reply{}, errUnauthenticated
	}
	ctx, cancel := context.WithTimeout(r.Context(), operationTimeout)
	defer cancel()
	reply, err = handler(ctx, request)
	switch {
	case err != nil:
		if page, ok := reply.Body.(File); ok {
			return name, Reply{Body: page, Header: reply.Header}, err
		}
		return name, Reply{}, err
	case reply.Status == 0:
		return name, Reply{}, errors.New("the handler gave neither an answer nor an error")
	case reply.Body == nil:
		return name, reply, nil
	}
	if _, ok := reply.Body.(File); ok {
		return name, reply, nil
	}
	body, err := json.Marshal(reply.Body)
	if err != nil {
		return name, Reply{}, fmt.Errorf("answer: %w", err)
	}
	reply.Body = json.RawMessage(body)
	return name, reply, nil
}

// always are the headers of every answer, unless it has its own. It may hold what only its reader may see, so none is kept. It is for who asks by
// TLS, and for scripts that the rules for other origins let read it: a browser that is led to it shows no more than its text, in nobody's frame, and
// gives it to no page that embeds it.
var always = map[string]string{
	"Cache-Control":                "no-store",
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"Strict-Transport-Security":    "max-age=63072000",
	"X-Content-Type-Options":       "nosniff",
}

// write sends an answer.
func write(w http.ResponseWriter, reply Reply) error {
	h := w.Header()
	for name, value := range always {
		h.Set(name, value)
	}
	for name, value := range reply.Header {
		h.Set(name, value)
	}
	if reply.Body == nil {
		w.WriteHeader(reply.Status)
		return nil
	}
	if file, ok := reply.Body.(File); ok {
		h.Set("Content-Type", file.Type)
		w.WriteHeader(reply.Status)
		_, err := w.Write(file.Content)
		return err
	}
	body, err := json.Marshal(reply.Body)
	if err != nil {
		return err
	}
	h.Set("Content-Type", "application/json")
	if _, ok := reply.Body.(Problem); ok {
		h.Set("Content-Type", "application/problem+json")
	}
	w.WriteHeader(reply.Status)
	_, err = w.Write(body)
	return err
}

// requestID is the invocation's, under which the function's log has it.
func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
