package httpapi

import (
	"context"
	"strings"
	"testing"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi/httpapitest"
)

// with gives anna's claims with one of them changed; "-" takes it out.
func with(name, value string) map[string]string {
	claims := httpapitest.Claims(testIssuer, "anna")
	claims[name] = value
	if value == "-" {
		delete(claims, name)
	}
	return claims
}

func TestCaller(t *testing.T) {
	anna := directory.Caller{ID: directory.NewUserID(testIssuer, "anna"), Name: "anna", Email: "anna@example.com", Verified: true}
	named := func(name, email string, verified bool) directory.Caller {
		return directory.Caller{ID: anna.ID, Name: name, Email: email, Verified: verified}
	}
	for _, c := range []struct {
		what   string
		claims map[string]string
		want   directory.Caller
	}{
		{"an access token", httpapitest.Claims(testIssuer, "anna"), anna},
		{"a token that doesn't say its use", with("token_use", "-"), anna},
		{"an address that isn't verified", with("email_verified", "false"), named("anna", "anna@example.com", false)},
		{"an address that nobody speaks of", with("email_verified", "-"), named("anna", "anna@example.com", false)},
		{"a verification in other words", with("email_verified", "True"), named("anna", "anna@example.com", false)},
		{"no address", with("email", "-"), named("anna", "", true)},
		{"no name", with("name", "-"), named("", "anna@example.com", true)},
		{"a name with a bidirectional override", with("name", "Anna\u202e\u200b"), named("Anna", "anna@example.com", true)},
		{"a name of markup", with("name", "<b>Anna</b>"), named("<b>Anna</b>", "anna@example.com", true)},
		{"a name that is endless", with("name", strings.Repeat("x", 1<<20)), named(strings.Repeat("x", 80), "anna@example.com", true)},
		{"an address that is endless", with("email", strings.Repeat("x", 250)+"@x.example"), named("anna", "", false)},
		{"claims that say what only the table says", with("role", "admin"), anna},
		{"groups of the identity provider", with("cognito:groups", "[admin]"), anna},
		{"a client that she signed in to", with("client_id", "web"), anna},
		{"the client's scope as well", with("scope", "things/use things/mirror"), anna},
	} {
		t.Run(c.what, func(t *testing.T) {
			event := httpapitest.Event("GET", "/v1/me", "", c.claims)
			serve(t, "directory", func(_ context.Context, r *Request) (Reply, error) {
				if r.Caller != c.want {
					t.Errorf("the caller is %+v, want %+v", r.Caller, c.want)
				}
				return Reply{Status: 204}, nil
			}).Do(event).Is(204)
		})
	}
}

func TestCaller_IsRefused(t *testing.T) {
	for what, claims := range map[string]map[string]string{
		"without claims":               {},
		"without a subject":            with("sub", "-"),
		"with an empty subject":        with("sub", ""),
		"without an issuer":            with("iss", "-"),
		"with an empty issuer":         with("iss", ""),
		"by an ID token":               with("token_use", "id"),
		"by a refresh token":           with("token_use", "refresh"),
		"by a token of an empty use":   with("token_use", ""),
		"by a use in other words":      with("token_use", "Access"),
		"by the subject in other case": {"ISS": testIssuer, "SUB": "anna"},
		"by a machine":                 with("client_id", "anna"), // a client that is its own subject
		"by a machine, as azp":         with("azp", "anna"),
		"by a machine, as cid":         with("cid", "anna"),
		"by a machine of Auth0":        {"iss": testIssuer, "sub": "abc@clients", "azp": "abc"},
	} {
		t.Run(what, func(t *testing.T) {
			serve(t, "directory", unreached(t)).Do(httpapitest.Event("GET", "/v1/me", "", claims)).Refused(401, "unauthenticated")
		})
	}
	t.Run("without an authorizer", func(t *testing.T) {
		serve(t, "directory", unreached(t)).Send("", "GET", "/v1/me", "").Refused(401, "unauthenticated")
	})
	t.Run("with an authorizer that is no JWT's", func(t *testing.T) {
		event := httpapitest.Event("GET", "/v1/me", "", httpapitest.Claims(testIssuer, "anna"))
		event.RequestContext.Authorizer.JWT = nil
		event.RequestContext.Authorizer.Lambda = map[string]any{"sub": "anna", "iss": testIssuer}
		serve(t, "directory", unreached(t)).Do(event).Refused(401, "unauthenticated")
	})
	t.Run("before anything of the request is looked at", func(t *testing.T) {
		api := serve(t, "directory", unreached(t))
		api.Send("", "POST", "/v1/orgs", "not JSON", "Content-Type", "text/plain").Refused(401, "unauthenticated")
	})
}

func TestCaller_IsNobodyOnOpenRoutes(t *testing.T) {
	for _, who := range []string{"", "anna"} {
		serve(t, "preview-invite", func(_ context.Context, r *Request) (Reply, error) {
			if r.Caller != (directory.Caller{}) {
				t.Errorf("the caller is %+v", r.Caller)
			}
			return Reply{Status: 204}, nil
		}).Send(who, "POST", "/v1/invites/preview", "").Is(204)
	}
}

// On routes for machines the token's client calls, and is nobody; people's scopes and names say nothing there.
func TestMachine(t *testing.T) {
	const route = "/v1/directory/orgs/T1"
	for what, c := range map[string]struct {
		claims map[string]string
		may    bool
	}{
		"a client's token":                {map[string]string{"iss": testIssuer, "sub": "host", "client_id": "host", "scope": "a things/mirror"}, true},
		"one whose scopes are a list":     {map[string]string{"iss": testIssuer, "sub": "host", "scp": "[things/mirror a]"}, true},
		"one of a subject of its own":     {map[string]string{"iss": testIssuer, "sub": "service-7", "client_id": "host", "scope": "things/mirror"}, true},
		"another scope":                   {map[string]string{"iss": testIssuer, "sub": "host", "scope": "things/mirrored"}, false},
		"no scope":                        {map[string]string{"iss": testIssuer, "sub": "host"}, false},
		"a scope that scp has, not scope": {map[string]string{"iss": testIssuer, "sub": "host", "scope": "", "scp": "things/mirror"}, false},
	} {
		t.Run(what, func(t *testing.T) {
			serve(t, "directory-sync", func(_ context.Context, r *Request) (Reply, error) {
				if r.Machine.Issuer != testIssuer || r.Machine.May("things/mirror") != c.may || r.Caller != (directory.Caller{}) {
					t.Errorf("the machine is %+v, the caller %+v", r.Machine, r.Caller)
				}
				return Reply{Status: 204}, nil
			}).Do(httpapitest.Event("GET", route, "", c.claims)).Is(204)
		})
	}
	for what, claims := range map[string]map[string]string{
		"nobody": nil, "without an issuer": {"sub": "host"}, "without a subject": {"iss": testIssuer}, "by an ID token": with("token_use", "id"),
	} {
		t.Run(what, func(t *testing.T) {
			serve(t, "directory-sync", unreached(t)).Do(httpapitest.Event("GET", route, "", claims)).Refused(401, "unauthenticated")
		})
	}
	serve(t, "directory", func(_ context.Context, r *Request) (Reply, error) {
		if r.Machine != (Machine{}) {
			t.Errorf("on a route for people the machine is %+v", r.Machine)
		}
		return Reply{Status: 204}, nil
	}).Send("anna", "GET", "/v1/me", "").Is(204)
}
