package httpapi

import (
	"net/http"
	"slices"
	"strings"
)

// Route is one method of one path.
type Route struct {
	Method   string
	Path     string // with {parameters} that stand for one segment each
	Function string // name of the function that serves it
	Open     bool   // works without signing in
	Machine  bool   // is for machine clients, by a scope of their own, and not for people
}

// String gives the route as API Gateway names it: its route key.
func (r Route) String() string { return r.Method + " " + r.Path }

// Routes is the API: every route of template.yaml but $default, which serves [Pages] and answers what is not there either.
var Routes = []Route{
	{Method: "POST", Path: "/v1/groups/{groupId}/invites", Function: "create-invite"},
	{Method: "GET", Path: "/v1/groups/{groupId}/invites", Function: "list-invites"},
	{Method: "GET", Path: "/v1/groups/{groupId}/invites/{inviteId}", Function: "list-invites"},
	{Method: "DELETE", Path: "/v1/groups/{groupId}/invites/{inviteId}", Function: "delete-invite"},
	{Method: "GET", Path: "/v1/groups/{groupId}/invites/{inviteId}/joins", Function: "list-invites"},
	{Method: "GET", Path: "/v1/groups/{groupId}/invites/{inviteId}/emails", Function: "list-invites"},
	{Method: "POST", Path: "/v1/groups/{groupId}/invites/{inviteId}/emails", Function: "send-invite"},
	{Method: "POST", Path: "/v1/groups/{groupId}/invites/{inviteId}/emails/{emailId}/resend", Function: "send-invite"},
	{Method: "POST", Path: "/v1/invites/preview", Function: "preview-invite", Open: true},
	{Method: "POST", Path: "/v1/invites/redeem", Function: "redeem-invite"},

	{Method: "POST", Path: "/v1/invites/access-requests", Function: "access-requests"},
	{Method: "GET", Path: "/v1/groups/{groupId}/access-requests", Function: "access-requests"},
	{Method: "POST", Path: "/v1/groups/{groupId}/access-requests/{userId}/approve", Function: "access-requests"},
	{Method: "POST", Path: "/v1/groups/{groupId}/access-requests/{userId}/decline", Function: "access-requests"},

	{Method: "GET", Path: "/v1/unsubscribe/{token}", Function: "unsubscribe", Open: true},
	{Method: "POST", Path: "/v1/unsubscribe/{token}", Function: "unsubscribe", Open: true},
	{Method: "POST", Path: "/v1/unsubscribe/{token}/undo", Function: "unsubscribe", Open: true},
	{Method: "GET", Path: "/v1/resubscribe/{token}", Function: "unsubscribe", Open: true},
	{Method: "POST", Path: "/v1/resubscribe/{token}", Function: "unsubscribe", Open: true},

	{Method: "GET", Path: "/v1/me", Function: "directory"},
	{Method: "POST", Path: "/v1/orgs", Function: "directory"},
	{Method: "GET", Path: "/v1/orgs/{orgId}", Function: "directory"},
	{Method: "PATCH", Path: "/v1/orgs/{orgId}", Function: "directory"},
	{Method: "DELETE", Path: "/v1/orgs/{orgId}", Function: "directory"},
	{Method: "GET", Path: "/v1/orgs/{orgId}/audit", Function: "directory"},
	{Method: "GET", Path: "/v1/orgs/{orgId}/members", Function: "directory"},
	{Method: "PUT", Path: "/v1/orgs/{orgId}/members/{userId}", Function: "directory"},
	{Method: "PATCH", Path: "/v1/orgs/{orgId}/members/{userId}", Function: "directory"},
	{Method: "DELETE", Path: "/v1/orgs/{orgId}/members/{userId}", Function: "directory"},
	{Method: "GET", Path: "/v1/orgs/{orgId}/groups", Function: "directory"},
	{Method: "POST", Path: "/v1/orgs/{orgId}/groups", Function: "directory"},
	{Method: "GET", Path: "/v1/groups/{groupId}", Function: "directory"},
	{Method: "PATCH", Path: "/v1/groups/{groupId}", Function: "directory"},
	{Method: "DELETE", Path: "/v1/groups/{groupId}", Function: "directory"},
	{Method: "GET", Path: "/v1/groups/{groupId}/members", Function: "directory"},
	{Method: "PUT", Path: "/v1/groups/{groupId}/members/{userId}", Function: "directory"},
	{Method: "DELETE", Path: "/v1/groups/{groupId}/members/{userId}", Function: "directory"},

	{Method: "POST", Path: "/v1/directory/bulk", Function: "directory-sync", Machine: true},
	{Method: "GET", Path: "/v1/directory/orgs/{org}", Function: "directory-sync", Machine: true},
	{Method: "PUT", Path: "/v1/directory/orgs/{org}", Function: "directory-sync", Machine: true},
	{Method: "DELETE", Path: "/v1/directory/orgs/{org}", Function: "directory-sync", Machine: true},
	{Method: "GET", Path: "/v1/directory/orgs/{org}/members", Function: "directory-sync", Machine: true},
	{Method: "GET", Path: "/v1/directory/orgs/{org}/members/{member}", Function: "directory-sync", Machine: true},
	{Method: "PUT", Path: "/v1/directory/orgs/{org}/members/{member}", Function: "directory-sync", Machine: true},
	{Method: "DELETE", Path: "/v1/directory/orgs/{org}/members/{member}", Function: "directory-sync", Machine: true},
	{Method: "GET", Path: "/v1/directory/orgs/{org}/groups", Function: "directory-sync", Machine: true},
	{Method: "GET", Path: "/v1/directory/orgs/{org}/groups/{group}", Function: "directory-sync", Machine: true},
	{Method: "PUT", Path: "/v1/directory/orgs/{org}/groups/{group}", Function: "directory-sync", Machine: true},
	{Method: "DELETE", Path: "/v1/directory/orgs/{org}/groups/{group}", Function: "directory-sync", Machine: true},
	{Method: "GET", Path: "/v1/directory/orgs/{org}/groups/{group}/members", Function: "directory-sync", Machine: true},
	{Method: "GET", Path: "/v1/directory/orgs/{org}/groups/{group}/members/{member}", Function: "directory-sync", Machine: true},
	{Method: "PUT", Path: "/v1/directory/orgs/{org}/groups/{group}/members/{member}", Function: "directory-sync", Machine: true},
	{Method: "DELETE", Path: "/v1/directory/orgs/{org}/groups/{group}/members/{member}", Function: "directory-sync", Machine: true},
}

// Pages is what people see with a browser, open, for GET and HEAD: the page behind a link, the screens of the web app, and the documentation
// of the API. They have no routes of their own in template.yaml, but come by $default.
var Pages = pages("web",
	"/i", "/", "/orgs/{orgId}", "/orgs/{orgId}/members", "/orgs/{orgId}/settings", "/orgs/{orgId}/audit",
	"/groups/{groupId}", "/groups/{groupId}/invites", "/groups/{groupId}/invites/{inviteId}", "/groups/{groupId}/requests",
	"/assets/{file}", "/config.json",
	"/docs", "/docs/", "/docs/{file}", "/openapi.json", "/openapi.yaml",
)

// served is all that any function serves.
var served = slices.Concat(Routes, Pages)

func pages(function string, paths ...string) (routes []Route) {
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			routes = append(routes, Route{Method: method, Path: path, Function: function, Open: true})
		}
	}
	return routes
}

// find gives the route that a request is for, with its path's parameters set in the request. Without one, allow lists the methods
// that the path has; none if there is no such path. http.ServeMux isn't used, because it answers some paths by itself.
func find(r *http.Request) (route Route, allow []string) {
	segments := strings.Split(r.URL.Path, "/")
	for _, candidate := range served {
		parts := strings.Split(candidate.Path, "/")
		if !matches(parts, segments) {
			continue
		}
		if candidate.Method != r.Method {
			allow = append(allow, candidate.Method)
			continue
		}
		for i, p := range parts {
			if name, ok := parameter(p); ok {
				r.SetPathValue(name, segments[i])
			}
		}
		return candidate, nil
	}
	slices.Sort(allow)
	return Route{}, allow
}

func matches(parts, segments []string) bool {
	return slices.EqualFunc(parts, segments, func(part, segment string) bool {
		_, any := parameter(part)
		return part == segment || any && segment != ""
	})
}

// parameter gives the name of a path's {parameter}.
func parameter(part string) (string, bool) {
	if strings.HasPrefix(part, "{") && strings.HasSuffix(part, "}") {
		return part[1 : len(part)-1], true
	}
	return "", false
}
