package invite_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

func (s scene) preview(link invite.View) invite.Preview {
	s.Helper()
	preview, err := s.Invites.Preview(s.Context(), Code(link))
	if err != nil {
		s.Fatal(err)
	}
	if !preview.At.Equal(s.Clock.Now()) {
		s.Errorf("at %v, want the server's clock: %v", preview.At, s.Clock.Now())
	}
	return preview
}

func TestPreview(t *testing.T) {
	s := newScene(t)
	s.allow(directory.AddPeople{Manager: true})
	link := s.Link(s.manager, s.group, Anyone, expiring("1h"), Cap(1))
	t.Run("says what the link is, and changes nothing", func(t *testing.T) {
		before := s.Content()
		p := s.preview(link)
		if p.State != invite.StateActive || p.Access != invite.AccessAnyone || !p.ExpiresAt.Equal(link.ExpiresAt) ||
			p.OrgName != "Acme" || p.GroupName != "Backcountry" || p.CreatorName != "manager" {
			t.Errorf("%+v", p)
		}
		for range 20 {
			s.preview(link)
		}
		if s.Content() != before {
			t.Error("the table has changed")
		}
	})
	t.Run("says no end of a link without one", func(t *testing.T) {
		if p := s.preview(s.Link(s.manager, s.group)); !p.ExpiresAt.IsZero() || p.Access != invite.AccessOrg {
			t.Errorf("%+v", p)
		}
	})
	for _, c := range []struct {
		what string
		act  func()
		undo func()
		want invite.State
	}{
		{"suspended when its creator may not make it", func() { s.allow(directory.AddPeople{}) }, func() { s.allow(directory.AddPeople{Manager: true}) }, invite.StateSuspended},
		{"active again when he may", func() {}, func() {}, invite.StateActive},
		{"used up", func() { s.redeem(Person("new"), link, nil) }, func() {}, invite.StateUsedUp},
		{"suspended, and used up", func() { s.allow(directory.AddPeople{}) }, func() {}, invite.StateSuspended},
		{"expired, suspended and used up", func() { s.Clock.Set(link.ExpiresAt) }, func() {}, invite.StateExpired},
	} {
		t.Run("is "+c.what, func(t *testing.T) {
			c.act()
			if p := s.preview(link); p.State != c.want || p.GroupName != "Backcountry" || p.CreatorName != "manager" {
				t.Errorf("%+v", p)
			}
			c.undo()
		})
	}
}

func TestPreview_ExpiresAtItsSecond(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.user, s.group, expiring("1h"))
	for after, want := range map[time.Duration]invite.State{
		-time.Second: invite.StateActive, -time.Millisecond: invite.StateActive, 0: invite.StateExpired, time.Second: invite.StateExpired,
		Retention + 100*24*time.Hour: invite.StateExpired, // past what the TTL would clear, were it quicker
	} {
		s.Clock.Set(link.ExpiresAt.Add(after))
		if p := s.preview(link); p.State != want {
			t.Errorf("%v after its end: %s", after, p.State)
		}
	}
}

func TestPreview_Deleted(t *testing.T) {
	remove := func(s scene, pk, sk string) {
		s.Helper()
		_, err := s.Client.DeleteItem(s.Context(), &dynamodb.DeleteItemInput{TableName: &s.TableName, Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: pk}, "sk": &types.AttributeValueMemberS{Value: sk},
		}})
		s.must(err)
	}
	for what, act := range map[string]func(s scene, link invite.View){
		"when it was": func(s scene, link invite.View) {
			s.must(s.Invites.Delete(s.Context(), s.user, s.group.ID, link.ID))
		},
		"when its row was cleared away": func(s scene, link invite.View) { remove(s, "I#"+s.group.ID.String(), link.ID.String()) },
		"when the group is gone":        func(s scene, _ invite.View) { remove(s, "G#"+s.group.ID.String(), "G") },
		"when the organization is gone": func(s scene, _ invite.View) { remove(s, "O#"+s.org.ID.String(), "O") },
	} {
		t.Run(what, func(t *testing.T) {
			s := newScene(t)
			link := s.Link(s.user, s.group, expiring("1h"))
			act(s, link)
			p := s.preview(link)
			if p != (invite.Preview{State: invite.StateDeleted, At: s.Clock.Now()}) {
				t.Errorf("%+v", p)
			}
			s.refuses(s.admin, link, invite.ErrDeleted)
		})
	}
}

func TestPreview_RefusesForgedCodesWithoutACall(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.user, s.group)
	code := Code(link)
	s.Faults.Reset(nil)
	for _, forged := range []string{"", code[:43], code + "A", code[:43] + "\n", strings.Repeat("A", 44), strings.ToLower(code), link.ID.String(), strings.Repeat("x", 64<<10)} {
		s.refused(directory.ErrNotFound, func() error { _, err := s.Invites.Preview(t.Context(), forged); return err })
	}
	if calls := s.Faults.Cost().Calls; calls != 0 {
		t.Errorf("%d calls to the table", calls)
	}
}
