package main

import (
	"bytes"
	"embed"
	"path"
	"strings"
)

//go:embed openapi.json openapi.yaml docs
var embedded embed.FS

// What the browser may do with the documentation: run our own scripts and styles, and call the API that the page is about. Nothing else,
// and nothing of anybody else.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// documentation gives the files by their paths. Scripts and styles have the hash of their content in their names; the page refers to them by these.
func documentation() map[string]*file {
	page := read("docs/index.html")
	files := map[string]*file{
		"/openapi.json": newFile("application/json", check, read("openapi.json")),
		"/openapi.yaml": newFile("application/yaml", check, read("openapi.yaml")),
	}
	for _, name := range []string{"docs.css", "docs.js"} {
		content := read("docs/" + name)
		extension := path.Ext(name)
		hashed := "/docs/" + strings.TrimSuffix(name, extension) + "." + hash(content) + extension
		files[hashed] = newFile(kinds[extension], keep, content)
		page = bytes.ReplaceAll(page, []byte("/docs/"+name), []byte(hashed))
	}
	files["/docs"] = newFile(kinds[".html"], check, page, map[string]string{
		"Content-Security-Policy": docsPolicy, "Cross-Origin-Opener-Policy": "same-origin",
	})
	return files
}

func read(name string) []byte {
	content, err := embedded.ReadFile(name)
	if err != nil {
		panic(err) // it is not in the binary
	}
	return content
}
