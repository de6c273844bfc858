package template

import (
	"time"

	"go.yaml.in/yaml/v3"
)

// Route is a route of the HTTP API and the function that serves it.
type Route struct {
	Method   string   // upper case, or ANY; empty for $default
	Path     string   // with {parameters}; empty for $default
	Function string   // Function.Name
	Open     bool     // no authorizer: anyone may call it
	Scopes   []string // at least one of which a token must have; empty where Open
}

// DefaultRoute is the key of the route that takes what no other route does.
const DefaultRoute = "$default"

// Key is the route's key as API Gateway writes it, such as "GET /v1/me" or "$default".
func (r Route) Key() string {
	if r.Path == "" {
		return DefaultRoute
	}
	return r.Method + " " + r.Path
}

// Authorizer is the JWT authorizer of the API.
type Authorizer struct {
	Name      string
	Issuer    string
	Audiences []string
	Scopes    []string
}

// CORS is what the API tells browsers about pages of other origins.
type CORS struct {
	AllowOrigins     []string
	AllowMethods     []string
	AllowHeaders     []string
	ExposeHeaders    []string
	MaxAge           time.Duration
	AllowCredentials bool
}

// Throttle is a token bucket.
type Throttle struct {
	Rate  float64 // requests a second
	Burst int     // requests at once
}

// Throttling are the limits of the routes: each route has a bucket of its own.
type Throttling struct {
	Default Throttle
	Routes  map[string]Throttle // by Route.Key, where they differ
}

const noAuthorizer = "NONE"

func (l *loader) readRoute(function string, event *yaml.Node) Route {
	p := l.field(event, "Properties")
	l.known(p, "ApiId", "Method", "Path", "Auth")
	r := Route{Function: function}
	method, path := l.get(p, "Method"), l.get(p, "Path")
	if method.shape != absent || path.shape != absent {
		r.Method, r.Path = l.string(method, "Method"), l.string(path, "Path")
		if r.Method == "*" {
			r.Method = "ANY"
		}
	}
	auth := l.get(p, "Auth")
	l.knownIn(auth, "Authorizer", "AuthorizationScopes")
	r.Scopes = l.strings(l.of(auth, "AuthorizationScopes"), "AuthorizationScopes")
	if a := l.of(auth, "Authorizer"); a.shape != absent {
		if a.text != noAuthorizer {
			l.fail(a.node, "a route has the API's default authorizer or %s", noAuthorizer)
		}
		r.Open = true
	}
	return r
}

// readAPI reads all of the API but its routes, which the functions declare. Left out: access logs (the request log of
// the local stack stands for them), what only a deployment can warn about, and the default endpoint, of which there is no other here.
func (l *loader) readAPI(t *Template, properties *yaml.Node) {
	l.known(properties, "Description", "FailOnWarnings", "AccessLogSettings", "DisableExecuteApiEndpoint", "Tags", "PropagateTags",
		"Auth", "CorsConfiguration", "DefaultRouteSettings", "RouteSettings")
	t.Authorizer = l.readAuthorizer(l.get(properties, "Auth"))
	keys := map[string]bool{}
	for i, r := range t.Routes {
		if keys[r.Key()] {
			l.fail(properties, "two functions serve %s", r.Key())
		}
		keys[r.Key()] = true
		if !r.Open && r.Scopes == nil {
			t.Routes[i].Scopes = t.Authorizer.Scopes
		}
	}

	t.CORS = l.readCORS(l.get(properties, "CorsConfiguration"))
	t.Throttling = Throttling{Routes: map[string]Throttle{}}
	t.Throttling.Default = l.readThrottle(l.get(properties, "DefaultRouteSettings"))
	for key, n := range l.fields(l.field(properties, "RouteSettings")) {
		if !keys[key] {
			l.fail(n, "settings for %s, which isn't a route", key)
		}
		t.Throttling.Routes[key] = l.readThrottle(l.resolve(n))
	}
}

func (l *loader) readAuthorizer(auth value) Authorizer {
	l.knownIn(auth, "DefaultAuthorizer", "Authorizers")
	a := Authorizer{Name: l.string(l.of(auth, "DefaultAuthorizer"), "DefaultAuthorizer")}
	authorizers := l.of(auth, "Authorizers")
	l.knownIn(authorizers, a.Name)
	settings := l.of(authorizers, a.Name)
	l.knownIn(settings, "IdentitySource", "AuthorizationScopes", "JwtConfiguration")
	if source := l.of(settings, "IdentitySource"); l.string(source, "IdentitySource") != "$request.header.Authorization" {
		l.fail(source.node, "the local stack takes tokens from $request.header.Authorization only")
	}
	jwt := l.of(settings, "JwtConfiguration")
	l.knownIn(jwt, "issuer", "audience")
	a.Issuer = l.string(l.of(jwt, "issuer"), "issuer")
	a.Audiences = l.texts(l.of(jwt, "audience"), "audience")
	a.Scopes = l.strings(l.of(settings, "AuthorizationScopes"), "AuthorizationScopes")
	return a
}

func (l *loader) readCORS(v value) CORS {
	l.knownIn(v, "AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders", "MaxAge", "AllowCredentials")
	c := CORS{
		AllowOrigins:     l.strings(l.of(v, "AllowOrigins"), "AllowOrigins"),
		AllowMethods:     l.strings(l.of(v, "AllowMethods"), "AllowMethods"),
		AllowHeaders:     l.strings(l.of(v, "AllowHeaders"), "AllowHeaders"),
		ExposeHeaders:    l.strings(l.of(v, "ExposeHeaders"), "ExposeHeaders"),
		AllowCredentials: l.of(v, "AllowCredentials").text == "true",
	}
	if age := l.of(v, "MaxAge"); age.shape != absent {
		c.MaxAge = time.Duration(l.number(age, "MaxAge")) * time.Second
	}
	return c
}

func (l *loader) readThrottle(v value) Throttle {
	l.knownIn(v, "ThrottlingRateLimit", "ThrottlingBurstLimit")
	return Throttle{
		Rate:  l.number(l.of(v, "ThrottlingRateLimit"), "ThrottlingRateLimit"),
		Burst: int(l.number(l.of(v, "ThrottlingBurstLimit"), "ThrottlingBurstLimit")),
	}
}
