package gateway_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"group-invites/infra/local/gateway"
	"group-invites/infra/local/issuer"

	"github.com/go-jose/go-jose/v4"
)

// provider is an identity provider whose tokens can say anything.
type provider struct {
	url     string
	key     *rsa.PrivateKey
	keyID   string
	fetches atomic.Int32
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, keyID: "first"}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]string{"issuer": p.url, "jwks_uri": p.url + "/keys"})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		p.fetches.Add(1)
		json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: p.keyID}}})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *provider) sign(t *testing.T, algorithm jose.SignatureAlgorithm, keyID string, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: p.key, KeyID: keyID}}, nil)
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

// claims are good ones, with changes; nil takes a claim out.
func (p *provider) claims(changes map[string]any) map[string]any {
	now := time.Now().Unix()
	claims := map[string]any{"iss": p.url, "sub": "me", "aud": "local", "exp": now + 60, "nbf": now - 60, "iat": now - 60, "scope": "a things/use"}
	for name, v := range changes {
		if claims[name] = v; v == nil {
			delete(claims, name)
		}
	}
	return claims
}

func closedAPI(t *testing.T, p *provider, now func() time.Time) (*httptest.Server, *function) {
	t.Helper()
	tmpl := api()
	tmpl.Authorizer.Issuer = p.url
	tmpl.Authorizer.Audiences = []string{"local", "second"}
	f := &function{}
	return start(t, gateway.Options{Template: tmpl, Invoker: f, Now: now}), f
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

func TestAuthorizer_Accepts(t *testing.T) {
	p := newProvider(t)
	server, f := closedAPI(t, p, nil)
	for name, header := range map[string]http.Header{
		"a good token":                     bearer(p.sign(t, jose.RS256, "first", p.claims(nil))),
		"the token alone":                  {"Authorization": {p.sign(t, jose.RS256, "first", p.claims(nil))}},
		"RS384":                            bearer(p.sign(t, jose.RS384, "first", p.claims(nil))),
		"RS512":                            bearer(p.sign(t, jose.RS512, "first", p.claims(nil))),
		"one audience among several":       bearer(p.sign(t, jose.RS256, "first", p.claims(map[string]any{"aud": []string{"x", "second"}}))),
		"client_id where aud is absent":    bearer(p.sign(t, jose.RS256, "first", p.claims(map[string]any{"aud": nil, "client_id": "local"}))),
		"scp in place of scope":            bearer(p.sign(t, jose.RS256, "first", p.claims(map[string]any{"scope": nil, "scp": []string{"things/use"}}))),
		"neither nbf nor iat":              bearer(p.sign(t, jose.RS256, "first", p.claims(map[string]any{"nbf": nil, "iat": nil}))),
		"a time with a fraction of second": bearer(p.sign(t, jose.RS256, "first", p.claims(map[string]any{"exp": float64(time.Now().Unix()) + 60.5}))),
	} {
		if resp, body := send(t, server, "POST", "/closed", "", header); resp.StatusCode != http.StatusNoContent {
			t.Errorf("%s: %d %s %s", name, resp.StatusCode, body, resp.Header.Get("Www-Authenticate"))
		}
	}
	if n := p.fetches.Load(); n != 1 || len(f.names) != 9 {
		t.Errorf("%d fetches of the keys, %d calls", n, len(f.names))
	}
}

func TestAuthorizer_Refuses(t *testing.T) {
	p := newProvider(t)
	server, f := closedAPI(t, p, nil)
	stranger := newProvider(t)
	now := time.Now().Unix()
	good := p.sign(t, jose.RS256, "first", p.claims(nil))
	parts := strings.Split(good, ".")
	with := func(changes map[string]any) http.Header {
		return bearer(p.sign(t, jose.RS256, "first", p.claims(changes)))
	}

	der, err := x509.MarshalPKIXPublicKey(p.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	asHMAC := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","kid":"first"}`)) + "." + parts[1]
	mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	mac.Write([]byte(asHMAC))

	for name, test := range map[string]struct {
		header      http.Header
		status      int
		description string
	}{
		"no token":               {nil, 401, ""},
		"an empty header":        {http.Header{"Authorization": {""}}, 401, ""},
		"garbage":                {bearer("garbage"), 401, "malformed"},
		"basic credentials":      {http.Header{"Authorization": {"Basic YTpi"}}, 401, "malformed"},
		"two tokens":             {http.Header{"Authorization": {"Bearer " + good, "Bearer " + good}}, 401, "malformed"},
		"alg none":               {bearer(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."), 401, "malformed"},
		"HS256 by public key":    {bearer(asHMAC + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))), 401, "malformed"},
		"PS256":                  {bearer(p.sign(t, jose.PS256, "first", p.claims(nil))), 401, "malformed"},
		"a changed signature":    {bearer(parts[0] + "." + parts[1] + "." + strings.Repeat("A", len(parts[2]))), 401, "invalid signature"},
		"other claims":           {bearer(parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"you"}`)) + "." + parts[2]), 401, "invalid signature"},
		"a stranger's signature": {bearer(stranger.sign(t, jose.RS256, "first", p.claims(nil))), 401, "invalid signature"},
		"an unknown key":         {bearer(p.sign(t, jose.RS256, "second", p.claims(nil))), 401, "unknown key"},
		"another issuer":         {with(map[string]any{"iss": stranger.url}), 401, "issuer"},
		"no issuer":              {with(map[string]any{"iss": nil}), 401, "issuer"},
		"another audience":       {with(map[string]any{"aud": "other"}), 401, "audience"},
		"aud goes before client": {with(map[string]any{"aud": "other", "client_id": "local"}), 401, "audience"},
		"no audience":            {with(map[string]any{"aud": nil}), 401, "audience"},
		"expired":                {with(map[string]any{"exp": now - 1}), 401, "expired"},
		"expires now":            {with(map[string]any{"exp": now}), 401, "expired"},
		"no expiry":              {with(map[string]any{"exp": nil}), 401, "expired"},
		"an expiry in words":     {with(map[string]any{"exp": "never"}), 401, "expired"},
		"not yet":                {with(map[string]any{"nbf": now + 60}), 401, "not valid yet"},
		"from the future":        {with(map[string]any{"iat": now + 60}), 401, "not valid yet"},
		"another scope":          {with(map[string]any{"scope": "things/usex a"}), 403, "scope"},
		"no scope":               {with(map[string]any{"scope": nil}), 403, "scope"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, body := send(t, server, "POST", "/closed", "", test.header)
			want := map[int]string{401: `{"message":"Unauthorized"}`, 403: `{"message":"Forbidden"}`}[test.status]
			challenge := resp.Header.Get("Www-Authenticate")
			if resp.StatusCode != test.status || body != want || !strings.HasPrefix(challenge, "Bearer") || !strings.Contains(challenge, test.description) {
				t.Errorf("%d %s (%s), want %d with %q", resp.StatusCode, body, challenge, test.status, test.description)
			}
		})
	}
	if len(f.names) != 0 {
		t.Errorf("the function was called %d times", len(f.names))
	}
}

func TestAuthorizer_ChallengeHasTheFormOfAPIGateway(t *testing.T) {
	p := newProvider(t)
	server, _ := closedAPI(t, p, nil)
	resp, _ := send(t, server, "POST", "/closed/any", "", bearer(p.sign(t, jose.RS256, "first", p.claims(map[string]any{"aud": "other"}))))
	want := `Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"`
	if got := resp.Header.Get("Www-Authenticate"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAuthorizer_UnknownKeysAreFetchedNowAndThen(t *testing.T) {
	p := newProvider(t)
	var ahead atomic.Int64
	server, _ := closedAPI(t, p, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	status := func(token string) int {
		resp, _ := send(t, server, "POST", "/closed", "", bearer(token))
		return resp.StatusCode
	}
	old := p.sign(t, jose.RS256, "first", p.claims(nil))
	if got := status(old); got != 204 {
		t.Fatalf("first key: %d", got)
	}
	for range 5 {
		status(p.sign(t, jose.RS256, "made-up", p.claims(nil)))
	}
	if n := p.fetches.Load(); n != 1 {
		t.Errorf("made-up key ids caused %d fetches", n-1)
	}
	p.keyID = "second" // the provider has rotated
	rotated := p.sign(t, jose.RS256, "second", p.claims(nil))
	ahead.Store(int64(11 * time.Second))
	if got := status(rotated); got != 204 || p.fetches.Load() != 2 {
		t.Errorf("second key: %d after %d fetches", got, p.fetches.Load())
	}
	if got := status(old); got != 401 {
		t.Errorf("the retired key: %d", got)
	}
}

func TestAuthorizer_IssuerOutOfReach(t *testing.T) {
	p := newProvider(t)
	token := p.sign(t, jose.RS256, "first", p.claims(nil))
	p.url += "/nowhere"
	server, f := closedAPI(t, p, nil)
	resp, _ := send(t, server, "POST", "/closed", "", bearer(token))
	if resp.StatusCode != 401 || !strings.Contains(resp.Header.Get("Www-Authenticate"), "OIDC discovery endpoint communication error") || len(f.names) != 0 {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
}

func TestAuthorizer_ClaimsReachTheFunctionAsTexts(t *testing.T) {
	p := newProvider(t)
	server, f := closedAPI(t, p, nil)
	claims := p.claims(map[string]any{"exp": 4102444800, "email_verified": true, "groups": []any{"a", "b"}, "big": json.Number("12345678901234567890")})
	send(t, server, "POST", "/closed", "", bearer(p.sign(t, jose.RS256, "first", claims)))
	var event struct {
		RequestContext struct {
			Authorizer struct {
				JWT struct {
					Claims map[string]string
					Scopes []string
				}
			}
		}
	}
	if err := json.Unmarshal(f.events[0], &event); err != nil {
		t.Fatal(err)
	}
	got := event.RequestContext.Authorizer.JWT
	for name, want := range map[string]string{
		"exp": "4102444800", "email_verified": "true", "groups": "[a b]", "big": "12345678901234567890", "sub": "me", "scope": "a things/use",
	} {
		if got.Claims[name] != want {
			t.Errorf("%s = %q, want %q", name, got.Claims[name], want)
		}
	}
	if len(got.Scopes) != 1 || got.Scopes[0] != "things/use" {
		t.Errorf("scopes %q", got.Scopes)
	}
}

func TestAuthorizer_TakesTheLocalIssuersTokens(t *testing.T) {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	i, err := issuer.New(issuer.Options{URL: server.URL, Audience: "local", Scope: "things/use", KeyFile: filepath.Join(t.TempDir(), "key.pem")})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/", i.Handler())
	token, err := i.Token("newcomer")
	if err != nil {
		t.Fatal(err)
	}
	api, _ := closedAPI(t, &provider{url: server.URL}, nil)
	if resp, _ := send(t, api, "POST", "/closed", "", bearer(token)); resp.StatusCode != http.StatusNoContent {
		t.Errorf("%d %s", resp.StatusCode, resp.Header.Get("Www-Authenticate"))
	}
}
