package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"group-invites/infra/local/template"
	"group-invites/shared/httpapi"
)

// callers are the columns of the matrix. The colleague is a manager of the organization who isn't in the group, the outsider is in
// neither organization, nobody has no token, and the host is the machine client.
var callers = []string{"admin", "manager", "user", "colleague", "outsider", "nobody", "host"}

// rights is who may do what: a line for each route and case, with the status that each of the callers gets in his own organization,
// and by ids of another one, in which he is nothing. In a path and a body {target} is a user in the group, {boss} another manager in
// it, {absent} a user of the organization who isn't in the group, {past} a former member, {self} the caller, {asker} a member of the
// organization who asks to be let in by the user's link, {newcomer} a stranger who asks by the admin's, {link} somebody else's link
// for members of the organization, {mine} the caller's own link, {code} the code of {link}, {email} a mail of it, and {out} and {back} the
// tokens by which its address says that it wants no mail, and mail again. {ext}, {room} and {guest} are the host's names of an organization of its
// own, a group and a member of that. Of people who have no link, that is the admin's; and
// nobody's id is the admin's. A body that isn't JSON is a form.
const rights = `
what                                                                                            own organization              another
who                                                                                             adm man use col out nob hos   adm man use col out nob hos

POST   /v1/groups/{groupId}/invites                              {"access":"org"}               201 201 201 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/groups/{groupId}/invites                              {"access":"anyone"}            201 403 403 404 404 401 403   404 404 404 404 404 401 403
GET    /v1/groups/{groupId}/invites                              -                              200 200 200 404 404 401 403   404 404 404 404 404 401 403
GET    /v1/groups/{groupId}/invites/{link}                       -                              200 200 404 404 404 401 403   404 404 404 404 404 401 403
GET    /v1/groups/{groupId}/invites/{mine}                       -                              200 200 200 404 404 401 403   404 404 404 404 404 401 403
GET    /v1/groups/{groupId}/invites/{link}/joins                 -                              200 200 404 404 404 401 403   404 404 404 404 404 401 403
GET    /v1/groups/{groupId}/invites/{mine}/joins                 -                              200 200 200 404 404 401 403   404 404 404 404 404 401 403
GET    /v1/groups/{groupId}/invites/{link}/emails                -                              200 200 404 404 404 401 403   404 404 404 404 404 401 403
GET    /v1/groups/{groupId}/invites/{mine}/emails                -                              200 200 200 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/groups/{groupId}/invites/{link}/emails                {"emails":["new@example.com"]} 202 202 404 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/groups/{groupId}/invites/{mine}/emails                {"emails":["new@example.com"]} 202 202 202 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/groups/{groupId}/invites/{link}/emails/{email}/resend -                              202 202 404 404 404 401 403   404 404 404 404 404 401 403
DELETE /v1/groups/{groupId}/invites/{link}                       -                              204 204 404 404 404 401 403   404 404 404 404 404 401 403
DELETE /v1/groups/{groupId}/invites/{mine}                       -                              204 204 204 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/invites/preview                                       {"code":"{code}"}              200 200 200 200 200 200 200   200 200 200 200 200 200 200
POST   /v1/invites/access-requests                               {"code":"{code}"}              202 202 202 202 202 401 403   202 202 202 202 202 401 403
GET    /v1/groups/{groupId}/access-requests                      -                              200 200 200 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/groups/{groupId}/access-requests/{asker}/approve      -                              200 200 200 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/groups/{groupId}/access-requests/{asker}/decline      -                              204 204 204 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/groups/{groupId}/access-requests/{newcomer}/approve   -                              200 404 404 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/groups/{groupId}/access-requests/{newcomer}/decline   -                              204 404 404 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/groups/{groupId}/access-requests/{target}/approve     -                              404 404 404 404 404 401 403   404 404 404 404 404 401 403
POST   /v1/invites/redeem                                        {"code":"{code}"}              201 200 200 201 403 401 403   403 403 403 403 403 401 403

GET    /v1/unsubscribe/{out}                                     -                              200 200 200 200 200 200 200   200 200 200 200 200 200 200
POST   /v1/unsubscribe/{out}                                     List-Unsubscribe=One-Click     200 200 200 200 200 200 200   200 200 200 200 200 200 200
POST   /v1/unsubscribe/{out}/undo                                address=mira@example.com       200 200 200 200 200 200 200   200 200 200 200 200 200 200
GET    /v1/resubscribe/{back}                                    -                              200 200 200 200 200 200 200   200 200 200 200 200 200 200
POST   /v1/resubscribe/{back}                                    -                              200 200 200 200 200 200 200   200 200 200 200 200 200 200

GET    /v1/me                                                    -                              200 200 200 200 200 401 403   200 200 200 200 200 401 403
POST   /v1/orgs                                                  {"name":"Own"}                 201 201 201 201 201 401 403   201 201 201 201 201 401 403
GET    /v1/orgs/{orgId}                                          -                              200 200 200 200 404 401 403   404 404 404 404 404 401 403
PATCH  /v1/orgs/{orgId}                                          {"name":"New"}                 200 403 403 403 404 401 403   404 404 404 404 404 401 403
PATCH  /v1/orgs/{orgId}                                          {"addPeople":["admin","user"]} 200 403 403 403 404 401 403   404 404 404 404 404 401 403
DELETE /v1/orgs/{orgId}                                          -                              204 403 403 403 404 401 403   404 404 404 404 404 401 403
GET    /v1/orgs/{orgId}/audit                                    -                              200 403 403 403 404 401 403   404 404 404 404 404 401 403

GET    /v1/orgs/{orgId}/members                                  -                              200 200 403 200 404 401 403   404 404 404 404 404 401 403
PUT    /v1/orgs/{orgId}/members/{past}                           -                              201 403 403 403 404 401 403   404 404 404 404 404 401 403
PUT    /v1/orgs/{orgId}/members/{self}                           {"role":"admin"}               200 403 403 403 404 401 403   404 404 404 404 404 401 403
PATCH  /v1/orgs/{orgId}/members/{target}                         {"role":"manager"}             200 403 403 403 404 401 403   404 404 404 404 404 401 403
PATCH  /v1/orgs/{orgId}/members/{self}                           {"role":"user"}                409 403 403 403 404 401 403   404 404 404 404 404 401 403
DELETE /v1/orgs/{orgId}/members/{target}                         -                              204 403 403 403 404 401 403   404 404 404 404 404 401 403
DELETE /v1/orgs/{orgId}/members/{self}                           -                              409 204 204 204 404 401 403   404 404 404 404 404 401 403
GET    /v1/orgs/{orgId}/groups                                   -                              200 200 200 200 404 401 403   404 404 404 404 404 401 403
POST   /v1/orgs/{orgId}/groups                                   {"name":"Meteors"}             201 403 403 403 404 401 403   404 404 404 404 404 401 403

GET    /v1/groups/{groupId}                                      -                              200 200 200 404 404 401 403   404 404 404 404 404 401 403
PATCH  /v1/groups/{groupId}                                      {"name":"New"}                 200 403 403 404 404 401 403   404 404 404 404 404 401 403
DELETE /v1/groups/{groupId}                                      -                              204 403 403 404 404 401 403   404 404 404 404 404 401 403
GET    /v1/groups/{groupId}/members                              -                              200 200 200 404 404 401 403   404 404 404 404 404 401 403
PUT    /v1/groups/{groupId}/members/{absent}                     -                              201 201 403 404 404 401 403   404 404 404 404 404 401 403
PUT    /v1/groups/{groupId}/members/{self}                       -                              201 200 403 404 404 401 403   404 404 404 404 404 401 403
PUT    /v1/groups/{groupId}/members/{past}                       -                              404 404 403 404 404 401 403   404 404 404 404 404 401 403
DELETE /v1/groups/{groupId}/members/{target}                     -                              204 204 403 404 404 401 403   404 404 404 404 404 401 403
DELETE /v1/groups/{groupId}/members/{boss}                       -                              204 403 403 404 404 401 403   404 404 404 404 404 401 403
DELETE /v1/groups/{groupId}/members/{self}                       -                              404 204 204 404 404 401 403   404 404 404 404 404 401 403

POST   /v1/directory/bulk                                        {"operations":[5]}             403 403 403 403 403 401 200   403 403 403 403 403 401 200
GET    /v1/directory/orgs/{ext}                                  -                              403 403 403 403 403 401 200   403 403 403 403 403 401 200
PUT    /v1/directory/orgs/{ext}                                  {"name":"New"}                 403 403 403 403 403 401 200   403 403 403 403 403 401 200
DELETE /v1/directory/orgs/{ext}                                  -                              403 403 403 403 403 401 204   403 403 403 403 403 401 204
GET    /v1/directory/orgs/{ext}/members                          -                              403 403 403 403 403 401 200   403 403 403 403 403 401 200
GET    /v1/directory/orgs/{ext}/members/{guest}                  -                              403 403 403 403 403 401 200   403 403 403 403 403 401 200
PUT    /v1/directory/orgs/{ext}/members/{guest}                  {"role":"admin"}               403 403 403 403 403 401 200   403 403 403 403 403 401 200
PUT    /v1/directory/orgs/{ext}/members/{target}                 -                              403 403 403 403 403 401 201   403 403 403 403 403 401 201
DELETE /v1/directory/orgs/{ext}/members/{guest}                  -                              403 403 403 403 403 401 204   403 403 403 403 403 401 204
GET    /v1/directory/orgs/{ext}/groups                           -                              403 403 403 403 403 401 200   403 403 403 403 403 401 200
GET    /v1/directory/orgs/{ext}/groups/{room}                    -                              403 403 403 403 403 401 200   403 403 403 403 403 401 200
PUT    /v1/directory/orgs/{ext}/groups/{room}                    {"name":"New"}                 403 403 403 403 403 401 200   403 403 403 403 403 401 200
DELETE /v1/directory/orgs/{ext}/groups/{room}                    -                              403 403 403 403 403 401 204   403 403 403 403 403 401 204
GET    /v1/directory/orgs/{ext}/groups/{room}/members            -                              403 403 403 403 403 401 200   403 403 403 403 403 401 200
GET    /v1/directory/orgs/{ext}/groups/{room}/members/{guest}    -                              403 403 403 403 403 401 200   403 403 403 403 403 401 200
PUT    /v1/directory/orgs/{ext}/groups/{room}/members/{guest}    -                              403 403 403 403 403 401 200   403 403 403 403 403 401 200
DELETE /v1/directory/orgs/{ext}/groups/{room}/members/{guest}    -                              403 403 403 403 403 401 204   403 403 403 403 403 401 204
`

// right is one line of it.
type right struct {
	line     string
	route    string
	path     string
	body     any
	host     bool  // it is a route of the host's
	statuses []int // own organization, then another
}

// parseRights takes the table apart.
func parseRights(t *testing.T) (rows []right) {
	t.Helper()
	toRoute := strings.NewReplacer("{link}", "{inviteId}", "{mine}", "{inviteId}", "{target}", "{userId}", "{boss}", "{userId}",
		"{absent}", "{userId}", "{past}", "{userId}", "{self}", "{userId}", "{asker}", "{userId}", "{newcomer}", "{userId}", "{email}", "{emailId}", "{out}", "{token}", "{back}", "{token}", "{ext}", "{org}", "{room}", "{group}", "{guest}", "{member}")
	for line := range strings.Lines(rights) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "what" || words[0] == "who" {
			continue
		}
		if len(words) != 3+2*len(callers) {
			t.Fatalf("not a row: %s", line)
		}
		row := right{line: strings.Join(words[:3], " "), route: words[0] + " " + toRoute.Replace(words[1]), path: words[1]}
		if row.host = strings.HasPrefix(words[1], "/v1/directory/"); row.host {
			row.route = strings.Replace(row.route, "{userId}", "{member}", 1)
		}
		if words[2] != "-" {
			row.body = words[2]
		}
		for _, word := range words[3:] {
			status, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			row.statuses = append(row.statuses, status)
		}
		rows = append(rows, row)
	}
	return rows
}

// place is an organization with everyone that the matrix speaks of.
type place struct {
	org
	people map[string]person // by the names of callers, and target, boss, absent, past, asker, newcomer
	links  map[string]link   // by creator
	code   string            // of the target's link
	email  string            // a mail of it
	out    string            // what its address says that it wants no mail by
	back   string            // and that it wants mail again
	ext    string            // an organization of the host's
	extID  string            // its id
}

func newPlace(t testing.TB, s *site) place {
	t.Helper()
	p := place{org: s.org(t), people: map[string]person{}, links: map[string]link{}}
	p.people["admin"], p.people["outsider"] = p.admin, s.person(t, "outsider")
	names := []string{"manager", "colleague", "boss", "user", "target", "absent", "past"}
	for i, joined := range p.join(t, "manager", "manager", "manager", "user", "user", "user", "user") {
		p.people[names[i]] = joined
	}
	for _, creator := range []string{"admin", "manager", "user", "target", "colleague"} {
		p.links[creator] = p.link(t, p.people[creator], object{"access": "org"})
	}
	p.code = p.links["target"].code(t)
	address := s.address("mira")
	p.email = p.sent(t, p.people["target"], p.links["target"], address)[0].ID
	p.out, p.back = s.tokens(t, address)
	for _, name := range []string{"colleague", "absent"} {
		s.want(t, 204, "DELETE", p.inGroup(p.people[name]), p.people[name].token, nil)
	}
	s.want(t, 204, "DELETE", p.member(p.people["past"]), p.admin.token, nil)
	p.people["host"] = person{who: "host", id: p.admin.id, token: s.machine(t)}
	p.ext = fmt.Sprintf("T-%d", counter.Add(1))
	p.extID = s.hosted(t, p.people["host"].token, p.ext)
	p.people["asker"], p.people["newcomer"] = p.people["absent"], s.person(t, "newcomer")
	p.asks(t, p.people["asker"], p.expired(t, p.people["user"], object{"access": "org"}), "")
	p.asks(t, p.people["newcomer"], p.expired(t, p.admin, object{"access": "anyone"}), "")
	return p
}

// ids are all that a row of the place or its people has in its key.
func (p place) ids() []string {
	ids := []string{p.id, p.extID}
	for _, somebody := range p.people {
		ids = append(ids, somebody.id)
	}
	return ids
}

// fill puts the place's ids into a pattern of the matrix, for one of the callers of another place or this one.
func (p place) fill(pattern, caller string, from place) string {
	self, known := from.people[caller]
	if !known {
		self = from.admin
	}
	mine, made := p.links[caller]
	if !made {
		mine = p.links["admin"]
	}
	pairs := []string{
		"{orgId}", p.id, "{groupId}", p.group, "{self}", self.id, "{mine}", mine.ID, "{link}", p.links["target"].ID, "{code}", p.code,
		"{email}", p.email, "{out}", p.out, "{back}", p.back, "{ext}", p.ext, "{room}", "R1", "{guest}", "dev%7Cguest",
	}
	for _, name := range []string{"target", "boss", "absent", "past", "asker", "newcomer"} {
		pairs = append(pairs, "{"+name+"}", p.people[name].id)
	}
	return strings.NewReplacer(pairs...).Replace(pattern)
}

func TestRights_EveryRouteOrganizationAndRole(t *testing.T) {
	t.Parallel()
	rows := parseRights(t)
	for _, route := range httpapi.Routes {
		if !slices.ContainsFunc(rows, func(r right) bool { return r.route == route.String() }) {
			t.Errorf("%s has no row", route)
		}
	}
	own, other := newPlace(t, shared), newPlace(t, shared)
	for _, p := range []place{own, other} {
		p.mailed(t, p.admin, p.links["target"]) // what becomes of the mails is written too
		p.notified(t)
	}
	cells, held := 0, 0
	for _, row := range rows {
		cells += len(row.statuses)
		t.Run(row.line, func(t *testing.T) {
			// All that must write nothing, in places where nothing is ever written; then the rest, each in a place of its own.
			shared.writesNothing(t, append(own.ids(), other.ids()...), func() {
				for i := range row.statuses {
					if !row.writes(i) {
						row.ask(t, i, own, other)
					}
				}
			})
			for i := range row.statuses {
				switch {
				case row.writes(i) && i >= len(callers): // the host's alone: to it no organization of its own is another
					row.ask(t, i, own, newPlace(t, shared))
				case row.writes(i):
					row.ask(t, i, newPlace(t, shared), other)
				}
			}
			if !t.Failed() { // a row with a fault counts for none of its cells: what was written in it, nobody knows whose request wrote
				held += len(row.statuses)
			}
		})
	}
	if folder := os.Getenv("HELD"); folder != "" { // where make test looks for what it prints
		text := fmt.Sprintf("%d of %d cells of the rights matrix hold\n", held, cells)
		if err := os.WriteFile(filepath.Join(folder, "matrix"), []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// writes tells whether the i-th caller's request is one that succeeds and changes something in a place. What mails lead to changes what is
// known of an address, which belongs to no place; and who asks for access by a link that works is told that it was received, and no more.
func (r right) writes(i int) bool {
	return r.statuses[i] < 300 && !strings.HasPrefix(r.route, "GET ") && !strings.HasSuffix(r.route, "/preview") &&
		!strings.HasSuffix(r.route, "/access-requests") && !strings.Contains(r.path, "subscribe/")
}

// ask sends the request as the i-th caller, who belongs to the place own, about that place or the other.
func (r right) ask(t *testing.T, i int, own, other place) {
	t.Helper()
	caller, want, there, where := callers[i%len(callers)], r.statuses[i], own, "own"
	if i >= len(callers) {
		there, where = other, "another"
	}
	method, _, _ := strings.Cut(r.route, " ")
	body, kind := r.body, "application/json"
	if pattern, ok := body.(string); ok {
		body = there.fill(pattern, caller, own)
		if !strings.HasPrefix(pattern, "{") {
			kind = "application/x-www-form-urlencoded"
		}
	}
	gateways := want == http.StatusForbidden && r.host != (caller == "host") // it refuses for the scope
	a := shared.send(t, method, there.fill(r.path, caller, own), own.people[caller].token, body, "Content-Type: "+kind)
	switch {
	case a.Status != want:
		t.Errorf("%s, %s organization: %s, want %d", caller, where, a, want)
	case want == http.StatusUnauthorized:
		a.gatewayRefusal(t, want, "Unauthorized")
	case gateways:
		a.gatewayRefusal(t, want, "Forbidden")
	case want >= 400 && a.Header.Get("Content-Type") != "application/problem+json":
		t.Errorf("%s, %s organization: not a problem: %s", caller, where, a)
	}
}

// TestRights_WhatIsNotVisibleIsNotThere: right ids of another organization, ids of chance, and texts that are no ids get one answer.
func TestRights_WhatIsNotVisibleIsNotThere(t *testing.T) {
	t.Parallel()
	own, other := newPlace(t, shared), newPlace(t, shared)
	second := own.newGroup(t, "Asteroids")
	manager := own.people["manager"]
	foreign, mine, target := other.links["target"].ID, own.links["target"].ID, own.people["target"].id
	var bodies []string
	for _, request := range []string{
		"GET /v1/orgs/" + other.id,
		"GET /v1/orgs/ffffffffff",
		"GET /v1/orgs/FFFFFFFFFF",
		"GET /v1/orgs/" + strings.ToUpper(own.id) + "A",
		"GET /v1/orgs/x",
		"GET /v1/orgs/" + own.group,
		"GET /v1/groups/" + other.group,
		"GET /v1/groups/" + second,
		"GET /v1/groups/" + own.id + "000000",
		"GET /v1/groups/" + own.id,
		"GET /v1/groups/" + own.group + "/invites/" + foreign,
		"GET /v1/groups/" + own.group + "/invites/0000000000000000",
		"GET /v1/groups/" + own.group + "/invites/" + strings.Repeat("x", 100),
		"GET /v1/groups/" + other.group + "/invites/" + foreign,
		"GET /v1/groups/" + other.group + "/invites/" + mine,
		"GET /v1/groups/" + second + "/invites/" + mine,
		"DELETE /v1/groups/" + second + "/invites/" + mine,
		"DELETE /v1/groups/" + own.group + "/invites/" + foreign,
		"PUT /v1/groups/" + own.group + "/members/" + other.people["absent"].id,
		"PUT /v1/groups/" + own.group + "/members/" + strings.Repeat("0", 32),
		"PUT /v1/groups/" + own.group + "/members/me",
		"DELETE /v1/groups/" + own.group + "/members/" + other.people["target"].id,
		"PUT /v1/groups/" + second + "/members/" + target,
		"GET /v1/nothing",
		"GET /nothing",
	} {
		method, path, _ := strings.Cut(request, " ")
		a := shared.send(t, method, path, manager.token, nil)
		p := a.refusal(t, 404, "not_found")
		bodies = append(bodies, strings.Replace(string(a.Body), p.RequestID, "", 1))
	}
	if told := slices.Compact(bodies); len(told) != 1 {
		t.Errorf("404s that can be told apart: %q", told)
	}
}

func TestRights_WhoIsInTwoOrganizationsSeesTheOneThatHeAsksFor(t *testing.T) {
	t.Parallel()
	first, second := shared.org(t), shared.org(t)
	both := first.join(t, "admin")[0]
	shared.redeem(t, both, second.link(t, second.admin, anyone).code(t), 201)
	first.link(t, both, anyone)

	if got := get[list[group]](t, shared, first.path("/groups"), both.token); len(got.Items) != 1 || got.Items[0].ID != first.group {
		t.Errorf("groups of the first %+v", got)
	}
	if got := get[list[group]](t, shared, second.path("/groups"), both.token); len(got.Items) != 1 || got.Items[0].ID != second.group {
		t.Errorf("groups of the second %+v", got)
	}
	if got := get[list[link]](t, shared, second.in("/invites"), both.token); len(got.Items) != 0 {
		t.Errorf("links of the second %+v", got)
	}
	// An admin of one is a user of the other.
	shared.send(t, "GET", second.path("/members"), both.token, nil).refusal(t, 403, "forbidden")
	shared.send(t, "POST", second.in("/invites"), both.token, anyone).refusal(t, 403, "add_people_required")
	if got := get[me](t, shared, "/v1/me", both.token); len(got.Orgs) != 2 {
		t.Errorf("me %+v", got)
	}
}

func TestRights_CapabilitiesAndAccessOptionsSayWhatIsAllowed(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	people := o.join(t, "manager", "user")
	check := func(p person, capabilities, options string) {
		t.Helper()
		g := get[group](t, shared, o.in(""), p.token)
		if strings.Join(g.Capabilities, " ") != capabilities || strings.Join(g.AccessOptions, " ") != options {
			t.Errorf("%s: %v, %v", p.who, g.Capabilities, g.AccessOptions)
		}
		for _, access := range []string{"org", "anyone"} {
			a := shared.send(t, "POST", o.in("/invites"), p.token, object{"access": access})
			if offered := slices.Contains(g.AccessOptions, access); offered != (a.Status == http.StatusCreated) {
				t.Errorf("%s: %s offered %t, answer %s", p.who, access, offered, a)
			}
		}
	}
	check(o.admin, "create_invites see_all_invites add_members remove_members change_group delete_group", "org anyone")
	check(people[0], "create_invites see_all_invites add_members remove_members leave", "org")
	check(people[1], "create_invites leave", "org")
	o.addPeople(t, "user")
	check(people[0], "create_invites see_all_invites add_members remove_members leave", "org")
	check(people[1], "create_invites leave", "org anyone")
}

// TestRights_AFunctionWithoutAuthorizerRefuses invokes the functions as a deployment whose authorizer is missing would, with a header
// in which the adapter library would look for the caller.
func TestRights_AFunctionWithoutAuthorizerRefuses(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	made := o.link(t, o.admin, anyone)
	forged, err := json.Marshal(object{"authorizer": claimsOf(shared, o.admin)})
	if err != nil {
		t.Fatal(err)
	}
	shared.writesNothing(t, []string{o.id, o.admin.id}, func() {
		for _, route := range shared.Template().Routes {
			if route.Open {
				continue
			}
			path := strings.NewReplacer("{orgId}", o.id, "{groupId}", o.group, "{inviteId}", made.ID, "{userId}", o.admin.id).Replace(route.Path)
			event, err := json.Marshal(object{
				"version": "2.0", "routeKey": route.Key(), "rawPath": path, "body": `{"name":"x","code":"x","role":"user"}`,
				"headers":        object{"content-type": "application/json", "x-golambdaproxy-apigw-context": string(forged)},
				"requestContext": object{"http": object{"method": route.Method, "path": path}, "accountId": template.AccountID, "stage": "$default"},
			})
			if err != nil {
				t.Fatal(err)
			}
			result, err := shared.Invoke(t.Context(), route.Function, event)
			if err != nil || result.FunctionError != "" {
				t.Fatalf("%s: %s %v", route.Key(), result.FunctionError, err)
			}
			var got struct {
				StatusCode int
				Body       string
			}
			if err := json.Unmarshal(result.Payload, &got); err != nil {
				t.Fatal(err)
			}
			if got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.Body, `"unauthenticated"`) || result.Usage.Calls != 0 {
				t.Errorf("%s: %d %s, %d calls", route.Key(), got.StatusCode, got.Body, result.Usage.Calls)
			}
		}
	})
}

// claimsOf is what API Gateway's authorizer says of a person's token.
func claimsOf(s *site, p person) object {
	return object{"jwt": object{"scopes": s.Template().Authorizer.Scopes, "claims": object{
		"iss": s.Template().Authorizer.Issuer, "sub": "dev|" + p.who, "token_use": "access", "name": p.name,
	}}}
}
