package main

import (
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

const asking = "/v1/invites/access-requests"

// scene is the function over a world with an organization, and a link of the user's to its group that has expired.
type scene struct {
	*World
	*httpapitest.API
	group directory.Group
	link  invite.View
	path  string // of the group's requests
}

func newScene(t *testing.T) scene {
	w := New(t)
	s := scene{World: w, API: &httpapitest.API{TB: t, Function: httpapi.Adapt(handler(w.Access)), Issuer: Issuer, State: w.Content}}
	admin, user := Person("admin"), Person("user")
	org := w.Org(admin, "Acme")
	s.group = w.Group(admin, org, "Backcountry")
	w.Join(admin, s.group, Person("manager"), directory.RoleManager)
	w.Join(admin, s.group, user, directory.RoleUser)
	if _, err := w.Directory.ChangeOrg(t.Context(), admin, org.ID, directory.OrgChange{AddPeople: &directory.AddPeople{User: true}}); err != nil {
		t.Fatal(err)
	}
	s.link = w.Link(user, s.group, Anyone, func(r *invite.Request) { r.Expiration = "1h" })
	w.Clock.Advance(time.Hour)
	s.path = "/v1/groups/" + s.group.ID.String() + "/access-requests"
	return s
}

func (s scene) body() string { return `{"code":"` + Code(s.link) + `"}` }

func (s scene) of(name, act string) string {
	return s.path + "/" + Person(name).ID.String() + "/" + act
}

func TestAsk(t *testing.T) {
	s := newScene(t)
	for _, who := range []string{"mira", "mira", "user", "manager"} {
		if got := s.Send(who, "POST", asking, s.body()).Is(202).Body; strings.TrimSpace(got) != `{"state":"received"}` {
			t.Errorf("%s is answered %s", who, got)
		}
	}
	s.Send("tom", "POST", asking, `{"code":"`+Code(s.link)+`","message":null}`).Is(202)
	s.Send("", "POST", asking, s.body()).Refused(401, "unauthenticated")
	s.Send("mira", "POST", asking, `{"code":"`+strings.Repeat("A", 44)+`"}`).Refused(404, "not_found")
	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Throttle })
	s.Send("mira", "POST", asking, s.body()).Refused(503, "unavailable")
	s.Faults.Reset(nil)
	if err := s.Invites.Delete(t.Context(), Person("admin"), s.group.ID, s.link.ID); err != nil {
		t.Fatal(err)
	}
	s.Send("mira", "POST", asking, s.body()).Refused(410, "invite_deleted")
}

func TestAsk_Invalid(t *testing.T) {
	s := newScene(t)
	code := Code(s.link)
	for body, fields := range map[string][]string{
		`{}`:                                  {"code"},
		`{"code":null}`:                       {"code"},
		`{"code":[]}`:                         {"code"},
		`{"code":"` + code + `","message":5}`: {"message"},
		`{"code":"` + code + `","message":["x"]}`:                              {"message"},
		`{"code":"` + code + `","message":"a\u200bb"}`:                         {"message"},
		`{"code":"` + code + `","message":"` + strings.Repeat("a", 281) + `"}`: {"message"},
		`{"code":"` + code + `","role":"admin"}`:                               {"role"},
	} {
		s.Send("mira", "POST", asking, body).Refused(400, "invalid_request", fields...)
	}
}

func TestList(t *testing.T) {
	s := newScene(t)
	s.Send("mira", "POST", asking, `{"code":"`+Code(s.link)+`","message":" Hello\n there "}`).Is(202)
	for who, keys := range map[string]string{
		"admin": "email expiresAt inviteId message newToOrg requestedAt user", "user": "expiresAt inviteId message newToOrg requestedAt user",
	} {
		reply := s.Send(who, "GET", s.path, "").Is(200)
		if got := httpapitest.Keys(reply.At("items", "0")); got != keys {
			t.Errorf("%s sees fields %s", who, got)
		}
		if reply.Text("items", "0", "user", "name") != "mira" || reply.Text("items", "0", "user", "id") != Person("mira").ID.String() ||
			reply.Text("items", "0", "message") != "Hello there" || reply.At("items", "0", "newToOrg") != true ||
			reply.Text("items", "0", "inviteId") != s.link.ID.String() || reply.Text("items", "0", "requestedAt") != httpapi.Instant(s.Clock.Now()) ||
			reply.Text("items", "0", "expiresAt") != httpapi.Instant(s.Clock.Now().Add(30*24*time.Hour)) {
			t.Errorf("%s sees %s", who, reply.Body)
		}
	}
	if got := s.Send("admin", "GET", s.path, "").Is(200).Text("items", "0", "email"); got != "mira@example.com" {
		t.Errorf("address %s", got)
	}
	if got := s.Send("manager", "GET", s.path, "").Is(200).At("items").([]any); len(got) != 0 { // who may not add people
		t.Errorf("the manager sees %v", got)
	}
	s.Send("stranger", "GET", s.path, "").Refused(404, "not_found")
	s.Send("mira", "GET", s.path, "").Refused(404, "not_found")
	s.Send("", "GET", s.path, "").Refused(401, "unauthenticated")
	s.Send("admin", "GET", s.path+"?limit=51", "").Refused(400, "invalid_request", "limit")
	s.Send("admin", "GET", s.path+"?cursor=x", "").Refused(400, "invalid_request", "cursor")
	s.Send("admin", "GET", "/v1/groups/x/access-requests", "").Refused(404, "not_found")
}

func TestApprove(t *testing.T) {
	s := newScene(t)
	s.Send("mira", "POST", asking, s.body()).Is(202)
	for _, who := range []string{"manager", "stranger", "mira"} {
		s.Send(who, "POST", s.of("mira", "approve"), "").Refused(404, "not_found")
		s.Send(who, "POST", s.of("mira", "decline"), "").Refused(404, "not_found")
	}
	s.Send("", "POST", s.of("mira", "approve"), "").Refused(401, "unauthenticated")
	s.Send("user", "POST", s.of("mira", "approve"), `{"role":"admin"}`).Refused(400, "invalid_request", "role")
	s.Send("user", "POST", s.path+"/x/approve", "").Refused(404, "not_found")
	s.Send("user", "POST", s.of("tom", "approve"), "").Refused(404, "not_found")
	reply := s.Send("user", "POST", s.of("mira", "approve"), "{}").Is(200)
	if httpapitest.Keys(reply.JSON()) != "id joinedAt name role" || reply.Text("id") != Person("mira").ID.String() || reply.Text("role") != "user" {
		t.Errorf("%s", reply.Body)
	}
	if again := s.Send("user", "POST", s.of("mira", "approve"), "").Is(200); again.Body != reply.Body {
		t.Errorf("again: %s", again.Body)
	}
	if reply := s.Send("admin", "POST", s.of("mira", "approve"), "").Is(200); reply.Text("email") != "mira@example.com" {
		t.Errorf("to an admin: %s", reply.Body)
	}
	s.Send("user", "POST", s.of("mira", "decline"), "").Refused(404, "not_found")
}

func TestDecline(t *testing.T) {
	s := newScene(t)
	s.Send("mira", "POST", asking, s.body()).Is(202)
	s.Send("user", "POST", s.of("mira", "decline"), `{"reason":"x"}`).Refused(400, "invalid_request", "reason")
	if reply := s.Send("user", "POST", s.of("mira", "decline"), "").Is(204); reply.Body != "" {
		t.Errorf("%s", reply.Body)
	}
	s.Send("user", "POST", s.of("mira", "decline"), "").Refused(404, "not_found")
	s.Send("user", "POST", s.of("mira", "approve"), "").Refused(404, "not_found")
	s.Send("mira", "POST", asking, s.body()).Is(202)
	if got := s.Send("admin", "GET", s.path, "").Is(200).At("items").([]any); len(got) != 0 {
		t.Errorf("asks again: %v", got)
	}
}
