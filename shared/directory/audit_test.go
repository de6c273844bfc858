package directory_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestListAudit_NamesWhomAndWhichGroup: people by the name that their row has now, even if they are out; groups until they are deleted.
func TestListAudit_NamesWhomAndWhichGroup(t *testing.T) {
	s := newScene(t)
	ctx := t.Context()
	acts := []func() error{
		func() error {
			_, err := s.Directory.ChangeRole(ctx, s.admin, s.org.ID, s.user.ID, "manager")
			return err
		},
		func() error {
			_, _, err := s.Directory.PutGroupMember(ctx, s.admin, s.second.ID, s.user.ID)
			return err
		},
		func() error { return s.Directory.RemoveGroupMember(ctx, s.admin, s.group.ID, s.manager.ID) },
		func() error {
			_, err := s.Directory.ChangeGroup(ctx, s.admin, s.group.ID, "Backcountry and Huts", nil)
			return err
		},
		func() error { return s.Directory.RemoveOrgMember(ctx, s.admin, s.org.ID, s.user.ID) },
		func() error { return s.Directory.DeleteGroup(ctx, s.admin, s.second.ID) },
	}
	for _, act := range acts {
		s.Clock.Advance(time.Second)
		s.must(act())
	}
	page, err := s.Directory.ListAudit(ctx, s.admin, s.org.ID, everything)
	s.must(err)
	var got []string
	for _, e := range page.Items {
		group := ""
		switch e.Group {
		case s.group.ID:
			group = "first"
		case s.second.ID:
			group = "second"
		}
		if e.PersonName != "" && e.Person != s.user.ID && e.Person != s.manager.ID {
			t.Errorf("%s: person %s", e.Action, e.Person)
		}
		got = append(got, fmt.Sprintf("%s by %s: %q, %s group %q", e.Action, e.ActorName, e.PersonName, group, e.GroupName))
	}
	want := []string{
		`group.deleted by ` + s.admin.Name + `: "", second group ""`,
		`member.removed by ` + s.admin.Name + `: "` + s.user.Name + `",  group ""`,
		`group.changed by ` + s.admin.Name + `: "", first group "Backcountry and Huts"`,
		`group_member.removed by ` + s.admin.Name + `: "` + s.manager.Name + `", first group "Backcountry and Huts"`,
		`group_member.added by ` + s.admin.Name + `: "` + s.user.Name + `", second group ""`,
		`member.role_changed by ` + s.admin.Name + `: "` + s.user.Name + `",  group ""`,
	}
	if !slices.Equal(got[:len(want)], want) {
		t.Errorf("the audit says\n%q\nwant\n%q", got[:len(want)], want)
	}
}
