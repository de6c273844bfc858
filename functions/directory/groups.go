package main

import (
	"context"
	"net/http"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
)

func (a api) listGroups(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	org, err := r.OrgID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	request, err := r.Page()
	if err != nil {
		return httpapi.Reply{}, err
	}
	page, err := a.service.ListGroups(ctx, r.Caller, org, request)
	if err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: http.StatusOK, Body: httpapi.ListOf(page, httpapi.GroupOf)}, nil
}

func (a api) createGroup(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	org, err := r.OrgID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	name, err := readName(r)
	if err != nil {
		return httpapi.Reply{}, err
	}
	view, err := a.service.CreateGroup(ctx, r.Caller, org, name)
	if err != nil {
		return httpapi.Reply{}, err
	}
	reply := groupReply(http.StatusCreated, view)
	reply.Header["Location"] = "/v1/groups/" + view.Group.ID.String()
	return reply, nil
}

func (a api) getGroup(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	id, err := r.GroupID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	view, err := a.service.GetGroup(ctx, r.Caller, id)
	if err != nil {
		return httpapi.Reply{}, err
	}
	return groupReply(http.StatusOK, view), nil
}

func (a api) changeGroup(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	id, err := r.GroupID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	name, err := readName(r)
	if err != nil {
		return httpapi.Reply{}, err
	}
	view, err := a.service.ChangeGroup(ctx, r.Caller, id, name, r.IfMatch())
	if err != nil {
		return httpapi.Reply{}, err
	}
	return groupReply(http.StatusOK, view), nil
}

func (a api) deleteGroup(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	id, err := r.GroupID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	if err := a.service.DeleteGroup(ctx, r.Caller, id); err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: http.StatusNoContent}, nil
}

func groupReply(status int, view directory.GroupView) httpapi.Reply {
	return httpapi.Reply{Status: status, Body: httpapi.SingleGroupOf(view), Header: httpapi.ETag(view.Group.Version)}
}
