// Package gateway is the HTTP API of the local stack: it does with a request what API Gateway does.
//
// A request goes through these steps, each of which may end it: limits of size, CORS preflight, route, throttle,
// authorizer, and the route's function, which gets the request as an event in payload format 2.0. What the gateway itself
// refuses has the body {"message": …}, and the function isn't called. A request that no route takes is a 404.
//
// Facts that API Gateway's documentation doesn't settle are decided so: a request counts against the throttle before
// its token is looked at; a path is taken apart at its literal slashes, so %2F doesn't end a segment; a function error,
// a timeout of the function included, is a 500, and running into the integration timeout a 503.
package gateway

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"group-invites/infra/local/lambda"
	"group-invites/infra/local/template"
)

const (
	// MaxHead is the size in bytes that the request line and the headers together may not exceed.
	MaxHead = 10240
	// MaxBody is the size in bytes that a body may not exceed.
	MaxBody = 10 << 20
	// IntegrationTimeout is how long the gateway waits for a function.
	IntegrationTimeout = 30 * time.Second
)

// ExecutedVersion is the header that says which version of its function answered, where there are two. Lambda's Invoke has it; the HTTP APIs of the
// cloud don't pass it on.
const ExecutedVersion = "X-Amz-Executed-Version"

// Invoker calls functions. *lambda.Service is one.
type Invoker interface {
	Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error)
}

// Options configure a Gateway.
type Options struct {
	Template   *template.Template // routes, authorizer, CORS and throttling
	Invoker    Invoker
	HTTPClient *http.Client // fetches the issuer's keys; nil means http.DefaultClient
	Done       func(Record) // is told of every request when it has been answered; nil drops it
	Now        func() time.Time
	Timeout    time.Duration // 0 means IntegrationTimeout
}

// Record is what became of one request.
type Record struct {
	Time     time.Time
	Method   string
	Path     string
	Route    string // key of the route; empty where none was reached
	Function string // function of the route; empty where none was reached
	Status   int
	Duration time.Duration
	Called   bool          // the function was called
	Result   lambda.Result // of the call
	Err      error         // why the gateway refused or couldn't serve
}

// Gateway is a handler. It may be used by any number of goroutines.
type Gateway struct {
	options    Options
	routes     []route
	authorizer *authorizer
}

// New returns the gateway of a template.
func New(o Options) *Gateway {
	if o.HTTPClient == nil {
		o.HTTPClient = http.DefaultClient
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Done == nil {
		o.Done = func(Record) {}
	}
	if o.Timeout == 0 {
		o.Timeout = IntegrationTimeout
	}
	return &Gateway{
		options:    o,
		routes:     newRoutes(o.Template),
		authorizer: newAuthorizer(o.Template.Authorizer, o.HTTPClient, o.Now),
	}
}

// refusal ends a request. It is what the gateway itself answers.
type refusal struct {
	status       int
	message      string
	authenticate string // WWW-Authenticate
	cause        error  // for the log
}

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begin := g.options.Now()
	record := Record{Time: begin, Method: r.Method, Path: r.URL.Path}
	requestID := newRequestID()
	w.Header().Set("Apigw-Requestid", requestID)

	if preflight := g.cors(w.Header(), r); preflight {
		record.Status = http.StatusNoContent
		w.WriteHeader(record.Status)
	} else if refused := g.serve(w, r, requestID, &record); refused != nil {
		record.Status, record.Err = refused.status, refused.cause
		refuse(w, refused)
	}
	record.Duration = g.options.Now().Sub(begin)
	g.options.Done(record)
}

func (g *Gateway) serve(w http.ResponseWriter, r *http.Request, requestID string, record *Record) *refusal {
	if headSize(r) > MaxHead {
		return &refusal{status: http.StatusRequestHeaderFieldsTooLarge, message: "Request Header Fields Too Large"}
	}
	matched, parameters := match(g.routes, r)
	if matched == nil {
		return &refusal{status: http.StatusNotFound, message: "Not Found"}
	}
	record.Route, record.Function = matched.Key(), matched.Function
	if !matched.bucket.Allow() {
		return &refusal{status: http.StatusTooManyRequests, message: "Too Many Requests"}
	}
	var caller *jwtContext
	if !matched.Open {
		var refused *refusal
		if caller, refused = g.authorizer.authorize(r, matched.Scopes); refused != nil {
			return refused
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return &refusal{status: http.StatusRequestEntityTooLarge, message: "Request Entity Too Large"}
	case err != nil:
		return &refusal{status: http.StatusBadRequest, message: "Bad Request", cause: err}
	}
	payload, err := json.Marshal(newEvent(r, body, matched.Key(), parameters, caller, requestID, record.Time))
	if err != nil {
		return &refusal{status: http.StatusBadRequest, message: "Bad Request", cause: err}
	}

	// A client that goes away doesn't end its request: the function runs on, as it does in the cloud.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), g.options.Timeout)
	defer cancel()
	result, err := g.options.Invoker.Invoke(ctx, matched.Function, payload)
	switch {
	case errors.Is(err, lambda.ErrRequestTooLarge):
		return &refusal{status: http.StatusRequestEntityTooLarge, message: "Request Entity Too Large", cause: err}
	case err != nil:
		return &refusal{status: http.StatusServiceUnavailable, message: "Service Unavailable", cause: err}
	}
	record.Called, record.Result = true, result
	if result.Version != "" {
		w.Header().Set(ExecutedVersion, result.Version)
	}
	if result.FunctionError != "" {
		return &refusal{status: http.StatusInternalServerError, message: "Internal Server Error", cause: errors.New(result.FunctionError + ": " + result.ErrorMessage())}
	}
	answer, err := parseResponse(result.Payload)
	if err != nil {
		return &refusal{status: http.StatusInternalServerError, message: "Internal Server Error", cause: err}
	}
	record.Status = answer.StatusCode
	answer.write(w, len(g.options.Template.CORS.AllowOrigins) > 0)
	return nil
}

func refuse(w http.ResponseWriter, r *refusal) {
	body, _ := json.Marshal(map[string]string{"message": r.message}) // a text
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.authenticate != "" {
		h.Set("Www-Authenticate", r.authenticate)
	}
	w.WriteHeader(r.status)
	w.Write(body)
}

// headSize is the size of the request line and the headers on the wire.
func headSize(r *http.Request) int {
	size := len(r.Method) + len(r.RequestURI) + len(r.Proto) + len("  \r\n")
	size += len("Host: \r\n") + len(r.Host)
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v) + len(": \r\n")
		}
	}
	return size
}

// newRequestID has the form of API Gateway's: 16 characters of base64.
func newRequestID() string {
	var b [11]byte
	rand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}
