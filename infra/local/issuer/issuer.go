// Package issuer is the identity provider of the local stack: it signs tokens for made-up people, for anyone who asks.
//
// It offers what API Gateway's JWT authorizer needs: OpenID Connect discovery, its public key, and access tokens (RS256)
// for the API's audience and scope. Its key is made once and kept in a file, so tokens outlive a restart. A person is
// a word: the same word is the same person, with the same subject, on every machine. It must be reachable on loopback
// only.
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

// Paths below the issuer's URL.
const (
	discoveryPath = "/.well-known/openid-configuration"
	keysPath      = "/jwks.json"
)

// Options configure an Issuer.
type Options struct {
	URL      string // its name, and where its handler is served; without a slash at the end
	Audience string // aud and client_id of the tokens
	Scope    string // scope of the tokens
	KeyFile  string // PEM file that keeps the signing key; made where it is missing
}

// Issuer signs tokens. It may be used by any number of goroutines.
type Issuer struct {
	options Options
	signer  jose.Signer
	keys    []byte // JSON Web Key Set
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
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
	Name          string `json:"name"`
}

// Token returns an access token for the person, or ErrNoPerson.
func (i *Issuer) Token(who string) (string, error) {
	p, err := PersonOf(who)
	if err != nil {
		return "", err
	}
	now := time.Now()
	return jwt.Signed(i.signer).Claims(claims{
		Claims: jwt.Claims{
			Issuer:    i.options.URL,
			Subject:   p.Subject,
			Audience:  jwt.Audience{i.options.Audience},
			IssuedAt:  jwt.NewNumericDate(now),
			NotBefore: jwt.NewNumericDate(now),
			Expiry:    jwt.NewNumericDate(now.Add(TokenLifetime)),
			ID:        strings.ToLower(rand.Text()),
		},
		ClientID:      i.options.Audience,
		Scope:         i.options.Scope,
		TokenUse:      "access",
		Email:         p.Email,
		EmailVerified: true,
		Name:          p.Name,
	}).Serialize()
}

// Handler serves discovery and keys. It expects paths relative to the issuer's URL.
func (i *Issuer) Handler() http.Handler {
	discovery, _ := json.Marshal(map[string]any{ // texts and lists of them
		"issuer":                                i.options.URL,
		"jwks_uri":                              i.options.URL + keysPath,
		"id_token_signing_alg_values_supported": []string{string(jose.RS256)},
		"subject_types_supported":               []string{"public"},
		"scopes_supported":                      []string{i.options.Scope},
	})
	mux := http.NewServeMux()
	for path, document := range map[string][]byte{discoveryPath: discovery, keysPath: i.keys} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Write(document)
		})
	}
	return mux
}
