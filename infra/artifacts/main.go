// Command artifacts checks what `sam build` has made, before it is deployed: that each function of template.yaml got a folder of its own with
// a static arm64 program for Linux in it that was built from the function's own main package, as the Makefile builds it, and the digest by
// which a changed parameter makes a new version of the function. It prints how large each program is zipped.
//
//	go run ./infra/artifacts
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"group-invites/infra/local/project"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "artifacts:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := project.Root()
	if err != nil {
		return err
	}
	found, err := check(filepath.Join(root, "template.yaml"), filepath.Join(root, ".aws-sam", "build"))
	for _, a := range found {
		fmt.Printf("%-16s %9d bytes zipped\n", a.logicalID, a.zipped())
	}
	return err
}
