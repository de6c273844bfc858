package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// scene is an organization with a group, a member, and a link that is to be sent.
type scene struct {
	*World
	admin directory.Caller
	org   directory.Org
	group directory.Group
	link  invite.View
}

func newScene(t testing.TB) scene {
	s := scene{World: New(t), admin: Person("admin")}
	s.org = s.Org(s.admin, "Astronomers")
	s.group = s.Group(s.admin, s.org, "Comets")
	s.Join(s.admin, s.group, Person("member"), directory.RoleManager)
	s.link = s.Link(s.admin, s.group, Anyone, To("mira@example.com", "tom@example.com"))
	s.Clock.Advance(time.Second)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// restored is another table with what the scene's has now.
func (s scene) restored() *World {
	s.Helper()
	w := New(s)
	must(s, fill(s.Context(), w.Table, s.Table, false, s.Output()))
	return w
}

// acts lists what was done since an instant.
func (s scene) acts(since time.Time) string {
	s.Helper()
	var out bytes.Buffer
	must(s, list(s.Context(), s.Table, since, &out))
	return out.String()
}

// TestFill_CopiesEverythingButWhatWouldSendMail: rows are as they were, but for the mails that waited.
func TestFill_CopiesEverythingButWhatWouldSendMail(t *testing.T) {
	s := newScene(t)
	w := s.restored()
	before, after := strings.Split(s.Content(), "\n"), strings.Split(w.Content(), "\n")
	if len(before) != len(after) {
		t.Fatalf("%d rows, and %d before", len(after), len(before))
	}
	closed := 0
	for i := range before {
		switch {
		case strings.HasPrefix(before[i], "D#"):
			closed++
			for _, attribute := range []string{"fresh=", "lpk=", "dueAt="} {
				if strings.Contains(after[i], attribute) {
					t.Errorf("it would be sent: %s", after[i])
				}
			}
			if !strings.Contains(after[i], `state="dropped"`) || !strings.Contains(after[i], `reason="gave_up"`) {
				t.Errorf("%s", after[i])
			}
		case before[i] != after[i]:
			t.Errorf("%s, before %s", after[i], before[i])
		}
	}
	if closed != 2 {
		t.Errorf("%d mails", closed)
	}
}

func TestFill_RefusesATableThatIsUsed(t *testing.T) {
	s := newScene(t)
	w := s.restored()
	content := w.Content()
	if err := fill(t.Context(), w.Table, s.Table, false, t.Output()); err == nil || w.Content() != content {
		t.Errorf("%v", err)
	}
	s.Clock.Advance(time.Hour)
	if err := fill(t.Context(), w.Table, s.Table, true, t.Output()); err != nil || len(strings.Split(w.Content(), "\n")) != len(strings.Split(content, "\n")) {
		t.Errorf("again: %v", err)
	}
	for _, arguments := range []string{
		"", "copy", "-table x copy", "-table x -from x copy", "-table x acts", "-table x -since yesterday acts", "-table x -since 2026-01-01T00:00:00Z redo", "-from y redo", "-table x undo",
	} {
		t.Setenv("DYNAMODB_ENDPOINT", "http://127.0.0.1:1")
		if err := run(t.Context(), strings.Fields(arguments), strings.NewReader(""), t.Output(), t.Output()); err == nil {
			t.Errorf("%q is taken", arguments)
		}
	}
}

func TestFill_TellsOfMailsThatCannotBeRead(t *testing.T) {
	s := newScene(t)
	rows := len(s.Rows())
	for _, row := range s.Rows() {
		if to, ok := row["to"].(*types.AttributeValueMemberS); ok && to.Value == "tom@example.com" {
			row["to"] = &types.AttributeValueMemberS{Value: "no address"}
			_, err := s.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(s.TableName), Item: row})
			must(t, err)
		}
	}
	w := New(t)
	err := fill(t.Context(), w.Table, s.Table, false, t.Output())
	if err == nil || !strings.Contains(err.Error(), "D#"+s.group.ID.String()+"#"+s.link.ID.String()) || len(w.Rows()) != rows-1 {
		t.Errorf("%v, %d rows, want %d", err, len(w.Rows()), rows-1)
	}
}

// TestRedo_TakesAwayOnce: each act is done again at its own instant, and again it is done already.
func TestRedo_TakesAwayOnce(t *testing.T) {
	s := newScene(t)
	s.Join(s.admin, s.group, Person("other"), directory.RoleUser)
	doomed := s.Group(s.admin, s.org, "Doomed")
	second := s.Org(s.admin, "Second")
	s.Clock.Advance(time.Second)
	since := s.Clock.Now()
	w := s.restored()
	s.Clock.Advance(time.Second)
	ctx := t.Context()
	must(t, s.Invites.Delete(ctx, s.admin, s.group.ID, s.link.ID))
	_, err := s.Directory.ChangeRole(ctx, s.admin, s.org.ID, Person("member").ID, directory.RoleUser)
	must(t, err)
	must(t, s.Directory.RemoveGroupMember(ctx, s.admin, s.group.ID, Person("member").ID))
	must(t, s.Directory.RemoveOrgMember(ctx, s.admin, s.org.ID, Person("other").ID))
	must(t, s.Directory.DeleteGroup(ctx, s.admin, doomed.ID))
	must(t, s.Directory.DeleteOrg(ctx, s.admin, second.ID))
	_, err = s.Directory.ChangeOrg(ctx, s.admin, s.org.ID, directory.OrgChange{AddPeople: &directory.AddPeople{Manager: true}})
	must(t, err)
	name := "Stargazers"
	_, err = s.Directory.ChangeOrg(ctx, s.admin, s.org.ID, directory.OrgChange{Name: &name})
	must(t, err)
	s.Clock.Advance(time.Hour)

	acts := s.acts(since)
	var progress bytes.Buffer
	must(t, redo(ctx, w.Table, strings.NewReader(acts), &progress))
	if !strings.Contains(progress.String(), "7 done again, 0 needed nothing, 1 can't be done again") {
		t.Errorf("%s", &progress)
	}
	// But for the name, and mails, the tables are the same: rows of people, roles and removals to the millisecond.
	same := func(content string) string {
		var lines []string
		for line := range strings.Lines(content) {
			if !strings.HasPrefix(line, "D#") && !strings.HasPrefix(line, "O#"+s.org.ID.String()+" O ") && !strings.Contains(line, `detail="name"`) {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "")
	}
	if got, want := same(w.Content()), same(s.Content()); got != want {
		t.Errorf("after it was done again:\n%s\nwant\n%s", got, want)
	}
	content := w.Content()
	progress.Reset()
	must(t, redo(ctx, w.Table, strings.NewReader(acts), &progress))
	if w.Content() != content || !strings.Contains(progress.String(), "0 done again, 7 needed nothing") {
		t.Errorf("again: %s", &progress)
	}
	if err := redo(ctx, w.Table, strings.NewReader(acts+"no act\n"), &progress); err == nil {
		t.Error("a line that is none is passed over")
	}
	if err := redo(ctx, w.Table, strings.NewReader(`{"action":"member.removed"}`), &progress); err == nil {
		t.Error("an act without an instant is passed over")
	}
}

// TestRedo_LeavesWhatIsNewer: someone who has come in since an act isn't removed by it, and a last admin stays.
func TestRedo_LeavesWhatIsNewer(t *testing.T) {
	s := newScene(t)
	since := s.Clock.Now()
	w := s.restored()
	s.Clock.Advance(time.Second)
	must(t, s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, Person("member").ID))
	acts := s.acts(since)

	w.Clock.Set(s.Clock.Now().Add(time.Minute))
	must(t, w.Directory.RemoveOrgMember(t.Context(), Person("member"), s.org.ID, Person("member").ID))
	_, _, err := w.Directory.PutOrgMember(t.Context(), s.admin, s.org.ID, Person("member").ID, directory.RoleUser)
	must(t, err)
	var progress bytes.Buffer
	must(t, redo(t.Context(), w.Table, strings.NewReader(acts), &progress))
	orgs, _, err := w.Table.Memberships(t.Context(), Person("member").ID)
	if err != nil || orgs[0].State != directory.StateIn {
		t.Errorf("%+v, %v: %s", orgs, err, &progress)
	}
	last := `{"at":"2028-01-01T00:00:00Z","orgId":"` + s.org.ID.String() + `","id":"0000000000000001","actor":"` + s.admin.ID.String() +
		`","action":"member.removed","target":"` + s.admin.ID.String() + `"}`
	if err := redo(t.Context(), w.Table, strings.NewReader(last), &progress); err == nil || !strings.Contains(err.Error(), "last admin") {
		t.Errorf("%v", err)
	}
}
