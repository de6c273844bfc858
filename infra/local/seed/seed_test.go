package seed_test

import (
	"testing"

	"group-invites/infra/local/seed"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
)

func TestRun_SeedsOnceAndLeavesAloneWhatIsThere(t *testing.T) {
	w := New(t)
	o := seed.Options{
		Table: w.Table, Ring: w.Ring, BaseURL: BaseURL, Issuer: Issuer,
		Admin: Person("admin"), Manager: Person("manager"), User: Person("user"),
	}
	first, err := seed.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	members, err := w.Directory.ListGroupMembers(t.Context(), o.Admin, first.Group, directory.PageRequest{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	roles := map[string]directory.Role{}
	for _, m := range members.Items {
		roles[m.Name] = m.Role
	}
	if len(roles) != 3 || roles["admin"] != "admin" || roles["manager"] != "manager" || roles["user"] != "user" {
		t.Errorf("members %v", roles)
	}
	for group, links := range map[directory.GroupID]int{first.Group: 0, first.SecondGroup: 1} {
		page, err := w.Invites.List(t.Context(), o.Admin, group, directory.PageRequest{Limit: 50})
		if err != nil || len(page.Items) != links {
			t.Errorf("%d links, %v; want %d", len(page.Items), err, links)
		}
		if links == 1 && page.Items[0].URL != first.LinkURL {
			t.Errorf("the link is %s, want %s", page.Items[0].URL, first.LinkURL)
		}
	}

	if err := w.Directory.RemoveOrgMember(t.Context(), o.Admin, first.Org, o.User.ID); err != nil {
		t.Fatal(err)
	}
	rows := len(w.Rows())
	second, err := seed.Run(t.Context(), o)
	if err != nil || second != first {
		t.Errorf("seeded again: %+v, %v; want %+v", second, err, first)
	}
	if n := len(w.Rows()); n != rows {
		t.Errorf("%d rows, want %d as before", n, rows)
	}
}
