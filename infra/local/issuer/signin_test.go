package issuer_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"group-invites/infra/local/issuer"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	clientID = "app"
	page     = "http://127.0.0.1:8080/i"
	verifier = "a-verifier-of-just-as-many-characters-as-43"
)

// browser signs people in at an issuer, and keeps its cookies.
type browser struct {
	t      *testing.T
	issuer *issuer.Issuer
	cookie *http.Cookie
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	i, err := issuer.New(issuer.Options{
		URL: url, Audience: "local", Scope: "things/use", KeyFile: filepath.Join(t.TempDir(), "key.pem"),
		Client: issuer.Client{ID: clientID, RedirectURIs: []string{page, "http://localhost:8080/i"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, issuer: i}
}

func (b *browser) send(r *http.Request) *httptest.ResponseRecorder {
	b.t.Helper()
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.issuer.Handler().ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Path != "/dev/oidc" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			b.t.Errorf("cookie %s", c)
		}
		b.cookie = c
		if c.MaxAge < 0 {
			b.cookie = nil
		}
	}
	return w
}

func post(path string, form neturl.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// asked is a request to sign in as it should be, with changes: a value of "-" takes a field away.
func asked(changes map[string]string) neturl.Values {
	sum := sha256.Sum256([]byte(verifier))
	fields := map[string]string{
		"client_id": clientID, "redirect_uri": page, "response_type": "code", "scope": "openid profile email things/use other", "state": "a state", "nonce": "a nonce",
		"code_challenge": base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method": "S256",
	}
	maps.Copy(fields, changes)
	v := neturl.Values{}
	for name, value := range fields {
		if value != "-" {
			v.Set(name, value)
		}
	}
	return v
}

func (b *browser) authorize(changes map[string]string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.send(httptest.NewRequest(http.MethodGet, "/authorize?"+asked(changes).Encode(), nil))
}

// choose sends the form of the page that asks whom.
func (b *browser) choose(field, value string) *httptest.ResponseRecorder {
	b.t.Helper()
	form := asked(nil)
	form.Set(field, value)
	return b.send(post("/authorize", form))
}

// back gives what a redirect to the client says.
func (b *browser) back(w *httptest.ResponseRecorder) neturl.Values {
	b.t.Helper()
	target, err := neturl.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusSeeOther || !strings.HasPrefix(target.String(), page+"?") {
		b.t.Fatalf("%d, to %s: %s", w.Code, target, w.Body)
	}
	v := target.Query()
	if v.Get("iss") != url || v.Get("state") != "a state" || w.Header().Get("Cache-Control") != "no-store" {
		b.t.Errorf("back with %v, %v", v, w.Header())
	}
	return v
}

func (b *browser) exchange(code string, changes map[string]string) (status int, answer map[string]any) {
	b.t.Helper()
	fields := map[string]string{"grant_type": "authorization_code", "client_id": clientID, "redirect_uri": page, "code": code, "code_verifier": verifier}
	maps.Copy(fields, changes)
	form := neturl.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	w := b.send(post("/token", form))
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		b.t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	return w.Code, answer
}

// claims verifies a token by the issuer's keys.
func (b *browser) claims(text any) map[string]any {
	b.t.Helper()
	var keys jose.JSONWebKeySet
	get(b.t, b.issuer, "/jwks.json", &keys)
	token, err := jwt.ParseSigned(text.(string), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		b.t.Fatal(err)
	}
	var claims map[string]any
	if err := token.Claims(keys.Key(token.Headers[0].KeyID)[0], &claims); err != nil {
		b.t.Fatal(err)
	}
	return claims
}

func TestSignIn(t *testing.T) {
	b := newBrowser(t)
	shown := b.authorize(nil)
	if shown.Code != 200 || !strings.Contains(shown.Body.String(), "<h1>Sign in</h1>") {
		t.Fatalf("%d %s", shown.Code, shown.Body)
	}
	for _, name := range []string{"Ada Okafor", "Marco Bell", "Uma Reyes", "Newcomer", "Someone else"} {
		if !strings.Contains(shown.Body.String(), name) {
			t.Errorf("the page doesn't offer %s", name)
		}
	}
	status, answer := b.exchange(b.back(b.choose("who", "manager")).Get("code"), nil)
	if status != 200 || answer["token_type"] != "Bearer" || answer["expires_in"] != float64(12*3600) || answer["scope"] != "openid profile email things/use" {
		t.Fatalf("%d %v", status, answer)
	}
	now := float64(time.Now().Unix())
	for token, want := range map[string]map[string]any{
		"access_token": {"sub": "dev|manager", "aud": "local", "client_id": clientID, "scope": "openid profile email things/use", "token_use": "access", "email": "manager@example.com", "name": "Marco Bell", "nonce": nil},
		"id_token":     {"sub": "dev|manager", "aud": clientID, "nonce": "a nonce", "token_use": "id", "email": "manager@example.com", "name": "Marco Bell", "scope": nil},
	} {
		claims := b.claims(answer[token])
		for name, value := range want {
			got := claims[name]
			if list, ok := got.([]any); ok && len(list) == 1 {
				got = list[0]
			}
			if got != value {
				t.Errorf("%s: %s = %v, want %v", token, name, got, value)
			}
		}
		if claims["iss"] != url || claims["exp"].(float64) <= now {
			t.Errorf("%s: %v", token, claims)
		}
	}
}

// TestSignIn_SomeoneElse: a name becomes the word of a person; one that can't is shown again.
func TestSignIn_SomeoneElse(t *testing.T) {
	b := newBrowser(t)
	for name, who := range map[string]string{"Mira Patel": "mira-patel", "  newcomer2 ": "newcomer2", "Zoë O'Neil": "zo-o-neil", "a&b": "a-b"} {
		_, answer := b.exchange(b.back(b.choose("name", name)).Get("code"), nil)
		if got := b.claims(answer["id_token"])["sub"]; got != "dev|"+who {
			t.Errorf("%q is %v, want %s", name, got, who)
		}
	}
	for _, name := range []string{"", "—", `"><script>`[:2], "名前"} {
		w := b.choose("name", name)
		if w.Code != 400 || !strings.Contains(w.Body.String(), "A name needs a letter") {
			t.Errorf("%q: %d", name, w.Code)
		}
	}
	if w := b.choose("who", "../x"); w.Code != 400 {
		t.Errorf("what is no word: %d", w.Code)
	}
}

func TestSignIn_WhoWasChosenIsRemembered(t *testing.T) {
	b := newBrowser(t)
	if v := b.back(b.authorize(map[string]string{"prompt": "none"})); v.Get("error") != "login_required" || v.Has("code") {
		t.Errorf("nobody was chosen: %v", v)
	}
	b.choose("who", "user")
	for _, prompt := range []string{"none", "-"} {
		_, answer := b.exchange(b.back(b.authorize(map[string]string{"prompt": prompt})).Get("code"), nil)
		if got := b.claims(answer["id_token"])["name"]; got != "Uma Reyes" {
			t.Errorf("prompt %q: %v", prompt, got)
		}
	}
	for prompt, title := range map[string]string{"login": "Choose an account", "select_account": "Choose an account", "create": "Create an account"} {
		if w := b.authorize(map[string]string{"prompt": prompt}); w.Code != 200 || !strings.Contains(w.Body.String(), "<h1>"+title+"</h1>") {
			t.Errorf("prompt %q: %d %s", prompt, w.Code, w.Body)
		}
	}

	w := b.send(httptest.NewRequest(http.MethodGet, "/end-session?"+neturl.Values{"post_logout_redirect_uri": {page}, "state": {"s"}}.Encode(), nil))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != page+"?state=s" {
		t.Errorf("signing out leads to %d %s", w.Code, w.Header().Get("Location"))
	}
	if v := b.back(b.authorize(map[string]string{"prompt": "none"})); v.Get("error") != "login_required" {
		t.Errorf("after signing out: %v", v)
	}
	if w := b.send(httptest.NewRequest(http.MethodGet, "/end-session?post_logout_redirect_uri=http://evil.example/", nil)); w.Code != 200 || w.Header().Get("Location") != "" {
		t.Errorf("signing out leads to %d %s", w.Code, w.Header().Get("Location"))
	}
}

func TestSignIn_Cancelled(t *testing.T) {
	b := newBrowser(t)
	if v := b.back(b.choose("cancel", "yes")); v.Get("error") != "access_denied" || v.Has("code") {
		t.Errorf("%v", v)
	}
}

// TestSignIn_AnUnknownClientIsSentNowhere: an address that isn't the client's gets neither codes nor errors.
func TestSignIn_AnUnknownClientIsSentNowhere(t *testing.T) {
	for _, changes := range []map[string]string{
		{"client_id": "other"}, {"client_id": "-"}, {"redirect_uri": "-"}, {"redirect_uri": "http://evil.example/i"}, {"redirect_uri": page + "/"}, {"redirect_uri": page + "?x"},
		{"redirect_uri": "http://127.0.0.1:8081/i"}, {"redirect_uri": "HTTP://127.0.0.1:8080/i"}, {"redirect_uri": page + "#"},
	} {
		b := newBrowser(t)
		b.choose("who", "admin")
		for _, w := range []*httptest.ResponseRecorder{b.authorize(changes), b.send(post("/authorize", asked(changes)))} {
			if w.Code != 400 || w.Header().Get("Location") != "" {
				t.Errorf("%v: %d, to %q", changes, w.Code, w.Header().Get("Location"))
			}
		}
	}
}

func TestSignIn_FaultyRequestsAreToldSo(t *testing.T) {
	for want, all := range map[string][]map[string]string{
		"unsupported_response_type": {{"response_type": "token"}, {"response_type": "-"}, {"response_type": "code id_token"}},
		"invalid_scope":             {{"scope": "-"}, {"scope": "things/use"}},
		"invalid_request": {
			{"code_challenge": "-"}, {"code_challenge": "short"}, {"code_challenge_method": "plain"}, {"code_challenge_method": "-"},
			{"response_mode": "fragment"}, {"prompt": "consent"}, {"prompt": "none login"},
		},
	} {
		for _, changes := range all {
			b := newBrowser(t)
			b.choose("who", "admin")
			form := asked(changes)
			form.Set("who", "admin")
			for _, w := range []*httptest.ResponseRecorder{b.authorize(changes), b.send(post("/authorize", form))} {
				if v := b.back(w); v.Get("error") != want || v.Has("code") {
					t.Errorf("%v: %v, want %s", changes, v, want)
				}
			}
		}
	}
}

func TestToken_ACodeIsGoodOnceForItsVerifier(t *testing.T) {
	for what, changes := range map[string]map[string]string{
		"another verifier":     {"code_verifier": strings.Repeat("x", 43)},
		"no verifier":          {"code_verifier": ""},
		"the challenge itself": {"code_verifier": asked(nil).Get("code_challenge")},
		"another address":      {"redirect_uri": "http://localhost:8080/i"},
		"another code":         {"code": "AAAA"},
	} {
		b := newBrowser(t)
		code := b.back(b.choose("who", "admin")).Get("code")
		if status, answer := b.exchange(code, changes); status != 400 || answer["error"] != "invalid_grant" {
			t.Errorf("%s: %d %v", what, status, answer)
		}
		if _, guessed := changes["code"]; guessed {
			continue
		}
		if status, answer := b.exchange(code, nil); status != 400 || answer["error"] != "invalid_grant" {
			t.Errorf("after %s the code is still good: %d %v", what, status, answer)
		}
	}
	b := newBrowser(t)
	code := b.back(b.choose("who", "admin")).Get("code")
	if status, _ := b.exchange(code, nil); status != 200 {
		t.Fatal(status)
	}
	if status, answer := b.exchange(code, nil); status != 400 || answer["error"] != "invalid_grant" {
		t.Errorf("twice: %d %v", status, answer)
	}
	for want, changes := range map[string]map[string]string{"invalid_client": {"client_id": "other"}, "unsupported_grant_type": {"grant_type": "refresh_token"}} {
		if status, answer := b.exchange("", changes); status != 400 || answer["error"] != want {
			t.Errorf("%v: %d %v", changes, status, answer)
		}
	}
}

func TestToken_ACodeIsOverAfterAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t)
		for wait, want := range map[time.Duration]int{time.Minute - time.Millisecond: 200, time.Minute: 400} {
			code := b.back(b.choose("who", "admin")).Get("code")
			time.Sleep(wait)
			if status, answer := b.exchange(code, nil); status != want {
				t.Errorf("after %s: %d %v", wait, status, answer)
			}
		}
	})
}

// TestSignIn_ThePageIsSafeAndSound: nothing of a request becomes markup, and the form leads only where people may return to.
func TestSignIn_ThePageIsSafeAndSound(t *testing.T) {
	b := newBrowser(t)
	w := b.authorize(map[string]string{"state": `"><script>alert(1)</script>`})
	if strings.Contains(w.Body.String(), "<script") {
		t.Errorf("%s", w.Body)
	}
	want := regexp.MustCompile(`^default-src 'none'; style-src 'nonce-[A-Z0-9]+'; img-src data:; base-uri 'none'; form-action 'self' http://127\.0\.0\.1:8080 http://localhost:8080; frame-ancestors 'none'$`)
	if policy := w.Header().Get("Content-Security-Policy"); !want.MatchString(policy) {
		t.Errorf("policy %q", policy)
	}
}

func TestDiscovery_NamesWhatThereIs(t *testing.T) {
	b := newBrowser(t)
	var found map[string]any
	get(t, b.issuer, "/.well-known/openid-configuration", &found)
	for name, path := range map[string]string{"authorization_endpoint": "/authorize", "token_endpoint": "/token", "end_session_endpoint": "/end-session", "jwks_uri": "/jwks.json"} {
		if found[name] != url+path {
			t.Errorf("%s is %v", name, found[name])
		}
	}
}

func TestExchange_GivesTheMachineATokenForItself(t *testing.T) {
	i, err := issuer.New(issuer.Options{
		URL: url, Audience: "local", Scope: "things/use", KeyFile: filepath.Join(t.TempDir(), "key.pem"),
		Machine: issuer.Machine{ID: "host", Secret: "s3cret", Scope: "things/all"},
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(form neturl.Values, user, password string) (int, map[string]any) {
		r := httptest.NewRequest(http.MethodPost, "/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if user != "" {
			r.SetBasicAuth(user, password)
		}
		w := httptest.NewRecorder()
		i.Handler().ServeHTTP(w, r)
		var body map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		return w.Code, body
	}
	grant := neturl.Values{"grant_type": {"client_credentials"}}
	status, body := ask(grant, "host", "s3cret")
	if status != 200 || body["scope"] != "things/all" || body["token_type"] != "Bearer" || body["id_token"] != nil {
		t.Fatalf("%d %v", status, body)
	}
	var claims map[string]any
	payload, _ := base64.RawURLEncoding.DecodeString(strings.Split(body["access_token"].(string), ".")[1])
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	if claims["sub"] != "host" || claims["client_id"] != "host" || claims["scope"] != "things/all" || claims["token_use"] != "access" {
		t.Errorf("%v", claims)
	}
	for _, name := range []string{"email", "email_verified", "name"} {
		if _, there := claims[name]; there {
			t.Errorf("a machine has %s", name)
		}
	}
	form := maps.Clone(grant)
	form["client_id"], form["client_secret"], form["scope"] = []string{"host"}, []string{"s3cret"}, []string{"things/all"}
	if status, body := ask(form, "", ""); status != 200 {
		t.Errorf("%d %v", status, body)
	}
	for what, test := range map[string]struct {
		user, password, scope, err string
	}{
		"another secret": {"host", "x", "", "invalid_client"},
		"another client": {"x", "s3cret", "", "invalid_client"},
		"nobody":         {"", "", "", "invalid_client"},
		"people's scope": {"host", "s3cret", "things/use", "invalid_scope"},
	} {
		form := maps.Clone(grant)
		form.Set("scope", test.scope)
		if status, body := ask(form, test.user, test.password); status < 400 || body["error"] != test.err {
			t.Errorf("%s: %d %v", what, status, body)
		}
	}
}
