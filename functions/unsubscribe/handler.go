package main

import (
	"context"
	"errors"
	"net/http"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
	"group-invites/shared/optout"
)

// The field by which a mail client, or the button of our page, says that it means it (RFC 8058, section 3.1).
const oneClick, oneClickValue = "List-Unsubscribe", "One-Click"

// handler answers with pages, for people. GET changes nothing, since scanners of mail follow links; POST is what counts. Nobody signs in:
// the token of the path is the right to it. name is what the service calls itself.
func handler(service *optout.Service, name string) http.Handler {
	p := pages{name}
	// step makes a handler of what a token is asked for and the page that follows.
	step := func(do func(context.Context, *httpapi.Request) error, next func(r *httpapi.Request) httpapi.File) httpapi.Handler {
		return func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
			if err := do(ctx, r); err != nil {
				return httpapi.Reply{Body: p.fault(err), Header: headers}, err
			}
			return httpapi.Reply{Status: http.StatusOK, Body: next(r), Header: headers}, nil
		}
	}
	return httpapi.New("unsubscribe", map[string]httpapi.Handler{
		"GET /v1/unsubscribe/{token}": step(func(ctx context.Context, r *httpapi.Request) error {
			return service.Check(ctx, r.PathValue("token"))
		}, p.ask),
		"POST /v1/unsubscribe/{token}": step(func(ctx context.Context, r *httpapi.Request) error {
			form, err := httpapi.ReadForm(r.Request)
			if err != nil {
				return err
			}
			if form[oneClick] != oneClickValue {
				return directory.Invalid(oneClick, "must be "+oneClickValue)
			}
			return service.OptOut(ctx, r.PathValue("token"))
		}, p.out),
		"POST /v1/unsubscribe/{token}/undo": step(func(ctx context.Context, r *httpapi.Request) error {
			form, err := httpapi.ReadForm(r.Request)
			if err != nil {
				return err
			}
			return service.RequestBack(ctx, r.PathValue("token"), form["address"])
		}, p.mailed),
		"GET /v1/resubscribe/{token}": step(func(ctx context.Context, r *httpapi.Request) error {
			return service.CheckBack(ctx, r.PathValue("token"))
		}, p.askBack),
		"POST /v1/resubscribe/{token}": step(func(ctx context.Context, r *httpapi.Request) error {
			if _, err := httpapi.ReadForm(r.Request); err != nil {
				return err
			}
			return service.OptIn(ctx, r.PathValue("token"))
		}, p.back),
	})
}

// fault gives the page of an error.
func (p pages) fault(err error) httpapi.File {
	invalid := new(directory.InvalidError)
	switch {
	case errors.Is(err, directory.ErrNotFound):
		return p.badLink()
	case errors.Is(err, directory.ErrUnavailable):
		return p.busy()
	case errors.As(err, &invalid):
		return p.badForm()
	}
	return p.failed()
}
