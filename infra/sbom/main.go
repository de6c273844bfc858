// Command sbom writes down what a release is made of: a software bill of materials, in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). It
// names each deployed program with the modules and the standard library that were linked into it, as the programs' own build information has
// them, and for the web app, which lies within one of them, the packages of npm that it is bundled from: with version, checksum and license.
//
// It fails if a program is missing, if a module isn't the one that go.sum knows, or if a license is unknown or not among those that may be
// used. It holds no time and no number of its own, so that the same release gives the same text.
//
//	go run ./infra/sbom -programs .local/build -out .local/sbom/group-invites.cdx.json
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"group-invites/infra/local/project"
)

func main() {
	programs := flag.String("programs", filepath.Join(".local", "build"), "folder with a folder for each function, its bootstrap in it")
	out := flag.String("out", filepath.Join(".local", "sbom", "group-invites.cdx.json"), "file to write")
	flag.Parse()
	if err := run(*programs, *out); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(folder, out string) error {
	root, err := project.Root()
	if err != nil {
		return err
	}
	programs, err := readPrograms(root, folder)
	if err != nil {
		return err
	}
	if err := write(context.Background(), root, programs, out); err != nil {
		return err
	}
	fmt.Printf("%s: what %d functions are made of\n", out, len(programs))
	return nil
}

// write writes the bill of a release that these programs are.
func write(ctx context.Context, root string, programs []program, out string) error {
	modules, err := fetchModules(ctx, root, programs)
	if err != nil {
		return err
	}
	lock, err := os.ReadFile(filepath.Join(root, "functions", "web", "ui", "package-lock.json"))
	if err != nil {
		return err
	}
	packages, err := bundledPackages(lock)
	if err != nil {
		return err
	}
	bom, err := document(programs, modules, packages)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := cdx.NewBOMEncoder(&text, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return os.WriteFile(out, text.Bytes(), 0o644)
}
