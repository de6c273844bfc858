// Package httpapitest calls a function as API Gateway does, by events of payload format 2.0, and looks at its answers.
package httpapitest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Invoke is a function, as httpapi.Adapt makes it.
type Invoke = func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)

// RequestID is the id of every invocation.
const RequestID = "8c5e1f8a-request"

// API is a function under test.
type API struct {
	testing.TB
	Function Invoke
	Issuer   string // of the callers' tokens
	// State, if it is set, gives what no refused request may change.
	State func() string
}

// Event makes the event of a request. Target is a path and perhaps a query; headers are names and values in turn. A body is sent as
// application/json, unless the headers say otherwise. Without claims the request passed no authorizer.
func Event(method, target, body string, claims map[string]string, headers ...string) events.APIGatewayV2HTTPRequest {
	path, query, _ := strings.Cut(target, "?")
	event := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: path, RawQueryString: query, Body: body,
		Headers: map[string]string{"host": "abc123.execute-api.eu-central-1.amazonaws.com", "user-agent": "test", "accept": "*/*"},
	}
	event.RequestContext.Stage = "$default"
	event.RequestContext.DomainName = event.Headers["host"]
	event.RequestContext.HTTP.Method, event.RequestContext.HTTP.Path = method, path
	event.RequestContext.HTTP.Protocol, event.RequestContext.HTTP.SourceIP = "HTTP/1.1", "192.0.2.1"
	if body != "" {
		event.Headers["content-type"] = "application/json"
	}
	for i := 0; i+1 < len(headers); i += 2 {
		event.Headers[strings.ToLower(headers[i])] = headers[i+1]
	}
	if claims != nil {
		event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: claims, Scopes: []string{"invites"}},
		}
	}
	return event
}

// Claims gives the claims of someone's access token, all as text, as API Gateway hands them over.
func Claims(issuer, name string) map[string]string {
	return map[string]string{
		"iss": issuer, "sub": name, "aud": "test", "token_use": "access", "scope": "invites", "exp": "1900000000",
		"name": name, "email": name + "@example.com", "email_verified": "true",
	}
}

// Context gives an invocation's context.
func Context(t testing.TB) context.Context {
	return lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: RequestID})
}

// Send makes a request as the named person, or as nobody for "". See [Event] for the rest.
func (a *API) Send(who, method, target, body string, headers ...string) *Reply {
	a.Helper()
	var claims map[string]string
	if who != "" {
		claims = Claims(a.Issuer, who)
	}
	return a.Do(Event(method, target, body, claims, headers...))
}

// Do hands an event to the function. No request may make it fail. If the answer is an error, nothing may have been written.
func (a *API) Do(event events.APIGatewayV2HTTPRequest) *Reply {
	a.Helper()
	before := ""
	if a.State != nil {
		before = a.State()
	}
	response, err := a.Function(Context(a.TB), event)
	what := event.RequestContext.HTTP.Method + " " + event.RawPath
	if err != nil {
		a.Fatalf("%s: the function failed: %v", what, err)
	}
	if response.StatusCode >= 400 && a.State != nil && a.State() != before {
		a.Errorf("%s was answered %d, yet the table has changed", what, response.StatusCode)
	}
	header := http.Header(response.MultiValueHeaders)
	if header == nil {
		header = http.Header{}
	}
	for name, value := range response.Headers {
		header.Set(name, value)
	}
	if header.Get("Cache-Control") != "no-store" || !Protected(header) || len(response.Cookies) > 0 {
		a.Errorf("%s: headers %v", what, header)
	}
	return &Reply{TB: a.TB, what: what, Status: response.StatusCode, Header: header, Body: response.Body}
}

// Protected tells whether an answer has the headers by which browsers do no more with it than they should: it stays with TLS, is taken for what it says
// that it is, loads and frames nothing and is in no frame but as its own policy has it, is embedded by no other origin, and its address goes nowhere.
func Protected(h http.Header) bool {
	policy := h.Get("Content-Security-Policy")
	return h.Get("Strict-Transport-Security") == "max-age=63072000" && h.Get("X-Content-Type-Options") == "nosniff" && h.Get("Referrer-Policy") == "no-referrer" &&
		h.Get("Cross-Origin-Resource-Policy") == "same-origin" && strings.HasPrefix(policy, "default-src 'none'; ") && strings.Contains(policy, "frame-ancestors 'none'")
}

// Reply is an answer.
type Reply struct {
	testing.TB
	what   string
	Status int
	Header http.Header
	Body   string
}

// Is expects a status of success, and a body of JSON if there is one.
func (r *Reply) Is(status int) *Reply {
	r.Helper()
	if r.Status != status {
		r.Fatalf("%s: %d, want %d: %s", r.what, r.Status, status, r.Body)
	}
	if kind := r.Header.Get("Content-Type"); r.Body != "" && kind != "application/json" || r.Body == "" && kind != "" {
		r.Errorf("%s: Content-Type %q", r.what, kind)
	}
	return r
}

// Refused expects an error: its status, code and faulty fields, in that order, and all that belongs to one.
func (r *Reply) Refused(status int, code string, fields ...string) *Reply {
	r.Helper()
	if r.Status != status {
		r.Errorf("%s: %d, want %d %s: %s", r.what, r.Status, status, code, r.Body)
		return r
	}
	var problem struct {
		Type, Title, Code, Detail, RequestID string
		Status                               int
		Errors                               []struct{ Field, Message string }
	}
	r.Decode(&problem)
	var faulty []string
	for _, e := range problem.Errors {
		faulty = append(faulty, e.Field)
		if e.Message == "" {
			r.Errorf("%s: no message for %s", r.what, e.Field)
		}
	}
	if problem.Code != code || !slices.Equal(faulty, fields) {
		r.Errorf("%s: %s %q, want %s %q: %s", r.what, problem.Code, faulty, code, fields, r.Body)
	}
	if problem.Type != "about:blank" || problem.Title != http.StatusText(status) || problem.Status != status || problem.Detail == "" ||
		problem.RequestID != RequestID || r.Header.Get("Content-Type") != "application/problem+json" ||
		Keys(r.JSON()) != "code detail errors requestId status title type" {
		r.Errorf("%s: not a whole problem: %s %s", r.what, r.Header.Get("Content-Type"), r.Body)
	}
	if retry := r.Header.Get("Retry-After"); (status == 429 || status == 503) == (retry == "") {
		r.Errorf("%s: Retry-After %q", r.what, retry)
	}
	return r
}

// Decode reads the body into v. Fields that v doesn't have are ignored.
func (r *Reply) Decode(v any) {
	r.Helper()
	if err := json.Unmarshal([]byte(r.Body), v); err != nil {
		r.Fatalf("%s: %v: %s", r.what, err, r.Body)
	}
}

// JSON gives the body, which is an object.
func (r *Reply) JSON() map[string]any {
	r.Helper()
	var object map[string]any
	r.Decode(&object)
	return object
}

// At gives what is in the body below names of fields and, as "0", places in lists.
func (r *Reply) At(path ...string) any {
	r.Helper()
	var at any = r.JSON()
	for _, name := range path {
		switch v := at.(type) {
		case map[string]any:
			at = v[name]
		case []any:
			if i := int(name[0] - '0'); i < len(v) {
				at = v[i]
				continue
			}
			r.Fatalf("%s: no %v in %s", r.what, path, r.Body)
		default:
			r.Fatalf("%s: no %v in %s", r.what, path, r.Body)
		}
	}
	return at
}

// Text gives the text at a path of the body.
func (r *Reply) Text(path ...string) string {
	r.Helper()
	text, ok := r.At(path...).(string)
	if !ok {
		r.Fatalf("%s: %v is no text in %s", r.what, path, r.Body)
	}
	return text
}

// Keys lists the names of an object's fields.
func Keys(object any) string {
	fields, ok := object.(map[string]any)
	if !ok {
		return ""
	}
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
