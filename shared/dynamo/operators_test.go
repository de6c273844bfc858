package dynamo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/erasure"
	"group-invites/shared/export"
)

// TestOperators_AFailureIsNoEnd: while the table fails, an export, a search for a person's traces and a restore say so at whichever call it is. They don't end as if
// there were nothing more.
func TestOperators_AFailureIsNoEnd(t *testing.T) {
	w := New(t)
	admin := Person("admin")
	org := w.Org(admin, "Acme")
	group := w.Group(admin, org, "Backcountry")
	link := w.Link(admin, group, Anyone, To("a@example.com"))
	if _, err := w.Invites.Redeem(t.Context(), Person("new"), Code(link)); err != nil {
		t.Fatal(err)
	}
	acts := map[string]func(context.Context) error{
		"traces": func(ctx context.Context) error {
			_, _, err := w.Table.Traces(ctx, erasure.Person{Addresses: []string{"a@example.com"}}, "")
			return err
		},
		"withdraw": func(ctx context.Context) error { return w.Table.Withdraw(ctx, group.ID, admin.ID) },
		"audit since": func(ctx context.Context) error {
			_, _, err := w.Table.AuditSince(ctx, time.Time{}, "")
			return err
		},
	}
	for _, kind := range []export.Kind{export.Orgs, export.Members, export.Groups, export.GroupMembers, export.Invites, export.Joins, export.Mails, export.Requests, export.Decisions, export.Audit} {
		acts["export of "+string(kind)] = func(ctx context.Context) error {
			_, err := w.Table.ExportPage(ctx, export.List{Kind: kind, Org: org.ID, Group: group.ID, Invite: link.ID}, "")
			return err
		}
	}
	for name, act := range acts {
		w.Faults.Reset(nil)
		if err := act(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		calls := w.Faults.Cost().Calls
		if calls == 0 {
			t.Errorf("%s asks for nothing", name)
		}
		for n := range calls {
			w.Faults.Reset(faults.On(n+1, faults.Fail))
			if err := act(t.Context()); !errors.Is(err, directory.ErrUnavailable) {
				t.Errorf("%s, call %d of %d fails: %v", name, n+1, calls, err)
			}
		}
	}
}
