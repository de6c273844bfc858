package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/export"
	"group-invites/shared/invite"
	"group-invites/shared/tally"
)

// scene is an organization in which everything has happened, beside another one of the same admin.
type scene struct {
	*World
	org   directory.Org
	group directory.Group
	link  invite.View // sent by mail, and used once
}

func newScene(t testing.TB) scene {
	w := New(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	admin := Person("admin")
	s := scene{World: w, org: w.Org(admin, "Astronomers")}
	s.group = w.Group(admin, s.org, "Comets")
	w.Group(admin, s.org, "Without anybody")
	other := w.Org(admin, "Others")
	w.Join(admin, w.Group(admin, other, "Other group"), Person("in"), directory.RoleUser)
	for _, name := range []string{"in", "left", "removed", "out-of-the-group"} {
		w.Join(admin, s.group, Person(name), directory.RoleUser)
	}
	must(w.Directory.RemoveOrgMember(t.Context(), Person("left"), s.org.ID, Person("left").ID))
	must(w.Directory.RemoveOrgMember(t.Context(), admin, s.org.ID, Person("removed").ID))
	must(w.Directory.RemoveGroupMember(t.Context(), admin, s.group.ID, Person("out-of-the-group").ID))

	s.link = w.Link(admin, s.group, Anyone, Cap(2), To("mira@example.com", "tom@example.com"))
	w.Clock.Advance(time.Second)
	_, err := w.Invites.Redeem(t.Context(), Person("guest"), Code(s.link))
	must(err)
	of := tally.Link{Group: s.group.ID, Invite: s.link.ID} // as the stream would bring it
	must(w.Table.RecordJoins(t.Context(), of, []tally.Joined{{Link: of, User: Person("guest").ID, At: w.Clock.Now()}}, false))

	late := w.Link(admin, s.group, Anyone, func(r *invite.Request) { r.Expiration = "1h" })
	w.Clock.Advance(time.Hour)
	must(w.Access.Ask(t.Context(), Person("asks"), Code(late), "let me in"))
	must(w.Access.Ask(t.Context(), Person("declined"), Code(late), ""))
	must(w.Access.Decline(t.Context(), admin, s.group.ID, Person("declined").ID))
	return s
}

// lines exports, and gives the lines.
func (s scene) lines() (lines []map[string]any, err error) {
	s.Helper()
	var out, progress bytes.Buffer
	err = write(s.Context(), s.Table, s.org.ID, s.Clock.Now(), &out, &progress)
	for line := range strings.Lines(out.String()) {
		var fields map[string]any
		if e := json.Unmarshal([]byte(line), &fields); e != nil {
			s.Fatalf("%q: %v", line, e)
		}
		lines = append(lines, fields)
	}
	return lines, err
}

// leftOut are the kinds of rows of an organization that an export has not, by how their keys begin, and why. Those of no organization (K#, S#,
// Q#) aren't looked for.
var leftOut = map[string]string{
	"O# A#":  "says again whose role is admin",
	"R# V":   "says again which requests are open",
	"Q#org#": "counts the mails of a day",
	"C#":     "says what is being cleared away",
}

// TestExport_HasEveryRowOnce: what the table holds under the organization's id, and no row of another one.
func TestExport_HasEveryRowOnce(t *testing.T) {
	s := newScene(t)
	given := map[string]int{}
	_, err := (&export.Service{Store: s.Table}).Export(t.Context(), s.org.ID, func(_ export.Kind, row export.Row) error {
		given[row.Key]++
		if row.Fault != nil || !strings.Contains(row.Key, s.org.ID.String()) {
			t.Errorf("%s: %v", row.Key, row.Fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for line := range strings.Lines(s.Content()) {
		words := strings.Fields(line)
		key := words[0] + " " + words[1]
		if !strings.Contains(key, s.org.ID.String()) || isLeftOut(key) {
			continue
		}
		kinds[key[:2]] = true
		if given[key] != 1 {
			t.Errorf("%s is exported %d times", key, given[key])
		}
		delete(given, key)
	}
	if len(given) > 0 {
		t.Errorf("exported, and not there: %v", given)
	}
	if got := slices.Sorted(maps.Keys(kinds)); !slices.Equal(got, []string{"A#", "D#", "G#", "I#", "J#", "O#", "R#", "U#"}) {
		t.Errorf("the scene has rows of %v only", got)
	}
}

func isLeftOut(key string) bool {
	pk, sk, _ := strings.Cut(key, " ")
	for prefix := range leftOut {
		p, sort, _ := strings.Cut(prefix, " ")
		if strings.HasPrefix(pk, p) && strings.HasPrefix(sk, sort) {
			return true
		}
	}
	return false
}

// TestExport_TellsWhatTheContractTells: states and settings in the words of the API.
func TestExport_TellsWhatTheContractTells(t *testing.T) {
	s := newScene(t)
	lines, err := s.lines()
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	counts := map[string]float64{}
	for _, l := range lines {
		counts[l["kind"].(string)]++
		switch l["kind"] {
		case "member":
			states[l["name"].(string)] = l["state"].(string) + " " + l["role"].(string)
		case "mail":
			if l["about"] == "invite" && (l["inviteId"] != s.link.ID.String() || l["state"] != "queued" || l["sentBy"] != Person("admin").ID.String()) {
				t.Errorf("%v", l)
			}
		case "groupMember":
			want := "in"
			switch l["userId"] {
			case Person("left").ID.String(), Person("removed").ID.String(): // whose rows in the group still say in
				want = "left"
			case Person("out-of-the-group").ID.String():
				want = "removed"
			}
			if l["state"] != want {
				t.Errorf("%v, want %s", l, want)
			}
		case "invite":
			want := "expired"
			if l["id"] == s.link.ID.String() {
				want = "active"
				if l["maxUses"] != 2.0 || l["uses"] != 1.0 || l["access"] != "anyone" {
					t.Errorf("%v", l)
				}
			}
			if l["state"] != want {
				t.Errorf("%v, want %s", l, want)
			}
		case "accessRequest":
			if l["message"] != "let me in" || l["email"] != "asks@example.com" {
				t.Errorf("%v", l)
			}
		}
	}
	for name, want := range map[string]string{
		"admin": "in admin", "in": "in user", "left": "left user", "removed": "removed user", "out-of-the-group": "in user", "guest": "in user",
	} {
		if states[name] != want {
			t.Errorf("%s is %q, want %q", name, states[name], want)
		}
	}
	first, last := lines[0], lines[len(lines)-1]
	if first["kind"] != "export" || first["version"] != 1.0 || first["orgId"] != s.org.ID.String() || last["kind"] != "end" || last["unreadable"] != 0.0 || last["drift"] != 0.0 {
		t.Errorf("begins with %v and ends with %v", first, last)
	}
	for kind, n := range last["counts"].(map[string]any) {
		if counts[kind] != n {
			t.Errorf("%v of %s in the last line, and %v lines", n, kind, counts[kind])
		}
	}
	for _, code := range []string{Code(s.link), "https://"} {
		if strings.Contains(fmt.Sprint(lines), code) {
			t.Errorf("%q is in it", code)
		}
	}
}

// TestExport_AnUnreadableRowIsToldWithItsKey, whatever its kind, and what belongs to it is there all the same.
func TestExport_AnUnreadableRowIsToldWithItsKey(t *testing.T) {
	s := newScene(t)
	whole, err := s.lines()
	if err != nil {
		t.Fatal(err)
	}
	number := func(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }
	broken := map[string]bool{}
	for _, row := range s.Rows() {
		key := row["pk"].(*types.AttributeValueMemberS).Value + " " + row["sk"].(*types.AttributeValueMemberS).Value
		if !strings.Contains(key, s.org.ID.String()) || isLeftOut(key) || strings.HasPrefix(key, "J#") { // a join is all key
			continue
		}
		spoilt := map[string]string{"A#": "actor", "D#": "kind", "G#": "createdBy", "I#": "createdBy", "O#": "createdBy", "R#": "creator", "U#": "state"}[key[:2]]
		if strings.HasPrefix(key, "O#") {
			spoilt = "name"
		}
		row[spoilt] = number("7")
		if _, err := s.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(s.TableName), Item: row}); err != nil {
			t.Fatal(err)
		}
		broken[key] = true
	}
	lines, err := s.lines()
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%d rows can't be read", len(broken))) {
		t.Errorf("%d rows are broken: %v", len(broken), err)
	}
	for _, l := range lines {
		if l["kind"] == "unreadable" {
			if !broken[l["key"].(string)] {
				t.Errorf("%v isn't broken", l)
			}
			delete(broken, l["key"].(string))
		}
	}
	if len(broken) > 0 {
		t.Errorf("silently left out: %v", slices.Sorted(maps.Keys(broken)))
	}
	if len(lines) != len(whole) {
		t.Errorf("%d lines, and %d when nothing was broken", len(lines), len(whole))
	}
}

// TestExport_OutlastsThrottlesAndLostAnswers, with the same rows.
func TestExport_OutlastsThrottlesAndLostAnswers(t *testing.T) {
	s := newScene(t)
	whole, err := s.lines()
	if err != nil {
		t.Fatal(err)
	}
	s.Faults.Reset(faults.Mix(1, 0, 0.2, 0.1))
	lines, err := s.lines()
	if err != nil || len(lines) != len(whole) {
		t.Errorf("%d lines, want %d: %v", len(lines), len(whole), err)
	}
}

// TestExport_PagesOfManyPeople: more than a page in each shard, of whom some leave while it walks, and one comes.
func TestExport_PagesOfManyPeople(t *testing.T) {
	const people = 900
	s := newScene(t)
	for i := range people {
		m := directory.OrgMember{
			Org: s.org.ID, User: Person(fmt.Sprint("many", i)).ID, State: directory.StateIn, Role: directory.RoleUser, Since: s.Clock.Now(), JoinedAt: s.Clock.Now(),
			Name: fmt.Sprint("many", i),
		}
		if err := s.Table.ChangeOrgMember(t.Context(), directory.OrgMember{Org: m.Org, User: m.User}, m, nil); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]int{}
	n := 0
	result, err := (&export.Service{Store: s.Table}).Export(t.Context(), s.org.ID, func(kind export.Kind, row export.Row) error {
		if m, ok := row.Value.(directory.OrgMember); ok && kind == export.Members {
			seen[m.Name]++
			if n++; n%100 == 0 { // one who has been met, and one who may not have been
				for _, who := range []directory.Caller{{ID: m.User}, Person(fmt.Sprint("many", n))} {
					if err := s.Directory.RemoveOrgMember(t.Context(), who, s.org.ID, who.ID); err != nil && err != directory.ErrNotFound {
						return err
					}
				}
			}
		}
		return nil
	})
	if err != nil || len(result.Drift) > 0 {
		t.Fatalf("%+v, %v", result, err)
	}
	for i := range people {
		if name := fmt.Sprint("many", i); seen[name] != 1 {
			t.Errorf("%s is met %d times", name, seen[name])
		}
	}
}

// drifting is a table in which the index counts one member more than were given.
type drifting struct{ export.Store }

func (d drifting) ExportCount(ctx context.Context, list export.List) (int, error) {
	n, err := d.Store.ExportCount(ctx, list)
	if list.Kind == export.Members {
		n++
	}
	return n, err
}

// TestExport_SaysThatListsHaveChanged, and that there is no such organization.
func TestExport_SaysThatListsHaveChanged(t *testing.T) {
	s := newScene(t)
	var out bytes.Buffer
	if err := write(t.Context(), drifting{s.Table}, s.org.ID, s.Clock.Now(), &out, t.Output()); err == nil || !strings.Contains(out.String(), `"drift":1`) {
		t.Errorf("%v\n%s", err, &out)
	}
	if err := write(t.Context(), s.Table, directory.OrgID{1}, s.Clock.Now(), &out, t.Output()); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Error(err)
	}
	for _, arguments := range []string{"", "-local", "-org d6625d0280", "-local -stack x -org d6625d0280", "-table x -org XX", "-table x -org d6625d0280 more", "-table x -rate -1 -org d6625d0280"} {
		if err := run(t.Context(), strings.Fields(arguments), &out, t.Output()); err == nil {
			t.Errorf("%q is taken", arguments)
		}
	}
}

// million is a table with an organization of a million members and nothing else.
type million struct{}

const people, perPage = 1_000_000, 100

func (million) ExportPage(_ context.Context, list export.List, from string) (export.Page, error) {
	switch list.Kind {
	case export.Orgs:
		return export.Page{Rows: []export.Row{{Value: directory.Org{ID: list.Org}}}}, nil
	case export.Members:
		n, _ := strconv.Atoi(from)
		page := export.Page{Next: strconv.Itoa(n + perPage)}
		for i := range perPage {
			name := fmt.Sprint("Person ", n+i)
			m := directory.OrgMember{Org: list.Org, User: directory.NewUserID(Issuer, name), State: directory.StateIn, Role: directory.RoleUser, Name: name}
			page.Rows = append(page.Rows, export.Row{Key: name, Value: m})
		}
		if n+perPage == people {
			page.Next = ""
		}
		return page, nil
	}
	return export.Page{}, nil
}

func (million) ExportCount(_ context.Context, list export.List) (int, error) {
	if list.Kind == export.Members {
		return people, nil
	}
	return 0, nil
}

// most is the most memory that was in use when it looked, once in a hundred thousand bytes or so.
type most struct{ bytes, lines, heap uint64 }

func (m *most) Write(p []byte) (int, error) {
	m.bytes, m.lines = m.bytes+uint64(len(p)), m.lines+uint64(bytes.Count(p, []byte("\n")))
	if m.bytes%(1<<20) < uint64(len(p)) {
		runtime.GC()
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		m.heap = max(m.heap, now.HeapAlloc)
	}
	return len(p), nil
}

// TestExport_AMillionMembersInConstantMemory: 150 MB of lines, and a few megabytes in use at any moment.
func TestExport_AMillionMembersInConstantMemory(t *testing.T) {
	var m most
	if err := write(t.Context(), million{}, directory.OrgID{1}, time.Now(), &m, t.Output()); err != nil {
		t.Fatal(err)
	}
	if m.lines != people+3 || m.heap == 0 || m.heap > 16<<20 {
		t.Errorf("%d lines, %d bytes in use", m.lines, m.heap)
	}
	t.Logf("%d MB of lines, %d kB in use", m.bytes>>20, m.heap>>10)
}
