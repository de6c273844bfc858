package acceptance

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/infra/local/engine"
	"group-invites/infra/local/ses"
	"group-invites/infra/local/stack"
)

// Tables of the drill: the one that was in service, the one that the backup is restored to, and the one that is in service then.
const (
	tableBefore   = "local-drill-before"
	tableRestored = "local-drill-restored"
	tableAfter    = "local-drill-after"
)

// TestRestore_Drill goes through infra/procedures.md, Restore: a backup of a moment, more of everything after it, another table, the same ring.
func TestRestore_Drill(t *testing.T) {
	t.Parallel()
	endpoint, stop, err := engine.Open(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop() })
	begin := func(table string, port int) *site {
		return start(t, stack.Options{DynamoDBEndpoint: endpoint, TableName: table, Port: port, ScheduleEvery: time.Hour})
	}

	s := begin(tableBefore, 0)
	o := s.org(t)
	people := o.join(t, "user", "user", "manager", "user", "user")
	removed, left, demoted, stays, outOfGroup := people[0], people[1], people[2], people[3], people[4]
	o.addPeople(t, "manager")
	uncapped, capped := o.link(t, o.admin, anyone), o.link(t, o.admin, object{"access": "anyone", "expiration": "never", "maxUses": 2})
	deleted := o.link(t, o.admin, anyone)
	managers := o.link(t, demoted, anyone)
	doomed := o.newGroup(t, "Doomed")
	for _, l := range []link{uncapped, uncapped, uncapped, capped} {
		s.redeem(t, s.person(t, "early"), l.code(t), http.StatusCreated)
	}
	o.sent(t, o.admin, uncapped, "delivered@example.com")
	o.mailed(t, o.admin, uncapped)
	s.SetMailFaults(ses.Faults{Paused: true})
	o.sent(t, o.admin, uncapped, "waits@example.com", "waits-for-longer@example.com")
	s.settled(t)

	// The moment of the backup. Time goes on: what waited is sent, and people act.
	since := time.Now()
	backUp(t, s, tableRestored)
	time.Sleep(5 * time.Millisecond) // acts of the very millisecond are of before
	s.SetMailFaults(ses.Faults{})
	s.due(t)
	s.sweep(t)
	s.inbox(t, "waits@example.com", 1, 10*time.Second)
	late := s.person(t, "late")
	s.redeem(t, late, uncapped.code(t), http.StatusCreated)
	afterwards := o.link(t, o.admin, anyone)
	for _, path := range []string{o.member(removed), o.inGroup(outOfGroup), o.invite(deleted), "/v1/groups/" + doomed} {
		s.want(t, http.StatusNoContent, "DELETE", path, o.admin.token, nil)
	}
	s.want(t, http.StatusNoContent, "DELETE", o.member(left), left.token, nil)
	o.role(t, demoted, "user")
	o.addPeople(t)
	s.settled(t)
	address, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(address.Port())
	if err := s.shut(); err != nil {
		t.Fatal(err)
	}

	// Another table, on which everything is brought up, and which is filled; then what was taken away since.
	s = begin(tableAfter, port)
	o.s = s
	o.admin = s.who(t, o.admin.who)
	for _, arguments := range [][]string{{"-from", tableRestored, "copy"}, {"-from", tableRestored, "-again", "copy"}} {
		if _, err := s.operate(t, "", "restore", append([]string{"-table", tableAfter}, arguments...)...); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.operate(t, "", "restore", "-table", tableAfter, "-from", tableRestored, "copy"); err == nil {
		t.Error("a table that isn't empty is written over")
	}
	s.settled(t)
	if a := s.send(t, "POST", "/v1/invites/preview", "", object{"code": deleted.code(t)}); a.Status != http.StatusOK {
		t.Errorf("before anything is done again, the deleted link: %s", a)
	}
	acts, err := s.operate(t, "", "restore", "-table", tableBefore, "-since", since.UTC().Format(time.RFC3339Nano), "acts")
	if err != nil || strings.Count(acts, "\n") != 8 {
		t.Fatalf("%v: %s", err, acts)
	}
	for range 2 { // the second time there is nothing left to do
		if _, err := s.operate(t, acts, "restore", "-table", tableAfter, "redo"); err != nil {
			t.Fatal(err)
		}
	}
	s.settled(t)

	// Links work, by the ring that has signed them; what was taken away since is gone again.
	s.redeem(t, s.person(t, "newcomer"), uncapped.code(t), http.StatusCreated)
	s.refused(t, s.person(t, "newcomer"), deleted.code(t), http.StatusGone, "invite_deleted")
	s.refused(t, s.person(t, "newcomer"), managers.code(t), http.StatusGone, "invite_suspended")
	s.refused(t, s.who(t, removed.who), uncapped.code(t), http.StatusForbidden, "removed")
	s.refused(t, s.who(t, outOfGroup.who), uncapped.code(t), http.StatusForbidden, "removed")
	s.want(t, http.StatusNotFound, "GET", "/v1/groups/"+doomed, o.admin.token, nil)
	inOrg := everybody(t, s, o.path("/members"), o.admin.token)
	for who, want := range map[person]bool{removed: false, left: true, demoted: true, stays: true, late: false} {
		if _, in := inOrg[who.id]; in != want {
			t.Errorf("%s is in: %t", who.who, in)
		}
	}
	if inOrg[demoted.id].Role != "user" {
		t.Errorf("%+v", inOrg[demoted.id])
	}
	// What came after the backup isn't there: the link of that time, and who joined.
	s.refused(t, s.person(t, "newcomer"), afterwards.code(t), http.StatusGone, "invite_deleted")

	// Counters are right.
	s.settled(t)
	if uses := get[link](t, s, o.invite(uncapped), o.admin.token).Uses; uses != 4 {
		t.Errorf("%d uses, want 3 of before and 1 of after", uses)
	}
	if joins := get[list[struct{ JoinedAt time.Time }]](t, s, o.invite(uncapped)+"/joins", o.admin.token).Items; len(joins) != 4 {
		t.Errorf("%d joins, want 4", len(joins))
	}
	s.redeem(t, s.person(t, "newcomer"), capped.code(t), http.StatusCreated)
	s.refused(t, s.person(t, "newcomer"), capped.code(t), http.StatusGone, "invite_used_up")

	// No mail goes twice: what waited at the moment of the backup was sent after it, and is closed.
	s.due(t)
	s.sweep(t)
	for address, want := range map[string]string{"delivered@example.com": "delivered", "waits@example.com": "dropped", "waits-for-longer@example.com": "dropped"} {
		if r := o.recipients(t, o.admin, uncapped)[address]; r.State != want {
			t.Errorf("%s: %+v", address, r)
		}
		if mails, _ := s.Mails(address); len(mails) != 0 {
			t.Errorf("%d mails to %s", len(mails), address)
		}
	}

	// The audit has each act once, those that were done again at their own instants.
	audit, _ := pages[struct{ Action, At string }](t, s, o.path("/audit"), o.admin.token, "50", 50)
	told := map[string]int{}
	for _, a := range audit {
		told[a.Action]++
	}
	for action, want := range map[string]int{
		"invite.deleted": 2, "member.removed": 1, "group_member.removed": 1, "group.deleted": 1, "org.changed": 2, "invite.created": 5, "org.created": 1,
	} {
		if told[action] != want {
			t.Errorf("%d entries of %s, want %d", told[action], action, want)
		}
	}
}

// backUp stands for a restore to a point in time, which is a table with the rows of a moment, and without a stream.
func backUp(t *testing.T, s *site, to string) {
	t.Helper()
	in := s.Template().Table.CreateTableInput(to)
	in.StreamSpecification = nil
	if _, err := s.DynamoDB().CreateTable(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	pages := dynamodb.NewScanPaginator(s.DynamoDB(), &dynamodb.ScanInput{TableName: aws.String(s.TableName()), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Items {
			if err := put(t.Context(), s.DynamoDB(), to, row); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func put(ctx context.Context, client *dynamodb.Client, table string, row map[string]types.AttributeValue) error {
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: row})
	return err
}
