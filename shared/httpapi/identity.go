package httpapi

import (
	"context"
	"strings"
	"unicode"

	"group-invites/shared/directory"
)

// maxEmail is the longest address that can be mailed to, in bytes (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const maxEmail = 254

type callerKey struct{}

// withClaims puts what the authorizer says of the token into the context. claims are those of the token, all of them as text; nil if
// the request passed no authorizer.
func withClaims(ctx context.Context, claims map[string]string) context.Context {
	caller, ok := callerFrom(claims)
	if !ok {
		return ctx
	}
	return context.WithValue(ctx, callerKey{}, caller)
}

func callerOf(ctx context.Context) (directory.Caller, bool) {
	caller, ok := ctx.Value(callerKey{}).(directory.Caller)
	return caller, ok
}

// callerFrom reads the caller from the claims. Of them only iss, sub, email, email_verified, name and token_use are read: rights always
// come from the table. ok is false without an issuer or a subject, and for a token that says that it isn't an access token
// (Cognito's token_use), because an ID token is made for the client and not for us.
func callerFrom(claims map[string]string) (caller directory.Caller, ok bool) {
	issuer, subject := claims["iss"], claims["sub"]
	if issuer == "" || subject == "" {
		return caller, false
	}
	if use, there := claims["token_use"]; there && use != "access" {
		return caller, false
	}
	caller = directory.Caller{
		ID: directory.NewUserID(issuer, subject), Name: directory.CleanName(claims["name"]), Email: claims["email"],
		Verified: claims["email_verified"] == "true",
	}
	if caller.Email != "" && !plausible(caller.Email) {
		caller.Email, caller.Verified = "", false
	}
	return caller, true
}

// plausible tells whether a claim could be an address: what can't is as good as none. Control characters could end a header, if
// it were ever mailed to.
func plausible(email string) bool {
	return len(email) <= maxEmail && strings.Contains(email, "@") &&
		!strings.ContainsFunc(email, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
}
