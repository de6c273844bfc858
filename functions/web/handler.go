package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"sync"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
)

//go:embed openapi.json openapi.yaml docs
var embedded embed.FS

// What the browser may do with the page: run our own scripts and styles, and call the API that the page is about. Nothing else, and
// nothing of anybody else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// How long answers may be kept: those whose name changes with their content for ever, others until it is asked whether they are still so.
const (
	keep  = "public, max-age=31536000, immutable"
	check = "no-cache"
)

func handler() http.Handler {
	files := documentation()
	serve := func(_ context.Context, r *httpapi.Request) (httpapi.Reply, error) {
		f, ok := files[r.URL.Path]
		if !ok {
			return httpapi.Reply{}, directory.ErrNotFound
		}
		return f.reply(r), nil
	}
	handlers := map[string]httpapi.Handler{}
	for _, page := range httpapi.Pages {
		handlers[page.String()] = serve
	}
	handlers["GET /docs/"], handlers["HEAD /docs/"] = toDocs, toDocs
	return httpapi.New("web", handlers)
}

// toDocs leads to the page that has no slash at its end.
func toDocs(context.Context, *httpapi.Request) (httpapi.Reply, error) {
	return httpapi.Reply{Status: http.StatusPermanentRedirect, Header: map[string]string{"Location": "/docs", "Cache-Control": check}}, nil
}

// file is something to serve.
type file struct {
	kind    string // media type
	cache   string
	tag     string // ETag; a weak one, as it is the same whether the content goes zipped or not
	content []byte
	zipped  func() []byte
}

// documentation gives the files by their paths. Scripts and styles have the hash of their content in their names; the page refers to them by these.
func documentation() map[string]*file {
	page := read("docs/index.html")
	files := map[string]*file{
		"/openapi.json": newFile("application/json", check, read("openapi.json")),
		"/openapi.yaml": newFile("application/yaml", check, read("openapi.yaml")),
	}
	for name, kind := range map[string]string{"docs.css": "text/css; charset=utf-8", "docs.js": "text/javascript; charset=utf-8"} {
		content := read("docs/" + name)
		extension := path.Ext(name)
		hashed := "/docs/" + strings.TrimSuffix(name, extension) + "." + hash(content) + extension
		files[hashed] = newFile(kind, keep, content)
		page = bytes.ReplaceAll(page, []byte("/docs/"+name), []byte(hashed))
	}
	files["/docs"] = newFile("text/html; charset=utf-8", check, page)
	return files
}

func read(name string) []byte {
	content, err := embedded.ReadFile(name)
	if err != nil {
		panic(err) // it is not in the binary
	}
	return content
}

func newFile(kind, cache string, content []byte) *file {
	return &file{kind, cache, `W/"` + hash(content) + `"`, content, sync.OnceValue(func() []byte { return zip(content) })}
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6])
}

func zip(content []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(content) // to memory
	w.Close()
	return out.Bytes()
}

// reply serves the file: zipped to those who take it so, and without its content to those who have it, or ask for the headers alone.
func (f *file) reply(r *httpapi.Request) httpapi.Reply {
	header := map[string]string{"Cache-Control": f.cache, "ETag": f.tag, "Vary": "Accept-Encoding", "Referrer-Policy": "no-referrer"}
	if strings.HasPrefix(f.kind, "text/html") {
		header["Content-Security-Policy"] = policy
	}
	if has(r, "If-None-Match", f.tag) {
		return httpapi.Reply{Status: http.StatusNotModified, Header: header}
	}
	content := f.content
	if has(r, "Accept-Encoding", "gzip") {
		content = f.zipped()
		header["Content-Encoding"] = "gzip"
	}
	if r.Method == http.MethodHead {
		header["Content-Type"] = f.kind
		return httpapi.Reply{Status: http.StatusOK, Header: header}
	}
	return httpapi.Reply{Status: http.StatusOK, Body: httpapi.File{Type: f.kind, Content: content}, Header: header}
}

// has tells whether a header that is a list has this entry.
func has(r *httpapi.Request, name, entry string) bool {
	for _, e := range strings.Split(strings.Join(r.Header.Values(name), ","), ",") {
		if strings.TrimSpace(e) == entry {
			return true
		}
	}
	return false
}
