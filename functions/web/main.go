// Command web serves the web app and the documentation of the API, and answers every request that no other route takes.
package main

import (
	"log/slog"
	"os"

	"group-invites/shared/config"
	"group-invites/shared/httpapi"
)

func main() {
	env := config.FromProcess()
	s := settings{
		Issuer:            env.URL("OIDC_ISSUER"),
		TokenOrigin:       env.URL("OIDC_TOKEN_ORIGIN"),
		ClientID:          env.Text("OIDC_CLIENT_ID"),
		Audience:          env.Text("OIDC_AUDIENCE"),
		Scopes:            env.Text("OIDC_SCOPES"),
		ContinueURL:       env.Text("CONTINUE_URL"),
		Product:           env.Text("PRODUCT_NAME"),
		OpenOrganizations: env.Bool("OPEN_ORGANIZATIONS"),
	}
	if err := env.Err(); err != nil {
		slog.Error("function does not start", "cause", err.Error())
		os.Exit(1)
	}
	httpapi.Start(handler(s))
}
