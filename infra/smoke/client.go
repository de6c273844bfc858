package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// client calls the API as one person, or as nobody.
type client struct {
	url   string
	token string // empty: nobody
}

// answer is what came back.
type answer struct {
	status int
	body   []byte
}

func (a answer) String() string {
	const most = 300
	if len(a.body) > most {
		return fmt.Sprintf("%d %s…", a.status, a.body[:most])
	}
	return fmt.Sprintf("%d %s", a.status, a.body)
}

// How often a request is sent that is answered 503, which means: undecided, repeat.
const (
	attempts = 4
	pause    = 2 * time.Second
)

// web follows no redirects: the API makes none.
var web = &http.Client{
	Timeout:       30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// send sends a request, with a body of JSON unless that is nil, and again while the answer is 503.
func (c client) send(ctx context.Context, method, path string, body any, headers ...string) (answer, error) {
	for attempt := 1; ; attempt++ {
		a, wait, err := c.once(ctx, method, path, body, headers)
		if err != nil || a.status != http.StatusServiceUnavailable || attempt == attempts {
			return a, err
		}
		select {
		case <-ctx.Done():
			return a, ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (c client) once(ctx context.Context, method, path string, body any, headers []string) (a answer, wait time.Duration, err error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return a, 0, err
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, content)
	if err != nil {
		return a, 0, err
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := web.Do(r)
	if err != nil {
		return a, 0, err
	}
	defer response.Body.Close()
	wait = pause
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		wait = time.Duration(seconds) * time.Second
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return answer{response.StatusCode, text}, wait, err
}
