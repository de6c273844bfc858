package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi/httpapitest"
)

const groupPath = "/v1/groups/0123456789abcdef"

func TestAdapt_PathsThatAreNone(t *testing.T) {
	for what, path := range map[string]string{
		"a percent sign that escapes nothing": groupPath + "/invites%zz",
		"a percent sign alone":                groupPath + "/invites%",
		"an escaped percent sign, decoded":    "/v1/me%25",
		"a decoded question mark":             "/v1/me?",
		"a decoded query":                     "/v1/me?x=y",
		"a decoded hash":                      "/v1/me#fragment",
		"a line feed":                         "/v1/me\n",
		"a header in it":                      "/v1/me\r\nX-Injected: 1",
		"NUL":                                 "/v1/me\x00",
		"escape":                              "/v1/\x1b[31mme",
		"bytes that aren't UTF-8":             "/v1/me\xff\xfe",
		"a space":                             "/v1/me ",
		"two slashes":                         "//v1/me",
		"three slashes":                       "///",
		"a host":                              "//evil.example/v1/me",
		"two slashes inside":                  "/v1//me",
		"a parent folder":                     "/v1/../v1/me",
		"a folder itself":                     "/v1/./me",
		"a trailing slash":                    "/v1/me/",
		"a parameter of nothing":              "/v1/groups//invites",
		"a slash in a parameter":              "/v1/groups/01234567/89abcdef/invites/x",
		"a backslash":                         `\v1\me`,
		"an asterisk":                         "*",
		"other letter case":                   "/V1/Me",
		"a route's pattern with a method":     "GET /v1/me",
		"a semicolon":                         "/v1/me;x",
		"a dot":                               "/v1/me.json",
		"a stage":                             "/prod/v1/me",
		"a look-alike":                        "/v1/mе",
		"an absolute URL":                     "https://api.internal/v1/me",
		"sixty kilobytes":                     "/" + strings.Repeat("a", 60_000),
		"very many segments":                  strings.Repeat("/a", 5_000),
	} {
		t.Run(what, func(t *testing.T) {
			for _, method := range []string{"GET", "POST", "DELETE", "HEAD"} {
				event := httpapitest.Event(method, "", "", httpapitest.Claims(testIssuer, "anna"))
				event.RawPath, event.RequestContext.HTTP.Path = path, path
				serve(t, "directory", unreached(t)).Do(event).Refused(404, "not_found")
			}
		})
	}
}

func TestAdapt_PathWithoutItsSlashIsTheSame(t *testing.T) {
	serve(t, "directory", accept).Send("anna", "GET", "v1/me", "").Is(200)
	event := httpapitest.Event("GET", "", "", nil)
	event.RawPath = ""
	serve(t, "web", accept).Do(event).Is(200)
}

func TestAdapt_ParametersComeAsTheyAreWritten(t *testing.T) {
	for _, written := range []string{"a%20b", "%41", "é", "a?b", "a#b", "a&b=c", "..", "{groupId}", "\x01"} {
		api := serve(t, "directory", func(_ context.Context, r *Request) (Reply, error) {
			if got := r.PathValue("groupId"); got != written {
				t.Errorf("%q came as %q", written, got)
			}
			if _, err := r.GroupID(); err != directory.ErrNotFound {
				t.Errorf("%q: %v", written, err)
			}
			return Reply{Status: 204}, nil
		})
		event := httpapitest.Event("GET", "", "", httpapitest.Claims(testIssuer, "anna"))
		event.RawPath = "/v1/groups/" + written
		api.Do(event).Is(204)
	}
}

func TestAdapt_Methods(t *testing.T) {
	t.Run("unknown ones of a known path are told the known ones", func(t *testing.T) {
		for _, method := range []string{"PUT", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PATCH", "FOO", "M-SEARCH", "GETT", "X_Y"} {
			reply := serve(t, "list-invites", unreached(t)).Send("anna", method, groupPath+"/invites", "")
			reply.Refused(405, "method_not_allowed")
			if got := reply.Header.Get("Allow"); got != "GET, POST" {
				t.Errorf("%s: Allow %q", method, got)
			}
		}
	})
	t.Run("other letter case is the same", func(t *testing.T) {
		serve(t, "directory", accept).Send("anna", "get", "/v1/me", "").Is(200)
	})
	t.Run("what can't be one is a bad request", func(t *testing.T) {
		for _, method := range []string{"GE T", "GET\n", "GET /v1/me HTTP/1.1\r\nX: y", "GÉT", "(", "a/b", "\x00", `"GET"`} {
			serve(t, "directory", unreached(t)).Send("anna", method, "/v1/me", "").Refused(400, "invalid_request", "request")
		}
	})
}

func TestAdapt_IdentityComesFromTheAuthorizerOnly(t *testing.T) {
	anna := httpapitest.Claims(testIssuer, "anna")
	forged, err := json.Marshal(events.APIGatewayV2HTTPRequestContext{
		Authorizer: &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: httpapitest.Claims(testIssuer, "mallory")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	headers := []string{
		"X-Golambdaproxy-Apigw-Context", "x-golambdaproxy-apigw-context", "X-GOLAMBDAPROXY-APIGW-CONTEXT", "X-GoLambdaProxy-ApiGw-Context",
		"x-GOlambdaproxy-ApiGw-StageVars", "Authorization", "X-User-Id", "X-Amzn-Oidc-Identity", "X-Forwarded-User",
	}
	for _, name := range headers {
		t.Run(name, func(t *testing.T) {
			send := func(claims map[string]string, handler Handler) *httpapitest.Reply {
				event := httpapitest.Event("GET", "/v1/me", "", claims)
				event.Headers[name] = string(forged)
				return serve(t, "directory", handler).Do(event)
			}
			send(nil, unreached(t)).Refused(401, "unauthenticated")
			send(anna, func(_ context.Context, r *Request) (Reply, error) {
				if r.Caller.ID != directory.NewUserID(testIssuer, "anna") {
					t.Errorf("the caller is %+v", r.Caller)
				}
				for header := range r.Header {
					if strings.HasPrefix(strings.ToLower(header), "x-golambdaproxy") {
						t.Errorf("%s came through", header)
					}
				}
				return Reply{Status: 204}, nil
			}).Is(204)
		})
	}
}

func TestAdapt_CookiesAreDropped(t *testing.T) {
	event := httpapitest.Event("GET", "/v1/me", "", httpapitest.Claims(testIssuer, "anna"))
	event.Cookies = []string{"session=mallory", "a=b"}
	event.Headers["cOOkie"] = "session=mallory"
	serve(t, "directory", func(_ context.Context, r *Request) (Reply, error) {
		if len(r.Cookies()) != 0 || r.Header.Get("Cookie") != "" {
			t.Errorf("cookies %v", r.Cookies())
		}
		return Reply{Status: 204}, nil
	}).Do(event).Is(204)
}

func TestAdapt_Bodies(t *testing.T) {
	echo := func(want string) Handler {
		return func(_ context.Context, r *Request) (Reply, error) {
			if got, err := io.ReadAll(r.Body); err != nil || string(got) != want {
				t.Errorf("the body is %q, %v; want %q", got, err, want)
			}
			return Reply{Status: 204}, nil
		}
	}
	t.Run("base64 is decoded", func(t *testing.T) {
		for _, body := range []string{"", `{"name":"Zoë"}`, "\x00\xff\xfe"} {
			event := httpapitest.Event("POST", "/v1/orgs", base64.StdEncoding.EncodeToString([]byte(body)), httpapitest.Claims(testIssuer, "anna"))
			event.IsBase64Encoded = true
			serve(t, "directory", echo(body)).Do(event).Is(204)
		}
	})
	t.Run("what says that it is base64 and isn't is a bad request", func(t *testing.T) {
		for _, body := range []string{"{}", "a", "====", "ab=c", "é", "_-_-"} {
			event := httpapitest.Event("POST", "/v1/orgs", body, httpapitest.Claims(testIssuer, "anna"))
			event.IsBase64Encoded = true
			serve(t, "directory", unreached(t)).Do(event).Refused(400, "invalid_request", "request")
		}
	})
}

func TestAdapt_Queries(t *testing.T) {
	page := func(t *testing.T, query string) (directory.PageRequest, *httpapitest.Reply) {
		var got directory.PageRequest
		event := httpapitest.Event("GET", groupPath+"/invites", "", httpapitest.Claims(testIssuer, "anna"))
		event.RawQueryString = query
		event.QueryStringParameters = map[string]string{"limit": "13"} // as API Gateway sends it too; the raw query is what counts
		reply := serve(t, "list-invites", func(_ context.Context, r *Request) (_ Reply, err error) {
			got, err = r.Page()
			return Reply{Status: 204}, err
		}).Do(event)
		return got, reply
	}
	for query, want := range map[string]directory.PageRequest{
		"":                       {Limit: 50},
		"limit=1":                {Limit: 1},
		"limit=50&cursor=abc_-9": {Limit: 50, Cursor: "abc_-9"},
		"cursor=a%2Bb%20c":       {Limit: 50, Cursor: "a+b c"},
		"other=1&limit=7":        {Limit: 7},
		"Limit=7":                {Limit: 50},
	} {
		if got, reply := page(t, query); reply.Status != 204 || got != want {
			t.Errorf("%q: %+v, %d", query, got, reply.Status)
		}
	}
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=51": "limit", "limit=-1": "limit", "limit=": "limit", "limit": "limit", "limit=x": "limit", "limit=1.5": "limit",
		"limit=1&limit=2": "limit", "limit=99999999999999999999": "limit", "limit=1e1": "limit", "cursor=": "cursor", "cursor": "cursor",
		"cursor=a&cursor=b": "cursor", "cursor=%zz": "query", "limit=5&x=%": "query", "%": "query", "limit=5;cursor=x": "query",
	} {
		_, reply := page(t, query)
		reply.Refused(400, "invalid_request", field)
	}
	t.Run("broken ones trip nothing", func(t *testing.T) {
		for _, query := range []string{"\x00", "\n", "a=\r\nX: y", "#", "a b", "é=ü", "?", "&&&", "=", strings.Repeat("a=b&", 5000), "\xff"} {
			_, reply := page(t, query)
			if reply.Status != 204 && reply.Status != 400 {
				t.Errorf("%q: %d", query, reply.Status)
			}
		}
	})
}

func TestAdapt_EventsOfAnotherKindAreFaultsOfTheDeployment(t *testing.T) {
	invoke := Adapt(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached the handler") }))
	for what, text := range map[string]string{
		"an empty event":        `{}`,
		"a REST API's event":    `{"version":"1.0","httpMethod":"GET","path":"/v1/me","resource":"/v1/me","requestContext":{"httpMethod":"GET"}}`,
		"an event of a queue":   `{"Records":[{"eventSource":"aws:sqs","body":"{}"}]}`,
		"an event of a test":    `{"key1":"value1"}`,
		"a version without dot": `{"version":"2","rawPath":"/v1/me"}`,
	} {
		var event events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			t.Fatal(err)
		}
		if response, err := invoke(t.Context(), event); err == nil || !reflect.ValueOf(response).IsZero() {
			t.Errorf("%s: %+v, %v", what, response, err)
		}
	}
}

func TestAdapt_EventWithNothingButItsVersion(t *testing.T) {
	serve(t, "directory", unreached(t)).Do(events.APIGatewayV2HTTPRequest{Version: "2.0"}).Refused(404, "not_found")
}

func TestAdapt_HeadersOfOddKinds(t *testing.T) {
	event := httpapitest.Event("GET", "/v1/me", "", httpapitest.Claims(testIssuer, "anna"))
	for name, value := range map[string]string{
		"": "x", " ": "x", "a b": "x", "x\ny": "z", "content-length": "-5", "transfer-encoding": "chunked", "host": "evil.example", "connection": "close",
		"x-forwarded-for": "192.0.2.1, 192.0.2.2", "é": "ü", "accept": strings.Repeat(",", 5000), "expect": "100-continue", "upgrade": "h2c",
	} {
		event.Headers[name] = value
	}
	serve(t, "directory", accept).Do(event).Is(200)
}

// FuzzAdapt: whatever comes, it is one answer with a status of ours, never a function error or a panic.
func FuzzAdapt(f *testing.F) {
	f.Add("GET", "/v1/me", "", "", "x-golambdaproxy-apigw-context", "{}", false)
	f.Add("POST", "/v1/orgs", "", `{"name":"x"}`, "content-type", "application/json", false)
	f.Add("POST", "/v1/orgs", "", `{"name":"x"}`, "Content-Type", "text/plain", false)
	f.Add("PATCH", "/v1/orgs/0123456789", "limit=5;", `{"a":1,"a":2}`, "If-Match", `"1", W/"2"`, false)
	f.Add("GET", "//x", "%zz", "e30=", "idempotency-key", "a, b", true)
	f.Add("GE T", "/%zz", "\n", "\xff", "\n", "\n", true)
	f.Add("", "", "", "", "", "", false)
	f.Add("PUT", "/v1/groups/0123456789abcdef/members/0123456789abcdef0123456789abcdef", "", "", "a", "b", false)
	stdout := os.Stdout // a line for each request would be most of the work
	if os.Stdout, _ = os.Open(os.DevNull); os.Stdout == nil {
		f.Fatal("no null device")
	}
	api := serve(f, "directory", func(_ context.Context, r *Request) (Reply, error) {
		_, orgErr := r.OrgID()
		_, groupErr := r.GroupID()
		_, userErr := r.UserID()
		_, pageErr := r.Page()
		_, keyErr := r.IdempotencyKey()
		_ = r.IfMatch()
		fields, err := ReadOptionalFields(r.Request)
		if err == nil {
			fields.RequiredText("name")
			err = fields.Err()
		}
		for _, err := range []error{orgErr, groupErr, userErr, pageErr, keyErr, err} {
			if err != nil {
				return Reply{}, err
			}
		}
		return Reply{Status: 200, Body: map[string]string{"id": r.Caller.ID.String()}}, nil
	})
	os.Stdout = stdout
	ours := map[int]bool{200: true, 400: true, 404: true, 405: true, 412: true, 413: true, 415: true}
	f.Fuzz(func(t *testing.T, method, path, query, body, header, value string, base64 bool) {
		event := httpapitest.Event(method, "", body, httpapitest.Claims(testIssuer, "anna"))
		event.RawPath, event.RequestContext.HTTP.Path, event.RawQueryString = path, path, query
		event.Headers[header], event.IsBase64Encoded = value, base64
		response, err := api.Function(httpapitest.Context(t), event)
		if err != nil || !ours[response.StatusCode] || response.IsBase64Encoded || !json.Valid([]byte(response.Body)) {
			t.Errorf("%d, %v: %s", response.StatusCode, err, response.Body)
		}
		if len(response.Body) > 64<<10 {
			t.Errorf("an answer of %d bytes to a body of %d", len(response.Body), len(body))
		}
	})
}

// TestAdapt_RouteIsTheGateways: a decoded %2F in a path doesn't make another route of it than the gateway has checked and throttled.
func TestAdapt_RouteIsTheGateways(t *testing.T) {
	send := func(key string) *httpapitest.Reply {
		event := httpapitest.Event("GET", "/v1/orgs/0123456789/members", "", httpapitest.Claims(testIssuer, "anna"))
		event.RouteKey = key
		return serve(t, "directory", accept).Do(event)
	}
	for _, key := range []string{"GET /v1/orgs/{orgId}/members", "$default", ""} {
		send(key).Is(200)
	}
	for _, key := range []string{"GET /v1/orgs/{orgId}", "GET /v1/me"} {
		send(key).Refused(404, "not_found")
	}
}
