package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"
)

// maxBatch is the number of keys that a BatchGetItem takes.
const maxBatch = 100

// maxParallel is how many calls a read makes at the same time, at most: within the connections that are kept.
const maxParallel = 8

// get reads rows by key; those that don't exist are not in the result. More than 100 keys take several calls, up to eight at the same time.
func (t *Table) get(ctx context.Context, keys []key) (map[key]item, error) {
	distinct := make(map[key]bool, len(keys))
	var batches [][]item
	for _, k := range keys {
		if distinct[k] {
			continue // a key twice is an error to DynamoDB
		}
		if len(distinct)%maxBatch == 0 {
			batches = append(batches, nil)
		}
		distinct[k] = true
		last := len(batches) - 1
		batches[last] = append(batches[last], k.attributes())
	}
	found := make([][]item, len(batches))
	if len(batches) == 1 {
		var err error
		if found[0], err = t.getBatch(ctx, batches[0]); err != nil {
			return nil, err
		}
	} else {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(maxParallel)
		for i := range batches {
			group.Go(func() (err error) {
				found[i], err = t.getBatch(ctx, batches[i])
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
	}
	rows := make(map[key]item, len(distinct))
	for _, batch := range found {
		for _, row := range batch {
			rows[keyOf(row)] = row
		}
	}
	return rows, nil
}

// getBatch reads up to 100 rows. DynamoDB may leave some of them for another call, or all; a batch is whole or an error.
func (t *Table) getBatch(ctx context.Context, keys []item) ([]item, error) {
	consistent := true
	request := map[string]types.KeysAndAttributes{t.name: {Keys: keys, ConsistentRead: &consistent}}
	var rows []item
	q := newQueue(ctx)
	for {
		out, err := t.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: request})
		switch {
		case err == nil:
			if err := understood(out.Responses[t.name]); err != nil {
				return nil, err
			}
			rows = append(rows, out.Responses[t.name]...)
			if len(out.UnprocessedKeys) == 0 {
				return rows, nil
			}
			request, err = out.UnprocessedKeys, errBusy
		case !throttled(err):
			return nil, verdict("read rows", err)
		}
		if !q.wait(ctx, len(request[t.name].Keys)) {
			return nil, verdict("read rows", err)
		}
	}
}
