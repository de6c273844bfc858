package acceptance

import (
	"context"
	"os"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"group-invites/infra/local/engine"
	"group-invites/infra/local/faulty"
	"group-invites/infra/local/stack"
)

// newTable starts an engine of the test's own behind an endpoint that can be told to fail as DynamoDB may.
func newTable(t *testing.T) *faulty.Table {
	t.Helper()
	endpoint, stop, err := engine.Open(t.Context(), engine.Options{Stderr: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	table := faulty.New(endpoint)
	t.Cleanup(table.Close)
	return table
}

const (
	answerWithin = 3 * time.Second // while DynamoDB fails
	rightWithin  = 2 * time.Second // after its return
)

// TestCases_DynamoDBFails: everything that needs the table answers 503 in time and nothing else, writes nothing, and is right again as soon
// as DynamoDB is. What a caller may repeat then gives what it would have given.
func TestCases_DynamoDBFails(t *testing.T) {
	t.Parallel()
	table := newTable(t)
	s := start(t, stack.Options{DynamoDBEndpoint: table.URL()})
	for _, kind := range faulty.Outages {
		t.Run(string(kind), func(t *testing.T) {
			o := s.org(t)
			made := o.link(t, o.admin, object{"access": "anyone", "maxUses": 5})
			doomed := o.link(t, o.admin, anyone)
			newcomer := s.person(t, "newcomer")
			code := object{"code": made.code(t)}
			requests := []struct {
				method, path, token string
				body                any
				after               int // status, when it is repeated after the outage
			}{
				{"POST", "/v1/invites/preview", "", code, 200},
				{"POST", "/v1/invites/redeem", newcomer.token, code, 201},
				{"POST", o.in("/invites"), o.admin.token, anyone, 201},
				{"GET", o.in("/invites"), o.admin.token, nil, 200},
				{"DELETE", o.invite(doomed), o.admin.token, nil, 204},
				{"GET", "/v1/me", o.admin.token, nil, 200},
				{"POST", o.path("/groups"), o.admin.token, object{"name": "Meteors"}, 201},
			}
			s.want(t, 404, "DELETE", o.in("/invites/0000000000000000"), o.admin.token, nil) // warms the last of the functions
			get[list[link]](t, s, o.in("/invites"), o.admin.token)
			s.want(t, 200, "POST", "/v1/invites/preview", "", code)
			s.refused(t, newcomer, "x", 404, "not_found")
			s.settled(t)
			before := s.rows(t, o.id, newcomer.id)

			table.Begin(kind)
			defer table.End()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var during errgroup.Group
			for _, request := range requests {
				for range 2 {
					during.Go(func() error {
						begin := time.Now()
						a, err := s.do(ctx, request.method, request.path, request.token, request.body)
						if err != nil {
							return err
						}
						if took := time.Since(begin); took > answerWithin {
							t.Errorf("%s %s took %v", request.method, request.path, took)
						}
						a.refusal(t, 503, "unavailable")
						return nil
					})
				}
			}
			if err := during.Wait(); err != nil {
				t.Fatal(err)
			}

			table.End()
			back := time.Now()
			after := s.rows(t, o.id, newcomer.id)
			for key, row := range after {
				if before[key] != row {
					t.Errorf("written while the table failed: %s, before: %s", row, before[key])
				}
			}
			if len(after) != len(before) {
				t.Errorf("%d rows, before %d", len(after), len(before))
			}
			for _, request := range requests {
				s.want(t, request.after, request.method, request.path, request.token, request.body)
			}
			if took := time.Since(back); took > rightWithin {
				t.Errorf("right again after %v", took)
			}
			if got := get[link](t, s, o.invite(made), o.admin.token); got.Uses != 1 || len(o.members(t)) != 1 {
				t.Errorf("%d uses, %d members", got.Uses, len(o.members(t)))
			}
		})
	}
}
