// Package issuer is the identity provider of the local stack: it signs tokens for made-up people, for anyone who asks.
//
// It offers what API Gateway's JWT authorizer needs: OpenID Connect discovery, its public key, and access tokens (RS256)
// for the API's audience and scope. And what the web app signs people in by: the authorization code flow (OpenID Connect Core 1.0,
// section 3.1) with PKCE by S256 (RFC 7636), for one public client. And one machine client gets tokens for itself. Instead of asking for a password it shows people to choose from. Who
// was chosen last is in a cookie of the browser, so that prompt=none works as with other providers.
//
// It can also stand for the user pool that the template makes: see [UserPool].
//
// Its key is made once and kept in a file, so tokens outlive a restart. A person is a word: the same word is the same person, with the same
// subject, on every machine. It must be reachable on loopback only.
package issuer

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// TokenLifetime is how long a token is good for: a working day.
const TokenLifetime = 12 * time.Hour

// idTokenLifetime is how long an ID token is good for. It is read once, when it comes.
const idTokenLifetime = 5 * time.Minute

// Paths below the issuer's URL.
const (
	discoveryPath = "/.well-known/openid-configuration"
	keysPath      = "/jwks.json"
	authorizePath = "/authorize"
	tokenPath     = "/token"
	endPath       = "/end-session"
)

// Options configure an Issuer.
type Options struct {
	URL      string // its name, and where its handler is served; without a slash at the end
	Audience string // aud and client_id of the tokens
	Scope    string // scope of the tokens
	KeyFile  string // PEM file that keeps the signing key; made where it is missing
	Client   Client // that may sign people in; without an ID none may
	// UserPool has access tokens made as Cognito makes them. Without an ID they have all claims, whose audience is Audience.
	UserPool UserPool
	// Machine may have tokens for itself; without an ID there is none.
	Machine Machine
}

// Machine is a client that gets tokens for itself, by the client credentials grant (RFC 6749, section 4.4).
type Machine struct {
	ID, Secret string
	Scope      string // the one that its tokens may have
}

// Client is an application without a secret that signs people in.
type Client struct {
	ID           string
	RedirectURIs []string // where people may return to, after signing in or out: these very addresses
}

// Issuer signs tokens. It may be used by any number of goroutines.
type Issuer struct {
	options Options
	signer  jose.Signer
	keys    []byte // JSON Web Key Set
	grants  grants
}

// New returns an issuer with the key in the file, which only its owner can read.
func New(o Options) (*Issuer, error) {
	key, err := loadKey(o.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("signing key of the identity provider: %w", err)
	}
	public := jose.JSONWebKey{Key: key.Public(), Algorithm: string(jose.RS256), Use: "sig"}
	thumbprint, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, err
	}
	public.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	keys, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public}})
	if err != nil {
		return nil, err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: public.KeyID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, err
	}
	return &Issuer{options: o, signer: signer, keys: keys}, nil
}

func loadKey(file string) (*rsa.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s isn't a PEM file", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	rsaKey, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s holds a %T, not an RSA key", file, key)
	}
	return rsaKey, nil
}

func makeKey(file string) (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

// claims are the claims of an access token.
type claims struct {
	jwt.Claims
	ClientID      string `json:"client_id"`
	Scope         string `json:"scope"`
	TokenUse      string `json:"token_use"`
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified,omitempty"`
	Name          string `json:"name,omitempty"`
}

// Token returns an access token for the person, or ErrNoPerson.
func (i *Issuer) Token(who string) (string, error) {
	p, err := PersonOf(who)
	if err != nil {
		return "", err
	}
	return i.accessToken(p, i.options.Audience, i.options.Scope)
}

func (i *Issuer) accessToken(p Person, client, scope string) (string, error) {
	if i.options.UserPool.ID != "" {
		return i.poolToken(p, client, scope)
	}
	return jwt.Signed(i.signer).Claims(claims{
		Claims: i.registered(p.Subject, i.options.Audience, TokenLifetime), ClientID: client, Scope: scope, TokenUse: "access",
		Email: p.Email, EmailVerified: true, Name: p.Name,
	}).Serialize()
}

// machineToken returns an access token for the machine client: it is its own subject, and there is nobody's name or address in it.
func (i *Issuer) machineToken() (string, error) {
	m := i.options.Machine
	return jwt.Signed(i.signer).Claims(claims{
		Claims: i.registered(m.ID, i.options.Audience, TokenLifetime), ClientID: m.ID, Scope: m.Scope, TokenUse: "access",
	}).Serialize()
}

// idClaims are the claims of an ID token (OpenID Connect Core 1.0, section 2).
type idClaims struct {
	jwt.Claims
	Nonce         string `json:"nonce,omitempty"`
	TokenUse      string `json:"token_use"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
	Name          string `json:"name"`
}

func (i *Issuer) idToken(p Person, nonce string) (string, error) {
	return jwt.Signed(i.signer).Claims(idClaims{
		Claims: i.registered(p.Subject, i.options.Client.ID, idTokenLifetime), Nonce: nonce, TokenUse: "id",
		Email: p.Email, EmailVerified: true, Name: p.Name,
	}).Serialize()
}

func (i *Issuer) registered(subject, audience string, lifetime time.Duration) jwt.Claims {
	now := time.Now()
	return jwt.Claims{
		Issuer:    i.options.URL,
		Subject:   subject,
		Audience:  jwt.Audience{audience},
		IssuedAt:  jwt.NewNumericDate(now),
		NotBefore: jwt.NewNumericDate(now),
		Expiry:    jwt.NewNumericDate(now.Add(lifetime)),
		ID:        strings.ToLower(rand.Text()),
	}
}

// Handler serves discovery, keys, and signing in and out. It expects paths relative to the issuer's URL.
func (i *Issuer) Handler() http.Handler {
	discovery, _ := json.Marshal(map[string]any{ // texts and lists of them
		"issuer":                                         i.options.URL,
		"jwks_uri":                                       i.options.URL + keysPath,
		"authorization_endpoint":                         i.options.URL + authorizePath,
		"token_endpoint":                                 i.options.URL + tokenPath,
		"end_session_endpoint":                           i.options.URL + endPath,
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query"},
		"grant_types_supported":                          []string{"authorization_code", "client_credentials"},
		"code_challenge_methods_supported":               []string{"S256"},
		"token_endpoint_auth_methods_supported":          []string{"none", "client_secret_basic", "client_secret_post"},
		"prompt_values_supported":                        prompts,
		"authorization_response_iss_parameter_supported": true,
		"id_token_signing_alg_values_supported":          []string{string(jose.RS256)},
		"subject_types_supported":                        []string{"public"},
		"scopes_supported":                               i.scopes(),
		"claims_supported":                               []string{"sub", "name", "email", "email_verified"},
	})
	mux := http.NewServeMux()
	for path, document := range map[string][]byte{discoveryPath: discovery, keysPath: i.keys} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			writeJSON(w, http.StatusOK, json.RawMessage(document))
		})
	}
	mux.HandleFunc("GET "+authorizePath, i.authorize)
	mux.HandleFunc("POST "+authorizePath, i.choose)
	mux.HandleFunc("POST "+tokenPath, i.exchange)
	mux.HandleFunc("GET "+endPath, i.endSession)
	mux.HandleFunc("POST "+endPath, i.endSession)
	return mux
}

// scopes are those that may be asked for.
func (i *Issuer) scopes() []string { return []string{"openid", "profile", "email", i.options.Scope} }

// writeJSON answers a script, which may be on a page of another origin: what it gets is for whoever asks, and no cookie counts for it.
func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
