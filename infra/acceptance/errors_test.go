package acceptance

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"group-invites/shared/httpapi"
)

// TestErrors_InvalidRequests: a 400 names every field that is wrong and no other, and nothing is written.
func TestErrors_InvalidRequests(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	user := o.join(t, "user")[0]
	invites, redeem, shown := "POST "+o.in("/invites"), "POST /v1/invites/redeem", "POST /v1/invites/preview"
	orgs, change, groups := "POST /v1/orgs", "PATCH "+o.path(""), "POST "+o.path("/groups")
	role, add, addToGroup := "PATCH "+o.member(user), "PUT "+o.member(user), "PUT "+o.inGroup(user)
	ahead := func(d time.Duration) string {
		return `{"expiresAt":"` + time.Now().Add(d).UTC().Format(time.RFC3339) + `"}`
	}
	year := time.Now().Year()
	type test struct{ request, body, fields string }
	var tests []test
	bodies := func(request, fields string, bodies ...string) {
		for _, b := range bodies {
			tests = append(tests, test{request, b, fields})
		}
	}

	bodies(invites, "maxUses", `{"maxUses":0}`, `{"maxUses":-1}`, `{"maxUses":1.5}`, `{"maxUses":"10"}`, `{"maxUses":100001}`, `{"maxUses":true}`,
		`{"maxUses":[1]}`, `{"maxUses":{}}`, `{"maxUses":""}`, `{"maxUses":1e400}`, `{"maxUses":18446744073709551617}`)
	bodies(invites, "expiration", `{"expiration":"2h"}`, `{"expiration":"1H"}`, `{"expiration":""}`, `{"expiration":0}`, `{"expiration":"custom"}`,
		`{"expiration":null}`, `{"expiration":["7d"]}`, `{"expiration":"7d "}`, `{"expiration":"NEVER"}`, `{"expiration":3600}`)
	bodies(invites, "expiration expiresAt", `{"expiration":"7d","expiresAt":"`+strconv.Itoa(year+1)+`-01-31T18:00:00Z"}`)
	bodies(invites, "expiresAt", ahead(-time.Hour), ahead(30*time.Second), `{"expiresAt":"`+strconv.Itoa(year+1)+`-01-31T18:00:00"}`,
		`{"expiresAt":"`+strconv.Itoa(year+1)+`-02-31T18:00:00Z"}`, `{"expiresAt":"`+strconv.Itoa(year+1)+`-02-29T24:00:00Z"}`,
		`{"expiresAt":"10000-01-01T00:00:00Z"}`, `{"expiresAt":"`+strconv.Itoa(year+6)+`-12-31T00:00:00Z"}`, `{"expiresAt":"9999-12-31T23:59:59Z"}`,
		`{"expiresAt":"0000-01-01T00:00:00Z"}`, `{"expiresAt":1900000000}`, `{"expiresAt":"tomorrow"}`, `{"expiresAt":"`+strconv.Itoa(year+1)+`-01-31"}`,
		`{"expiresAt":"`+strconv.Itoa(year+1)+`-01-31T18:00:00 01:00"}`, `{"expiresAt":""}`)
	bodies(invites, "access", `{"access":"everyone"}`, `{"access":"ORG"}`, `{"access":""}`, `{"access":null}`, `{"access":1}`)
	bodies(invites, "name", `{"name":1}`, `{"name":"`+strings.Repeat("x", 65)+`"}`, `{"name":"a\u202eb"}`, `{"name":"a\u200bb"}`, `{"name":"a\u0007b"}`,
		`{"name":"a\r\nBcc: b"}`, `{"name":"   "}`)
	bodies(invites, "colour", `{"colour":"red"}`, `{"access":"org","colour":null}`)
	bodies(invites, "access maxUses name", `{"access":1,"maxUses":0,"name":{}}`)
	bodies(invites, "Access", `{"Access":"anyone"}`)
	bodies(invites, "access", `{"access":"org","access":"anyone"}`)

	// The caller is only ever the token's subject.
	for _, field := range []string{"userId", "email", "sub", "role", "orgId", "groupId", "createdBy", "uses", "id", "url", "state", "__proto__"} {
		bodies(invites, field, `{"access":"org","`+field+`":"x"}`)
		bodies(redeem, field, `{"code":"x","`+field+`":"x"}`)
		bodies(shown, field, `{"code":"x","`+field+`":"x"}`)
	}
	bodies(redeem, "code", `{}`, `{"code":1}`, `{"code":null}`, `{"code":["x"]}`, `{"code":{"a":"b"}}`, `{"code":true}`)
	bodies(shown, "code", `{}`, `{"code":1}`, `{"code":null}`)

	names := []string{`{}`, `{"name":null}`, `{"name":1}`, `{"name":""}`, `{"name":"  "}`, `{"name":"` + strings.Repeat("x", 81) + `"}`,
		`{"name":"` + strings.Repeat("e\u0301\u0323", 80) + `"}`, `{"name":"a\u202eb"}`, `{"name":"a\u2066b"}`, `{"name":"a\u200db"}`, `{"name":"a\ufeffb"}`,
		`{"name":"a\u0000b"}`, `{"name":"a\nb"}`, `{"name":"a\u007fb"}`, `{"name":"a\u2028b"}`,
		`{"name":"a\n"}`, `{"name":"\ta"}`}
	bodies(orgs, "name", names...)
	bodies(groups, "name", names...)
	bodies(change, "name", names[1:]...)
	bodies(change, "body", `{}`)
	bodies(change, "addPeople", `{"addPeople":[]}`, `{"addPeople":["user"]}`, `{"addPeople":["admin","guest"]}`, `{"addPeople":"admin"}`, `{"addPeople":null}`,
		`{"addPeople":[1]}`, `{"addPeople":["Admin"]}`, `{"addPeople":{"admin":true}}`)
	bodies(change, "addPeople name", `{"addPeople":[],"name":1}`)
	bodies(change, "version", `{"name":"x","version":1}`)
	bodies(role, "role", `{}`, `{"role":"owner"}`, `{"role":""}`, `{"role":null}`, `{"role":"ADMIN"}`, `{"role":["admin"]}`)
	bodies(add, "role", `{"role":"owner"}`, `{"role":null}`)
	bodies(role, "userId", `{"role":"user","userId":"x"}`)
	bodies(addToGroup, "role", `{"role":"admin"}`)

	for _, request := range []string{invites, redeem, shown, orgs, change, groups, role, add, addToGroup} {
		bodies(request, "body", `[]`, `null`, `"x"`, `1`, `{`, `{"a"`, `{"a":}`, `{} {}`, `{}x`, `{},`, "\ufeff{}", "{\"a\":\"\xff\"}", `{'a':1}`, `{"a":1,}`,
			strings.Repeat("[", 10_000), strings.Repeat(`{"a":`, 10_000), `{"a":`+strings.Repeat("[", 10_001)+strings.Repeat("]", 10_001)+`}`)
	}
	bodies(invites, "body", "")
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) // as deep as Go's decoder goes
	bodies(invites, "maxUses", `{"maxUses":`+deep+`}`)
	bodies(redeem, "code", `{"code":`+deep+`}`)

	shared.writesNothing(t, []string{o.id, o.admin.id, user.id}, func() {
		for _, test := range tests {
			method, path, _ := strings.Cut(test.request, " ")
			a := shared.send(t, method, path, o.admin.token, test.body)
			if p := a.refusal(t, 400, "invalid_request", strings.Fields(test.fields)...); p.Code != "invalid_request" || len(p.Errors) == 0 {
				t.Errorf("%s %.100s", test.request, test.body)
			}
			if len(a.Body) > 4096 {
				t.Errorf("%s %.100s: %d bytes of answer", test.request, test.body, len(a.Body))
			}
		}
	})
}

func TestErrors_WhatIsGoodIsTaken(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }
	for _, body := range []string{
		`{}`, `{"maxUses":null,"name":null,"expiresAt":null}`, `{"maxUses":1}`, `{"maxUses":100000}`, `{"expiration":"1h"}`, `{"expiration":"6h"}`,
		`{"expiration":"1d"}`, `{"expiration":"7d"}`, `{"expiration":"never"}`, `{"expiration":"1d","expiresAt":null}`,
		`{"expiresAt":"` + in(2*time.Minute) + `"}`, `{"expiresAt":"` + in(5*365*24*time.Hour) + `"}`, ` {"access" : "anyone"} `,
		`{"expiresAt":"` + time.Now().Add(time.Hour).In(time.FixedZone("", 5*3600+45*60)).Format(time.RFC3339Nano) + `"}`,
		`{"name":"` + strings.Repeat("é", 64) + `"}`, `{"name":"👋🏽 مرحبا ❤️"}`,
	} {
		l := read[link](t, shared.want(t, 201, "POST", o.in("/invites"), o.admin.token, body))
		if l.ExpiresAt != nil && !l.ExpiresAt.Equal(l.ExpiresAt.Truncate(time.Second)) {
			t.Errorf("%s: expires at %v", body, l.ExpiresAt)
		}
		if custom := strings.Contains(body, `"expiresAt":"`); custom != (l.Expiration == "custom") || (l.ExpiresAt == nil) != (l.Expiration == "never") {
			t.Errorf("%s: %s, %v", body, l.Expiration, l.ExpiresAt)
		}
	}
	if l := o.link(t, o.admin, object{}); l.Access != "org" || l.Expiration != "7d" || l.MaxUses != nil || l.Name != "" {
		t.Errorf("nothing said: %+v", l)
	}
	for _, kind := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"} {
		shared.want(t, 201, "POST", o.in("/invites"), o.admin.token, `{}`, "Content-Type: "+kind)
	}
	whole := `{"access":"org"` + strings.Repeat(" ", 64<<10-len(`{"access":"org"}`)) + `}`
	shared.want(t, 201, "POST", o.in("/invites"), o.admin.token, whole)
}

func TestErrors_ACodeThatIsATextIsNeverInvalid(t *testing.T) {
	t.Parallel()
	newcomer := shared.person(t, "newcomer")
	for _, code := range []string{"", " ", "x", strings.Repeat("x", 44), strings.Repeat("x", 60_000), "\x00", "\u202e", "💥", "a\nb", "null", "../../x", `"}`} {
		shared.send(t, "POST", "/v1/invites/preview", "", object{"code": code}).refusal(t, 404, "not_found")
		shared.refused(t, newcomer, code, 404, "not_found")
	}
	// Half a surrogate pair isn't text in any encoding, but it is a JSON string.
	shared.send(t, "POST", "/v1/invites/preview", "", `{"code":"\ud83d"}`).refusal(t, 404, "not_found")
}

func TestErrors_SizeAndType(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	user := o.join(t, "user")[0]
	post := func(path, token string, body any, headers ...string) answer {
		return shared.send(t, "POST", path, token, body, headers...)
	}
	shared.writesNothing(t, []string{o.id, o.admin.id, user.id}, func() {
		for _, size := range []int{64<<10 + 1, 65 << 10, 1 << 20, 4 << 20} {
			padded := `{"access":"org"` + strings.Repeat(" ", size-len(`{"access":"org"}`)) + `}`
			post(o.in("/invites"), o.admin.token, padded).refusal(t, 413, "too_large")
			post("/v1/invites/preview", "", `{"code":"`+strings.Repeat("x", size)+`"}`).refusal(t, 413, "too_large")
			shared.send(t, "PUT", o.inGroup(user), o.admin.token, padded).refusal(t, 413, "too_large")
		}
		post(o.in("/invites"), o.admin.token, strings.Repeat(" ", 11<<20)).gatewayRefusal(t, 413, "Request Entity Too Large")
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
			"application/json; charset=iso-8859-1", "application/json-patch+json", "application/problem+json", "application/jsonx", "json", ";", "*/*"} {
			post(o.in("/invites"), o.admin.token, `{}`, "Content-Type: "+kind).refusal(t, 415, "unsupported_media_type")
			post("/v1/invites/redeem", user.token, `{"code":"x"}`, "Content-Type: "+kind).refusal(t, 415, "unsupported_media_type")
			shared.send(t, "PUT", o.inGroup(user), o.admin.token, `{}`, "Content-Type: "+kind).refusal(t, 415, "unsupported_media_type")
		}
	})
}

func TestErrors_EachPathHasItsMethodsAndNoOthers(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	made := o.link(t, o.admin, anyone)
	ids := strings.NewReplacer("{orgId}", o.id, "{groupId}", o.group, "{inviteId}", made.ID, "{userId}", o.admin.id)
	methods := map[string][]string{}
	for _, route := range httpapi.Routes {
		methods[route.Path] = append(methods[route.Path], route.Method)
	}
	shared.writesNothing(t, []string{o.id, o.admin.id}, func() {
		for path, has := range methods {
			slices.Sort(has)
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} {
				if slices.Contains(has, method) {
					continue
				}
				for _, token := range []string{o.admin.token, ""} {
					a := shared.send(t, method, ids.Replace(path), token, nil)
					if got := a.Header.Get("Allow"); a.Status != 405 || got != strings.Join(has, ", ") {
						t.Errorf("%s %s: %s, Allow %q, want %v", method, path, a, got, has)
					}
					if method != "HEAD" {
						a.refusal(t, 405, "method_not_allowed")
					}
				}
			}
		}
	})
}

func TestErrors_RefusalsOfTheDirectory(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	people := o.join(t, "manager", "user")
	manager, user, stranger := people[0], people[1], shared.person(t, "stranger")
	shared.writesNothing(t, []string{o.id, o.admin.id, manager.id, user.id, stranger.id}, func() {
		shared.send(t, "PATCH", o.path(""), o.admin.token, object{"name": "x"}, `If-Match: "99"`).refusal(t, 412, "precondition_failed")
		shared.send(t, "PATCH", o.member(o.admin), o.admin.token, object{"role": "manager"}).refusal(t, 409, "last_admin")
		shared.send(t, "PUT", o.member(o.admin), o.admin.token, object{"role": "user"}).refusal(t, 409, "last_admin")
		shared.send(t, "DELETE", o.member(o.admin), o.admin.token, nil).refusal(t, 409, "last_admin")
		shared.send(t, "PUT", o.member(stranger), o.admin.token, nil).refusal(t, 404, "not_found") // strangers come by links
		shared.send(t, "PATCH", o.member(stranger), o.admin.token, object{"role": "user"}).refusal(t, 404, "not_found")
		shared.send(t, "DELETE", o.member(stranger), o.admin.token, nil).refusal(t, 404, "not_found")
		shared.send(t, "PUT", o.inGroup(stranger), manager.token, nil).refusal(t, 404, "not_found")
		shared.send(t, "DELETE", o.inGroup(stranger), manager.token, nil).refusal(t, 404, "not_found")
		shared.send(t, "POST", o.in("/invites"), manager.token, anyone).refusal(t, 403, "add_people_required")
		shared.send(t, "GET", o.path("/members"), user.token, nil).refusal(t, 403, "forbidden")
	})
}

func TestErrors_FiveNewOrganizationsADay(t *testing.T) {
	t.Parallel()
	founder := shared.person(t, "founder")
	made := 0
	for made <= 10 { // ten, if midnight passes meanwhile
		a := shared.send(t, "POST", "/v1/orgs", founder.token, object{"name": fmt.Sprint("Club ", made)})
		if a.Status == http.StatusCreated {
			made++
			continue
		}
		a.refusal(t, 429, "limit_reached")
		if seconds, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || seconds < 1 || seconds > 24*3600 {
			t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
		}
		break
	}
	if made < 5 || made > 10 {
		t.Errorf("%d organizations made", made)
	}
	if got := get[me](t, shared, "/v1/me", founder.token); len(got.Orgs) != made {
		t.Errorf("he is in %d organizations, and made %d", len(got.Orgs), made)
	}
}

// TestErrors_RedeemingRefusesInOrder turns one link from good to worse, and sees each answer come before the next.
func TestErrors_RedeemingRefusesInOrder(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	creator := o.join(t, "manager")[0]
	inside := o.join(t, "user")[0]
	orgOnly := o.link(t, creator, object{"access": "org", "maxUses": 1})
	code := orgOnly.code(t)
	stranger, latecomer, member := shared.person(t, "stranger"), o.join(t, "user")[0], o.join(t, "user")[0]
	removed := o.join(t, "user")[0]
	for _, p := range []person{latecomer, member} { // of the organization, not of the group
		shared.want(t, 204, "DELETE", o.inGroup(p), p.token, nil)
	}
	shared.want(t, 204, "DELETE", o.inGroup(removed), o.admin.token, nil)

	shared.refused(t, stranger, code, 403, "org_members_only")
	shared.refused(t, removed, code, 403, "removed")
	shared.redeem(t, member, code, 201)
	shared.refused(t, latecomer, code, 410, "invite_used_up")
	shared.refused(t, stranger, code, 403, "org_members_only") // before used_up
	shared.refused(t, removed, code, 403, "removed")
	if got := o.state(t, o.admin, orgOnly); got != "used_up" {
		t.Errorf("state %s", got)
	}

	shared.want(t, 204, "DELETE", o.inGroup(creator), o.admin.token, nil)
	for _, p := range []person{latecomer, stranger, removed} {
		shared.refused(t, p, code, 410, "invite_suspended")
	}
	if got := o.state(t, o.admin, orgOnly); got != "suspended" {
		t.Errorf("state %s", got)
	}

	o.set(t, orgOnly, "expiresAt", time.Now())
	for _, p := range []person{latecomer, stranger, removed} {
		shared.refused(t, p, code, 410, "invite_expired")
	}
	if got := o.state(t, o.admin, orgOnly); got != "expired" {
		t.Errorf("state %s", got)
	}

	// Who is in the group is told so, whatever the link's state, and takes no place.
	for _, p := range []person{inside, member} {
		shared.redeem(t, p, code, 200)
	}
	if got := get[link](t, shared, o.invite(orgOnly), o.admin.token); got.Uses != 1 {
		t.Errorf("%d uses", got.Uses)
	}
	shared.want(t, 204, "DELETE", o.invite(orgOnly), o.admin.token, nil)
	for _, p := range []person{latecomer, stranger, removed, inside} {
		shared.refused(t, p, code, 410, "invite_deleted")
	}
}
