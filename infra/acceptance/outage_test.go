package acceptance

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"group-invites/infra/local/engine"
	"group-invites/infra/local/stack"
)

// outage stands in front of an engine and can be told to fail as DynamoDB may.
type outage struct {
	*httptest.Server
	mu   sync.Mutex
	now  http.HandlerFunc // nil lets calls through
	over chan struct{}    // closed at the end of the outage
}

// newOutage stands in front of an engine: an outage that hasn't begun.
func newOutage(t *testing.T) *outage {
	t.Helper()
	endpoint, stop, err := engine.Open(t.Context(), engine.Options{Stderr: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	behind, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	through := httputil.NewSingleHostReverseProxy(behind)
	through.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) } // callers go
	o := &outage{}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		fail := o.now
		o.mu.Unlock()
		if fail != nil {
			fail(w, r)
			return
		}
		through.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		o.end()
		o.CloseClientConnections()
		o.Close()
	})
	return o
}

// begin makes all calls fail; end ends that.
func (o *outage) begin(kind func(over <-chan struct{}) http.HandlerFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = make(chan struct{})
	o.now = kind(o.over)
}

func (o *outage) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.now != nil {
		o.now = nil
		close(o.over)
	}
}

// The ways in which calls fail.
var outages = map[string]func(over <-chan struct{}) http.HandlerFunc{
	"it answers that it fails": func(<-chan struct{}) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			w.WriteHeader(http.StatusInternalServerError)
			w.Write([]byte(`{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"injected"}`))
		}
	},
	"it cuts connections": func(<-chan struct{}) http.HandlerFunc {
		return func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	},
	"it doesn't answer": func(over <-chan struct{}) http.HandlerFunc {
		return func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // only after the body does a server notice that its client goes
			select {
			case <-over:
			case <-r.Context().Done():
			}
			panic(http.ErrAbortHandler)
		}
	},
}

const (
	answerWithin = 3 * time.Second // while DynamoDB fails
	rightWithin  = 2 * time.Second // after its return
)

// TestCases_DynamoDBFails: everything that needs the table answers 503 in time and nothing else, writes nothing, and is right again as soon
// as DynamoDB is. What a caller may repeat then gives what it would have given.
func TestCases_DynamoDBFails(t *testing.T) {
	t.Parallel()
	table := newOutage(t)
	s := start(t, stack.Options{DynamoDBEndpoint: table.URL})
	for kind, fail := range outages {
		t.Run(kind, func(t *testing.T) {
			o := s.org(t)
			made := o.link(t, o.admin, object{"access": "anyone", "maxUses": 5})
			doomed := o.link(t, o.admin, anyone)
			newcomer := s.person(t, "newcomer")
			code := object{"code": made.code(t)}
			requests := []struct {
				method, path, token string
				body                any
				after               int // status, when it is repeated after the outage
			}{
				{"POST", "/v1/invites/preview", "", code, 200},
				{"POST", "/v1/invites/redeem", newcomer.token, code, 201},
				{"POST", o.in("/invites"), o.admin.token, anyone, 201},
				{"GET", o.in("/invites"), o.admin.token, nil, 200},
				{"DELETE", o.invite(doomed), o.admin.token, nil, 204},
				{"GET", "/v1/me", o.admin.token, nil, 200},
				{"POST", o.path("/groups"), o.admin.token, object{"name": "Meteors"}, 201},
			}
			s.want(t, 404, "DELETE", o.in("/invites/0000000000000000"), o.admin.token, nil) // warms the last of the functions
			get[list[link]](t, s, o.in("/invites"), o.admin.token)
			s.want(t, 200, "POST", "/v1/invites/preview", "", code)
			s.refused(t, newcomer, "x", 404, "not_found")
			s.settled(t)
			before := s.rows(t, o.id, newcomer.id)

			table.begin(fail)
			defer table.end()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var during errgroup.Group
			for _, request := range requests {
				for range 2 {
					during.Go(func() error {
						begin := time.Now()
						a, err := s.do(ctx, request.method, request.path, request.token, request.body)
						if err != nil {
							return err
						}
						if took := time.Since(begin); took > answerWithin {
							t.Errorf("%s %s took %v", request.method, request.path, took)
						}
						a.refusal(t, 503, "unavailable")
						return nil
					})
				}
			}
			if err := during.Wait(); err != nil {
				t.Fatal(err)
			}

			table.end()
			back := time.Now()
			after := s.rows(t, o.id, newcomer.id)
			for key, row := range after {
				if before[key] != row {
					t.Errorf("written while the table failed: %s, before: %s", row, before[key])
				}
			}
			if len(after) != len(before) {
				t.Errorf("%d rows, before %d", len(after), len(before))
			}
			for _, request := range requests {
				s.want(t, request.after, request.method, request.path, request.token, request.body)
			}
			if took := time.Since(back); took > rightWithin {
				t.Errorf("right again after %v", took)
			}
			if got := get[link](t, s, o.invite(made), o.admin.token); got.Uses != 1 || len(o.members(t)) != 1 {
				t.Errorf("%d uses, %d members", got.Uses, len(o.members(t)))
			}
		})
	}
}
