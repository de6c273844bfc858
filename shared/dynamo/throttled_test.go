package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"group-invites/infra/local/faulty"
	"group-invites/shared/directory"
	"group-invites/shared/dynamo"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// busyTable is the world's table behind one that is too busy for some calls.
func busyTable(t *testing.T, w *World) (*dynamo.Table, *faulty.Table) {
	busy := faulty.New(aws.ToString(w.Client.Options().BaseEndpoint))
	t.Cleanup(busy.Close)
	return dynamo.Open(dynamo.Options{Table: w.TableName, Region: "local", Endpoint: busy.URL(), AccessKeyID: "local", SecretAccessKey: "local"}), busy
}

// first gives the first so many calls that fault, and counts calls.
func first(n int, fault faulty.Fault, calls *int) faulty.Plan {
	return func(string) faulty.Fate {
		*calls++
		if *calls <= n {
			return faulty.Fate{Fault: fault}
		}
		return faulty.Fate{}
	}
}

// TestThrottled_IsAskedForAgain: what is throttled, in whichever way, is asked for again by the same read and the same joining; what meets a conflict isn't, since
// it has to be read again.
func TestThrottled_IsAskedForAgain(t *testing.T) {
	w := New(t)
	ctx := t.Context()
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	link := w.Link(admin, group, Anyone)
	table, busy := busyTable(t, w)
	keys := invite.Keys{Group: group.ID, Invite: link.ID, Users: []directory.UserID{admin.ID}}
	joining := func(name string) invite.Joining {
		who := Person(name)
		since := w.Clock.Now()
		return invite.Joining{
			Invite: &link.Invite, Shard: invite.NoShard,
			Org:   &directory.OrgMember{Org: group.ID.Org(), User: who.ID, State: directory.StateIn, Role: directory.RoleUser, Since: since, JoinedAt: since},
			Group: directory.GroupMember{Group: group.ID, User: who.ID, State: directory.StateIn, Since: since, JoinedAt: since, JoinID: "0123456789abcdef"},
		}
	}
	for n := range 12 { // so that each way of being busy comes
		var calls int
		busy.Follow(first(2, faulty.Throttle, &calls))
		rows, err := table.ReadLink(ctx, keys)
		if err != nil || calls != 3 || rows.Invite == nil || rows.Org == nil || rows.Group == nil || !rows.Members[admin.ID].IsAdmin() {
			t.Errorf("read in %d calls: %v, %+v", calls, err, rows)
		}
		calls = 0
		if err := table.Join(ctx, joining(fmt.Sprint("person ", n))); err != nil || calls != 3 {
			t.Errorf("joined in %d calls: %v", calls, err)
		}
	}
	var calls int
	busy.Follow(first(1, faulty.Conflict, &calls))
	if err := table.Join(ctx, joining("late")); !errors.Is(err, directory.ErrChanged) || calls != 1 {
		t.Errorf("a joining meets a conflict: %v after %d calls", err, calls)
	}

	calls = 0
	busy.Follow(first(1000, faulty.Throttle, &calls))
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	if _, err := table.ReadLink(short, keys); !errors.Is(err, directory.ErrUnavailable) || calls < 2 {
		t.Errorf("busy for all of the time: %v after %d calls", err, calls)
	}
	if err := table.Join(short, joining("later")); !errors.Is(err, directory.ErrUnavailable) {
		t.Errorf("busy for all of the time: %v", err)
	}
}
