package awsapi_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"group-invites/infra/local/awsapi"
	"group-invites/infra/local/engine"
	"group-invites/infra/local/lambda"
	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

const (
	table     = "arn:aws:dynamodb:local:000000000000:table/things"
	secretARN = "arn:aws:secretsmanager:local:000000000000:secret:KeyRing"
)

// The functions: one that may do all that the tests do but delete, and one that may read the index alone.
var functions = []template.Function{
	{Name: "writer", Policies: []template.Statement{
		{Sid: "Put", Effect: "Allow", Actions: []string{"dynamodb:PutItem"}, Resources: []string{table}},
		{Sid: "Update", Effect: "Allow", Actions: []string{"dynamodb:updateitem", "dynamodb:ConditionCheckItem"}, Resources: []string{table}},
		{Sid: "Read", Effect: "Allow", Actions: []string{"dynamodb:Batch*", "dynamodb:GetItem"}, Resources: []string{"arn:aws:dynamodb:*:table/thing?"}},
		{Sid: "Query", Effect: "Allow", Actions: []string{"dynamodb:Query"}, Resources: []string{table}},
		{Sid: "Ring", Effect: "Allow", Actions: []string{"secretsmanager:GetSecretValue"}, Resources: []string{secretARN}},
		{Sid: "Never", Effect: "Deny", Actions: []string{"dynamodb:DeleteItem"}, Resources: []string{"*"}},
		{Sid: "All", Effect: "Allow", Actions: []string{"dynamodb:DeleteItem"}, Resources: []string{"*"}},
	}},
	{Name: "index-reader", Policies: []template.Statement{
		{Sid: "Index", Effect: "Allow", Actions: []string{"dynamodb:Query"}, Resources: []string{table + "/index/lists"}},
	}},
}

type endpoint struct {
	*awsapi.API
	url string

	mu      sync.Mutex
	refused []string
}

func start(t *testing.T) *endpoint {
	t.Helper()
	e, err := engine.Start(t.Context(), engine.Options{Stderr: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Stop() })
	out := &endpoint{}
	out.API, err = awsapi.New(awsapi.Options{Engine: e.Endpoint(), Functions: functions, Refused: func(function, action, resource string) {
		out.mu.Lock()
		defer out.mu.Unlock()
		out.refused = append(out.refused, function+" "+action+" "+resource)
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(out.API)
	t.Cleanup(server.Close)
	out.url = server.URL
	_, err = engine.Client(out.url).CreateTable(t.Context(), &dynamodb.CreateTableInput{ // as a developer's tool
		TableName:   aws.String("things"),
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("lpk"), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName:  aws.String("lists"),
			KeySchema:  []types.KeySchemaElement{{AttributeName: aws.String("lpk"), KeyType: types.KeyTypeHash}},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	writer      = "ASIALOCALWRITERX1"
	indexReader = "ASIALOCALINDEXREADERX1"
)

func client(e *endpoint, accessKeyID string) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "local", BaseEndpoint: aws.String(e.url), Credentials: credentials.NewStaticCredentialsProvider(accessKeyID, "local", "local"),
	})
}

func key(s string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: s}}
}

func row(s string) map[string]types.AttributeValue {
	item := key(s)
	item["lpk"] = &types.AttributeValueMemberS{Value: "x"}
	item["ConsumedCapacity"] = &types.AttributeValueMemberS{Value: `"ConsumedCapacity":{"CapacityUnits":99}`}
	return item
}

func TestCountsCallsAndUnitsOfEachEnvironment(t *testing.T) {
	e := start(t)
	c, other := client(e, writer), client(e, "ASIALOCALWRITERX2")
	things := aws.String("things")
	if _, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: things, Item: row("a")}); err != nil {
		t.Fatal(err)
	}
	if got, want := e.Take(writer), (lambda.Usage{Calls: 1, WriteUnits: 2}); got != want { // the table and its index
		t.Errorf("put: %+v, want %+v", got, want)
	}
	_, err := c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: things, Item: key("b")}},
		{ConditionCheck: &types.ConditionCheck{TableName: things, Key: key("a"), ConditionExpression: aws.String("attribute_exists(pk)")}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := e.Take(writer), (lambda.Usage{Calls: 1, WriteUnits: 4}); got != want {
		t.Errorf("transaction: %+v, want %+v", got, want)
	}
	batch := &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		"things": {Keys: []map[string]types.AttributeValue{key("a"), key("b")}, ConsistentRead: aws.Bool(true)},
	}}
	out, err := c.BatchGetItem(t.Context(), batch)
	if err != nil || len(out.Responses["things"]) != 2 {
		t.Fatalf("%+v, %v", out, err)
	}
	if _, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: things, Key: key("b")}); err != nil {
		t.Fatal(err)
	}
	if _, err := other.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: things, Key: key("b"), ConsistentRead: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	if got, want := e.Take(writer), (lambda.Usage{Calls: 2, ReadUnits: 2.5}); got != want {
		t.Errorf("batch and get: %+v, want %+v", got, want)
	}
	if got, want := e.Take("ASIALOCALWRITERX2"), (lambda.Usage{Calls: 1, ReadUnits: 1}); got != want {
		t.Errorf("the other environment: %+v, want %+v", got, want)
	}
	if got := e.Take(writer); got != (lambda.Usage{}) {
		t.Errorf("taken twice: %+v", got)
	}
}

func TestPolicy(t *testing.T) {
	e := start(t)
	c, reader := client(e, writer), client(e, indexReader)
	things := aws.String("things")
	query := func(index *string) *dynamodb.QueryInput {
		key := "pk"
		if index != nil {
			key = "lpk"
		}
		return &dynamodb.QueryInput{
			TableName: things, IndexName: index, KeyConditionExpression: aws.String(key + " = :x"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":x": &types.AttributeValueMemberS{Value: "x"}},
		}
	}
	transaction := func(items ...types.TransactWriteItem) func() error {
		return func() error {
			_, err := c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: items})
			return err
		}
	}
	put := types.TransactWriteItem{Put: &types.Put{TableName: things, Item: key("p")}}
	for name, test := range map[string]struct {
		do     func() error
		denied string // the permission that is missing
	}{
		"allowed": {transaction(put), ""},
		"an update within a transaction": {transaction(put, types.TransactWriteItem{Update: &types.Update{
			TableName: things, Key: key("u"), UpdateExpression: aws.String("SET x = :x"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":x": &types.AttributeValueMemberN{Value: "1"}},
		}}), ""},
		"a delete within a transaction": {transaction(put, types.TransactWriteItem{Delete: &types.Delete{TableName: things, Key: key("d")}}),
			"writer dynamodb:DeleteItem " + table},
		"a put into another table": {transaction(types.TransactWriteItem{Put: &types.Put{TableName: aws.String("other"), Item: key("p")}}),
			"writer dynamodb:PutItem arn:aws:dynamodb:local:000000000000:table/other"},
		"a deny goes before an allow": {func() error {
			_, err := c.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: things, Key: key("d")})
			return err
		}, "writer dynamodb:DeleteItem " + table},
		"a table isn't its index": {func() error {
			_, err := c.Query(t.Context(), query(aws.String("lists")))
			return err
		}, "writer dynamodb:Query " + table + "/index/lists"},
		"an index isn't its table": {func() error {
			_, err := reader.Query(t.Context(), query(nil))
			return err
		}, "index-reader dynamodb:Query " + table},
		"the index": {func() error {
			_, err := reader.Query(t.Context(), query(aws.String("lists")))
			return err
		}, ""},
		"a scan": {func() error {
			_, err := c.Scan(t.Context(), &dynamodb.ScanInput{TableName: things})
			return err
		}, "writer dynamodb:Scan " + table},
		"a batch by wildcards": {func() error {
			_, err := c.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
				"things": {Keys: []map[string]types.AttributeValue{key("a")}},
			}})
			return err
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e.refused = nil
			err := test.do()
			var fault smithy.APIError
			switch {
			case test.denied == "" && (err != nil || e.refused != nil):
				t.Errorf("%v, refused %q", err, e.refused)
			case test.denied != "" && (!errors.As(err, &fault) || fault.ErrorCode() != "AccessDeniedException" || !slices.Equal(e.refused, []string{test.denied})):
				t.Errorf("%v, refused %q, want %q", err, e.refused, test.denied)
			}
		})
	}
	want := []string{
		"writer: All has the action dynamodb:DeleteItem", "writer: All has the resource *",
		"writer: Query has the action dynamodb:Query", "writer: Query has the resource " + table,
		"writer: Read has the action dynamodb:GetItem",
		"writer: Ring has the action secretsmanager:GetSecretValue", "writer: Ring has the resource " + secretARN,
		"writer: Update has the action dynamodb:ConditionCheckItem",
	}
	if unused := e.Unused(); !slices.Equal(unused, want) {
		t.Errorf("unused:\n%s\nwant:\n%s", strings.Join(unused, "\n"), strings.Join(want, "\n"))
	}
}

// post calls an operation that the clients of this module don't have.
func post(t *testing.T, e *endpoint, accessKeyID, target, request string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.url, strings.NewReader(request))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("X-Amz-Target", target)
	req.Header.Set("X-Amz-Date", "20260101T000000Z")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+accessKeyID+"/20260101/local/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=0")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

func getSecret(t *testing.T, e *endpoint, accessKeyID, id string) (int, map[string]any) {
	t.Helper()
	return post(t, e, accessKeyID, "secretsmanager.GetSecretValue", `{"SecretId":"`+id+`"}`)
}

func TestStreams_AreForTools(t *testing.T) {
	e := start(t)
	const list = "DynamoDBStreams_20120810.ListStreams"
	if status, body := post(t, e, "tool", list, `{"TableName":"things"}`); status != 200 || body["Streams"] == nil {
		t.Errorf("a tool: %d %v", status, body)
	}
	if status, body := post(t, e, writer, list, `{"TableName":"things"}`); status != 400 || body["__type"] != "UnknownOperationException" {
		t.Errorf("a function: %d %v", status, body)
	}
}

func TestSecret(t *testing.T) {
	e := start(t)
	e.SetSecret(secretARN, "one")
	status, first := getSecret(t, e, writer, secretARN)
	if status != 200 || first["SecretString"] != "one" || first["ARN"] != secretARN || first["Name"] != "KeyRing" {
		t.Errorf("%d %v", status, first)
	}
	e.SetSecret(secretARN, "two")
	if _, second := getSecret(t, e, writer, secretARN); second["SecretString"] != "two" || second["VersionId"] == first["VersionId"] {
		t.Errorf("after a change: %v", second)
	}
	if status, body := getSecret(t, e, indexReader, secretARN); status != 400 || body["__type"] != "AccessDeniedException" {
		t.Errorf("without permission: %d %v", status, body)
	}
	if status, body := getSecret(t, e, "someone", "nothing"); status != 400 || body["__type"] != "ResourceNotFoundException" {
		t.Errorf("an unknown secret: %d %v", status, body)
	}
	put := func(who, id string) (int, map[string]any) {
		return post(t, e, who, "secretsmanager.PutSecretValue", `{"SecretId":"`+id+`","SecretString":"three"}`)
	}
	if status, body := put(writer, secretARN); status != 400 || body["__type"] != "AccessDeniedException" {
		t.Errorf("a function puts: %d %v", status, body)
	}
	if status, body := put("someone", "nothing"); status != 400 || body["__type"] != "ResourceNotFoundException" {
		t.Errorf("a tool puts what isn't there: %d %v", status, body)
	}
	if status, body := put("someone", secretARN); status != 200 || e.Secret(secretARN) != "three" {
		t.Errorf("a tool puts: %d %v", status, body)
	}
	if got := e.Take(writer); got.Calls != 0 {
		t.Errorf("secrets count as %+v", got)
	}
}

func TestUnknownServices(t *testing.T) {
	e := start(t)
	resp, err := http.Post(e.url, "application/x-amz-json-1.0", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("%d", resp.StatusCode)
	}
}
