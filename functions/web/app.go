package main

import (
	"embed"
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"group-invites/shared/httpapi"
)

// The web app as Vite has built it, each file gzipped and by Brotli beside itself. Before it is built there is only a .gitkeep, which "all:" lets
// in, so that the function compiles.
//
//go:embed all:ui/dist
var built embed.FS

const dist = "ui/dist"

// settings are what the deployment says of itself to the app.
type settings struct {
	Issuer   string `json:"issuer"`   // of the access tokens
	ClientID string `json:"clientId"` // that the app signs people in as
	Audience string `json:"audience"` // of the tokens, for issuers that want to be told
	Scopes   string `json:"scopes"`   // to ask for, separated by spaces
	// Where "Open" leads after joining: an address, or a path of this origin, in which {orgId} and {groupId} stand for what was joined.
	ContinueURL       string `json:"continueUrl"`
	Product           string `json:"product"` // name that the app goes by
	OpenOrganizations bool   `json:"openOrganizations"`

	TokenOrigin string `json:"-"` // address that has the origin of the issuer's token endpoint
}

// kinds are the media types of files, by their extension.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// app gives the app's files by their paths, and the pages also by the routes that show them.
func app(s settings) map[string]*file {
	description, err := json.Marshal(s)
	if err != nil {
		panic(err) // it is texts
	}
	files := map[string]*file{"/config.json": newFile("application/json", check, description)}
	assets, err := built.ReadDir(dist + "/assets")
	if err != nil {
		assets = nil // not built: the pages say so
	}
	for _, asset := range assets {
		if name := "/assets/" + asset.Name(); kinds[path.Ext(name)] != "" {
			files[name] = builtFile(name, keep)
		}
	}
	protection := s.protection()
	screens := builtFile("/index.html", check, protection)
	for _, page := range httpapi.Pages {
		if page.Path == "/" || strings.HasPrefix(page.Path, "/orgs/") || strings.HasPrefix(page.Path, "/groups/") {
			files[page.Path] = screens
		}
	}
	files["/i"] = builtFile("/i.html", never, protection)
	return files
}

// builtFile gives a file of the app. If the app isn't built, it is one that says so.
func builtFile(name, cache string, headers ...map[string]string) *file {
	content, err := built.ReadFile(dist + name)
	if err != nil {
		return &file{status: http.StatusServiceUnavailable, kind: "text/plain; charset=utf-8", plain: []byte("UI not built: run make ui, and build again\n"), header: map[string]string{"Cache-Control": never}}
	}
	f := newFile(kinds[path.Ext(name)], cache, content, headers...)
	f.gzip, f.brotli = packed(name+".gz"), packed(name+".br")
	return f
}

func packed(name string) func() []byte {
	content, err := built.ReadFile(dist + name)
	if err != nil {
		return nil
	}
	return func() []byte { return content }
}

// protection gives the headers of the app's pages. The browser runs our own scripts and styles and asks this API and the issuer, nothing
// and nobody else; no script makes markup, scripts or addresses of scripts from text; no page is framed, found by search engines, or
// reachable by a window that opened it; and nothing learns the address that a person comes from.
func (s settings) protection() map[string]string {
	sources := []string{"'self'"}
	for _, address := range []string{s.Issuer, s.TokenOrigin} {
		if o := origin(address); !slices.Contains(sources, o) {
			sources = append(sources, o)
		}
	}
	return map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src " + strings.Join(sources, " ") + "; " +
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
		"Cross-Origin-Opener-Policy": "same-origin",
		"X-Robots-Tag":               "noindex, nofollow",
	}
}

// origin gives the origin of an address that config.Environment.URL has read.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u.Scheme + "://" + u.Host
}
