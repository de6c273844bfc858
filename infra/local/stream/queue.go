package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// queue is an on-failure queue: a file of messages, a line each, to which lines are only added. Mappings that share a queue
// may each have a value of their own.
type queue struct{ path string }

// writing is held while lines are added, so that a message is one line whoever else writes.
var writing sync.Mutex

func openQueue(dataDir, logicalID string) *queue {
	return &queue{filepath.Join(dataDir, QueuesDir, logicalID+".jsonl")}
}

// send adds a message and returns how many there are now. The message is on disk when send returns.
func (q *queue) send(f Failure) (waiting int, err error) {
	text, err := marshal(f)
	if err != nil {
		return 0, err
	}
	writing.Lock()
	defer writing.Unlock()
	file, err := os.OpenFile(q.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	_, err = file.Write(append(text, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return 0, err
	}
	all, err := os.ReadFile(q.path)
	return bytes.Count(all, []byte("\n")), err
}

// messages are all that were sent, oldest first.
func (q *queue) messages() ([]Failure, error) {
	text, err := os.ReadFile(q.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var out []Failure
	for line := range bytes.Lines(text) {
		var f Failure
		if err := json.Unmarshal(line, &f); err != nil {
			return nil, fmt.Errorf("%s: %w", q.path, err)
		}
		out = append(out, f)
	}
	return out, err
}
