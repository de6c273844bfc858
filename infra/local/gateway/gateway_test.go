package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"group-invites/infra/local/gateway"
	"group-invites/infra/local/lambda"
	"group-invites/infra/local/template"
)

var update = flag.Bool("update", false, "write the golden files anew")

// function answers as told and remembers what it was asked.
type function struct {
	mu     sync.Mutex
	events [][]byte
	names  []string
	answer func(ctx context.Context) (lambda.Result, error)
}

func (f *function) Invoke(ctx context.Context, name string, payload []byte) (lambda.Result, error) {
	f.mu.Lock()
	f.events, f.names = append(f.events, payload), append(f.names, name)
	f.mu.Unlock()
	if f.answer == nil {
		return lambda.Result{Payload: []byte(`{"statusCode":204}`)}, nil
	}
	return f.answer(ctx)
}

func answering(payload string) *function {
	return &function{answer: func(context.Context) (lambda.Result, error) { return lambda.Result{Payload: []byte(payload)}, nil }}
}

func api() *template.Template {
	open := func(method, path string) template.Route {
		return template.Route{Method: method, Path: path, Function: strings.ToLower(method) + path, Open: true}
	}
	return &template.Template{
		Routes: []template.Route{
			{Function: "default", Open: true},
			open("ANY", "/files/{proxy+}"),
			open("GET", "/files/{name}"),
			open("GET", "/files/index"),
			open("POST", "/files/{name}"),
			open("ANY", "/things"),
			open("GET", "/things"),
			open("GET", "/groups/{groupId}/invites/{inviteId}"),
			{Method: "POST", Path: "/closed", Function: "closed", Scopes: []string{"things/use"}},
			{Method: "POST", Path: "/closed/any", Function: "closed"},
		},
		Authorizer: template.Authorizer{Issuer: "http://issuer.invalid", Audiences: []string{"local"}},
		CORS: template.CORS{
			AllowOrigins: []string{"https://chat.example.com"}, AllowMethods: []string{"GET", "POST"},
			AllowHeaders: []string{"authorization", "content-type"}, ExposeHeaders: []string{"etag"}, MaxAge: 10 * time.Minute,
		},
		Throttling: template.Throttling{Default: template.Throttle{Rate: 1e9, Burst: 1e9}},
	}
}

func start(t *testing.T, o gateway.Options) *httptest.Server {
	t.Helper()
	if o.Template == nil {
		o.Template = api()
	}
	server := httptest.NewServer(gateway.New(o))
	t.Cleanup(server.Close)
	return server
}

// send makes a request and returns the answer with its body.
func send(t *testing.T, server *httptest.Server, method, path, body string, header http.Header) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func TestRoutes(t *testing.T) {
	f := &function{}
	server := start(t, gateway.Options{Invoker: f})
	for request, want := range map[string]string{
		"GET /files/index":                  "get/files/index",
		"GET /files/other":                  "get/files/{name}",
		"POST /files/index":                 "post/files/{name}",
		"PUT /files/other":                  "any/files/{proxy+}",
		"GET /files/a/b":                    "any/files/{proxy+}",
		"GET /files/":                       "any/files/{proxy+}",
		"GET /files":                        "default",
		"GET /things":                       "get/things",
		"HEAD /things":                      "any/things",
		"DELETE /things":                    "any/things",
		"GET /things/":                      "default",
		"GET //things":                      "default",
		"GET /THINGS":                       "default",
		"GET /thi%6Egs":                     "get/things",
		"GET /groups/1/invites/2":           "get/groups/{groupId}/invites/{inviteId}",
		"GET /groups/a%2Fb/invites/2":       "get/groups/{groupId}/invites/{inviteId}",
		"HEAD /groups/1/invites/2":          "default",
		"GET /groups//invites/2":            "default",
		"GET /groups/1/invites/2/":          "default",
		"OPTIONS /groups/1/invites/2":       "default",
		"GET /":                             "default",
		"GET /v1/nothing/at%20all?x=1#frag": "default",
	} {
		method, path, _ := strings.Cut(request, " ")
		resp, _ := send(t, server, method, path, "", nil)
		if got := f.names[len(f.names)-1]; got != want || resp.StatusCode != http.StatusNoContent {
			t.Errorf("%s went to %s (%d), want %s", request, got, resp.StatusCode, want)
		}
	}
}

func TestRoutes_WithoutADefault(t *testing.T) {
	tmpl := api()
	tmpl.Routes = tmpl.Routes[1:]
	resp, body := send(t, start(t, gateway.Options{Template: tmpl, Invoker: &function{}}), "GET", "/nowhere", "", nil)
	if resp.StatusCode != http.StatusNotFound || body != `{"message":"Not Found"}` {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

// volatile is what differs from run to run in an event.
var volatile = regexp.MustCompile(`127\.0\.0\.1:\d+|"x-forwarded-port":"\d+"|"requestId":"[^"]+"`)

func TestEvents(t *testing.T) {
	f := &function{}
	now := time.Date(2026, 3, 4, 5, 6, 7, 890e6, time.UTC)
	server := start(t, gateway.Options{Invoker: f, Now: func() time.Time { return now }})
	for name, test := range map[string]struct {
		method, path, body string
		header             http.Header
	}{
		"path-is-decoded": {"GET", "/groups/a%2Fb%20%25zz%3F/invites/%C3%A4?a=1", "", nil},
		"query-repeats":   {"GET", "/things?a=1&b=x%20y+z&a=2,3&flag&e=%zz", "", nil},
		"headers-and-cookies": {"GET", "/things", "", http.Header{
			"X-Two": {"one", "two, three"}, "Cookie": {"a=1; b=2", "c=3"}, "X-Golambdaproxy-Apigw-Context": {"{}"},
			"X-Forwarded-For": {"203.0.113.9"}, "User-Agent": {"test/1.0"},
		}},
		"json-body":    {"POST", "/files/x", `{"ä":1}`, http.Header{"Content-Type": {"application/problem+json; charset=utf-8"}}},
		"form-body":    {"POST", "/files/x", "a=1", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}},
		"binary-json":  {"POST", "/files/x", "\"\xff\"", http.Header{"Content-Type": {"application/json"}}},
		"untyped-body": {"POST", "/files/x", "text", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if test.header == nil {
				test.header = http.Header{}
			}
			test.header["Accept-Encoding"] = []string{"identity"}
			if test.header["User-Agent"] == nil {
				test.header["User-Agent"] = []string{"test/1.0"}
			}
			send(t, server, test.method, test.path, test.body, test.header)
			event := volatile.ReplaceAllFunc(f.events[len(f.events)-1], func(b []byte) []byte {
				if bytes.HasPrefix(b, []byte("127")) {
					return []byte("127.0.0.1:8080")
				}
				return []byte(string(b[:bytes.IndexByte(b, ':')]) + `:"-"`)
			})
			var got bytes.Buffer
			if err := json.Indent(&got, event, "", "  "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%v, event\n%s\nwant\n%s", err, &got, want)
			}
		})
	}
}

func TestResponses(t *testing.T) {
	for name, test := range map[string]struct {
		payload string
		status  int
		body    string
		header  http.Header // some of the answer's
	}{
		"all of it": {
			`{"statusCode":201,"headers":{"content-type":"application/json","etag":"\"1\"","x-number":7},"cookies":["a=1","b=2; Secure"],"body":"{}"}`,
			201, "{}", http.Header{"Content-Type": {"application/json"}, "Etag": {`"1"`}, "X-Number": {"7"}, "Set-Cookie": {"a=1", "b=2; Secure"}},
		},
		"base64":               {`{"statusCode":200,"body":"aGk=","isBase64Encoded":true}`, 200, "hi", http.Header{"Content-Type": {"text/plain;charset=UTF-8"}}},
		"no content":           {`{"statusCode":204}`, 204, "", nil},
		"inferred":             {`{"x":1}`, 200, `{"x":1}`, http.Header{"Content-Type": {"application/json"}}},
		"an inferred text":     {`"hello"`, 200, "hello", nil},
		"null":                 {`null`, 200, "null", nil},
		"nothing":              {``, 500, `{"message":"Internal Server Error"}`, nil},
		"a status out of it":   {`{"statusCode":99}`, 500, `{"message":"Internal Server Error"}`, nil},
		"a status in words":    {`{"statusCode":"fine"}`, 500, `{"message":"Internal Server Error"}`, nil},
		"bad base64":           {`{"statusCode":200,"body":"*","isBase64Encoded":true}`, 500, `{"message":"Internal Server Error"}`, nil},
		"a body that isn't it": {`{"statusCode":200,"body":{}}`, 500, `{"message":"Internal Server Error"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			resp, body := send(t, start(t, gateway.Options{Invoker: answering(test.payload)}), "GET", "/things", "", nil)
			if resp.StatusCode != test.status || body != test.body {
				t.Errorf("%d %s, want %d %s", resp.StatusCode, body, test.status, test.body)
			}
			for name, want := range test.header {
				if got := resp.Header[name]; !slices.Equal(got, want) {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if id := resp.Header.Get("Apigw-Requestid"); len(id) != 16 {
				t.Errorf("apigw-requestid %q", id)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	for name, test := range map[string]struct {
		answer func(ctx context.Context) (lambda.Result, error)
		status int
		body   string
	}{
		"a function error": {func(context.Context) (lambda.Result, error) {
			return lambda.Result{FunctionError: "errorString", Payload: []byte(`{"errorMessage":"secret"}`)}, nil
		}, 500, `{"message":"Internal Server Error"}`},
		"the integration timeout": {func(ctx context.Context) (lambda.Result, error) {
			<-ctx.Done()
			return lambda.Result{}, ctx.Err()
		}, 503, `{"message":"Service Unavailable"}`},
		"no function": {func(context.Context) (lambda.Result, error) {
			return lambda.Result{}, errors.New("can't start")
		}, 503, `{"message":"Service Unavailable"}`},
		"an event over 6 MB": {func(context.Context) (lambda.Result, error) {
			return lambda.Result{}, lambda.ErrRequestTooLarge
		}, 413, `{"message":"Request Entity Too Large"}`},
	} {
		t.Run(name, func(t *testing.T) {
			var record gateway.Record
			server := start(t, gateway.Options{Invoker: &function{answer: test.answer}, Timeout: 50 * time.Millisecond, Done: func(r gateway.Record) { record = r }})
			resp, body := send(t, server, "GET", "/things", "", nil)
			if resp.StatusCode != test.status || body != test.body {
				t.Errorf("%d %s, want %d %s", resp.StatusCode, body, test.status, test.body)
			}
			server.Close() // waits for the record
			if record.Err == nil || record.Status != test.status || record.Route != "GET /things" {
				t.Errorf("record %+v", record)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	f := &function{}
	server := start(t, gateway.Options{Invoker: f})
	resp, body := send(t, server, "POST", "/files/x", strings.Repeat("x", gateway.MaxBody+1), nil)
	if resp.StatusCode != http.StatusRequestEntityTooLarge || body != `{"message":"Request Entity Too Large"}` {
		t.Errorf("a body over 10 MB: %d %s", resp.StatusCode, body)
	}
	resp, body = send(t, server, "GET", "/things", "", http.Header{"X-Long": {strings.Repeat("x", gateway.MaxHead)}})
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge || body != `{"message":"Request Header Fields Too Large"}` {
		t.Errorf("a head over 10,240 bytes: %d %s", resp.StatusCode, body)
	}
	if len(f.names) != 0 {
		t.Errorf("the function was called: %q", f.names)
	}
	if resp, _ = send(t, server, "GET", "/things", "", http.Header{"X-Long": {strings.Repeat("x", gateway.MaxHead-300)}}); resp.StatusCode != http.StatusNoContent {
		t.Errorf("a head just below the limit: %d", resp.StatusCode)
	}
}

func TestThrottle(t *testing.T) {
	tmpl := api()
	tmpl.Throttling.Routes = map[string]template.Throttle{"GET /things": {Rate: 0.001, Burst: 2}}
	f := &function{}
	server := start(t, gateway.Options{Template: tmpl, Invoker: f})
	for i, want := range []int{204, 204, 429} {
		if resp, body := send(t, server, "GET", "/things", "", nil); resp.StatusCode != want || want == 429 && body != `{"message":"Too Many Requests"}` {
			t.Errorf("request %d: %d %s, want %d", i, resp.StatusCode, body, want)
		}
	}
	if resp, _ := send(t, server, "PUT", "/things", "", nil); resp.StatusCode != 204 || len(f.names) != 3 {
		t.Errorf("another route: %d after %d calls; each has a bucket of its own", resp.StatusCode, len(f.names))
	}
}

func TestCORS(t *testing.T) {
	f := answering(`{"statusCode":200,"headers":{"access-control-allow-origin":"*","access-control-allow-credentials":"true"}}`)
	server := start(t, gateway.Options{Invoker: f})
	preflight := func(origin string) http.Header {
		return http.Header{"Origin": {origin}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"authorization"}}
	}
	const allow = "Access-Control-Allow-Origin"

	resp, body := send(t, server, "OPTIONS", "/closed", "", preflight("https://chat.example.com"))
	if resp.StatusCode != http.StatusNoContent || body != "" || len(f.names) != 0 {
		t.Errorf("preflight: %d %q, calls %q", resp.StatusCode, body, f.names)
	}
	for name, want := range map[string]string{
		allow: "https://chat.example.com", "Access-Control-Allow-Methods": "GET,POST",
		"Access-Control-Allow-Headers": "authorization,content-type", "Access-Control-Max-Age": "600", "Access-Control-Expose-Headers": "",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("preflight: %s: %q, want %q", name, got, want)
		}
	}
	if resp, _ = send(t, server, "OPTIONS", "/closed", "", preflight("https://evil.example")); resp.Header.Get(allow) != "" || len(f.names) != 0 {
		t.Errorf("preflight of another origin: %v", resp.Header)
	}

	resp, _ = send(t, server, "GET", "/things", "", http.Header{"Origin": {"https://chat.example.com"}})
	if resp.Header.Get(allow) != "https://chat.example.com" || resp.Header.Get("Access-Control-Expose-Headers") != "etag" {
		t.Errorf("request of an allowed origin: %v", resp.Header)
	}
	for _, header := range []http.Header{nil, {"Origin": {"https://evil.example"}}} {
		resp, _ = send(t, server, "GET", "/things", "", header)
		for name := range resp.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("request with %v got %s from the function", header, name)
			}
		}
	}
	resp, _ = send(t, server, "POST", "/closed", "", http.Header{"Origin": {"https://chat.example.com"}})
	if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get(allow) == "" {
		t.Errorf("a refusal must be readable by the page: %d %v", resp.StatusCode, resp.Header)
	}
}
