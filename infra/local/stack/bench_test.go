package stack_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"group-invites/infra/local/stack"
)

// BenchmarkRequest is what the local stack itself takes for a signed-in request to a function that does nothing.
func BenchmarkRequest(b *testing.B) {
	s, err := stack.Start(b.Context(), stack.Options{Root: root, DataDir: b.TempDir(), Binaries: echoes})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	token, err := s.Token("admin")
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	request := func() {
		req, err := http.NewRequest(http.MethodPost, s.URL()+"/v1/orgs", strings.NewReader(`{"name":"Astronomy"}`))
		if err != nil {
			b.Error(err)
			return
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		if err != nil {
			b.Error(err)
			return
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			b.Errorf("%s %v", resp.Status, err)
		}
	}
	for _, callers := range []int{1, 32} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			work := make(chan struct{})
			done := make(chan struct{})
			for range callers {
				go func() {
					for range work {
						request()
					}
					done <- struct{}{}
				}()
			}
			for b.Loop() {
				work <- struct{}{}
			}
			close(work)
			for range callers {
				<-done
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}
