package template

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"go.yaml.in/yaml/v3"
)

// Table is the DynamoDB table.
type Table struct {
	LogicalID    string
	Name         string // what the functions are told
	TTLAttribute string

	attributes []types.AttributeDefinition
	keys       []types.KeySchemaElement
	indexes    []types.GlobalSecondaryIndex
	stream     *types.StreamSpecification
}

// CreateTableInput is the request that makes this table under the given name: keys, indexes and stream. TTL takes a
// request of its own, with TTLAttribute. The caller may change what it gets.
func (t Table) CreateTableInput(name string) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName:              aws.String(name),
		BillingMode:            types.BillingModePayPerRequest,
		AttributeDefinitions:   append([]types.AttributeDefinition(nil), t.attributes...),
		KeySchema:              append([]types.KeySchemaElement(nil), t.keys...),
		GlobalSecondaryIndexes: append([]types.GlobalSecondaryIndex(nil), t.indexes...),
		StreamSpecification:    t.stream,
	}
}

// PartitionKey is the attribute that the partition of a row is named by.
func (t Table) PartitionKey() string {
	for _, k := range t.keys {
		if k.KeyType == types.KeyTypeHash {
			return aws.ToString(k.AttributeName)
		}
	}
	return ""
}

// readTable leaves out backups, encryption at rest and protection from deletion: emulators have none of them. The local table's name is the caller's.
func (l *loader) readTable(id string, properties *yaml.Node) Table {
	l.known(properties, "TableName", "PointInTimeRecoverySpecification", "SSESpecification", "DeletionProtectionEnabled", "Tags", "ContributorInsightsSpecification",
		"BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "TimeToLiveSpecification", "StreamSpecification")
	if mode := l.get(properties, "BillingMode"); l.string(mode, "BillingMode") != string(types.BillingModePayPerRequest) {
		l.fail(mode.node, "BillingMode must be %s", types.BillingModePayPerRequest)
	}
	t := Table{LogicalID: id, Name: l.tableName, keys: l.keySchema(l.get(properties, "KeySchema"))}
	for _, a := range l.get(properties, "AttributeDefinitions").list {
		t.attributes = append(t.attributes, types.AttributeDefinition{
			AttributeName: aws.String(l.string(l.of(a, "AttributeName"), "AttributeName")),
			AttributeType: types.ScalarAttributeType(l.string(l.of(a, "AttributeType"), "AttributeType")),
		})
	}
	for _, g := range l.get(properties, "GlobalSecondaryIndexes").list {
		l.knownIn(g, "IndexName", "KeySchema", "Projection")
		projection := l.of(g, "Projection")
		l.knownIn(projection, "ProjectionType", "NonKeyAttributes")
		t.indexes = append(t.indexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(l.string(l.of(g, "IndexName"), "IndexName")),
			KeySchema: l.keySchema(l.of(g, "KeySchema")),
			Projection: &types.Projection{
				ProjectionType:   types.ProjectionType(l.string(l.of(projection, "ProjectionType"), "ProjectionType")),
				NonKeyAttributes: l.strings(l.of(projection, "NonKeyAttributes"), "NonKeyAttributes"),
			},
		})
	}
	if ttl := l.get(properties, "TimeToLiveSpecification"); l.of(ttl, "Enabled").text == "true" {
		t.TTLAttribute = l.string(l.of(ttl, "AttributeName"), "AttributeName")
	}
	if stream := l.get(properties, "StreamSpecification"); stream.shape != absent {
		l.knownIn(stream, "StreamViewType")
		t.stream = &types.StreamSpecification{
			StreamEnabled:  aws.Bool(true),
			StreamViewType: types.StreamViewType(l.string(l.of(stream, "StreamViewType"), "StreamViewType")),
		}
	}
	return t
}

func (l *loader) keySchema(v value) []types.KeySchemaElement {
	var keys []types.KeySchemaElement
	for _, k := range v.list {
		keys = append(keys, types.KeySchemaElement{
			AttributeName: aws.String(l.string(l.of(k, "AttributeName"), "AttributeName")),
			KeyType:       types.KeyType(l.string(l.of(k, "KeyType"), "KeyType")),
		})
	}
	return keys
}
