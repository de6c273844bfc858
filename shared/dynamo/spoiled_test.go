package dynamo_test

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"group-invites/shared/dynamo"
	. "group-invites/shared/dynamo/dynamotest"
)

// TestSpoiledRow_DecidesNothing: of each operation each row that it reads is answered once as nobody has written it. Then the operation fails, says which row it
// is, and has written nothing: it doesn't go on as if the row weren't there. Only of what the index gives nothing but the keys matters.
func TestSpoiledRow_DecidesNothing(t *testing.T) {
	w := New(t)
	byIndex := map[string]bool{
		"list members of the organization": true, "list members of the group": true, "list groups as an admin": true, "list requests for access (50 of 100)": true,
	}
	failed := 0
	everyOperation(t, w, 1, func(name string, want error, operation func() error) {
		t.Helper()
		content := w.Content() // what is made ready for it, too
		for n := 1; ; n++ {
			w.Faults.Reset(nil)
			w.Faults.Spoil(n)
			err := operation()
			spoiled := w.Faults.Spoiled()
			w.Faults.Spoil(0)
			after := w.Content()
			changed := after != content
			content = after
			switch {
			case err != nil && strings.Contains(err.Error(), "row "):
				failed++
				if changed && name != "tell of requests" { // one that is spoiled doesn't keep the others from being told of
					t.Errorf("%s, row %d spoiled: it has failed and written: %v", name, n, err)
				}
			case !errors.Is(err, want):
				t.Errorf("%s, row %d spoiled (%v): %v, want %v or that the row isn't right", name, n, spoiled, err, want)
			case spoiled && !byIndex[name]:
				t.Errorf("%s, row %d spoiled: it ends as ever", name, n)
			}
			switch {
			case !spoiled || changed:
				return // done, and can't be done again
			case n > 200:
				t.Fatalf("%s fails for ever: %v", name, err)
			}
		}
	})
	if failed < 100 {
		t.Errorf("only %d times an operation failed", failed)
	}
}

// TestSpoiledChange_IsAnError: of each change of each row that all operations make, of its being made and of its going each attribute is spoiled once. What reads
// the stream says so, or reads the same as before where the attribute doesn't matter: it doesn't go on as if nothing had changed, or something else.
func TestSpoiledChange_IsAnError(t *testing.T) {
	w := New(t)
	stream := w.Follow(&Postbox{})
	everyOperation(t, w, 1, func(name string, want error, operation func() error) {
		w.Faults.Reset(nil)
		if err := operation(); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		stream.Look()
	})
	type image = map[string]events.DynamoDBAttributeValue
	var records []events.DynamoDBEventRecord
	if err := json.Unmarshal([]byte(stream.Untold()), &records); err != nil {
		t.Fatal(err)
	}
	for _, r := range slices.Clone(records) {
		made, gone := r, r
		made.EventName, made.Change.OldImage = "INSERT", nil
		if made.Change.NewImage == nil {
			made.Change.NewImage = r.Change.OldImage
		}
		gone.EventName, gone.Change.NewImage, gone.Change.OldImage = "REMOVE", nil, made.Change.NewImage
		records = append(records, made, gone)
	}
	readers := map[string]func(events.DynamoDBEventRecord) (any, bool, error){
		"what follows": func(r events.DynamoDBEventRecord) (any, bool, error) {
			c, ok, err := dynamo.ReadChange(r)
			return c, ok, err
		},
		"what is told": func(r events.DynamoDBEventRecord) (any, bool, error) {
			c, ok, err := dynamo.ReadHappened(r)
			return c, ok, err
		},
		"what is sent": func(r events.DynamoDBEventRecord) (any, bool, error) {
			k, ok, err := dynamo.ReadFresh(r)
			return k, ok, err
		},
	}
	failed := map[string]int{}
	for _, r := range records {
		for what, read := range readers {
			right, ok, err := read(r)
			if err != nil || !ok && !reflect.ValueOf(right).IsZero() || ok && reflect.ValueOf(right).IsZero() {
				t.Fatalf("%s: %+v, %v, %v of %+v", what, right, ok, err, r)
			}
			if _, fresh := r.Change.NewImage["fresh"]; what == "what is sent" && ok != fresh {
				t.Errorf("sent %t of %v", ok, r.Change.NewImage)
			}
			for _, which := range []func(*events.DynamoDBStreamRecord) *image{
				func(c *events.DynamoDBStreamRecord) *image { return &c.OldImage }, func(c *events.DynamoDBStreamRecord) *image { return &c.NewImage },
			} {
				for name, value := range *which(&r.Change) {
					if name == "pk" || name == "sk" {
						continue
					}
					spoiled := r
					other := events.NewNumberAttribute("0")
					if value.DataType() == events.DataTypeNumber {
						other = events.NewStringAttribute("spoiled")
					}
					row := maps.Clone(*which(&r.Change))
					row[name] = other
					*which(&spoiled.Change) = row
					got, gotOK, err := read(spoiled)
					switch {
					case err != nil:
						failed[what]++
					case gotOK != ok || !reflect.DeepEqual(got, right):
						t.Errorf("%s, with %s spoiled: %+v, %v, want %+v, %v or an error, of %s %v", what, name, got, gotOK, right, ok, r.EventName, row)
					}
				}
			}
		}
	}
	for what := range readers {
		if failed[what] == 0 {
			t.Errorf("%s: nothing failed", what)
		}
	}
	t.Logf("%d records, failed %v", len(records), failed)
}
