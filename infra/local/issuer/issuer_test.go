package issuer_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/issuer"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const url = "http://127.0.0.1:8080/dev/oidc"

func newIssuer(t *testing.T, file string) *issuer.Issuer {
	t.Helper()
	i, err := issuer.New(issuer.Options{URL: url, Audience: "local", Scope: "things/use", KeyFile: file})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func get(t *testing.T, i *issuer.Issuer, path string, into any) {
	t.Helper()
	w := httptest.NewRecorder()
	i.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil || w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
}

func TestToken_IsGoodByWhatDiscoverySays(t *testing.T) {
	i := newIssuer(t, filepath.Join(t.TempDir(), "key.pem"))
	var discovery struct {
		Issuer  string
		JWKSURI string `json:"jwks_uri"`
	}
	get(t, i, "/.well-known/openid-configuration", &discovery)
	if discovery.Issuer != url {
		t.Errorf("issuer %q", discovery.Issuer)
	}
	var keys jose.JSONWebKeySet
	get(t, i, strings.TrimPrefix(discovery.JWKSURI, url), &keys)

	text, err := i.Token("newcomer2")
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := token.Claims(keys.Key(token.Headers[0].KeyID)[0], &claims); err != nil {
		t.Fatal(err)
	}
	now := float64(time.Now().Unix())
	if exp := claims["exp"].(float64); exp < now+12*3600-5 || exp > now+12*3600+5 {
		t.Errorf("exp %v", exp)
	}
	for claim, want := range map[string]any{
		"iss": url, "sub": "dev|newcomer2", "aud": "local", "client_id": "local", "scope": "things/use", "token_use": "access",
		"email": "newcomer2@example.com", "email_verified": true, "name": "Newcomer 2",
	} {
		got := claims[claim]
		if list, ok := got.([]any); ok && len(list) == 1 {
			got = list[0]
		}
		if got != want {
			t.Errorf("%s = %v, want %v", claim, got, want)
		}
	}
}

func TestNew_KeepsItsKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key.pem")
	var first, second jose.JSONWebKeySet
	get(t, newIssuer(t, file), "/jwks.json", &first)
	get(t, newIssuer(t, file), "/jwks.json", &second)
	if first.Keys[0].KeyID == "" || first.Keys[0].KeyID != second.Keys[0].KeyID || !first.Keys[0].IsPublic() {
		t.Errorf("keys %q and %q", first.Keys[0].KeyID, second.Keys[0].KeyID)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info.Mode(), err)
	}
}

func TestPersonOf(t *testing.T) {
	for who, want := range map[string]string{
		"admin": "Ada Okafor", "manager": "Marco Bell", "user": "Uma Reyes",
		"newcomer": "Newcomer", "newcomer2": "Newcomer 2", "mary-ann": "Mary Ann", "7": "7", "-": "Nobody",
	} {
		if p, err := issuer.PersonOf(who); err != nil || p.Name != want || p.Subject != "dev|"+who {
			t.Errorf("%s = %+v, %v, want the name %s", who, p, err, want)
		}
	}
	for _, who := range []string{"", "Admin", "a b", "../admin", strings.Repeat("a", 65), "ä", "a\n"} {
		if _, err := issuer.PersonOf(who); !errors.Is(err, issuer.ErrNoPerson) {
			t.Errorf("%q: %v", who, err)
		}
	}
}
