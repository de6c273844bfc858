package httpapitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// Callers are how many callers at once benchmarks have.
var Callers = []int{1, 32}

// Bench measures a function as Lambda's runtime calls it, from the bytes of an event to those of an answer, by a sub-benchmark for each of
// [Callers]. Of each it reports, beside what is usual, requests a second and the times, in microseconds, that half and 99 of 100 requests took at
// most. Make makes the function; what it logs is dropped. Request gives the i-th request, made before time is taken, and never gets an i twice. Each must
// be answered with the status.
func Bench(b *testing.B, status int, make func() Invoke, request func(i int) events.APIGatewayV2HTTPRequest) {
	function, err := silent(make)
	if err != nil {
		b.Fatal(err)
	}
	made := 0
	for _, callers := range Callers {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			payloads := slices.Repeat([][]byte{nil}, b.N)
			for i := range payloads {
				if payloads[i], err = json.Marshal(request(made)); err != nil {
					b.Fatal(err)
				}
				made++
			}
			took := slices.Repeat([]time.Duration{0}, b.N)
			want := fmt.Appendf(nil, `{"statusCode":%d,`, status)
			ctx := Context(b)
			var next atomic.Int64
			var all sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range callers {
				all.Go(func() {
					for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
						begin := time.Now()
						answer, err := function.Invoke(ctx, payloads[i])
						took[i] = time.Since(begin)
						if err != nil || !bytes.HasPrefix(answer, want) {
							b.Errorf("%.300s, %v, want %d", answer, err, status)
							return
						}
					}
				})
			}
			all.Wait()
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-µs")
		})
	}
}

// silent makes a function whose logger, which is made with it, writes nowhere: lines between them would spoil those of the benchmark.
func silent(make func() Invoke) (lambda.Handler, error) {
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	out := os.Stdout
	os.Stdout = nowhere
	defer func() { os.Stdout = out }()
	return lambda.NewHandler(make()), nil
}
