package awsapi

import (
	"encoding/json"
	"regexp"
	"strings"

	"group-invites/infra/local/template"
)

// call is what must be known of a DynamoDB request.
type call struct {
	rows
	TableName                 string
	IndexName                 string
	RequestItems              map[string]json.RawMessage
	TransactItems             []map[string]member
	KeyConditionExpression    string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues item
	ReturnConsumedCapacity    *string
}

// member is one operation of a transaction.
type member struct {
	TableName string
	rows
}

// rows are what an operation names its rows by: the whole row, its key, or several keys.
type rows struct {
	Item, Key item
	Keys      []item
}

// item is a row, or a part of one. Only texts can be the keys of partitions here.
type item map[string]struct{ S *string }

// partitions are the keys of the partitions that the rows are in.
func (r rows) partitions(attribute string) []string {
	var out []string
	for _, i := range append([]item{r.Item, r.Key}, r.Keys...) {
		if v := i[attribute].S; v != nil {
			out = append(out, *v)
		}
	}
	return out
}

// permissions are the actions that a call needs, each on a resource, with the partitions of the rows that it names.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html tells of transactions.
func (c call) permissions(operation, partitionKey string) []permission {
	var needed []permission
	need := func(action, resource string, partitions []string) {
		needed = append(needed, permission{"dynamodb:" + action, resource, map[string][]string{template.LeadingKeys: partitions}})
	}
	switch operation {
	case "BatchGetItem":
		for table, request := range c.RequestItems {
			var read rows
			json.Unmarshal(request, &read) // what isn't of this form the engine refuses
			need(operation, tableARN(table), read.partitions(partitionKey))
		}
	case "BatchWriteItem":
		for table, request := range c.RequestItems {
			var writes []map[string]rows // PutRequest or DeleteRequest
			json.Unmarshal(request, &writes)
			var partitions []string
			for _, write := range writes {
				for _, r := range write {
					partitions = append(partitions, r.partitions(partitionKey)...)
				}
			}
			need(operation, tableARN(table), partitions)
		}
	case "TransactGetItems", "TransactWriteItems":
		for _, one := range c.TransactItems {
			for name, m := range one { // Get, Put, Update, Delete or ConditionCheck
				need(name+"Item", tableARN(m.TableName), m.partitions(partitionKey))
			}
		}
	case "Query":
		if c.IndexName != "" {
			need(operation, tableARN(c.TableName)+"/index/"+c.IndexName, nil)
			break
		}
		need(operation, tableARN(c.TableName), c.queried(partitionKey))
	default:
		resource := tableARN(c.TableName)
		if c.IndexName != "" {
			resource += "/index/" + c.IndexName
		}
		need(operation, resource, c.partitions(partitionKey))
	}
	return needed
}

// equality is a part of a query's condition that asks for one value.
var equality = regexp.MustCompile(`([#\w.-]+)\s*=\s*(:\w+)`)

// queried is the partition that a query of the table is about.
func (c call) queried(partitionKey string) []string {
	for _, m := range equality.FindAllStringSubmatch(c.KeyConditionExpression, -1) {
		name := m[1]
		if full, ok := c.ExpressionAttributeNames[name]; ok {
			name = full
		}
		if v := c.ExpressionAttributeValues[m[2]].S; name == partitionKey && v != nil {
			return []string{*v}
		}
	}
	return nil
}

// tableARN is the ARN of a table that a call names, be it by its ARN.
func tableARN(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return "arn:aws:dynamodb:" + template.Region + ":" + template.AccountID + ":table/" + name
}
