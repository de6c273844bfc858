package main

import (
	"context"
	"maps"
	"net/http"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
)

// handler serves what [httpapi.Pages] lists.
func handler(s settings) http.Handler {
	files := documentation()
	maps.Copy(files, app(s))
	serve := func(_ context.Context, r *httpapi.Request) (httpapi.Reply, error) {
		if f, ok := files[r.URL.Path]; ok {
			return f.reply(r), nil
		}
		// The screens of the app have paths with ids in them, which it reads itself.
		if f, ok := files[r.Route.Path]; ok {
			return f.reply(r), nil
		}
		return httpapi.Reply{}, directory.ErrNotFound
	}
	handlers := map[string]httpapi.Handler{}
	for _, page := range httpapi.Pages {
		handlers[page.String()] = serve
	}
	handlers["GET /docs/"], handlers["HEAD /docs/"] = toDocs, toDocs
	return httpapi.New("web", handlers)
}

// toDocs leads to the page that has no slash at its end.
func toDocs(context.Context, *httpapi.Request) (httpapi.Reply, error) {
	return httpapi.Reply{Status: http.StatusPermanentRedirect, Header: map[string]string{"Location": "/docs", "Cache-Control": check}}, nil
}
