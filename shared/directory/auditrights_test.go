package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
)

func TestListAudit_IsForAdminsAlone(t *testing.T) {
	s := newScene(t)
	list := func(who directory.Caller, org directory.OrgID) func() error {
		return func() error {
			_, err := s.Directory.ListAudit(t.Context(), who, org, everything)
			return err
		}
	}
	s.refused(directory.ErrForbidden, list(s.manager, s.org.ID))
	s.refused(directory.ErrForbidden, list(s.user, s.org.ID))
	s.refused(directory.ErrNotFound, list(s.stranger, s.org.ID))
	s.refused(directory.ErrNotFound, list(Person("nobody"), s.org.ID))
	s.refused(directory.ErrNotFound, list(s.admin, s.foreign.ID))
	s.must(list(s.admin, s.org.ID)())
}

func TestListAudit_Paging(t *testing.T) {
	s := newScene(t)
	for n := range 5 {
		s.Clock.Advance(time.Second)
		_, err := s.Directory.ChangeGroup(t.Context(), s.admin, s.group.ID, fmt.Sprint("Name ", n), nil)
		s.must(err)
	}
	all, err := s.Directory.ListAudit(t.Context(), s.admin, s.org.ID, everything)
	s.must(err)
	if all.Next != "" || len(all.Items) < 5 {
		t.Fatalf("%d entries on a page for all, next %q", len(all.Items), all.Next)
	}
	var got []directory.AuditView
	pages(t, 2, func(req directory.PageRequest) (int, string, error) {
		page, err := s.Directory.ListAudit(t.Context(), s.admin, s.org.ID, req)
		got = append(got, page.Items...)
		return len(page.Items), page.Next, err
	})
	if !slices.Equal(got, all.Items) {
		t.Errorf("page by page\n%v\nat once\n%v", got, all.Items)
	}
	refused := directory.PageRequest{Limit: 2, Cursor: "no cursor"}
	s.refused(directory.Invalid("cursor", ""), func() error {
		_, err := s.Directory.ListAudit(t.Context(), s.admin, s.org.ID, refused)
		return err
	})
}

func TestListAudit_WithoutAKeyRingIsUndecided(t *testing.T) {
	s := newScene(t)
	s.Directory.Ring = stoppedRing(t, s.World)
	if _, err := s.Directory.ListAudit(expired(t), s.admin, s.org.ID, everything); !errors.Is(err, directory.ErrUnavailable) {
		t.Errorf("gave %v", err)
	}
}

func TestListAudit_NamesTheGroupOfALink(t *testing.T) {
	s := newScene(t)
	s.Clock.Advance(time.Second)
	link := s.Link(s.admin, s.second)
	s.must(s.Invites.Delete(t.Context(), s.admin, s.second.ID, link.ID))
	page, err := s.Directory.ListAudit(t.Context(), s.admin, s.org.ID, everything)
	s.must(err)
	if e := page.Items[0]; e.Action != directory.AuditInviteDeleted || e.Group != s.second.ID || e.GroupName != s.second.Name {
		t.Errorf("%s of group %s %q", e.Action, e.Group, e.GroupName)
	}
}

func TestDeleteOrg(t *testing.T) {
	s := newScene(t)
	remove := func(who directory.Caller, org directory.OrgID) func() error {
		return func() error { return s.Directory.DeleteOrg(t.Context(), who, org) }
	}
	s.refused(directory.ErrForbidden, remove(s.manager, s.org.ID))
	s.refused(directory.ErrForbidden, remove(s.user, s.org.ID))
	s.refused(directory.ErrNotFound, remove(s.stranger, s.org.ID))
	s.must(remove(s.admin, s.org.ID)())
	if _, err := s.Directory.GetOrg(t.Context(), s.admin, s.org.ID); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("its admin sees it: %v", err)
	}
	if _, err := s.Directory.GetGroup(t.Context(), s.user, s.group.ID); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("its group is there: %v", err)
	}
	s.must(second(s.Directory.GetOrg(t.Context(), s.stranger, s.foreign.ID)))
	s.refused(directory.ErrNotFound, remove(s.admin, s.org.ID))
	t.Run("whose answer was lost is done", func(t *testing.T) {
		s.Faults.Reset(faults.On(2, faults.Lose)) // read, then write
		s.must(remove(s.stranger, s.foreign.ID)())
	})
}

func second[T any](_ T, err error) error { return err }

func TestInvalidError_NamesFieldsAndFaults(t *testing.T) {
	err := &directory.InvalidError{Fields: []directory.FieldFault{{Field: "name", Message: "is empty"}, {Field: "limit", Message: "is 0"}}}
	if got := err.Error(); got != "invalid: name is empty; limit is 0" {
		t.Error(got)
	}
}
