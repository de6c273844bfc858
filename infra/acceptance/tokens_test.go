package acceptance

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// issuerKey reads the key that the development identity provider signs with, and the id under which it is known.
func (s *site) issuerKey(t *testing.T) (key *rsa.PrivateKey, id string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dataDir, "issuer.pem"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	var header struct{ Kid string }
	token, _ := s.Token("somebody")
	first, _, _ := strings.Cut(token, ".")
	if raw, err := base64.RawURLEncoding.DecodeString(first); err != nil || json.Unmarshal(raw, &header) != nil || header.Kid == "" {
		t.Fatalf("a token begins %s", first)
	}
	return parsed.(*rsa.PrivateKey), header.Kid
}

// claims are those that the provider would give the person now, changed by some; nil takes one away.
func (s *site) claims(p person, changes object) object {
	now := time.Now().Unix()
	c := object{
		"iss": s.Template().Authorizer.Issuer, "sub": "dev|" + p.who, "aud": s.Template().Authorizer.Audiences[0],
		"scope": s.Template().Authorizer.Scopes[0], "iat": now, "nbf": now, "exp": now + 600, "token_use": "access", "name": p.name,
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func sign(t *testing.T, algorithm jose.SignatureAlgorithm, key any, keyID string, claims object) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: keyID}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func unsigned(claims object) string {
	payload, _ := json.Marshal(claims) // texts and numbers
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
}

// TestTokens_TheGatewayRefuses looks the requests up in the request log by their paths, which no other test has.
func TestTokens_TheGatewayRefuses(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	key, id := shared.issuerKey(t)
	strange, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	modulus := key.N.Bytes()
	rs := func(changes object) string { return sign(t, jose.RS256, key, id, shared.claims(o.admin, changes)) }
	good := rs(nil)
	parts := strings.Split(good, ".")
	other := sign(t, jose.RS256, key, id, shared.claims(shared.person(t, "other"), nil))
	hour := time.Now().Add(time.Hour).Unix()

	shared.want(t, 200, "GET", o.path(""), good, nil)
	for name, test := range map[string]struct {
		token  string
		status int
	}{
		"no token":                               {"", 401},
		"not a token":                            {"x", 401},
		"expired":                                {rs(object{"exp": time.Now().Add(-time.Second).Unix()}), 401},
		"without an end":                         {rs(object{"exp": nil}), 401},
		"not valid yet":                          {rs(object{"nbf": hour}), 401},
		"issued later":                           {rs(object{"iat": hour}), 401},
		"wrong issuer":                           {rs(object{"iss": "https://evil.example"}), 401},
		"issuer with a slash":                    {rs(object{"iss": shared.Template().Authorizer.Issuer + "/"}), 401},
		"no issuer":                              {rs(object{"iss": nil}), 401},
		"wrong audience":                         {rs(object{"aud": "another", "client_id": "local"}), 401},
		"no audience":                            {rs(object{"aud": nil}), 401},
		"alg none":                               {unsigned(shared.claims(o.admin, nil)), 401},
		"alg none with a good signature":         {strings.TrimSuffix(unsigned(shared.claims(o.admin, nil)), ".") + "." + parts[2], 401},
		"HS256 with the public key in PEM":       {sign(t, jose.HS256, public, id, shared.claims(o.admin, nil)), 401},
		"HS256 with the public key in DER":       {sign(t, jose.HS256, der, id, shared.claims(o.admin, nil)), 401},
		"HS256 with the modulus":                 {sign(t, jose.HS256, modulus, id, shared.claims(o.admin, nil)), 401},
		"another key":                            {sign(t, jose.RS256, strange, "another", shared.claims(o.admin, nil)), 401},
		"another key under the same id":          {sign(t, jose.RS256, strange, id, shared.claims(o.admin, nil)), 401},
		"PSS":                                    {sign(t, jose.PS256, key, id, shared.claims(o.admin, nil)), 401},
		"claims of one, signature of another":    {parts[0] + "." + parts[1] + "." + strings.Split(other, ".")[2], 401},
		"without its signature":                  {parts[0] + "." + parts[1] + ".", 401},
		"twice":                                  {good + "," + good, 401},
		"missing scope":                          {rs(object{"scope": nil}), 403},
		"another scope":                          {rs(object{"scope": "group-invites/look openid"}), 403},
		"a scope that begins like the right one": {rs(object{"scope": "group-invites/used"}), 403},
	} {
		t.Run(name, func(t *testing.T) {
			path := "/v1/orgs/" + o.id + "/members/" + shared.person(t, "marker").id // in no other request
			message := map[int]string{401: "Unauthorized", 403: "Forbidden"}[test.status]
			a := shared.send(t, "DELETE", path, test.token, nil)
			a.gatewayRefusal(t, test.status, message)
			if !strings.HasPrefix(a.Header.Get("Www-Authenticate"), "Bearer") {
				t.Errorf("WWW-Authenticate %q", a.Header.Get("Www-Authenticate"))
			}
			if line := shared.log.requests(t, 0, 1, path)[0]; strings.Contains(line, " calls") {
				t.Errorf("the function was called: %s", line)
			}
		})
	}
}

func TestTokens_TheFunctionRefusesWhatTheGatewayCantTell(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	key, id := shared.issuerKey(t)
	shared.writesNothing(t, []string{o.id, o.admin.id}, func() {
		for name, changes := range map[string]object{
			"an ID token":             {"token_use": "id"},
			"a refresh token":         {"token_use": "refresh"},
			"an empty use":            {"token_use": ""},
			"a use that is no text":   {"token_use": 1},
			"a list of uses":          {"token_use": []string{"access", "id"}},
			"a token without subject": {"sub": nil},
			"an empty subject":        {"sub": ""},
		} {
			token := sign(t, jose.RS256, key, id, shared.claims(o.admin, changes))
			for _, request := range []string{"GET /v1/me", "GET " + o.path(""), "PATCH " + o.path(""), "POST " + o.in("/invites"), "POST /v1/invites/redeem"} {
				method, path, _ := strings.Cut(request, " ")
				a := shared.send(t, method, path, token, object{"name": "New"})
				if p := a.refusal(t, 401, "unauthenticated"); p.Code == "" {
					t.Errorf("%s, %s", name, request)
				}
			}
		}
	})
}

func TestTokens_OnlyTheSubjectSaysWhoCalls(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	user := o.join(t, "user")[0]
	key, id := shared.issuerKey(t)
	// Claims that say more of the user than the table does, or that he is someone else.
	token := sign(t, jose.RS256, key, id, shared.claims(user, object{
		"role": "admin", "roles": []string{"admin"}, "cognito:groups": []string{"admin"}, "org": o.id, "userId": o.admin.id, "user_id": o.admin.id,
		"email": o.admin.who + "@example.com", "email_verified": true, "preferred_username": o.admin.who, "username": o.admin.who,
	}))
	if got := get[me](t, shared, "/v1/me", token); got.User.ID != user.id || got.Orgs[0].Role != "user" {
		t.Errorf("me %+v", got)
	}
	shared.send(t, "PATCH", o.path(""), token, object{"name": "Mine"}).refusal(t, 403, "forbidden")
	// Without token_use, as from a provider that has no such claim, he is who he is.
	bare := sign(t, jose.RS256, key, id, shared.claims(user, object{"token_use": nil, "name": nil}))
	if got := get[me](t, shared, "/v1/me", bare); got.User.ID != user.id {
		t.Errorf("me %+v", got)
	}
	if m := o.members(t)[user.id]; m.Name != user.name {
		t.Errorf("a token without a name took away the name: %+v", m)
	}
}

func TestTokens_NamesAreCleanedAndAddressesShownOnlyIfVerified(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	key, id := shared.issuerKey(t)
	newcomer := shared.person(t, "newcomer")
	token := sign(t, jose.RS256, key, id, shared.claims(newcomer, object{
		"name": "  Eve\u202e\u200b\x07 \r\nBcc: all\u2028" + strings.Repeat("x", 500), "email": "eve@example.com", "email_verified": false,
	}))
	made := o.link(t, o.admin, anyone)
	shared.want(t, 201, "POST", "/v1/invites/redeem", token, object{"code": made.code(t)})
	m := o.members(t)[newcomer.id]
	if !strings.HasPrefix(m.Name, "Eve Bcc: all x") || len(m.Name) != 80 || m.Email != nil {
		t.Errorf("member %+v", m)
	}
}

func TestTokens_RightsComeFromTheTableNow(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	manager := o.join(t, "manager")[0]
	shared.want(t, 200, "GET", o.path("/members"), manager.token, nil)
	shared.want(t, 204, "DELETE", o.member(manager), o.admin.token, nil)
	for _, path := range []string{o.path(""), o.path("/members"), o.path("/groups"), o.in(""), o.in("/members"), o.in("/invites")} {
		shared.send(t, "GET", path, manager.token, nil).refusal(t, 404, "not_found")
	}
	shared.send(t, "POST", o.in("/invites"), manager.token, object{}).refusal(t, 404, "not_found")
}
