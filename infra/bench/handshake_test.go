package main

import (
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"group-invites/infra/bench/sandbox"
	"group-invites/infra/local/issuer"
	"group-invites/shared/httpapi/httpapitest"
)

// secured is an AWS endpoint behind TLS that counts.
type secured struct {
	*httptest.Server
	handshakes, calls atomic.Int64 // calls are those to DynamoDB
	roots             string       // file of the certificates that it is known by
}

func secure(t *testing.T, endpoint string) *secured {
	behind, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	s := &secured{roots: filepath.Join(t.TempDir(), "roots.pem")}
	forward := httputil.NewSingleHostReverseProxy(behind)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("X-Amz-Target"), "DynamoDB_") {
			s.calls.Add(1)
		}
		forward.ServeHTTP(w, r)
	}))
	s.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		s.handshakes.Add(1)
		return nil, nil
	}}
	s.StartTLS()
	t.Cleanup(s.Close)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(s.roots, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFirstRequest_NeedsNoHandshake: of the very binaries that are deployed, each opens what connections it needs before it asks for its first invocation,
// and calls DynamoDB over them, whatever it calls at the same time.
func TestFirstRequest_NeedsNoHandshake(t *testing.T) {
	s := testScene(t)
	who, err := issuer.PersonOf(admin)
	if err != nil {
		t.Fatal(err)
	}
	_, code, err := s.link(t.Context(), s.group, object{"access": "anyone"})
	if err != nil {
		t.Fatal(err)
	}
	claims := httpapitest.Claims(s.Template().Authorizer.Issuer, who.Subject)
	change, err := os.ReadFile(filepath.Join("..", "events", "tally.json"))
	if err != nil {
		t.Fatal(err)
	}
	asked := func(method, path string, body object) []byte {
		event, err := json.Marshal(httpapitest.Event(method, path, string(newRequest("", method, path, body).body), claims))
		if err != nil {
			t.Fatal(err)
		}
		return event
	}
	for _, c := range []struct {
		function, first string
		event           []byte
	}{
		{"redeem-invite", "redeem", asked("POST", "/v1/invites/redeem", code)},
		{"create-invite", "create", asked("POST", s.invites(), object{"access": "anyone"})},
		{"list-invites", "a page", asked("GET", s.invites(), nil)},
		{"directory", "me", asked("GET", "/v1/me", nil)},
		{"directory", "members", asked("GET", "/v1/groups/"+s.group+"/members", nil)},
		{"tally", "a change", change},
	} {
		t.Run(c.function+", "+c.first, func(t *testing.T) {
			endpoint := secure(t, s.AWSEndpoint())
			variables := environment(s.Stack, functionOf(t, s, c.function).Environment)
			variables["AWS_ENDPOINT_URL"], variables["SSL_CERT_FILE"] = endpoint.URL, endpoint.roots
			b, err := sandbox.Start(t.Context(), []string{filepath.Join(testBinaries, c.function)}, variables)
			if err != nil {
				t.Fatal(err)
			}
			defer b.Stop()
			before := endpoint.handshakes.Load()
			answer, err := b.Invoke(t.Context(), c.event)
			if err != nil || c.function != "tally" && !strings.HasPrefix(string(answer), `{"statusCode":20`) {
				t.Fatalf("%s, %v", answer, err)
			}
			if before == 0 || endpoint.calls.Load() == 0 {
				t.Errorf("%d handshakes before the first request, and %d calls in it", before, endpoint.calls.Load())
			}
			if during := endpoint.handshakes.Load() - before; during > 0 {
				t.Errorf("%d handshakes in the first request", during)
			}
		})
	}
}
