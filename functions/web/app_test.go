package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// refers finds the files that a page of the app loads by itself.
func refers(t *testing.T, page string) (paths []string) {
	t.Helper()
	_, _, text := get(t, "GET", page)
	for _, found := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		paths = append(paths, found[1])
	}
	if !slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(p, "/assets/") && strings.HasSuffix(p, ".js") }) {
		t.Fatalf("%s loads no script: the web app isn't built, run make ui\n%s", page, text)
	}
	return paths
}

func TestApp_PagesAreProtected(t *testing.T) {
	for path, cache := range map[string]string{
		"/i": "no-store", "/": "no-cache", "/orgs/d6625d0280": "no-cache", "/orgs/d6625d0280/members": "no-cache", "/orgs/d6625d0280/settings": "no-cache",
		"/orgs/d6625d0280/audit":   "no-cache",
		"/groups/d6625d02804133cd": "no-cache", "/groups/d6625d02804133cd/invites": "no-cache", "/groups/d6625d02804133cd/requests": "no-cache",
		"/groups/d6625d02804133cd/invites/68827bfddea0068e": "no-cache",
	} {
		refers(t, path)
		for _, method := range []string{"GET", "HEAD"} {
			status, header, _ := get(t, method, path)
			if status != 200 || header["Content-Type"] != "text/html; charset=utf-8" {
				t.Errorf("%s %s: %d %v", method, path, status, header)
			}
			for name, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' https://issuer.example.com https://tokens.example.com; " +
					"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
				"Cache-Control": cache, "Referrer-Policy": "no-referrer", "Strict-Transport-Security": "max-age=63072000", "X-Robots-Tag": "noindex, nofollow",
				"Cross-Origin-Opener-Policy": "same-origin", "Vary": "Accept-Encoding",
			} {
				if header[name] != want {
					t.Errorf("%s %s: %s %q, want %q", method, path, name, header[name], want)
				}
			}
			if tagged := header["Etag"] != ""; tagged != (cache == "no-cache") {
				t.Errorf("%s %s: ETag %q with %s", method, path, header["Etag"], cache)
			}
		}
	}
}

// TestApp_TheIssuerIsNamedOnce: where the token endpoint is the issuer's own, the policy has its origin once.
func TestApp_TheIssuerIsNamedOnce(t *testing.T) {
	s := settings{Issuer: "http://127.0.0.1:8080/dev/oidc", TokenOrigin: "http://127.0.0.1:8080/dev/oidc"}
	if policy := s.protection()["Content-Security-Policy"]; !strings.Contains(policy, "connect-src 'self' http://127.0.0.1:8080; ") {
		t.Error(policy)
	}
}

// TestApp_ThePageBehindALinkIsNeutral: it says nothing of any invite before it has read the code, and depends on nobody.
func TestApp_ThePageBehindALinkIsNeutral(t *testing.T) {
	_, _, page := get(t, "GET", "/i")
	if !strings.Contains(page, "<title>Invitation</title>") {
		t.Errorf("title of\n%s", page)
	}
	for _, path := range []string{"/i", "/"} {
		_, _, page := get(t, "GET", path)
		if regexp.MustCompile(`(?i)<style|style=|<script[^>]*>[^<]|\son[a-z]+=`).MatchString(page) {
			t.Errorf("%s has styles or scripts inside, which its policy forbids", path)
		}
		for _, reference := range refers(t, path) {
			if !strings.HasPrefix(reference, "/assets/") && reference != "/config.json" {
				t.Errorf("%s refers to %s", path, reference)
			}
		}
	}
}

func TestApp_FilesAreKeptAndPacked(t *testing.T) {
	for _, path := range append(refers(t, "/i"), refers(t, "/")...) {
		status, header, plain := get(t, "GET", path)
		if status != 200 || plain == "" {
			t.Errorf("%s: %d %v", path, status, header)
			continue
		}
		wantCache := "public, max-age=31536000, immutable"
		if path == "/config.json" {
			wantCache = "no-cache"
		}
		if header["Cache-Control"] != wantCache {
			t.Errorf("%s: Cache-Control %q", path, header["Cache-Control"])
		}
		if status, _, _ := get(t, "GET", path, "If-None-Match", header["Etag"]); status != 304 {
			t.Errorf("%s, which the browser has: %d", path, status)
		}

		for accepted, want := range map[string]string{
			"gzip": "gzip", "gzip, deflate, br": "br", "br;q=1.0, gzip;q=0.8, *;q=0.1": "br", "gzip, br;q=0": "gzip", "gzip;q=0.0, br; q=0": "", "deflate": "", "brotli": "",
		} {
			if path == "/config.json" && want == "br" {
				want = "gzip"
			}
			if path == "/config.json" && !strings.Contains(accepted, "gzip") {
				want = ""
			}
			_, header, packed := get(t, "GET", path, "Accept-Encoding", accepted)
			if header["Content-Encoding"] != want {
				t.Errorf("%s to one who takes %q: %q, want %q", path, accepted, header["Content-Encoding"], want)
			}
			if want == "gzip" {
				if unzipped, err := unzip(packed); err != nil || unzipped != plain {
					t.Errorf("%s gzipped is another (%v)", path, err)
				}
			}
		}
	}
}

func unzip(text string) (string, error) {
	r, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		return "", err
	}
	whole, err := io.ReadAll(r)
	return string(whole), err
}

func TestApp_Config(t *testing.T) {
	const want = `{"issuer":"https://issuer.example.com/pool","clientId":"web-client","audience":"api","scopes":"openid things/use",` +
		`"continueUrl":"https://chat.example.com/rooms/{groupId}","product":"Chat","openOrganizations":true}`
	status, header, body := get(t, "GET", "/config.json")
	if status != 200 || header["Content-Type"] != "application/json" || body != want {
		t.Errorf("%d %v\n%s", status, header, body)
	}
}

// TestApp_NotBuilt: without the app the function still starts, and its pages say what is missing.
func TestApp_NotBuilt(t *testing.T) {
	f := builtFile("/missing.html", check)
	if f.status != 503 || !bytes.Contains(f.plain, []byte("UI not built")) || f.header["Cache-Control"] != "no-store" {
		t.Errorf("%+v", f)
	}
}
