package acceptance

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"group-invites/infra/local/stack"
)

// TestDeployment_AFunctionWithoutARightCantAct takes one right out of a copy of the template: an action, or the kind of rows that it is for. What
// enforces the policies of the others is the same. That none has a right to spare, so that each is missed if it is taken out, is checked
// when the suite is through, in TestMain.
func TestDeployment_AFunctionWithoutARightCantAct(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, right := range []struct{ sid, from, to, refused string }{
		{"DeleteInvite", "Action: dynamodb:DeleteItem", "Action: dynamodb:DescribeTable", "dynamodb:DeleteItem"},
		{"WriteAudit", `"dynamodb:LeadingKeys": ["A#*"]`, `"dynamodb:LeadingKeys": ["B#*"]`, "dynamodb:PutItem"},
	} {
		before, after, found := strings.Cut(string(text), "- Sid: "+right.sid)
		narrowed := strings.Replace(after, right.from, right.to, 1)
		if !found || narrowed == after {
			t.Fatalf("template.yaml has no statement %s with %s", right.sid, right.from)
		}
		folder := t.TempDir()
		narrowed = before + "- Sid: " + right.sid + narrowed
		if err := os.WriteFile(filepath.Join(folder, "template.yaml"), []byte(narrowed), 0o600); err != nil {
			t.Fatal(err)
		}
		s := start(t, stack.Options{Root: folder})
		o := s.org(t)
		made := o.link(t, o.admin, anyone)

		s.writesNothing(t, []string{o.id, o.admin.id}, func() {
			s.send(t, "DELETE", o.invite(made), o.admin.token, nil).refusal(t, 500, "internal_error")
		})
		s.redeem(t, s.person(t, "newcomer"), made.code(t), 201)
		if log := s.log.String(); !strings.Contains(log, "ACCESS DENIED") || !strings.Contains(log, right.refused) {
			t.Errorf("%s: the log doesn't say why:\n%s", right.sid, log)
		}
	}
}

// TestDeployment_NoFunctionStartsOnABadRing: all but those that have no use for the ring, until there is a good one.
func TestDeployment_NoFunctionStartsOnABadRing(t *testing.T) {
	t.Parallel()
	s := start(t, stack.Options{Seed: func(_ context.Context, s *stack.Stack) error {
		s.SetKeyRing("")
		return nil
	}})
	admin := s.person(t, "admin")
	const group, invite = "/v1/groups/0000000000000000", "/invites/0000000000000000"
	for _, ring := range []string{
		"", "{}", "null", "not JSON", `{"signing":"0"}`, `{"signing":"1","0":"` + strings.Repeat("ab", 32) + `"}`, `{"signing":"0","0":"short"}`,
		`{"signing":"0","0":"` + strings.Repeat("0", 64) + `"}`, `{"signing":"0","retired":["0"],"0":"` + strings.Repeat("ab", 32) + `"}`,
	} {
		s.SetKeyRing(ring)
		requests := []string{"POST /v1/invites/redeem"}
		if ring == "{}" {
			requests = []string{"POST /v1/invites/redeem", "POST /v1/invites/preview", "POST " + group + "/invites", "GET " + group + "/invites", "GET /v1/me"}
		}
		for _, request := range requests {
			method, path, _ := strings.Cut(request, " ")
			s.send(t, method, path, admin.token, object{"code": "x"}).gatewayRefusal(t, http.StatusInternalServerError, "Internal Server Error")
		}
		s.send(t, "DELETE", group+invite, admin.token, nil).refusal(t, 404, "not_found")
		s.send(t, "GET", "/v1/nothing", admin.token, nil).refusal(t, 404, "not_found")
	}
	if log := s.log.String(); !strings.Contains(log, "function does not start") || strings.Contains(log, "abababab") {
		t.Errorf("the log doesn't say why, or quotes a secret:\n%s", log)
	}

	s.SetKeyRing(stack.DevelopmentKeyRing)
	o := s.org(t)
	s.redeem(t, s.person(t, "newcomer"), o.link(t, o.admin, anyone).code(t), 201)
}

// TestDeployment_CodesOfOneStackMeanNothingToAnother, though both have the same ring, the development one.
func TestDeployment_CodesOfOneStackMeanNothingToAnother(t *testing.T) {
	t.Parallel()
	s := start(t, stack.Options{Parameters: map[string]string{"AWS::StackName": "local-another", "OpenOrganizations": "false"}})
	o := shared.org(t)
	code := o.link(t, o.admin, anyone).code(t)
	newcomer := s.person(t, "newcomer")
	s.send(t, "POST", "/v1/invites/preview", "", object{"code": code}).refusal(t, 404, "not_found")
	s.refused(t, newcomer, code, 404, "not_found")
	// Nor may anyone make an organization where the deployment doesn't let everybody.
	s.writesNothing(t, []string{newcomer.id}, func() {
		s.send(t, "POST", "/v1/orgs", newcomer.token, object{"name": "Mine"}).refusal(t, 403, "forbidden")
	})
}

// TestDeployment_TheGatewayThrottles: by the template's limits, and with the gateway's own body.
func TestDeployment_TheGatewayThrottles(t *testing.T) {
	t.Parallel()
	s := start(t, stack.Options{Parameters: map[string]string{"PreviewRateLimit": "1", "PreviewBurstLimit": "3"}})
	throttled := 0
	for range 20 {
		switch a := s.send(t, "POST", "/v1/invites/preview", "", object{"code": "x"}); a.Status {
		case 404:
		default:
			throttled++
			a.gatewayRefusal(t, 429, "Too Many Requests")
		}
	}
	if throttled == 0 {
		t.Error("20 previews at once, and none too many")
	}
}
