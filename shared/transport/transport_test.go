package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
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
	if err := (&Client{client}).Open(t.Context(), server.URL, n); err != nil {
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
	if err := (&Client{server.Client()}).Open(t.Context(), server.URL, 1); err != nil {
		t.Error(err)
	}
}

func TestOpen_TellsWhatWentWrong(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	server.Close()
	if err := (&Client{server.Client()}).Open(t.Context(), server.URL, 1); err == nil {
		t.Error("nobody was there, and it is right")
	}
}

// closing is a body as the SDK's: nobody sees what is in it, and it fails once it is closed.
type closing struct {
	io.Reader
	closed atomic.Bool
}

func (c *closing) Read(p []byte) (int, error) {
	if c.closed.Load() {
		return 0, errors.New("read after close")
	}
	return c.Reader.Read(p)
}

func (c *closing) Close() error {
	c.closed.Store(true)
	return nil
}

// TestDo_SendsARequestWhole: in one write, so that nothing is left to be asked of its body when the answer comes, and a thousand answers come over one
// connection, whoever closes the body meanwhile.
func TestDo_SendsARequestWhole(t *testing.T) {
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if string(body) != "question" || r.ContentLength != int64(len(body)) || len(r.TransferEncoding) > 0 {
			t.Errorf("%q of %d bytes, %v", body, r.ContentLength, r.TransferEncoding)
		}
		io.WriteString(w, strings.Repeat("answer", 1000))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	var writes atomic.Int64
	client := New(time.Minute, func(tr *http.Transport) {
		dial := tr.DialContext
		tr.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			return &counted{conn, &writes}, err
		}
	})
	const times = 1000
	for range times {
		body := &closing{Reader: strings.NewReader("question")}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, body)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if !body.closed.Load() {
			t.Fatal("the body was left open")
		}
		if answer, err := io.ReadAll(response.Body); err != nil || len(answer) != 6000 {
			t.Fatalf("%d bytes, %v", len(answer), err)
		}
		response.Body.Close()
	}
	if writes.Load() != times || connections.Load() != 1 {
		t.Errorf("%d writes over %d connections, want one each over one", writes.Load(), connections.Load())
	}
}

// counted counts writes.
type counted struct {
	net.Conn
	writes *atomic.Int64
}

func (c *counted) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}
