package acceptance

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// deal deals the places of a link among shards. The local engine knows no conflicts, for which redeemers would.
func (o org) deal(t *testing.T, l link, shards int) {
	t.Helper()
	_, err := o.s.DynamoDB().UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(o.s.TableName()), Key: o.key(l),
		UpdateExpression:          aws.String("SET shards = :n, dealt = uses, uses = maxUses"),
		ConditionExpression:       aws.String("attribute_exists(pk) AND attribute_not_exists(shards)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": &types.AttributeValueMemberN{Value: strconv.Itoa(shards)}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestShards_AreNotSeenFromOutside: a link whose places were dealt out answers as any other, until the last place and after its end.
func TestShards_AreNotSeenFromOutside(t *testing.T) {
	t.Parallel()
	const places = 8
	o := shared.org(t)
	settings, key := object{"access": "anyone", "maxUses": places}, "Idempotency-Key: dealt"
	l := read[link](t, shared.want(t, http.StatusCreated, "POST", o.in("/invites"), o.admin.token, settings, key))
	shared.redeem(t, shared.person(t, "first"), l.code(t), http.StatusCreated)
	o.deal(t, l, 4)
	for uses := 1; uses <= places; uses++ {
		state := "active"
		if uses == places {
			state = "used_up"
		}
		again := read[link](t, shared.want(t, http.StatusCreated, "POST", o.in("/invites"), o.admin.token, settings, key))
		one := get[link](t, shared, o.invite(l), o.admin.token)
		listed := get[list[link]](t, shared, o.in("/invites"), o.admin.token).Items[0]
		for where, got := range map[string]link{"created again": again, "read": one, "listed": listed} {
			if got.ID != l.ID || got.Uses != uses || got.State != state {
				t.Errorf("%s after %d: %s has %d uses and is %s", where, uses, got.ID, got.Uses, got.State)
			}
		}
		preview := read[struct{ State string }](t, shared.want(t, http.StatusOK, "POST", "/v1/invites/preview", "", object{"code": l.code(t)}))
		if preview.State != state {
			t.Errorf("after %d the preview says %s", uses, preview.State)
		}
		if uses < places {
			shared.want(t, http.StatusAccepted, "POST", o.emails(l), o.admin.token, object{"emails": []string{"mira@example.com"}})
			shared.redeem(t, shared.person(t, "joins"), l.code(t), http.StatusCreated)
		}
	}
	shared.refused(t, shared.person(t, "late"), l.code(t), http.StatusGone, "invite_used_up")
	shared.want(t, http.StatusNoContent, "DELETE", o.invite(l), o.admin.token, nil)
	shared.refused(t, shared.person(t, "later"), l.code(t), http.StatusGone, "invite_deleted")
}

// TestShards_GoWithTheirLink: by a delete, or with the group, they are closed, for as long as a joining might be on its way.
func TestShards_GoWithTheirLink(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(o org, l link){
		"by a delete":    func(o org, l link) { shared.want(t, http.StatusNoContent, "DELETE", o.invite(l), o.admin.token, nil) },
		"with the group": func(o org, _ link) { shared.want(t, http.StatusNoContent, "DELETE", o.in(""), o.admin.token, nil) },
	} {
		o := shared.org(t)
		l := o.link(t, o.admin, object{"access": "anyone", "maxUses": 100})
		o.deal(t, l, 10)
		shared.redeem(t, shared.person(t, "joins"), l.code(t), http.StatusCreated)
		end(o, l)
		shared.settled(t)
		closed := 0
		for key, row := range shared.rows(t, "#"+l.ID+"#") {
			if !strings.Contains(row, "closed=1") || !strings.Contains(row, "ttl=") || strings.Contains(row, "uses=") {
				t.Errorf("%s: left behind %s: %s", name, key, row)
			}
			closed++
		}
		if closed != 10 {
			t.Errorf("%s: %d shards are closed", name, closed)
		}
		shared.refused(t, shared.person(t, "late"), l.code(t), http.StatusGone, "invite_deleted")
	}
}
