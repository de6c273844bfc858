package main

import (
	"strings"
	"testing"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
)

func TestDelete(t *testing.T) {
	w := New(t)
	api := &httpapitest.API{TB: t, Function: httpapi.Adapt(handler(w.Invites)), Issuer: Issuer, State: w.Content}
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	w.Join(admin, group, Person("manager"), directory.RoleManager)
	w.Join(admin, group, Person("user"), directory.RoleUser)
	w.Org(Person("stranger"), "Other")
	links := "/v1/groups/" + group.ID.String() + "/invites/"

	for _, who := range []string{"user", "manager", "admin"} {
		t.Run(who+" deletes a link of the user, once", func(t *testing.T) {
			path := links + w.Link(Person("user"), group).ID.String()
			if reply := api.Send(who, "DELETE", path, "").Is(204); reply.Body != "" {
				t.Errorf("%q", reply.Body)
			}
			api.Send(who, "DELETE", path, "").Refused(404, "not_found")
		})
	}
	t.Run("what isn't there and what isn't seen is refused alike", func(t *testing.T) {
		path := links + w.Link(Person("manager"), group).ID.String()
		want := api.Send("user", "DELETE", path, "").Refused(404, "not_found").Body
		for _, c := range []struct{ who, path string }{
			{"stranger", path}, {"nobody", path}, {"admin", links + "0123456789abcdef"}, {"admin", links + "x"}, {"admin", strings.ToUpper(path[3:])},
			{"admin", strings.Replace(path, group.ID.String(), "ffffffffffffffff", 1)}, {"admin", path + "/"},
		} {
			if got := api.Send(c.who, "DELETE", c.path, "").Refused(404, "not_found").Body; got != want {
				t.Errorf("%s %s: %s, want %s", c.who, c.path, got, want)
			}
		}
	})
	t.Run("other refusals", func(t *testing.T) {
		path := links + w.Link(admin, group).ID.String()
		api.Send("", "DELETE", path, "").Refused(401, "unauthenticated")
		if allow := api.Send("admin", "POST", path, "").Refused(405, "method_not_allowed").Header.Get("Allow"); allow != "DELETE, GET" {
			t.Errorf("Allow %q", allow)
		}
		w.Faults.Reset(func(faults.Call) faults.Fault { return faults.Throttle })
		api.Send("admin", "DELETE", path, "").Refused(503, "unavailable")
		w.Faults.Reset(nil)
		api.Send("admin", "DELETE", path, "").Is(204)
	})
}
