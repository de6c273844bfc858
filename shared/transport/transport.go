// Package transport is the HTTP client that the clients of AWS's services share.
//
// It opens connections before the first request needs them: on a small function name look-up and TLS handshake take hundreds of milliseconds, while
// init has the full processor. A service's address answers anyone, with a health page or a refusal: that needs no rights and costs nothing, and the
// connection stays in the client's pool.
//
// And it sends each request whole. The SDK gives net/http a body that it can't look into. So net/http sends the header by itself, then the body, and then
// asks the body once more whether that was all. If the answer is there before that, the SDK has closed the body, which then reports an error; net/http
// takes it for a request that it couldn't write, and closes the connection under the answer that is being read ("use of closed network connection"). A
// body in memory, of a length that is known, goes out in one write with the header, and is asked nothing afterwards.
package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// Client sends requests, and keeps connections for the next. It is safe for concurrent use.
type Client struct {
	http interface {
		Do(*http.Request) (*http.Response, error)
	}
}

// New makes a client that gives up a request after the timeout, its answer included. configure changes what the SDK's own client has set of net/http's
// transport.
func New(timeout time.Duration, configure ...func(*http.Transport)) *Client {
	return &Client{awshttp.NewBuildableClient().WithTimeout(timeout).WithTransportOptions(configure...)}
}

// Do sends a request, whole. Its errors are those of [http.Client.Do], and of reading the body. A request of which nothing was written, because the
// service had closed the connection, is sent again on another one.
func (c *Client) Do(request *http.Request) (*http.Response, error) {
	if request.Body != nil && request.Body != http.NoBody {
		body, err := io.ReadAll(request.Body)
		if err := errors.Join(err, request.Body.Close()); err != nil {
			return nil, err
		}
		// The SDK builds a request for each attempt, which nobody else has: no need to copy it.
		request.ContentLength = int64(len(body))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		request.Body, _ = request.GetBody()
	}
	return c.http.Do(request)
}

// most is how much of an answer is read: health pages have some bytes.
const most = 4096

// Open opens n connections to the service at the URL: as many as there are calls under way at the same time. One without TLS is local, and left alone.
// An error is no reason not to start: the first calls open connections too.
func (c *Client) Open(ctx context.Context, url string, n int) error {
	if !strings.HasPrefix(url, "https:") {
		return nil
	}
	bodies, faults := make([]io.ReadCloser, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { bodies[i], faults[i] = c.get(ctx, url) })
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

func (c *Client) get(ctx context.Context, url string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := c.Do(request)
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}
