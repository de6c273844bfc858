package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// last is the version before this one.
type last struct {
	tag    string
	commit string // in full
}

var lastLine = regexp.MustCompile(`^(v[0-9]+\.[0-9]+\.[0-9]+) ([0-9a-f]{40})\n$`)

// readLast reads the file that names the last version: its tag, a space and its commit.
func readLast(file string) (last, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return last{}, err
	}
	found := lastLine.FindStringSubmatch(string(text))
	if found == nil {
		return last{}, fmt.Errorf("%s: want a tag and its commit, not %q", file, text)
	}
	return last{found[1], found[2]}, nil
}

// errNoHistory means that Git can't give the sources of the last version here.
var errNoHistory = errors.New("its sources can't be had here")

// sources gives the folder of the version's sources below .local/last, where they are put unless they are there. Folders of other versions go.
func (l last) sources(ctx context.Context, root string) (string, error) {
	if err := l.checkTags(ctx, root); err != nil {
		return "", err
	}
	all := filepath.Join(root, ".local", "last")
	folder := filepath.Join(all, l.commit)
	sources := filepath.Join(folder, "sources")
	if _, err := os.Stat(sources); err == nil {
		return sources, nil
	}
	archive, err := git(ctx, root, "archive", "--format=tar", l.commit)
	if err != nil {
		return "", fmt.Errorf("%w (a shallow checkout?): %w", errNoHistory, err)
	}
	if err := os.RemoveAll(all); err != nil {
		return "", err
	}
	unfinished := sources + ".unfinished"
	if err := unpack(bytes.NewReader(archive), unfinished); err != nil {
		return "", err
	}
	return sources, os.Rename(unfinished, sources)
}

// checkTags holds the file against the tags, where the checkout has them: the tag's commit is the recorded one, and no later version has been tagged
// since, unless that is this one.
func (l last) checkTags(ctx context.Context, root string) error {
	if tagged, err := git(ctx, root, "rev-parse", "--verify", "--quiet", "refs/tags/"+l.tag+"^{commit}"); err == nil {
		if got := strings.TrimSpace(string(tagged)); got != l.commit {
			return fmt.Errorf("infra/upgrade/last says that %s is %s, but its tag is at %s", l.tag, l.commit, got)
		}
	}
	// Without tags, or without a parent, there is nothing to hold it against.
	newest, err := git(ctx, root, "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^")
	if err != nil {
		return nil
	}
	if tag := strings.TrimSpace(string(newest)); tag != l.tag {
		if _, err := git(ctx, root, "merge-base", "--is-ancestor", l.commit, tag); err == nil {
			return fmt.Errorf("%s has gone out since: make released VERSION=%s records it in infra/upgrade/last", tag, strings.TrimPrefix(tag, "v"))
		}
	}
	return nil
}

func git(ctx context.Context, root string, arguments ...string) ([]byte, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "git", arguments...)
	cmd.Dir, cmd.Stderr = root, &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w %s", arguments[0], err, strings.TrimSpace(said.String()))
	}
	return out, nil
}

// unpack writes the files of an archive below a folder.
func unpack(archive io.Reader, folder string) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	below, err := os.OpenRoot(folder) // nothing in an archive leads out of it
	if err != nil {
		return err
	}
	defer below.Close()
	for files := tar.NewReader(archive); ; {
		h, err := files.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case h.Typeflag == tar.TypeDir:
			err = below.MkdirAll(filepath.FromSlash(h.Name), 0o755)
		case h.Typeflag == tar.TypeReg:
			err = write(below, h, files)
		}
		if err != nil {
			return err
		}
	}
}

func write(below *os.Root, h *tar.Header, content io.Reader) error {
	name := filepath.FromSlash(h.Name)
	if err := below.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := below.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, h.FileInfo().Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}
