package main

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
	"group-invites/shared/mirror"
)

const scope = "things/mirror"

// scene is the function over an empty world.
type scene struct {
	*World
	*httpapitest.API
}

func newScene(t *testing.T) scene {
	w := New(t)
	service := &mirror.Service{Store: w.Table, Clock: w.Clock.Now, Random: rand.Reader}
	return scene{w, &httpapitest.API{TB: t, Function: httpapi.Adapt(handler(service, scope)), Issuer: Issuer, State: w.Content}}
}

// machine gives the claims of a machine client's token.
func machine() map[string]string {
	return map[string]string{"iss": Issuer, "sub": "host", "client_id": "host", "token_use": "access", "scope": "other " + scope}
}

// send makes a request as the machine.
func (s scene) send(method, target, body string, headers ...string) *httpapitest.Reply {
	s.API.Helper()
	return s.Do(httpapitest.Event(method, target, body, machine(), headers...))
}

func TestScope_IsAskedFor(t *testing.T) {
	s := newScene(t)
	for what, scopes := range map[string]string{"none": "", "another": "things/use", "one that begins so": scope + "x"} {
		claims := machine()
		claims["scope"] = scopes
		s.Do(httpapitest.Event("PUT", "/v1/directory/orgs/T1", `{"name":"Acme"}`, claims)).Refused(403, "forbidden")
		if t.Failed() {
			t.Fatal(what)
		}
	}
	s.Send("anna", "PUT", "/v1/directory/orgs/T1", `{"name":"Acme"}`).Refused(403, "forbidden")
	s.Send("", "PUT", "/v1/directory/orgs/T1", `{"name":"Acme"}`).Refused(401, "unauthenticated")
	id := machine()
	id["token_use"] = "id"
	s.Do(httpapitest.Event("PUT", "/v1/directory/orgs/T1", `{"name":"Acme"}`, id)).Refused(401, "unauthenticated")
	list := machine()
	delete(list, "scope")
	list["scp"] = "[things/use " + scope + "]" // as API Gateway writes a list
	s.Do(httpapitest.Event("PUT", "/v1/directory/orgs/T1", `{"name":"Acme"}`, list)).Is(201)
}

func TestOne(t *testing.T) {
	s := newScene(t)
	const org, group = "/v1/directory/orgs/T1", "/v1/directory/orgs/T1/groups/R1"
	made := s.send("PUT", org, `{"name":"Acme","addPeople":["admin","user"]}`).Is(201)
	if httpapitest.Keys(made.JSON()) != "addPeople createdAt externalId id name" || made.Text("externalId") != "T1" {
		t.Errorf("%s", made.Body)
	}
	if again := s.send("PUT", org, `{"name":"Acme"}`).Is(200); again.Body != made.Body {
		t.Errorf("%s, want %s", again.Body, made.Body)
	}
	g := s.send("PUT", group, `{"name":"Backcountry"}`).Is(201)
	if httpapitest.Keys(g.JSON()) != "createdAt externalId id name orgId" || g.Text("orgId") != made.Text("id") {
		t.Errorf("%s", g.Body)
	}
	m := s.send("PUT", org+"/members/auth0%7Canna", `{"role":"admin","name":"Anna","groups":["R1"]}`).Is(201)
	if httpapitest.Keys(m.JSON()) != "id joinedAt name role" || m.Text("role") != "admin" || m.Text("name") != "Anna" {
		t.Errorf("%s", m.Body)
	}
	s.send("PUT", org+"/members/bob", ``).Is(201)
	s.send("PUT", group+"/members/bob", `{}`).Is(201)
	s.send("PUT", group+"/members/bob", ``).Is(200)
	for _, path := range []string{org, group, org + "/members/bob", group + "/members/bob", org + "/members", org + "/groups", group + "/members?limit=1"} {
		s.send("GET", path, "").Is(200)
	}
	for _, gone := range []struct{ path, missing string }{
		{group + "/members/bob", "member"}, {org + "/members/bob", "member"}, {group, "group"}, {org, "org"},
	} {
		s.send("DELETE", gone.path, "").Is(204)
		s.send("DELETE", gone.path, "").Is(204)
		s.send("GET", gone.path, "").Refused(404, "not_found", gone.missing)
	}
}

func TestBulk_SaysWhatIsUndecided(t *testing.T) {
	s := newScene(t)
	s.send("PUT", "/v1/directory/orgs/T1", `{"name":"Acme"}`).Is(201)
	s.State = nil
	s.Faults.Reset(func(c faults.Call) faults.Fault {
		if c.Operation == "UpdateItem" {
			return faults.Fail
		}
		return faults.None
	})
	reply := s.send("POST", "/v1/directory/bulk", `{"operations":[{"op":"put_member","org":"T1","member":"anna"},{"op":"put_group","org":"T1","group":"R1","name":"x"},
		{"op":"put_group_member","org":"T1","group":"R1","member":"anna"}]}`).Is(200)
	for i, want := range []string{"503 unavailable", "201 <nil>", "503 unavailable"} {
		if got := fmt.Sprint(reply.At("results", fmt.Sprint(i), "status"), " ", reply.At("results", fmt.Sprint(i), "code")); got != want {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
	if reply.Header.Get("Retry-After") != "1" {
		t.Errorf("headers %v", reply.Header)
	}
}

// A machine's requests end in time, with an answer for each operation, when the table answers nothing at all.
func TestBulk_EndsInTime(t *testing.T) {
	s := newScene(t)
	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Fail })
	operation := `{"op":"put_org","org":"T%d","name":"x"}`
	var operations []string
	for i := range mirror.MaxOps {
		operations = append(operations, fmt.Sprintf(operation, i%50)) // half of them depend on another
	}
	start := time.Now()
	reply := s.send("POST", "/v1/directory/bulk", `{"operations":[`+strings.Join(operations, ",")+`]}`).Is(200)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	if results := reply.At("results").([]any); len(results) != mirror.MaxOps {
		t.Errorf("%d results", len(results))
	}
}
