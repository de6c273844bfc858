// Package webui builds the web app, which the function web carries, with the tools that its package.json names.
package webui

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"group-invites/infra/local/filelock"
)

// Folder is where the app is, below the root of the repository.
const Folder = "functions/web/ui"

// The records of what was last done, so that nothing is done twice: which package-lock.json the tools were installed by, and of
// which sources the app was built as it lies there.
const (
	installed = "node_modules/.installed"
	built     = ".built"
)

// Build makes sure that the app of the repository at root is built of its sources as they are, in dist, where the function embeds it. It
// installs the tools by `npm ci` if they are missing or package-lock.json has changed, and builds if sources or dist have changed. Any number of
// processes may call it at once: one builds, the others wait and find it done. What it does, and what the tools say, goes to
// progress. The error says what is missing or what the tools said.
func Build(ctx context.Context, root string, progress io.Writer) error {
	folder := filepath.Join(root, filepath.FromSlash(Folder))
	release, err := filelock.Wait(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return err
	}
	defer release()
	if done, err := upToDate(folder); done || err != nil {
		return err
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return errors.New("the web app can't be built: npm isn't on PATH; it comes with Node (20.19 or later)")
	}
	lock, err := os.ReadFile(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return err
	}
	if hash := digest(lock); record(folder, installed) != hash {
		fmt.Fprintln(progress, "installing what builds the web app, by npm ci")
		if _, err := npm(ctx, folder, "ci", "--include=dev"); err != nil {
			return err
		}
		if err := keep(folder, installed, hash); err != nil {
			return err
		}
	}
	fmt.Fprintln(progress, "building the web app")
	said, err := npm(ctx, folder, "run", "--silent", "build")
	if err != nil {
		return err
	}
	progress.Write(said)
	state, err := stateOf(folder)
	if err != nil {
		return err
	}
	return keep(folder, built, state)
}

// upToDate tells whether sources and what was built of them are as the last build left them.
func upToDate(folder string) (bool, error) {
	state, err := stateOf(folder)
	return err == nil && record(folder, built) == state, err
}

// tests is the folder of what tests the app in a browser. It is no part of it.
const tests = "e2e"

// stateOf tells all files of the app by one text, but what is installed and recorded.
func stateOf(folder string) (string, error) {
	all := sha256.New()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == "node_modules", path == filepath.Join(folder, tests):
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !entry.Type().IsRegular() || path == filepath.Join(folder, built):
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(all, "%s %s\n", digest(content), filepath.ToSlash(name))
		return nil
	})
	return fmt.Sprintf("%x", all.Sum(nil)), err
}

func digest(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }

// record gives what was kept under a name, or "".
func record(folder, name string) string {
	text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func keep(folder, name, text string) error {
	return os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), []byte(text+"\n"), 0o644)
}

// npm runs npm in the folder and gives what it printed, which is also in the error if it fails.
func npm(ctx context.Context, folder string, arguments ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "npm", arguments...)
	cmd.Dir = folder
	output, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("the web app can't be built: npm %s: %w\n%s", strings.Join(arguments, " "), err, bytes.TrimSpace(output))
	}
	return output, nil
}
