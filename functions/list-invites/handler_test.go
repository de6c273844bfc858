package main

import (
	"fmt"
	"net/url"
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
	admin, manager, user directory.Caller
	group                directory.Group
	path                 string // of the group's links
}

func newScene(t *testing.T) scene {
	w := New(t)
	s := scene{World: w, admin: Person("admin"), manager: Person("manager"), user: Person("user"), API: &httpapitest.API{
		TB: t, Function: httpapi.Adapt(handler(w.Invites)), Issuer: Issuer, State: w.Content,
	}}
	s.group = w.Group(s.admin, w.Org(s.admin, "Acme"), "Backcountry")
	w.Join(s.admin, s.group, s.manager, directory.RoleManager)
	w.Join(s.admin, s.group, s.user, directory.RoleUser)
	w.Org(Person("stranger"), "Other")
	s.path = "/v1/groups/" + s.group.ID.String() + "/invites"
	return s
}

// link makes a link, and turns the clock, so that the next one is newer.
func (s scene) link(creator directory.Caller, how ...func(*invite.Request)) invite.View {
	link := s.Link(creator, s.group, how...)
	s.Clock.Advance(time.Second)
	return link
}

const fields = "access createdAt createdBy expiration expiresAt groupId groupName id maxUses name orgId orgName state url uses"

func TestList(t *testing.T) {
	s := newScene(t)
	t.Run("is empty at first", func(t *testing.T) {
		if body := s.Send("user", "GET", s.path, "").Is(200).Body; body != `{"items":[],"nextCursor":null}` {
			t.Errorf("%s", body)
		}
	})
	older, newer := s.link(s.user, Cap(3)), s.link(s.admin, Anyone)
	t.Run("holds links whole, newest first, without the URL where the reader could not create one", func(t *testing.T) {
		reply := s.Send("manager", "GET", s.path, "").Is(200)
		if httpapitest.Keys(reply.JSON()) != "items nextCursor" || reply.At("nextCursor") != nil || len(reply.At("items").([]any)) != 2 {
			t.Fatalf("%s", reply.Body)
		}
		for i, want := range []invite.View{newer, older} {
			item := reply.At("items", fmt.Sprint(i)).(map[string]any)
			if httpapitest.Keys(item) != fields || item["id"] != want.ID.String() || item["createdBy"].(map[string]any)["name"] != want.CreatorName {
				t.Errorf("%v", item)
			}
		}
		if reply.At("items", "0", "url") != nil || reply.Text("items", "1", "url") != older.URL || reply.At("items", "1", "maxUses") != 3. || reply.At("items", "0", "maxUses") != nil {
			t.Errorf("%s", reply.Body)
		}
		if s.Send("user", "GET", s.path, "").Is(200).Text("items", "0", "id") != older.ID.String() {
			t.Error("the user sees another's first")
		}
	})
	t.Run("pages", func(t *testing.T) {
		first := s.Send("admin", "GET", s.path+"?limit=1", "").Is(200)
		cursor := first.Text("nextCursor")
		second := s.Send("admin", "GET", s.path+"?limit=1&cursor="+url.QueryEscape(cursor), "").Is(200)
		if first.Text("items", "0", "id") != newer.ID.String() || second.Text("items", "0", "id") != older.ID.String() || second.At("nextCursor") != nil {
			t.Errorf("%s, %s", first.Body, second.Body)
		}
		s.Send("manager", "GET", s.path+"?cursor="+cursor, "").Refused(400, "invalid_request", "cursor")
		s.Clock.Advance(25 * time.Hour)
		s.Send("admin", "GET", s.path+"?cursor="+cursor, "").Refused(400, "invalid_request", "cursor")
	})
	t.Run("gives no more than 50", func(t *testing.T) {
		for range 51 {
			s.link(s.user)
		}
		for _, query := range []string{"", "?limit=50"} {
			reply := s.Send("user", "GET", s.path+query, "").Is(200)
			if n := len(reply.At("items").([]any)); n != 50 || reply.At("nextCursor") == nil {
				t.Errorf("%q: %d items", query, n)
			}
		}
	})
}

func TestList_Refused(t *testing.T) {
	s := newScene(t)
	s.Send("", "GET", s.path, "").Refused(401, "unauthenticated")
	want := s.Send("stranger", "GET", s.path, "").Refused(404, "not_found").Body
	for _, path := range []string{s.path, "/v1/groups/ffffffffffffffff/invites", "/v1/groups/x/invites", strings.Replace(s.path, s.group.ID.String(), strings.ToUpper(s.group.ID.String()), 1)} {
		if got := s.Send("stranger", "GET", path, "").Refused(404, "not_found").Body; got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=51": "limit", "limit=x": "limit", "limit=": "limit", "cursor=": "cursor", "cursor=x": "cursor", "cursor=%zz": "query",
		"cursor=" + strings.Repeat("A", 600): "cursor", "limit=1&limit=1": "limit",
	} {
		s.Send("admin", "GET", s.path+"?"+query, "").Refused(400, "invalid_request", field)
	}
	s.Send("admin", "GET", s.path+"/", "").Refused(404, "not_found")
	if allow := s.Send("admin", "PATCH", s.path, "").Refused(405, "method_not_allowed").Header.Get("Allow"); allow != "GET, POST" {
		t.Errorf("Allow %q", allow)
	}
	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Throttle })
	s.Send("admin", "GET", s.path, "").Refused(503, "unavailable")
}

func TestGet(t *testing.T) {
	s := newScene(t)
	link := s.link(s.user)
	path := s.path + "/" + link.ID.String()
	t.Run("gives the link as lists do", func(t *testing.T) {
		for _, who := range []string{"user", "manager", "admin"} {
			one := s.Send(who, "GET", path, "").Is(200)
			if httpapitest.Keys(one.JSON()) != fields {
				t.Errorf("%s", one.Body)
			}
			if list := s.Send(who, "GET", s.path, "").Is(200).Body; !strings.Contains(list, one.Body) {
				t.Errorf("%s: %s is not in %s", who, one.Body, list)
			}
		}
	})
	t.Run("is refused alike for what isn't there and what isn't seen", func(t *testing.T) {
		theirs := s.link(s.manager)
		want := s.Send("user", "GET", s.path+"/"+theirs.ID.String(), "").Refused(404, "not_found").Body
		for _, c := range []struct{ who, path string }{
			{"stranger", path}, {"nobody", path}, {"user", s.path + "/0123456789abcdef"}, {"admin", s.path + "/x"}, {"admin", s.path + "/" + strings.ToUpper(link.ID.String())},
			{"admin", strings.Replace(path, s.group.ID.String(), "ffffffffffffffff", 1)}, {"admin", path + "0"},
		} {
			if got := s.Send(c.who, "GET", c.path, "").Refused(404, "not_found").Body; got != want {
				t.Errorf("%s %s: %s, want %s", c.who, c.path, got, want)
			}
		}
	})
	s.Send("", "GET", path, "").Refused(401, "unauthenticated")
	if allow := s.Send("admin", "PUT", path, "").Refused(405, "method_not_allowed").Header.Get("Allow"); allow != "DELETE, GET" {
		t.Errorf("Allow %q", allow)
	}
	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Fail })
	s.Send("admin", "GET", path, "").Refused(503, "unavailable")
}
