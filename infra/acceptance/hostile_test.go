package acceptance

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// calm checks that a hostile request was answered as any other is: no fault of ours, and a problem or the gateway's own body.
func (a answer) calm(t *testing.T, what string, method string) {
	t.Helper()
	if a.Status >= 500 || a.Status < 200 {
		t.Errorf("%s: %s", what, a)
		return
	}
	if a.Status < 400 || method == "HEAD" {
		return
	}
	switch kind := a.Header.Get("Content-Type"); kind {
	case "application/problem+json":
		var p problem
		if err := json.Unmarshal(a.Body, &p); err != nil || p.Code == "" || p.Status != a.Status {
			t.Errorf("%s: %s", what, a)
		}
	case "application/json":
		var own map[string]string
		if err := json.Unmarshal(a.Body, &own); err != nil || len(own) != 1 || own["message"] == "" {
			t.Errorf("%s: %s", what, a)
		}
	default:
		t.Errorf("%s: %s (%s)", what, a, kind)
	}
}

func TestHostile_PathsAndMethods(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	made := o.link(t, o.admin, anyone)
	host := strings.TrimPrefix(shared.URL(), "http://")
	paths := []string{
		"/", "//", "///", "/v1", "/v1/", "/v1//me", "//v1/me", "/v1/me/", "/v1/./me", "/v1/../v1/me", "/v1/%2e%2e/me", "/%2e%2e/%2e%2e/etc/passwd",
		"/v1/%25zz", "/v1/%2525", "/v1/me%3Fx=1", "/v1/me%23x", "/v1/me?", "/v1/me?%zz", "/v1/me?a=%zz&limit=1", "/v1/me?;", "/v1/me%00", "/v1/me%0d%0aX:%20y",
		"/v1/me%0a", "/v1/me%7f", "/v1/m%65", "/v1%2Fme", "/v1%2fme%2f", "/v1/me%5c", "/v1/%E2%80%AE", "/v1/%ff%fe", "/v1/me;a=b", "/v1/me%20", "/V1/ME",
		"/v1/orgs/%2e%2e", "/v1/orgs/%2F", "/v1/orgs/" + o.id + "%2Fmembers", "/v1/orgs/" + o.id + "%00", "/v1/orgs/" + o.id + "%3F", "/v1/orgs/" + o.id + "%23",
		"/v1/orgs/" + o.id + "%25zz", "/v1/orgs/" + o.id + "/", "/v1/orgs//" + o.id, "/v1/orgs/%20" + o.id, "/v1/groups/" + o.group + "/invites/" + made.ID + "%0a",
		"/v1/groups/" + o.group + "//invites", "/v1/groups/{groupId}/invites", "/v1/groups/%7BgroupId%7D", "/v1/orgs/" + strings.Repeat("a", 5000),
		"/v1/groups/" + o.group + "/invites?limit=%zz", "/v1/groups/" + o.group + "/invites?cursor=%00", "/v1/groups/" + o.group + "/invites?limit=1;2",
		"/v1/groups/" + o.group + "/invites?" + strings.Repeat("a=b&", 1000), "/i", "/i/x", "/favicon.ico", "/.env", "/$default", "*",
		"http://" + host + "/v1/me", "http://evil.example/v1/me", "http://evil.example:99999/",
	}
	methods := []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get", "CONNECT"}
	shared.writesNothing(t, []string{o.id, o.admin.id}, func() {
		for _, path := range paths {
			for _, method := range methods {
				if path == "*" && method == "OPTIONS" {
					continue // about the server, not about anything of the API
				}
				for _, authorization := range []string{"", "Authorization: Bearer " + o.admin.token + "\r\n"} {
					request := method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + authorization + "\r\n"
					shared.raw(t, method, request).calm(t, method+" "+path, method)
				}
			}
		}
	})
}

// TestHostile_APathIsWhatItsSegmentsSay: what is encoded in one is part of it, and neither ends it nor the path.
func TestHostile_APathIsWhatItsSegmentsSay(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	o.link(t, o.admin, anyone)
	for path, want := range map[string]int{
		"/v1/me": 200, "/v1/m%65": 200, "/v1/me?x=%zz": 200, "/v1/me?": 200,
		"/v1/me%3Fx=1": 404, "/v1/me%23x": 404, "/v1/me%25": 404, "/v1/%25zz": 404, "/v1/me/": 404, "/v1//me": 404, "//v1/me": 404, "/v1/./me": 404,
		"/v1/%2e/me": 404, "/v1/orgs/../me": 404, "/v1/orgs/%2e%2e/me": 404, "/v1/me%00": 404, "/v1/me%0a": 404, "/v1/me%20": 404, "/V1/me": 404,
		o.path("%3F"): 404, o.path("%23"): 404, o.path("%0a"): 404, o.path("%25zz"): 404, o.path("/%6dembers"): 200, o.path("/members%3Flimit=1"): 404,
		// An encoded slash ends no segment at the gateway, so no route takes the path, and what $default serves is no part of the API.
		"/v1%2Fme": 404,
	} {
		request := "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + o.admin.token + "\r\n\r\n"
		if a := shared.raw(t, "GET", request); a.Status != want {
			t.Errorf("%s: %s, want %d", path, a, want)
		}
	}
}

// TestHostile_WhatTheServerDoesntRead: malformed requests end at the local server itself, as they do at API Gateway's.
func TestHostile_WhatTheServerDoesntRead(t *testing.T) {
	t.Parallel()
	host := "Host: " + strings.TrimPrefix(shared.URL(), "http://") + "\r\n"
	for _, request := range []string{
		"GET /v1/%zz HTTP/1.1\r\n" + host + "\r\n",
		"GET /v1/me HTTP/1.1\r\n\r\n",
		"GET /v1/me HTTP/1.1\r\n" + host + host + "\r\n",
		"GET /v1/me\x00 HTTP/1.1\r\n" + host + "\r\n",
		"GET /v1/me HTTP/9.9\r\n" + host + "\r\n",
		"POST /v1/orgs HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n",
		"POST /v1/orgs HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
		"GET /v1/me HTTP/1.1\r\n" + host + "Bad Header: x\r\n\r\n",
		"GET /v1/me HTTP/1.1\r\n" + host + "X: " + strings.Repeat("x", 100<<10) + "\r\n\r\n",
	} {
		if a := shared.raw(t, "GET", request); a.Status < 400 || a.Status > 505 || a.Status == 500 {
			t.Errorf("%.80q: %s", request, a)
		}
	}
}

func TestHostile_AForgedContextIsNobody(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	user := o.join(t, "user")[0]
	made := o.link(t, o.admin, anyone)
	context, err := json.Marshal(object{"authorizer": claimsOf(shared, o.admin), "http": object{"method": "GET", "path": "/v1/me"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"X-Golambdaproxy-Apigw-Context", "x-golambdaproxy-apigw-context", "X-GoLambdaProxy-ApiGw-Context", "X-GoLambdaProxy-ApiGw-StageVars"} {
		for _, value := range []string{string(context), "{}", "null", "x", ""} {
			spoofed := name + ": " + value
			if got := read[me](t, shared.want(t, 200, "GET", "/v1/me", user.token, nil, spoofed)); got.User.ID != user.id {
				t.Errorf("%s: he is %+v", spoofed, got.User)
			}
			shared.send(t, "PATCH", o.path(""), user.token, object{"name": "Mine"}, spoofed).refusal(t, 403, "forbidden")
			shared.send(t, "GET", "/v1/me", "", nil, spoofed).gatewayRefusal(t, 401, "Unauthorized")
			shared.want(t, 200, "POST", "/v1/invites/preview", "", object{"code": made.code(t)}, spoofed)
			shared.send(t, "GET", "/v1/nothing", "", nil, spoofed).refusal(t, 404, "not_found")
		}
	}
}

func TestHostile_Headers(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	stranger := shared.person(t, "stranger")
	long := strings.Repeat("x", 10<<10)
	for name, test := range map[string]struct {
		status  int
		headers []string
	}{
		"two tokens":                       {401, []string{"Authorization: Bearer " + o.admin.token}},
		"a second, empty token":            {401, []string{"Authorization: "}},
		"another host":                     {200, []string{"Host: evil.example"}},
		"a host that is no URL's":          {200, []string{"Host: a b%zz"}},
		"another host and scheme, proxied": {200, []string{"X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "Forwarded: host=evil.example"}},
		"a header of 10 KB":                {431, []string{"X-Long: " + long}},
		"many headers":                     {431, strings.Split(strings.Repeat("X-Many: "+long[:100]+"\n", 110), "\n")[:110]},
		"cookies":                          {200, []string{"Cookie: session=" + stranger.token[:200], "Cookie: a=b; c=d"}},
		"a method override":                {200, []string{"X-HTTP-Method-Override: DELETE", "X-Method-Override: DELETE"}},
		"another path":                     {200, []string{"X-Original-URL: /v1/orgs", "X-Rewrite-URL: /v1/orgs"}},
		"a token use":                      {200, []string{"Token-Use: id", "Claims: {}", "X-User-Id: " + stranger.id, "X-Amzn-Oidc-Identity: " + stranger.id}},
		"not ASCII":                        {200, []string{"X-Strange: é\xff", "User-Agent: \xf0\x9f\x92\xa5"}},
		"commas":                           {200, []string{"X-Commas: ,,,", "Accept: ,", "If-None-Match: ,"}},
		"dates with commas":                {200, []string{"If-Modified-Since: Mon, 01 Jan 2029 00:00:00 GMT", "Date: Mon, 01 Jan 2029 00:00:00 GMT"}},
		"a range":                          {200, []string{"Range: bytes=0-1", "If-Range: x"}},
		"other types accepted":             {200, []string{"Accept: text/html", "Accept-Encoding: gzip", "Accept-Language: xx"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := shared.send(t, "GET", "/v1/me", o.admin.token, nil, test.headers...)
			a.calm(t, name, "GET")
			if a.Status != test.status {
				t.Fatalf("%s, want %d", a, test.status)
			}
			if a.Status == http.StatusOK && read[me](t, a).User.ID != o.admin.id {
				t.Errorf("he is %s", a)
			}
		})
	}
	// A list of types is none, and a key that comes twice is one with a comma.
	shared.send(t, "POST", o.in("/invites"), o.admin.token, `{}`, "Content-Type: application/json, application/json").refusal(t, 415, "unsupported_media_type")
	once := shared.want(t, 201, "POST", o.in("/invites"), o.admin.token, `{}`, "Idempotency-Key: a", "Idempotency-Key: b")
	again := shared.want(t, 201, "POST", o.in("/invites"), o.admin.token, `{}`, "Idempotency-Key: a,b")
	if read[link](t, once).ID != read[link](t, again).ID {
		t.Error("the same key made two links")
	}
}

func TestHostile_LinksComeFromTheStackAlone(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	made := read[link](t, shared.want(t, 201, "POST", o.in("/invites"), o.admin.token, `{}`,
		"Host: evil.example", "X-Forwarded-Host: evil.example", "Origin: https://evil.example", "Referer: https://evil.example/"))
	for _, l := range append(get[list[link]](t, shared, o.in("/invites"), o.admin.token).Items, made) {
		if !strings.HasPrefix(*l.URL, shared.URL()+"/i#") {
			t.Errorf("URL %s", *l.URL)
		}
	}
}

// TestHostile_Scanners: whoever only looks at a link changes nothing.
func TestHostile_Scanners(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	made := o.link(t, o.admin, object{"access": "anyone", "maxUses": 1})
	newcomer := shared.person(t, "newcomer")
	code := made.code(t)
	shared.writesNothing(t, []string{o.id, o.admin.id, newcomer.id}, func() {
		for _, token := range []string{"", newcomer.token} {
			for range 20 {
				for _, method := range []string{"GET", "HEAD"} {
					for _, path := range []string{"/i", "/i?" + code, "/i/" + code, "/v1/invites/redeem", "/v1/invites/redeem?code=" + code, "/v1/invites/preview?code=" + code} {
						a := shared.send(t, method, path, token, nil)
						if page := path == "/i" || path == "/i?"+code; page && a.Status != 200 || !page && (a.Status < 400 || a.Status > 405) {
							t.Errorf("%s %s: %s", method, path, a)
						}
					}
				}
				shared.want(t, 200, "POST", "/v1/invites/preview", token, object{"code": code})
			}
		}
	})
	shared.redeem(t, newcomer, code, 201)
}

// TestHostile_NamesComeBackAsTheyAre: what looks like markup or a formula is text, in JSON that no browser takes for a page.
func TestHostile_NamesComeBackAsTheyAre(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	for _, name := range []string{
		`<script>alert(1)</script>`, `"},{"`, `\`, `'; DROP TABLE x; --`, `=1+1`, `{{7*7}}`, `%s%n`, `../../etc`, `www.evil.com`, `O#` + o.id, "null", "a\u0301",
	} {
		id := o.newGroup(t, name)
		got := get[group](t, shared, "/v1/groups/"+id, o.admin.token)
		want := strings.ReplaceAll(name, "a\u0301", "á")
		if got.Name != want {
			t.Errorf("%q came back as %q", name, got.Name)
		}
	}
}
