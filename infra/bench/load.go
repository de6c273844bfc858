package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// pace is how fast something was done, by so many callers at once.
type pace struct {
	Rate     float64       // a second
	P50, P99 time.Duration // that half, and 99 of 100, took at most
}

// load has callers do the things with the numbers from first on, n of them, each once and as soon as its caller is free. It ends with the first error.
func load(ctx context.Context, callers, first, n int, do func(ctx context.Context, i int) error) (pace, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	took := slices.Repeat([]time.Duration{0}, n)
	var next atomic.Int64
	var all sync.WaitGroup
	begin := time.Now()
	for range callers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				start := time.Now()
				if err := do(ctx, first+i); err != nil {
					cancel(err)
					return
				}
				took[i] = time.Since(start)
			}
		})
	}
	all.Wait()
	elapsed := time.Since(begin)
	if err := context.Cause(ctx); err != nil {
		return pace{}, err
	}
	slices.Sort(took)
	return pace{float64(n) / elapsed.Seconds(), took[n/2], took[n*99/100]}, nil
}
