package acceptance

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestTime_ExpiredIsExpiredBeforeTheRowIsCleared(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	inside := o.join(t, "user")[0]
	made := o.link(t, o.admin, object{"access": "anyone", "expiration": "1h"})
	newcomer := shared.person(t, "newcomer")
	for _, end := range []time.Time{time.Now(), time.Now().Add(-25 * 24 * time.Hour)} { // now, and days ago
		o.set(t, made, "expiresAt", end)
		if got := o.state(t, o.admin, made); got != "expired" {
			t.Errorf("state %s", got)
		}
		shared.refused(t, newcomer, made.code(t), 410, "invite_expired")
		shared.redeem(t, inside, made.code(t), 200)
	}
	shown := read[preview](t, shared.want(t, 200, "POST", "/v1/invites/preview", "", object{"code": made.code(t)}))
	if *shown.Org.Name != "Astronomers" || *shown.Group.Name != "Comets" || shown.ExpiresAt == nil { // it can still say what it was
		t.Errorf("preview %+v", shown)
	}
}

// TestTime_TTLClearsARowAway: at first the row says when it may go, after the link's end and the retention; then time is up.
func TestTime_TTLClearsARowAway(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	made, forever := o.link(t, o.admin, anyone), o.link(t, o.admin, anyone)
	ending := o.link(t, o.admin, object{"access": "anyone", "expiration": "1h"})
	const retention = 30 * 24 * time.Hour
	if got := o.ttl(t, ending); got == nil || !got.Equal(ending.ExpiresAt.Add(retention)) {
		t.Errorf("the row of a link that ends at %v goes at %v", ending.ExpiresAt, got)
	}
	if got := o.ttl(t, forever); got != nil {
		t.Errorf("the row of a link that never ends goes at %v", got)
	}

	o.set(t, made, "ttl", time.Now().Add(-time.Minute))
	newcomer := shared.person(t, "newcomer")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		shown := read[preview](t, shared.want(t, 200, "POST", "/v1/invites/preview", "", object{"code": made.code(t)}))
		if shown.State == "deleted" {
			break
		}
		if shown.State != "active" || time.Now().After(deadline) {
			t.Fatalf("state %s: TTL clears, and is never what decides", shown.State)
		}
	}
	shared.refused(t, newcomer, made.code(t), 410, "invite_deleted")
	shared.send(t, "GET", o.invite(made), o.admin.token, nil).refusal(t, 404, "not_found")
	if got := get[list[link]](t, shared, o.in("/invites"), o.admin.token); len(got.Items) != 2 {
		t.Errorf("listed %+v", got)
	}
	shared.redeem(t, newcomer, ending.code(t), 201)
}

// ttl reads when a link's row may be cleared away; nil is never.
func (o org) ttl(t *testing.T, l link) *time.Time {
	t.Helper()
	out, err := o.s.DynamoDB().GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String(o.s.TableName()), ConsistentRead: aws.Bool(true), Key: o.key(l),
	})
	if err != nil || out.Item == nil {
		t.Fatalf("no row of %s: %v", l.ID, err)
	}
	var at *time.Time
	if n, ok := out.Item["ttl"].(*types.AttributeValueMemberN); ok {
		seconds, err := time.ParseDuration(n.Value + "s")
		if err != nil {
			t.Fatal(err)
		}
		at = aws.Time(time.Unix(0, 0).Add(seconds))
	}
	return at
}
