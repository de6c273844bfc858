package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/event"
	"group-invites/shared/invite"
	"group-invites/shared/mirror"
	"group-invites/shared/tally"
)

// inserts makes records of the stream from all rows of the table, as if each had just been put there.
func inserts(w *World) (records []events.DynamoDBEventRecord) {
	for i, row := range w.Rows() {
		records = append(records, events.DynamoDBEventRecord{
			EventName: "INSERT",
			Change: events.DynamoDBStreamRecord{
				Keys:           image(map[string]types.AttributeValue{"pk": row["pk"], "sk": row["sk"]}),
				NewImage:       image(row),
				SequenceNumber: fmt.Sprint(i),
			},
		})
	}
	return records
}

func image(row map[string]types.AttributeValue) map[string]events.DynamoDBAttributeValue {
	out := map[string]events.DynamoDBAttributeValue{}
	for name, value := range row {
		switch v := value.(type) {
		case *types.AttributeValueMemberS:
			out[name] = events.NewStringAttribute(v.Value)
		case *types.AttributeValueMemberN:
			out[name] = events.NewNumberAttribute(v.Value)
		case *types.AttributeValueMemberSS:
			out[name] = events.NewStringSetAttribute(v.Value)
		}
	}
	return out
}

// bus takes events, but for those that it is told to refuse.
type bus struct {
	refuse func(event.Event) bool // nil: none
	taken  []event.Event
}

func (b *bus) Put(_ context.Context, events []event.Event) (left []event.Event, why error) {
	for _, e := range events {
		if b.refuse != nil && b.refuse(e) {
			left, why = append(left, e), errors.New("refused")
			continue
		}
		b.taken = append(b.taken, e)
	}
	return left, why
}

// batch sends records to the function, and gives the sequence number from which on they must be sent again; "" if none.
func batch(t *testing.T, w *World, records []events.DynamoDBEventRecord) string {
	t.Helper()
	again, err := invoke(t.Context(), w, records)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// invoke sends records to the function, and gives the sequence number from which on they must be sent again, or its error.
func invoke(ctx context.Context, w *World, records []events.DynamoDBEventRecord) (again string, err error) {
	run := handler(&tally.Service{Store: w.Table}, &event.Service{Bus: &bus{}, Store: w.Table}, slog.New(slog.DiscardHandler))
	response, err := run(ctx, events.DynamoDBEvent{Records: records})
	for _, failure := range response.BatchItemFailures {
		again += failure.ItemIdentifier
	}
	return again, err
}

func TestTally_RecordsWhatTheStreamTells(t *testing.T) {
	w := New(t)
	admin := Person("admin")
	org := w.Org(admin, "Acme")
	group := w.Group(admin, org, "Backcountry")
	link := w.Link(admin, group, Anyone)
	for _, name := range []string{"one", "two", "three"} {
		if _, err := w.Invites.Redeem(t.Context(), Person(name), Code(link)); err != nil {
			t.Fatal(err)
		}
	}
	records := inserts(w)
	for range 2 { // at least once
		if again := batch(t, w, records); again != "" {
			t.Errorf("is to be sent again from %s", again)
		}
	}
	view, err := w.Invites.Get(t.Context(), admin, group.ID, link.ID)
	if err != nil || view.Uses != 3 {
		t.Errorf("%d uses, %v; want 3", view.Uses, err)
	}
	page, err := w.Directory.ListAudit(t.Context(), admin, org.ID, directory.PageRequest{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]int{}
	for _, entry := range page.Items {
		actions[entry.Action]++
	}
	for action, n := range map[string]int{"org.created": 1, "group.created": 1, "invite.created": 1, "member.joined": 3} {
		if actions[action] != n {
			t.Errorf("%d entries of %s, want %d", actions[action], action, n)
		}
	}
	if len(page.Items) != 6 {
		t.Errorf("%d entries: %v", len(page.Items), actions)
	}
}

func TestTally_ReportsARecordThatCantBeRead(t *testing.T) {
	w := New(t)
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	link := w.Link(admin, group, Anyone)
	if _, err := w.Invites.Redeem(t.Context(), Person("one"), Code(link)); err != nil {
		t.Fatal(err)
	}
	poison := events.DynamoDBEventRecord{Change: events.DynamoDBStreamRecord{
		SequenceNumber: "poison",
		Keys:           image(map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "U#nobody's"}, "sk": &types.AttributeValueMemberS{Value: "?"}}),
	}}
	if again := batch(t, w, append(inserts(w), poison)); again != "" {
		t.Errorf("a row that isn't ours at all is reported: %s", again)
	}
	poison.Change.Keys["pk"] = events.NewStringAttribute("U#" + admin.ID.String())
	if again := batch(t, w, append(inserts(w), poison)); again != "poison" {
		t.Errorf("is to be sent again from %q, want the record that can't be read", again)
	}
	if again, err := invoke(t.Context(), w, append([]events.DynamoDBEventRecord{poison}, inserts(w)...)); err == nil {
		t.Errorf("the first of many: is to be sent again from %q, want an error, by which the batch is halved", again)
	}
	if view, err := w.Invites.Get(t.Context(), admin, group.ID, link.ID); err != nil || view.Uses != 1 {
		t.Errorf("%d uses, %v: those before it were not done", view.Uses, err)
	}
}

func TestTally_SendsAllAgainWhenTheTableFails(t *testing.T) {
	w := New(t)
	admin := Person("admin")
	w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	records := inserts(w)
	w.Faults.Reset(func(faults.Call) faults.Fault { return faults.Throttle })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if again, err := invoke(ctx, w, records); err != nil || again != records[0].Change.SequenceNumber {
		t.Errorf("is to be sent again from %q, %v", again, err)
	}
}

// TestTally_FailsOnWhatCantBeDone: sent again it would fail again, so the batch is to be halved until what is at fault is alone.
func TestTally_FailsOnWhatCantBeDone(t *testing.T) {
	w := New(t)
	admin := Person("admin")
	group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
	link := w.Link(admin, group, Anyone)
	if _, err := w.Invites.Redeem(t.Context(), Person("one"), Code(link)); err != nil {
		t.Fatal(err)
	}
	records := inserts(w)
	_, err := w.Client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName:        &w.TableName,
		Key:              map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "I#" + group.ID.String()}, "sk": &types.AttributeValueMemberS{Value: link.ID.String()}},
		UpdateExpression: aws.String("SET uses = :text"), ExpressionAttributeValues: map[string]types.AttributeValue{":text": &types.AttributeValueMemberS{Value: "many"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := invoke(t.Context(), w, records); err == nil {
		t.Errorf("is to be sent again from %q", again)
	}
}

// TestTally_DropsWhatCameTooLate: a group or organization is deleted, and all of it cleared, while a request is on its way that had still
// seen it. What it writes goes when the stream tells of it.
func TestTally_DropsWhatCameTooLate(t *testing.T) {
	for what, act := range map[string]func(w *World, admin directory.Caller, group directory.Group, code string) error{
		"someone new joins": func(w *World, _ directory.Caller, _ directory.Group, code string) error {
			_, err := w.Invites.Redeem(t.Context(), Person("newcomer"), code)
			return err
		},
		"a former member is added again": func(w *World, admin directory.Caller, group directory.Group, _ string) error {
			_, _, err := w.Directory.PutOrgMember(t.Context(), admin, group.ID.Org(), Person("former").ID, "")
			return err
		},
		"a member is added to the group": func(w *World, admin directory.Caller, group directory.Group, _ string) error {
			_, _, err := w.Directory.PutGroupMember(t.Context(), admin, group.ID, admin.ID)
			return err
		},
		"a link is created": func(w *World, admin directory.Caller, group directory.Group, _ string) error {
			_, err := w.Invites.Create(t.Context(), admin, group.ID, invite.Request{Access: invite.AccessOrg, Expiration: invite.ExpireNever})
			return err
		},
		"a group is created": func(w *World, admin directory.Caller, group directory.Group, _ string) error {
			_, err := w.Directory.CreateGroup(t.Context(), admin, group.ID.Org(), "Climbing")
			return err
		},
	} {
		for gone, remove := range map[string]func(s *directory.Service, admin directory.Caller, group directory.Group) error{
			"group": func(s *directory.Service, admin directory.Caller, group directory.Group) error {
				return s.DeleteGroup(t.Context(), admin, group.ID)
			},
			"organization": func(s *directory.Service, admin directory.Caller, group directory.Group) error {
				return errors.Join(s.DeleteGroup(t.Context(), admin, group.ID), s.DeleteOrg(t.Context(), admin, group.ID.Org()))
			},
		} {
			t.Run(what+", the "+gone+" is gone", func(t *testing.T) {
				w := New(t)
				admin := Person("admin")
				group := w.Group(admin, w.Org(admin, "Acme"), "Backcountry")
				w.Join(admin, group, Person("former"), directory.RoleUser)
				if err := w.Directory.RemoveOrgMember(t.Context(), admin, group.ID.Org(), Person("former").ID); err != nil {
					t.Fatal(err)
				}
				code := Code(w.Link(admin, group, Anyone))
				_, other, _ := w.Instance()
				before := ""
				w.Faults.Reset(func(c faults.Call) faults.Fault {
					if c.Writes() && before == "" {
						if err := remove(other, admin, group); err != nil {
							t.Error(err)
						}
						before = w.Content()
					}
					return faults.None
				})
				if err := act(w, admin, group, code); err != nil {
					t.Fatal(err)
				}
				w.Faults.Reset(nil)
				stream := w.Follow(&Postbox{}) // of what the batch changes
				if again := batch(t, w, inserts(w)); again != "" {
					t.Errorf("is to be sent again from %s", again)
				}
				if err := stream.Settle(t.Context()); err != nil {
					t.Error(err)
				}
				id := group.ID.Org().String()
				if gone == "group" {
					id = group.ID.String()
				}
				for row := range strings.Lines(w.Content()) {
					if strings.Contains(row, id) && !strings.HasPrefix(row, "A#") && !strings.Contains(before, strings.TrimSpace(row)) {
						t.Errorf("left behind: %s", row)
					}
				}
			})
		}
	}
}

// TestTally_AnAdminIsNotTheOrganization: the row that names an admin is kept beside the organization's own. That it goes ends nothing.
func TestTally_AnAdminIsNotTheOrganization(t *testing.T) {
	w := New(t)
	admin, second := Person("admin"), Person("second")
	org := w.Org(admin, "Acme")
	w.Join(admin, w.Group(admin, org, "Backcountry"), second, directory.RoleAdmin)
	var row events.DynamoDBEventRecord
	for _, r := range inserts(w) {
		if sk := r.Change.Keys["sk"]; sk.String() == "A#"+second.ID.String() {
			row = r
		}
	}
	if row.Change.NewImage == nil {
		t.Fatal("the second admin has no row of his own")
	}
	if _, err := w.Directory.ChangeRole(t.Context(), admin, org.ID, second.ID, directory.RoleUser); err != nil {
		t.Fatal(err)
	}
	row.EventName, row.Change.OldImage, row.Change.NewImage = "REMOVE", row.Change.NewImage, nil
	before := w.Content()
	if again := batch(t, w, []events.DynamoDBEventRecord{row}); again != "" {
		t.Errorf("is to be sent again from %s", again)
	}
	if w.Content() != before {
		t.Error("something was written")
	}
}

// TestTally_AuditsWhomTheHostAdds, once, and nobody else as if it had; and of whoever joins by a link later, that he joined.
func TestTally_AuditsWhomTheHostAdds(t *testing.T) {
	w := New(t)
	host := &mirror.Service{Store: w.Table, Clock: w.Clock.Now, Random: rand.Reader}
	anna, bob, carl := Person("anna"), Person("bob"), Person("carl")
	say := func(ops ...mirror.Op) (org directory.OrgID, group directory.Group) {
		t.Helper()
		for _, r := range host.Apply(t.Context(), Issuer, ops) {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if r.Group.ID != (directory.GroupID{}) {
				group = r.Group
			}
			org = r.Org.ID
		}
		return org, group
	}
	put := func(who string, role directory.Role) mirror.Op {
		return mirror.Op{Kind: mirror.PutMember, Org: "T1", Member: who, Role: role, Groups: []string{"R1"}}
	}
	org, group := say(mirror.Op{Kind: mirror.PutOrg, Org: "T1", Name: "Acme"}, mirror.Op{Kind: mirror.PutGroup, Org: "T1", Group: "R1", Name: "Backcountry"},
		put("anna", directory.RoleAdmin), put("bob", ""))
	audited := func() map[string]int {
		t.Helper()
		for range 2 { // at least once
			if again := batch(t, w, inserts(w)); again != "" {
				t.Errorf("is to be sent again from %s", again)
			}
		}
		page, err := w.Directory.ListAudit(t.Context(), anna, org, directory.PageRequest{Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		acts := map[string]int{}
		for _, e := range page.Items {
			acts[e.Action+" by "+e.ActorName]++
		}
		return acts
	}
	want := map[string]int{"org.created by Directory": 1, "group.created by Directory": 1, "member.added by Directory": 2, "group_member.added by Directory": 2}
	if got := audited(); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}

	// Bob leaves the group and comes back by a link, and carl, whom the host has never named, comes too.
	link := w.Link(anna, group, Anyone)
	w.Clock.Advance(time.Second)
	if err := w.Directory.RemoveOrgMember(t.Context(), bob, org, bob.ID); err != nil {
		t.Fatal(err)
	}
	for _, who := range []directory.Caller{bob, carl} {
		if _, err := w.Invites.Redeem(t.Context(), who, Code(link)); err != nil {
			t.Fatal(err)
		}
	}
	want["invite.created by anna"], want["member.joined by bob"], want["member.joined by carl"] = 1, 1, 1
	w.Clock.Advance(time.Second)
	if _, err := w.Directory.Me(t.Context(), anna); err != nil { // she signs in, and has a name
		t.Fatal(err)
	}
	if got := audited(); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestTally_ForgetsExternalIDs: the row of one whose thing was deleted is gone, and one that stands for something else by then stays.
func TestTally_ForgetsExternalIDs(t *testing.T) {
	w := New(t)
	host := &mirror.Service{Store: w.Table, Clock: w.Clock.Now, Random: rand.Reader}
	say := func(ops ...mirror.Op) {
		t.Helper()
		for _, r := range host.Apply(t.Context(), Issuer, ops) {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
		}
	}
	puts := []mirror.Op{{Kind: mirror.PutOrg, Org: "T1", Name: "Acme"}, {Kind: mirror.PutGroup, Org: "T1", Group: "R1", Name: "Backcountry"}}
	say(puts...)
	var removes []events.DynamoDBEventRecord
	for _, r := range inserts(w) {
		r.EventName, r.Change.OldImage, r.Change.NewImage = "REMOVE", r.Change.NewImage, nil
		if pk := r.Change.Keys["pk"].String(); pk[0] == 'O' || pk[0] == 'G' {
			removes = append(removes, r)
		}
	}
	externals := func() (n int) {
		for _, row := range w.Rows() {
			if pk, ok := row["pk"].(*types.AttributeValueMemberS); ok && pk.Value[0] == 'X' {
				n++
			}
		}
		return n
	}
	say(mirror.Op{Kind: mirror.DeleteOrg, Org: "T1"})
	say(puts[0]) // again, before the stream has told of the deletion
	for range 2 {
		if again := batch(t, w, removes); again != "" {
			t.Errorf("is to be sent again from %s", again)
		}
		if n := externals(); n != 1 {
			t.Errorf("%d external ids, want that of the new organization", n)
		}
	}
	if _, err := host.ShowOrg(t.Context(), Issuer, "T1"); err != nil {
		t.Error(err)
	}
}
