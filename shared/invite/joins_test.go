package invite_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
	"group-invites/shared/tally"
)

// joined has people redeem a link, a second after each other, and records that as the tally does.
func (s scene) joined(link invite.View, names ...string) {
	s.Helper()
	of := tally.Link{Group: link.Group, Invite: link.ID}
	for _, name := range names {
		s.Clock.Advance(time.Second)
		s.redeem(Person(name), link, nil)
		s.must(s.Table.RecordJoins(s.Context(), of, []tally.Joined{{Link: of, User: Person(name).ID, At: s.Clock.Now()}}, true))
	}
}

func TestJoins(t *testing.T) {
	s := newScene(t)
	link, none := s.Link(s.user, s.group), s.Link(s.user, s.group)
	s.allow(directory.AddPeople{User: true})
	open := s.Link(s.user, s.group, Anyone)
	list := func(who directory.Caller, link invite.View, limit int) ([]string, error) {
		names := []string{}
		req := directory.PageRequest{Limit: limit}
		for {
			page, err := s.Invites.Joins(t.Context(), who, s.group.ID, link.ID, req)
			if err != nil {
				return nil, err
			}
			for _, j := range page.Items {
				names = append(names, fmt.Sprintf("%s %s", j.Name, j.At.Format("05")))
			}
			if page.Next == "" {
				return names, nil
			}
			if len(page.Items) != limit {
				t.Errorf("a page of %d before the last, of %d", len(page.Items), limit)
			}
			req.Cursor = page.Next
		}
	}
	s.joined(open, "a", "b", "c", "d")
	t.Run("newest first, each once, with the names that people have", func(t *testing.T) {
		for _, who := range []directory.Caller{s.user, s.manager, s.admin} {
			for limit := 1; limit <= 5; limit++ {
				names, err := list(who, open, limit)
				if want := []string{"d 05", "c 04", "b 03", "a 02"}; err != nil || !slices.Equal(names, want) {
					t.Errorf("%s by %d: %q, %v", who.Name, limit, names, err)
				}
			}
		}
	})
	t.Run("none of a link that nobody has used", func(t *testing.T) {
		page, err := s.Invites.Joins(t.Context(), s.user, s.group.ID, none.ID, directory.PageRequest{Limit: 50})
		if err != nil || page.Items == nil || len(page.Items) != 0 || page.Next != "" {
			t.Errorf("%+v, %v", page, err)
		}
	})
	t.Run("are for those who see the link", func(t *testing.T) {
		ofAdmin := s.Link(s.admin, s.group)
		for _, who := range []directory.Caller{s.user, Person("a"), Person("nobody")} {
			s.refused(directory.ErrNotFound, func() error { _, err := list(who, ofAdmin, 5); return err })
		}
		s.refused(directory.ErrNotFound, func() error { _, err := list(Person("a"), link, 5); return err })
		s.must(s.Invites.Delete(t.Context(), s.user, s.group.ID, open.ID))
		s.refused(directory.ErrNotFound, func() error { _, err := list(s.user, open, 5); return err })
	})
}
