package dynamo_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// TestOutage_LeavesNoGoroutine: a client as it is deployed, under many requests, while the table first cuts connections and then hangs.
// All are undecided in time; afterwards the first request succeeds, and nothing of the outage is left.
func TestOutage_LeavesNoGoroutine(t *testing.T) {
	const people, answerTime = 100, 2500 * time.Millisecond // at once; what a function has for a request
	w := New(t)
	admin := Person("admin")
	link := w.Link(admin, w.Group(admin, w.Org(admin, "Acme"), "Backcountry"), Anyone)

	var failing atomic.Pointer[http.HandlerFunc]
	behind, err := url.Parse(aws.ToString(w.Client.Options().BaseEndpoint))
	if err != nil {
		t.Fatal(err)
	}
	through := httputil.NewSingleHostReverseProxy(behind)
	through.Transport = &http.Transport{DisableKeepAlives: true}
	table := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if fail := failing.Load(); fail != nil {
			(*fail)(rw, r)
			return
		}
		through.ServeHTTP(rw, r)
	}))
	defer table.Close()
	service := &invite.Service{
		Store: dynamo.Open(dynamo.Options{Table: w.TableName, Region: "local", Endpoint: table.URL, AccessKeyID: "local", SecretAccessKey: "local"}),
		Ring:  w.Ring, Clock: w.Clock.Now, Random: rand.Reader, BaseURL: BaseURL, Retention: Retention,
	}
	redeem := func(who string) error {
		ctx, cancel := context.WithTimeout(t.Context(), answerTime)
		defer cancel()
		_, err := service.Redeem(ctx, Person(who), Code(link))
		return err
	}
	if err := redeem("first"); err != nil {
		t.Fatal(err)
	}
	table.CloseClientConnections()
	before := quiet(0)

	for kind, fail := range map[string]http.HandlerFunc{
		"cuts connections": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"doesn't answer": func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // only after the body does a server notice that its client goes
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		},
	} {
		failing.Store(&fail)
		var all sync.WaitGroup
		for i := range people {
			all.Go(func() {
				begin := time.Now()
				if err := redeem(fmt.Sprintf("person %d", i)); !errors.Is(err, directory.ErrUnavailable) {
					t.Errorf("the table %s: %v", kind, err)
				}
				if took := time.Since(begin); took > answerTime+500*time.Millisecond {
					t.Errorf("the table %s: answered after %v", kind, took)
				}
			})
		}
		all.Wait()
		failing.Store(nil)
		if err := redeem("after the table " + kind); err != nil {
			t.Errorf("the table is back, and still: %v", err)
		}
		table.CloseClientConnections()
		if after := quiet(before); after > before {
			stacks := make([]byte, 1<<20)
			t.Errorf("the table %s: %d goroutines, before %d\n%s", kind, after, before, stacks[:runtime.Stack(stacks, true)])
		}
	}
	rows, err := w.Client.Scan(t.Context(), &dynamodb.ScanInput{
		TableName: &w.TableName, FilterExpression: aws.String("via = :link"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":link": &types.AttributeValueMemberS{Value: link.ID.String()}},
	})
	if err != nil || rows.Count != 3 {
		t.Errorf("%d joined, want 3: before, between, and after; %v", rows.Count, err)
	}
}

// quiet waits until there are no more goroutines than so many, or their number hasn't fallen for a while, and gives it.
func quiet(enough int) int {
	n := runtime.NumGoroutine()
	for falling := time.Now(); n > enough && time.Since(falling) < 3*time.Second; time.Sleep(10 * time.Millisecond) {
		if now := runtime.NumGoroutine(); now < n {
			n, falling = now, time.Now()
		}
	}
	return n
}
