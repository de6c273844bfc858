package stack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"group-invites/infra/local/webui"
)

// The flags that functions are built with, here as for the deployment: the Makefile has the same.
const (
	BuildTags    = "lambda.norpc,nethttpomithttp2"
	BuildLDFlags = "-s -w"
)

// Build builds all functions below root into outDir, each named after its folder, and before that the web app that one of them carries.
// It is one run of the compiler, which takes from its cache what hasn't changed. The error holds what the compiler said.
func Build(ctx context.Context, root, outDir string) error {
	if err := os.MkdirAll(outDir, 0o755); err != nil {
		return err
	}
	if err := webui.Build(ctx, root, os.Stderr); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", BuildTags, "-trimpath", "-ldflags", BuildLDFlags,
		"-o", outDir+string(filepath.Separator), "./functions/...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build functions: %w\n%s", err, out)
	}
	return nil
}
