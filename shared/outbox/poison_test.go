package outbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// spoil makes a row unreadable: its attribute is of another type than we write.
func (s scene) spoil(pk, sk, attribute string) {
	s.Helper()
	_, err := s.Client.UpdateItem(s.Context(), &dynamodb.UpdateItemInput{
		TableName: &s.TableName, Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: pk}, "sk": &types.AttributeValueMemberS{Value: sk},
		},
		UpdateExpression: aws.String("SET #a = :broken"), ConditionExpression: aws.String("attribute_exists(pk)"),
		ExpressionAttributeNames:  map[string]string{"#a": attribute},
		ExpressionAttributeValues: map[string]types.AttributeValue{":broken": &types.AttributeValueMemberL{}},
	})
	s.must(err)
}

func (s scene) spoilMail(link invite.View, to string) {
	s.Helper()
	s.spoil(fmt.Sprintf("D#%s#%s", link.Group, link.ID), key(link, to).ID.String(), "sends")
}

// TestDeliver_UnreadableRows: one row that can't be read keeps its own mails, and no others, whatever row it is.
func TestDeliver_UnreadableRows(t *testing.T) {
	const bad, good = "bad@example.com", "good@example.com"
	for name, spoil := range map[string]func(s scene, badLink invite.View){
		"of a mail": func(s scene, l invite.View) { s.spoilMail(l, bad) },
		"of a link": func(s scene, l invite.View) { s.spoil("I#"+l.Group.String(), l.ID.String(), "createdAt") },
		"of an address": func(s scene, _ invite.View) {
			address := Addresses(bad)[0].Key()
			s.must(s.Table.Suppress(s.Context(), address, mail.ReasonOptedOut, s.Clock.Now()))
			s.spoil("S#"+address.String(), "S", "optedOutAt")
		},
	} {
		for _, way := range []string{"fresh", "sweep"} {
			t.Run(name+", "+way, func(t *testing.T) {
				s := newScene(t)
				badLink := s.Link(s.admin, s.group, To(bad))
				goodLink := s.Link(s.admin, s.group, To(good))
				keys := []mail.Key{key(badLink, bad), key(goodLink, good)}
				spoil(s, badLink)
				if way == "fresh" {
					if faults := s.outbox.DeliverFresh(t.Context(), keys); faults[0] == nil || faults[1] != nil {
						t.Errorf("faults %v", faults)
					}
				} else {
					s.Clock.Advance(mail.SweepDelay)
					if _, err := s.outbox.Sweep(t.Context()); err == nil {
						t.Error("nobody is told of the row")
					}
				}
				if got := s.sink.to(); !slices.Equal(got, []string{good}) {
					t.Errorf("sent to %v", got)
				}
			})
		}
	}
}

// TestSweep_GoesPastWhatCantBeDecided: more unreadable rows than a sweep takes at a time, all of them due before the rest.
func TestSweep_GoesPastWhatCantBeDecided(t *testing.T) {
	s := newScene(t)
	for i := range 3 {
		var to []string
		for _, a := range numbered(50) {
			to = append(to, fmt.Sprintf("%d-%s", i, a))
		}
		link := s.Link(s.admin, s.group, To(to...))
		for _, a := range to {
			s.spoilMail(link, a)
		}
	}
	_, err := s.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.TableName, Item: map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: "D#nonsense"}, "sk": &types.AttributeValueMemberS{Value: "x"},
		"lpk": &types.AttributeValueMemberS{Value: "due#0"}, "lsk": &types.AttributeValueMemberS{Value: "0000000000001#x"},
	}})
	s.must(err)
	s.Clock.Advance(time.Second)
	link := s.Link(s.admin, s.group, To(numbered(60)[:50]...))
	s.Clock.Advance(mail.SweepDelay)
	if _, err := s.outbox.Sweep(t.Context()); err == nil {
		t.Error("nobody is told of the rows")
	}
	s.want(link, sorted(numbered(60)[:50]), strings.TrimSuffix(strings.Repeat("sent, ", 50), ", "))
}
