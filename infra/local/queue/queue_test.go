package queue_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"group-invites/infra/local/queue"
)

func TestQueue_KeepsWhatWasSentInOrder(t *testing.T) {
	dir := t.TempDir()
	if messages, err := queue.Open(dir, "Failures").Messages(); err != nil || messages != nil {
		t.Errorf("before the first message: %s, %v", messages, err)
	}
	for i, text := range []string{"a", "b\nc", "<&>"} {
		if waiting, err := queue.Open(dir, "Failures").Send(map[string]string{"text": text}); err != nil || waiting != i+1 {
			t.Errorf("%q: %d, %v", text, waiting, err)
		}
	}
	queue.Open(dir, "Other").Send("x")
	messages, err := queue.Open(dir, "Failures").Messages()
	if got, want := fmt.Sprintf("%s", messages), `[{"text":"a"} {"text":"b\nc"} {"text":"<&>"}]`; err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

func TestQueue_MessagesSentAtOnceStayWhole(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 10 {
				if _, err := queue.Open(dir, "Failures").Send(strings.Repeat(fmt.Sprint(i), 5000)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if messages, err := queue.Open(dir, "Failures").Messages(); err != nil || len(messages) != 80 {
		t.Errorf("%d messages, %v", len(messages), err)
	}
}

func TestQueue_NamesALineThatIsNoMessage(t *testing.T) {
	dir := t.TempDir()
	q := queue.Open(dir, "Failures")
	q.Send("fine")
	file := filepath.Join(dir, queue.Dir, "Failures.jsonl")
	if err := os.WriteFile(file, []byte("\"fine\"\n{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := q.Messages(); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%v", err)
	}
}
