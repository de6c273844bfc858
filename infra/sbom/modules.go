package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// licensedModule is a module with the license that it may be used by.
type licensedModule struct {
	module
	license string // SPDX identifier
}

// standardLibrary is the module that the toolchain's own packages are listed as, by the name that vulnerability databases know it by.
const standardLibrary = "std"

// fetchModules gives all modules of the programs, the standard library among them, sorted, each with its license. It takes their content from
// the module cache, and from the module proxy what isn't there; go holds it against go.sum.
func fetchModules(ctx context.Context, root string, programs []program) ([]licensedModule, error) {
	var wanted []module
	for _, p := range programs {
		wanted = append(wanted, p.modules...)
	}
	slices.SortFunc(wanted, func(a, b module) int { return strings.Compare(a.String(), b.String()) })
	wanted = slices.Compact(wanted)
	folders, err := download(ctx, root, wanted)
	if err != nil {
		return nil, err
	}
	var out []licensedModule
	var faults []error
	add := func(m module, folder string) {
		license, err := licenseIn(folder)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", m, err))
		}
		out = append(out, licensedModule{m, license})
	}
	for _, m := range wanted {
		add(m, folders[m])
	}
	for _, p := range programs {
		if p.goVersion != runtime.Version() {
			faults = append(faults, fmt.Errorf("%s was built by %s, and this is %s", p.name, p.goVersion, runtime.Version()))
		}
	}
	goroot, err := output(ctx, root, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	add(module{standardLibrary, strings.TrimPrefix(runtime.Version(), "go"), ""}, strings.TrimSpace(string(goroot)))
	return out, errors.Join(faults...)
}

// download gives the folder of each module.
func download(ctx context.Context, root string, modules []module) (map[module]string, error) {
	arguments := []string{"mod", "download", "-json"}
	for _, m := range modules {
		arguments = append(arguments, m.String())
	}
	text, err := output(ctx, root, arguments...)
	if err != nil {
		return nil, err
	}
	folders := map[module]string{}
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var got struct{ Path, Version, Sum, Dir string }
		if err := decoder.Decode(&got); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		folders[module{got.Path, got.Version, got.Sum}] = got.Dir
	}
	for _, m := range modules {
		if folders[m] == "" {
			return nil, fmt.Errorf("%s was built in with the checksum %s, and is another one now", m, m.sum)
		}
	}
	return folders, nil
}

func output(ctx context.Context, folder string, arguments ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.Dir = folder
	var said bytes.Buffer
	cmd.Stderr = &said
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s%s", arguments[0], err, text, said.Bytes())
	}
	return text, nil
}
