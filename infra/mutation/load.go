package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// source is a file that isn't a test.
type source struct {
	path string // absolute
	name string // from the root of the repository
	text []byte
	tree *ast.File
}

// loaded is a package whose types are known.
type loaded struct {
	dir      string
	path     string // its import path
	files    []*source
	fset     *token.FileSet
	info     *types.Info
	types    *types.Package
	importer types.Importer
}

// load parses and checks the package in a folder of the repository. What it imports is read as the compiler left it.
func load(root, folder string) (*loaded, error) {
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles", "./" + folder}
	cmd := exec.Command("go", append(args, helperImports...)...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", folder, err)
	}
	p := &loaded{fset: token.NewFileSet()}
	exports := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l struct {
			ImportPath, Dir, Export string
			GoFiles                 []string
		}
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		exports[l.ImportPath] = l.Export
		if l.Dir != filepath.Join(root, folder) {
			continue
		}
		p.dir, p.path = l.Dir, l.ImportPath
		for _, name := range l.GoFiles {
			s := &source{path: filepath.Join(l.Dir, name), name: filepath.ToSlash(filepath.Join(folder, name))}
			if s.text, err = os.ReadFile(s.path); err != nil {
				return nil, err
			}
			if s.tree, err = parser.ParseFile(p.fset, s.path, s.text, parser.SkipObjectResolution); err != nil {
				return nil, err
			}
			p.files = append(p.files, s)
		}
	}
	p.importer = importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	p.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	var trees []*ast.File
	for _, f := range p.files {
		trees = append(trees, f.tree)
	}
	p.types, err = (&types.Config{Importer: p.importer}).Check(p.path, p.fset, trees, p.info)
	return p, err
}

// compiles says what is wrong with the package when mutants are in one of its files; nil if nothing is.
func (p *loaded) compiles(in *source, mutants []*mutant) error {
	fset := token.NewFileSet()
	parse := func(name string, text any) (*ast.File, error) {
		return parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	}
	extra, err := parse(helperName, helperText(p.types.Name(), 0))
	if err != nil {
		return err
	}
	trees := []*ast.File{extra}
	for _, f := range p.files {
		text := f.text
		if f == in {
			text = rewrite(f, p.fset, mutants)
		}
		tree, err := parse(f.path, text)
		if err != nil {
			return err
		}
		trees = append(trees, tree)
	}
	_, err = (&types.Config{Importer: p.importer}).Check(p.path, fset, trees, nil)
	return err
}

// keepCompiling leaves out the mutants that don't type-check, and numbers the others from 1.
func (p *loaded) keepCompiling(all []*mutant) ([]*mutant, error) {
	var kept []*mutant
	for _, f := range p.files {
		of := in(f, all)
		if p.compiles(f, of) != nil {
			var good []*mutant
			for _, m := range of {
				if p.compiles(f, []*mutant{m}) == nil {
					good = append(good, m)
				}
			}
			if err := p.compiles(f, good); err != nil {
				return nil, fmt.Errorf("mutants that compile alone, but not together: %w", err)
			}
			of = good
		}
		kept = append(kept, of...)
	}
	for i, m := range kept {
		m.id = i + 1
	}
	return kept, nil
}

// in gives the mutants that are in a file.
func in(f *source, all []*mutant) (of []*mutant) {
	for _, m := range all {
		if m.file == f {
			of = append(of, m)
		}
	}
	return of
}
