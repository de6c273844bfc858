package dynamo_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
)

// setOn gives every row of the table an attribute.
func setOn(t *testing.T, w *World, attribute string, value types.AttributeValue) {
	t.Helper()
	for _, row := range w.Rows() {
		_, err := w.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
			TableName: aws.String(w.TableName), Key: map[string]types.AttributeValue{"pk": row["pk"], "sk": row["sk"]},
			UpdateExpression: aws.String("SET #a = :v"), ExpressionAttributeNames: map[string]string{"#a": attribute},
			ExpressionAttributeValues: map[string]types.AttributeValue{":v": value},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestSchema_RowsOfALaterVersionDecideNothing: code that doesn't know a row's shape lets nobody in by it, and changes nothing.
func TestSchema_RowsOfALaterVersionDecideNothing(t *testing.T) {
	w := New(t)
	admin, newcomer := Person("admin"), Person("newcomer")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	link := w.Link(admin, group)
	setOn(t, w, "v", &types.AttributeValueMemberN{Value: "2"})

	for name, operation := range map[string]func() error{
		"redeem":  func() error { _, err := w.Invites.Redeem(t.Context(), newcomer, Code(link)); return err },
		"preview": func() error { _, err := w.Invites.Preview(t.Context(), Code(link)); return err },
		"delete":  func() error { return w.Invites.Delete(t.Context(), admin, group.ID, link.ID) },
		"list": func() error {
			_, err := w.Invites.List(t.Context(), admin, group.ID, directory.PageRequest{Limit: 50})
			return err
		},
		"me": func() error { _, err := w.Directory.Me(t.Context(), admin); return err },
	} {
		err := operation()
		if err == nil || errors.Is(err, directory.ErrNotFound) || errors.Is(err, directory.ErrUnavailable) {
			t.Errorf("%s: %v; want a fault that is none of the domain's answers", name, err)
		}
	}
}

// TestSchema_WhatIsAddedToRowsIsNoHindrance: a later version may add attributes; this one goes on, and leaves them in the rows
// of members, which it changes for as long as there are any.
func TestSchema_WhatIsAddedToRowsIsNoHindrance(t *testing.T) {
	w := New(t)
	admin, member := Person("admin"), Person("member")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	w.Join(admin, group, member, directory.RoleUser)
	link := w.Link(admin, group, Anyone)
	setOn(t, w, "later", &types.AttributeValueMemberS{Value: "than this version"})

	must := func(name string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	must("remove", w.Directory.RemoveGroupMember(t.Context(), admin, group.ID, member.ID))
	_, _, err := w.Directory.PutGroupMember(t.Context(), admin, group.ID, member.ID)
	must("add again", err)
	_, err = w.Directory.ChangeRole(t.Context(), admin, group.ID.Org(), member.ID, directory.RoleManager)
	must("change a role", err)
	_, err = w.Invites.Redeem(t.Context(), Person("newcomer"), Code(link))
	must("redeem", err)

	for _, row := range w.Rows() {
		if pk := row["pk"].(*types.AttributeValueMemberS).Value; pk == "U#"+member.ID.String() && row["later"] == nil {
			t.Errorf("the row %v has lost what it held", row)
		}
	}
}
