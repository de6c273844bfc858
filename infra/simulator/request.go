package simulator

import (
	"encoding/json"
	"fmt"
)

// The parts of a request that say which items it touches.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html

type attributes map[string]struct{ S string }

// write is a write of one item, alone or in a transaction.
type write struct {
	Key, Item                 attributes
	ExpressionAttributeValues attributes
}

// touch is an item that a write touches, and the key under which the index lists it; "" if it doesn't.
type touch struct{ pk, sk, lpk, lsk string }

// touch tells which. Updates of ours set the index key by values of the same names; one that sets none doesn't change the index.
func (w write) touch() touch {
	key, listed, prefix := w.Key, w.ExpressionAttributeValues, ":"
	if w.Item != nil {
		key, listed, prefix = w.Item, w.Item, ""
	}
	return touch{key["pk"].S, key["sk"].S, listed[prefix+"lpk"].S, listed[prefix+"lsk"].S}
}

// batchGet is a BatchGetItem of one table.
type batchGet struct {
	RequestItems map[string]*batchKeys
}

type batchKeys struct {
	Keys           []json.RawMessage
	ConsistentRead bool `json:",omitempty"`
}

// batchWrite is a BatchWriteItem of one table.
type batchWrite struct {
	RequestItems map[string][]json.RawMessage
}

type writeRequest struct{ PutRequest, DeleteRequest *write }

func (w writeRequest) touch() touch {
	if w.PutRequest != nil {
		return w.PutRequest.touch()
	}
	return w.DeleteRequest.touch()
}

type transaction struct {
	TransactItems []struct{ Put, Update, Delete, ConditionCheck *write }
}

func (t transaction) touches() ([]touch, error) {
	touches := make([]touch, len(t.TransactItems))
	for i, item := range t.TransactItems {
		switch {
		case item.Put != nil:
			touches[i] = item.Put.touch()
		case item.Update != nil:
			touches[i] = item.Update.touch()
		case item.Delete != nil:
			touches[i] = item.Delete.touch()
		case item.ConditionCheck != nil:
			touches[i] = item.ConditionCheck.touch()
		default:
			return nil, fmt.Errorf("item %d of the transaction is of no known kind", i)
		}
	}
	return touches, nil
}

// query is a Query. Ours name the partition key :pk.
type query struct {
	IndexName                 string
	ExpressionAttributeValues attributes
}
