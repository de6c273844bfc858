package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
	"group-invites/shared/invite"
)

// scene is the function over a world with an organization, whose group the manager and the user are in.
type scene struct {
	*World
	*httpapitest.API
	org   directory.Org
	group directory.Group
	path  string // of the group's links
}

func newScene(t *testing.T) scene {
	w := New(t)
	s := scene{World: w, API: &httpapitest.API{
		TB: t, Function: httpapi.Adapt(handler(w.Invites)), Issuer: Issuer, State: w.Content,
	}}
	admin := Person("admin")
	s.org = w.Org(admin, "Acme")
	s.group = w.Group(admin, s.org, "Backcountry")
	w.Join(admin, s.group, Person("manager"), directory.RoleManager)
	w.Join(admin, s.group, Person("user"), directory.RoleUser)
	w.Org(Person("stranger"), "Other")
	s.path = "/v1/groups/" + s.group.ID.String() + "/invites"
	return s
}

const fields = "access createdAt createdBy expiration expiresAt groupId groupName id maxUses name orgId orgName state url uses"

func TestCreate(t *testing.T) {
	s := newScene(t)
	now := s.Clock.Now()
	t.Run("without a wish gives a link for members, for seven days", func(t *testing.T) {
		reply := s.Send("user", "POST", s.path, `{}`).Is(201)
		got := reply.JSON()
		id := reply.Text("id")
		if httpapitest.Keys(got) != fields || httpapitest.Keys(got["createdBy"]) != "id name" {
			t.Errorf("fields %q", httpapitest.Keys(got))
		}
		want := map[string]any{
			"access": "org", "createdAt": httpapi.Instant(now), "expiration": "7d", "expiresAt": httpapi.Instant(now.Add(7 * 24 * time.Hour)),
			"groupId": s.group.ID.String(), "groupName": "Backcountry", "id": id, "maxUses": nil, "name": "", "orgId": s.org.ID.String(),
			"orgName": "Acme", "state": "active", "url": got["url"], "uses": 0., "createdBy": map[string]any{"id": Person("user").ID.String(), "name": "user"},
		}
		if a, b := text(got), text(want); a != b {
			t.Errorf("%s, want %s", a, b)
		}
		if url := reply.Text("url"); !strings.HasPrefix(url, BaseURL+"/i#") || len(url) != len(BaseURL+"/i#")+44 {
			t.Errorf("url %s", url)
		}
		if reply.Header.Get("Location") != s.path+"/"+id {
			t.Errorf("Location %s", reply.Header.Get("Location"))
		}
	})
	for body, want := range map[string]map[string]any{
		`{"name":"For friends"}`:                        {"name": "For friends"},
		`{"name":null,"maxUses":null,"expiresAt":null}`: {"name": "", "maxUses": nil, "expiration": "7d"},
		`{"name":""}`:                                         {"name": ""},
		`{"maxUses":1}`:                                       {"maxUses": 1.},
		`{"maxUses":100000,"access":"org"}`:                   {"maxUses": 100000., "access": "org"},
		`{"access":"anyone"}`:                                 {"access": "anyone"},
		`{"expiration":"1h"}`:                                 {"expiration": "1h", "expiresAt": httpapi.Instant(now.Add(time.Hour))},
		`{"expiration":"6h"}`:                                 {"expiration": "6h", "expiresAt": httpapi.Instant(now.Add(6 * time.Hour))},
		`{"expiration":"1d"}`:                                 {"expiration": "1d", "expiresAt": httpapi.Instant(now.Add(24 * time.Hour))},
		`{"expiration":"never"}`:                              {"expiration": "never", "expiresAt": nil},
		`{"expiration":"never","expiresAt":null}`:             {"expiration": "never", "expiresAt": nil},
		`{"expiresAt":"2027-03-31T23:59:59.999+02:00"}`:       {"expiration": "custom", "expiresAt": "2027-03-31T21:59:59Z"},
		`{"expiresAt":"2032-03-01T09:30:00Z"}`:                {"expiration": "custom", "expiresAt": "2032-03-01T09:30:00Z"},
		`{"expiresAt":"2027-03-01T09:31:00Z"}`:                {"expiration": "custom", "expiresAt": "2027-03-01T09:31:00Z"},
		`{"name":"Zoe\u0308 <b>","access":"org","maxUses":5}`: {"name": "Zoë <b>", "maxUses": 5.},
	} {
		t.Run(body, func(t *testing.T) {
			got := s.Send("admin", "POST", s.path, body).Is(201).JSON()
			for field, value := range want {
				if got[field] != value {
					t.Errorf("%s is %v, want %v", field, got[field], value)
				}
			}
			if httpapitest.Keys(got) != fields {
				t.Errorf("fields %q", httpapitest.Keys(got))
			}
		})
	}
}

func inviteID(t *testing.T, reply *httpapitest.Reply) invite.ID {
	t.Helper()
	id, ok := invite.ParseID(reply.Text("id"))
	if !ok {
		t.Fatalf("no id in %s", reply.Body)
	}
	return id
}

// text gives a value as JSON, with the fields of objects in order.
func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func TestCreate_Invalid(t *testing.T) {
	s := newScene(t)
	for body, want := range map[string][]string{
		``:             nil, // 415: there is no media type
		`[]`:           {"body"},
		`{"code":"x"}`: {"code"},
		`{"userId":"x","email":"y","sub":"z","role":"admin"}`: {"email", "role", "sub", "userId"},
		`{"createdBy":"x"}`:                          {"createdBy"},
		`{"Access":"org"}`:                           {"Access"},
		`{"name":5}`:                                 {"name"},
		`{"name":" "}`:                               {"name"},
		`{"name":"a\u202eb"}`:                        {"name"},
		`{"name":"a\r\nBcc: b@example.com"}`:         {"name"},
		`{"name":"` + strings.Repeat("x", 65) + `"}`: {"name"},
		`{"access":"Anyone"}`:                        {"access"},
		`{"access":""}`:                              {"access"},
		`{"access":null}`:                            {"access"},
		`{"access":1}`:                               {"access"},
		`{"maxUses":0}`:                              {"maxUses"},
		`{"maxUses":-1}`:                             {"maxUses"},
		`{"maxUses":1.5}`:                            {"maxUses"},
		`{"maxUses":"10"}`:                           {"maxUses"},
		`{"maxUses":100001}`:                         {"maxUses"},
		`{"maxUses":true}`:                           {"maxUses"},
		`{"expiration":"2h"}`:                        {"expiration"},
		`{"expiration":"1H"}`:                        {"expiration"},
		`{"expiration":""}`:                          {"expiration"},
		`{"expiration":0}`:                           {"expiration"},
		`{"expiration":null}`:                        {"expiration"},
		`{"expiration":"custom"}`:                    {"expiration"},
		`{"expiration":"1h","expiresAt":"2027-04-01T00:00:00Z"}`:   {"expiration", "expiresAt"},
		`{"expiration":"1h","expiresAt":""}`:                       {"expiration", "expiresAt"},
		`{"expiresAt":""}`:                                         {"expiresAt"},
		`{"expiresAt":5}`:                                          {"expiresAt"},
		`{"expiresAt":"2027-04-01T00:00:00"}`:                      {"expiresAt"},
		`{"expiresAt":"2027-02-31T00:00:00Z"}`:                     {"expiresAt"},
		`{"expiresAt":"10000-01-01T00:00:00Z"}`:                    {"expiresAt"},
		`{"expiresAt":"2026-04-01T00:00:00Z"}`:                     {"expiresAt"},
		`{"expiresAt":"2027-03-01T09:30:59Z"}`:                     {"expiresAt"},
		`{"expiresAt":"2033-03-01T00:00:00Z"}`:                     {"expiresAt"},
		`{"name":1,"access":2,"maxUses":3.5,"expiration":4,"x":5}`: {"name", "maxUses", "access", "expiration", "x"},
		`{"emails":[]}`:                                            {"emails"},
		`{"emails":"mira@example.com"}`:                            {"emails"},
		`{"emails":["mira@example.com","a@b"]}`:                    {"emails[1]"},
	} {
		t.Run(body, func(t *testing.T) {
			if want == nil {
				s.Send("admin", "POST", s.path, body).Refused(415, "unsupported_media_type")
				return
			}
			s.Send("admin", "POST", s.path, body).Refused(400, "invalid_request", want...)
		})
	}
}

func TestCreate_SentByEmail(t *testing.T) {
	s := newScene(t)
	link := s.Send("user", "POST", s.path, `{"emails":["mira@example.com","MIRA@example.com"]}`).Is(201)
	page, err := s.Invites.Recipients(t.Context(), Person("user"), s.group.ID, inviteID(t, link), directory.PageRequest{Limit: 50})
	if err != nil || len(page.Items) != 1 || page.Items[0].To.String() != "mira@example.com" {
		t.Errorf("recipients %+v, %v", page.Items, err)
	}
	s.Invites.Limits.Sender = 1
	s.Send("user", "POST", s.path, `{"emails":["tom@example.com"]}`).Refused(429, "limit_reached")
	s.Send("user", "POST", s.path, `{"emails":null}`).Is(201)
}

func TestCreate_Refused(t *testing.T) {
	s := newScene(t)
	s.Send("", "POST", s.path, `{}`).Refused(401, "unauthenticated")
	s.Send("user", "POST", s.path, `{"access":"anyone"}`).Refused(403, "add_people_required")
	s.Send("manager", "POST", s.path, `{"access":"anyone"}`).Refused(403, "add_people_required")
	s.Send("manager", "POST", s.path, `{"access":"org"}`).Is(201)
	for _, path := range []string{s.path, "/v1/groups/x/invites", "/v1/groups/" + strings.ToUpper(s.group.ID.String()) + "/invites", "/v1/groups/ffffffffffffffff/invites"} {
		s.Send("stranger", "POST", path, `{}`).Refused(404, "not_found")
		s.Send("nobody", "POST", path, `{"access":"anyone"}`).Refused(404, "not_found")
	}
	s.Send("admin", "POST", s.path, `{}`, "Content-Type", "text/plain").Refused(415, "unsupported_media_type")
	s.Send("admin", "POST", s.path, `{"name":"`+strings.Repeat("x", 64<<10)+`"}`).Refused(413, "too_large")
	if allow := s.Send("admin", "PUT", s.path, `{}`).Refused(405, "method_not_allowed").Header.Get("Allow"); allow != "GET, POST" {
		t.Errorf("Allow %q", allow)
	}
	s.Send("admin", "POST", s.path, `{}`, "Idempotency-Key", "a b").Refused(400, "invalid_request", "Idempotency-Key")
	s.Send("admin", "POST", s.path, `{}`, "Idempotency-Key", "").Refused(400, "invalid_request", "Idempotency-Key")
	s.Send("admin", "POST", s.path, `{}`, "Idempotency-Key", strings.Repeat("k", 129)).Refused(400, "invalid_request", "Idempotency-Key")

	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Throttle })
	s.Send("admin", "POST", s.path, `{}`).Refused(503, "unavailable")
	s.Faults.Reset(faults.On(1, faults.KillBefore))
	s.Send("admin", "POST", s.path, `{}`).Refused(500, "internal_error")
}

func TestCreate_IdempotencyKey(t *testing.T) {
	s := newScene(t)
	for _, key := range []string{"k", "a,b", strings.Repeat("k", 128), "!\"#~"} {
		first := s.Send("user", "POST", s.path, `{"name":"x"}`, "Idempotency-Key", key).Is(201)
		before := s.Content()
		again := s.Send("user", "POST", s.path, ` { "name" : "x", "access":"org" } `, "idempotency-key", key).Is(201)
		if again.Body != first.Body || again.Header.Get("Location") != first.Header.Get("Location") || s.Content() != before {
			t.Errorf("%q: %s, want %s", key, again.Body, first.Body)
		}
		s.Send("user", "POST", s.path, `{"name":"y"}`, "Idempotency-Key", key).Refused(409, "idempotency_conflict")
		if err := s.Invites.Delete(t.Context(), Person("user"), s.group.ID, inviteID(t, first)); err != nil {
			t.Fatal(err)
		}
		s.Send("user", "POST", s.path, `{"name":"x"}`, "Idempotency-Key", key).Refused(410, "invite_deleted")
	}
	t.Run("holds for a path", func(t *testing.T) {
		other := s.Group(Person("admin"), s.org, "Climbing")
		first := s.Send("admin", "POST", s.path, `{}`, "Idempotency-Key", "same").Is(201)
		second := s.Send("admin", "POST", "/v1/groups/"+other.ID.String()+"/invites", `{}`, "Idempotency-Key", "same").Is(201)
		if first.Text("id") == second.Text("id") || second.Text("groupName") != "Climbing" {
			t.Errorf("%s, %s", first.Body, second.Body)
		}
	})
}
