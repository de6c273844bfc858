package gateway

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// cors sets the CORS headers that the configuration grants to the request's origin, and tells whether the request is a
// preflight, which ends here: no function sees it.
func (g *Gateway) cors(h http.Header, r *http.Request) (preflight bool) {
	c := g.options.Template.CORS
	origin := r.Header.Get("Origin")
	if len(c.AllowOrigins) == 0 || origin == "" {
		return false
	}
	preflight = r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	switch {
	case slices.Contains(c.AllowOrigins, "*"):
		h.Set("Access-Control-Allow-Origin", "*")
	case slices.ContainsFunc(c.AllowOrigins, func(o string) bool { return strings.EqualFold(o, origin) }):
		h.Set("Access-Control-Allow-Origin", origin)
	default:
		return preflight
	}
	if c.AllowCredentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if !preflight {
		setList(h, "Access-Control-Expose-Headers", c.ExposeHeaders)
		return false
	}
	setList(h, "Access-Control-Allow-Methods", c.AllowMethods)
	setList(h, "Access-Control-Allow-Headers", c.AllowHeaders)
	if c.MaxAge > 0 {
		h.Set("Access-Control-Max-Age", strconv.Itoa(int(c.MaxAge.Seconds())))
	}
	return true
}

func setList(h http.Header, name string, list []string) {
	if len(list) > 0 {
		h.Set(name, strings.Join(list, ","))
	}
}
