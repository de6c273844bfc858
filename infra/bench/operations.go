package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// floorFunction is the function in whose place, on the stacks here, stands one that does nothing: what its requests take is what any takes. And in the place
// of callsFunction stands one that does nothing but to call the table twice.
const (
	floorFunction = "access-requests"
	callsFunction = "unsubscribe"
)

// standIns are the programs of infra/bench that stand in the place of functions.
var standIns = map[string]string{floorFunction: hello, callsFunction: calls}

// operation is something that is measured.
type operation struct {
	name      string
	function  string // that does it
	benchmark string // of the same, in process
	status    int    // of the answer
	// prepare makes what the operation needs, and gives n requests, each for one time.
	prepare func(ctx context.Context, s *scene, n int) ([]request, error)
}

var operations = []operation{
	{"nothing (the floor)", floorFunction, "", http.StatusOK, func(ctx context.Context, s *scene, n int) ([]request, error) {
		return same(n, newRequest(s.admin, "POST", "/v1/invites/access-requests", object{"code": forged})), nil
	}},
	{"nothing but two calls", callsFunction, "", http.StatusOK, func(ctx context.Context, s *scene, n int) ([]request, error) {
		return same(n, newRequest("", "GET", "/v1/unsubscribe/nobody", nil)), nil
	}},
	{"create", "create-invite", "Create", http.StatusCreated, func(ctx context.Context, s *scene, n int) ([]request, error) {
		return same(n, newRequest(s.admin, "POST", s.invites(), object{"access": "anyone", "expiration": "7d"})), nil
	}},
	{"create with an Idempotency-Key", "create-invite", "CreateIdempotent", http.StatusCreated, func(ctx context.Context, s *scene, n int) ([]request, error) {
		requests := same(n, newRequest(s.admin, "POST", s.invites(), object{"access": "anyone", "expiration": "7d"}))
		for i := range requests {
			requests[i].key = fmt.Sprintf("key-%d", i)
		}
		return requests, nil
	}},
	{"list 50", "list-invites", "List", http.StatusOK, func(ctx context.Context, s *scene, n int) ([]request, error) {
		_, err := s.links(ctx, 50)
		return same(n, newRequest(s.admin, "GET", s.invites(), nil)), err
	}},
	{"read one", "list-invites", "ReadOne", http.StatusOK, func(ctx context.Context, s *scene, n int) ([]request, error) {
		ids, err := s.links(ctx, 50)
		return same(n, newRequest(s.admin, "GET", s.invites()+"/"+ids[0], nil)), err
	}},
	{"preview", "preview-invite", "Preview", http.StatusOK, func(ctx context.Context, s *scene, n int) ([]request, error) {
		_, code, err := s.link(ctx, s.group, object{"access": "anyone"})
		return same(n, newRequest("", "POST", "/v1/invites/preview", code)), err
	}},
	{"redeem as a member of the organization", "redeem-invite", "RedeemOrg", http.StatusCreated, func(ctx context.Context, s *scene, n int) ([]request, error) {
		other, err := s.create(ctx, "/v1/orgs/"+s.org+"/groups", object{"name": "Planets"})
		if err != nil {
			return nil, err
		}
		_, open, err := s.link(ctx, other, object{"access": "anyone"})
		if err != nil {
			return nil, err
		}
		first, err := s.redeem(n, open)
		if err != nil {
			return nil, err
		}
		if _, err := load(ctx, 4, 0, n, func(ctx context.Context, i int) error { return s.do(ctx, first[i], http.StatusCreated, nil) }); err != nil {
			return nil, err
		}
		_, code, err := s.link(ctx, s.group, object{"access": "org"})
		if err != nil {
			return nil, err
		}
		return s.redeem(n, code)
	}},
	{"redeem as someone new", "redeem-invite", "RedeemAnyone", http.StatusCreated, redeemOnce(object{"access": "anyone"})},
	{"redeem by a capped link", "redeem-invite", "RedeemCapped", http.StatusCreated, redeemOnce(object{"access": "anyone", "maxUses": 100_000})},
	{"redeem again", "redeem-invite", "RedeemAgain", http.StatusOK, func(ctx context.Context, s *scene, n int) ([]request, error) {
		_, code, err := s.link(ctx, s.group, object{"access": "anyone"})
		return same(n, newRequest(s.admin, "POST", "/v1/invites/redeem", code)), err
	}},
	{"redeem a forged code", "redeem-invite", "RedeemForged", http.StatusNotFound, func(ctx context.Context, s *scene, n int) ([]request, error) {
		return same(n, newRequest(s.admin, "POST", "/v1/invites/redeem", object{"code": forged})), nil
	}},
	{"delete", "delete-invite", "Delete", http.StatusNoContent, func(ctx context.Context, s *scene, n int) ([]request, error) {
		ids, err := s.links(ctx, n)
		requests := make([]request, n)
		for i, id := range ids {
			requests[i] = newRequest(s.admin, "DELETE", s.invites()+"/"+id, nil)
		}
		return requests, err
	}},
	{"send by e-mail", "send-invite", "Send", http.StatusAccepted, func(ctx context.Context, s *scene, n int) ([]request, error) {
		id, _, err := s.link(ctx, s.group, object{"access": "anyone"})
		requests := make([]request, n)
		for i := range requests {
			requests[i] = newRequest(s.admin, "POST", s.invites()+"/"+id+"/emails", object{"emails": []string{fmt.Sprintf("bench-%d@example.org", i)}})
		}
		return requests, err
	}},
	{"who am I", "directory", "Me", http.StatusOK, func(ctx context.Context, s *scene, n int) ([]request, error) {
		return same(n, newRequest(s.admin, "GET", "/v1/me", nil)), nil
	}},
	{"read a group", "directory", "ReadGroup", http.StatusOK, func(ctx context.Context, s *scene, n int) ([]request, error) {
		return same(n, newRequest(s.admin, "GET", "/v1/groups/"+s.group, nil)), nil
	}},
}

// forged is a code that nobody has signed.
var forged = strings.Repeat("A", 44)

// same is one request n times.
func same(n int, r request) []request {
	requests := make([]request, n)
	for i := range requests {
		requests[i] = r
	}
	return requests
}

func (s *scene) invites() string { return "/v1/groups/" + s.group + "/invites" }

// links has the admin make links to the group, and gives their ids.
func (s *scene) links(ctx context.Context, n int) ([]string, error) {
	ids := make([]string, n)
	_, err := load(ctx, 4, 0, n, func(ctx context.Context, i int) (err error) {
		ids[i], _, err = s.link(ctx, s.group, object{"access": "anyone"})
		return err
	})
	return ids, err
}

// redeem makes requests of as many newcomers, the same ones each time, to redeem the code.
func (s *scene) redeem(n int, code object) ([]request, error) {
	requests := make([]request, n)
	for i := range requests {
		token, err := s.Token(fmt.Sprintf("bench-newcomer-%d", i))
		if err != nil {
			return nil, err
		}
		requests[i] = newRequest(token, "POST", "/v1/invites/redeem", code)
	}
	return requests, nil
}

// redeemOnce has newcomers redeem one link with these settings.
func redeemOnce(settings object) func(ctx context.Context, s *scene, n int) ([]request, error) {
	return func(ctx context.Context, s *scene, n int) ([]request, error) {
		_, code, err := s.link(ctx, s.group, settings)
		if err != nil {
			return nil, err
		}
		return s.redeem(n, code)
	}
}
