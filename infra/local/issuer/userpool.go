package issuer

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/go-jose/go-jose/v4/jwt"
)

// UserPool has the issuer make access tokens as a user pool of Cognito makes them: with a client_id and no aud, and, as Cognito says a person's
// address and name in ID tokens only, with nothing of the person but what the trigger adds.
type UserPool struct {
	ID      string
	Trigger Trigger // nil: none
}

// Trigger is a function that Cognito asks before it makes tokens (pre token generation, version V2_0). It gets an event and gives it back, with
// what is to change in its response. An error means that nobody is signed in.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
type Trigger func(ctx context.Context, event []byte) (answer []byte, err error)

// triggerTimeout is for how long Cognito waits for a trigger.
const triggerTimeout = 5 * time.Second

// reserved are the claims of access tokens that no trigger may change.
var reserved = []string{
	"acr", "amr", "at_hash", "auth_time", "azp", "client_id", "device_key", "event_id", "exp", "iat", "iss", "jti", "nbf", "nonce", "origin_jti", "scope", "sub",
	"token_use", "username", "version",
}

// poolToken makes an access token as Cognito does.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
func (i *Issuer) poolToken(p Person, client, scope string) (string, error) {
	now := time.Now()
	claims := map[string]any{
		"sub": p.Subject, "iss": i.options.URL, "version": 2, "client_id": client, "origin_jti": strings.ToLower(rand.Text()), "event_id": strings.ToLower(rand.Text()),
		"token_use": "access", "scope": scope, "auth_time": now.Unix(), "exp": now.Add(TokenLifetime).Unix(), "iat": now.Unix(), "jti": strings.ToLower(rand.Text()),
		"username": p.Subject,
	}
	if i.options.UserPool.Trigger != nil {
		if err := i.ask(p, client, scope, claims); err != nil {
			return "", fmt.Errorf("PreTokenGeneration failed: %w", err)
		}
	}
	return jwt.Signed(i.signer).Claims(claims).Serialize()
}

// ask changes claims as the trigger wants.
func (i *Issuer) ask(p Person, client, scope string, claims map[string]any) error {
	event, err := json.Marshal(TokenEvent(i.options.UserPool.ID, p, client, strings.Fields(scope)))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), triggerTimeout)
	defer cancel()
	answer, err := i.options.UserPool.Trigger(ctx, event)
	if err != nil {
		return err
	}
	return apply(answer, claims)
}

// TokenEvent is the event that Cognito sends the trigger before it makes tokens for the person, who has signed in on its page.
func TokenEvent(userPoolID string, p Person, client string, scopes []string) any {
	region, _, _ := strings.Cut(userPoolID, "_")
	var e events.CognitoEventUserPoolsPreTokenGenV2_0
	e.Version, e.TriggerSource, e.Region, e.UserPoolID, e.UserName = "2", "TokenGeneration_HostedAuth", region, userPoolID, p.Subject
	e.CallerContext = events.CognitoEventUserPoolsCallerContext{AWSSDKVersion: "aws-sdk-unknown-unknown", ClientID: client}
	e.Request.UserAttributes = map[string]string{
		"sub": p.Subject, "cognito:user_status": "CONFIRMED", "email": p.Email, "email_verified": "true", "name": p.Name,
	}
	e.Request.GroupConfiguration.GroupsToOverride, e.Request.GroupConfiguration.IAMRolesToOverride = []string{}, []string{}
	e.Request.Scopes = scopes
	return struct {
		events.CognitoEventUserPoolsHeader
		Request  any            `json:"request"`
		Response map[string]any `json:"response"`
	}{e.CognitoEventUserPoolsHeader, e.Request, map[string]any{"claimsAndScopeOverrideDetails": nil}}
}

// apply takes from an answer what concerns access tokens. What Cognito doesn't know in a response, or doesn't let anyone change, is an error.
func apply(answer []byte, claims map[string]any) error {
	var event struct{ Response json.RawMessage }
	if err := json.Unmarshal(answer, &event); err != nil || len(event.Response) == 0 {
		return errors.New("unrecognizable lambda output: no response")
	}
	var response struct {
		Changes *struct {
			IDToken     json.RawMessage `json:"idTokenGeneration"`
			Groups      json.RawMessage `json:"groupOverrideDetails"`
			AccessToken *struct {
				Claims         map[string]any `json:"claimsToAddOrOverride"`
				Suppress       []string       `json:"claimsToSuppress"`
				Scopes         []string       `json:"scopesToAdd"`
				SuppressScopes []string       `json:"scopesToSuppress"`
			} `json:"accessTokenGeneration"`
		} `json:"claimsAndScopeOverrideDetails"`
	}
	decoder := json.NewDecoder(bytes.NewReader(event.Response))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&response); err != nil {
		return fmt.Errorf("unrecognizable lambda output: %w", err)
	}
	if response.Changes == nil || response.Changes.AccessToken == nil {
		return nil
	}
	change := response.Changes.AccessToken
	for name, value := range change.Claims {
		if slices.Contains(reserved, name) || name == "aud" && value != claims["client_id"] || strings.HasPrefix(name, "cognito:") || strings.HasPrefix(name, "dev:") {
			return fmt.Errorf("the claim %s can't be changed", name)
		}
		claims[name] = value
	}
	for _, name := range change.Suppress {
		if !slices.Contains(reserved, name) {
			delete(claims, name)
		}
	}
	scopes := slices.DeleteFunc(strings.Fields(claims["scope"].(string)), func(s string) bool { return slices.Contains(change.SuppressScopes, s) })
	claims["scope"] = strings.Join(append(scopes, change.Scopes...), " ")
	return nil
}
