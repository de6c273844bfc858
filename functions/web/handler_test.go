package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
)

// deployment is one whose issuer has its tokens elsewhere, as Cognito has.
var deployment = settings{
	Issuer: "https://issuer.example.com/pool", TokenOrigin: "https://tokens.example.com", ClientID: "web-client", Audience: "api", Scopes: "openid things/use",
	ContinueURL: "https://chat.example.com/rooms/{groupId}", Product: "Chat", OpenOrganizations: true,
}

// get makes a request to the function, which knows nobody, and gives the answer with its body as it was before it was made part of an event.
func get(t *testing.T, method, path string, headers ...string) (status int, header map[string]string, body string) {
	t.Helper()
	response, err := httpapi.Adapt(handler(deployment))(httpapitest.Context(t), httpapitest.Event(method, path, "", nil, headers...))
	if err != nil {
		t.Fatal(err)
	}
	header = map[string]string{}
	for name, values := range response.MultiValueHeaders {
		header[name] = strings.Join(values, ", ")
	}
	for name, value := range response.Headers {
		header[name] = value
	}
	if response.IsBase64Encoded {
		raw, err := base64.StdEncoding.DecodeString(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		response.Body = string(raw)
	}
	all := http.Header{}
	for name, value := range header {
		all.Set(name, value)
	}
	if !httpapitest.Protected(all) || strings.HasPrefix(header["Content-Type"], "text/html") && header["Cross-Origin-Opener-Policy"] != "same-origin" {
		t.Errorf("%s %s: headers %v", method, path, header)
	}
	return response.StatusCode, header, response.Body
}

// assets finds the scripts and styles that the page refers to.
func assets(t *testing.T) []string {
	t.Helper()
	_, _, page := get(t, "GET", "/docs")
	found := regexp.MustCompile(`(?:src|href)="(/docs/[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(found) != 2 {
		t.Fatalf("the page refers to %v", found)
	}
	return []string{found[0][1], found[1][1]}
}

func TestDocumentation(t *testing.T) {
	for path, want := range map[string]struct{ kind, file string }{
		"/openapi.json": {"application/json", "openapi.json"},
		"/openapi.yaml": {"application/yaml", "openapi.yaml"},
		assets(t)[0]:    {"text/css; charset=utf-8", "docs/docs.css"},
		assets(t)[1]:    {"text/javascript; charset=utf-8", "docs/docs.js"},
		"/docs":         {"text/html; charset=utf-8", ""},
	} {
		status, header, body := get(t, "GET", path)
		if status != 200 || header["Content-Type"] != want.kind || header["Referrer-Policy"] != "no-referrer" || header["Vary"] != "Accept-Encoding" {
			t.Errorf("%s: %d %v", path, status, header)
		}
		if want.file != "" {
			text, err := os.ReadFile(want.file)
			if err != nil {
				t.Fatal(err)
			}
			if body != string(text) {
				t.Errorf("%s is not %s", path, want.file)
			}
		}

		kept := strings.HasPrefix(path, "/docs/")
		if cache := header["Cache-Control"]; kept != strings.Contains(cache, "immutable") || !kept && cache != "no-cache" {
			t.Errorf("%s: Cache-Control %q", path, cache)
		}
		if status, again, nothing := get(t, "GET", path, "If-None-Match", `W/"other", `+header["Etag"]); status != 304 || nothing != "" || again["Etag"] != header["Etag"] {
			t.Errorf("%s, which the browser has: %d %v", path, status, again)
		}
		if status, _, whole := get(t, "GET", path, "If-None-Match", `W/"other"`); status != 200 || whole != body {
			t.Errorf("%s, of which the browser has another: %d", path, status)
		}

		status, head, nothing := get(t, "HEAD", path)
		if status != 200 || nothing != "" || head["Content-Type"] != want.kind || head["Etag"] != header["Etag"] {
			t.Errorf("HEAD %s: %d %v", path, status, head)
		}

		_, zipped, small := get(t, "GET", path, "Accept-Encoding", "br, gzip")
		r, err := gzip.NewReader(strings.NewReader(small))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := io.ReadAll(r)
		if err != nil || string(whole) != body || zipped["Content-Encoding"] != "gzip" {
			t.Errorf("%s, zipped: %v %v", path, err, zipped)
		}
	}
}

// TestDocumentation_ThePageDependsOnNobody: it runs and shows nothing but what is served here.
func TestDocumentation_ThePageDependsOnNobody(t *testing.T) {
	_, header, page := get(t, "GET", "/docs")
	if header["Content-Security-Policy"] != "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" {
		t.Errorf("policy %q", header["Content-Security-Policy"])
	}
	if regexp.MustCompile(`(?i)<style|style=|<script[^>]*>[^<]|\son[a-z]+=`).MatchString(page) {
		t.Error("the page has styles or scripts inside, which its policy forbids")
	}
	address := regexp.MustCompile(`(?:https?:)?//[a-z0-9-]+\.[a-z]`)
	for _, path := range append(assets(t), "/docs") {
		_, _, text := get(t, "GET", path)
		text = strings.ReplaceAll(text, "http://www.w3.org/2000/svg", "") // a name, not an address
		if found := address.FindString(text); found != "" {
			t.Errorf("%s refers to %s", path, found)
		}
	}
}

func TestDocumentation_Slash(t *testing.T) {
	for _, method := range []string{"GET", "HEAD"} {
		if status, header, _ := get(t, method, "/docs/"); status != 308 || header["Location"] != "/docs" {
			t.Errorf("%s /docs/: %d %v", method, status, header)
		}
	}
}

// TestDefault: it answers what no other route takes.
func TestDefault(t *testing.T) {
	api := &httpapitest.API{TB: t, Function: httpapi.Adapt(handler(deployment)), Issuer: "https://issuer.example.com"}
	for _, path := range []string{"/v1", "/v1/nothing", "/i/", "/i.html", "/index.html", "/orgs", "/groups/", "/groups/1/other", "/assets/", "/assets/i.html", "/assets/../i.html", "/ui/dist/i.html", "/.gitkeep", "/docs/x", "/docs/docs.js", "/docs/../docs", "/docs//", "/docs/a/b", "/DOCS", "/openapi.json/"} {
		api.Send("", "GET", path, "").Refused(404, "not_found")
	}
	// Routes of other functions, which their own would answer.
	api.Send("anna", "GET", "/v1/me", "").Refused(404, "not_found")
	for request, allow := range map[string]string{
		"POST /docs": "GET, HEAD", "DELETE /openapi.json": "GET, HEAD", "PUT /v1/me": "GET", "GET /v1/orgs": "POST", "OPTIONS /docs/": "GET, HEAD",
		"POST /i": "GET, HEAD", "DELETE /groups/1": "GET, HEAD",
	} {
		method, path, _ := strings.Cut(request, " ")
		reply := api.Send("", method, path, "").Refused(405, "method_not_allowed")
		if got := reply.Header.Get("Allow"); got != allow {
			t.Errorf("%s: Allow %q, want %q", request, got, allow)
		}
	}
}

// TestWeight: what a first visit takes, zipped, in bytes. It may grow, but not unseen.
func TestWeight(t *testing.T) {
	const most = 40_000
	weight := 0
	for _, path := range append(assets(t), "/docs", "/openapi.json") {
		_, _, body := get(t, "GET", path, "Accept-Encoding", "gzip")
		weight += len(body)
	}
	if weight > most {
		t.Errorf("%d bytes, want at most %d", weight, most)
	}
	if plain := read("openapi.json"); !bytes.HasPrefix(plain, []byte("{")) {
		t.Error("openapi.json is no object")
	}
	t.Logf("%d bytes", weight)
}
