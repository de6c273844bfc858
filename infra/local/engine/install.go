package engine

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"group-invites/infra/local/filelock"
	"group-invites/infra/local/project"
)

// Ensure returns the path of the engine's executable, and installs it where it is missing. It looks in this folder's
// node_modules, then on PATH, and then runs `npm ci` here, telling progress so. Any number of processes may call it at
// once: one installs, the others wait and find it. Where it can't be installed the error says what to do by hand.
func Ensure(ctx context.Context, progress io.Writer) (string, error) {
	root, err := project.Root()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, "infra", "local", "engine")
	if path, ok := find(folder); ok {
		return path, nil
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return "", byHand("it is installed by itself on linux/amd64 only, this is " + runtime.GOOS + "/" + runtime.GOARCH)
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", byHand("npm, which would install it, isn't on PATH")
	}

	// `go test ./...` runs packages in parallel, and `npm ci` begins by emptying node_modules.
	release, err := filelock.Wait(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return "", err
	}
	defer release()
	if path, ok := find(folder); ok {
		return path, nil
	}
	fmt.Fprintln(progress, "installing the DynamoDB engine (Dynoxide, 3 MB, once) by npm ci")
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, npm, "ci", "--no-audit", "--no-fund")
	cmd.Dir = folder
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		return "", byHand(fmt.Sprintf("npm ci in %s: %v\n%s", folder, err, output.Bytes()))
	}
	if path, ok := find(folder); ok {
		return path, nil
	}
	// npm skips an optional dependency that it can't get, and calls that success.
	return "", byHand("npm ci in " + folder + " brought no executable")
}

// find looks below the engine's folder and on PATH.
func find(folder string) (string, bool) {
	modules := filepath.Join(folder, "node_modules")
	installed := filepath.Join(modules, "@dynoxide", "linux-x64", "dynoxide")
	if _, err := os.Stat(installed); err == nil {
		// npm writes this last: before, the executable may be there in part.
		if _, err := os.Stat(filepath.Join(modules, ".package-lock.json")); err == nil {
			return installed, true
		}
	}
	path, err := exec.LookPath("dynoxide")
	return path, err == nil
}

func byHand(reason string) error {
	return fmt.Errorf("the DynamoDB engine, dynoxide, is missing: %s.\n"+
		"Install it (npm install -g dynoxide, brew install nubo-db/tap/dynoxide, or cargo install dynoxide-rs) so that dynoxide is on PATH,\n"+
		"or set DYNAMODB_ENDPOINT to another DynamoDB, such as DynamoDB Local", reason)
}
