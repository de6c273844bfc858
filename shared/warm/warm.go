// Package warm opens connections before the first request needs them.
//
// On a small function name look-up and TLS handshake take hundreds of milliseconds, while init has the full processor. A service's address answers
// anyone, with a health page or a refusal: that needs no rights and costs nothing, and the connection stays in the client's pool.
package warm

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Client sends requests, and keeps connections for the next.
type Client interface {
	Do(*http.Request) (*http.Response, error)
}

// most is how much of an answer is read: health pages have some bytes.
const most = 4096

// Open has the client open n connections to the service at the URL: as many as it has calls under way at the same time. One without TLS is local, and
// left alone. An error is no reason not to start: the first calls open connections too. It is safe for concurrent use if the client is.
func Open(ctx context.Context, client Client, url string, n int) error {
	if !strings.HasPrefix(url, "https:") {
		return nil
	}
	bodies, faults := make([]io.ReadCloser, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { bodies[i], faults[i] = get(ctx, client, url) })
	}
	all.Wait()
	// None is read before all are there: a connection that is done could serve the next of them.
	for i, body := range bodies {
		if faults[i] != nil {
			continue
		}
		// Read to the end, or the connection can't be used again.
		_, err := io.Copy(io.Discard, io.LimitReader(body, most))
		faults[i] = errors.Join(err, body.Close())
	}
	return errors.Join(faults...)
}

func get(ctx context.Context, client Client, url string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}
