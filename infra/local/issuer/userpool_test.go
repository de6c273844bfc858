package issuer_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"group-invites/infra/local/issuer"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// poolToken has an issuer that stands for a user pool with this trigger make a token by the key in the file, and reads it.
func poolToken(t *testing.T, keyFile string, trigger issuer.Trigger) (claims map[string]any, err error) {
	t.Helper()
	i, err := issuer.New(issuer.Options{
		URL: url, Audience: "client", Scope: "things/use", KeyFile: keyFile, UserPool: issuer.UserPool{ID: "local_Pool", Trigger: trigger},
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := i.Token("mira")
	if err != nil {
		return nil, err
	}
	token, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.RS256})
	if err == nil {
		err = token.UnsafeClaimsWithoutVerification(&claims)
	}
	if err != nil {
		t.Fatal(err)
	}
	return claims, nil
}

// answering is a trigger whose response has these changes of the access token.
func answering(changes string) issuer.Trigger {
	return func(context.Context, []byte) ([]byte, error) {
		return []byte(`{"response":{"claimsAndScopeOverrideDetails":{"accessTokenGeneration":` + changes + `}}}`), nil
	}
}

// TestUserPool_TokenSaysNothingOfThePerson unless a trigger adds it, and has no audience: so it is with Cognito.
func TestUserPool_TokenSaysNothingOfThePerson(t *testing.T) {
	claims, err := poolToken(t, filepath.Join(t.TempDir(), "key.pem"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"iss": url, "sub": "dev|mira", "client_id": "client", "token_use": "access", "scope": "things/use", "username": "dev|mira"} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %v", name, claims[name], want)
		}
	}
	for _, name := range []string{"aud", "email", "email_verified", "name"} {
		if value, there := claims[name]; there {
			t.Errorf("%s is %v", name, value)
		}
	}
}

func TestUserPool_TriggerIsAskedAndHeard(t *testing.T) {
	var asked struct {
		Version, TriggerSource, UserPoolID string
		CallerContext                      struct{ ClientID string }
		Request                            struct {
			UserAttributes map[string]string
			Scopes         []string
		}
	}
	claims, err := poolToken(t, filepath.Join(t.TempDir(), "key.pem"), func(ctx context.Context, event []byte) ([]byte, error) {
		if err := json.Unmarshal(event, &asked); err != nil {
			t.Error(err)
		}
		return answering(`{"claimsToAddOrOverride":{"email":"mira@example.com","email_verified":true},"claimsToSuppress":["jti","event","email_verified"],"scopesToAdd":["more"],"scopesToSuppress":["things/use"]}`)(ctx, event)
	})
	if err != nil {
		t.Fatal(err)
	}
	if asked.Version != "2" || asked.UserPoolID != "local_Pool" || asked.CallerContext.ClientID != "client" || strings.Join(asked.Request.Scopes, " ") != "things/use" ||
		asked.Request.UserAttributes["email"] != "mira@example.com" || asked.Request.UserAttributes["email_verified"] != "true" {
		t.Errorf("asked with %+v", asked)
	}
	if _, there := claims["email_verified"]; claims["email"] != "mira@example.com" || claims["scope"] != "more" || claims["jti"] == nil || there {
		t.Errorf("claims %v", claims)
	}
}

// TestUserPool_NobodyGetsATokenByAnAnswerThatCognitoWouldRefuse.
func TestUserPool_NobodyGetsATokenByAnAnswerThatCognitoWouldRefuse(t *testing.T) {
	keyFile := filepath.Join(t.TempDir(), "key.pem") // one for all: a key takes long to make
	for what, trigger := range map[string]issuer.Trigger{
		"none, but an error":        func(context.Context, []byte) ([]byte, error) { return nil, errors.New("broken") },
		"null":                      func(context.Context, []byte) ([]byte, error) { return []byte("null"), nil },
		"no response":               func(context.Context, []byte) ([]byte, error) { return []byte(`{"version":"2"}`), nil },
		"a word that isn't known":   answering(`{"claimsToAdd":{"email":"x"}}`),
		"another subject":           answering(`{"claimsToAddOrOverride":{"sub":"dev|admin"}}`),
		"another client":            answering(`{"claimsToAddOrOverride":{"client_id":"other"}}`),
		"another use":               answering(`{"claimsToAddOrOverride":{"token_use":"id"}}`),
		"an audience of its own":    answering(`{"claimsToAddOrOverride":{"aud":"other"}}`),
		"groups by another way":     answering(`{"claimsToAddOrOverride":{"cognito:groups":["admin"]}}`),
		"claims in the wrong shape": answering(`{"claimsToAddOrOverride":["email"]}`),
	} {
		if claims, err := poolToken(t, keyFile, trigger); err == nil || !strings.Contains(err.Error(), "PreTokenGeneration failed") {
			t.Errorf("%s: %v, claims %v", what, err, claims)
		}
	}
}
