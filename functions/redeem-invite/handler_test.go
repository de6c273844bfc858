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

const path = "/v1/invites/redeem"

// scene is the function over a world with an organization that has two groups; the user is in the second.
type scene struct {
	*World
	*httpapitest.API
	admin  directory.Caller
	org    directory.Org
	group  directory.Group
	second directory.Group
}

func newScene(t *testing.T) scene {
	w := New(t)
	s := scene{World: w, admin: Person("admin"), API: &httpapitest.API{
		TB: t, Function: httpapi.Adapt(handler(w.Invites)), Issuer: Issuer, State: w.Content,
	}}
	s.org = w.Org(s.admin, "Acme")
	s.group, s.second = w.Group(s.admin, s.org, "Backcountry"), w.Group(s.admin, s.org, "Climbing")
	w.Join(s.admin, s.second, Person("user"), directory.RoleUser)
	s.Clock.Advance(time.Second)
	return s
}

func body(link invite.View) string { return `{"code":"` + Code(link) + `"}` }

func TestRedeem(t *testing.T) {
	s := newScene(t)
	for _, c := range []struct {
		who  string
		link invite.View
	}{{"new", s.Link(s.admin, s.group, Anyone)}, {"user", s.Link(s.admin, s.group)}, {"admin", s.Link(s.admin, s.group, Cap(1))}} {
		check(t, s, s.Send(c.who, "POST", path, body(c.link)).Is(201), false)
		before := s.Content()
		check(t, s, s.Send(c.who, "POST", path, body(c.link)).Is(200), true)
		if s.Content() != before {
			t.Errorf("%s: asking again has written", c.who)
		}
	}
	t.Run("makes nobody more than he was", func(t *testing.T) {
		page, err := s.Directory.ListGroupMembers(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 50})
		if err != nil || len(page.Items) != 3 {
			t.Fatalf("%+v, %v", page, err)
		}
		for _, m := range page.Items {
			if want := map[string]directory.Role{"new": "user", "user": "user", "admin": "admin"}[m.Name]; m.Role != want {
				t.Errorf("%s is %s", m.Name, m.Role)
			}
		}
	})
}

// check checks the whole answer.
func check(t *testing.T, s scene, reply *httpapitest.Reply, already bool) {
	t.Helper()
	got := reply.JSON()
	if httpapitest.Keys(got) != "alreadyMember group org" || httpapitest.Keys(got["org"]) != "id name" || httpapitest.Keys(got["group"]) != "id name" ||
		got["alreadyMember"] != already || reply.Text("org", "id") != s.org.ID.String() || reply.Text("org", "name") != "Acme" ||
		reply.Text("group", "id") != s.group.ID.String() || reply.Text("group", "name") != "Backcountry" {
		t.Errorf("%s", reply.Body)
	}
}

func TestRedeem_Refused(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group)
	send := func(who string, link invite.View) *httpapitest.Reply {
		t.Helper()
		return s.Send(who, "POST", path, body(link))
	}
	s.Send("", "POST", path, body(link)).Refused(401, "unauthenticated")
	send("stranger", link).Refused(403, "org_members_only")

	expired := s.Link(s.admin, s.group, func(r *invite.Request) { r.Expiration = "1h" })
	s.Clock.Set(expired.ExpiresAt.Add(-time.Second))
	full := s.Link(s.admin, s.group, Anyone, Cap(1))
	send("first", full).Is(201)
	send("second", full).Refused(410, "invite_used_up")
	send("first", full).Is(200)
	s.Clock.Advance(time.Second)
	send("user", expired).Refused(410, "invite_expired")

	deleted := s.Link(s.admin, s.group, Anyone)
	if err := s.Invites.Delete(t.Context(), s.admin, s.group.ID, deleted.ID); err != nil {
		t.Fatal(err)
	}
	send("new", deleted).Refused(410, "invite_deleted")

	theirs := s.Link(Person("user"), s.second)
	if err := s.Directory.RemoveGroupMember(t.Context(), s.admin, s.second.ID, Person("user").ID); err != nil {
		t.Fatal(err)
	}
	send("first", theirs).Refused(410, "invite_suspended")
	send("user", theirs).Refused(410, "invite_suspended") // before removed
	send("user", s.Link(s.admin, s.second)).Refused(403, "removed")
	s.Clock.Advance(time.Millisecond)
	send("user", s.Link(s.admin, s.second)).Is(201)
}

func TestRedeem_CodesThatAreNone(t *testing.T) {
	s := newScene(t)
	code := Code(s.Link(s.admin, s.group, Anyone))
	other := "A"
	if strings.HasSuffix(code, other) {
		other = "B"
	}
	want := s.Send("new", "POST", path, `{"code":""}`).Refused(404, "not_found").Body
	s.Faults.Reset(nil)
	for _, c := range []string{
		code[:43], code + "A", code[:43] + other, strings.ToUpper(code), `\n` + code[1:], code[:43] + `\n`, code + "=", strings.Repeat("A", 44),
		" " + code, "../" + code, BaseURL + "/i#" + code, `\u0000`, strings.Repeat("x", 60_000), `\ud800`, "🙂",
	} {
		if got := s.Send("new", "POST", path, `{"code":"`+c+`"}`).Refused(404, "not_found").Body; got != want {
			t.Errorf("%.50s: %s, want the same as for any: %s", c, got, want)
		}
	}
	if calls := s.Faults.Cost().Calls; calls != 0 {
		t.Errorf("%d calls to the table", calls)
	}
}

func TestRedeem_Invalid(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	code := Code(link)
	for text, want := range map[string]string{
		`{}`: "code", `{"code":null}`: "code", `{"code":7}`: "code", `{"code":["` + code + `"]}`: "code", `{"Code":"` + code + `"}`: "code Code",
		`{"code":"` + code + `","userId":"x"}`: "userId", `{"code":"` + code + `","role":"admin"}`: "role", `{"code":"` + code + `","email":"a@b"}`: "email",
		`{"code":"` + code + `","sub":"x"}`: "sub", `{"code":"` + code + `"}{}`: "body", `"` + code + `"`: "body", `{"code":"` + code + `","code":"x"}`: "code",
	} {
		s.Send("new", "POST", path, text).Refused(400, "invalid_request", strings.Fields(want)...)
	}
	s.Send("new", "POST", path, body(link), "Content-Type", "text/plain").Refused(415, "unsupported_media_type")
	s.Send("new", "POST", path, `{"code":"`+strings.Repeat("x", 64<<10)+`"}`).Refused(413, "too_large")
	for _, method := range []string{"GET", "HEAD", "PUT", "DELETE"} { // a scanner that opens links
		if allow := s.Send("new", method, path, "").Refused(405, "method_not_allowed").Header.Get("Allow"); allow != "POST" {
			t.Errorf("%s: Allow %q", method, allow)
		}
		s.Send("new", method, path+"/"+code, "").Refused(404, "not_found")
	}
	t.Run("a token that isn't an access token is nobody's", func(t *testing.T) {
		claims := httpapitest.Claims(Issuer, "new")
		claims["token_use"] = "id"
		s.Do(httpapitest.Event("POST", path, body(link), claims)).Refused(401, "unauthenticated")
	})
}

func TestRedeem_Undecided(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	s.Faults.Reset(func(c faults.Call) faults.Fault {
		if c.Writes() {
			return faults.Throttle
		}
		return faults.None
	})
	start := time.Now()
	s.Send("new", "POST", path, body(link)).Refused(503, "unavailable")
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("answered after %v", took)
	}
	s.Faults.Reset(nil)
	s.Send("new", "POST", path, body(link)).Is(201)
}
