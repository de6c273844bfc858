package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/event"
	"group-invites/shared/invite"
	"group-invites/shared/tally"
)

// follower is the function as it follows a world's stream, which is made of what differs between two looks at the table.
type follower struct {
	*World
	bus  *bus
	seen map[string]map[string]types.AttributeValue
	next []events.DynamoDBEventRecord
	last []events.DynamoDBEventRecord // the batch before
	run  func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error)
}

func follow(w *World) *follower {
	f := &follower{World: w, bus: &bus{}, seen: map[string]map[string]types.AttributeValue{}}
	f.run = handler(&tally.Service{Store: w.Table}, &event.Service{Bus: f.bus, Store: w.Table}, slog.New(slog.DiscardHandler))
	return f
}

// records gives what has changed since the last time.
func (f *follower) records() (records []events.DynamoDBEventRecord) {
	now := map[string]map[string]types.AttributeValue{}
	add := func(name string, row, before, after map[string]types.AttributeValue) {
		r := events.DynamoDBEventRecord{EventName: name, Change: events.DynamoDBStreamRecord{
			Keys:           image(map[string]types.AttributeValue{"pk": row["pk"], "sk": row["sk"]}),
			SequenceNumber: fmt.Sprint(len(records)), ApproximateCreationDateTime: events.SecondsEpochTime{Time: f.Clock.Now().Truncate(time.Second)},
		}}
		if before != nil {
			r.Change.OldImage = image(before)
		}
		if after != nil {
			r.Change.NewImage = image(after)
		}
		records = append(records, r)
	}
	for _, row := range f.Rows() {
		name := row["pk"].(*types.AttributeValueMemberS).Value + " " + row["sk"].(*types.AttributeValueMemberS).Value
		now[name] = row
		switch before, known := f.seen[name]; {
		case !known:
			add("INSERT", row, nil, row)
		case !reflect.DeepEqual(before, row):
			add("MODIFY", row, before, row)
		}
	}
	for name, row := range f.seen {
		if now[name] == nil {
			add("REMOVE", row, row, nil)
		}
	}
	f.seen = now
	return records
}

// look remembers what has changed, for the next batch.
func (f *follower) look() { f.next = append(f.next, f.records()...) }

// step has the function follow what has changed, and gives the events that it put.
func (f *follower) step() []event.Event {
	f.Helper()
	f.look()
	f.last, f.next = f.next, nil
	return f.again()
}

// again sends the last batch once more.
func (f *follower) again() []event.Event {
	f.Helper()
	before := len(f.bus.taken)
	response, err := f.run(f.Context(), events.DynamoDBEvent{Records: f.last})
	if err != nil || len(response.BatchItemFailures) > 0 {
		f.Errorf("%v, %v", response, err)
	}
	return f.bus.taken[before:]
}

// kept counts the events that are kept in the table.
func (f *follower) kept() (n int) {
	for _, row := range f.Rows() {
		if row["detail"] != nil && strings.HasPrefix(row["pk"].(*types.AttributeValueMemberS).Value, "E#") {
			n++
		}
	}
	return n
}

// words tells events by type, level or link, and reason.
func words(t *testing.T, told []event.Event) (all []string) {
	t.Helper()
	for _, e := range told {
		var d struct {
			Version             int
			ID                  string
			At                  time.Time
			Level, Role, Reason string
			InviteID            *string
		}
		if err := json.Unmarshal(e.Detail, &d); err != nil || d.Version != 1 || d.ID != e.ID || !d.At.Equal(e.At) || d.At.Nanosecond() != 0 {
			t.Errorf("%s %s %v: %s, %v", e.Type, e.ID, e.At, e.Detail, err)
		}
		text := string(e.Type)
		for _, word := range []string{d.Level, d.Role, d.Reason} {
			if word != "" {
				text += " " + word
			}
		}
		if e.Type == event.MemberJoined && d.InviteID != nil {
			text += " by a link"
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

// TestEvents_TellWhatHappens: each change of the table tells of what it means, and of nothing else.
func TestEvents_TellWhatHappens(t *testing.T) {
	w := New(t)
	f := follow(w)
	admin, user, other := Person("admin"), Person("user"), Person("other")
	var org directory.Org
	var group directory.Group
	var link, second invite.View
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, step := range []struct {
		act  func()
		want []string
	}{
		{func() { org = w.Org(admin, "Acme") }, []string{"member.joined organization admin"}},
		{func() { group = w.Group(admin, org, "Backcountry") }, nil},
		{func() { link = w.Link(admin, group, Anyone, Cap(9)) }, []string{"invite.created"}},
		{func() {
			_, err := w.Invites.Redeem(t.Context(), user, Code(link))
			check(err)
		}, []string{"member.joined group by a link", "member.joined organization user"}},
		{func() { // its row counts one more, the person's has another name and role
			_, err := w.Directory.ChangeRole(t.Context(), admin, org.ID, user.ID, directory.RoleManager)
			check(err)
			_, err = w.Directory.Me(t.Context(), directory.Caller{ID: user.ID, Name: "Another", Email: "another@example.com", Verified: true})
			check(err)
		}, nil},
		{func() { check(w.Directory.RemoveGroupMember(t.Context(), user, group.ID, user.ID)) }, []string{"member.removed group left"}},
		{func() { check(w.Directory.RemoveGroupMember(t.Context(), admin, group.ID, user.ID)) }, nil},
		{func() {
			_, _, err := w.Directory.PutGroupMember(t.Context(), admin, group.ID, user.ID)
			check(err)
		}, []string{"member.joined group"}},
		{func() { check(w.Directory.RemoveOrgMember(t.Context(), admin, org.ID, user.ID)) }, []string{"member.removed organization removed"}},
		{func() {}, []string{"member.removed group organization"}}, // which ended with it
		{func() {
			_, _, err := w.Directory.PutOrgMember(t.Context(), admin, org.ID, user.ID, "")
			check(err)
		}, []string{"member.joined organization user"}},
		{func() {
			_, _, err := w.Directory.PutGroupMember(t.Context(), admin, group.ID, user.ID)
			check(err)
		}, []string{"member.joined group"}},
		{func() { // he leaves, and is back before anybody has looked
			check(w.Directory.RemoveOrgMember(t.Context(), user, org.ID, user.ID))
			f.look()
			w.Clock.Advance(time.Second)
			_, _, err := w.Directory.PutOrgMember(t.Context(), admin, org.ID, user.ID, "")
			check(err)
			_, _, err = w.Directory.PutGroupMember(t.Context(), admin, group.ID, user.ID)
			check(err)
		}, []string{"member.joined group", "member.joined organization user", "member.removed group organization", "member.removed organization left"}},
		{func() { check(w.Invites.Delete(t.Context(), admin, group.ID, link.ID)) }, []string{"invite.deleted"}},
		{func() {
			second = w.Link(admin, group, func(r *invite.Request) { r.Access, r.Expiration = invite.AccessAnyone, "1h" })
		}, []string{"invite.created"}},
		{func() {
			w.Clock.Advance(2 * time.Hour)
			check(w.Access.Ask(t.Context(), other, Code(second), "please"))
		}, []string{"access.requested"}},
		{func() { check(w.Access.Decline(t.Context(), admin, group.ID, other.ID)) }, nil},
		{func() {
			w.Clock.Advance(8 * 24 * time.Hour)
			check(w.Access.Ask(t.Context(), other, Code(second), "please"))
		}, []string{"access.requested"}},
		{func() {
			_, err := w.Access.Approve(t.Context(), admin, group.ID, other.ID)
			check(err)
		}, []string{"member.joined group", "member.joined organization user"}},
		{func() { check(w.Directory.DeleteGroup(t.Context(), admin, group.ID)) }, nil},
		{func() {}, nil}, // clearing begins
		{func() {}, []string{"invite.cleared group_deleted", "member.removed group deleted", "member.removed group deleted"}},
	} {
		w.Clock.Advance(time.Second)
		step.act()
		told := f.step()
		if got := words(t, told); !slices.Equal(got, step.want) {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
		if again := f.again(); !reflect.DeepEqual(again, told) {
			t.Errorf("step %d: %q the first time, %q the second", i, told, again)
		}
	}
}

// TestEvents_OfALinkThatItsTimeTook: the TTL's removals say who removed.
func TestEvents_OfALinkThatItsTimeTook(t *testing.T) {
	w := New(t)
	f := follow(w)
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	link := w.Link(admin, group, func(r *invite.Request) { r.Expiration = "1h" })
	f.step()
	if err := w.Invites.Delete(t.Context(), admin, group.ID, link.ID); err != nil {
		t.Fatal(err)
	}
	records := f.records()
	for i := range records {
		records[i].UserIdentity = &events.DynamoDBUserIdentity{Type: "Service", PrincipalID: "dynamodb.amazonaws.com"}
	}
	f.next = records
	if got := words(t, f.step()); !slices.Equal(got, []string{"invite.cleared expired"}) {
		t.Errorf("%q", got)
	}
}

// scene has people join while the bus is as it is.
func (f *follower) scene(people int) (want []string) {
	f.Helper()
	admin := Person("admin")
	link := f.Link(admin, f.Group(admin, f.Org(admin, "Acme"), "Backcountry"), Anyone)
	for i := range people {
		if _, err := f.Invites.Redeem(f.Context(), Person(fmt.Sprint(i)), Code(link)); err != nil {
			f.Fatal(err)
		}
		want = append(want, "member.joined group by a link", "member.joined organization user")
	}
	want = append(want, "invite.created", "member.joined organization admin")
	slices.Sort(want)
	return want
}

// distinct gives what was put, each event once.
func (b *bus) distinct() (all []event.Event) {
	known := map[string]bool{}
	for _, e := range b.taken {
		if !known[e.ID] {
			known[e.ID] = true
			all = append(all, e)
		}
	}
	return all
}

// TestEvents_AreKeptWhileTheBusTakesNothing, and are put when it does again, in batches that are done all along.
func TestEvents_AreKeptWhileTheBusTakesNothing(t *testing.T) {
	w := New(t)
	f := follow(w)
	f.bus.refuse = func(event.Event) bool { return true }
	want := f.scene(250) // more than is put at a time
	for range 4 {
		f.step()
		if n := f.kept(); n != len(want) || len(f.bus.taken) != 0 {
			t.Errorf("%d events are kept, %d were taken", n, len(f.bus.taken))
		}
	}
	f.bus.refuse = nil
	for range 10 {
		f.step()
	}
	if got := words(t, f.bus.taken); !slices.Equal(got, want) {
		t.Errorf("%d events, want %d", len(got), len(want))
	}
	for _, row := range f.Rows() {
		if pk := row["pk"].(*types.AttributeValueMemberS).Value; strings.HasPrefix(pk, "E#") {
			t.Errorf("left behind: %v", row)
		}
	}
	if f.step(); len(f.last) > 0 {
		t.Errorf("it goes on without end: %d changes", len(f.last))
	}
}

// TestEvents_OneThatIsRefusedHoldsUpNoOther.
func TestEvents_OneThatIsRefusedHoldsUpNoOther(t *testing.T) {
	w := New(t)
	f := follow(w)
	f.bus.refuse = func(e event.Event) bool { return e.Type == event.InviteCreated }
	want := slices.DeleteFunc(f.scene(20), func(s string) bool { return s == "invite.created" })
	for range 3 {
		f.step()
	}
	if got := words(t, f.bus.taken); !slices.Equal(got, want) || f.kept() != 1 {
		t.Errorf("%q, want %q; %d kept", got, want, f.kept())
	}
}

// TestEvents_Killed kills the function at every call of keeping events and of bringing them back, before and after it was carried out. None is
// lost, and none is there under another id.
func TestEvents_Killed(t *testing.T) {
	for number := 1; number <= 12; number++ {
		for _, kill := range []faults.Fault{faults.KillBefore, faults.KillAfter} {
			w := New(t)
			f := follow(w)
			down := true
			f.bus.refuse = func(e event.Event) bool { return down && e.Shard() < 2 }
			want := f.scene(6)
			f.look()
			f.last, f.next = f.next, nil
			killed := func() {
				w.Faults.Reset(faults.On(number, kill))
				response, err := f.run(t.Context(), events.DynamoDBEvent{Records: f.last})
				w.Faults.Reset(nil)
				if err != nil || len(response.BatchItemFailures) > 0 {
					f.again()
				}
			}
			killed()
			f.step()
			down = false
			f.look()
			f.last, f.next = f.next, nil
			killed()
			for range 4 {
				f.step()
			}
			if got := words(t, f.bus.distinct()); !slices.Equal(got, want) || f.kept() != 0 {
				t.Errorf("call %d, fault %d: %q, want %q; %d kept", number, kill, got, want, f.kept())
			}
		}
	}
}

// TestEvents_HoldIdsAlone: nobody's name, address or message, no code, no address of a link.
func TestEvents_HoldIdsAlone(t *testing.T) {
	w := New(t)
	f := follow(w)
	admin := directory.Caller{ID: Person("admin").ID, Name: "Ada Secret", Email: "ada.secret@example.com", Verified: true}
	group := w.Group(admin, w.Org(admin, "Secret Society"), "Secret Garden")
	link := w.Link(admin, group, Anyone, To("mira.secret@example.com"), func(r *invite.Request) { r.Name, r.Expiration = "for Secret Mira", "1h" })
	guest := directory.Caller{ID: Person("guest").ID, Name: "Guy Secret", Email: "guy.secret@example.com", Verified: true}
	if _, err := w.Invites.Redeem(t.Context(), guest, Code(link)); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(2 * time.Hour)
	late := directory.Caller{ID: Person("late").ID, Name: "Lee Secret", Email: "lee.secret@example.com", Verified: true}
	if err := w.Access.Ask(t.Context(), late, Code(link), "secret message"); err != nil {
		t.Fatal(err)
	}
	f.step()
	kinds := map[event.Type]bool{}
	for _, e := range f.bus.taken {
		kinds[e.Type] = true
		text := strings.ToLower(string(e.Detail))
		for _, hidden := range []string{"secret", "@", "http", strings.ToLower(Code(link)), Code(link)[4:20]} {
			if strings.Contains(text, hidden) {
				t.Errorf("%s holds %q", e.Detail, hidden)
			}
		}
		for name, value := range fields(t, e.Detail) {
			if text, ok := value.(string); ok && len(text) > 32 {
				t.Errorf("%s is %q", name, text)
			}
		}
	}
	if len(kinds) != 3 {
		t.Errorf("%v", slices.Collect(maps.Keys(kinds)))
	}
}

func fields(t *testing.T, detail []byte) (all map[string]any) {
	t.Helper()
	if err := json.NewDecoder(bytes.NewReader(detail)).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}
