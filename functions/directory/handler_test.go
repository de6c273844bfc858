package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
)

// scene is the function over a world with an organization, whose group the manager and the user are in.
type scene struct {
	*World
	*httpapitest.API
	admin, user  directory.Caller
	org          directory.Org
	group        directory.Group
	orgs, groups string // paths of the two
}

func newScene(t *testing.T) scene {
	w := New(t)
	s := scene{World: w, admin: Person("admin"), user: Person("user"), API: &httpapitest.API{
		TB: t, Function: httpapi.Adapt(handler(w.Directory)), Issuer: Issuer, State: w.Content,
	}}
	s.org = w.Org(s.admin, "Acme")
	s.group = w.Group(s.admin, s.org, "Backcountry")
	w.Join(s.admin, s.group, Person("manager"), directory.RoleManager)
	w.Join(s.admin, s.group, s.user, directory.RoleUser)
	w.Org(Person("stranger"), "Other")
	s.orgs, s.groups = "/v1/orgs/"+s.org.ID.String(), "/v1/groups/"+s.group.ID.String()
	s.Clock.Advance(time.Second)
	return s
}

func id(name string) string { return Person(name).ID.String() }

// has checks some fields of an answer, and the names of all.
func has(t *testing.T, reply *httpapitest.Reply, fields string, want map[string]any) {
	t.Helper()
	got := reply.JSON()
	if httpapitest.Keys(got) != fields {
		t.Errorf("fields %q, want %q", httpapitest.Keys(got), fields)
	}
	for name, value := range want {
		if fmt.Sprint(got[name]) != fmt.Sprint(value) {
			t.Errorf("%s is %v, want %v", name, got[name], value)
		}
	}
}

// bodies are bodies that no route with one field takes, by the faulty fields; %s is the name of the field.
var bodies = map[string]string{
	`{}`: "%s", `{"%s":null}`: "%s", `{"%s":5}`: "%s", `{"%s":["x"]}`: "%s", `[]`: "body", `null`: "body", `{"x":1`: "body", `{"userId":"x"}`: "%s userId",
}

// wrongBodies sends what no route with one field takes.
func (s scene) wrongBodies(t *testing.T, method, path, field string) {
	t.Helper()
	for body, want := range bodies {
		body, want = strings.ReplaceAll(body, "%s", field), strings.ReplaceAll(want, "%s", field)
		s.Send("admin", method, path, body).Refused(400, "invalid_request", strings.Fields(want)...)
	}
	s.Send("admin", method, path, `{"`+field+`":"x"}`, "Content-Type", "text/plain").Refused(415, "unsupported_media_type")
	s.Send("admin", method, path, `{"`+field+`":"`+strings.Repeat("x", 64<<10)+`"}`).Refused(413, "too_large")
	s.Send("", method, path, `{}`).Refused(401, "unauthenticated")
}

// wrongNames sends names that aren't any.
func (s scene) wrongNames(t *testing.T, method, path string) {
	t.Helper()
	for _, name := range []string{"", " ", `a\u202eb`, `a\u200bb`, `a\u0000b`, `a\nb`, strings.Repeat("x", 81), strings.Repeat(`q\u0308\u0301`, 65)} {
		s.Send("admin", method, path, `{"name":"`+name+`"}`).Refused(400, "invalid_request", "name")
	}
}

func TestMe(t *testing.T) {
	s := newScene(t)
	reply := s.Send("user", "GET", "/v1/me", "").Is(200)
	has(t, reply, "orgs user", nil)
	if got := reply.At("user").(map[string]any); httpapitest.Keys(got) != "email id name" || got["id"] != id("user") || got["name"] != "user" || got["email"] != "user@example.com" {
		t.Errorf("%v", got)
	}
	org := reply.At("orgs", "0").(map[string]any)
	if httpapitest.Keys(org) != "addPeople groups id name role" || org["role"] != "user" || fmt.Sprint(org["addPeople"]) != "[admin]" {
		t.Errorf("%v", org)
	}
	if group := reply.At("orgs", "0", "groups", "0").(map[string]any); httpapitest.Keys(group) != "id name" || group["name"] != "Backcountry" {
		t.Errorf("%v", group)
	}
	if orgs := s.Send("nobody", "GET", "/v1/me", "").Is(200).At("orgs").([]any); len(orgs) != 0 {
		t.Errorf("%v", orgs)
	}
	if groups := s.Send("admin", "GET", "/v1/me", "").Is(200).At("orgs", "0", "groups").([]any); len(groups) != 0 {
		t.Errorf("the admin is in %v", groups)
	}
	s.Send("", "GET", "/v1/me", "").Refused(401, "unauthenticated")
	t.Run("says null for an address that the token doesn't have", func(t *testing.T) {
		claims := httpapitest.Claims(Issuer, "user")
		delete(claims, "email")
		if got := s.Do(httpapitest.Event("GET", "/v1/me", "", claims)).Is(200).At("user", "email"); got != nil {
			t.Errorf("%v", got)
		}
	})
}

const orgFields = "addPeople createdAt id name"

func TestOrgs_Create(t *testing.T) {
	s := newScene(t)
	reply := s.Send("new", "POST", "/v1/orgs", `{"name":" Zoe\u0308's "}`).Is(201)
	has(t, reply, orgFields, map[string]any{"name": "Zoë's", "addPeople": "[admin]", "createdAt": httpapi.Instant(s.Clock.Now())})
	path := "/v1/orgs/" + reply.Text("id")
	if reply.Header.Get("Location") != path || reply.Header.Get("ETag") != `"1"` {
		t.Errorf("headers %v", reply.Header)
	}
	if read := s.Send("new", "GET", path, "").Is(200); read.Body != reply.Body || read.Header.Get("ETag") != `"1"` {
		t.Errorf("%s, want %s", read.Body, reply.Body)
	}
	s.wrongBodies(t, "POST", "/v1/orgs", "name")
	s.wrongNames(t, "POST", "/v1/orgs")
	for range 4 {
		s.Send("new", "POST", "/v1/orgs", `{"name":"x"}`).Is(201)
	}
	s.Clock.Set(time.Date(2027, 3, 1, 23, 59, 58, 500e6, time.UTC))
	if retry := s.Send("new", "POST", "/v1/orgs", `{"name":"x"}`).Refused(429, "limit_reached").Header.Get("Retry-After"); retry != "2" {
		t.Errorf("Retry-After %q", retry)
	}
	s.Clock.Advance(2 * time.Second)
	s.Send("new", "POST", "/v1/orgs", `{"name":"x"}`).Is(201)
	s.Directory.OpenOrgs = false
	s.Send("new", "POST", "/v1/orgs", `{"name":"x"}`).Refused(403, "forbidden")
}

func TestOrgs_ReadAndChange(t *testing.T) {
	s := newScene(t)
	want := s.Send("stranger", "GET", "/v1/orgs/ffffffffff", "").Refused(404, "not_found").Body
	for _, c := range []struct{ who, method, path, body string }{
		{"stranger", "GET", s.orgs, ""}, {"nobody", "GET", s.orgs, ""}, {"admin", "GET", "/v1/orgs/x", ""}, {"admin", "GET", strings.ToUpper(s.orgs[3:]), ""},
		{"stranger", "PATCH", s.orgs, `{"name":"Mine"}`}, {"admin", "PATCH", "/v1/orgs/ffffffffff", `{"name":"Mine"}`},
	} {
		if got := s.Send(c.who, c.method, c.path, c.body).Refused(404, "not_found").Body; got != want {
			t.Errorf("%s %s: %s, want %s", c.who, c.path, got, want)
		}
	}
	for _, who := range []string{"user", "manager"} {
		s.Send(who, "GET", s.orgs, "").Is(200)
		s.Send(who, "PATCH", s.orgs, `{"name":"Mine"}`).Refused(403, "forbidden")
	}
	reply := s.Send("admin", "PATCH", s.orgs, `{"addPeople":["user","admin"]}`).Is(200)
	has(t, reply, orgFields, map[string]any{"name": "Acme", "addPeople": "[admin user]", "id": s.org.ID.String()})
	if reply.Header.Get("ETag") != `"2"` {
		t.Errorf("ETag %s", reply.Header.Get("ETag"))
	}
	has(t, s.Send("admin", "PATCH", s.orgs, `{"name":"Acme Ltd","addPeople":["admin"]}`, "If-Match", `"2"`).Is(200), orgFields, map[string]any{"name": "Acme Ltd", "addPeople": "[admin]"})
	for _, tag := range []string{`"2"`, `"4"`, `W/"3"`, "3", ""} {
		s.Send("admin", "PATCH", s.orgs, `{"name":"x"}`, "If-Match", tag).Refused(412, "precondition_failed")
	}
	s.Send("admin", "PATCH", s.orgs, `{"name":"x"}`, "If-Match", "*").Is(200)
	for body, field := range map[string]string{
		`{}`: "body", `{"name":null}`: "name", `{"name":1}`: "name", `{"addPeople":null}`: "addPeople", `{"addPeople":"admin"}`: "addPeople", `{"addPeople":[]}`: "addPeople",
		`{"addPeople":["manager"]}`: "addPeople", `{"addPeople":["admin","owner"]}`: "addPeople", `{"addPeople":["admin",1]}`: "addPeople",
		`{"addPeople":["admin",null]}`: "addPeople", `{"id":"x"}`: "id", `{"addpeople":["admin"]}`: "addpeople", `{"version":7}`: "version",
	} {
		s.Send("admin", "PATCH", s.orgs, body).Refused(400, "invalid_request", field)
	}
	s.wrongNames(t, "PATCH", s.orgs)
	s.Send("", "PATCH", s.orgs, `{"name":"x"}`).Refused(401, "unauthenticated")
}

func TestOrgMembers(t *testing.T) {
	s := newScene(t)
	members := s.orgs + "/members"
	t.Run("list", func(t *testing.T) {
		for who, fields := range map[string]string{"admin": "email id joinedAt name role", "manager": "id joinedAt name role"} {
			reply := s.Send(who, "GET", members, "").Is(200)
			has(t, reply, "items nextCursor", nil)
			if n := len(reply.At("items").([]any)); n != 3 || httpapitest.Keys(reply.At("items", "0")) != fields {
				t.Errorf("%s: %s", who, reply.Body)
			}
		}
		s.Send("user", "GET", members, "").Refused(403, "forbidden")
		s.Send("stranger", "GET", members, "").Refused(404, "not_found")
		s.Send("", "GET", members, "").Refused(401, "unauthenticated")
		s.Send("admin", "GET", members+"?limit=0", "").Refused(400, "invalid_request", "limit")
		s.Send("admin", "GET", members+"?cursor=x", "").Refused(400, "invalid_request", "cursor")
		cursor := s.Send("admin", "GET", members+"?limit=2", "").Is(200).Text("nextCursor")
		if last := s.Send("admin", "GET", members+"?limit=2&cursor="+cursor, "").Is(200); len(last.At("items").([]any)) != 1 || last.At("nextCursor") != nil {
			t.Errorf("%s", last.Body)
		}
		s.Send("manager", "GET", members+"?cursor="+cursor, "").Refused(400, "invalid_request", "cursor")
	})
	user := members + "/" + id("user")
	t.Run("change of a role", func(t *testing.T) {
		for _, role := range []string{"manager", "admin", "user", "user"} {
			has(t, s.Send("admin", "PATCH", user, `{"role":"`+role+`"}`).Is(200), "email id joinedAt name role", map[string]any{
				"id": id("user"), "name": "user", "role": role, "email": "user@example.com",
			})
		}
		for _, role := range []string{"", "Admin", "owner", "admin "} {
			s.Send("admin", "PATCH", user, `{"role":"`+role+`"}`).Refused(400, "invalid_request", "role")
		}
		s.wrongBodies(t, "PATCH", user, "role")
		s.Send("manager", "PATCH", user, `{"role":"admin"}`).Refused(403, "forbidden")
		s.Send("user", "PATCH", user, `{"role":"admin"}`).Refused(403, "forbidden")
		s.Send("stranger", "PATCH", user, `{"role":"admin"}`).Refused(404, "not_found")
		s.Send("admin", "PATCH", members+"/"+id("stranger"), `{"role":"user"}`).Refused(404, "not_found")
		s.Send("admin", "PATCH", members+"/x", `{"role":"user"}`).Refused(404, "not_found")
		s.Send("admin", "PATCH", members+"/"+id("admin"), `{"role":"user"}`).Refused(409, "last_admin")
	})
	t.Run("removal and addition", func(t *testing.T) {
		s.Send("manager", "DELETE", user, "").Refused(403, "forbidden")
		s.Send("stranger", "DELETE", user, "").Refused(404, "not_found")
		s.Send("admin", "DELETE", members+"/"+id("admin"), "").Refused(409, "last_admin")
		s.Send("admin", "DELETE", user, "").Is(204)
		s.Send("user", "GET", s.orgs, "").Refused(404, "not_found")
		s.Send("user", "DELETE", user, "").Refused(404, "not_found")
		s.Send("admin", "PATCH", user, `{"role":"user"}`).Refused(404, "not_found")
		s.Send("manager", "PUT", user, ``).Refused(403, "forbidden")
		s.Send("user", "PUT", user, ``).Refused(404, "not_found")
		s.Send("admin", "PUT", members+"/"+id("nobody"), ``).Refused(404, "not_found")

		has(t, s.Send("admin", "PUT", user, ``).Is(201), "email id joinedAt name role", map[string]any{
			"id": id("user"), "role": "user", "joinedAt": httpapi.Instant(s.Clock.Now()),
		})
		has(t, s.Send("admin", "PUT", user, `{"role":"manager"}`).Is(200), "email id joinedAt name role", map[string]any{"role": "manager"})
		has(t, s.Send("admin", "PUT", user, `{}`).Is(200), "email id joinedAt name role", map[string]any{"role": "manager"})
		s.Send("admin", "PUT", user, `{"role":"owner"}`).Refused(400, "invalid_request", "role")
		s.Send("admin", "PUT", user, `{"role":null}`).Refused(400, "invalid_request", "role")
		s.Send("admin", "PUT", user, `{"id":"x"}`).Refused(400, "invalid_request", "id")
		s.Send("admin", "PUT", user, `{}`, "Content-Type", "text/plain").Refused(415, "unsupported_media_type")
		s.Send("admin", "PUT", members+"/"+id("admin"), `{"role":"user"}`).Refused(409, "last_admin")
		s.Send("user", "DELETE", user, "").Is(204) // leaves
	})
	if allow := s.Send("admin", "POST", user, "").Refused(405, "method_not_allowed").Header.Get("Allow"); allow != "DELETE, PATCH, PUT" {
		t.Errorf("Allow %q", allow)
	}
}

const (
	listedGroup = "createdAt id name orgId orgName"
	singleGroup = "accessOptions capabilities createdAt id name orgId orgName"
)

func TestGroups(t *testing.T) {
	s := newScene(t)
	groups := s.orgs + "/groups"
	t.Run("create", func(t *testing.T) {
		reply := s.Send("admin", "POST", groups, `{"name":" Zoe\u0308 "}`).Is(201)
		has(t, reply, singleGroup, map[string]any{
			"name": "Zoë", "orgId": s.org.ID.String(), "orgName": "Acme", "createdAt": httpapi.Instant(s.Clock.Now()), "accessOptions": "[org anyone]",
		})
		path := "/v1/groups/" + reply.Text("id")
		if reply.Header.Get("Location") != path || reply.Header.Get("ETag") != `"1"` {
			t.Errorf("headers %v", reply.Header)
		}
		if read := s.Send("admin", "GET", path, "").Is(200); read.Body != reply.Body || read.Header.Get("ETag") != `"1"` {
			t.Errorf("%s, want %s", read.Body, reply.Body)
		}
		s.wrongBodies(t, "POST", groups, "name")
		s.wrongNames(t, "POST", groups)
		s.Send("manager", "POST", groups, `{"name":"x"}`).Refused(403, "forbidden")
		s.Send("user", "POST", groups, `{"name":"x"}`).Refused(403, "forbidden")
		s.Send("stranger", "POST", groups, `{"name":"x"}`).Refused(404, "not_found")
		s.Send("admin", "POST", "/v1/orgs/ffffffffff/groups", `{"name":"x"}`).Refused(404, "not_found")
	})
	t.Run("read", func(t *testing.T) {
		for who, options := range map[string]string{"user": "[org]", "manager": "[org]", "admin": "[org anyone]"} {
			has(t, s.Send(who, "GET", s.groups, "").Is(200), singleGroup, map[string]any{"name": "Backcountry", "accessOptions": options})
		}
		s.Send("admin", "PATCH", s.orgs, `{"addPeople":["admin","manager"]}`).Is(200)
		has(t, s.Send("manager", "GET", s.groups, "").Is(200), singleGroup, map[string]any{"accessOptions": "[org anyone]"})
		has(t, s.Send("user", "GET", s.groups, "").Is(200), singleGroup, map[string]any{"accessOptions": "[org]", "capabilities": "[create_invites leave]"})
		want := s.Send("stranger", "GET", "/v1/groups/ffffffffffffffff", "").Refused(404, "not_found").Body
		for _, path := range []string{s.groups, "/v1/groups/x", strings.ToUpper(s.groups[3:])} {
			if got := s.Send("stranger", "GET", path, "").Refused(404, "not_found").Body; got != want {
				t.Errorf("%s: %s, want %s", path, got, want)
			}
		}
		s.Send("", "GET", s.groups, "").Refused(401, "unauthenticated")
	})
	t.Run("list", func(t *testing.T) {
		for who, want := range map[string]int{"admin": 2, "manager": 1, "user": 1} {
			reply := s.Send(who, "GET", groups, "").Is(200)
			has(t, reply, "items nextCursor", map[string]any{"nextCursor": nil})
			if n := len(reply.At("items").([]any)); n != want || httpapitest.Keys(reply.At("items", "0")) != listedGroup {
				t.Errorf("%s: %s", who, reply.Body)
			}
		}
		s.Send("admin", "GET", groups+"?limit=1&cursor="+s.Send("admin", "GET", groups+"?limit=1", "").Is(200).Text("nextCursor"), "").Is(200)
		s.Send("admin", "GET", groups+"?limit=51", "").Refused(400, "invalid_request", "limit")
		s.Send("stranger", "GET", groups, "").Refused(404, "not_found")
	})
}

func TestGroupMembers(t *testing.T) {
	s := newScene(t)
	members := s.groups + "/members"
	user, admin := members+"/"+id("user"), members+"/"+id("admin")
	t.Run("list", func(t *testing.T) {
		for who, fields := range map[string]string{"admin": "email id joinedAt name role", "manager": "id joinedAt name role", "user": "id joinedAt name role"} {
			reply := s.Send(who, "GET", members, "").Is(200)
			if n := len(reply.At("items").([]any)); n != 2 || httpapitest.Keys(reply.At("items", "0")) != fields {
				t.Errorf("%s: %s", who, reply.Body)
			}
		}
		s.Send("stranger", "GET", members, "").Refused(404, "not_found")
		s.Send("user", "GET", members+"?limit=x", "").Refused(400, "invalid_request", "limit")
	})
	t.Run("addition", func(t *testing.T) {
		has(t, s.Send("manager", "PUT", admin, ``).Is(201), "id joinedAt name role", map[string]any{
			"id": id("admin"), "name": "admin", "role": "admin", "joinedAt": httpapi.Instant(s.Clock.Now()),
		})
		s.Send("manager", "PUT", admin, `{}`).Is(200)
		s.Send("manager", "PUT", admin, `{"role":"user"}`).Refused(400, "invalid_request", "role")
		s.Send("manager", "PUT", admin, `[]`).Refused(400, "invalid_request", "body")
		s.Send("user", "PUT", admin, ``).Refused(403, "forbidden")
		s.Send("manager", "PUT", members+"/"+id("stranger"), ``).Refused(404, "not_found")
		s.Send("manager", "PUT", members+"/x", ``).Refused(404, "not_found")
		s.Send("stranger", "PUT", admin, ``).Refused(404, "not_found")
		s.Send("", "PUT", admin, ``).Refused(401, "unauthenticated")
	})
	t.Run("removal", func(t *testing.T) {
		s.Send("user", "DELETE", admin, "").Refused(403, "forbidden")
		s.Send("manager", "DELETE", admin, "").Refused(403, "forbidden")
		s.Send("stranger", "DELETE", user, "").Refused(404, "not_found")
		s.Send("manager", "DELETE", members+"/"+id("nobody"), "").Refused(404, "not_found")
		s.Send("manager", "DELETE", user, "").Is(204)
		s.Send("user", "GET", s.groups, "").Refused(404, "not_found")
		s.Send("user", "DELETE", user, "").Refused(404, "not_found")
		s.Send("admin", "DELETE", admin, "").Is(204) // leaves
		s.Send("manager", "DELETE", members+"/"+id("manager"), "").Is(204)
	})
	if allow := s.Send("admin", "PATCH", user, "").Refused(405, "method_not_allowed").Header.Get("Allow"); allow != "DELETE, PUT" {
		t.Errorf("Allow %q", allow)
	}
}

func TestUndecidedAndBroken(t *testing.T) {
	s := newScene(t)
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/v1/me", ""}, {"POST", "/v1/orgs", `{"name":"x"}`}, {"PATCH", s.orgs, `{"name":"x"}`}, {"DELETE", s.orgs + "/members/" + id("user"), ""},
	} {
		s.Faults.Reset(faults.On(1, faults.KillBefore))
		s.Send("admin", c.method, c.path, c.body).Refused(500, "internal_error")
	}
	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Throttle })
	s.Send("admin", "GET", s.orgs, "").Refused(503, "unavailable")
	s.Faults.Reset(nil)
	s.Send("admin", "GET", s.orgs, "").Is(200)
}

func TestUnknownRoutes(t *testing.T) {
	s := newScene(t)
	for _, path := range []string{"/", "/v1", "/v1/", "/v1/me/", "/v2/me", "/favicon.ico", "/v1/orgs/" + s.org.ID.String() + "/", "/v1/groups", "/v1/invites", "/i"} {
		for _, who := range []string{"", "admin"} {
			s.Send(who, "GET", path, "").Refused(404, "not_found")
		}
	}
	for path, want := range map[string]string{"/v1/me": "GET", "/v1/orgs": "POST", "/v1/invites/redeem": "POST", s.orgs + "/members": "GET"} {
		if allow := s.Send("", "PUT", path, "").Refused(405, "method_not_allowed").Header.Get("Allow"); allow != want {
			t.Errorf("%s: Allow %q, want %q", path, allow, want)
		}
	}
}
