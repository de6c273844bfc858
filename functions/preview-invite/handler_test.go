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

const path = "/v1/invites/preview"

// scene is the function over a world with an organization.
type scene struct {
	*World
	*httpapitest.API
	admin directory.Caller
	group directory.Group
}

func newScene(t *testing.T) scene {
	w := New(t)
	s := scene{World: w, admin: Person("admin"), API: &httpapitest.API{
		TB: t, Function: httpapi.Adapt(handler(w.Invites)), Issuer: Issuer, State: w.Content,
	}}
	s.group = w.Group(s.admin, w.Org(s.admin, "Acme"), "Backcountry")
	return s
}

func body(link invite.View) string { return `{"code":"` + Code(link) + `"}` }

func TestPreview(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(1), func(r *invite.Request) { r.Expiration = "1h" })
	forever := s.Link(s.admin, s.group)
	now := func() string { return httpapi.Instant(s.Clock.Now()) }
	same := func(reply *httpapitest.Reply, want map[string]any) {
		t.Helper()
		got, _ := json.Marshal(reply.Is(200).JSON())
		wanted, _ := json.Marshal(want)
		if string(got) != string(wanted) {
			t.Errorf("%s, want %s", got, wanted)
		}
	}
	named := func(name any) map[string]any { return map[string]any{"name": name} }
	shown := func(state string) map[string]any {
		return map[string]any{
			"state": state, "access": "anyone", "expiresAt": httpapi.Instant(link.ExpiresAt), "serverTime": now(),
			"org": named("Acme"), "group": named("Backcountry"), "createdBy": named("admin"),
		}
	}
	before := s.Content()
	for _, who := range []string{"", "admin", "new"} { // signed in or not
		same(s.Send(who, "POST", path, body(link)), shown("active"))
	}
	never := shown("active")
	never["access"], never["expiresAt"] = "org", nil
	same(s.Send("", "POST", path, body(forever)), never)
	if s.Content() != before {
		t.Error("looking has written")
	}

	if _, err := s.Invites.Redeem(t.Context(), Person("new"), Code(link)); err != nil {
		t.Fatal(err)
	}
	same(s.Send("", "POST", path, body(link)), shown("used_up"))
	s.Clock.Set(link.ExpiresAt.Add(-time.Second))
	same(s.Send("", "POST", path, body(link)), shown("used_up"))
	s.Clock.Set(link.ExpiresAt)
	same(s.Send("", "POST", path, body(link)), shown("expired"))
	if err := s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID); err != nil {
		t.Fatal(err)
	}
	same(s.Send("", "POST", path, body(link)), map[string]any{
		"state": "deleted", "access": nil, "expiresAt": nil, "serverTime": now(), "org": named(nil), "group": named(nil), "createdBy": named(nil),
	})

	_, err := s.Directory.ChangeRole(t.Context(), s.admin, s.group.ID.Org(), Person("new").ID, directory.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Directory.RemoveOrgMember(t.Context(), Person("new"), s.group.ID.Org(), s.admin.ID); err != nil {
		t.Fatal(err)
	}
	if state := s.Send("", "POST", path, body(forever)).Is(200).Text("state"); state != "suspended" {
		t.Errorf("its creator is out, and it is %s", state)
	}
}

func TestPreview_Refused(t *testing.T) {
	s := newScene(t)
	code := Code(s.Link(s.admin, s.group))
	want := s.Send("", "POST", path, `{"code":""}`).Refused(404, "not_found").Body
	s.Faults.Reset(nil)
	for _, c := range []string{code[:43], code + "A", `\n` + code[1:], strings.ToLower(code), strings.Repeat("A", 44), "x", `\u0000`, strings.Repeat("x", 60_000)} {
		if got := s.Send("", "POST", path, `{"code":"`+c+`"}`).Refused(404, "not_found").Body; got != want {
			t.Errorf("%.50s: %s, want the same as for any: %s", c, got, want)
		}
	}
	for text, want := range map[string]string{
		`{}`: "code", `{"code":null}`: "code", `{"code":1}`: "code", `{"code":"` + code + `","x":1}`: "x", `[]`: "body", `{"code":"` + code + `"} x`: "body",
	} {
		s.Send("", "POST", path, text).Refused(400, "invalid_request", want)
	}
	s.Send("", "POST", path, `{"code":"`+code+`"}`, "Content-Type", "application/x-www-form-urlencoded").Refused(415, "unsupported_media_type")
	s.Send("", "POST", path, strings.Repeat(" ", 64<<10+1)).Refused(413, "too_large")
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT"} {
		if allow := s.Send("", method, path, "").Refused(405, "method_not_allowed").Header.Get("Allow"); allow != "POST" {
			t.Errorf("%s: Allow %q", method, allow)
		}
	}
	if calls := s.Faults.Cost().Calls; calls != 0 {
		t.Errorf("%d calls to the table", calls)
	}
	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Throttle })
	s.Send("", "POST", path, `{"code":"`+code+`"}`).Refused(503, "unavailable")
}
