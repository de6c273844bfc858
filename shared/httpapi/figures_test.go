package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi/httpapitest"
	"group-invites/shared/invite"
)

// lineOf gives the one line of a request to a route of a function in a stack, answered so.
func lineOf(t *testing.T, route Route, reply Reply, err error) string {
	t.Helper()
	before := lambdacontext.FunctionName
	lambdacontext.FunctionName = "group-invites-staging-" + route.Function
	defer func() { lambdacontext.FunctionName = before }()
	lines := logged(t, func() {
		api := serve(t, route.Function, func(context.Context, *Request) (Reply, error) { return reply, err })
		api.Send("anna", route.Method, strings.NewReplacer("{", "", "}", "").Replace(route.Path), "")
	})
	if len(lines) != 1 {
		t.Fatalf("%s: %d lines", route, len(lines))
	}
	return lines[0]
}

// TestFigures_OfARequestThatSucceedsAreNone: within 300 bytes a request, whatever its route.
func TestFigures_OfARequestThatSucceedsAreNone(t *testing.T) {
	for _, route := range Routes {
		line := lineOf(t, route, Reply{Status: 201, Body: map[string]string{}}, nil)
		if !strings.Contains(line, `"route":"`+route.String()+`","status":201`) || strings.Contains(line, "_aws") {
			t.Errorf("%s", line)
		}
		// Lambda's request ids have 36 characters, and a slow request has a digit or three more.
		if n := len(line) - len(httpapitest.RequestID) + 36 + 3; n > 300 {
			t.Errorf("%s: %d bytes", route, n)
		}
	}
}

func TestFigures_OfWhatFails(t *testing.T) {
	redeem := Route{Method: "POST", Path: "/v1/invites/redeem", Function: "redeem-invite"}
	me := Route{Method: "GET", Path: "/v1/me", Function: "directory"}
	const refused = `"CloudWatchMetrics":[{"Namespace":"GroupInvites","Dimensions":[["Stack","Function","Reason"]],"Metrics":[{"Name":"Refused","Unit":"Count"}]}]`
	const faulty = `"CloudWatchMetrics":[{"Namespace":"GroupInvites","Dimensions":[["Stack"]],"Metrics":[{"Name":"Faults","Unit":"Count"}]}]`
	for _, c := range []struct {
		route Route
		err   error
		holds []string // nothing: no figure
	}{
		{redeem, invite.ErrExpired, []string{refused, `"Function":"redeem-invite","Reason":"invite_expired","Refused":1`, `"Stack":"group-invites-staging"`}},
		{redeem, fmt.Errorf("x: %w", directory.ErrNotFound), []string{refused, `"Reason":"not_found"`}},
		{redeem, errors.New("odd"), []string{faulty, `"Faults":1`}},
		{me, directory.ErrUnavailable, []string{faulty, `"Faults":1`}},
		{me, directory.ErrNotFound, nil}, // anyone may ask for what isn't there
	} {
		line := lineOf(t, c.route, Reply{}, c.err)
		if !json.Valid([]byte(line)) || len(c.holds) == 0 && strings.Contains(line, "_aws") {
			t.Errorf("%s: %v: %s", c.route, c.err, line)
		}
		for _, text := range c.holds {
			if !strings.Contains(line, text) {
				t.Errorf("%s: %v: %s, want %s", c.route, c.err, line, text)
			}
		}
	}
}
