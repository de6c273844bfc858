// Package awsapi is the AWS endpoint of the local stack: the one address at which functions find DynamoDB, Secrets
// Manager, SES and EventBridge.
//
// A call is known by the access key that it is signed with: each execution environment has its own. For a function's
// call the endpoint first does what IAM does: unless a statement of the function's policy in the template allows every
// action that the call needs, on everything that it names and under conditions that hold, the call is refused and
// reported. DynamoDB calls then go to the engine, which is also asked what they cost; calls and capacity units are
// added up for each environment until they are taken. A caller that isn't a function is a developer's own tool: it is
// allowed everything and isn't counted. Signatures aren't verified, so the endpoint must be on loopback only.
package awsapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"group-invites/infra/local/lambda"
	"group-invites/infra/local/putevents"
	"group-invites/infra/local/ses"
	"group-invites/infra/local/template"
)

// Options configure an API.
type Options struct {
	Engine       string              // base URL of the DynamoDB that answers
	PartitionKey string              // the table's
	Functions    []template.Function // their policies are enforced
	Mail         *ses.Service        // nil: there is none
	Events       *putevents.Service  // nil: there is none
	// Refused is told of every call that a policy doesn't allow. Nil drops it.
	Refused func(function, action, resource string)
}

// API is the endpoint. It is an http.Handler and a lambda.Meter, and may be used by any number of goroutines.
type API struct {
	engine       *url.URL
	partitionKey string
	transport    *http.Transport
	functions    []template.Function
	mail         *ses.Service
	events       *putevents.Service
	refused      func(function, action, resource string)

	mu      sync.Mutex
	secrets map[string]secret             // by ARN
	usage   map[string]lambda.Usage       // by access key id
	callers map[string]*template.Function // by access key id
	grants  map[*template.Statement][]*grant
}

// New returns an endpoint without secrets.
func New(o Options) (*API, error) {
	engine, err := url.Parse(o.Engine)
	if err != nil {
		return nil, fmt.Errorf("DynamoDB endpoint: %w", err)
	}
	if o.Refused == nil {
		o.Refused = func(string, string, string) {}
	}
	return &API{
		engine: engine,
		transport: &http.Transport{
			MaxIdleConnsPerHost: 256, // more than all functions together call at once
			IdleConnTimeout:     time.Minute,
			DisableCompression:  true, // answers carry a checksum of what the engine sent
		},
		partitionKey: o.PartitionKey,
		functions:    o.Functions,
		mail:         o.Mail,
		events:       o.Events,
		refused:      o.Refused,
		secrets:      map[string]secret{},
		usage:        map[string]lambda.Usage{},
		callers:      map[string]*template.Function{},
		grants:       grantsOf(o.Functions),
	}, nil
}

// Close drops idle connections to the engine.
func (a *API) Close() { a.transport.CloseIdleConnections() }

// Take returns what the environment with this access key has used since the last time.
func (a *API) Take(accessKeyID string) lambda.Usage {
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.usage[accessKeyID]
	delete(a.usage, accessKeyID)
	return u
}

// maxRequest is more than the largest request that DynamoDB takes (16 MB).
const maxRequest = 17 << 20

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		fail(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", err.Error())
		return
	}
	service, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	caller := a.caller(accessKey(r))
	switch {
	case service == "DynamoDB_20120810":
		a.dynamoDB(w, r, caller, operation, body)
	case service == "DynamoDBStreams_20120810":
		a.streams(w, r, caller, operation, body)
	case service == "secretsmanager" && operation == "GetSecretValue":
		a.getSecretValue(w, caller, body)
	case service == "secretsmanager" && operation == "PutSecretValue":
		a.putSecretValue(w, caller, body)
	case a.events != nil && service == "AWSEvents" && operation == "PutEvents":
		a.putEvents(w, caller, body)
	case a.mail != nil && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		a.query(w, r, caller, body)
	default:
		fail(w, http.StatusBadRequest, "UnknownOperationException", "the local stack doesn't know "+r.Header.Get("X-Amz-Target"))
	}
}

// identity is who calls. Function is nil for a developer's own tool.
type identity struct {
	accessKeyID string
	function    *template.Function
}

func (a *API) caller(accessKeyID string) identity {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, known := a.callers[accessKeyID]
	if !known {
		for i := range a.functions {
			if lambda.HoldsAccessKey(a.functions[i].Name, accessKeyID) {
				f = &a.functions[i]
				a.callers[accessKeyID] = f
			}
		}
	}
	return identity{accessKeyID, f}
}

// accessKey is the access key id in a request's signature.
func accessKey(r *http.Request) string {
	_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	id, _, _ := strings.Cut(credential, "/")
	return id
}

// fail answers with an error as AWS' JSON protocols have it.
func fail(w http.ResponseWriter, status int, kind, message string) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	encoder.Encode(map[string]string{"__type": kind, "message": message}) // texts
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	w.Write(body.Bytes())
}
