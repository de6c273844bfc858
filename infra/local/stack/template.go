package stack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"group-invites/infra/local/issuer"
	"group-invites/infra/local/lambda"
	"group-invites/infra/local/template"
)

const (
	audience = "local"
	// webClient is the web app to the identity provider.
	webClient = "group-invites-web"
	// The host product to the identity provider.
	machineClient = "host"
	machineSecret = "host-secret"
	// keyRingID is the logical id of the secret with the key ring.
	keyRingID = "KeyRing"
	// oidcPath is where the identity provider is, below the stack's URL.
	oidcPath = "/dev/oidc"
)

// LoadTemplate resolves the template below root for a stack at this URL, on a table of that name. Overrides are parameters of the template; an empty
// OidcIssuer has it make its user pool, which the local issuer then stands for.
func LoadTemplate(root, baseURL, table string, overrides map[string]string) (*template.Template, error) {
	origin, err := localhostURL(baseURL)
	if err != nil {
		return nil, err
	}
	file := templateFile(root)
	declared, err := template.Declared(file)
	if err != nil {
		return nil, err
	}
	parameters := map[string]string{"Table": table, "UserPool": baseURL + oidcPath}
	for name, local := range map[string]string{
		"PublicBaseUrl":        baseURL,
		"AllowedOrigins":       baseURL + "," + origin,
		"OidcIssuer":           baseURL + oidcPath,
		"OidcAudience":         audience,
		"OidcClientId":         webClient,
		"OpenOrganizations":    "true",
		"ThrottlingRateLimit":  highLimit,
		"ThrottlingBurstLimit": highLimit,
		"PreviewRateLimit":     highLimit,
		"PreviewBurstLimit":    highLimit,
		"BulkRateLimit":        highLimit,
		"BulkBurstLimit":       highLimit,
		"MailFromAddress":      "invites@example.com",
		"MailIdentity":         "example.com",
	} {
		if declared[name] { // the last version's template, or a test's, has fewer
			parameters[name] = local
		}
	}
	if issuer, given := overrides["OidcIssuer"]; given && issuer == "" {
		parameters["OidcAudience"], parameters["OidcClientId"] = "", ""
	}
	maps.Copy(parameters, overrides)
	return template.Load(file, parameters)
}

func templateFile(root string) string { return filepath.Join(root, "template.yaml") }

// functions are the template's functions as the Lambda service takes them, with their AWS endpoint.
func functions(t *template.Template, binaries, awsEndpoint string) []lambda.Function {
	var out []lambda.Function
	for _, f := range t.Functions {
		environment := maps.Clone(f.Environment)
		environment["AWS_ENDPOINT_URL"] = awsEndpoint
		out = append(out, lambda.Function{
			Name: f.Name, DeployedName: t.StackName + "-" + f.Name, Binary: filepath.Join(binaries, f.Name), Environment: environment,
			Timeout: f.Timeout, MemoryMB: f.MemoryMB,
		})
	}
	return out
}

// checkBinaries makes sure that every function of the template has been built.
func checkBinaries(t *template.Template, binaries string) error {
	for _, f := range t.Functions {
		if _, err := os.Stat(filepath.Join(binaries, f.Name)); err != nil {
			return fmt.Errorf("%s in template.yaml has no binary: is there a functions/%s? (%w)", f.LogicalID, f.Name, err)
		}
	}
	return nil
}

// newIssuer makes the identity provider, for the web app by both names of its address; or, if the template makes a user pool, in its place: for
// the pool's client, by the addresses that the template lets it return to, with the pool's trigger.
func newIssuer(t *template.Template, baseURL string, folder *dataFolder, invoke func(ctx context.Context, function string, event []byte) (lambda.Result, error)) (*issuer.Issuer, error) {
	o := issuer.Options{URL: t.Authorizer.Issuer, Audience: t.Authorizer.Audiences[0], KeyFile: folder.path("issuer.pem"), Client: issuer.Client{ID: webClient}}
	byName, err := localhostURL(baseURL)
	if err != nil {
		return nil, err
	}
	for _, origin := range []string{baseURL, byName} {
		o.Client.RedirectURIs = append(o.Client.RedirectURIs, origin+"/", origin+"/i")
	}
	if len(t.Authorizer.Scopes) > 0 {
		o.Scope = t.Authorizer.Scopes[0]
	}
	if pool := t.UserPool; pool.LogicalID != "" {
		o.UserPool = issuer.UserPool{ID: pool.ID}
		if pool.TokenTrigger != "" {
			o.UserPool.Trigger = func(ctx context.Context, event []byte) ([]byte, error) {
				result, err := invoke(ctx, pool.TokenTrigger, event)
				if err == nil && result.FunctionError != "" {
					err = errors.New(result.ErrorMessage())
				}
				return result.Payload, err
			}
		}
		for _, client := range pool.Clients {
			if !client.Secret {
				o.Client = issuer.Client{ID: client.ID, RedirectURIs: client.CallbackURLs}
			}
		}
	}
	for _, r := range t.Routes { // those of machines have a scope of their own
		if len(r.Scopes) > 0 && r.Scopes[0] != o.Scope {
			o.Machine = issuer.Machine{ID: machineClient, Secret: machineSecret, Scope: r.Scopes[0]}
		}
	}
	return issuer.New(o)
}
