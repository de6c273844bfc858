package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
)

// build makes a program of a function into the file, as the Makefile does, for this processor.
func build(t *testing.T, function, file, arch string, more ...string) {
	t.Helper()
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	arguments := append([]string{"build", "-tags", stack.BuildTags, "-trimpath", "-ldflags", stack.BuildLDFlags, "-o", file}, more...)
	command := exec.Command("go", append(arguments, "./functions/"+function)...)
	command.Dir, command.Env = root, append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, string(content), 0o755)
}

func write(t *testing.T, file, content string, mode os.FileMode) {
	t.Helper()
	os.Remove(file) // a mode is for new files
	if err := os.WriteFile(file, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

const resources = `Resources:
  DeleteInvite: { Type: AWS::Serverless::Function, Properties: { CodeUri: %s } }
  Tally: { Type: AWS::Serverless::Function, Properties: { Handler: x, CodeUri: %s } }
  Table: { Type: AWS::DynamoDB::Table }
`

func TestCheck(t *testing.T) {
	programs := t.TempDir()
	program := func(name string) string { return filepath.Join(programs, name) }
	build(t, "delete-invite", program("delete"), "arm64")
	build(t, "tally", program("tally"), "arm64")
	build(t, "tally", program("tally-amd64"), "amd64")
	build(t, "tally", program("tally-symbols"), "arm64", "-ldflags=")
	build(t, "tally", program("tally-tags"), "arm64", "-tags=lambda.norpc")

	for name, test := range map[string]struct {
		spoil func(t *testing.T, folder string)
		want  string
	}{
		"all is well":           {func(*testing.T, string) {}, ""},
		"another function's":    {func(t *testing.T, f string) { copyFile(t, program("delete"), f+"/Tally/bootstrap") }, "Tally: bootstrap is group-invites/functions/delete-invite"},
		"for another processor": {func(t *testing.T, f string) { copyFile(t, program("tally-amd64"), f+"/Tally/bootstrap") }, "Tally: bootstrap is for EM_X86_64"},
		"with symbols":          {func(t *testing.T, f string) { copyFile(t, program("tally-symbols"), f+"/Tally/bootstrap") }, "Tally: bootstrap has a symbol table"},
		"built otherwise":       {func(t *testing.T, f string) { copyFile(t, program("tally-tags"), f+"/Tally/bootstrap") }, "Tally: bootstrap was built with -tags=lambda.norpc"},
		"not a program":         {func(t *testing.T, f string) { write(t, f+"/Tally/bootstrap", "#!/bin/sh\nexec ./app\n", 0o755) }, "Tally: bootstrap: bad magic number"},
		"not executable":        {func(t *testing.T, f string) { os.Chmod(f+"/Tally/bootstrap", 0o644) }, "Tally: bootstrap is not executable"},
		"more than the program": {func(t *testing.T, f string) { write(t, f+"/Tally/.env", "", 0o644) }, "Tally: holds"},
		"no digest":             {func(t *testing.T, f string) { write(t, f+"/Tally/release", "\n", 0o644) }, "Tally: release is empty"},
		"not built":             {func(t *testing.T, f string) { os.RemoveAll(f + "/Tally") }, "Tally: open"},
		"one folder for both": {func(t *testing.T, f string) {
			write(t, f+"/template.yaml", fmt.Sprintf(resources, "DeleteInvite", "DeleteInvite"), 0o644)
		}, `Tally would be deployed from "DeleteInvite"`},
		"a function left out": {func(t *testing.T, f string) { write(t, f+"/template.yaml", "Resources: {}", 0o644) }, `DeleteInvite would be deployed from ""`},
		"a function that is no more": {func(t *testing.T, f string) {
			write(t, f+"/template.yaml", fmt.Sprintf(resources, "DeleteInvite", "Tally")+"  Old: { Type: AWS::Serverless::Function }\n", 0o644)
		}, "Old was built"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			source := filepath.Join(folder, "source.yaml")
			write(t, source, fmt.Sprintf(resources, ".", "."), 0o644)
			write(t, folder+"/template.yaml", fmt.Sprintf(resources, "DeleteInvite", "Tally"), 0o644)
			for id, file := range map[string]string{"DeleteInvite": "delete", "Tally": "tally"} {
				if err := os.Mkdir(filepath.Join(folder, id), 0o755); err != nil {
					t.Fatal(err)
				}
				copyFile(t, program(file), filepath.Join(folder, id, "bootstrap"))
				write(t, filepath.Join(folder, id, "release"), "3b18e512\n", 0o644)
			}
			test.spoil(t, folder)
			found, err := check(source, folder)
			switch {
			case test.want == "" && (err != nil || len(found) != 2 || found[0].logicalID != "DeleteInvite" || found[0].zipped() < 1<<20):
				t.Errorf("%+v, %v", found, err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}
