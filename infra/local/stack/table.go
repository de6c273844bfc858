package stack

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"group-invites/infra/local/template"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ensureTable makes the table where it is missing. One that is there must have the template's keys, indexes and
// stream.
func ensureTable(ctx context.Context, c *dynamodb.Client, t template.Table, name string) error {
	out, err := c.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	var missing *types.ResourceNotFoundException
	switch {
	case errors.As(err, &missing):
		return createTable(ctx, c, t, name)
	case err != nil:
		return fmt.Errorf("look for table %s: %w", name, err)
	}
	want := t.CreateTableInput(name)
	var indexes []types.GlobalSecondaryIndex
	for _, i := range out.Table.GlobalSecondaryIndexes {
		indexes = append(indexes, types.GlobalSecondaryIndex{IndexName: i.IndexName, KeySchema: i.KeySchema, Projection: i.Projection})
	}
	if !reflect.DeepEqual(out.Table.KeySchema, want.KeySchema) || !reflect.DeepEqual(indexes, want.GlobalSecondaryIndexes) ||
		view(out.Table.StreamSpecification) != view(want.StreamSpecification) {
		return fmt.Errorf("table %s was made from another template.yaml: clear the local data by `make reset`", name)
	}
	return nil
}

// view is what records of a stream show; empty without a stream.
func view(s *types.StreamSpecification) types.StreamViewType {
	if s == nil {
		return ""
	}
	return s.StreamViewType
}

func createTable(ctx context.Context, c *dynamodb.Client, t template.Table, name string) error {
	if _, err := c.CreateTable(ctx, t.CreateTableInput(name)); err != nil {
		return fmt.Errorf("create table %s: %w", name, err)
	}
	active := dynamodb.NewTableExistsWaiter(c, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 20*time.Millisecond, time.Second
	})
	if err := active.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, time.Minute); err != nil {
		return fmt.Errorf("wait for table %s: %w", name, err)
	}
	if t.TTLAttribute == "" {
		return nil
	}
	_, err := c.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               &name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(t.TTLAttribute), Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("set the TTL attribute of table %s: %w", name, err)
	}
	return nil
}
