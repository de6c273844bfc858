package template

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// UserPool is the user pool of Cognito that a template makes to sign people in.
type UserPool struct {
	LogicalID string
	ID        string
	Issuer    string // iss of its tokens: the attribute ProviderURL
	// TokenTrigger is the function (its Function.Name) that is asked, with an event of version 2, before tokens are made; empty for none.
	TokenTrigger string
	Clients      []UserPoolClient // in the template's order
}

// UserPoolClient is an application that a user pool gives tokens to.
type UserPoolClient struct {
	LogicalID    string
	ID           string
	Secret       bool // the client has one: it is a program that can keep it
	Flows        []string
	Scopes       []string
	CallbackURLs []string
	LogoutURLs   []string
}

// userPoolIgnored are properties about how people sign up and in, and how they are kept: locally people are chosen from a page.
var userPoolIgnored = []string{
	"UserPoolName", "UserPoolTier", "DeletionProtection", "UsernameAttributes", "UsernameConfiguration", "AutoVerifiedAttributes", "UserAttributeUpdateSettings",
	"Schema", "AdminCreateUserConfig", "AccountRecoverySetting", "Policies", "MfaConfiguration", "EnabledMfas", "EmailConfiguration",
}

// clientIgnored are properties about other ways to sign in than through pages, and about how long tokens are good: locally for a working day.
var clientIgnored = []string{
	"ClientName", "SupportedIdentityProviders", "ExplicitAuthFlows", "ReadAttributes", "WriteAttributes", "PreventUserExistenceErrors", "EnableTokenRevocation",
	"RefreshTokenRotation", "TokenValidityUnits", "AccessTokenValidity", "IdTokenValidity", "RefreshTokenValidity",
}

// readUserPool reads the user pool and its clients, when the functions have been read.
func (l *loader) readUserPool(t *Template) {
	for _, id := range l.order {
		switch properties := l.properties(id); l.kind(id) {
		case kindUserPool:
			if t.UserPool.LogicalID != "" {
				l.fail(l.resources[id], "a second user pool; the local stack has one")
			}
			t.UserPool.LogicalID, t.UserPool.ID, t.UserPool.Issuer = id, userPoolID(id), l.userPoolIssuer(id)
			t.UserPool.TokenTrigger = l.tokenTrigger(t, properties)
		case kindUserPoolClient:
			t.UserPool.Clients = append(t.UserPool.Clients, l.readClient(id, properties))
		}
	}
}

func (l *loader) tokenTrigger(t *Template, properties *yaml.Node) string {
	l.known(properties, append(userPoolIgnored, "LambdaConfig")...)
	triggers := l.get(properties, "LambdaConfig")
	l.knownIn(triggers, "PreTokenGenerationConfig")
	trigger := l.of(triggers, "PreTokenGenerationConfig")
	if trigger.shape == absent {
		return ""
	}
	l.knownIn(trigger, "LambdaArn", "LambdaVersion")
	if version := l.of(trigger, "LambdaVersion"); l.string(version, "LambdaVersion") != "V2_0" {
		l.fail(version.node, "the local stack knows triggers of version V2_0 only")
	}
	called := l.of(trigger, "LambdaArn")
	for _, f := range t.Functions {
		if arn := l.string(called, "LambdaArn"); arn == l.aliasARN(f.LogicalID) || arn == FunctionARN(l.functionName(f.LogicalID)) {
			return f.Name
		}
	}
	l.fail(called.node, "%s isn't a function of this template", called.text)
	return ""
}

func (l *loader) readClient(id string, properties *yaml.Node) UserPoolClient {
	l.known(properties, append(clientIgnored, "UserPoolId", "GenerateSecret", "AllowedOAuthFlowsUserPoolClient", "AllowedOAuthFlows", "AllowedOAuthScopes",
		"CallbackURLs", "LogoutURLs")...)
	allowed := l.get(properties, "AllowedOAuthFlowsUserPoolClient")
	c := UserPoolClient{
		LogicalID: id, ID: l.clientID(id),
		Secret:       l.flag(l.get(properties, "GenerateSecret"), "GenerateSecret", false),
		Flows:        l.strings(l.get(properties, "AllowedOAuthFlows"), "AllowedOAuthFlows"),
		Scopes:       l.strings(l.get(properties, "AllowedOAuthScopes"), "AllowedOAuthScopes"),
		CallbackURLs: l.strings(l.get(properties, "CallbackURLs"), "CallbackURLs"),
		LogoutURLs:   l.strings(l.get(properties, "LogoutURLs"), "LogoutURLs"),
	}
	if !l.flag(allowed, "AllowedOAuthFlowsUserPoolClient", false) || len(c.Flows) == 0 {
		l.fail(properties, "%s may use no flow of OAuth: AllowedOAuthFlowsUserPoolClient isn't true, or AllowedOAuthFlows is empty", id)
	}
	if !slices.ContainsFunc(l.order, func(other string) bool {
		return l.kind(other) == kindUserPool && userPoolID(other) == l.string(l.get(properties, "UserPoolId"), "UserPoolId")
	}) {
		l.fail(properties, "%s is a client of no user pool of this template", id)
	}
	return c
}

func userPoolID(id string) string { return Region + "_" + id }

// clientID is a name made up from the stack's; the cloud makes up one of its own.
func (l *loader) clientID(id string) string { return l.stackName + "-" + id }

// userPoolIssuer is what Load was told, or an address like those of the cloud.
func (l *loader) userPoolIssuer(id string) string {
	if l.issuer != "" {
		return l.issuer
	}
	return "https://cognito-idp." + Region + ".amazonaws.com/" + userPoolID(id)
}
