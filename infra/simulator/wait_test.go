package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"group-invites/infra/simulator"
	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// calls are those that pass through a simulator: their operations, and the keys that reads ask for.
type calls struct {
	sim        *simulator.Simulator
	mu         sync.Mutex
	operations []string
	asked      []map[string]bool
}

func (c *calls) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c.mu.Lock()
	c.operations = append(c.operations, operation)
	if operation == "BatchGetItem" {
		var get struct {
			RequestItems map[string]struct {
				Keys []map[string]struct{ S string }
			}
		}
		if err := json.Unmarshal(body, &get); err != nil {
			return nil, err
		}
		keys := map[string]bool{}
		for _, table := range get.RequestItems {
			for _, key := range table.Keys {
				keys[key["pk"].S+" "+key["sk"].S] = true
			}
		}
		c.asked = append(c.asked, keys)
	}
	c.mu.Unlock()
	return c.sim.Do(r)
}

func (c *calls) count(operation string) (n int) {
	for _, o := range c.operations {
		if o == operation {
			n++
		}
	}
	return n
}

// slow is a table of one partition that carries so many units a second, and saves none.
func slow(read, write float64) simulator.Limits {
	l := newTable()
	l.Partitions, l.Read, l.Write = 1, read, write
	return l
}

// through runs a test in a bubble, by an instance whose calls pass through a simulator.
func through(t *testing.T, s scene, limits simulator.Limits, test func(t *testing.T, c *calls, table *dynamo.Table, service *invite.Service)) {
	t.Helper()
	engine := simulator.NewEngine(4)
	defer engine.Close()
	synctest.Test(t, func(t *testing.T) {
		c := &calls{sim: simulator.New(engine, limits, 0)}
		table, _, service := s.Instance(func(o *dynamodb.Options) { o.HTTPClient = c })
		service.Clock = time.Now
		test(t, c, table, service)
	})
}

func TestRead_WhatWasReadIsNotAskedForAgain(t *testing.T) {
	s := newScene(t, 2)
	keys := directory.Keys{Org: s.group.ID.Org(), Group: s.group.ID, Users: []directory.UserID{s.admin.ID, person(0).ID, person(1).ID}}
	through(t, s, slow(20, 1000), func(t *testing.T, c *calls, table *dynamo.Table, _ *invite.Service) {
		ctx, cancel := context.WithTimeout(t.Context(), answerTime)
		defer cancel()
		rows, err := table.Read(ctx, keys)
		if err != nil || rows.Org == nil || rows.Group == nil || !rows.Members[s.admin.ID].IsAdmin() || !rows.Members[person(1).ID].InOrg() {
			t.Errorf("read %+v, %v", rows, err)
		}
		if len(c.asked) < 3 || len(c.asked[0]) != 8 {
			t.Errorf("%d calls, the first for %d rows: the table isn't busy", len(c.asked), len(c.asked[0]))
		}
		vain := 0
		for i, now := range c.asked[1:] {
			for key := range now {
				if !c.asked[i][key] {
					t.Errorf("call %d asks for %s, which was read before", i+2, key)
				}
			}
			if len(now) == len(c.asked[i]) {
				vain++
			}
		}
		if vain == 0 {
			t.Error("no call was refused whole")
		}
	})
}

func TestRead_GivesUpInTime(t *testing.T) {
	s := newScene(t, 0)
	keys := directory.Keys{Org: s.group.ID.Org(), Group: s.group.ID, Users: []directory.UserID{s.admin.ID}}
	through(t, s, slow(1, 1000), func(t *testing.T, c *calls, table *dynamo.Table, _ *invite.Service) {
		for what, limit := range map[string]time.Duration{"in the time that it has": answerTime / 2, "by itself": time.Hour} {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			start := time.Now()
			_, err := table.Read(ctx, keys)
			cancel()
			if took := time.Since(start); !errors.Is(err, directory.ErrUnavailable) || took > min(limit, answerTime)+10*time.Millisecond || took < time.Second {
				t.Errorf("%s: %v after %v", what, err, took)
			}
		}
		if n := len(c.asked); n > 80 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestJoin_ThoseThatAreThrottledWaitWithoutReadingAgain(t *testing.T) {
	const people = 8
	for name, c := range map[string]struct {
		access invite.Access
		write  string
		rate   float64 // write units a second: for few joinings
	}{
		"of members":    {invite.AccessOrg, "UpdateItem", 10},
		"of new people": {invite.AccessAnyone, "TransactWriteItems", 80},
	} {
		t.Run(name, func(t *testing.T) {
			members := 0
			if c.access == invite.AccessOrg {
				members = people + 1
			}
			s := newScene(t, members)
			link := s.Link(s.admin, s.group, func(r *invite.Request) { r.Access = c.access })
			through(t, s, slow(3000, c.rate), func(t *testing.T, seen *calls, _ *dynamo.Table, service *invite.Service) {
				redeem := func(i int) {
					ctx, cancel := context.WithTimeout(t.Context(), answerTime)
					defer cancel()
					if _, err := service.Redeem(ctx, person(i), Code(link)); err != nil {
						t.Error(err)
					}
				}
				redeem(people) // from here on the instance knows the link
				seen.operations = nil
				var all sync.WaitGroup
				for i := range people {
					all.Go(func() { redeem(i) })
				}
				all.Wait()
				if reads, writes := seen.count("BatchGetItem"), seen.count(c.write); reads != people || writes < people+2 {
					t.Errorf("%d reads, %d writes", reads, writes)
				}
			})
		})
	}
}
