package awsapi_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/awsapi"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// TestPartitions_OfEveryRowAreHeldAgainstThePolicy: one row of another partition has the whole call refused, whichever call it is.
func TestPartitions_OfEveryRowAreHeldAgainstThePolicy(t *testing.T) {
	behind := start(t) // has the table, and lets a tool's calls through
	actions := []string{"PutItem", "GetItem", "UpdateItem", "DeleteItem", "ConditionCheckItem", "BatchGetItem", "BatchWriteItem", "Query"}
	policy := template.Statement{
		Sid: "Own", Effect: "Allow", Resources: []string{table},
		Conditions: []template.Condition{{ForAll: true, Operator: template.StringLike, Key: template.LeadingKeys, Values: []string{"A#*", "B#*", "C#*"}}},
	}
	for _, a := range actions {
		policy.Actions = append(policy.Actions, "dynamodb:"+a)
	}
	var refused []string
	api, err := awsapi.New(awsapi.Options{
		Engine: behind.url, PartitionKey: "pk", Functions: []template.Function{{Name: "keeper", Policies: []template.Statement{policy}}},
		Refused: func(_, action, _ string) { refused = append(refused, action) },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	defer server.Close()
	c := client(&endpoint{url: server.URL}, "ASIALOCALKEEPERX1") // to the other endpoint a tool
	things, ctx := aws.String("things"), t.Context()
	put := func(s string) types.TransactWriteItem {
		return types.TransactWriteItem{Put: &types.Put{TableName: things, Item: key(s)}}
	}
	check := func(s string) types.TransactWriteItem {
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: things, Key: key(s), ConditionExpression: aws.String("attribute_exists(pk)")}}
	}
	query := func(condition, name, value string) func(string) error {
		return func(s string) error {
			in := &dynamodb.QueryInput{
				TableName: things, KeyConditionExpression: aws.String(condition),
				ExpressionAttributeValues: map[string]types.AttributeValue{value: &types.AttributeValueMemberS{Value: s}},
			}
			if name != "" {
				in.ExpressionAttributeNames = map[string]string{name: "pk"}
			}
			_, err := c.Query(ctx, in)
			return err
		}
	}
	for name, call := range map[string]func(s string) error{
		"put": func(s string) error {
			_, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: things, Item: row(s)})
			return err
		},
		"get": func(s string) error {
			_, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: things, Key: key(s)})
			return err
		},
		"update": func(s string) error {
			_, err := c.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: things, Key: key(s)})
			return err
		},
		"delete": func(s string) error {
			_, err := c.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: things, Key: key(s)})
			return err
		},
		"batch get": func(s string) error {
			_, err := c.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
				"things": {Keys: []map[string]types.AttributeValue{key("B#1"), key(s)}},
			}})
			return err
		},
		"batch write": func(s string) error {
			_, err := c.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{
				"things": {{PutRequest: &types.PutRequest{Item: key("B#1")}}, {DeleteRequest: &types.DeleteRequest{Key: key(s)}}},
			}})
			return err
		},
		"transaction": func(s string) error {
			_, err := c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put("B#1"), put(s)}})
			return err
		},
		"transaction that checks": func(s string) error {
			_, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: things, Item: key("A#1")}) // what is checked
			if err != nil {
				return err
			}
			_, err = c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put("B#1"), check(s)}})
			return err
		},
		"query":         query("pk = :p", "", ":p"),
		"query by name": query("#p=:v", "#p", ":v"),
	} {
		refused = nil
		if err := call("A#1"); err != nil || refused != nil {
			t.Errorf("%s within the partitions: %v, refused %v", name, err, refused)
		}
		var fault smithy.APIError
		if err := call("Z#1"); !errors.As(err, &fault) || fault.ErrorCode() != "AccessDeniedException" || len(refused) != 1 {
			t.Errorf("%s of another partition: %v, refused %v", name, err, refused)
		}
	}
	if unused := api.Unused(); !slices.Equal(unused, []string{"keeper: Own has the condition's value C#*"}) {
		t.Errorf("unused %s", strings.Join(unused, "; "))
	}
}
