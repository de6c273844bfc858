package stream

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"group-invites/infra/local/pattern"
	"group-invites/infra/local/template"
)

// change is a record as the stream's API answers it.
type change struct {
	EventID      string
	EventName    string
	EventVersion string
	UserIdentity *struct{} // its members are empty in some emulators
	DynamoDB     struct {
		ApproximateCreationDateTime float64 // seconds
		Keys, NewImage, OldImage    json.RawMessage
		SequenceNumber              string
		SizeBytes                   int64
		StreamViewType              string
	}
}

// unchanged tells whether a write left its item as it was. DynamoDB makes no record of that; Dynoxide does. It shows only
// where records have both images.
func (c change) unchanged() bool {
	before, after := c.DynamoDB.OldImage, c.DynamoDB.NewImage
	if len(before) == 0 || len(before) != len(after) { // attributes are in any order, but take the same room
		return false
	}
	var a, b any
	return json.Unmarshal(before, &a) == nil && json.Unmarshal(after, &b) == nil && reflect.DeepEqual(a, b)
}

// record is a change as a function gets it.
type record struct {
	sequence string
	created  time.Time // to the second
	event    []byte    // an element of Records
}

// event is the JSON of a record in a function's event.
type event struct {
	EventID        string        `json:"eventID"`
	EventName      string        `json:"eventName"`
	EventVersion   string        `json:"eventVersion"`
	EventSource    string        `json:"eventSource"`
	AWSRegion      string        `json:"awsRegion"`
	DynamoDB       eventChange   `json:"dynamodb"`
	UserIdentity   *userIdentity `json:"userIdentity,omitempty"`
	EventSourceARN string        `json:"eventSourceARN"`
}

type eventChange struct {
	ApproximateCreationDateTime int64           `json:"ApproximateCreationDateTime"`
	Keys                        json.RawMessage `json:"Keys,omitempty"`
	NewImage                    json.RawMessage `json:"NewImage,omitempty"`
	OldImage                    json.RawMessage `json:"OldImage,omitempty"`
	SequenceNumber              string          `json:"SequenceNumber"`
	SizeBytes                   int64           `json:"SizeBytes"`
	StreamViewType              string          `json:"StreamViewType"`
}

type userIdentity struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
}

// timeToLive is who deletes what its TTL says.
var timeToLive = userIdentity{Type: "Service", PrincipalID: "dynamodb.amazonaws.com"}

// newRecord makes the event of a change. Region and ARN are those of the template, whatever the engine calls them. An
// emulator's own ids are short numbers; in the cloud they are 32 hexadecimal digits and no two streams have the same.
func newRecord(c change, streamARN, engineARN string) (record, error) {
	id := sha256.Sum256([]byte(engineARN + "\x00" + c.EventID))
	e := event{
		EventID: hex.EncodeToString(id[:16]), EventName: c.EventName, EventVersion: cmp.Or(c.EventVersion, "1.1"),
		EventSource: "aws:dynamodb", AWSRegion: template.Region, EventSourceARN: streamARN,
		DynamoDB: eventChange{
			ApproximateCreationDateTime: int64(c.DynamoDB.ApproximateCreationDateTime),
			Keys:                        c.DynamoDB.Keys, NewImage: c.DynamoDB.NewImage, OldImage: c.DynamoDB.OldImage,
			SequenceNumber: c.DynamoDB.SequenceNumber, SizeBytes: c.DynamoDB.SizeBytes, StreamViewType: c.DynamoDB.StreamViewType,
		},
	}
	if c.UserIdentity != nil { // only TTL's deletions have one
		e.UserIdentity = &timeToLive
	}
	text, err := marshal(e)
	if err != nil {
		return record{}, fmt.Errorf("record %s: %w", c.DynamoDB.SequenceNumber, err)
	}
	return record{c.DynamoDB.SequenceNumber, time.Unix(e.DynamoDB.ApproximateCreationDateTime, 0), text}, nil
}

// marshal writes JSON without the escapes that only HTML needs: they would make a text longer than it is.
func marshal(v any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSpace(text.Bytes()), err
}

// passes tells whether one of the filters lets the record through; without filters all pass.
func (r record) passes(filters []*pattern.Pattern) (bool, error) {
	if len(filters) == 0 {
		return true, nil
	}
	var document map[string]any
	if err := json.Unmarshal(r.event, &document); err != nil {
		return false, fmt.Errorf("record %s: %w", r.sequence, err)
	}
	for _, f := range filters {
		if f.Matches(document) {
			return true, nil
		}
	}
	return false, nil
}

// The frame of a function's event, around its records.
const (
	payloadBegin = `{"Records":[`
	payloadEnd   = `]}`
)

// payload is the event of a batch.
func payload(batch []record) []byte {
	var text bytes.Buffer
	text.WriteString(payloadBegin)
	for i, r := range batch {
		if i > 0 {
			text.WriteByte(',')
		}
		text.Write(r.event)
	}
	text.WriteString(payloadEnd)
	return text.Bytes()
}

// fitting is how many of the records, at most limit, fit into a payload of so many bytes: one at least.
func fitting(records []record, limit, bytes int) int {
	size := len(payloadBegin) + len(payloadEnd) - 1
	for i, r := range records[:min(len(records), limit)] {
		if size += len(r.event) + 1; size > bytes && i > 0 {
			return i
		}
	}
	return min(len(records), limit)
}

// compare orders sequence numbers, which are decimal numbers of any length; the empty one comes before all.
func compare(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}
