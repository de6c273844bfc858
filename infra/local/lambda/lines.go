package lambda

import (
	"bytes"
	"sync"
)

// lines cuts what a process prints into lines and passes each on, without its end.
type lines struct {
	function string
	sink     func(function, line string)

	mu   sync.Mutex
	rest []byte
}

// longestLine bounds what is kept of a line that doesn't end.
const longestLine = 256 << 10

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			break
		}
		l.sink(l.function, string(line))
		l.rest = rest
	}
	if len(l.rest) > longestLine {
		l.sink(l.function, string(l.rest))
		l.rest = nil
	}
	return len(p), nil
}

// flush passes on a last line without an end.
func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.sink(l.function, string(l.rest))
		l.rest = nil
	}
}
