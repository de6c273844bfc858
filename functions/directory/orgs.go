package main

import (
	"context"
	"net/http"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi"
)

func (a api) createOrg(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	name, err := readName(r)
	if err != nil {
		return httpapi.Reply{}, err
	}
	org, err := a.service.CreateOrg(ctx, r.Caller, name)
	if err != nil {
		return httpapi.Reply{}, err
	}
	reply := orgReply(http.StatusCreated, org)
	reply.Header["Location"] = "/v1/orgs/" + org.ID.String()
	return reply, nil
}

func (a api) getOrg(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	id, err := r.OrgID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	org, err := a.service.GetOrg(ctx, r.Caller, id)
	if err != nil {
		return httpapi.Reply{}, err
	}
	return orgReply(http.StatusOK, org), nil
}

func (a api) changeOrg(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	id, err := r.OrgID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	change, err := readOrgChange(r)
	if err != nil {
		return httpapi.Reply{}, err
	}
	org, err := a.service.ChangeOrg(ctx, r.Caller, id, change)
	if err != nil {
		return httpapi.Reply{}, err
	}
	return orgReply(http.StatusOK, org), nil
}

func readOrgChange(r *httpapi.Request) (directory.OrgChange, error) {
	var change directory.OrgChange
	fields, err := httpapi.ReadFields(r.Request)
	if err != nil {
		return change, err
	}
	if fields.Has("name") {
		name := fields.Text("name")
		change.Name = &name
	}
	if fields.Has("addPeople") {
		words := fields.Words("addPeople")
		add, fault := directory.ParseAddPeople(words)
		if fault != "" {
			fields.Fault("addPeople", fault)
		}
		change.AddPeople = &add
	}
	if err := fields.Err(); err != nil {
		return change, err
	}
	if change.Name == nil && change.AddPeople == nil {
		return change, directory.Invalid("body", `must hold "name" or "addPeople"`)
	}
	change.Versions = r.IfMatch()
	return change, nil
}

func (a api) deleteOrg(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	id, err := r.OrgID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	if err := a.service.DeleteOrg(ctx, r.Caller, id); err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: http.StatusNoContent}, nil
}

func (a api) listAudit(ctx context.Context, r *httpapi.Request) (httpapi.Reply, error) {
	id, err := r.OrgID()
	if err != nil {
		return httpapi.Reply{}, err
	}
	request, err := r.Page()
	if err != nil {
		return httpapi.Reply{}, err
	}
	page, err := a.service.ListAudit(ctx, r.Caller, id, request)
	if err != nil {
		return httpapi.Reply{}, err
	}
	return httpapi.Reply{Status: http.StatusOK, Body: httpapi.ListOf(page, httpapi.AuditOf)}, nil
}

func orgReply(status int, org directory.Org) httpapi.Reply {
	return httpapi.Reply{Status: status, Body: httpapi.OrgOf(org), Header: httpapi.ETag(org.Version)}
}
