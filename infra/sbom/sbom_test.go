package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"group-invites/infra/local/project"
	"group-invites/infra/local/stack"
)

// built builds functions as they are deployed, into a folder as `make build` leaves it.
func built(t *testing.T, functions ...string) (root, folder string) {
	t.Helper()
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	for _, f := range functions {
		cmd := exec.CommandContext(t.Context(), "go", "build", "-tags", stack.BuildTags, "-trimpath", "-ldflags", stack.BuildLDFlags, "-o",
			filepath.Join(folder, f, "bootstrap"), "./functions/"+f)
		cmd.Dir = root
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
	return root, folder
}

// TestBill_NamesWhatIsLinkedIn: for each function just the modules that the go command says its packages come from, each with version,
// license, checksum and a name that databases of vulnerabilities know.
func TestBill_NamesWhatIsLinkedIn(t *testing.T) {
	root, folder := built(t, "web", "mailer")
	var programs []program
	for _, f := range []string{"mailer", "web"} {
		p, err := readProgram(filepath.Join(folder, f, "bootstrap"))
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, p)
	}
	bill := billOf(t, root, programs)
	for _, f := range []string{"mailer", "web"} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", stack.BuildTags, "-f",
			"{{with .Module}}{{if not .Main}}pkg:golang/{{.Path}}@{{.Version}}{{end}}{{end}}", "./functions/"+f)
		cmd.Dir = root
		text, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Fields(string(text))
		if f == web {
			want = append(want, webPackages(t, root)...)
		}
		want = append(want, "pkg:golang/std@"+strings.TrimPrefix(programs[0].goVersion, "go"))
		slices.Sort(want)
		want = slices.Compact(want)
		got := bill.dependencies[f]
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s is made of\n%s\nwant\n%s", f, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for _, ref := range want {
			c, ok := bill.components[ref]
			if !ok || c.Version == "" || c.PURL != ref || len(c.Licenses) != 1 || !slices.Contains(permitted, c.Licenses[0].License.ID) ||
				len(c.Hashes) != 1 && !strings.Contains(ref, "/std@") {
				t.Errorf("%s: %+v", ref, c)
			}
		}
	}
}

// webPackages are what npm installs where nothing is for development.
func webPackages(t *testing.T, root string) (urls []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "npm", "ls", "--all", "--json", "--omit=dev", "--package-lock-only")
	cmd.Dir = filepath.Join(root, "functions", "web", "ui")
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	type node struct {
		Version      string
		Dependencies map[string]json.RawMessage
	}
	var visit func(text []byte)
	visit = func(text []byte) {
		var n node
		if err := json.Unmarshal(text, &n); err != nil {
			t.Fatal(err)
		}
		for name, below := range n.Dependencies {
			var d node
			if err := json.Unmarshal(below, &d); err != nil {
				t.Fatal(err)
			}
			if d.Version == "" {
				continue // a peer that isn't installed
			}
			urls = append(urls, "pkg:npm/"+name+"@"+d.Version)
			visit(below)
		}
	}
	visit(text)
	if len(urls) == 0 {
		t.Fatal("npm knows no packages")
	}
	return urls
}

func TestBill_IsTheSameEachTime(t *testing.T) {
	root, folder := built(t, "unsubscribe")
	p, err := readProgram(filepath.Join(folder, "unsubscribe", "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	first := billOf(t, root, []program{p})
	if second := billOf(t, root, []program{p}); !bytes.Equal(first.text, second.text) {
		t.Errorf("first\n%s\nthen\n%s", first.text, second.text)
	}
}

func TestReadPrograms_AllFunctionsMustBeThere(t *testing.T) {
	root, folder := built(t, "unsubscribe")
	if _, err := readPrograms(root, folder); err == nil || !strings.Contains(err.Error(), "has no program of access-requests, create-invite") || strings.Contains(err.Error(), "unsubscribe,") {
		t.Errorf("%v", err)
	}
	if err := os.CopyFS(filepath.Join(folder, "again"), os.DirFS(filepath.Join(folder, "unsubscribe"))); err != nil {
		t.Fatal(err)
	}
	if _, err := readPrograms(root, folder); err == nil || !strings.Contains(err.Error(), "there twice") {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "again", "bootstrap"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := readPrograms(root, folder); err == nil {
		t.Error("a script is taken for a program")
	}
}

func TestDownload_RefusesAModuleThatIsAnotherOneNow(t *testing.T) {
	root, _ := built(t)
	_, err := download(t.Context(), root, []module{{"github.com/rivo/uniseg", "v0.4.7", "h1:" + strings.Repeat("A", 43) + "="}})
	if err == nil || !strings.Contains(err.Error(), "is another one now") {
		t.Errorf("%v", err)
	}
}

func TestLicense_OnlyWhatIsPermittedAndKnown(t *testing.T) {
	root, _ := built(t)
	apache, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	const isc = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY
AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS
OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE
OF THIS SOFTWARE.`
	const gpl = `This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public License as published by
the Free Software Foundation, either version 3 of the License, or (at your option) any later version.`
	for name, c := range map[string]struct{ text, want string }{
		"ours":                   {string(apache), "Apache-2.0"},
		"ISC":                    {isc, "ISC"},
		"GPL":                    {gpl, ""},
		"one that is made up":    {"You may use this on Tuesdays.", ""},
		"nothing":                {"", ""},
		"one and then another":   {isc + "\n\n" + gpl, ""},
		"one with words of ours": {isc + strings.Repeat("\nIt may not be used by anybody whose name begins with an A.", 20), ""},
	} {
		if got, err := licenseOf([]byte(c.text)); got != c.want && err == nil || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := licenseIn(t.TempDir()); err == nil {
		t.Error("a module without a license is taken")
	}
}

func TestBundledPackages(t *testing.T) {
	integrity := "sha512-" + strings.Repeat("A", 86) + "=="
	lock := func(fields string) []byte {
		return fmt.Appendf(nil, `{"packages":{"":{"license":"x"},"node_modules/a/node_modules/@b/c":{%s}}}`, fields)
	}
	good, err := bundledPackages(lock(`"version":"1.2.3","license":"MIT","integrity":"` + integrity + `"`))
	if err != nil || len(good) != 1 || npmURL(good[0]) != "pkg:npm/%40b/c@1.2.3" {
		t.Errorf("%+v, %v", good, err)
	}
	for _, bad := range []string{
		`"version":"1.2.3","license":"GPL-3.0-only","integrity":"` + integrity + `"`,
		`"version":"1.2.3","integrity":"` + integrity + `"`,
		`"license":"MIT","integrity":"` + integrity + `"`,
		`"version":"1.2.3","license":"MIT"`,
		`"version":"1.2.3","license":"MIT","integrity":"sha1-` + strings.Repeat("A", 27) + `="`,
		`"version":"1.2.3","license":"GPL-3.0-only","dev":true`,
	} {
		if got, err := bundledPackages(lock(bad)); err == nil {
			t.Errorf("%s: %+v", bad, got)
		}
	}
}

// bill is a document as its readers see it.
type bill struct {
	text         []byte
	components   map[string]component
	dependencies map[string][]string
}

type component struct {
	Version  string
	PURL     string `json:"purl"`
	Licenses []struct{ License struct{ ID string } }
	Hashes   []struct{ Alg, Content string }
}

// schema is that of CycloneDX 1.6, which its own module of Go brings along.
func schema(t *testing.T, root string) *jsonschema.Schema {
	t.Helper()
	text, err := output(t.Context(), root, "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go")
	if err != nil {
		t.Fatal(err)
	}
	const at = "http://cyclonedx.org/schema/"
	compiler := jsonschema.NewCompiler()
	for name, file := range map[string]string{
		"bom-1.6.schema.json": "bom-1.6.schema.json", "spdx.schema.json": "spdx.schema.json", "jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		content, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(text)), "schema", file))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(at+name, valid(t, content)); err != nil {
			t.Fatal(err)
		}
	}
	compiled, err := compiler.Compile(at + "bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func valid(t *testing.T, text []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func billOf(t *testing.T, root string, programs []program) bill {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bill.json")
	if err := write(t.Context(), root, programs, file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		BOMFormat, SpecVersion string
		Components             []struct {
			Ref string `json:"bom-ref"`
			component
		}
		Dependencies []struct {
			Ref       string
			DependsOn []string
		}
	}
	if err := json.Unmarshal(text, &read); err != nil || read.BOMFormat != "CycloneDX" || read.SpecVersion != "1.6" {
		t.Fatalf("%v: %.200s", err, text)
	}
	if err := schema(t, root).Validate(valid(t, text)); err != nil {
		t.Errorf("not as CycloneDX has it: %v", err)
	}
	b := bill{text, map[string]component{}, map[string][]string{}}
	for _, c := range read.Components {
		b.components[c.Ref] = c.component
	}
	for _, d := range read.Dependencies {
		b.dependencies[d.Ref] = d.DependsOn
	}
	return b
}
