package stack

import (
	"testing"

	"group-invites/infra/local/lambda"
)

// TestVersions_WhatTheLastOneDoesntKnowGoesToThisOneAlone: a new function, and a new route of an old one.
func TestVersions_WhatTheLastOneDoesntKnowGoesToThisOneAlone(t *testing.T) {
	known := Call{"directory", "GET /v1/me"}
	var asked []Call
	v := &versions{
		this: lambda.New(lambda.Options{}), last: lambda.New(lambda.Options{}), // without functions: it is the choice that is looked at
		functions: map[string]bool{"directory": true, "tally": true}, routes: map[Call]bool{known: true},
		takes: func(c Call) bool { asked = append(asked, c); return true },
	}
	t.Cleanup(v.Close)
	for payload, c := range map[string]struct {
		call   Call
		either bool
	}{
		`{"routeKey":"GET /v1/me"}`:     {known, true},
		`{"routeKey":"GET /v1/new"}`:    {Call{"directory", "GET /v1/new"}, false},
		`{"Records":[]}`:                {Call{"tally", ""}, true},
		`{"routeKey":"POST /v1/other"}`: {Call{"other", "POST /v1/other"}, false},
	} {
		asked = nil
		v.Invoke(t.Context(), c.call.Function, []byte(payload)) // there is no such function
		if got := len(asked) == 1 && asked[0] == c.call; got != c.either || len(asked) > 1 {
			t.Errorf("%s: asked %v, want %v", payload, asked, c.either)
		}
	}
}
