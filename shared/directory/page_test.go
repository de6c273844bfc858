package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
)

// pages reads a list to its end, and checks each page: full but for the last, none empty but a list's only one.
func pages(t *testing.T, limit int, read func(req directory.PageRequest) (items int, next string, err error)) {
	t.Helper()
	req := directory.PageRequest{Limit: limit}
	for n := 1; ; n++ {
		items, next, err := read(req)
		if err != nil {
			t.Fatalf("page %d: %v", n, err)
		}
		if next == "" {
			if items > limit || items == 0 && n > 1 {
				t.Errorf("the last page, the %dth, holds %d of %d", n, items, limit)
			}
			return
		}
		if items != limit {
			t.Errorf("page %d holds %d of %d, and there are others", n, items, limit)
		}
		req.Cursor = next
	}
}

func TestMembers_Paging(t *testing.T) {
	s := newScene(t)
	const people = 23
	for i := range people {
		s.bring(fmt.Sprintf("person %02d", i))
	}
	for _, list := range []struct {
		what string
		read func(req directory.PageRequest) (directory.Page[directory.Member], error)
		want int
	}{
		{"organization", func(req directory.PageRequest) (directory.Page[directory.Member], error) {
			return s.Directory.ListOrgMembers(t.Context(), s.admin, s.org.ID, req)
		}, people + 3},
		{"group", func(req directory.PageRequest) (directory.Page[directory.Member], error) {
			return s.Directory.ListGroupMembers(t.Context(), s.user, s.group.ID, req)
		}, people + 2},
	} {
		for _, limit := range []int{1, 2, 3, 7, 24, 25, 26, 27, 50} {
			t.Run(fmt.Sprintf("each member of the %s once, by %d", list.what, limit), func(t *testing.T) {
				var ids []string
				pages(t, limit, func(req directory.PageRequest) (int, string, error) {
					page, err := list.read(req)
					for _, m := range page.Items {
						ids = append(ids, m.ID.String())
					}
					return len(page.Items), page.Next, err
				})
				if len(ids) != list.want || !slices.IsSorted(ids) || len(slices.Compact(ids)) != list.want {
					t.Errorf("%d members: %v", len(ids), ids)
				}
			})
		}
	}
	t.Run("someone who comes or goes between two pages shifts nobody else", func(t *testing.T) {
		first, err := s.Directory.ListGroupMembers(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 10})
		s.must(err)
		for _, gone := range []int{3, 9} { // the last of the page too, at whom the cursor points
			s.must(s.Directory.RemoveGroupMember(t.Context(), s.admin, s.group.ID, first.Items[gone].ID))
		}
		second, err := s.Directory.ListGroupMembers(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 50, Cursor: first.Next})
		if err != nil || len(second.Items) != people+2-10 {
			t.Errorf("%d on the second page, %v", len(second.Items), err)
		}
	})
}

// A page of fifty costs the same whether the lists hold a hundred people or a thousand, and wherever in them it is.
func TestMembers_APageOfAThousandCostsAsMuchAsOneOfAHundred(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	joined := 0
	bring := func(people int) {
		for _, err := range together(people, func(i int) error {
			_, err := s.Invites.Redeem(t.Context(), Person(fmt.Sprintf("person %d", joined+i)), Code(link))
			return err
		}) {
			s.must(err)
		}
		joined += people
	}
	lists := map[string]func(directory.PageRequest) (directory.Page[directory.Member], error){
		"organization": func(req directory.PageRequest) (directory.Page[directory.Member], error) {
			return s.Directory.ListOrgMembers(t.Context(), s.admin, s.org.ID, req)
		},
		"group": func(req directory.PageRequest) (directory.Page[directory.Member], error) {
			return s.Directory.ListGroupMembers(t.Context(), s.admin, s.group.ID, req)
		},
	}
	costs := map[string]faults.Cost{}
	for _, people := range []int{100, 900} {
		bring(people)
		for what, list := range lists {
			seen := map[directory.UserID]bool{}
			pages(t, 50, func(req directory.PageRequest) (int, string, error) {
				s.Faults.Reset(nil)
				page, err := list(req)
				if first := costs[what].Calls; first > 0 && s.Faults.Cost().Calls > first { // on a busy machine a call may time out and be repeated
					s.Faults.Reset(nil)
					page, err = list(req)
				}
				for _, m := range page.Items {
					if seen[m.ID] {
						t.Errorf("%s of %d: %s is listed twice", what, joined, m.ID)
					}
					seen[m.ID] = true
				}
				if cost := s.Faults.Cost(); page.Next != "" {
					cost.RoundTrips = 0 // calls at the same time may just miss each other; those of a page are in the golden file
					if costs[what].Calls == 0 {
						costs[what] = cost
					}
					if got, first := cost, costs[what]; got.Calls != first.Calls || got.ReadUnits > 1.25*first.ReadUnits {
						t.Errorf("%s of %d: a page costs %+v, the first cost %+v", what, joined, got, first)
					}
				}
				return len(page.Items), page.Next, err
			})
			if want := map[string]int{"organization": joined + 3, "group": joined + 2}[what]; len(seen) != want {
				t.Errorf("%s: %d members are listed, want %d", what, len(seen), want)
			}
		}
	}
	t.Log(costs)
}

// Rows of people who were removed from the organization, or came back into it, still say that they are in the group. They don't count.
func TestGroupMembers_VoidRowsLeaveNoEmptyPages(t *testing.T) {
	s := newScene(t)
	var stay []string
	for i := range 24 {
		person := s.bring(fmt.Sprintf("person %02d", i))
		switch i % 4 {
		case 0:
			stay = append(stay, person.ID.String())
		case 1:
			s.must(s.Directory.RemoveOrgMember(t.Context(), person, s.org.ID, person.ID))
		default:
			s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, person.ID))
			_, _, err := s.Directory.PutOrgMember(t.Context(), s.admin, s.org.ID, person.ID, "")
			s.must(err)
		}
	}
	stay = append(stay, s.manager.ID.String(), s.user.ID.String())
	slices.Sort(stay)
	for limit := 1; limit <= 10; limit++ {
		var ids []string
		req := directory.PageRequest{Limit: limit}
		for {
			page, err := s.Directory.ListGroupMembers(t.Context(), s.user, s.group.ID, req)
			s.must(err)
			for _, m := range page.Items {
				ids = append(ids, m.ID.String())
			}
			if page.Next == "" {
				break
			}
			if len(page.Items) != limit {
				t.Errorf("by %d: a page of %d before the last", limit, len(page.Items))
			}
			req.Cursor = page.Next
		}
		if !slices.Equal(ids, stay) {
			t.Errorf("by %d: %v, want %v", limit, ids, stay)
		}
	}
}

// Of rows that don't count, one after the other, a look passes as many as a page has, also where a single one is missing from the page.
func TestGroupMembers_ManyVoidRowsTakeFewLooks(t *testing.T) {
	s := newScene(t)
	var people []directory.Caller
	for i := range 30 {
		people = append(people, s.bring(fmt.Sprintf("person %02d", i)))
	}
	slices.SortFunc(people, func(a, b directory.Caller) int { return slices.Compare(a.ID[:], b.ID[:]) })
	for _, person := range people[4:] {
		s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, person.ID))
	}
	s.must(s.Directory.RemoveOrgMember(t.Context(), s.manager, s.org.ID, s.manager.ID))
	s.Faults.Reset(nil)
	page, err := s.Directory.ListGroupMembers(t.Context(), s.admin, s.group.ID, directory.PageRequest{Limit: 10})
	if err != nil || len(page.Items) != 5 || page.Next != "" {
		t.Errorf("%d members, next %q, %v; want 5 and no other", len(page.Items), page.Next, err)
	}
	if calls := s.Faults.Cost().Calls; calls > 1+4*5 {
		t.Errorf("%d calls, want one for what decides, and five for each of four looks at 32 rows", calls)
	}
}

// A page of one's own groups is read from where it begins: it takes the same whatever other groups one is in, in this organization and others.
func TestListGroups_APageOfOnesOwnTakesTheSameHoweverMany(t *testing.T) {
	s := newScene(t)
	list := func(org directory.OrgID, req directory.PageRequest) directory.Page[directory.GroupView] {
		t.Helper()
		s.Faults.Reset(nil)
		page, err := s.Directory.ListGroups(t.Context(), s.user, org, req)
		s.must(err)
		return page
	}
	few := directory.PageRequest{Limit: 5}
	add := func(admin directory.Caller, org directory.Org, groups int) {
		for range groups {
			group := s.Group(admin, org, "Group")
			if _, _, err := s.Directory.PutGroupMember(t.Context(), admin, group.ID, s.user.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	add(s.admin, s.org, 9)
	list(s.org.ID, few)
	before := s.Faults.Cost()
	s.Join(s.stranger, s.foreignGroup, s.user, directory.RoleUser)
	add(s.admin, s.org, 30)
	add(s.stranger, s.foreign, 30)
	for org, want := range map[directory.OrgID]int{s.org.ID: 40, s.foreign.ID: 31} {
		seen := map[directory.GroupID]bool{}
		pages(t, few.Limit, func(req directory.PageRequest) (int, string, error) {
			page := list(org, req)
			if cost := s.Faults.Cost(); cost.Calls > before.Calls || cost.ReadUnits > before.ReadUnits {
				t.Errorf("a page takes %+v, and took %+v", cost, before)
			}
			for _, v := range page.Items {
				if seen[v.Group.ID] || v.Group.ID.Org() != org {
					t.Errorf("%s is listed twice, or of another organization", v.Group.ID)
				}
				seen[v.Group.ID] = true
			}
			return len(page.Items), page.Next, nil
		})
		if len(seen) != want {
			t.Errorf("%d groups, want %d", len(seen), want)
		}
	}
}

// TestListGroups_DeletedGroupsLeaveNoEmptyPages: what is left of them, until it is cleared away, takes no room in the list.
func TestListGroups_DeletedGroupsLeaveNoEmptyPages(t *testing.T) {
	s := newScene(t)
	for i := range 8 {
		group := s.Group(s.admin, s.org, fmt.Sprintf("Group %d", i))
		s.Join(s.admin, group, s.user, directory.RoleUser)
		if i%4 != 0 {
			s.must(s.Directory.DeleteGroup(t.Context(), s.admin, group.ID))
		}
	}
	for _, limit := range []int{1, 2, 50} {
		seen, cursor := 0, ""
		for {
			page, err := s.Directory.ListGroups(t.Context(), s.user, s.org.ID, directory.PageRequest{Limit: limit, Cursor: cursor})
			s.must(err)
			seen += len(page.Items)
			if page.Next == "" {
				break
			}
			if len(page.Items) != limit {
				t.Errorf("limit %d: a page of %d, and others follow", limit, len(page.Items))
			}
			cursor = page.Next
		}
		if seen != 3 {
			t.Errorf("limit %d: %d groups, want 3", limit, seen)
		}
	}
}

func TestCursor_IsBoundToCallerAndList(t *testing.T) {
	s := newScene(t)
	for i := range 4 {
		s.bring(fmt.Sprintf("person %d", i))
		s.Group(s.admin, s.org, "More")
	}
	group := func(who directory.Caller, id directory.GroupID, cursor string) (string, error) {
		page, err := s.Directory.ListGroupMembers(t.Context(), who, id, directory.PageRequest{Limit: 2, Cursor: cursor})
		return page.Next, err
	}
	cursor, err := group(s.admin, s.group.ID, "")
	s.must(err)
	if strings.Contains(cursor, "=") || len(cursor) > 200 {
		t.Errorf("cursor %q", cursor)
	}
	if _, err := group(s.admin, s.group.ID, cursor); err != nil {
		t.Errorf("its own list: %v", err)
	}
	for what, act := range map[string]func() error{
		"another caller": func() error { _, err := group(s.user, s.group.ID, cursor); return err },
		"another group":  func() error { _, err := group(s.admin, s.second.ID, cursor); return err },
		"the organization's members": func() error {
			_, err := s.Directory.ListOrgMembers(t.Context(), s.admin, s.org.ID, directory.PageRequest{Limit: 2, Cursor: cursor})
			return err
		},
		"the organization's groups": func() error {
			_, err := s.Directory.ListGroups(t.Context(), s.admin, s.org.ID, directory.PageRequest{Limit: 2, Cursor: cursor})
			return err
		},
		"a changed cursor": func() error { _, err := group(s.admin, s.group.ID, "B"+cursor[1:]); return err },
		"an id":            func() error { _, err := group(s.admin, s.group.ID, s.user.ID.String()); return err },
		"a day later": func() error {
			s.Clock.Advance(24*time.Hour + time.Second)
			_, err := group(s.admin, s.group.ID, cursor)
			return err
		},
	} {
		t.Run("refused: "+what, func(t *testing.T) { s.refused(directory.Invalid("cursor", ""), act) })
	}
}

func TestLists_WithoutAKeyRingAreUndecided(t *testing.T) {
	s := newScene(t)
	s.Directory.Ring = stoppedRing(t, s.World)
	for what, act := range map[string]func() error{
		"members": func() error {
			_, err := s.Directory.ListGroupMembers(expired(t), s.admin, s.group.ID, everything)
			return err
		},
		"groups": func() error { _, err := s.Directory.ListGroups(expired(t), s.admin, s.org.ID, everything); return err },
	} {
		t.Run(what, func(t *testing.T) {
			if err := act(); !errors.Is(err, directory.ErrUnavailable) {
				t.Errorf("gave %v", err)
			}
		})
	}
}
