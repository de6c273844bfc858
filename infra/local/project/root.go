// Package project finds this repository on disk, so that commands and tests work from any folder inside it.
package project

import (
	"errors"
	"os"
	"path/filepath"
)

// Root returns the absolute path of the folder that holds go.mod: the working directory or the nearest one above it.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod in this folder or above it: run this inside the repository")
		}
		dir = parent
	}
}
