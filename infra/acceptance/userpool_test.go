package acceptance

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"group-invites/infra/local/seed"
	"group-invites/infra/local/stack"
)

// withUserPool starts a stack of a template that makes a user pool, which the development issuer stands for: tokens are as Cognito makes them, and
// the function that the pool asks is the deployed one.
func withUserPool(t *testing.T, parameters map[string]string) *site {
	t.Helper()
	all := map[string]string{"OidcIssuer": ""}
	for name, value := range parameters {
		all[name] = value
	}
	return start(t, stack.Options{Seed: seed.Stack, Parameters: all})
}

// tokenClaims reads a token, whoever signed it.
func tokenClaims(t *testing.T, token string) (claims object) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %s", token)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(payload, &claims)
	}
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// TestUserPool_PeopleOfItUseLinks: its access tokens have no audience, and the person's address and name by the trigger alone. The gateway lets
// them in by their client, and the functions know whom they have before them.
func TestUserPool_PeopleOfItUseLinks(t *testing.T) {
	t.Parallel()
	s := withUserPool(t, nil)
	o := s.org(t)
	mira := s.person(t, "mira")
	claims := tokenClaims(t, mira.token)
	if _, there := claims["aud"]; there || claims["client_id"] != s.Template().Authorizer.Audiences[0] || claims["token_use"] != "access" {
		t.Fatalf("not a token as Cognito makes them: %v", claims)
	}
	if claims["email"] != mira.who+"@example.com" || claims["email_verified"] != true || claims["name"] != mira.name {
		t.Fatalf("the trigger has not added what the API reads: %v", claims)
	}
	link := o.link(t, o.admin, anyone)
	s.redeem(t, mira, link.code(t), 201)

	me := read[struct {
		User struct{ ID, Name, Email string }
	}](t, s.want(t, 200, "GET", "/v1/me", mira.token, nil)).User
	if me.ID != mira.id || me.Name != mira.name || me.Email != mira.who+"@example.com" {
		t.Errorf("GET /v1/me says %+v of %+v", me, mira)
	}
	members := string(s.want(t, 200, "GET", "/v1/groups/"+o.group+"/members", o.admin.token, nil).Body)
	if !strings.Contains(members, `"name":"`+mira.name+`"`) {
		t.Errorf("the group's members are %s", members)
	}
}

// TestUserPool_OtherTokensOfItAreRefused: those of a client that the API doesn't know, those without the scope, and those that say who somebody is.
func TestUserPool_OtherTokensOfItAreRefused(t *testing.T) {
	t.Parallel()
	s := withUserPool(t, map[string]string{"MachineClient": "true"})
	audiences := s.Template().Authorizer.Audiences
	if len(audiences) != 2 {
		t.Fatalf("audiences %v, want the web app's client and the program's", audiences)
	}
	key, id := s.issuerKey(t)
	mira := s.person(t, "mira")
	for what, c := range map[string]struct {
		changes object
		status  int
	}{
		"as it is":                    {nil, 200},
		"of another client":           {object{"client_id": "another"}, 401},
		"of a program, for its scope": {object{"client_id": audiences[1], "scope": "group-invites/directory", "sub": audiences[1]}, 403},
		"without the scope":           {object{"scope": "openid profile"}, 403},
		"of the ID's use":             {object{"token_use": "id"}, 401},
		"without a client":            {object{"client_id": nil}, 401},
	} {
		claims := tokenClaims(t, mira.token)
		for name, value := range c.changes {
			if claims[name] = value; value == nil {
				delete(claims, name)
			}
		}
		for _, instant := range []string{"exp", "iat", "auth_time"} {
			claims[instant] = int64(claims[instant].(float64))
		}
		if a := s.send(t, "GET", "/v1/me", sign(t, "RS256", key, id, claims), nil); a.Status != c.status {
			t.Errorf("a token %s: %s, want %d", what, a, c.status)
		}
	}
}

// TestUserPool_SignsInByTheClientOfTheTemplate: the web app learns of the pool's client, which may return to the addresses that the template
// names and to no other, for a code and its verifier.
func TestUserPool_SignsInByTheClientOfTheTemplate(t *testing.T) {
	t.Parallel()
	s := withUserPool(t, nil)
	config := read[struct{ Issuer, ClientID, Audience, Scopes string }](t, s.want(t, 200, "GET", "/config.json", "", nil))
	if client := s.Template().UserPool.Clients[0]; config.ClientID != client.ID || config.Audience != client.ID || client.Secret {
		t.Errorf("the web app signs in by %+v, the pool has %+v", config, client)
	}
	verifier := strings.Repeat("v", 43)
	sum := sha256.Sum256([]byte(verifier))
	ask := func(back string) *http.Response {
		query := url.Values{
			"client_id": {config.ClientID}, "redirect_uri": {back}, "response_type": {"code"}, "scope": {config.Scopes}, "state": {"s"}, "nonce": {"n"},
			"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}, "who": {"newcomer"},
		}
		response, err := s.client.PostForm(config.Issuer+"/authorize", query)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response
	}
	if elsewhere := ask(s.URL() + "/elsewhere"); elsewhere.StatusCode != http.StatusBadRequest {
		t.Errorf("back to elsewhere: %s", elsewhere.Status)
	}
	for _, back := range []string{s.URL() + "/", s.URL() + "/i"} {
		target, err := url.Parse(ask(back).Header.Get("Location"))
		if err != nil || target.Query().Get("code") == "" {
			t.Fatalf("back to %s: %v", back, target)
		}
		response, err := s.client.PostForm(config.Issuer+"/token", url.Values{
			"grant_type": {"authorization_code"}, "client_id": {config.ClientID}, "redirect_uri": {back}, "code": {target.Query().Get("code")}, "code_verifier": {verifier},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var tokens struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.NewDecoder(response.Body).Decode(&tokens); err != nil {
			t.Fatal(err)
		}
		if me := string(s.want(t, 200, "GET", "/v1/me", tokens.AccessToken, nil).Body); !strings.Contains(me, `"email":"newcomer@example.com"`) {
			t.Errorf("GET /v1/me says %s", me)
		}
	}
}

// TestUserPool_TheTriggersEventFileIsOneThatItTakes.
func TestUserPool_TheTriggersEventFileIsOneThatItTakes(t *testing.T) {
	t.Parallel()
	s := withUserPool(t, nil)
	event, err := os.ReadFile(filepath.Join(root, "infra", "events", "token-claims.json"))
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Invoke(t.Context(), s.Template().UserPool.TokenTrigger, event)
	want := `"response":{"claimsAndScopeOverrideDetails":{"accessTokenGeneration":{"claimsToAddOrOverride":{"email":"admin@example.com","email_verified":true,"name":"Ada Okafor"}}}}`
	if err != nil || result.FunctionError != "" || !strings.Contains(string(result.Payload), want) {
		t.Errorf("%s %s, %v", result.Payload, result.FunctionError, err)
	}
}
