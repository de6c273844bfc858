package main

import (
	"context"
	"os"
	"time"
)

// endWithParent calls stop when the process that started this one has ended. `go run` doesn't pass SIGTERM on: it ends and
// would leave a stack behind that nobody sees.
func endWithParent(ctx context.Context, stop func()) {
	parent := os.Getppid()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if os.Getppid() != parent {
				stop()
				return
			}
		}
	}
}
