package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"group-invites/infra/local/template"

	"github.com/go-jose/go-jose/v4"
)

// authorizer checks bearer tokens as API Gateway's JWT authorizer does: the signature by a key of the issuer, then
// issuer, audience, times and scopes. It knows RSA only, can't tell an access token from an ID token, and asks nobody
// whether the person still exists.
type authorizer struct {
	settings template.Authorizer
	keys     *keySet
	now      func() time.Time
}

func newAuthorizer(settings template.Authorizer, client *http.Client, now func() time.Time) *authorizer {
	return &authorizer{settings: settings, keys: newKeySet(settings.Issuer, client, now), now: now}
}

// Algorithms that a token may be signed with. Anything else, none and HMAC among it, is refused while it is parsed.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512}

// authorize returns what the function may know of the caller, or why he is refused.
func (a *authorizer) authorize(r *http.Request, scopes []string) (*jwtContext, *refusal) {
	header := strings.Join(r.Header.Values("Authorization"), ",")
	if header == "" {
		return nil, &refusal{status: http.StatusUnauthorized, message: "Unauthorized", authenticate: "Bearer", cause: errors.New("no token")}
	}
	claims, err := a.verify(r, token(header))
	if err != nil {
		return nil, denied(http.StatusUnauthorized, "Unauthorized", "invalid_token", scopes, err)
	}
	caller := &jwtContext{Claims: map[string]string{}}
	for name, v := range claims {
		caller.Claims[name] = fmt.Sprint(v) // lists are [a b]
	}
	if len(scopes) > 0 {
		caller.Scopes = slices.DeleteFunc(tokenScopes(claims), func(s string) bool { return !slices.Contains(scopes, s) })
		if len(caller.Scopes) == 0 {
			return nil, denied(http.StatusForbidden, "Forbidden", "insufficient_scope", scopes, errors.New("the token does not have a required scope"))
		}
	}
	return caller, nil
}

func denied(status int, message, code string, scopes []string, err error) *refusal {
	return &refusal{
		status: status, message: message, cause: err,
		authenticate: fmt.Sprintf("Bearer scope=%q error=%q error_description=%q", strings.Join(scopes, " "), code, err),
	}
}

// token takes the token from the header, with or without the word Bearer.
func token(header string) string {
	const prefix = "bearer "
	if len(header) > len(prefix) && strings.EqualFold(header[:len(prefix)], prefix) {
		return header[len(prefix):]
	}
	return header
}

func (a *authorizer) verify(r *http.Request, text string) (map[string]any, error) {
	signed, err := jose.ParseSignedCompact(text, algorithms)
	if err != nil {
		return nil, errors.New("the token is malformed or not signed by RSA")
	}
	key, err := a.keys.get(r.Context(), signed.Signatures[0].Header.KeyID)
	if err != nil {
		return nil, err
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return nil, errors.New("the token has an invalid signature")
	}
	var claims map[string]any
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber() // a number reaches the function as it was written
	if err := decoder.Decode(&claims); err != nil || claims == nil {
		return nil, errors.New("the token has no claims")
	}
	return claims, a.check(claims)
}

func (a *authorizer) check(claims map[string]any) error {
	if claims["iss"] != a.settings.Issuer {
		return errors.New("the token has an invalid issuer")
	}
	audiences := texts(claims["aud"])
	if claims["aud"] == nil {
		audiences = texts(claims["client_id"])
	}
	if !slices.ContainsFunc(audiences, func(s string) bool { return slices.Contains(a.settings.Audiences, s) }) {
		return errors.New("the token does not have a valid audience")
	}
	now := float64(a.now().UnixMilli()) / 1000
	if exp, ok := seconds(claims["exp"]); !ok || now >= exp {
		return errors.New("the token has expired")
	}
	for _, claim := range []string{"nbf", "iat"} {
		if v, given := claims[claim]; given {
			if from, ok := seconds(v); !ok || now < from {
				return errors.New("the token is not valid yet")
			}
		}
	}
	return nil
}

func seconds(claim any) (float64, bool) {
	n, ok := claim.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

// texts is a claim that is a text or a list of texts.
func texts(claim any) []string {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// tokenScopes are the scopes in the claim scope, separated by spaces, or in scp, which may also be a list.
func tokenScopes(claims map[string]any) []string {
	for _, claim := range []string{"scope", "scp"} {
		if list := texts(claims[claim]); list != nil {
			return strings.Fields(strings.Join(list, " "))
		}
	}
	return nil
}
