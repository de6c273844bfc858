//go:build unix

// Package filelock keeps processes apart by an advisory lock on a file.
//
// The kernel drops the lock when the process that holds it ends, however it ends, so a lock never outlives its holder.
package filelock

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrHeld says that another process holds the lock.
var ErrHeld = errors.New("another process holds the lock")

// Wait takes the lock on the file at path, waiting for as long as another process holds it. The file is created where
// it is missing and stays afterwards. The returned function gives the lock back.
func Wait(path string) (release func(), err error) {
	return acquire(path, syscall.LOCK_EX)
}

// Try takes the lock on the file at path, or returns ErrHeld at once if another process holds it.
func Try(path string) (release func(), err error) {
	return acquire(path, syscall.LOCK_EX|syscall.LOCK_NB)
}

func acquire(path string, how int) (func(), error) {
	f, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrHeld
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { f.Close() }, nil // closing the only descriptor drops the lock
}
