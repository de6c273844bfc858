package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strings"
	"sync"

	"group-invites/shared/httpapi"
)

// How long answers may be kept: those whose name changes with their content for ever, others until it is asked whether they are still so,
// and some not at all.
const (
	keep  = "public, max-age=31536000, immutable"
	check = "no-cache"
	never = "no-store"
)

// file is something to serve.
type file struct {
	status int
	kind   string // media type
	tag    string // ETag; a weak one, as it is the same whatever the content is packed by
	header map[string]string
	// The content, and what it is packed by gzip and Brotli. Packing may be left out.
	plain        []byte
	gzip, brotli func() []byte
}

// newFile makes a file that is gzipped when that is first asked for.
func newFile(kind, cache string, content []byte, headers ...map[string]string) *file {
	f := &file{
		status: http.StatusOK, kind: kind, tag: `W/"` + hash(content) + `"`, plain: content,
		gzip:   sync.OnceValue(func() []byte { return zip(content) }),
		header: map[string]string{"Cache-Control": cache, "Vary": "Accept-Encoding"},
	}
	for _, more := range headers {
		maps.Copy(f.header, more)
	}
	return f
}

// reply serves the file: packed to those who take it so, and without its content to those who have it, or ask for the headers alone.
func (f *file) reply(r *httpapi.Request) httpapi.Reply {
	header := maps.Clone(f.header)
	if header["Cache-Control"] != never { // otherwise nobody has it
		header["ETag"] = f.tag
		if lists(r, "If-None-Match", f.tag) {
			return httpapi.Reply{Status: http.StatusNotModified, Header: header}
		}
	}
	content := f.plain
	switch {
	case f.brotli != nil && lists(r, "Accept-Encoding", "br"):
		content, header["Content-Encoding"] = f.brotli(), "br"
	case f.gzip != nil && lists(r, "Accept-Encoding", "gzip"):
		content, header["Content-Encoding"] = f.gzip(), "gzip"
	}
	if r.Method == http.MethodHead {
		header["Content-Type"] = f.kind
		return httpapi.Reply{Status: f.status, Header: header}
	}
	return httpapi.Reply{Status: f.status, Body: httpapi.File{Type: f.kind, Content: content}, Header: header}
}

// lists tells whether a header that is a list has this entry, with any weight but zero (RFC 9110, section 12.4.2).
func lists(r *httpapi.Request, name, entry string) bool {
	for e := range strings.SplitSeq(strings.Join(r.Header.Values(name), ","), ",") {
		e, parameters, _ := strings.Cut(e, ";")
		if strings.TrimSpace(e) != entry {
			continue
		}
		weight, weighted := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameters)), "q=")
		return !weighted || strings.Trim(weight, "0.") != ""
	}
	return false
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
