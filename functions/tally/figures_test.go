package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/emf"
	"group-invites/shared/event"
	"group-invites/shared/tally"
)

// counted runs the function in a stack, and gives the figures of its last line.
func counted(t *testing.T, w *World, on *bus, records []events.DynamoDBEventRecord) map[emf.Name]float64 {
	t.Helper()
	before := lambdacontext.FunctionName
	lambdacontext.FunctionName = "stack-tally"
	defer func() { lambdacontext.FunctionName = before }()
	var out bytes.Buffer
	handler(&tally.Service{Store: w.Table}, &event.Service{Bus: on, Store: w.Table}, slog.New(slog.NewJSONHandler(&out, nil)))(t.Context(), events.DynamoDBEvent{Records: records})
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	var line map[string]any
	if err := json.Unmarshal(lines[len(lines)-1], &line); err != nil {
		t.Fatal(err)
	}
	figures := map[emf.Name]float64{}
	for _, name := range emf.Names {
		if value, ok := line[string(name)].(float64); ok {
			figures[name] = value
		}
	}
	if (line["_aws"] != nil) != (len(figures) > 0) || len(figures) > 0 && line["Stack"] != "stack" {
		t.Errorf("%s", lines[len(lines)-1])
	}
	return figures
}

func TestFigures_CountWhatABatchIsAbout(t *testing.T) {
	w := New(t)
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	link := w.Link(admin, group, Anyone)
	w.Link(admin, group, Anyone)
	for _, name := range []string{"one", "two", "three"} {
		if _, err := w.Invites.Redeem(t.Context(), Person(name), Code(link)); err != nil {
			t.Fatal(err)
		}
	}
	records := inserts(w)
	for i := range records {
		records[i].Change.ApproximateCreationDateTime = events.SecondsEpochTime{Time: time.Now().Add(-time.Duration(i) * time.Minute)}
	}
	oldest := float64(len(records)-1) * 60
	got := counted(t, w, &bus{}, records)
	if lag := got[emf.TallyLag]; lag < oldest || lag > oldest+30 {
		t.Errorf("%v seconds behind, want %v", lag, oldest)
	}
	delete(got, emf.TallyLag)
	want := map[emf.Name]float64{emf.OrganizationsCreated: 1, emf.GroupsCreated: 1, emf.InvitesCreated: 2, emf.Joins: 3, emf.EventsPut: 9}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}

	// Of two links that are gone one was deleted, and the other's time had come.
	var row map[string]events.DynamoDBAttributeValue
	for _, r := range records {
		if sk := r.Change.Keys["sk"]; sk.String() == link.ID.String() {
			row = r.Change.NewImage
		}
	}
	removed := func(identity *events.DynamoDBUserIdentity) events.DynamoDBEventRecord {
		pk := events.NewStringAttribute("I#" + group.ID.String())
		keys := map[string]events.DynamoDBAttributeValue{"pk": pk, "sk": events.NewStringAttribute(link.ID.String())}
		return events.DynamoDBEventRecord{EventName: "REMOVE", UserIdentity: identity, Change: events.DynamoDBStreamRecord{Keys: keys, OldImage: row}}
	}
	records = []events.DynamoDBEventRecord{removed(nil), removed(&events.DynamoDBUserIdentity{Type: "Service", PrincipalID: "dynamodb.amazonaws.com"})}
	if got := counted(t, w, &bus{}, records); !maps.Equal(got, map[emf.Name]float64{emf.InvitesDeleted: 1, emf.TallyLag: 0, emf.EventsPut: 1}) {
		t.Errorf("%v", got)
	}
}

// TestFigures_CountNothingThatWasNotDone: it comes again, and is counted then.
func TestFigures_CountNothingThatWasNotDone(t *testing.T) {
	w := New(t)
	admin := Person("admin")
	w.Link(admin, w.Group(admin, w.Org(admin, "Acme"), "Backcountry"), Anyone)
	records := inserts(w)
	w.Faults.Reset(faults.On(1, faults.KillBefore))
	if got := counted(t, w, &bus{}, records); len(got) > 0 {
		t.Errorf("%v", got)
	}
	w.Faults.Reset(nil)
	if got := counted(t, w, &bus{}, records); got[emf.InvitesCreated] != 1 {
		t.Errorf("%v", got)
	}
}

// TestFigures_TellOfEventsThatTheBusDoesntTake, and that they wait.
func TestFigures_TellOfEventsThatTheBusDoesntTake(t *testing.T) {
	w := New(t)
	admin := Person("admin")
	w.Link(admin, w.Group(admin, w.Org(admin, "Acme"), "Backcountry"), Anyone)
	out := &bus{refuse: func(e event.Event) bool { return e.Type == event.InviteCreated }}
	got := counted(t, w, out, inserts(w))
	if got[emf.EventsPut] != 1 || got[emf.EventsKept] != 1 || got[emf.InvitesCreated] != 1 {
		t.Errorf("%v", got)
	}
}
