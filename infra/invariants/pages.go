package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/infra/invariants/check"
)

// pages reads a table page by page: the one after the given key, nil for the first. next is nil after the last. units are what it took.
type pages func(ctx context.Context, after check.Row) (rows []check.Row, next check.Row, units float64, err error)

// read checks all rows of a table, and takes so many units a second.
func read(ctx context.Context, from pages, perSecond float64) (rows int, found []check.Violation, err error) {
	table := check.New(time.Now())
	var after check.Row
	for {
		begun := time.Now()
		page, next, units, err := from(ctx, after)
		if err != nil {
			return 0, nil, err
		}
		for _, row := range page {
			table.Add(row)
		}
		if after = next; after == nil {
			return table.Rows(), table.Violations(), nil
		}
		select {
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		case <-time.After(time.Duration(units/perSecond*float64(time.Second)) - time.Since(begun)):
		}
	}
}

// engineTable is a table of a local engine.
func engineTable(client *dynamodb.Client, name string) pages {
	consistent := true
	return func(ctx context.Context, after check.Row) ([]check.Row, check.Row, float64, error) {
		out, err := client.Scan(ctx, &dynamodb.ScanInput{
			TableName: &name, ConsistentRead: &consistent, ExclusiveStartKey: after, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		if err != nil {
			return nil, nil, 0, err
		}
		units := 0.0
		if c := out.ConsumedCapacity; c != nil && c.CapacityUnits != nil {
			units = *c.CapacityUnits
		}
		return out.Items, out.LastEvaluatedKey, units, nil
	}
}

// runner runs the AWS CLI, or what stands for it.
type runner func(ctx context.Context, arguments ...string) ([]byte, error)

// aws runs the AWS CLI: credentials, regions and profiles are its own matter.
func aws(ctx context.Context, arguments ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "aws", arguments...)
	var fault bytes.Buffer
	command.Stderr = &fault
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("aws %s: %w: %s", strings.Join(arguments[:2], " "), err, strings.TrimSpace(fault.String()))
	}
	return out, nil
}

// tableOf finds the table of a deployed stack by the stack's outputs.
func tableOf(ctx context.Context, stack string, run runner) (pages, error) {
	out, err := run(ctx, "cloudformation", "describe-stacks", "--stack-name", stack, "--output", "text",
		"--query", "Stacks[0].Outputs[?OutputKey=='TableName'].OutputValue")
	if err != nil {
		return nil, err
	}
	name := strings.TrimSpace(string(out))
	if name == "" || name == "None" {
		return nil, fmt.Errorf("stack %s has no output TableName", stack)
	}
	return func(ctx context.Context, after check.Row) ([]check.Row, check.Row, float64, error) {
		return scan(ctx, name, after, run)
	}, nil
}

// value is an attribute as DynamoDB's JSON has it; rows of ours have no other kinds.
type value struct {
	S  *string  `json:",omitempty"`
	N  *string  `json:",omitempty"`
	SS []string `json:",omitempty"`
}

// scan reads one page by the AWS CLI.
func scan(ctx context.Context, table string, after check.Row, run runner) ([]check.Row, check.Row, float64, error) {
	arguments := []string{
		"dynamodb", "scan", "--no-paginate", "--output", "json", "--table-name", table, "--consistent-read", "--return-consumed-capacity", "TOTAL",
	}
	if after != nil {
		start := map[string]value{}
		for name, v := range after {
			if s, ok := v.(*types.AttributeValueMemberS); ok {
				start[name] = value{S: &s.Value}
			}
		}
		key, err := json.Marshal(start) // ids only
		if err != nil {
			return nil, nil, 0, err
		}
		arguments = append(arguments, "--exclusive-start-key", string(key))
	}
	out, err := run(ctx, arguments...)
	if err != nil {
		return nil, nil, 0, err
	}
	var answer struct {
		Items            []map[string]value
		LastEvaluatedKey map[string]value
		ConsumedCapacity struct{ CapacityUnits float64 }
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return nil, nil, 0, fmt.Errorf("aws dynamodb scan: %w", err)
	}
	rows := make([]check.Row, len(answer.Items))
	for i, item := range answer.Items {
		rows[i] = row(item)
	}
	var next check.Row
	if len(answer.LastEvaluatedKey) > 0 {
		next = row(answer.LastEvaluatedKey)
	}
	return rows, next, answer.ConsumedCapacity.CapacityUnits, nil
}

func row(item map[string]value) check.Row {
	r := check.Row{}
	for name, v := range item {
		switch {
		case v.S != nil:
			r[name] = &types.AttributeValueMemberS{Value: *v.S}
		case v.N != nil:
			r[name] = &types.AttributeValueMemberN{Value: *v.N}
		case v.SS != nil:
			r[name] = &types.AttributeValueMemberSS{Value: v.SS}
		default: // no row of ours has such a value: let whoever reads it say so
			r[name] = &types.AttributeValueMemberNULL{Value: true}
		}
	}
	return r
}
