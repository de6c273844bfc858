package simulator

import (
	"bytes"
	"io"
	"net/http"
)

// Engine asks the real engine from outside of a synctest bubble. It must be made outside: then whoever waits for it in a bubble holds its
// clock, which a connection's own goroutines, made inside, would hold for ever. It is safe for concurrent use.
type Engine struct {
	free   chan *slot
	slots  []*slot
	client *http.Client
}

// slot asks for one request after another.
type slot struct {
	requests chan asked
	answers  chan answered
}

type asked struct {
	url    string
	header http.Header
	body   []byte
}

type answered struct {
	status int
	header http.Header
	body   []byte
	err    error
}

// NewEngine makes an engine that asks for up to so many requests at a time. Close it when the bubble has ended.
func NewEngine(parallel int) *Engine {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy, transport.MaxIdleConnsPerHost = nil, parallel
	e := &Engine{free: make(chan *slot, parallel), client: &http.Client{Transport: transport}}
	for range parallel {
		s := &slot{requests: make(chan asked), answers: make(chan answered)}
		e.slots = append(e.slots, s)
		e.free <- s
		go func() {
			for r := range s.requests {
				s.answers <- e.send(r)
			}
		}()
	}
	return e
}

// Close ends it. Nothing may be asked for any more.
func (e *Engine) Close() {
	for _, s := range e.slots {
		close(s.requests)
	}
	e.client.CloseIdleConnections()
}

func (e *Engine) send(r asked) answered {
	request, err := http.NewRequest(http.MethodPost, r.url, bytes.NewReader(r.body))
	if err != nil {
		return answered{err: err}
	}
	request.Header = r.header
	response, err := e.client.Do(request)
	if err != nil {
		return answered{err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	header := response.Header
	header.Del("Date") // of another clock
	return answered{response.StatusCode, header, body, err}
}

// ask sends a body to where the request goes.
func (e *Engine) ask(request *http.Request, body []byte) answered {
	s := <-e.free
	s.requests <- asked{request.URL.String(), request.Header.Clone(), body}
	a := <-s.answers
	e.free <- s
	return a
}
