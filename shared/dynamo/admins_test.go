package dynamo_test

import (
	"slices"
	"testing"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
)

// TestAdmins_AreThoseWhoseRowsSaySo: whatever makes someone admin, or ends that, the rows that name the admins follow.
func TestAdmins_AreThoseWhoseRowsSaySo(t *testing.T) {
	w := New(t)
	first, second, third := Person("first"), Person("second"), Person("third")
	org := w.Org(first, "Acme")
	group := w.Group(first, org, "Backcountry")
	want := func(after string, people ...directory.Caller) {
		t.Helper()
		var ids []directory.UserID
		for _, p := range people {
			ids = append(ids, p.ID)
		}
		slices.SortFunc(ids, func(a, b directory.UserID) int { return slices.Compare(a[:], b[:]) })
		admins, err := w.Table.Admins(t.Context(), org.ID, 10)
		if err != nil || !slices.Equal(admins, ids) {
			t.Errorf("%s: admins %v, %v; want %v", after, admins, err, ids)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	role := func(who directory.Caller, role directory.Role) {
		t.Helper()
		_, err := w.Directory.ChangeRole(t.Context(), first, org.ID, who.ID, role)
		must(err)
	}
	want("created", first)
	w.Join(first, group, second, directory.RoleAdmin)
	w.Join(first, group, third, directory.RoleManager)
	want("made admin", first, second)
	role(second, directory.RoleManager)
	want("demoted", first)
	role(second, directory.RoleAdmin)
	role(third, directory.RoleAdmin)
	want("two more", first, second, third)
	must(w.Directory.RemoveOrgMember(t.Context(), first, org.ID, second.ID))
	must(w.Directory.RemoveOrgMember(t.Context(), third, org.ID, third.ID))
	want("one removed, one gone", first)
	_, _, err := w.Directory.PutOrgMember(t.Context(), first, org.ID, second.ID, directory.RoleAdmin)
	must(err)
	want("added again as admin", first, second)
	w.Join(first, group, third, directory.RoleUser)
	want("back by a link, as a user", first, second)
	must(w.Directory.RemoveOrgMember(t.Context(), first, org.ID, first.ID))
	want("the first is gone", second)

	if admins, err := w.Table.Admins(t.Context(), org.ID, 1); err != nil || len(admins) != 1 {
		t.Errorf("limited to one: %v, %v", admins, err)
	}
	if admins, err := w.Table.Admins(t.Context(), directory.OrgID{1}, 10); err != nil || len(admins) != 0 {
		t.Errorf("of no organization: %v, %v", admins, err)
	}
}
