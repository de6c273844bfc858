package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"
)

// mavenCentral is where the jars come from, unless MAVEN_REPOSITORY says otherwise.
const mavenCentral = "https://repo1.maven.org/maven2"

// jar is a file of a Maven repository.
type jar struct{ sum, path string }

// name is the file's name once it is here. All lie in one folder.
func (j jar) name() string { return path.Base(j.path) }

// readJars reads the file that lists jars, in the format of sha256sum. Lines that begin with # are comments.
func readJars(file string) ([]jar, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var jars []jar
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		sum, at, found := strings.Cut(line, "  ")
		if raw, err := hex.DecodeString(sum); !found || err != nil || len(raw) != sha256.Size || path.Clean(at) != at || strings.Contains(at, "..") {
			return nil, fmt.Errorf("%s: want a checksum and a path, not %q", file, line)
		}
		jars = append(jars, jar{sum, at})
	}
	return jars, nil
}

// fetch makes the folder hold exactly the listed files, each with its checksum. What is there already isn't fetched again.
func fetch(ctx context.Context, list, folder string) error {
	jars, err := readJars(list)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	repository := strings.TrimSuffix(os.Getenv("MAVEN_REPOSITORY"), "/")
	if repository == "" {
		repository = mavenCentral
	}
	wanted := map[string]bool{}
	var missing errgroup.Group
	missing.SetLimit(8)
	for _, j := range jars {
		wanted[j.name()] = true
		missing.Go(func() error { return j.fetch(ctx, repository, folder) })
	}
	if err := missing.Wait(); err != nil {
		return fmt.Errorf("DynamoDB Local can't be had: %w", err)
	}
	entries, err := os.ReadDir(folder) // of another version: all that lies here is on Java's class path
	for _, e := range entries {
		if !wanted[e.Name()] {
			err = errors.Join(err, os.RemoveAll(filepath.Join(folder, e.Name())))
		}
	}
	return err
}

// fetch gets the file, unless it is there.
func (j jar) fetch(ctx context.Context, repository, folder string) error {
	file := filepath.Join(folder, j.name())
	if text, err := os.ReadFile(file); err == nil && sumOf(text) == j.sum {
		return nil
	}
	url := repository + "/" + j.path
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, answer.Status)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	if sum := sumOf(text); sum != j.sum {
		return fmt.Errorf("%s has the checksum %s, not %s", url, sum, j.sum)
	}
	return os.WriteFile(file, text, 0o644)
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
