package erasure_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/erasure"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
	"group-invites/shared/tally"
)

// mira is everywhere: in one organization, out of another, removed from a third, asking for access to a fourth, invited by mail, and inviting.
var mira = directory.Caller{ID: Person("mira").ID, Name: "Mira Unmistakable", Email: "Mira.U@example.com", Verified: true}

type scene struct {
	*World
	erasure *erasure.Service
	admin   directory.Caller
	orgs    []directory.Org // in, left, removed
	groups  []directory.Group
}

func newScene(t testing.TB) scene {
	s := scene{World: New(t), admin: Person("admin")}
	s.erasure = &erasure.Service{Store: s.Table, Clock: s.Clock.Now}
	for _, name := range []string{"Astronomers", "Bakers", "Climbers"} {
		org := s.Org(s.admin, name)
		group := s.Group(s.admin, org, name)
		s.Join(s.admin, group, mira, directory.RoleUser)
		s.Join(s.admin, group, Person("neighbour"), directory.RoleUser)
		s.orgs, s.groups = append(s.orgs, org), append(s.groups, group)
	}
	s.must(s.Directory.RemoveOrgMember(t.Context(), mira, s.orgs[1].ID, mira.ID))
	s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.orgs[2].ID, mira.ID))

	// She invites, with an Idempotency-Key, and is invited: by the address of her account in other letters, and by another one.
	own := s.Link(mira, s.groups[0], To("friend@example.com"), func(r *invite.Request) { r.IdempotencyKey = "key" })
	of := tally.Link{Group: s.groups[0].ID, Invite: own.ID}
	s.must(s.Table.RecordJoins(t.Context(), of, []tally.Joined{{Link: of, User: mira.ID, At: s.Clock.Now()}}, false))
	s.Link(s.admin, s.groups[1], Anyone, To("mira.u@EXAMPLE.com", "mira.old@example.com", "xmira.u@example.com"))
	s.must(s.Table.Suppress(t.Context(), Addresses(mira.Email)[0].Key(), mail.ReasonOptedOut, s.Clock.Now()))

	// She asks for access, and so does somebody else.
	fourth := s.Org(s.admin, "Dancers")
	group := s.Group(s.admin, fourth, "Dancers")
	late := s.Link(s.admin, group, Anyone, func(r *invite.Request) { r.Expiration = "1h" })
	s.Clock.Advance(time.Hour)
	s.must(s.Access.Ask(t.Context(), mira, Code(late), "it is me, mira"))
	s.must(s.Access.Ask(t.Context(), Person("neighbour"), Code(late), ""))
	s.groups = append(s.groups, group)
	return s
}

func (s scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// holds gives the rows that hold one of the texts, in any case of letters.
func (s scene) holds(texts ...string) (lines []string) {
	s.Helper()
	for line := range strings.Lines(s.Content()) {
		for _, text := range texts {
			if strings.Contains(strings.ToLower(line), strings.ToLower(text)) {
				lines = append(lines, strings.TrimSpace(line))
				break
			}
		}
	}
	return lines
}

// others gives the rows that don't name her.
func (s scene) others() string {
	var rows []string
	for line := range strings.Lines(s.Content()) {
		if !strings.Contains(line, mira.ID.String()) && !strings.Contains(strings.ToLower(line), `to="mira.`) && !strings.Contains(line, " V ") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	return strings.Join(rows, "\n")
}

// gone holds that neither name, address nor message are in any byte of the table, and that nothing of others was touched.
func (s scene) gone(others string) {
	s.Helper()
	for _, line := range s.holds("Unmistakable", `"mira.u@example.com`, "it is me") {
		s.Errorf("still there: %s", line)
	}
	if got := s.others(); got != others {
		s.Errorf("rows of others have changed:\n%s\nbefore:\n%s", got, others)
	}
}

func TestErase_TakesNameAndAddressOutOfTheWholeTable(t *testing.T) {
	s := newScene(t)
	before, others := len(s.Rows()), s.others()
	report, err := s.erasure.Erase(t.Context(), mira.ID, "", true)
	if err != nil {
		t.Fatal(err)
	}
	s.gone(others)
	if report.Emptied != 3 || report.Removed != 1 || report.Deleted[erasure.Request] != 1 || report.Deleted[erasure.Mail] != 1 || report.Deleted[erasure.Passing] != 2 {
		t.Errorf("%+v", report)
	}
	// Three rows less than that: the removal was audited.
	if after := len(s.Rows()); after != before-4+1 {
		t.Errorf("%d rows, and before %d", after, before)
	}
	// What stays names her by her id, and still says what it said.
	orgs, groups, err := s.Table.Memberships(t.Context(), mira.ID)
	if err != nil || len(orgs) != 3 || len(groups) != 3 {
		t.Errorf("%d and %d memberships, %v", len(orgs), len(groups), err)
	}
	if found, err := s.Table.Suppressions(t.Context(), []mail.AddressKey{Addresses(mira.Email)[0].Key()}); err != nil || len(found) != 1 {
		t.Errorf("that she wants no mail was forgotten: %v, %v", found, err)
	}
	// Again: nothing is left to do.
	content := s.Content()
	if report, err := s.erasure.Erase(t.Context(), mira.ID, "", true); err != nil || report.Emptied != 0 || s.Content() != content {
		t.Errorf("again: %+v, %v", report, err)
	}
}

// TestErase_RemovalGoesOnSticking: of who was removed before, and of who was removed with it; who comes by a newer link has a name again.
func TestErase_RemovalGoesOnSticking(t *testing.T) {
	s := newScene(t)
	old := []invite.View{s.Link(s.admin, s.groups[0], Anyone), s.Link(s.admin, s.groups[2], Anyone)}
	s.Clock.Advance(time.Second)
	s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.orgs[2].ID, mira.ID))
	if _, err := s.erasure.Erase(t.Context(), mira.ID, "", true); err != nil {
		t.Fatal(err)
	}
	s.Clock.Advance(time.Second)
	for _, link := range old {
		if _, err := s.Invites.Redeem(t.Context(), mira, Code(link)); !errors.Is(err, invite.ErrRemoved) {
			t.Errorf("by an old link: %v", err)
		}
	}
	if _, err := s.Invites.Redeem(t.Context(), mira, Code(s.Link(s.admin, s.groups[2], Anyone))); err != nil {
		t.Errorf("by a new link: %v", err)
	}
	me, err := s.Directory.Me(t.Context(), mira)
	if err != nil || len(me.Orgs) != 1 || len(s.holds("Unmistakable")) != 1 {
		t.Errorf("%+v, %v, %v", me, err, s.holds("Unmistakable"))
	}
}

func TestErase_RefusesWhoIsStillIn(t *testing.T) {
	s := newScene(t)
	content := s.Content()
	if _, err := s.erasure.Erase(t.Context(), mira.ID, "", false); !errors.Is(err, erasure.ErrMember) || !strings.Contains(err.Error(), s.orgs[0].ID.String()) {
		t.Errorf("of a member: %v", err)
	}
	if _, err := s.erasure.Erase(t.Context(), s.admin.ID, "", true); !errors.Is(err, directory.ErrLastAdmin) {
		t.Errorf("of a last admin: %v", err)
	}
	if s.Content() != content {
		t.Error("it was refused, yet the table has changed")
	}
	// Out of everything, no removal is needed; and with another admin there, an admin goes.
	s.must(s.Directory.RemoveOrgMember(t.Context(), mira, s.orgs[0].ID, mira.ID))
	if report, err := s.erasure.Erase(t.Context(), mira.ID, "", false); err != nil || report.Removed != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	for i, org := range append(s.orgs, directory.Org{ID: s.groups[3].ID.Org()}) {
		if i == 3 {
			s.Join(s.admin, s.groups[3], Person("neighbour"), directory.RoleUser)
		}
		_, err := s.Directory.ChangeRole(t.Context(), s.admin, org.ID, Person("neighbour").ID, directory.RoleAdmin)
		s.must(err)
	}
	if report, err := s.erasure.Erase(t.Context(), s.admin.ID, "", true); err != nil || report.Removed != 4 || len(s.holds("admin@example.com")) > 0 {
		t.Errorf("%+v, %v, %v", report, err, s.holds("admin@example.com"))
	}
	for _, org := range s.orgs {
		if admins, err := s.Table.Admins(t.Context(), org.ID, 5); err != nil || len(admins) != 1 {
			t.Errorf("admins %v, %v", admins, err)
		}
	}
}

// TestErase_ByAddressAlone: of somebody who was only ever invited; and of an account whose id nobody knows.
func TestErase_ByAddressAlone(t *testing.T) {
	s := newScene(t)
	report, err := s.erasure.Erase(t.Context(), directory.UserID{}, "MIRA.OLD@example.com", false)
	if err != nil || report.Deleted[erasure.Mail] != 1 || report.Emptied != 0 || len(s.holds("mira.old")) > 0 {
		t.Errorf("%+v, %v, %v", report, err, s.holds("mira.old"))
	}
	others := s.others()
	if _, err := s.erasure.Erase(t.Context(), directory.UserID{}, mira.Email, true); err != nil {
		t.Fatal(err)
	}
	s.gone(others)
}

// TestErase_AnotherAccountOfAFoundAddressIsLeftAlone, and told of; if the address is given, it is the same person.
func TestErase_AnotherAccountOfAFoundAddressIsLeftAlone(t *testing.T) {
	s := newScene(t)
	partner := directory.Caller{ID: Person("partner").ID, Name: "Partner", Email: mira.Email, Verified: true}
	s.Join(s.admin, s.groups[1], partner, directory.RoleUser)
	found, err := s.erasure.Find(t.Context(), mira.ID, "")
	if err != nil || found.Others != 1 || len(found.In) != 1 || found.Kept[erasure.Hash] != 1 || found.Kept[erasure.Pseudonym] == 0 {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := s.erasure.Erase(t.Context(), mira.ID, "", true); err != nil {
		t.Fatal(err)
	}
	if len(s.holds("Partner")) != 1 || len(s.holds("Unmistakable")) != 0 {
		t.Errorf("%v", s.holds("Partner", "Unmistakable"))
	}
	if _, err := s.erasure.Erase(t.Context(), directory.UserID{}, mira.Email, false); !errors.Is(err, erasure.ErrMember) {
		t.Error(err)
	}
	if _, err := s.erasure.Erase(t.Context(), directory.UserID{}, mira.Email, true); err != nil || len(s.holds("Partner")) != 0 {
		t.Errorf("%v, %v", err, s.holds("Partner"))
	}
}

// TestFind_AnErasedStrangerIsNoTrace: rows of others that hold neither name nor address any more aren't taken for the person's.
func TestFind_AnErasedStrangerIsNoTrace(t *testing.T) {
	s := newScene(t)
	before, err := s.erasure.Find(t.Context(), mira.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	gone := Person("gone")
	s.Join(s.admin, s.groups[1], gone, directory.RoleUser)
	if err := s.Directory.RemoveOrgMember(t.Context(), gone, s.groups[1].ID.Org(), gone.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.erasure.Erase(t.Context(), gone.ID, "", true); err != nil {
		t.Fatal(err)
	}
	if after, err := s.erasure.Find(t.Context(), mira.ID, ""); err != nil || !reflect.DeepEqual(after.Kept, before.Kept) || len(after.In) != len(before.In) || after.Others != before.Others {
		t.Errorf("%+v, want %+v, %v", after, before, err)
	}
}

// TestErase_TellsOfRowsThatItDoesNotKnow: an address in a row of another kind, in a label, or in a row that can't be read. The rest is erased.
func TestErase_TellsOfRowsThatItDoesNotKnow(t *testing.T) {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	for name, row := range map[string]map[string]types.AttributeValue{
		"another kind": {"pk": text("Z#1"), "sk": text("Z"), "words": &types.AttributeValueMemberSS{Value: []string{"to mira.u@example.com."}}},
		"unreadable":   {"pk": text("U#" + mira.ID.String()), "sk": text("O#0000000001"), "state": &types.AttributeValueMemberN{Value: "1"}, "email": text(mira.Email)},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			if _, err := s.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(s.TableName), Item: row}); err != nil {
				t.Fatal(err)
			}
			key := row["pk"].(*types.AttributeValueMemberS).Value
			if _, err := s.erasure.Erase(t.Context(), mira.ID, "", true); !errors.Is(err, erasure.ErrUnknownRows) || !strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "@") {
				t.Error(err)
			}
			if lines := s.holds("Unmistakable", `"`+mira.Email, "to mira.u@"); len(lines) != 1 {
				t.Errorf("%v", lines)
			}
		})
	}
}

// TestErase_Killed before or after any call, or with its answer lost: it is repeated, and done.
func TestErase_Killed(t *testing.T) {
	for call := 1; ; call++ {
		reached := false
		for _, fault := range []faults.Fault{faults.KillBefore, faults.KillAfter, faults.Lose, faults.Throttle} {
			s := newScene(t)
			others := s.others()
			s.Faults.Reset(func(c faults.Call) faults.Fault {
				if c.Number != call {
					return faults.None
				}
				reached = true
				return fault
			})
			_, err := s.erasure.Erase(t.Context(), mira.ID, "", true)
			if killed := fault == faults.KillBefore || fault == faults.KillAfter; reached && killed == (err == nil) {
				t.Errorf("call %d, fault %d: %v", call, fault, err)
			}
			s.Faults.Reset(nil)
			if _, err := s.erasure.Erase(t.Context(), mira.ID, "", true); err != nil {
				t.Errorf("call %d, fault %d, again: %v", call, fault, err)
			}
			s.gone(others)
		}
		if !reached {
			return
		}
	}
}

func TestPerson_Mentions(t *testing.T) {
	p := erasure.Person{Addresses: []string{"a@b.co"}}
	for text, want := range map[string]bool{
		"a@b.co": true, "A@B.CO": true, "<a@b.co>": true, "to a@b.co.": true, "to a@b.co, and": true, "la@b.co a@b.co": true,
		"la@b.co": false, "x.a@b.co": false, "a@b.com": false, "a@b.co.uk": false, "a@b.co-op": false, "a@bb.co": false, "": false,
	} {
		if p.Mentions(text) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
}
