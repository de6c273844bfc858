package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// The program that the web app lies within.
const web = "web"

// document makes the bill: the release, which is made of programs, which are made of modules and packages.
func document(programs []program, modules []licensedModule, packages []npmPackage) (*cdx.BOM, error) {
	bom := cdx.NewBOM()
	bom.SpecVersion = cdx.SpecVersion1_6
	bom.Metadata = &cdx.Metadata{
		Component: &cdx.Component{BOMRef: "group-invites", Type: cdx.ComponentTypeApplication, Name: "group-invites", Licenses: license("Apache-2.0")},
	}
	var components []cdx.Component
	var dependencies []cdx.Dependency
	depends := func(ref string, on []string) {
		dependencies = append(dependencies, cdx.Dependency{Ref: ref, Dependencies: &on})
	}
	var all []string
	for _, p := range programs {
		all = append(all, p.name)
	}
	depends("group-invites", all)
	for _, p := range programs {
		components = append(components, cdx.Component{BOMRef: p.name, Type: cdx.ComponentTypeApplication, Name: p.name, Licenses: license("Apache-2.0")})
		on := []string{goURL(standardLibrary, strings.TrimPrefix(p.goVersion, "go"))}
		for _, m := range p.modules {
			on = append(on, goURL(m.path, m.version))
		}
		if p.name == web {
			for _, p := range packages {
				on = append(on, npmURL(p))
			}
		}
		depends(p.name, on)
	}
	for _, m := range modules {
		u := goURL(m.path, m.version)
		component := cdx.Component{BOMRef: u, Type: cdx.ComponentTypeLibrary, Name: m.path, Version: m.version, PackageURL: u, Licenses: license(m.license)}
		if m.sum != "" {
			sum, err := moduleHash(m.sum)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m, err)
			}
			component.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: sum}}
		}
		components = append(components, component)
	}
	for _, p := range packages {
		u := npmURL(p)
		components = append(components, cdx.Component{
			BOMRef: u, Type: cdx.ComponentTypeLibrary, Name: p.name, Version: p.version, PackageURL: u, Licenses: license(p.license),
			Hashes: &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA512, Value: hex.EncodeToString(p.sha512)}},
		})
	}
	bom.Components, bom.Dependencies = &components, &dependencies
	return bom, nil
}

func license(id string) *cdx.Licenses { return &cdx.Licenses{{License: &cdx.License{ID: id}}} }

// goURL names a module of Go as databases of vulnerabilities do (https://github.com/package-url/purl-spec).
func goURL(path, version string) string {
	return "pkg:golang/" + path + "@" + url.PathEscape(version)
}

func npmURL(p npmPackage) string {
	return "pkg:npm/" + strings.ReplaceAll(p.name, "@", "%40") + "@" + url.PathEscape(p.version)
}

// moduleHash gives the checksum of a module's content in hex, from the form that go.sum has: "h1:" and base64 of a SHA-256.
func moduleHash(sum string) (string, error) {
	digest, known := strings.CutPrefix(sum, "h1:")
	raw, err := base64.StdEncoding.DecodeString(digest)
	if !known || err != nil || len(raw) != 32 {
		return "", fmt.Errorf("%q is no checksum that is known", sum)
	}
	return hex.EncodeToString(raw), nil
}
