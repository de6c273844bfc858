package acceptance

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/seed"
	"group-invites/infra/local/stack"
)

// TestEvents_WorkOnAFreshStack replays the event files through the deployed binaries, on a stack that is seeded as one on the default
// address is. The gateway has no part in it: it would ask the default address for the issuer's keys.
func TestEvents_WorkOnAFreshStack(t *testing.T) {
	t.Parallel()
	s := start(t, stack.Options{
		Seed: seed.Stack, Parameters: map[string]string{"OidcIssuer": defaultIssuer, "PublicBaseUrl": defaultURL},
	})
	folder := filepath.Join(root, "infra", "events")
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	events := map[string][]byte{}
	for _, file := range files {
		if events[strings.TrimSuffix(filepath.Base(file), ".json")], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	delete(events, "env")          // variables, not an event
	delete(events, "token-claims") // for a stack with a user pool: TestUserPool_TheTriggersEventFileIsOneThatItTakes

	for _, step := range []struct {
		event  string
		status int
		says   string
	}{
		{"preview-invite", 200, `"state":"active"`},
		{"create-invite", 201, `"url":"` + defaultURL + `/i#`},
		{"redeem-invite", 201, `"alreadyMember":false`},
		{"list-invites", 200, `"items":[{`},
		{"list-invites-one", 200, `"state":"active"`},
		{"send-invite", 202, `"state":"queued"`},
		{"access-requests", 202, `"state":"received"`},
		{"access-requests-list", 200, `"items":[]`},
		{"unsubscribe", 200, "You get no more invites"},
		{"directory", 200, `"role":"user"`},
		{"directory-create", 201, `"name":"Harbour Choir"`},
		{"directory-sync", 200, `"results":[{"status":201,`},
		{"delete-invite", 204, ""},
		{"web", 200, `"openapi": "3.1.0"`},
	} {
		event, there := events[step.event]
		if !there {
			t.Errorf("no event file %s", step.event)
			continue
		}
		delete(events, step.event)
		result, err := s.Invoke(t.Context(), s.functionOf(t, event), event)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			StatusCode int
			Body       string
		}
		if err := json.Unmarshal(result.Payload, &got); err != nil || got.StatusCode != step.status || !strings.Contains(got.Body, step.says) {
			t.Errorf("%s: %s, want %d with %s", step.event, result.Payload, step.status, step.says)
		}
	}
	result, err := s.Invoke(t.Context(), "tally", events["tally"])
	if err != nil || !strings.Contains(string(result.Payload), `"batchItemFailures":[]`) {
		t.Errorf("tally: %s, %v", result.Payload, err)
	}
	delete(events, "tally")
	for _, quiet := range []string{"mail-feedback", "mailer"} {
		result, err := s.Invoke(t.Context(), quiet, events[quiet])
		if err != nil || string(result.Payload) != "null" {
			t.Errorf("%s: %s, %v", quiet, result.Payload, err)
		}
		delete(events, quiet)
	}
	if len(events) > 0 {
		t.Errorf("event files that no step replays: %v", slices.Sorted(maps.Keys(events)))
	}
}

// functionOf tells which function the route of an event belongs to.
func (s *site) functionOf(t *testing.T, event []byte) string {
	t.Helper()
	var e struct{ RouteKey string }
	if err := json.Unmarshal(event, &e); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Template().Routes {
		if r.Key() == e.RouteKey {
			return r.Function
		}
	}
	t.Fatalf("no route %q", e.RouteKey)
	return ""
}
