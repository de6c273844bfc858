package warm_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"group-invites/shared/warm"
)

// TestOpen_TheNextRequestsNeedNoHandshake: as many as there are connections, at the same time, go over those that are open already, whatever the service has
// answered.
func TestOpen_TheNextRequestsNeedNoHandshake(t *testing.T) {
	const n = 3
	var waiting sync.WaitGroup // until all of the requests are under way
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			waiting.Done()
			waiting.Wait()
		}
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, strings.Repeat("x", 1000))
	}))
	defer server.Close()
	client := server.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = n
	if err := warm.Open(t.Context(), client, server.URL, n); err != nil {
		t.Fatal(err)
	}
	var reused atomic.Int64
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if info.Reused {
			reused.Add(1)
		}
	}}
	waiting.Add(n)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			request, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodPost, server.URL, nil)
			if err != nil {
				t.Error(err)
				return
			}
			response, err := client.Do(request)
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
		})
	}
	all.Wait()
	if reused.Load() != n {
		t.Errorf("%d of %d requests needed no connection of their own", reused.Load(), n)
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
