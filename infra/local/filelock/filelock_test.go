package filelock_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"group-invites/infra/local/filelock"
)

func TestTryAndWait(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lock")
	release, err := filelock.Try(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := filelock.Try(file); !errors.Is(err, filelock.ErrHeld) {
		t.Errorf("a held lock: %v", err)
	}
	got := make(chan func())
	go func() {
		second, err := filelock.Wait(file)
		if err != nil {
			t.Error(err)
		}
		got <- second
	}()
	select {
	case <-got:
		t.Fatal("two hold the lock")
	case <-time.After(50 * time.Millisecond):
	}
	release()
	(<-got)()
	if release, err = filelock.Try(file); err != nil {
		t.Errorf("a lock that was given back: %v", err)
	} else {
		release()
	}
}
