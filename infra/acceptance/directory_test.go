package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"group-invites/shared/directory"
)

// machine gives a token of the host's machine client, as the host gets one: by the client credentials grant.
func (s *site) machine(t testing.TB) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"group-invites/directory"}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Template().Authorizer.Issuer+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("host", "host-secret")
	response, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&granted); err != nil || granted.AccessToken == "" {
		t.Fatalf("%d: no token, %v", response.StatusCode, err)
	}
	return granted.AccessToken
}

// hosted makes an organization of the host's with the group R1, in which the guest is, and gives its id.
func (s *site) hosted(t testing.TB, token, external string) string {
	t.Helper()
	ops := []object{
		{"op": "put_org", "org": external, "name": "Choir"}, {"op": "put_group", "org": external, "group": "R1", "name": "Tenors"},
		{"op": "put_member", "org": external, "member": "dev|guest", "name": "Guest", "groups": []string{"R1"}},
	}
	for {
		results := s.bulk(t, token, ops...)
		switch last := results[len(ops)-1].Status; {
		case last == http.StatusServiceUnavailable: // a busy machine: as a host would
		case last != http.StatusOK && last != http.StatusCreated:
			t.Fatalf("%+v", results)
		default:
			return *results[0].ID
		}
	}
}

// bulkResult is what one operation came to.
type bulkResult struct {
	Status int
	ID     *string
	Code   *string
	Errors []struct{ Field string }
}

// bulk sends operations, which must be answered.
func (s *site) bulk(t testing.TB, token string, ops ...object) []bulkResult {
	t.Helper()
	got := read[struct{ Results []bulkResult }](t, s.want(t, 200, "POST", "/v1/directory/bulk", token, object{"operations": ops}))
	if len(got.Results) != len(ops) {
		t.Fatalf("%d results of %d operations", len(got.Results), len(ops))
	}
	return got.Results
}

// hostPath is that of something of the host's organization.
func hostPath(org string, below ...string) string {
	path := "/v1/directory/orgs/" + url.PathEscape(org)
	for _, part := range below {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// TestDirectory_FromTheBulkLoadToALink: the host loads its people and groups; one of them signs in, invites another, and is removed.
func TestDirectory_FromTheBulkLoadToALink(t *testing.T) {
	t.Parallel()
	token := shared.machine(t)
	uma, carl, ada := shared.person(t, "uma"), shared.person(t, "carl"), shared.person(t, "ada")
	subject := func(p person) string { return "dev|" + p.who }
	ext := fmt.Sprintf("acct:T-%d@host|x", counter.Add(1)) // all of them must survive a path

	load := []object{
		{"op": "put_org", "org": ext, "name": "Harbour Choir", "addPeople": []string{"admin", "user"}},
		{"op": "put_group", "org": ext, "group": "R1", "name": "Tenors"},
		{"op": "put_member", "org": ext, "member": subject(ada), "role": "admin"},
		{"op": "put_member", "org": ext, "member": subject(uma), "name": "Uma of the host", "groups": []string{"R1"}},
	}
	first := shared.bulk(t, token, load...)
	again := shared.bulk(t, token, load...)
	for i := range load {
		if first[i].Status != 201 || again[i].Status != 200 || *first[i].ID != *again[i].ID {
			t.Errorf("%v: %+v, again %+v", load[i], first[i], again[i])
		}
	}
	if *first[3].ID != uma.id {
		t.Errorf("uma is %s, her token says %s", *first[3].ID, uma.id)
	}
	o := org{s: shared, id: *first[0].ID, group: *first[1].ID, admin: ada}

	type hostMember struct{ ID, Name, Role string }
	if got := get[hostMember](t, shared, hostPath(ext, "members", subject(uma)), token); got != (hostMember{uma.id, "Uma of the host", "user"}) {
		t.Errorf("the member %+v", got)
	}
	if got := get[list[hostMember]](t, shared, hostPath(ext, "groups", "R1", "members"), token); len(got.Items) != 1 || got.Items[0].ID != uma.id {
		t.Errorf("members of the group %+v", got)
	}
	if got := get[list[struct{ ExternalID *string }]](t, shared, hostPath(ext, "groups"), token); len(got.Items) != 1 || *got.Items[0].ExternalID != "R1" {
		t.Errorf("groups %+v", got)
	}
	page := get[list[hostMember]](t, shared, hostPath(ext, "members")+"?limit=1", token)
	rest := get[list[hostMember]](t, shared, hostPath(ext, "members")+"?limit=1&cursor="+*page.NextCursor, token)
	if page.Items[0].ID == rest.Items[0].ID || rest.NextCursor != nil {
		t.Errorf("pages %+v %+v", page, rest)
	}
	shared.send(t, "GET", hostPath(ext, "members")+"?cursor=x", token, nil).refusal(t, 400, "invalid_request", "cursor")

	// She signs in for the first time, and may do what the organization lets users do.
	if got := get[me](t, shared, "/v1/me", uma.token); len(got.Orgs) != 1 || got.Orgs[0].ID != o.id || len(got.Orgs[0].Groups) != 1 {
		t.Fatalf("me %+v", got)
	}
	if got := get[hostMember](t, shared, hostPath(ext, "members", subject(uma)), token); got.Name != uma.name {
		t.Errorf("her token renewed nothing: %+v", got)
	}
	made := o.link(t, uma, anyone)
	shared.redeem(t, carl, made.code(t), 201)

	// The host removes both, and neither comes back by the link.
	for _, p := range []person{uma, carl} {
		for range 2 {
			shared.want(t, 204, "DELETE", hostPath(ext, "members", subject(p)), token, nil)
		}
	}
	other := o.link(t, ada, anyone) // a link of somebody who is still there, made after
	shared.refused(t, carl, made.code(t), 410, "invite_suspended")
	shared.want(t, 201, "PUT", hostPath(ext, "members", subject(uma)), token, nil)
	shared.want(t, 201, "PUT", hostPath(ext, "groups", "R1", "members", subject(uma)), token, object{})
	shared.want(t, 204, "DELETE", hostPath(ext, "groups", "R1", "members", subject(uma)), token, nil)
	shared.want(t, 404, "GET", hostPath(ext, "groups", "R1", "members", subject(uma)), token, nil)
	shared.refused(t, uma, made.code(t), 410, "invite_suspended") // made before her present membership
	time.Sleep(2 * time.Millisecond)
	shared.redeem(t, carl, other.code(t), 201)

	// Admins see who did it, additions moments later.
	shared.settled(t)
	type entry struct {
		Action string
		Actor  named
		Person *named
	}
	acts := map[string]int{}
	for _, e := range get[list[entry]](t, shared, o.path("/audit"), ada.token).Items {
		if e.Actor.ID == directory.Host.String() {
			if e.Actor.Name != "Directory" {
				t.Errorf("%+v", e)
			}
			acts[e.Action]++
		}
	}
	want := map[string]int{"org.created": 1, "group.created": 1, "member.added": 3, "member.removed": 2, "group_member.added": 2, "group_member.removed": 1}
	if fmt.Sprint(acts) != fmt.Sprint(want) {
		t.Errorf("the directory did %v, want %v", acts, want)
	}
	shared.want(t, 204, "DELETE", hostPath(ext, "groups", "R1"), token, nil)
	shared.want(t, 204, "DELETE", hostPath(ext), token, nil)
	shared.send(t, "GET", hostPath(ext), token, nil).refusal(t, 404, "not_found", "org")
}

// TestDirectory_WhoeverDeletesEndsTheExternalID, and the row that said what it stood for is cleared away.
func TestDirectory_WhoeverDeletesEndsTheExternalID(t *testing.T) {
	t.Parallel()
	token, ada := shared.machine(t), shared.person(t, "ada")
	ext := fmt.Sprintf("T-%d", counter.Add(1))
	id := shared.hosted(t, token, ext)
	group := *shared.bulk(t, token, object{"op": "put_member", "org": ext, "member": "dev|" + ada.who, "role": "admin"},
		object{"op": "put_group", "org": ext, "group": "R1", "name": "Tenors"})[1].ID

	shared.want(t, 204, "DELETE", "/v1/groups/"+group, ada.token, nil)
	shared.send(t, "GET", hostPath(ext, "groups", "R1"), token, nil).refusal(t, 404, "not_found", "group")
	shared.send(t, "PUT", hostPath(ext, "groups", "R1", "members", "dev|guest"), token, nil).refusal(t, 404, "not_found", "group")
	if r := shared.bulk(t, token, object{"op": "put_group", "org": ext, "group": "R1", "name": "Tenors"})[0]; r.Status != 201 || *r.ID == group {
		t.Errorf("%+v", r)
	}
	shared.want(t, 204, "DELETE", "/v1/orgs/"+id, ada.token, nil)
	shared.settled(t)
	for key, row := range shared.rows(t, "X#") {
		if strings.Contains(row, "standsFor="+id) { // and of its groups, whose ids begin so
			t.Errorf("%s still stands for what was deleted: %s", key, row)
		}
	}
	if r := shared.bulk(t, token, object{"op": "put_org", "org": ext, "name": "Choir"})[0]; r.Status != 201 || *r.ID == id {
		t.Errorf("%+v", r)
	}
}

// TestDirectory_ARemovalByTheHostSticks: also of somebody whom nobody here knows.
func TestDirectory_ARemovalByTheHostSticks(t *testing.T) {
	t.Parallel()
	token, ada, stranger := shared.machine(t), shared.person(t, "ada"), shared.person(t, "stranger")
	ext := fmt.Sprintf("T-%d", counter.Add(1))
	id := shared.hosted(t, token, ext)
	results := shared.bulk(t, token, object{"op": "put_group", "org": ext, "group": "R1", "name": "Tenors"},
		object{"op": "put_member", "org": ext, "member": "dev|" + ada.who, "role": "admin", "groups": []string{"R1"}})
	o := org{s: shared, id: id, group: *results[0].ID, admin: ada}
	old := o.link(t, ada, anyone)
	shared.want(t, 204, "DELETE", hostPath(ext, "members", "dev|"+stranger.who), token, nil)
	shared.refused(t, stranger, old.code(t), 403, "removed")
	time.Sleep(2 * time.Millisecond)
	shared.redeem(t, stranger, o.link(t, ada, anyone).code(t), 201)
}

// TestDirectory_OperationsAreRefusedOneByOne: what is wrong with one is told at its place, and the others are done.
func TestDirectory_OperationsAreRefusedOneByOne(t *testing.T) {
	t.Parallel()
	token := shared.machine(t)
	ext := fmt.Sprintf("T-%d", counter.Add(1))
	shared.hosted(t, token, ext)
	ops := []any{
		object{"op": "put_group", "org": ext, "group": "R2", "name": "Basses"},
		object{"op": "put_group", "org": ext, "group": "R3", "name": "a\u202eb"},
		object{"op": "put_member", "org": ext, "member": "x", "email": "x@example.com"},
		object{"op": "put_member", "org": ext, "member": "x", "groups": []string{"R1", "R9"}},
		object{"op": "delete_org", "org": ext, "name": "x"},
		object{"op": "make", "org": ext},
		object{"op": "put_member", "org": ext + "x", "member": "x"},
		5, nil, []string{"x"},
		object{"op": "put_group_member", "org": ext, "group": "R2", "member": "dev|guest"},
	}
	got := read[struct{ Results []bulkResult }](t, shared.want(t, 200, "POST", "/v1/directory/bulk", token, object{"operations": ops})).Results
	for i, want := range []string{"201", "400 name", "400 email", "404 groups[1]", "400 name", "400 op", "404 org", "400 operation", "400 operation", "400 operation", "201"} {
		text := fmt.Sprint(got[i].Status)
		for _, e := range got[i].Errors {
			text += " " + e.Field
		}
		if text != want {
			t.Errorf("%d: %s, want %s", i, text, want)
		}
	}
	many := make([]object, 101)
	for i := range many {
		many[i] = object{"op": "put_org", "org": "x", "name": "x"}
	}
	for field, body := range map[string]any{"operations": object{"operations": many}, "more": object{"operations": many[:1], "more": 1}, "body": []int{}} {
		a := shared.send(t, "POST", "/v1/directory/bulk", token, body)
		a.refusal(t, 400, "invalid_request", field)
	}
	for _, body := range []object{{}, {"operations": nil}, {"operations": []int{}}, {"operations": "x"}} {
		shared.send(t, "POST", "/v1/directory/bulk", token, body).refusal(t, 400, "invalid_request", "operations")
	}
	for path, field := range map[string]string{
		hostPath("a b"): "org", hostPath("ä"): "org", hostPath(strings.Repeat("x", 129)): "org", hostPath(ext, "groups", "a%b"): "group", hostPath(ext, "members", "a b"): "member",
	} {
		shared.send(t, "GET", path, token, nil).refusal(t, 400, "invalid_request", field)
	}
	shared.send(t, "PUT", hostPath(ext), token, object{}).refusal(t, 400, "invalid_request", "name")
	shared.send(t, "PUT", hostPath(ext, "members", "x"), token, object{"role": "owner", "groups": "R1"}).refusal(t, 400, "invalid_request", "role", "groups")
}

// TestDirectory_ThousandsAtOnce: several bulk requests at the same time, over the same organization.
func TestDirectory_ThousandsAtOnce(t *testing.T) {
	t.Parallel()
	const batches = 12
	token := shared.machine(t)
	ext := fmt.Sprintf("T-%d", counter.Add(1))
	shared.hosted(t, token, ext)
	var all sync.WaitGroup
	for b := range batches {
		all.Go(func() {
			ops := make([]object, 100)
			for i := range ops {
				ops[i] = object{"op": "put_member", "org": ext, "member": fmt.Sprintf("p%d-%d", b, i), "groups": []string{"R1"}}
			}
			for left := ops; len(left) > 0; {
				var undecided []object
				for i, r := range shared.bulk(t, token, left...) {
					switch r.Status {
					case 503:
						undecided = append(undecided, left[i])
					case 200, 201:
					default:
						t.Errorf("%+v", r)
					}
				}
				left = undecided
			}
		})
	}
	all.Wait()
	type hostMember struct{ ID string }
	count := 0
	for cursor := ""; ; {
		page := get[list[hostMember]](t, shared, hostPath(ext, "groups", "R1", "members")+cursor, token)
		count += len(page.Items)
		if page.NextCursor == nil {
			break
		}
		cursor = "?cursor=" + *page.NextCursor
	}
	if count != batches*100+1 {
		t.Errorf("%d in the group", count)
	}
}

// TestTokens_MachinesAreNotPeople: a machine's token with people's scope as well, or a person's with the machine's: each is taken for what the route is
// for, and a machine never for a person.
func TestTokens_MachinesAreNotPeople(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	key, id := shared.issuerKey(t)
	code := o.link(t, o.admin, anyone).code(t)
	sign := func(changes object) string { return sign(t, jose.RS256, key, id, shared.claims(o.admin, changes)) }
	both := "group-invites/use group-invites/directory"
	machines := map[string]object{
		"client_id":           {"sub": "host", "client_id": "host"},
		"azp":                 {"sub": "host", "azp": "host"},
		"cid":                 {"sub": "host", "cid": "host"},
		"Auth0's client":      {"sub": "host@clients", "azp": "host"},
		"people's scope only": {"sub": "host", "client_id": "host", "scope": "group-invites/use"},
	}
	shared.writesNothing(t, []string{o.id, directory.NewUserID(shared.Template().Authorizer.Issuer, "host").String()}, func() {
		for name, changes := range machines {
			if changes["scope"] == nil {
				changes["scope"] = both
			}
			changes["name"] = nil
			for _, request := range []string{"GET /v1/me", "POST /v1/orgs", "POST /v1/invites/redeem", "GET " + o.path("")} {
				method, path, _ := strings.Cut(request, " ")
				body := object{"name": "x"}
				if strings.HasSuffix(path, "redeem") {
					body = object{"code": code}
				}
				if a := shared.send(t, method, path, sign(changes), body); a.Status != 401 {
					t.Errorf("%s, %s: %s", name, request, a)
				}
			}
		}
	})
	shared.send(t, "GET", hostPath("T-none"), sign(object{"scope": "group-invites/use"}), nil).gatewayRefusal(t, 403, "Forbidden")
	shared.send(t, "GET", hostPath("T-none"), sign(object{"token_use": "id", "scope": both}), nil).refusal(t, 401, "unauthenticated")
}
