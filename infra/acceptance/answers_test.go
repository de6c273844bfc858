package acceptance

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"group-invites/shared/httpapi/httpapitest"
)

// keys are the names of an object's fields, sorted, and of the objects and lists in it.
func keys(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var words []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			words = append(words, name+keys(v[name]))
		}
		return "{" + strings.Join(words, " ") + "}"
	case []any:
		if len(v) > 0 && keys(v[0]) != "" {
			return "[" + keys(v[0]) + "]"
		}
	}
	return ""
}

var instant = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)

func TestAnswers_HaveTheContractsFieldsAndNoOthers(t *testing.T) {
	t.Parallel()
	const (
		named   = "{id name}"
		invite  = "{access createdAt createdBy" + named + " expiration expiresAt groupId groupName id maxUses name orgId orgName state url uses}"
		orgs    = "{addPeople createdAt id name}"
		groups  = "{createdAt id name orgId orgName}"
		single  = "{accessOptions capabilities createdAt id name orgId orgName}"
		toAdmin = "{email id joinedAt name role}"
	)
	o := shared.org(t)
	users := o.join(t, "user", "user")
	user := users[0]
	shared.want(t, 204, "DELETE", o.inGroup(users[1]), users[1].token, nil)
	made := o.link(t, o.admin, anyone)
	code := object{"code": made.code(t)}
	newcomer := shared.person(t, "newcomer")
	for _, test := range []struct {
		want, request string
		token         string
		body          any
	}{
		{invite, "POST " + o.in("/invites"), user.token, object{}},
		{invite, "GET " + o.invite(made), o.admin.token, nil},
		{"{items[" + invite + "] nextCursor}", "GET " + o.in("/invites"), o.admin.token, nil},
		{"{access createdBy{name} expiresAt group{name} org{name} serverTime state}", "POST /v1/invites/preview", "", code},
		{"{alreadyMember group" + named + " org" + named + "}", "POST /v1/invites/redeem", newcomer.token, code},
		{"{alreadyMember group" + named + " org" + named + "}", "POST /v1/invites/redeem", newcomer.token, code},
		{"{orgs[{addPeople groups[" + named + "] id name role}] user{email id name}}", "GET /v1/me", user.token, nil},
		{orgs, "POST /v1/orgs", newcomer.token, object{"name": "x"}},
		{orgs, "GET " + o.path(""), user.token, nil},
		{orgs, "PATCH " + o.path(""), o.admin.token, object{"name": "x"}},
		{"{items[" + toAdmin + "] nextCursor}", "GET " + o.path("/members"), o.admin.token, nil},
		{toAdmin, "PUT " + o.member(user), o.admin.token, nil},
		{toAdmin, "PATCH " + o.member(user), o.admin.token, object{"role": "user"}},
		{"{items[" + groups + "] nextCursor}", "GET " + o.path("/groups"), user.token, nil},
		{single, "POST " + o.path("/groups"), o.admin.token, object{"name": "x"}},
		{single, "GET " + o.in(""), user.token, nil},
		{"{items[{id joinedAt name role}] nextCursor}", "GET " + o.in("/members"), user.token, nil},
		{toAdmin, "PUT " + o.inGroup(users[1]), o.admin.token, nil},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		a := shared.send(t, method, path, test.token, test.body)
		var body any
		if err := json.Unmarshal(a.Body, &body); err != nil || a.Status >= 300 || keys(body) != test.want {
			t.Errorf("%s: %s has %s, want %s", test.request, a, keys(body), test.want)
		}
		if strings.Contains(string(a.Body), "dev|") {
			t.Errorf("%s shows a subject: %s", test.request, a)
		}
		for _, m := range regexp.MustCompile(`"(?:createdAt|joinedAt|serverTime|expiresAt)":"([^"]*)"`).FindAllSubmatch(a.Body, -1) {
			if !instant.Match(m[1]) {
				t.Errorf("%s: the instant %s", test.request, m[1])
			}
		}
	}
}

func TestAnswers_NoneIsKeptOrSniffed(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	made := o.link(t, o.admin, anyone)
	const good, bad, none = "application/json", "application/problem+json", ""
	for _, test := range []struct{ request, kind string }{
		{"GET /v1/me", good},
		{"GET " + o.path(""), good},
		{"GET " + o.in("/invites"), good},
		{"GET " + o.invite(made), good},
		{"DELETE " + o.invite(made), none},
		{"DELETE " + o.invite(made), bad},
		{"POST /v1/orgs", bad},
		{"GET /v1/nothing", bad},
		{"PUT /v1/me", bad},
		{"GET /nothing", bad},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		a := shared.send(t, method, path, o.admin.token, nil)
		h := a.Header
		if h.Get("Cache-Control") != "no-store" || !httpapitest.Protected(h) || h.Get("Content-Type") != test.kind || len(h["Set-Cookie"]) > 0 {
			t.Errorf("%s: %d %v", test.request, a.Status, h)
		}
		if test.kind == none && (a.Status != http.StatusNoContent || len(a.Body) > 0) {
			t.Errorf("%s: %s", test.request, a)
		}
	}
}

func TestAnswers_LocationIsWhereItIs(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	for path, body := range map[string]object{"/v1/orgs": {"name": "x"}, o.path("/groups"): {"name": "x"}, o.in("/invites"): {}} {
		a := shared.want(t, 201, "POST", path, o.admin.token, body)
		made := read[named](t, a)
		location := a.Header.Get("Location")
		if !strings.HasSuffix(location, "/"+made.ID) {
			t.Errorf("POST %s: Location %q of %s", path, location, made.ID)
		}
		if got := get[named](t, shared, location, o.admin.token); got != made {
			t.Errorf("at %s is %+v, want %+v", location, got, made)
		}
	}
}

func TestAnswers_ETagsGuardChanges(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	change := func(name, ifMatch string) answer {
		var headers []string
		if ifMatch != "" {
			headers = append(headers, "If-Match: "+ifMatch)
		}
		return shared.send(t, "PATCH", o.path(""), o.admin.token, object{"name": name}, headers...)
	}
	tag := func() string { return shared.want(t, 200, "GET", o.path(""), o.admin.token, nil).Header.Get("ETag") }

	first := tag()
	if !regexp.MustCompile(`^"[^"]+"$`).MatchString(first) {
		t.Fatalf("ETag %q", first)
	}
	changed := change("Second", first)
	if changed.Status != 200 || changed.Header.Get("ETag") != tag() || tag() == first {
		t.Errorf("%s, ETag %q, then %q", changed, changed.Header.Get("ETag"), tag())
	}
	for _, stale := range []string{first, "W/" + tag(), `"x"`, "x", `""`, `"0"`, `"-1"`} {
		change("Third", stale).refusal(t, 412, "precondition_failed")
	}
	if got := get[organization](t, shared, o.path(""), o.admin.token); got.Name != "Second" {
		t.Errorf("named %s", got.Name)
	}
	for _, good := range []string{tag(), "*", ""} {
		if a := change("Fourth", good); a.Status != 200 {
			t.Errorf("If-Match %s: %s", good, a)
		}
	}
	if a := change("Fifth", `"x", `+tag()); a.Status != 200 { // any of several may match
		t.Errorf("the second of two tags: %s", a)
	}
	// Who may not is told so before anything about versions.
	user := o.join(t, "user")[0]
	shared.send(t, "PATCH", o.path(""), user.token, object{"name": "x"}, `If-Match: "99"`).refusal(t, 403, "forbidden")
}

func TestAnswers_CORSIsForTheAllowedOriginAlone(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	const grants = "Access-Control-"
	granted := func(a answer) (names []string) {
		for name := range a.Header {
			if strings.HasPrefix(name, grants) {
				names = append(names, name+": "+strings.Join(a.Header[name], ","))
			}
		}
		slices.Sort(names)
		return names
	}
	preflight := func(origin string) answer {
		return shared.want(t, 204, "OPTIONS", o.in("/invites"), "", nil,
			"Origin: "+origin, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type,idempotency-key")
	}
	for _, origin := range []string{shared.URL(), strings.Replace(shared.URL(), "127.0.0.1", "localhost", 1)} {
		want := []string{
			"Access-Control-Allow-Headers: authorization,content-type,idempotency-key,if-match",
			"Access-Control-Allow-Methods: GET,POST,PUT,PATCH,DELETE",
			"Access-Control-Allow-Origin: " + origin,
			"Access-Control-Max-Age: 600",
		}
		if got := granted(preflight(origin)); !slices.Equal(got, want) {
			t.Errorf("preflight from %s: %q", origin, got)
		}
		want = []string{"Access-Control-Allow-Origin: " + origin, "Access-Control-Expose-Headers: etag,location,retry-after"}
		for _, token := range []string{o.admin.token, ""} { // also a refusal must be readable
			if got := granted(shared.send(t, "GET", o.path(""), token, nil, "Origin: "+origin)); !slices.Equal(got, want) {
				t.Errorf("request from %s: %q", origin, got)
			}
		}
	}
	for _, origin := range []string{"https://evil.example", "null", shared.URL() + ".evil.example", shared.URL() + "0", "https" + strings.TrimPrefix(shared.URL(), "http")} {
		if got := granted(preflight(origin)); len(got) != 0 {
			t.Errorf("preflight from %s: %q", origin, got)
		}
		if got := granted(shared.want(t, 200, "GET", o.path(""), o.admin.token, nil, "Origin: "+origin)); len(got) != 0 {
			t.Errorf("request from %s: %q", origin, got)
		}
	}
	if got := granted(shared.want(t, 200, "GET", o.path(""), o.admin.token, nil)); len(got) != 0 {
		t.Errorf("request of no page: %q", got)
	}
}
