package main

import (
	"context"
	"errors"
	"net/http"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
	"group-invites/shared/mirror"
)

// api answers the routes by the service, to machine clients whose tokens have the scope. API Gateway asks for it too.
type api struct {
	service *mirror.Service
	scope   string
}

func handler(service *mirror.Service, scope string) http.Handler {
	a := api{service, scope}
	const org, group = "/v1/directory/orgs/{org}", "/v1/directory/orgs/{org}/groups/{group}"
	handlers := map[string]httpapi.Handler{
		"POST /v1/directory/bulk": a.bulk,

		"GET " + org:                            a.showOrg,
		"PUT " + org:                            a.one(mirror.PutOrg),
		"DELETE " + org:                         a.one(mirror.DeleteOrg),
		"GET " + org + "/members":               a.listMembers,
		"GET " + org + "/groups":                a.listGroups,
		"GET " + group:                          a.showGroup,
		"PUT " + group:                          a.one(mirror.PutGroup),
		"DELETE " + group:                       a.one(mirror.DeleteGroup),
		"GET " + group + "/members":             a.listMembers,
		"GET " + org + "/members/{member}":      a.showMember,
		"PUT " + org + "/members/{member}":      a.one(mirror.PutMember),
		"DELETE " + org + "/members/{member}":   a.one(mirror.DeleteMember),
		"GET " + group + "/members/{member}":    a.showGroupMember,
		"PUT " + group + "/members/{member}":    a.one(mirror.PutGroupMember),
		"DELETE " + group + "/members/{member}": a.one(mirror.DeleteGroupMember),
	}
	for route, handle := range handlers {
		handlers[route] = a.guarded(handle)
	}
	return httpapi.New("directory-sync", handlers)
}

// guarded refuses tokens without the scope.
func (a api) guarded(handle httpapi.Handler) httpapi.Handler {
	return func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
		if !r.Machine.May(a.scope) {
			return httpapi.Reply{}, directory.ErrForbidden
		}
		return handle(ctx, r)
	}
}

// one carries out the operation of that kind which the path and the body name.
func (a api) one(kind mirror.Kind) httpapi.Handler {
	return func(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
		op, err := httpapi.ReadOp(r.Request, mirror.Op{Kind: kind, Org: r.PathValue("org"), Group: r.PathValue("group"), Member: r.PathValue("member")})
		if err != nil {
			return httpapi.Reply{}, err
		}
		result := a.service.Apply(ctx, r.Machine.Issuer, []mirror.Op{op})[0]
		if result.Err != nil {
			return httpapi.Reply{}, result.Err
		}
		reply := httpapi.Reply{Status: httpapi.OpStatus(kind, result.Created)}
		switch kind {
		case mirror.PutOrg:
			reply.Body = httpapi.HostOrgOf(result.Org)
		case mirror.PutGroup:
			reply.Body = httpapi.HostGroupOf(result.Group)
		case mirror.PutMember, mirror.PutGroupMember:
			reply.Body = httpapi.HostMemberOf(result.Member)
		}
		return reply, nil
	}
}

// bulk carries out the operations of the body. The answer is 200, whatever became of each: there is a result for each.
func (a api) bulk(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	ops, faults, err := httpapi.ReadOps(r.Request)
	if err != nil {
		return httpapi.Reply{}, err
	}
	results := a.service.Apply(ctx, r.Machine.Issuer, ops, faults...)
	shape, cause := httpapi.OpResultsOf(ops, results)
	reply := httpapi.Reply{Status: http.StatusOK, Body: shape, Cause: cause}
	if errors.Is(cause, directory.ErrUnavailable) {
		reply.Header = map[string]string{"Retry-After": "1"}
	}
	return reply, nil
}

func (a api) showOrg(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	shown, err := a.service.ShowOrg(ctx, r.Machine.Issuer, r.PathValue("org"))
	return found(httpapi.HostOrgOf(shown.Org), err)
}

func (a api) showGroup(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	shown, err := a.service.ShowGroup(ctx, r.Machine.Issuer, r.PathValue("org"), r.PathValue("group"))
	return found(httpapi.HostGroupOf(shown.Group), err)
}

func (a api) showMember(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	shown, err := a.service.ShowMember(ctx, r.Machine.Issuer, r.PathValue("org"), r.PathValue("member"))
	return found(httpapi.HostMemberOf(shown.Member), err)
}

func (a api) showGroupMember(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	shown, err := a.service.ShowGroupMember(ctx, r.Machine.Issuer, r.PathValue("org"), r.PathValue("group"), r.PathValue("member"))
	return found(httpapi.HostMemberOf(shown.Member), err)
}

func found(body any, err error) (httpapi.Reply, error) {
	if err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: http.StatusOK, Body: body}, nil
}

// listMembers lists those of the organization or the group, whichever the path names. Cursors of these lists are ids, and not sealed: the host sees
// all of the list.
func (a api) listMembers(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	request, after, err := pageAfter(r, directory.ParseUserID)
	if err != nil {
		return httpapi.Reply{}, err
	}
	page, err := a.service.ListMembers(ctx, r.Machine.Issuer, r.PathValue("org"), r.PathValue("group"), after, request.Limit)
	return listed(page, httpapi.HostMemberOf, err)
}

func (a api) listGroups(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	request, after, err := pageAfter(r, directory.ParseGroupID)
	if err != nil {
		return httpapi.Reply{}, err
	}
	page, err := a.service.ListGroups(ctx, r.Machine.Issuer, r.PathValue("org"), after, request.Limit)
	return listed(page, httpapi.HostGroupOf, err)
}

// pageAfter reads limit and cursor; without a cursor after is the zero id, before all others.
func pageAfter[ID any](r *httpapi.Request, parse func(string) (ID, bool)) (request directory.PageRequest, after ID, err error) {
	request, err = r.Page()
	if err == nil && request.Cursor != "" {
		var ok bool
		if after, ok = parse(request.Cursor); !ok {
			err = directory.Invalid("cursor", "is not a cursor of this list; start again without one")
		}
	}
	return request, after, err
}

func listed[T any, ID interface{ String() string }, S any](page mirror.Page[T, ID], show func(T) S, err error) (httpapi.Reply, error) {
	if err != nil {
		return httpapi.Reply{}, err
	}
	items := directory.Page[T]{Items: page.Items}
	if page.More {
		items.Next = page.Next.String()
	}
	return httpapi.Reply{Status: http.StatusOK, Body: httpapi.ListOf(items, show)}, nil
}
