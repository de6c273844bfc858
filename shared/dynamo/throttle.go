package dynamo

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// Waiting for a partition that is asked for more than it carries. What is throttled has neither been done nor used any units, and may be asked
// for again as it is. What was read in the same call stays read: who asks for all of it again takes from the partition what others wait for,
// and the more people wait, the less it gives to anybody (infra/adr/0028-fewer-shared-reads.md).

// unprocessedPause is the shortest pause before what was throttled is asked for again.
const unprocessedPause = 20 * time.Millisecond

const (
	// queueTime bounds the wait where the context has no nearer end.
	queueTime = 2500 * time.Millisecond
	// firstPause is the longest of the first time. It doubles each time, up to
	firstPause = 40 * time.Millisecond
	// this part of the time that is left, for each row that is missing.
	turns = 12
	// mostRows is from how many missing rows on the pause doesn't grow any more.
	mostRows = 3
)

// queue is a place among those who wait for a partition, until when it is of use. Partitions know no queues; so those who have waited for
// longest, and those who miss least, ask most often. Nearly everybody gets through in the order in which he came, and those whose time ends
// have taken little from others.
type queue struct {
	until time.Time
	most  time.Duration // that the next pause takes
}

func newQueue(ctx context.Context) *queue {
	until := time.Now().Add(queueTime)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		until = deadline
	}
	return &queue{until, firstPause}
}

// wait pauses before so many rows are asked for again. It tells whether that is still of use.
func (q *queue) wait(ctx context.Context, rows int) bool {
	left := time.Until(q.until)
	pause := max(unprocessedPause, min(q.most, left*time.Duration(min(rows, mostRows))/turns))
	q.most = min(2*q.most, queueTime)
	pause = pause/4 + rand.N(3*pause/4+1) // jittered: those who were refused together don't come again together
	if pause >= left {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}

// queued repeats a write for as long as it is throttled, and of use.
func queued(ctx context.Context, write func() error) error {
	q := newQueue(ctx)
	for {
		err := write()
		if !throttled(err) || !q.wait(ctx, 1) {
			return err
		}
	}
}

// throttled tells whether a call was refused because a partition is too busy, and for no other reason: nothing was read or written.
func throttled(err error) bool {
	if cancelled := new(types.TransactionCanceledException); errors.As(err, &cancelled) {
		busy := false
		for _, r := range reasons(cancelled) {
			switch r {
			case reasonNone:
			case "ThrottlingError", "ProvisionedThroughputExceeded":
				busy = true
			default:
				return false
			}
		}
		return busy
	}
	if api := smithy.APIError(nil); errors.As(err, &api) {
		switch api.ErrorCode() {
		case "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException":
			return true
		}
	}
	return false
}
