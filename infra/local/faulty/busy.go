package faulty

import "net/http"

// The errors that say it of a whole call, and the reasons that say it of a transaction
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html).
var (
	codes   = []string{"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}
	reasons = []string{"ThrottlingError", "ProvisionedThroughputExceeded"}
)

// busy answers that the table is too busy, in the ways in which DynamoDB says so. Half of the transactions hear it as a reason of their being cancelled
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html), half of the batches as a part that is
// left unprocessed (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html): the rest of those is carried out.
func (t *Table) busy(r *http.Request, operation string, body []byte) (answer, error) {
	t.mu.Lock()
	whole, code, reason := t.random.IntN(2) == 0, codes[t.random.IntN(len(codes))], reasons[t.random.IntN(len(reasons))]
	t.mu.Unlock()
	if b := parse(operation, body); !whole && b != nil && len(b.items) > 1 {
		return t.leave(r, operation, b)
	}
	if !whole && operation == "TransactWriteItems" {
		return cancelled(body, reason), nil
	}
	return failure(http.StatusBadRequest, code, `"message":"injected"`), nil
}

// leave carries out a part of a batch, and says that the rest is unprocessed.
func (t *Table) leave(r *http.Request, operation string, b *batch) (answer, error) {
	done, left := t.split(b.items)
	a, whole, err := b.send(t, r, done)
	if whole == nil || err != nil {
		return a, err
	}
	unprocessed := "UnprocessedKeys"
	if operation == "BatchWriteItem" {
		unprocessed = "UnprocessedItems"
	}
	if whole[unprocessed], err = b.of(left); err != nil {
		return a, err
	}
	t.mu.Lock()
	t.count.Left++
	t.mu.Unlock()
	return a, a.say(whole)
}
