package openapitest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func load(t *testing.T) *Document {
	t.Helper()
	d, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestExamples(t *testing.T) {
	n, err := load(t).CheckExamples()
	if err != nil {
		t.Error(err)
	}
	if n < 50 {
		t.Errorf("only %d examples", n)
	}
}

// TestOperations_SayWhatMayHappen: each has what a reader and the page at /docs need, and the answers that any request may get.
func TestOperations_SayWhatMayHappen(t *testing.T) {
	d := load(t)
	ids := map[string]bool{}
	for _, o := range d.Operations() {
		operation := asObject(d.at(o.pointer))
		id, _ := operation["operationId"].(string)
		if id == "" || ids[id] || operation["summary"] == nil || operation["description"] == nil || operation["tags"] == nil {
			t.Errorf("%s %s: no operationId of its own, summary, description or tags", o.Method, o.Path)
		}
		ids[id] = true
		always := []string{"429", "500", "503"}
		if !o.Open {
			always = append(always, "401", "403")
		}
		if strings.Contains(o.Path, "{") {
			always = append(always, "404")
		}
		if operation["requestBody"] != nil {
			always = append(always, "400", "413", "415")
		}
		for _, status := range always {
			if _, response := d.object(o.pointer + "/responses/" + status); response == nil {
				t.Errorf("%s %s says nothing of %s", o.Method, o.Path, status)
			}
		}
	}
}

// TestReferences: each leads somewhere, and each component is used.
func TestReferences(t *testing.T) {
	d := load(t)
	used := map[string]bool{"#/components/responses/MethodNotAllowed": true} // of paths with other methods, so of no operation
	d.walk("", d.root, func(pointer string, object map[string]any) {
		if to, ok := object["$ref"].(string); ok {
			used[to] = true
			if asObject(d.at(strings.TrimPrefix(to, "#"))) == nil {
				t.Errorf("%s refers to %s, which there isn't", pointer, to)
			}
		}
	})
	for kind, components := range asObject(d.at("/components")) {
		for name := range asObject(components) {
			if kind != "securitySchemes" && !used["#/components/"+kind+"/"+name] {
				t.Errorf("nothing refers to %s/%s", kind, name)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	d := load(t)
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	const org = `{"id":"d6625d0280","name":"Trails","addPeople":["admin"],"createdAt":"2026-01-01T09:00:00Z"}`
	const problem = `{"type":"about:blank","title":"Gone","status":410,"code":"CODE","detail":"It is.","errors":[],"requestId":"x"}`
	plain, tagged := header("Content-Type", "application/json"), header("Content-Type", "application/json", "ETag", `"1"`)
	fault, html := header("Content-Type", "application/problem+json"), header("Content-Type", "text/html; charset=utf-8")
	for name, test := range map[string]struct {
		exchange Exchange
		want     string // part of the error, empty for none
	}{
		"as it should be":           {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 200, tagged, []byte(org)}, ""},
		"a query":                   {Exchange{"GET", "/v1/orgs/d6625d0280?x=y", nil, 200, tagged, []byte(org)}, ""},
		"no ETag":                   {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 200, plain, []byte(org)}, "no header ETag"},
		"an odd ETag":               {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 200, header("Content-Type", "application/json", "ETag", "1"), []byte(org)}, "header ETag"},
		"a field that isn't listed": {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 200, tagged, []byte(strings.Replace(org, "{", `{"x":1,`, 1))}, "additional"},
		"a field that is missing":   {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 200, tagged, []byte(strings.Replace(org, `"name":"Trails",`, "", 1))}, "missing"},
		"a time that is none":       {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 200, tagged, []byte(strings.Replace(org, "T09", " 09", 1))}, "date-time"},
		"another type":              {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 200, header("Content-Type", "text/html", "ETag", `"1"`), []byte(org)}, "text/html"},
		"no type":                   {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 200, header("ETag", `"1"`), []byte(org)}, "type"},
		"a status that isn't":       {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 201, tagged, []byte(org)}, "status"},
		"a problem that isn't":      {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 410, fault, []byte(problem)}, "status"},
		"a problem":                 {Exchange{"POST", "/v1/invites/redeem", nil, 410, fault, []byte(strings.Replace(problem, "CODE", "invite_expired", 1))}, ""},
		"a code of another problem": {Exchange{"POST", "/v1/invites/redeem", nil, 410, fault, []byte(strings.Replace(problem, "CODE", "last_admin", 1))}, "code"},
		"no body where there is to": {Exchange{"DELETE", "/v1/orgs/d6625d0280", nil, 204, header(), nil}, ""},
		"a body where there is not": {Exchange{"DELETE", "/v1/orgs/d6625d0280", nil, 204, plain, []byte(`{}`)}, "body"},
		"the gateway's refusal":     {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 431, plain, []byte(`{"message":"Too large"}`)}, ""},
		"not quite the gateway's":   {Exchange{"GET", "/v1/orgs/d6625d0280", nil, 401, plain, []byte(`{"error":"x"}`)}, "missing"},
		"no operation":              {Exchange{"GET", "/docs", nil, 200, plain, nil}, ErrNoOperation.Error()},
		"an unknown path": {Exchange{"GET", "/v1/x", nil, 404, fault,
			[]byte(strings.NewReplacer("CODE", "not_found", "410", "404").Replace(problem))}, ""},
		"an unknown method": {Exchange{"PUT", "/v1/me", nil, 405, fault,
			[]byte(strings.NewReplacer("CODE", "method_not_allowed", "410", "405").Replace(problem))}, "Allow"},
		"a request": {Exchange{"PATCH", "/v1/orgs/d6625d0280", []byte(`{"name":"Trails"}`), 200, tagged, []byte(org)}, ""},
		"a request that should have been refused": {Exchange{"PATCH", "/v1/orgs/d6625d0280", []byte(`{"nam":"Trails"}`), 200, tagged, []byte(org)}, "the request"},
		"a request that was":                      {Exchange{"PATCH", "/v1/orgs/d6625d0280", []byte(`{"nam":"Trails"}`), 503, plain, []byte(`{"message":"x"}`)}, ""},
		"a page":                                  {Exchange{"GET", "/v1/unsubscribe/x", nil, 200, html, []byte("<p>x")}, ""},
		"an empty page":                           {Exchange{"GET", "/v1/unsubscribe/x", nil, 200, html, nil}, "minLength"},
		"JSON where there is a page":              {Exchange{"GET", "/v1/unsubscribe/x", nil, 200, plain, []byte(`{}`)}, "application/json"},
		"a form":                                  {Exchange{"POST", "/v1/unsubscribe/x", []byte("List-Unsubscribe=One-Click"), 200, html, []byte("<p>x")}, ""},
		"a form that should have been refused":    {Exchange{"POST", "/v1/unsubscribe/x", []byte("List-Unsubscribe=No"), 200, html, []byte("<p>x")}, "the request"},
		"a form with another field":               {Exchange{"POST", "/v1/unsubscribe/x/undo", []byte("address=x&x=y"), 200, html, []byte("<p>x")}, "the request"},
	} {
		err := d.Check(test.exchange)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
		if err != nil && errors.Is(err, ErrNoOperation) != (name == "no operation") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNewInvite: the one request whose rules are more than a list of fields.
func TestNewInvite(t *testing.T) {
	d := load(t)
	for body, good := range map[string]bool{
		`{}`: true, `{"expiration":"1h"}`: true, `{"expiresAt":"2027-01-31T18:00:00+01:00"}`: true, `{"expiration":"1h","expiresAt":null}`: true,
		`{"maxUses":null,"name":null}`: true, `{"maxUses":100000}`: true,
		`{"expiration":"1h","expiresAt":"2027-01-31T18:00:00Z"}`: false, `{"expiration":"2h"}`: false, `{"expiration":null}`: false,
		`{"expiresAt":"2027-01-31"}`: false, `{"maxUses":100001}`: false, `{"maxUses":0}`: false, `{"access":"all"}`: false, `{"x":1}`: false,
	} {
		if err := d.validate("/components/schemas/NewInvite", []byte(body)); (err == nil) != good {
			t.Errorf("%s: %v", body, err)
		}
	}
}
