package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"group-invites/shared/directory"
)

// eventVersion is that of the events of triggers of version V2_0. To an answer to the older kind Cognito listens as well, but it changes
// ID tokens alone.
const eventVersion = "2"

// event is one of Cognito's before it makes tokens, and the answer to it: the event as it came, with what is to change in its response.
// [events.CognitoEventUserPoolsPreTokenGenV2_0] isn't used for that: it would say null of all that we don't want to change, groups among it.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
type event struct {
	events.CognitoEventUserPoolsHeader
	Request  json.RawMessage `json:"request"`
	Response response        `json:"response"`
}

type response struct {
	Changes struct {
		AccessToken struct {
			Claims map[string]any `json:"claimsToAddOrOverride"`
		} `json:"accessTokenGeneration"`
	} `json:"claimsAndScopeOverrideDetails"`
}

// handler has the access token say the person's address, whether it is verified, and the name, which Cognito itself says in ID tokens only.
// With an error nobody gets a token: Cognito refuses to sign the person in. Nothing of the person is logged.
func handler(log *slog.Logger) func(context.Context, event) (event, error) {
	return func(ctx context.Context, e event) (event, error) {
		claims, err := claimsOf(e)
		if err != nil {
			log.ErrorContext(ctx, "no token", "trigger", e.TriggerSource, "client", e.CallerContext.ClientID, "cause", err.Error())
			return event{}, err
		}
		e.Response = response{}
		e.Response.Changes.AccessToken.Claims = claims
		log.InfoContext(ctx, "token", "trigger", e.TriggerSource, "client", e.CallerContext.ClientID, "claims", len(claims))
		return e, nil
	}
}

// claimsOf gives the claims that are to be added. Attributes that the person hasn't got make none.
func claimsOf(e event) (map[string]any, error) {
	if e.Version != eventVersion {
		return nil, fmt.Errorf("the user pool's trigger sends events of version %q: its LambdaVersion must be V2_0", e.Version)
	}
	var request events.CognitoEventUserPoolsPreTokenGenRequestV2_0
	if err := json.Unmarshal(e.Request, &request); err != nil {
		return nil, fmt.Errorf("the event's request can't be read: %w", err)
	}
	claims := map[string]any{}
	if email := request.UserAttributes["email"]; email != "" {
		claims["email"] = email
		claims["email_verified"] = request.UserAttributes["email_verified"] == "true"
	}
	// A name may have 2,048 characters here. The API would cut it; but a token with that much in it is more than API Gateway takes.
	if name := directory.CleanName(request.UserAttributes["name"]); name != "" {
		claims["name"] = name
	}
	return claims, nil
}
