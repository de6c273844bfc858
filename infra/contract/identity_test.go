package contract

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"group-invites/shared/httpapi"
)

// TestUserPool_PeopleAreTheirProvedAddress, in any letter case; nobody learns whose addresses there are, and no address counts, or gives an account back, that isn't
// proved.
func TestUserPool_PeopleAreTheirProvedAddress(t *testing.T) {
	pool := resources(t, "AWS::Cognito::UserPool")["UserPool"].properties
	for path, want := range map[string][]string{
		"UsernameAttributes":          {"email"},
		"UsernameConfiguration":       {"false"}, // CaseSensitive
		"AutoVerifiedAttributes":      {"email"},
		"UserAttributeUpdateSettings": {"email"},
		"MfaConfiguration":            {"OPTIONAL"}, // ON rules passkeys out
		"EnabledMfas":                 {"SOFTWARE_TOKEN_MFA"},
		"DeletionProtection":          {"IsProd", "ACTIVE", "INACTIVE"},
		"UserPoolTier":                {"ESSENTIALS"},
	} {
		if got := texts(pool[path]); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if got := texts(pool["AccountRecoverySetting"]); !slices.Contains(got, "verified_email") || len(got) != 2 { // and its priority
		t.Errorf("accounts are given back by %q", got)
	}
	for _, attribute := range pool["Schema"].([]any) {
		a := attribute.(map[string]any)
		if !slices.Contains([]string{"email", "name"}, a["Name"].(string)) || a["Required"] != "true" || a["Mutable"] != "true" {
			t.Errorf("attribute %v", a)
		}
	}
	for id, client := range resources(t, "AWS::Cognito::UserPoolClient") {
		if client.properties["PreventUserExistenceErrors"] != "ENABLED" || client.properties["EnableTokenRevocation"] != "true" {
			t.Errorf("%s is %v", id, client.properties)
		}
		if slices.ContainsFunc(texts(client.properties["ExplicitAuthFlows"]), func(flow string) bool { return strings.Contains(flow, "PASSWORD") || strings.Contains(flow, "CUSTOM") }) {
			t.Errorf("%s takes passwords past the pages", id)
		}
		if scopes := texts(client.properties["AllowedOAuthScopes"]); slices.Contains(scopes, "aws.cognito.signin.user.admin") {
			t.Errorf("a token of %s may change the account", id)
		}
	}
}

// TestUserPool_OutlivesTheStack, since people's ids come from it.
func TestUserPool_OutlivesTheStack(t *testing.T) {
	pool := document(t)["Resources"].(map[string]any)["UserPool"].(map[string]any)
	if pool["DeletionPolicy"] != "Retain" || pool["UpdateReplacePolicy"] != "Retain" {
		t.Errorf("the pool goes with the stack: %v, %v", pool["DeletionPolicy"], pool["UpdateReplacePolicy"])
	}
}

// TestUserPool_AsksAFunctionThatMayNothing, and which it alone may ask, by the alias that deployments move. The event's version is the one that has access tokens.
func TestUserPool_AsksAFunctionThatMayNothing(t *testing.T) {
	trigger := resources(t, "AWS::Cognito::UserPool")["UserPool"].properties["LambdaConfig"].(map[string]any)["PreTokenGenerationConfig"].(map[string]any)
	if trigger["LambdaVersion"] != "V2_0" || !slices.Equal(refs(trigger["LambdaArn"]), []string{"TokenClaims.Alias"}) {
		t.Errorf("the pool asks by %v", trigger)
	}
	permissions := resources(t, "AWS::Lambda::Permission")
	p := permissions["TokenClaimsPermission"].properties
	if len(permissions) != 1 || p["Principal"] != "cognito-idp.amazonaws.com" || !slices.Equal(refs(p["SourceArn"]), []string{"UserPool.Arn"}) ||
		!slices.Equal(refs(p["FunctionName"]), []string{"TokenClaims.Alias"}) {
		t.Errorf("permissions %v", permissions)
	}
	function := resources(t, "AWS::Serverless::Function")["TokenClaims"].properties
	if function["Policies"] != nil || function["Environment"] != nil || function["Events"] != nil || function["Timeout"] != "5" {
		t.Errorf("token-claims is %v", function)
	}
}

// TestUserPool_HasTheScopesThatClientsAskFor, and the API's routes need.
func TestUserPool_HasTheScopesThatClientsAskFor(t *testing.T) {
	server := resources(t, "AWS::Cognito::UserPoolResourceServer")["ResourceServer"].properties
	made := []string{"openid", "profile", "email"}
	for _, scope := range server["Scopes"].([]any) {
		made = append(made, server["Identifier"].(string)+"/"+scope.(map[string]any)["ScopeName"].(string))
	}
	for id, client := range resources(t, "AWS::Cognito::UserPoolClient") {
		for _, scope := range texts(client.properties["AllowedOAuthScopes"]) {
			if !slices.Contains(made, scope) {
				t.Errorf("%s asks for %s, which there isn't", id, scope)
			}
		}
		all := document(t)["Resources"].(map[string]any)
		if all[id].(map[string]any)["DependsOn"] != "ResourceServer" {
			t.Errorf("%s may be made before the scopes that it names", id)
		}
	}
	for _, r := range load(t).Routes {
		for _, scope := range r.Scopes {
			if !slices.Contains(made, scope) {
				t.Errorf("%s needs %s, which nobody can ask for", r.Key(), scope)
			}
		}
	}
}

// TestDomain_IsTheOnlyAddress where there is one, and speaks TLS 1.2 at least.
func TestDomain_IsTheOnlyAddress(t *testing.T) {
	api := resources(t, "AWS::Serverless::HttpApi")["HttpApi"].properties
	if got := texts(api["DisableExecuteApiEndpoint"]); !slices.Equal(got, []string{"HasDomain", "true", "false"}) {
		t.Errorf("the address of API Gateway is off by %q", got)
	}
	domain := resources(t, "AWS::ApiGatewayV2::DomainName")["ApiDomain"].properties["DomainNameConfigurations"].([]any)[0].(map[string]any)
	if domain["SecurityPolicy"] != "TLS_1_2" || domain["EndpointType"] != "REGIONAL" {
		t.Errorf("the domain is %v", domain)
	}
	// What smoke tests is what people use.
	outputs := document(t)["Outputs"].(map[string]any)
	if got := texts(outputs["ApiUrl"].(map[string]any)["Value"]); !slices.Equal(got[:2], []string{"HasDomain", "https://${DomainName}"}) {
		t.Errorf("ApiUrl is %q", got)
	}
}

// TestDomain_PatternsOfParameters: what a parameter takes, and what it doesn't.
func TestDomain_PatternsOfParameters(t *testing.T) {
	parameters := document(t)["Parameters"].(map[string]any)
	for name, values := range map[string]struct{ good, bad []string }{
		"PublicBaseUrl":     {[]string{"", "https://a.example.com", "https://a.example.com:8443"}, []string{"http://a.example.com", "https://a.example.com/", "https://A.example.com", "a.example.com"}},
		"DomainName":        {[]string{"", "a.example.com", "example.com", "a-b.example.com"}, []string{"https://a.example.com", "example", "A.example.com", "a.example.com.", ".example.com", "a b.example.com"}},
		"MailDomain":        {[]string{"", "example.com", "mail.example.com"}, []string{"a@example.com", "example", "Example.com"}},
		"HostedZoneId":      {[]string{"", "Z0123456789ABC"}, []string{"/hostedzone/Z0123", "z0123", "example.com"}},
		"LoginDomainPrefix": {[]string{"", "chat", "my-chat2"}, []string{"Chat", "-chat", "chat-", "chat.auth", strings.Repeat("a", 64)}},
		"OidcIssuer":        {[]string{"", "https://login.example.com", "https://login.example.com/realm"}, []string{"http://login.example.com", "https://login.example.com/"}},
		"OidcAudience":      {[]string{"", "api", "api,second", "https://api.example.com"}, []string{"api, second", ",api", "api,", "a b"}},
		"OidcClientId":      {[]string{"", "web", "1example"}, []string{"a b", "ä"}},
	} {
		pattern := regexp.MustCompile(parameters[name].(map[string]any)["AllowedPattern"].(string))
		whole := func(value string) bool { return slices.Contains(pattern.FindAllString(value, -1), value) }
		for _, value := range values.good {
			if !whole(value) {
				t.Errorf("%s doesn't take %q", name, value)
			}
		}
		for _, value := range values.bad {
			if whole(value) {
				t.Errorf("%s takes %q", name, value)
			}
		}
	}
}

// TestMailDomain_IsAttested: mails are signed, and its MAIL FROM domain is below it, so that SPF is of the domain of the address.
func TestMailDomain_IsAttested(t *testing.T) {
	identity := resources(t, "AWS::SES::EmailIdentity")["MailDomainIdentity"].properties
	from := identity["MailFromAttributes"].(map[string]any)
	if !slices.Equal(texts(from["MailFromDomain"]), []string{"bounce.${MailDomain}"}) || from["BehaviorOnMxFailure"] != "USE_DEFAULT_VALUE" {
		t.Errorf("MAIL FROM %v", from)
	}
	if !slices.Equal(texts(identity["DkimAttributes"]), []string{"true"}) || !slices.Equal(texts(identity["DkimSigningAttributes"]), []string{"RSA_2048_BIT"}) {
		t.Errorf("DKIM %v", identity)
	}
	records := map[string]int{}
	for _, r := range resources(t, "AWS::Route53::RecordSetGroup")["MailDomainRecords"].properties["RecordSets"].([]any) {
		records[r.(map[string]any)["Type"].(string)]++
	}
	if records["CNAME"] != 3 || records["MX"] != 1 || records["TXT"] != 1 {
		t.Errorf("records %v", records)
	}
}

// TestWebClient_ComesBackToPagesThatThereAre.
func TestWebClient_ComesBackToPagesThatThereAre(t *testing.T) {
	client := load(t).UserPool.Clients[0]
	for _, address := range slices.Concat(client.CallbackURLs, client.LogoutURLs) {
		path := strings.TrimPrefix(address, "https://chat.example.com")
		if !slices.ContainsFunc(httpapi.Pages, func(p httpapi.Route) bool { return p.Method == "GET" && p.Path == path }) {
			t.Errorf("%s shows %s, which is no page", client.ID, path)
		}
	}
}
