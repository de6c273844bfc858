package putevents

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
)

// maxKept is how many events are kept. The oldest go first.
const maxKept = 20_000

// kept is what was put, in memory and in a file, a line each, oldest first.
type kept struct {
	limit int

	mu     sync.Mutex
	file   *os.File
	events []Taken
}

func openKept(name string, limit int) (*kept, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	k := &kept{limit: limit, file: file}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxRequest)
	for lines.Scan() {
		var t Taken
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return nil, errors.Join(fmt.Errorf("%s doesn't hold events (%w): delete it to start anew", name, err), file.Close())
		}
		k.events = append(k.events, t)
	}
	if err := lines.Err(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if n := len(k.events) - limit; n > 0 {
		k.events = slices.Clone(k.events[n:])
		if err := errors.Join(k.file.Truncate(0), k.write(k.events)); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	return k, nil
}

func (k *kept) close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.file.Close()
}

func (k *kept) write(events []Taken) error {
	var text bytes.Buffer
	for _, t := range events {
		line, err := json.Marshal(t)
		if err != nil {
			return err
		}
		text.Write(append(line, '\n'))
	}
	_, err := k.file.Write(text.Bytes())
	return err
}

func (k *kept) add(events []Taken) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.write(events); err != nil {
		return err
	}
	k.events = append(k.events, events...)
	if n := len(k.events) - k.limit; n > 0 {
		k.events = slices.Clone(k.events[n:]) // the file is cut at the next start
	}
	return nil
}

func (k *kept) clear() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.events = nil
	return k.file.Truncate(0)
}

// newest finds events that match, newest first; limit 0 is none.
func (k *kept) newest(limit int, matches func(Taken) bool) []Taken {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := []Taken{}
	for _, t := range slices.Backward(k.events) {
		if matches(t) {
			out = append(out, t)
		}
		if limit > 0 && len(out) == limit {
			break
		}
	}
	return out
}

// counts tells how many there are of each type, and how many of all don't fit their schemas.
func (k *kept) counts() (types map[string]int, total, unfit int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	types = map[string]int{}
	for _, t := range k.events {
		types[t.DetailType]++
		if t.Fault != "" {
			unfit++
		}
	}
	return types, len(k.events), unfit
}
