package acceptance

import (
	"cmp"
	"net/url"
	"slices"
	"testing"
)

// pages reads a list page by page and checks that each but the last has just as many items as asked for.
func pages[T any](t *testing.T, s *site, path, token, limit string, size int) (items []T, cursors []string) {
	t.Helper()
	query := "?limit=" + limit
	for {
		page := get[list[T]](t, s, path+query, token)
		items = append(items, page.Items...)
		if page.NextCursor == nil {
			if len(page.Items) == 0 && len(items) > 0 {
				t.Error("the last page is empty")
			}
			return items, cursors
		}
		if len(page.Items) != size {
			t.Errorf("a page of %d, want %d", len(page.Items), size)
		}
		cursors = append(cursors, *page.NextCursor)
		query = "?limit=" + limit + "&cursor=" + url.QueryEscape(*page.NextCursor)
	}
}

func TestLists_LinksNewestFirstEachOnce(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	user := o.join(t, "user")[0]
	var all, own []string // newest first
	for i := range 120 {
		creator := o.admin
		if i%2 == 0 {
			creator = user
		}
		id := o.link(t, creator, object{"expiration": "never"}).ID
		all = slices.Insert(all, 0, id)
		if creator == user {
			own = slices.Insert(own, 0, id)
		}
	}
	ids := func(links []link) (ids []string) {
		for _, l := range links {
			ids = append(ids, l.ID)
		}
		return ids
	}
	for limit, size := range map[string]int{"50": 50, "7": 7} {
		listed, cursors := pages[link](t, shared, o.in("/invites"), o.admin.token, limit, size)
		if !slices.Equal(ids(listed), all) || len(cursors) != (120-1)/size {
			t.Errorf("limit %s: %d links on %d pages, want 120, newest first, each once", limit, len(listed), len(cursors)+1)
		}
		listed, cursors = pages[link](t, shared, o.in("/invites"), user.token, limit, size)
		if !slices.Equal(ids(listed), own) || len(cursors) != (60-1)/size {
			t.Errorf("limit %s: the user sees %d links on %d pages, want 60", limit, len(listed), len(cursors)+1)
		}
	}
	if page := get[list[link]](t, shared, o.in("/invites"), o.admin.token); len(page.Items) != 50 || page.NextCursor == nil {
		t.Errorf("%d links by default", len(page.Items))
	}

	// A cursor is good while links come and go: what was on its page stays behind it, and nothing comes twice.
	first := get[list[link]](t, shared, o.in("/invites?limit=50"), o.admin.token)
	shared.want(t, 204, "DELETE", o.in("/invites/"+all[49]), o.admin.token, nil) // where the cursor stands
	shared.want(t, 204, "DELETE", o.in("/invites/"+all[50]), o.admin.token, nil)
	o.link(t, o.admin, object{})
	rest := get[list[link]](t, shared, o.in("/invites?limit=50&cursor="+*first.NextCursor), o.admin.token)
	if !slices.Equal(ids(rest.Items), all[51:101]) {
		t.Errorf("after changes the next page has %v", ids(rest.Items))
	}
}

func TestLists_ACursorIsOneCallersInOneList(t *testing.T) {
	t.Parallel()
	o, other := shared.org(t), shared.org(t)
	people := o.join(t, "manager", "user", "user")
	manager := people[0]
	second := o.newGroup(t, "Asteroids")
	for range 2 {
		o.link(t, o.admin, object{})
		other.link(t, other.admin, object{})
		shared.want(t, 201, "POST", "/v1/groups/"+second+"/invites", o.admin.token, object{})
	}
	made, another := o.link(t, o.admin, anyone), o.link(t, o.admin, anyone)
	for _, l := range []link{made, made, another, another} {
		shared.redeem(t, shared.person(t, "newcomer"), l.code(t), 201)
	}
	shared.settled(t) // joinings and the audit follow
	lists := []string{
		o.in("/invites"), "/v1/groups/" + second + "/invites", o.in("/members"), o.path("/members"), o.path("/groups"),
		o.invite(made) + "/joins", o.invite(another) + "/joins", o.path("/audit"), other.path("/audit"),
	}
	reader := map[string]string{other.path("/audit"): other.admin.token}
	token := func(path string) string { return cmp.Or(reader[path], o.admin.token) }
	cursors := map[string]string{}
	for _, path := range lists {
		cursors[path] = *get[list[any]](t, shared, path+"?limit=1", token(path)).NextCursor
	}
	refused := func(path, token, cursor string) {
		t.Helper()
		shared.send(t, "GET", path+"?cursor="+url.QueryEscape(cursor), token, nil).refusal(t, 400, "invalid_request", "cursor")
	}
	for of, cursor := range cursors {
		for _, path := range lists {
			if path == of {
				shared.want(t, 200, "GET", path+"?cursor="+cursor, token(path), nil)
			} else {
				refused(path, token(path), cursor)
			}
		}
		flipped := []byte(cursor)
		flipped[len(flipped)/2] ^= 1
		for _, changed := range []string{cursor[:len(cursor)-1], cursor + "A", cursor + "=", " " + cursor, string(flipped), cursor + cursor} {
			refused(of, token(of), changed)
		}
	}
	refused(o.in("/invites"), manager.token, cursors[o.in("/invites")])
	refused(o.in("/members"), manager.token, cursors[o.in("/members")])
	refused(o.invite(made)+"/joins", manager.token, cursors[o.invite(made)+"/joins"])
	refused(other.in("/invites"), other.admin.token, cursors[o.in("/invites")])
	for _, garbage := range []string{"", "x", "AAAA", o.link(t, o.admin, object{}).ID, o.link(t, o.admin, object{}).code(t), "null", "💥", "\x00"} {
		refused(o.in("/invites"), o.admin.token, garbage)
	}
}

func TestLists_Limits(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	for _, path := range []string{o.in("/invites"), o.in("/members"), o.path("/members"), o.path("/groups")} {
		for _, limit := range []string{"0", "51", "abc", "-1", "", "1.5", "1e1", "+%20", "50&limit=50", "9223372036854775808"} {
			shared.send(t, "GET", path+"?limit="+limit, o.admin.token, nil).refusal(t, 400, "invalid_request", "limit")
		}
		for _, limit := range []string{"1", "50"} {
			shared.want(t, 200, "GET", path+"?limit="+limit, o.admin.token, nil)
		}
		for _, empty := range []string{path, path + "?", path + "?unknown=1"} {
			if page := get[object](t, shared, empty, o.admin.token); page["items"] == nil {
				t.Errorf("%s: items is null", empty)
			}
		}
	}
}

func TestLists_MembersAndGroups(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	people := o.join(t, "user", "user", "manager", "user", "user")
	var inGroup []string
	for _, p := range people {
		inGroup = append(inGroup, p.id)
	}
	inOrg := append(slices.Clone(inGroup), o.admin.id)
	groups := []string{o.group}
	for range 4 {
		groups = append(groups, o.newGroup(t, "One more"))
	}
	for _, want := range [][]string{inGroup, inOrg, groups} {
		slices.Sort(want)
	}
	ids := func(things []named) (ids []string) {
		for _, x := range things {
			ids = append(ids, x.ID)
		}
		return ids
	}
	for _, test := range []struct {
		path, token string
		want        []string
	}{
		{o.in("/members"), people[0].token, inGroup},
		{o.path("/members"), people[2].token, inOrg},
		{o.path("/groups"), o.admin.token, groups},
		{o.path("/groups"), people[0].token, []string{o.group}},
	} {
		for limit, size := range map[string]int{"1": 1, "2": 2, "50": 50} {
			if listed, _ := pages[named](t, shared, test.path, test.token, limit, size); !slices.Equal(ids(listed), test.want) {
				t.Errorf("%s by %s: %v, want %v", test.path, limit, ids(listed), test.want)
			}
		}
	}
	// Addresses are for admins alone.
	for _, viewer := range []person{o.admin, people[0], people[2]} {
		for _, m := range get[list[object]](t, shared, o.in("/members"), viewer.token).Items {
			if _, shown := m["email"]; shown != (viewer == o.admin) {
				t.Errorf("%s sees %v", viewer.who, m)
			}
		}
	}
}
