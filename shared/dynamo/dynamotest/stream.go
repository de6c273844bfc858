package dynamotest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/dynamo"
	"group-invites/shared/event"
	"group-invites/shared/mail"
	"group-invites/shared/outbox"
	"group-invites/shared/tally"
)

// Stream tells what has changed in a world's table, as the table's stream does, and has those who follow it act on that: the tally, those who
// tell others of events, and the outbox. It finds changes by comparing the table with what it was, so it must look after each operation that may write a row that others
// have written; then it tells of every one. It is for one goroutine.
type Stream struct {
	Bus event.Bus // on which events are put; nil: nobody is told of any

	world   *World
	table   *dynamo.Table
	rows    map[string]map[string]types.AttributeValue
	records []events.DynamoDBEventRecord // not yet acted on
	tally   *tally.Service
	outbox  *outbox.Service
}

// Follow begins a stream at what is in the table now. Mails go to the sender.
func (w *World) Follow(sender outbox.Sender) *Stream {
	s := &Stream{world: w}
	s.Restart(w.Table, sender)
	s.Look()
	s.records = nil
	return s
}

// Restart has others act from now on: by that table, and sending there.
func (s *Stream) Restart(table *dynamo.Table, sender outbox.Sender) {
	s.table, s.tally = table, &tally.Service{Store: table}
	s.outbox = &outbox.Service{
		Store: table, Sender: sender, Ring: s.world.Ring, Clock: s.world.Clock.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
		BaseURL: BaseURL,
	}
}

// Copy gives a stream that is where this one is, at another world's table, which has the same rows. Restart it before it is used.
func (s *Stream) Copy(to *World) *Stream {
	c := *s
	c.world, c.records = to, slices.Clip(s.records)
	return &c
}

// Untold gives, as text, what has been seen to change and wasn't yet acted on.
func (s *Stream) Untold() string {
	text, err := json.Marshal(s.records)
	if err != nil {
		s.world.Fatal(err)
	}
	return string(text)
}

// Look notes what has changed since it looked last.
func (s *Stream) Look() {
	s.world.Helper()
	now := map[string]map[string]types.AttributeValue{}
	for _, row := range s.world.Rows() {
		now[cell(row["pk"])+" "+cell(row["sk"])] = row
	}
	var changed []string
	for key, row := range now {
		if !reflect.DeepEqual(row, s.rows[key]) {
			changed = append(changed, key)
		}
	}
	for key := range s.rows {
		if now[key] == nil {
			changed = append(changed, key)
		}
	}
	slices.Sort(changed)
	for _, key := range changed {
		s.records = append(s.records, s.record(s.rows[key], now[key]))
	}
	s.rows = now
}

// Settle has those who follow the stream act on it, and on what they change themselves, until nothing changes any more; and the sweep take
// what is due.
func (s *Stream) Settle(ctx context.Context) error {
	for {
		s.Look()
		if len(s.records) == 0 {
			break
		}
		if err := s.act(ctx, s.records); err != nil {
			return err
		}
		s.records = nil
	}
	if !s.Waits() {
		return nil
	}
	if _, err := s.outbox.Sweep(ctx); err != nil {
		return err
	}
	s.Look()
	return nil
}

// Waits tells whether a mail is still to be sent.
func (s *Stream) Waits() bool {
	for _, row := range s.rows {
		if row["dueAt"] != nil {
			return true
		}
	}
	return false
}

// act has a batch of records acted on, as the functions do.
func (s *Stream) act(ctx context.Context, records []events.DynamoDBEventRecord) error {
	var changes []tally.Change
	var happened []event.Change
	var fresh []mail.Key
	for _, r := range records {
		change, ok, err := dynamo.ReadChange(r)
		if err != nil {
			return err
		}
		if ok {
			changes = append(changes, change)
		}
		told, ok, err := dynamo.ReadHappened(r)
		if err != nil {
			return err
		}
		if ok {
			happened = append(happened, told)
		}
		key, ok, err := dynamo.ReadFresh(r)
		if err != nil {
			return err
		}
		if ok {
			fresh = append(fresh, key)
		}
	}
	if err := s.tally.Apply(ctx, changes); err != nil {
		return err
	}
	if s.Bus != nil {
		teller := &event.Service{Bus: s.Bus, Store: s.table}
		if _, err := teller.Tell(ctx, happened); err != nil {
			return err
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return errors.Join(s.outbox.DeliverFresh(ctx, fresh)...)
}

// record makes the record of one row's change, which has happened just now.
func (s *Stream) record(before, after map[string]types.AttributeValue) events.DynamoDBEventRecord {
	operation, some := events.DynamoDBOperationTypeModify, after
	switch {
	case before == nil:
		operation = events.DynamoDBOperationTypeInsert
	case after == nil:
		operation, some = events.DynamoDBOperationTypeRemove, before
	}
	return events.DynamoDBEventRecord{
		EventName: string(operation),
		Change: events.DynamoDBStreamRecord{
			Keys:     map[string]events.DynamoDBAttributeValue{"pk": attribute(some["pk"]), "sk": attribute(some["sk"])},
			OldImage: image(before), NewImage: image(after), SequenceNumber: fmt.Sprint(len(s.records) + 1),
			ApproximateCreationDateTime: events.SecondsEpochTime{Time: s.world.Clock.Now().Truncate(time.Second)},
		},
	}
}

func image(row map[string]types.AttributeValue) map[string]events.DynamoDBAttributeValue {
	if row == nil {
		return nil
	}
	made := make(map[string]events.DynamoDBAttributeValue, len(row))
	for name, value := range row {
		made[name] = attribute(value)
	}
	return made
}

func attribute(v types.AttributeValue) events.DynamoDBAttributeValue {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return events.NewStringAttribute(v.Value)
	case *types.AttributeValueMemberN:
		return events.NewNumberAttribute(v.Value)
	case *types.AttributeValueMemberSS:
		return events.NewStringSetAttribute(v.Value)
	}
	return events.NewNullAttribute()
}

// Postbox takes every mail, or says what Refuse says.
type Postbox struct {
	Took   []mail.Message
	Refuse func(mail.Message) error // nil takes all
}

// Send implements [outbox.Sender].
func (p *Postbox) Send(_ context.Context, m mail.Message) (string, error) {
	if p.Refuse != nil {
		if err := p.Refuse(m); err != nil {
			return "", err
		}
	}
	p.Took = append(p.Took, m)
	return fmt.Sprintf("message-%d", len(p.Took)), nil
}
