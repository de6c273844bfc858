package main

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"group-invites/infra/local/stack"
)

// artifact is what one function is deployed as.
type artifact struct {
	logicalID string
	content   []byte // of the program
}

// What the Makefile puts into a function's folder.
const (
	program = "bootstrap" // the name that Lambda's runtimes without a language look for
	release = "release"   // a digest of what else makes a new version: the template and its parameters
)

// check holds what is in the folder, with the template that SAM has put there, against the template that it was built from. It gives what
// is right, sorted, and all faults.
func check(template, folder string) (found []artifact, err error) {
	wanted, err := functions(template)
	if err != nil {
		return nil, err
	}
	built, err := functions(filepath.Join(folder, "template.yaml"))
	if err != nil {
		return nil, err
	}
	if len(wanted) == 0 {
		return nil, fmt.Errorf("%s has no functions", template)
	}
	var faults []error
	for id := range built {
		if _, ok := wanted[id]; !ok {
			faults = append(faults, fmt.Errorf("%s was built, and is not in %s", id, template))
		}
	}
	same := map[[sha256.Size]byte]string{}
	for _, id := range slices.Sorted(maps.Keys(wanted)) {
		if built[id] != id {
			faults = append(faults, fmt.Errorf("%s would be deployed from %q, not from a folder of its own", id, built[id]))
			continue
		}
		content, err := checkFunction(id, filepath.Join(folder, id))
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", id, err))
			continue
		}
		sum := sha256.Sum256(content)
		if other, ok := same[sum]; ok {
			faults = append(faults, fmt.Errorf("%s and %s are the same program", other, id))
		}
		same[sum] = id
		found = append(found, artifact{id, content})
	}
	return found, errors.Join(faults...)
}

// functions gives the functions of a template: where the code of each is, by logical id.
func functions(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var template struct {
		Resources map[string]struct {
			Type       string    `yaml:"Type"`
			Properties yaml.Node `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	code := map[string]string{}
	for id, r := range template.Resources {
		if r.Type != "AWS::Serverless::Function" {
			continue
		}
		code[id] = ""
		for i := 0; i+1 < len(r.Properties.Content); i += 2 {
			if r.Properties.Content[i].Value == "CodeUri" {
				code[id] = r.Properties.Content[i+1].Value
			}
		}
	}
	return code, nil
}

// checkFunction gives the program in the folder of one function, if all that is there is as it must be.
func checkFunction(id, folder string) ([]byte, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	if len(entries) != 2 || entries[0].Name() != program || entries[1].Name() != release {
		return nil, fmt.Errorf("holds %v, not %s and %s alone", entries, program, release)
	}
	if digest, err := os.ReadFile(filepath.Join(folder, release)); err != nil || len(bytes.TrimSpace(digest)) == 0 {
		return nil, fmt.Errorf("%s is empty: the function would stay as it is when a parameter changes (%v)", release, err)
	}
	file := filepath.Join(folder, program)
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o111 != 0o111 {
		return nil, fmt.Errorf("%s is not executable: %s", program, info.Mode())
	}
	if err := checkELF(file); err != nil {
		return nil, err
	}
	if err := checkOrigin(file, "group-invites/functions/"+folderOf(id)); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// checkELF holds that the file is a program for arm64 that needs no loader and no library.
func checkELF(file string) error {
	f, err := elf.Open(file)
	if err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	defer f.Close()
	if f.Machine != elf.EM_AARCH64 || f.Class != elf.ELFCLASS64 {
		return fmt.Errorf("%s is for %s (%s), not arm64", program, f.Machine, f.Class)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return fmt.Errorf("%s is not static", program)
		}
	}
	if f.Section(".symtab") != nil {
		return fmt.Errorf("%s has a symbol table: it was built without %q", program, stack.BuildLDFlags)
	}
	return nil
}

// checkOrigin holds what the Go tool wrote into the program: what it is made of, and how.
func checkOrigin(file, mainPackage string) error {
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	if info.Path != mainPackage {
		return fmt.Errorf("%s is %s, not %s", program, info.Path, mainPackage)
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	for key, want := range map[string]string{
		"GOOS": "linux", "GOARCH": "arm64", "CGO_ENABLED": "0", "-trimpath": "true", "-tags": stack.BuildTags,
	} {
		if settings[key] != want {
			return fmt.Errorf("%s was built with %s=%s, not %s", program, key, settings[key], want)
		}
	}
	return nil
}

// folderOf gives create-invite for CreateInvite.
func folderOf(logicalID string) string {
	var name strings.Builder
	for i, r := range logicalID {
		if i > 0 && unicode.IsUpper(r) {
			name.WriteByte('-')
		}
		name.WriteRune(unicode.ToLower(r))
	}
	return name.String()
}

// zipped gives how many bytes the program takes once it is compressed, as it is for the upload.
func (a artifact) zipped() int {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, 6)
	if err != nil {
		panic(err) // 6 is a level
	}
	w.Write(a.content) // to memory
	w.Close()
	return out.Len()
}
