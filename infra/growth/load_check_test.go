package growth

import (
	"testing"

	"group-invites/infra/invariants/check"
	"group-invites/shared/directory"
)

// TestLoad_WhatIsLoadedIsAsServicesWriteIt: nothing in the table is what must not be, and there is as much of everything as the size says.
func TestLoad_WhatIsLoadedIsAsServicesWriteIt(t *testing.T) {
	n := size{links: 200, members: 300, org: 500}
	l := draw(t).load(t, n)
	rows := l.Rows()
	if len(rows) != l.rows {
		t.Errorf("%d rows, and %d were loaded", len(rows), l.rows)
	}
	for _, v := range check.All(rows, l.Clock.Now()) {
		t.Error(v)
	}
	links, err := l.Invites.List(t.Context(), manager, l.group.ID, first)
	count := 0
	for ; err == nil; links, err = l.Invites.List(t.Context(), manager, l.group.ID, directory.PageRequest{Limit: directory.MaxPage, Cursor: links.Next}) {
		if count += len(links.Items); links.Next == "" {
			break
		}
	}
	if err != nil || count != n.links {
		t.Errorf("%d links, %v; want %d", count, err, n.links)
	}
	for what, list := range map[string]struct {
		of   *list
		want int
	}{"group": {l.walkMembers(), n.members}, "organization": {l.walkPeople(), n.org}} {
		list.of.change = func() error { return nil }
		if w := l.walk(list.of); w.items != list.want {
			t.Errorf("%d members of the %s, want %d", w.items, what, list.want)
		}
	}
	view, err := l.Invites.Get(t.Context(), admin, l.group.ID, l.open.ID)
	if want := 2*shards + n.members - inGroup + n.left(); err != nil || view.Uses != want {
		t.Errorf("the link by which all came has let in %d, %v; want %d", view.Uses, err, want)
	}
}
