package gateway

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"group-invites/infra/local/template"

	"golang.org/x/time/rate"
)

// route is a route with its path taken apart and its token bucket.
type route struct {
	template.Route
	segments []segment
	bucket   *rate.Limiter
}

// segment is one part of a route's path, between slashes.
type segment struct {
	kind int
	text string // the literal, or the parameter's name
}

// Kinds of segments, the more specific first.
const (
	literal   = iota
	parameter // {name}: one segment
	greedy    // {name+}: this segment and all after it
)

// newRoutes returns the template's routes, the most specific first: at the first segment where two routes differ, a
// literal goes before a parameter and that before a greedy one. A route for one method goes before one for ANY of the
// same path, and $default comes last.
func newRoutes(t *template.Template) []route {
	var routes []route
	for _, r := range t.Routes {
		throttle, ok := t.Throttling.Routes[r.Key()]
		if !ok {
			throttle = t.Throttling.Default
		}
		routes = append(routes, route{
			Route:    r,
			segments: takeApart(r.Path),
			bucket:   rate.NewLimiter(rate.Limit(throttle.Rate), throttle.Burst),
		})
	}
	slices.SortStableFunc(routes, func(a, b route) int {
		if d := isDefault(a) - isDefault(b); d != 0 {
			return d
		}
		for i := range min(len(a.segments), len(b.segments)) {
			if d := a.segments[i].kind - b.segments[i].kind; d != 0 {
				return d
			}
		}
		return isAny(a) - isAny(b)
	})
	return routes
}

func isDefault(r route) int { return number(r.Path == "") }

func isAny(r route) int { return number(r.Method == "ANY") }

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func takeApart(path string) []segment {
	if path == "" {
		return nil
	}
	var segments []segment
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		s := segment{literal, part}
		if strings.HasPrefix(part, "{") && strings.HasSuffix(part, "}") {
			s = segment{parameter, part[1 : len(part)-1]}
			if name, ok := strings.CutSuffix(s.text, "+"); ok {
				s = segment{greedy, name}
			}
		}
		segments = append(segments, s)
	}
	return segments
}

// match finds the route of a request and its path parameters. A slash at the end makes a different path.
func match(routes []route, r *http.Request) (*route, map[string]string) {
	parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	for i := range routes {
		candidate := &routes[i]
		if candidate.Path == "" {
			return candidate, nil
		}
		if candidate.Method != "ANY" && candidate.Method != r.Method {
			continue
		}
		if parameters, ok := candidate.match(parts); ok {
			return candidate, parameters
		}
	}
	return nil, nil
}

// match holds the route's path against the escaped segments of a request's.
func (r *route) match(parts []string) (map[string]string, bool) {
	var parameters map[string]string
	set := func(name, value string) {
		if parameters == nil {
			parameters = map[string]string{}
		}
		parameters[name] = value
	}
	for i, s := range r.segments {
		if i >= len(parts) {
			return nil, false
		}
		switch s.kind {
		case greedy:
			set(s.text, unescape(strings.Join(parts[i:], "/")))
			return parameters, true
		case parameter:
			if parts[i] == "" {
				return nil, false
			}
			set(s.text, unescape(parts[i]))
		default:
			if unescape(parts[i]) != s.text {
				return nil, false
			}
		}
	}
	return parameters, len(parts) == len(r.segments)
}

func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}
