// Package queue holds the queues of the local stack: those that are told of what was given up, on-failure destinations and
// dead-letter queues. Nobody but people and tests reads them, so a queue is a file of messages, a line each, to which lines
// are only added.
package queue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Dir is the folder of the queues below the data folder: a file for each, named after its logical id.
const Dir = "queues"

// Queue is one queue. Any number of goroutines may use it, and any number of values may stand for one queue.
type Queue struct{ path string }

// writing is held while lines are added, so that a message is one line whoever else writes.
var writing sync.Mutex

// Open gives the queue with this logical id. It is there when the first message is sent.
func Open(dataDir, logicalID string) *Queue {
	return &Queue{filepath.Join(dataDir, Dir, logicalID+".jsonl")}
}

// Send adds a message, as JSON, and returns how many there are now. The message is on disk when Send returns.
func (q *Queue) Send(message any) (waiting int, err error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text) // which ends the line
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(message); err != nil {
		return 0, err
	}
	writing.Lock()
	defer writing.Unlock()
	if err := os.MkdirAll(filepath.Dir(q.path), 0o700); err != nil {
		return 0, err
	}
	file, err := os.OpenFile(q.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	_, err = file.Write(text.Bytes())
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return 0, err
	}
	all, err := os.ReadFile(q.path)
	return bytes.Count(all, []byte("\n")), err
}

// Messages are all that were sent, of earlier runs too, oldest first.
func (q *Queue) Messages() ([]json.RawMessage, error) {
	text, err := os.ReadFile(q.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var out []json.RawMessage
	for line := range bytes.Lines(text) {
		if !json.Valid(line) {
			return nil, fmt.Errorf("%s: line %d isn't JSON", q.path, len(out)+1)
		}
		out = append(out, bytes.TrimSpace(line))
	}
	return out, err
}
