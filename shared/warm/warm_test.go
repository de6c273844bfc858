package warm_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"testing"

	"group-invites/shared/warm"
)

// TestOpen_TheNextRequestNeedsNoHandshake: it goes over the connection that is open already, whatever the service has answered.
func TestOpen_TheNextRequestNeedsNoHandshake(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, strings.Repeat("x", 1000))
	}))
	defer server.Close()
	if err := warm.Open(t.Context(), server.Client(), server.URL, 1); err != nil {
		t.Fatal(err)
	}
	var reused atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { reused.Store(info.Reused) }}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if !reused.Load() {
		t.Error("the next request opened a connection of its own")
	}
}

func TestOpen_LeavesWhatIsLocalAlone(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was asked") }))
	defer server.Close()
	if err := warm.Open(t.Context(), server.Client(), server.URL, 1); err != nil {
		t.Error(err)
	}
}

func TestOpen_TellsWhatWentWrong(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	server.Close()
	if err := warm.Open(t.Context(), server.Client(), server.URL, 1); err == nil {
		t.Error("nobody was there, and it is right")
	}
}
