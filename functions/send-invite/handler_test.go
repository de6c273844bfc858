package main

import (
	"fmt"
	"strings"
	"testing"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
	"group-invites/shared/mail"
)

// scene is the function over a world with an organization, and the path of a link's mails.
type scene struct {
	*World
	*httpapitest.API
	path string
}

func newScene(t *testing.T) scene {
	w := New(t)
	s := scene{World: w, API: &httpapitest.API{TB: t, Function: httpapi.Adapt(handler(w.Invites)), Issuer: Issuer, State: w.Content}}
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	w.Join(admin, group, Person("manager"), directory.RoleManager)
	w.Join(admin, group, Person("user"), directory.RoleUser)
	s.path = fmt.Sprintf("/v1/groups/%s/invites/%s/emails", group.ID, w.Link(admin, group, Anyone).ID)
	return s
}

func TestSend(t *testing.T) {
	s := newScene(t)
	reply := s.Send("admin", "POST", s.path, `{"emails":["mira@example.com","Tom@Example.com","MIRA@example.com"]}`).Is(202)
	if items := reply.At("items").([]any); len(items) != 2 {
		t.Errorf("%d items", len(items))
	}
	if got := httpapitest.Keys(reply.At("items", "0")); got != "createdAt detail email id reason sentBy state updatedAt" {
		t.Errorf("fields %s", got)
	}
	if reply.Text("items", "1", "email") != "Tom@example.com" || reply.Text("items", "1", "state") != "queued" || reply.Text("items", "1", "sentBy", "name") != "admin" {
		t.Errorf("%s", reply.Body)
	}
	s.Send("manager", "POST", s.path, `{"emails":["x@example.com"]}`).Refused(403, "add_people_required")
	s.Send("user", "POST", s.path, `{"emails":["x@example.com"]}`).Refused(404, "not_found")
	s.Send("stranger", "POST", s.path, `{"emails":["x@example.com"]}`).Refused(404, "not_found")
	s.Send("", "POST", s.path, `{"emails":["x@example.com"]}`).Refused(401, "unauthenticated")
	s.Send("admin", "POST", strings.Replace(s.path, "/emails", "x/emails", 1), `{"emails":["x@example.com"]}`).Refused(404, "not_found")
	s.Invites.Limits = mail.Limits{Sender: 2, Org: 10, NewOrg: 10}
	s.Send("admin", "POST", s.path, `{"emails":["x@example.com"]}`).Refused(429, "limit_reached")
	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Throttle })
	s.Send("admin", "POST", s.path, `{"emails":["x@example.com"]}`).Refused(503, "unavailable")
}

func TestSend_Invalid(t *testing.T) {
	s := newScene(t)
	fifty := strings.Repeat(`"a@example.com",`, 50)
	for body, fields := range map[string][]string{
		`{}`:                                    {"emails"},
		`{"emails":null}`:                       {"emails"},
		`{"emails":[]}`:                         {"emails"},
		`{"emails":"mira@example.com"}`:         {"emails"},
		`{"emails":[5]}`:                        {"emails"},
		`{"emails":[` + fifty + `"a@b"]}`:       {"emails"},
		`{"emails":["mira@example.com","a@b"]}`: {"emails[1]"},
		`{"emails":["a@b@c.example","Mira <mira@example.com>","x@[127.0.0.1]"]}`:                {"emails[0]", "emails[1]", "emails[2]"},
		`{"emails":["mira@example.com\nBcc: b@example.com"]}`:                                   {"emails[0]"},
		`{"emails":["` + strings.Repeat("x", 255) + `"]}`:                                       {"emails[0]"},
		`{"emails":["mira@example.com"],"email":"mira@example.com","code":"x","expiresAt":"y"}`: {"code", "email", "expiresAt"},
	} {
		s.Send("admin", "POST", s.path, body).Refused(400, "invalid_request", fields...)
	}
}

func TestResend(t *testing.T) {
	s := newScene(t)
	wrong := s.Send("admin", "POST", s.path, `{"emails":["mira@example.con"]}`).Is(202).Text("items", "0", "id")
	resend := s.path + "/" + wrong + "/resend"
	if got := s.Send("admin", "POST", resend, "").Is(202).Text("email"); got != "mira@example.con" {
		t.Errorf("resent to %s", got)
	}
	if got := s.Send("admin", "POST", resend, `{"email":"mira@example.com"}`).Is(202); got.Text("email") != "mira@example.com" || got.Text("id") == wrong {
		t.Errorf("corrected: %s", got.Body)
	}
	s.Send("admin", "POST", resend, `{"email":null}`).Is(202)
	s.Send("admin", "POST", resend, `{"email":"a@b"}`).Refused(400, "invalid_request", "email")
	s.Send("admin", "POST", resend, `{"emails":["a@b"]}`).Refused(400, "invalid_request", "emails")
	s.Send("admin", "POST", s.path+"/0123456789abcdef/resend", "").Refused(404, "not_found")
	s.Send("admin", "POST", s.path+"/x/resend", "").Refused(404, "not_found")
	s.Send("user", "POST", resend, "").Refused(404, "not_found")
	s.Send("manager", "POST", resend, "").Refused(403, "add_people_required")
}
