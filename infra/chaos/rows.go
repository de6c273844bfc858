package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/infra/invariants/check"
	"group-invites/infra/local/engine"
)

// rows are all rows of a table at one moment.
type rows struct {
	members map[string]map[string]bool // of groups, by id
	uses    map[string]int             // of links, by id; of capped ones exact
	there   map[string]bool            // links that aren't deleted, by id
	found   []check.Violation
	count   int
}

// settleTime is how long what follows the stream may take until the table is as package check wants it.
const settleTime = 30 * time.Second

// read reads the table once all that follows from the stream is done, and again for a while if package check finds anything.
func (s *site) read(ctx context.Context) (r rows, err error) {
	for deadline := time.Now().Add(settleTime); ; time.Sleep(500 * time.Millisecond) {
		if err := s.idle(ctx); err != nil {
			return r, err
		}
		if r, err = s.scan(ctx); err != nil || len(r.found) == 0 || time.Now().After(deadline) {
			return r, err
		}
	}
}

// steps is how many changes may follow from one another: something is deleted, its clearing begins, takes a step, and ends.
const steps = 4

// idle waits until all that follows from what was written has been written too.
func (s *site) idle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for range steps {
		if err := s.StreamIdle(ctx); err != nil {
			return fmt.Errorf("what follows the stream: %w", err)
		}
	}
	return nil
}

func (s *site) scan(ctx context.Context) (rows, error) {
	r := rows{members: map[string]map[string]bool{}, uses: map[string]int{}, there: map[string]bool{}}
	table := check.New(time.Now())
	pages := dynamodb.NewScanPaginator(engine.Client(s.engine.Endpoint()), &dynamodb.ScanInput{TableName: new(s.TableName()), ConsistentRead: new(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return r, fmt.Errorf("read the table: %w", err)
		}
		for _, row := range page.Items {
			table.Add(row)
			r.add(row)
		}
	}
	r.found, r.count = table.Violations(), table.Rows()
	return r, nil
}

// add takes what it says of members and uses from a row.
func (r *rows) add(row map[string]types.AttributeValue) {
	text := func(name string) string { v, _ := row[name].(*types.AttributeValueMemberS); return value(v) }
	number := func(name string) int {
		v, _ := row[name].(*types.AttributeValueMemberN)
		if v == nil {
			return 0
		}
		n, _ := strconv.Atoi(v.Value) // package check says what is no number
		return n
	}
	pk, sk := text("pk"), text("sk")
	user, isUser := strings.CutPrefix(pk, "U#")
	group, isMember := strings.CutPrefix(sk, "G#")
	switch {
	case isUser && isMember && text("state") == "in":
		if r.members[group] == nil {
			r.members[group] = map[string]bool{}
		}
		r.members[group][user] = true
	case strings.HasPrefix(pk, "I#"):
		r.there[sk] = true
		if row["shards"] != nil {
			r.uses[sk] += number("dealt")
		} else {
			r.uses[sk] += number("uses")
		}
	case strings.HasPrefix(pk, "P#"):
		r.uses[strings.Split(pk, "#")[2]] += number("uses")
	}
}

func value(v *types.AttributeValueMemberS) string {
	if v == nil {
		return ""
	}
	return v.Value
}
