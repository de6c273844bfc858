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
)

// Client sends requests, and keeps connections for the next.
type Client interface {
	Do(*http.Request) (*http.Response, error)
}

// most is how much of an answer is read: health pages have some bytes.
const most = 4096

// Open has the client open a connection to the service at the URL. One without TLS is local, and left alone. An error is no reason not to start:
// the first call opens a connection too. It is safe for concurrent use if the client is.
func Open(ctx context.Context, client Client, url string) error {
	if !strings.HasPrefix(url, "https:") {
		return nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	// Read to the end, or the connection can't be used again.
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, most))
	return errors.Join(err, response.Body.Close())
}
