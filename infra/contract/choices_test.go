package contract

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/template"
)

// choice is one of the things that who deploys decides, with what he may decide for.
type choice struct {
	of      string
	between map[string]map[string]string // parameters by a word for the decision
}

var choices = []choice{
	{"sign-in", map[string]map[string]string{
		"pool":              {},
		"pool, named":       {"LoginDomainPrefix": "chat", "SignUpMail": "ses"},
		"pool and program":  {"MachineClient": "true"},
		"issuer":            {"OidcIssuer": "https://login.example.com", "OidcAudience": "api,second", "OidcClientId": "web"},
		"issuer, elsewhere": {"OidcIssuer": "https://login.example.com", "OidcAudience": "api", "OidcClientId": "web", "OidcTokenOrigin": "https://tokens.example.com"},
	}},
	{"origin", map[string]map[string]string{
		"domain": {"DomainName": "invites.example.com"},
		"own":    {"PublicBaseUrl": "https://chat.example.com"},
	}},
	{"mail", map[string]map[string]string{
		"domain":      {"MailDomain": "mail.example.com"},
		"identity":    {"MailIdentity": "example.com"},
		"its address": {},
	}},
	{"records", map[string]map[string]string{
		"zone":    {"HostedZoneId": "Z0123456789ABC"},
		"by hand": {},
	}},
	{"stage", map[string]map[string]string{
		"dev":  {},
		"prod": {"Stage": "prod", "AlarmTopicArn": "arn:aws:sns:eu-west-1:000000000000:alarms"},
	}},
}

// everyChoice calls do with every combination of decisions that the rules allow, as a subtest. chosen has the word of each decision.
func everyChoice(t *testing.T, do func(t *testing.T, chosen map[string]string, parameters map[string]string)) {
	combinations := []map[string]string{{}}
	for _, c := range choices {
		var more []map[string]string
		for _, sofar := range combinations {
			for word := range c.between {
				next := maps.Clone(sofar)
				next[c.of] = word
				more = append(more, next)
			}
		}
		combinations = more
	}
	if len(combinations) != 5*2*3*2*2 {
		t.Fatalf("%d combinations", len(combinations))
	}
	for _, chosen := range combinations {
		if chosen["records"] == "zone" && chosen["origin"] != "domain" && chosen["mail"] != "domain" {
			continue // ZoneIsForRecords forbids it
		}
		parameters := map[string]string{"MailFromAddress": "invites@mail.example.com"}
		var words []string
		for _, c := range choices {
			words = append(words, chosen[c.of])
			maps.Copy(parameters, c.between[chosen[c.of]])
		}
		t.Run(strings.Join(words, "/"), func(t *testing.T) { do(t, chosen, parameters) })
	}
}

// TestChoices_EachMakesAStackThatHoldsTogether: whatever is chosen, no resource and no output refers to one that isn't made then (the loader sees
// to that), and API, web app, mailer and user pool say the same of where links lead, who signs people in and whose mails they are.
func TestChoices_EachMakesAStackThatHoldsTogether(t *testing.T) {
	everyChoice(t, func(t *testing.T, chosen, parameters map[string]string) {
		described, err := template.Load(filepath.Join(root(t), "template.yaml"), parameters)
		if err != nil {
			t.Fatal(err)
		}
		functions := map[string]template.Function{}
		for _, f := range described.Functions {
			functions[f.Name] = f
		}

		origin := map[string]string{"domain": "https://invites.example.com", "own": "https://chat.example.com"}[chosen["origin"]]
		for _, name := range []string{"create-invite", "list-invites", "mailer"} {
			if got := functions[name].Environment["PUBLIC_BASE_URL"]; got != origin {
				t.Errorf("links of %s begin with %s, want %s", name, got, origin)
			}
		}
		if !slices.Equal(described.CORS.AllowOrigins, []string{origin}) {
			t.Errorf("pages of %v may call the API, want those of %s", described.CORS.AllowOrigins, origin)
		}

		web, authorizer, pool := functions["web"].Environment, described.Authorizer, described.UserPool
		if web["OIDC_ISSUER"] != authorizer.Issuer || web["OIDC_AUDIENCE"] != authorizer.Audiences[0] {
			t.Errorf("the web app goes to %s for %s, the API takes tokens of %+v", web["OIDC_ISSUER"], web["OIDC_AUDIENCE"], authorizer)
		}
		if strings.HasPrefix(chosen["sign-in"], "pool") {
			client := pool.Clients[0]
			if authorizer.Issuer != pool.Issuer || !slices.Equal(authorizer.Audiences, ids(pool.Clients)) || web["OIDC_CLIENT_ID"] != client.ID {
				t.Errorf("the API takes tokens of %+v, the web app is %s, the pool has %+v", authorizer, web["OIDC_CLIENT_ID"], pool)
			}
			if !slices.Equal(client.CallbackURLs, []string{origin + "/", origin + "/i"}) || !slices.Equal(client.LogoutURLs, []string{origin + "/"}) {
				t.Errorf("people come back to %v and %v, want %s", client.CallbackURLs, client.LogoutURLs, origin)
			}
			if client.Secret || !slices.Equal(client.Flows, []string{"code"}) || !slices.Contains(client.Scopes, authorizer.Scopes[0]) ||
				web["OIDC_SCOPES"] != strings.Join(client.Scopes, " ") {
				t.Errorf("the web app asks for %s as %+v, the API for %v", web["OIDC_SCOPES"], client, authorizer.Scopes)
			}
			prefix := "local-group-invites-000000000000"
			if chosen["sign-in"] == "pool, named" {
				prefix = "chat"
			}
			if want := "https://" + prefix + ".auth.local.amazoncognito.com"; web["OIDC_TOKEN_ORIGIN"] != want {
				t.Errorf("the web app gets tokens from %s, want %s", web["OIDC_TOKEN_ORIGIN"], want)
			}
			if pool.TokenTrigger != "token-claims" {
				t.Errorf("the pool asks %q", pool.TokenTrigger)
			}
			program := len(pool.Clients) == 2 && pool.Clients[1].Secret && slices.Equal(pool.Clients[1].Flows, []string{"client_credentials"}) &&
				slices.Equal(pool.Clients[1].Scopes, []string{"group-invites/directory"})
			if program != (chosen["sign-in"] == "pool and program") || !program && len(pool.Clients) != 1 {
				t.Errorf("clients %+v", pool.Clients)
			}
		} else {
			if pool.LogicalID != "" || functions["token-claims"].Name != "" {
				t.Errorf("a user pool %+v, beside another issuer", pool)
			}
			tokens := map[string]string{"issuer": "https://login.example.com", "issuer, elsewhere": "https://tokens.example.com"}[chosen["sign-in"]]
			if authorizer.Issuer != "https://login.example.com" || web["OIDC_CLIENT_ID"] != "web" || web["OIDC_TOKEN_ORIGIN"] != tokens {
				t.Errorf("tokens of %+v, web app %v", authorizer, web)
			}
		}

		identity := map[string]string{"domain": "mail.example.com", "identity": "example.com", "its address": "mail.example.com"}[chosen["mail"]]
		at := slices.IndexFunc(functions["mailer"].Policies, func(s template.Statement) bool { return s.Sid == "SendMail" })
		if got := functions["mailer"].Policies[at].Resources[0]; !strings.HasSuffix(got, ":identity/"+identity) {
			t.Errorf("the mailer sends by %s, want %s", got, identity)
		}
	})
}

func ids(clients []template.UserPoolClient) (out []string) {
	for _, c := range clients {
		out = append(out, c.ID)
	}
	return out
}

// TestChoices_ThatContradictAreRefused before anything is made.
func TestChoices_ThatContradictAreRefused(t *testing.T) {
	const issuer = " OidcIssuer=https://login.example.com OidcAudience=api OidcClientId=web"
	for given, want := range map[string]string{
		"PublicBaseUrl=https://chat.example.com": "",
		"DomainName=invites.example.com":         "",
		"":                                       "LinksHaveOneOrigin",
		"PublicBaseUrl=https://chat.example.com DomainName=invites.example.com":     "LinksHaveOneOrigin",
		"PublicBaseUrl=https://chat.example.com HostedZoneId=Z1":                    "ZoneIsForRecords",
		"PublicBaseUrl=https://chat.example.com HostedZoneId=Z1 MailDomain=a.com":   "",
		"DomainName=a.com" + issuer:                                                 "",
		"DomainName=a.com OidcIssuer=https://login.example.com OidcAudience=api":    "OwnIssuerIsWhole",
		"DomainName=a.com OidcIssuer=https://login.example.com OidcClientId=web":    "OwnIssuerIsWhole",
		"DomainName=a.com LoginDomainPrefix=chat" + issuer:                          "OwnIssuerIsWhole",
		"DomainName=a.com SignUpMail=ses" + issuer:                                  "OwnIssuerIsWhole",
		"DomainName=a.com MachineClient=true" + issuer:                              "OwnIssuerIsWhole",
		"DomainName=a.com OidcAudience=api":                                         "PoolSpeaksForItself",
		"DomainName=a.com OidcClientId=web":                                         "PoolSpeaksForItself",
		"DomainName=a.com OidcTokenOrigin=https://tokens.example.com":               "PoolSpeaksForItself",
		"DomainName=a.com RequiredScope=things/use":                                 "PoolSpeaksForItself",
		"DomainName=a.com RequiredScope=things/use" + issuer:                        "",
		"DomainName=a.com MailDomain=a.com MailIdentity=a.com":                      "MailHasOneIdentity",
		"DomainName=a.com MailIdentity=a.com":                                       "",
		"DomainName=a.com LoginDomainPrefix=chat SignUpMail=ses MachineClient=true": "",
	} {
		parameters := map[string]string{"MailFromAddress": "invites@example.com"}
		for _, pair := range strings.Fields(given) {
			name, value, _ := strings.Cut(pair, "=")
			parameters[name] = value
		}
		_, err := template.Load(filepath.Join(root(t), "template.yaml"), parameters)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), "rule "+want+": ")) {
			t.Errorf("%s: %v, want %q", given, err, want)
		}
	}
}

// TestChoices_WhatIsConditionalIsSoAsAWhole: what a condition is for goes with it. A function under one brings its log group, its permission and
// its deployments along; every record is made by the stack or told in an output.
func TestChoices_WhatIsConditionalIsSoAsAWhole(t *testing.T) {
	described := document(t)
	all := described["Resources"].(map[string]any)
	condition := func(id string) string {
		c, _ := all[id].(map[string]any)["Condition"].(string)
		return c
	}
	for id, f := range resources(t, "AWS::Serverless::Function") {
		if got := condition(id + "LogGroup"); got != f.condition {
			t.Errorf("%s is under %q, its log group under %q", id, f.condition, got)
		}
	}
	preference := described["Globals"].(map[string]any)["Function"].(map[string]any)["DeploymentPreference"].(map[string]any)
	if preference["PassthroughCondition"] != "true" {
		t.Error("a function that isn't there has deployments nevertheless: DeploymentPreference lacks PassthroughCondition")
	}

	outputs := described["Outputs"].(map[string]any)
	told := map[string]string{} // by condition
	for _, o := range outputs {
		o := o.(map[string]any)
		if c, _ := o["Condition"].(string); strings.HasSuffix(c, "ByHand") {
			told[c] += fmt.Sprintln(texts(o["Value"]))
		}
	}
	for group, byHand := range map[string]string{"ApiDomainRecords": "HasDomainByHand", "MailDomainRecords": "HasMailDomainByHand"} {
		for _, record := range resources(t, "AWS::Route53::RecordSetGroup")[group].properties["RecordSets"].([]any) {
			for _, content := range refs(record) {
				if !strings.Contains(told[byHand], content) && content != "ApiDomain.RegionalHostedZoneId" { // for aliases of Route 53 alone
					t.Errorf("no output tells %s, which a record of %s is made of", content, group)
				}
			}
		}
	}
}
