package check_test

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/infra/invariants/check"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/event"
	"group-invites/shared/invite"
	"group-invites/shared/linkcode"
	"group-invites/shared/mirror"
	"group-invites/shared/optout"
)

// everything gives the rows of a table that has one of each kind, at the least, and its clock.
func everything(t *testing.T) ([]check.Row, time.Time) {
	w := New(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	stream := w.Follow(&Postbox{})
	settle := func() {
		t.Helper()
		w.Clock.Advance(time.Minute + time.Second)
		must(stream.Settle(ctx))
	}
	admin, manager, user := Person("admin"), Person("manager"), Person("user")
	org := w.Org(admin, "Acme")
	group := w.Group(admin, org, "Backcountry")
	w.Join(admin, group, manager, directory.RoleManager)
	w.Join(admin, group, user, directory.RoleUser)
	settle()
	_, err := w.Invites.Create(ctx, admin, group.ID, invite.Request{
		Name: "For the hut", Access: invite.AccessAnyone, Expiration: "7d", MaxUses: 5, IdempotencyKey: "k", Scope: "POST", Emails: Addresses("a@example.com"),
	})
	must(err)
	capped, open, hour := w.Link(admin, group, Anyone, Cap(3)), w.Link(manager, group), w.Link(user, group, func(r *invite.Request) { r.Expiration = "1h" })
	anyoneForAnHour := w.Link(admin, group, Anyone, func(r *invite.Request) { r.Expiration = "1h" })
	for i, link := range []invite.View{capped, capped, open} {
		_, err := w.Invites.Redeem(ctx, Person([]string{"one", "two", "user"}[i]), Code(link))
		must(err)
	}
	settle()
	must(w.Directory.RemoveGroupMember(ctx, admin, group.ID, Person("one").ID))
	must(w.Directory.RemoveGroupMember(ctx, Person("two"), group.ID, Person("two").ID))
	must(w.Directory.RemoveOrgMember(ctx, admin, org.ID, Person("two").ID))
	settle()
	w.Clock.Advance(time.Hour)
	for _, name := range []string{"asker", "asker2", "asker3"} {
		must(w.Access.Ask(ctx, Person(name), Code(anyoneForAnHour), "Please"))
	}
	must(w.Access.Ask(ctx, Person("asker4"), Code(hour), ""))
	settle()
	must(w.Access.Decline(ctx, admin, group.ID, Person("asker").ID))
	_, err = w.Access.Approve(ctx, admin, group.ID, Person("asker2").ID)
	must(err)
	ring, err := w.Ring.Ring(ctx)
	must(err)
	out := &optout.Service{Store: w.Table, Ring: w.Ring, Clock: w.Clock.Now}
	token := ring.SignAddress(linkcode.Unsubscribe, Addresses("out@example.com")[0].Key(), time.Time{})
	must(out.OptOut(ctx, token))
	must(out.RequestBack(ctx, token, "out@example.com"))
	_, err = w.Invites.Send(ctx, admin, group.ID, capped.ID, Addresses("waiting@example.com"))
	must(err)
	stream.Look()

	// Something has been deleted, and is being cleared away.
	gone := w.Group(admin, org, "Gone")
	w.Join(admin, gone, Person("goner"), directory.RoleUser)
	stream.Look()
	must(w.Directory.DeleteGroup(ctx, admin, gone.ID))
	clearing := check.Row{
		"pk": &types.AttributeValueMemberS{Value: "C#group#" + gone.ID.String()}, "sk": &types.AttributeValueMemberS{Value: "C"},
		"v": &types.AttributeValueMemberN{Value: "1"}, "step": &types.AttributeValueMemberN{Value: "1"},
	}
	mirrored(t, w, settle)
	return append(w.Rows(), clearing), w.Clock.Now()
}

// mirrored adds what a host product has made, a capped link whose places are dealt among shards, and an event that waits for the bus.
func mirrored(t *testing.T, w *World, settle func()) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	host := mirror.Service{Store: w.Table, Clock: w.Clock.Now, Random: rand.Reader}
	for i, r := range host.Apply(ctx, "https://issuer.example.com", []mirror.Op{
		{Kind: mirror.PutOrg, Org: "T1", Name: "Mirrored"}, {Kind: mirror.PutGroup, Org: "T1", Group: "C1", Name: "General"},
		{Kind: mirror.PutMember, Org: "T1", Member: "subject", Name: "Mira", Groups: []string{"C1"}},
	}) {
		if r.Err != nil {
			t.Fatalf("operation %d: %v", i, r.Err)
		}
	}
	admin := Person("dealer")
	group := w.Group(admin, w.Org(admin, "Dealt"), "Dealt")
	link := w.Link(admin, group, Anyone, Cap(90))
	invites, err := w.Table.Invites(ctx, group.ID, []invite.ID{link.ID})
	must(err)
	must(w.Table.DealPlaces(ctx, &invites[0], 4))
	_, err = w.Invites.Redeem(ctx, Person("first"), Code(link))
	must(err)
	settle()
	must(w.Table.Keep(ctx, []event.Event{{Type: event.MemberJoined, ID: strings.Repeat("5e", 16), At: w.Clock.Now(), Detail: []byte(`{"version":1}`)}}))
}

func key(r check.Row) string {
	return r["pk"].(*types.AttributeValueMemberS).Value + " " + r["sk"].(*types.AttributeValueMemberS).Value
}

func TestCheck_FindsNothingInATableThatIsRight(t *testing.T) {
	rows, now := everything(t)
	for _, v := range check.All(rows, now) {
		t.Error(v)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		seen[strings.SplitAfterN(key(r), "#", 2)[0]] = true
	}
	if got, want := strings.Join(slices.Sorted(maps.Keys(seen)), " "), "A# C# D# E# G# I# J# K# O# P# Q# R# S# U# X#"; got != want {
		t.Errorf("the table has rows of %s, want %s", got, want)
	}
}

// mayBeAbsent are attributes that a row is right without: nothing else says that they were there.
var mayBeAbsent = map[string][]string{
	"I#": {"name", "maxUses", "byAdmin"}, "U#": {"via", "removedAt", "byHost"}, "P#": {"ttl"}, "D#": {"fresh", "messageId", "sentBy", "countedOn", "reason"}, "A#": {"detail"},
	"S#": {"optedOutAt"}, "R#": {"email", "message", "told"},
}

// TestCheck_MissesNoAttribute takes each attribute out of each row, and puts one in that doesn't belong there.
func TestCheck_MissesNoAttribute(t *testing.T) {
	rows, now := everything(t)
	for i, r := range rows {
		for name := range r {
			changed := slices.Clone(rows)
			changed[i] = maps.Clone(r)
			delete(changed[i], name)
			if len(check.All(changed, now)) == 0 && !slices.Contains(mayBeAbsent[key(r)[:2]], name) {
				t.Errorf("%s without %s is found to be right", key(r), name)
			}
			changed[i] = maps.Clone(r)
			changed[i][name] = &types.AttributeValueMemberNULL{Value: true}
			if len(check.All(changed, now)) == 0 {
				t.Errorf("%s with a %s of another kind is found to be right", key(r), name)
			}
		}
		changed := slices.Clone(rows)
		changed[i] = maps.Clone(r)
		changed[i]["who"] = &types.AttributeValueMemberS{Value: "someone"}
		if len(check.All(changed, now)) == 0 {
			t.Errorf("%s with one attribute too many is found to be right", key(r))
		}
	}
}

// TestCheck_Finds has the table be wrong in one way each.
func TestCheck_Finds(t *testing.T) {
	rows, now := everything(t)
	find := func(has string) int {
		for i, r := range rows {
			if strings.Contains(fmt.Sprint(key(r), " ", texts(r)), has) {
				return i
			}
		}
		t.Fatalf("no row has %q", has)
		return 0
	}
	group := key(rows[find("name=Backcountry")])[2:18]
	org := group[:10]
	admin, user := Person("admin").ID.String(), Person("user").ID.String()
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	number := func(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }
	type change struct {
		row  string // has that
		set  check.Row
		gone bool
	}
	for what, c := range map[string]change{
		"counts 2 admins, and has 1": {row: "O#" + org + " O ", set: check.Row{"admins": number("2")}},
		"admins is 0":                {row: "O#" + org + " O ", set: check.Row{"admins": number("0")}},
		"is an admin without a row beside the organization":  {row: "O#" + org + " A#" + admin, gone: true},
		"is of someone who is no admin":                      {row: "U#" + admin + " O#" + org, set: check.Row{"role": text("manager")}},
		"is in the group, and was never in the organization": {row: "U#" + user + " O#" + org, gone: true},
		"that has not begun":                                 {row: "U#" + user + " G#" + group, set: check.Row{"since": number("9000000000000")}},
		"of a membership of its creator that has not begun":  {row: "access=anyone", set: check.Row{"epoch": number("9000000000000")}},
		"has 3 uses, and 2 joinings on record":               {row: "maxUses=3", set: check.Row{"uses": number("3")}},
		" joinings on record":                                {row: "J#", gone: true}, // of any link: which row is the first is chance
		"has 90 uses on shard":                               {row: "P#", set: check.Row{"uses": number("90")}},
		"says that shard 0 is full":                          {row: "shards=4", set: check.Row{"fullShards": &types.AttributeValueMemberNS{Value: []string{"0"}}}},
		"has a full shard 4 of 4":                            {row: "shards=4", set: check.Row{"fullShards": &types.AttributeValueMemberNS{Value: []string{"4"}}}},
		"another version would let people in":                {row: "shards=4", set: check.Row{"uses": number("1")}},
		"has 0 uses, and 1 joinings on record":               {row: "P#", gone: true},
		"is closed, and its link is there":                   {row: "P#", set: check.Row{"closed": number("1"), "uses": nil}},
		"stands for":                                         {row: "standsFor=", set: check.Row{"standsFor": text("0000000000")}},
		"has an empty externalId":                            {row: "externalId=T1", set: check.Row{"externalId": text("")}},
		"has 4 uses of 3":                                    {row: "maxUses=3", set: check.Row{"uses": number("4")}},
		"is of a group that is gone":                         {row: "name=Backcountry", gone: true},
		"is of a link that is gone":                          {row: "maxUses=3", gone: true},
		"is of an organization that is gone":                 {row: "O#" + org + " O ", gone: true},
		"isn't in the register of what is open":              {row: "R#" + group + " V", gone: true},
		"open that isn't there":                              {row: "R#" + group + " " + Person("asker3").ID.String(), gone: true},
		"looks like the code of a link":                      {row: "claim=", set: check.Row{"messageId": text("x AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_")}},
		"holds an address":                                   {row: "A#" + org, set: check.Row{"target": text("mira@example.com")}},
		"none of [\"queued\"":                                {row: "state=sent", set: check.Row{"state": text("asleep")}},
		"is sent, and has a dueAt":                           {row: "state=sent", set: check.Row{"dueAt": number("1798000000000")}},
		"is the mail of another address":                     {row: "to=a@example.com", set: check.Row{"to": text("b@example.com")}},
		"counts 4 mails to one address":                      {row: "Q#to#", set: check.Row{"mails": number("4")}},
		"counts 6":                                           {row: "Q#orgs#", set: check.Row{"created": number("6")}},
		"ttl is":                                             {row: "A#" + org, set: check.Row{"ttl": number("1798000000")}},
		"is listed at":                                       {row: "state=removed", set: check.Row{"lpk": text("O#" + org + "#M0")}},
		"its id is of another instant":                       {row: "maxUses=3", set: check.Row{"createdAt": number("1798000000000")}},
		"is cleared away before it ends":                     {row: "expiration=1h", set: check.Row{"ttl": number("1798000000")}},
		"is removed, and doesn't say when":                   {row: "state=removed", set: check.Row{"removedAt": nil}},
		"is of no kind that is known":                        {row: "K#", set: check.Row{"sk": text("x")}},
		"addPeople is without admin":                         {row: "O#" + org + " O ", set: check.Row{"addPeople": &types.AttributeValueMemberSS{Value: []string{"user"}}}},
		"ends or doesn't, against its expiration never":      {row: "expiration=1h", set: check.Row{"expiration": text("never")}},
		"a mail of kind invite has an address, or none":      {row: "to=a@example.com", set: check.Row{"to": nil}},
	} {
		i := find(c.row)
		changed := slices.Clone(rows)
		changed[i] = maps.Clone(rows[i])
		for name, value := range c.set {
			changed[i][name] = value
			if value == nil {
				delete(changed[i], name)
			}
		}
		if c.gone {
			changed = slices.Delete(changed, i, i+1)
		}
		found := check.All(changed, now)
		if !slices.ContainsFunc(found, func(v check.Violation) bool { return strings.Contains(v.What, what) }) {
			t.Errorf("%q isn't found; but %v", what, found)
		}
	}
}

// texts gives a row's attributes as name=value.
func texts(r check.Row) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(r)) {
		switch v := r[name].(type) {
		case *types.AttributeValueMemberS:
			all = append(all, name+"="+v.Value)
		case *types.AttributeValueMemberN:
			all = append(all, name+"="+v.Value)
		}
	}
	return strings.Join(all, " ")
}

func TestBoth_IsWhatTwoReadingsFind(t *testing.T) {
	a, b, c := check.Violation{Key: "a", What: "x"}, check.Violation{Key: "b", What: "x"}, check.Violation{Key: "a", What: "y"}
	if got := check.Both([]check.Violation{a, b}, []check.Violation{c, b}); !slices.Equal(got, []check.Violation{b}) {
		t.Error(got)
	}
}
