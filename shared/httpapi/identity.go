package httpapi

import (
	"context"
	"slices"
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
	if caller, ok := callerFrom(claims); ok {
		ctx = context.WithValue(ctx, callerKey{}, caller)
	}
	if machine, ok := machineFrom(claims); ok {
		ctx = context.WithValue(ctx, machineKey{}, machine)
	}
	return ctx
}

func callerOf(ctx context.Context) (directory.Caller, bool) {
	caller, ok := ctx.Value(callerKey{}).(directory.Caller)
	return caller, ok
}

// callerFrom reads the caller from the claims. Of them only iss, sub, email, email_verified, name, token_use and the client's id are read: rights
// always come from the table. ok is false for what is no [accessToken], and for one of which a client itself is the subject: that is a machine, and
// must never become a member.
func callerFrom(claims map[string]string) (caller directory.Caller, ok bool) {
	issuer, subject, ok := accessToken(claims)
	if !ok || isClient(claims, subject) {
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

// accessToken gives who issued a token and for whom. ok is false without either, and for a token that says that it isn't an access token
// (Cognito's token_use), because an ID token is made for the client and not for us.
func accessToken(claims map[string]string) (issuer, subject string, ok bool) {
	issuer, subject = claims["iss"], claims["sub"]
	use, said := claims["token_use"]
	return issuer, subject, issuer != "" && subject != "" && (!said || use == "access")
}

// isClient tells whether the token's subject is the client that it was issued to, as in the client credentials grant (RFC 9068, section 2.2):
// the client is client_id, or azp or cid where issuers call it so, and with Auth0 the subject is that with "@clients" after it.
func isClient(claims map[string]string, subject string) bool {
	for _, claim := range []string{"client_id", "azp", "cid"} {
		if client := claims[claim]; client != "" && (subject == client || subject == client+"@clients") {
			return true
		}
	}
	return false
}

// Machine is a client that calls for itself, on routes that are for machines.
type Machine struct {
	Issuer string // of its token; the people of whom it speaks are that issuer's
	scopes string // of its token, separated by spaces
}

// May tells whether its token has the scope.
func (m Machine) May(scope string) bool { return slices.Contains(strings.Fields(m.scopes), scope) }

type machineKey struct{}

func machineOf(ctx context.Context) (Machine, bool) {
	machine, ok := ctx.Value(machineKey{}).(Machine)
	return machine, ok
}

// machineFrom reads a client from the claims: iss, and scope, or scp where the issuer calls it so. API Gateway writes a list as [a b].
func machineFrom(claims map[string]string) (m Machine, ok bool) {
	issuer, _, ok := accessToken(claims)
	scopes, there := claims["scope"]
	if !there {
		scopes = strings.Trim(claims["scp"], "[]")
	}
	return Machine{Issuer: issuer, scopes: scopes}, ok
}

// plausible tells whether a claim could be an address: what can't is as good as none. Control characters could end a header, if
// it were ever mailed to.
func plausible(email string) bool {
	return len(email) <= maxEmail && strings.Contains(email, "@") &&
		!strings.ContainsFunc(email, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
}
