package stream

import (
	"bytes"
	"encoding/json"

	"group-invites/infra/local/lambda"
)

// settled is how many records of a batch, the first ones, needn't be tried again after a call that ended so.
//
// An answer of nothing, or without batchItemFailures, or with none in them, is a success. One that isn't of that form, or
// that names no record of the batch, leaves it all to be done again.
func settled(batch []record, result lambda.Result, honoursAnswer bool) int {
	switch {
	case result.FunctionError != "":
		return 0
	case !honoursAnswer:
		return len(batch)
	}
	switch text := bytes.TrimSpace(result.Payload); string(text) {
	case "", "null", `""`:
		return len(batch)
	}
	// Maps, because names of members are taken as they are written.
	var answer map[string]json.RawMessage
	var failures []map[string]string
	if json.Unmarshal(result.Payload, &answer) != nil || answer[failuresKey] != nil && json.Unmarshal(answer[failuresKey], &failures) != nil {
		return 0
	}
	positions := map[string]int{}
	for i, r := range batch {
		positions[r.sequence] = i
	}
	lowest := len(batch)
	for _, f := range failures {
		position, known := positions[f[identifierKey]]
		if !known {
			return 0
		}
		lowest = min(lowest, position)
	}
	return lowest
}

// The members of an answer.
const (
	failuresKey   = "batchItemFailures"
	identifierKey = "itemIdentifier"
)
