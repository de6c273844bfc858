package main

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// program is one function as it is deployed.
type program struct {
	name      string   // its folder's: create-invite
	goVersion string   // go1.26.8
	modules   []module // linked into it, sorted
}

// module is a module of Go at a version.
type module struct {
	path, version string
	sum           string // of its content, as go.sum has it
}

func (m module) String() string { return m.path + "@" + m.version }

// readPrograms reads the build information of each function's program. All functions must be there, and nothing else.
func readPrograms(root, folder string) ([]program, error) {
	sources, err := filepath.Glob(filepath.Join(root, "functions", "*", "main.go"))
	if err != nil {
		return nil, err
	}
	missing := map[string]bool{}
	for _, source := range sources {
		missing[filepath.Base(filepath.Dir(source))] = true
	}
	files, err := filepath.Glob(filepath.Join(folder, "*", "bootstrap"))
	if err != nil {
		return nil, err
	}
	var programs []program
	for _, file := range files {
		p, err := readProgram(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if !missing[p.name] {
			return nil, fmt.Errorf("%s is %s, which is no function or there twice", file, p.name)
		}
		delete(missing, p.name)
		programs = append(programs, p)
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%s has no program of %s", folder, strings.Join(slices.Sorted(maps.Keys(missing)), ", "))
	}
	slices.SortFunc(programs, func(a, b program) int { return strings.Compare(a.name, b.name) })
	return programs, nil
}

func readProgram(file string) (program, error) {
	f, err := os.Open(file)
	if err != nil {
		return program{}, err
	}
	defer f.Close()
	info, err := buildinfo.Read(f)
	if err != nil {
		return program{}, err
	}
	p := program{name: path.Base(info.Path), goVersion: info.GoVersion}
	for _, dep := range info.Deps {
		if dep.Replace != nil || dep.Sum == "" {
			return program{}, errors.New(dep.Path + " is not as its authors published it")
		}
		p.modules = append(p.modules, module{dep.Path, dep.Version, dep.Sum})
	}
	slices.SortFunc(p.modules, func(a, b module) int { return strings.Compare(a.String(), b.String()) })
	return p, nil
}
