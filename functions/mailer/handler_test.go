package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/mail"
	"group-invites/shared/outbox"
)

// sink takes every mail.
type sink struct{ took []mail.Message }

func (s *sink) Send(_ context.Context, m mail.Message) (string, error) {
	s.took = append(s.took, m)
	return "message", nil
}

// scene is the function over a world with a link that is sent to somebody.
type scene struct {
	*World
	sink *sink
	run  func(context.Context, json.RawMessage) (any, error)
}

func newScene(t *testing.T) scene {
	s := scene{World: New(t), sink: &sink{}}
	log := slog.New(slog.DiscardHandler)
	s.run = handler(&outbox.Service{Store: s.Table, Sender: s.sink, Ring: s.Ring, Clock: s.Clock.Now, Random: rand.Reader, Log: log, BaseURL: BaseURL}, log)
	admin := Person("admin")
	s.Link(admin, s.Group(admin, s.Org(admin, "Acme"), "Backcountry"), To("mira@example.com"))
	return s
}

// records gives records of the stream: of all rows, as if each had just been put.
func (s scene) records() (records []any) {
	for i, row := range s.Rows() {
		image, keys := map[string]any{}, map[string]any{}
		for name, value := range row {
			attribute, err := json.Marshal(value)
			if err != nil {
				s.Fatal(err)
			}
			kind := map[bool]string{true: "N", false: "S"}[strings.Contains(fmt.Sprintf("%T", value), "MemberN")]
			if strings.Contains(fmt.Sprintf("%T", value), "MemberSS") {
				kind = "SS"
			}
			var v struct{ Value any }
			if err := json.Unmarshal(attribute, &v); err != nil {
				s.Fatal(err)
			}
			image[name] = map[string]any{kind: v.Value}
			if name == "pk" || name == "sk" {
				keys[name] = image[name]
			}
		}
		records = append(records, map[string]any{
			"eventName": "INSERT", "eventSource": "aws:dynamodb",
			"dynamodb": map[string]any{"Keys": keys, "NewImage": image, "SequenceNumber": fmt.Sprint(i + 1)},
		})
	}
	return records
}

// invoke runs the function with an event, and gives from which record on it wants them again.
func (s scene) invoke(event any) string {
	s.Helper()
	payload, err := json.Marshal(event)
	if err != nil {
		s.Fatal(err)
	}
	out, err := s.run(s.Context(), payload)
	if err != nil {
		s.Fatal(err)
	}
	if response, ok := out.(events.DynamoDBEventResponse); ok && len(response.BatchItemFailures) > 0 {
		return response.BatchItemFailures[0].ItemIdentifier
	}
	return ""
}

func TestMailer_SendsWhatTheStreamBrings(t *testing.T) {
	s := newScene(t)
	for range 2 { // it delivers twice
		if again := s.invoke(map[string]any{"Records": s.records()}); again != "" {
			t.Errorf("wants records again from %s on", again)
		}
	}
	if len(s.sink.took) != 1 || s.sink.took[0].To.String() != "mira@example.com" {
		t.Errorf("sent %+v", s.sink.took)
	}
}

func TestMailer_SweepsWhenItsScheduleTicks(t *testing.T) {
	s := newScene(t)
	s.Clock.Advance(mail.SweepDelay)
	s.invoke(map[string]any{"version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": map[string]any{}})
	if len(s.sink.took) != 1 {
		t.Errorf("sent %+v", s.sink.took)
	}
}

func TestMailer_PoisonIsReportedByItself(t *testing.T) {
	s := newScene(t)
	records := s.records()
	poison := map[string]any{"eventName": "INSERT", "dynamodb": map[string]any{"SequenceNumber": "99", "NewImage": map[string]any{
		"pk": map[string]any{"S": "D#nonsense"}, "sk": map[string]any{"S": "x"}, "fresh": map[string]any{"N": "1"},
	}}}
	if again := s.invoke(map[string]any{"Records": append(records, poison)}); again != "99" {
		t.Errorf("wants records again from %q on", again)
	}
	if len(s.sink.took) != 1 {
		t.Error("what came before wasn't sent")
	}
}

// TestMailer_UnreadableRowsOfALinkHoldNoStreamBack: the mail is due for the sweep, which tells of it every minute.
func TestMailer_UnreadableRowsOfALinkHoldNoStreamBack(t *testing.T) {
	s := newScene(t)
	records := s.records()
	for _, row := range s.Rows() {
		pk := row["pk"].(*types.AttributeValueMemberS).Value
		if !strings.HasPrefix(pk, "I#") {
			continue
		}
		row["createdAt"] = &types.AttributeValueMemberS{Value: "nonsense"}
		if _, err := s.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &s.TableName, Item: row}); err != nil {
			t.Fatal(err)
		}
	}
	if again := s.invoke(map[string]any{"Records": records}); again != "" {
		t.Errorf("wants records again from %s on", again)
	}
	s.Clock.Advance(mail.SweepDelay)
	if _, err := s.run(t.Context(), json.RawMessage(`{"detail-type": "Scheduled Event"}`)); err == nil {
		t.Error("the sweep doesn't tell of it")
	}
}

func TestMailer_WantsTheBatchAgainIfTheTableIsOutOfReach(t *testing.T) {
	s := newScene(t)
	records := s.records()
	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Fail })
	payload, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	out, err := s.run(ctx, payload)
	response, ok := out.(events.DynamoDBEventResponse)
	if err != nil || !ok || len(response.BatchItemFailures) != 1 || len(s.sink.took) != 0 {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestMailer_RefusesOtherEvents(t *testing.T) {
	s := newScene(t)
	for _, payload := range []string{`{}`, `{"version":"2.0","rawPath":"/"}`, `[]`, `"x"`} {
		if _, err := s.run(t.Context(), json.RawMessage(payload)); !errors.Is(err, errPayload) {
			t.Errorf("%s: %v", payload, err)
		}
	}
}
