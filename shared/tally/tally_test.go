package tally_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
	"group-invites/shared/tally"
)

// scene is an organization with a group, and a tally over its table.
type scene struct {
	*World
	admin directory.Caller
	org   directory.Org
	group directory.Group
	tally *tally.Service
}

func newScene(t testing.TB) scene {
	s := scene{World: New(t), admin: Person("admin")}
	s.org = s.Org(s.admin, "Acme")
	s.group = s.Group(s.admin, s.org, "Backcountry")
	s.tally = &tally.Service{Store: s.Table}
	return s
}

// joins makes as many people redeem the link, and gives the changes that the stream would tell.
func (s scene) joins(link invite.View, people int) []tally.Change {
	s.Helper()
	var changes []tally.Change
	for i := range people {
		s.Clock.Advance(time.Millisecond)
		who := Person(fmt.Sprintf("%s %d", link.ID, i))
		if _, err := s.Invites.Redeem(s.Context(), who, Code(link)); err != nil {
			s.Fatal(err)
		}
		changes = append(changes, tally.Change{
			Came: &tally.Row{Org: link.Group.Org(), Group: link.Group, User: who.ID},
			Joined: &tally.Joined{
				Link: tally.Link{Group: link.Group, Invite: link.ID}, User: who.ID, At: s.Clock.Now(), JoinID: fmt.Sprintf("%s-%d", link.ID, i),
			},
		})
	}
	return changes
}

func (s scene) uses(link invite.View) int {
	s.Helper()
	view, err := s.Invites.Get(s.Context(), s.admin, link.Group, link.ID)
	if err != nil {
		s.Fatal(err)
	}
	return view.Uses
}

func (s scene) apply(changes ...tally.Change) {
	s.Helper()
	if err := s.tally.Apply(s.Context(), changes); err != nil {
		s.Fatal(err)
	}
}

func TestApply_CountsJoiningsByAnUncappedLinkOnce(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	changes := s.joins(link, 250)
	s.apply(changes[:120]...)
	if n := s.uses(link); n != 120 {
		t.Errorf("%d uses, want 120", n)
	}
	s.apply(changes[60:]...)                // some of them again, as after a kill
	s.apply(append(changes, changes...)...) // and all of them, twice in one batch
	if n := s.uses(link); n != 250 {
		t.Errorf("%d uses, want 250", n)
	}
	page, err := s.Invites.Joins(t.Context(), s.admin, s.group.ID, link.ID, directory.PageRequest{Limit: 50})
	if err != nil || len(page.Items) != 50 || page.Next == "" {
		t.Fatalf("%d joinings, next %q, %v", len(page.Items), page.Next, err)
	}
	if newest := page.Items[0]; !newest.At.Equal(changes[249].Joined.At) || newest.Name == "" {
		t.Errorf("the newest is %+v", newest)
	}
}

func TestApply_OneWriteOfTheCounterALinkAndBatch(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	changes := s.joins(link, 90)
	s.Faults.Reset(nil)
	s.apply(changes...)
	// Links and their group; the joinings with the counter; four batches of audit entries.
	if cost := s.Faults.Cost(); cost.Calls != 6 {
		t.Errorf("%+v", cost)
	}
}

func TestApply_LeavesTheCountOfCappedLinksToRedeeming(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, Cap(50))
	changes := s.joins(link, 30)
	s.apply(changes...)
	s.apply(changes...)
	if n := s.uses(link); n != 30 {
		t.Errorf("%d uses, want 30", n)
	}
	page, err := s.Invites.Joins(t.Context(), s.admin, s.group.ID, link.ID, directory.PageRequest{Limit: 50})
	if err != nil || len(page.Items) != 30 {
		t.Errorf("%d joinings, %v", len(page.Items), err)
	}
}

// TestApply_Killed kills tally at every call of a batch, before and after it was carried out. The batch, sent again, comes out exact.
func TestApply_Killed(t *testing.T) {
	s := newScene(t)
	for number := 1; number <= 6; number++ {
		for _, kill := range []faults.Fault{faults.KillBefore, faults.KillAfter, faults.Lose, faults.Conflict, faults.Throttle} {
			link := s.Link(s.admin, s.group, Anyone)
			changes := s.joins(link, 40)
			s.Faults.Reset(faults.On(number, kill))
			_ = s.tally.Apply(t.Context(), changes) // fails, or not: it is sent again anyway
			s.Faults.Reset(nil)
			s.apply(changes...)
			if n := s.uses(link); n != 40 {
				t.Errorf("call %d, fault %d: %d uses, want 40", number, kill, n)
			}
		}
	}
}

func TestApply_JoiningsOfADeletedLinkAreNotCounted(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	changes := s.joins(link, 3)
	if err := s.Invites.Delete(t.Context(), s.admin, s.group.ID, link.ID); err != nil {
		t.Fatal(err)
	}
	s.apply(changes...)
	for _, row := range s.Rows() {
		if row["pk"] != nil && row["uses"] != nil {
			t.Errorf("there is an invite's row: %v", row)
		}
	}
}

func TestApply_DropsMembershipsOfAGroupThatIsGone(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	changes := s.joins(link, 3)
	if err := s.Directory.DeleteGroup(t.Context(), s.admin, s.group.ID); err != nil {
		t.Fatal(err)
	}
	s.apply(append(changes, changes...)...)
	for i := range 3 {
		_, groups, err := s.Table.Memberships(t.Context(), Person(fmt.Sprintf("%s %d", link.ID, i)).ID)
		if err != nil || len(groups) != 0 {
			t.Errorf("memberships %v, %v", groups, err)
		}
	}
}

func TestApply_EndsTheGroupsOfAMembershipThatEnded(t *testing.T) {
	s := newScene(t)
	second := s.Group(s.admin, s.org, "Climbing")
	user := Person("user")
	s.Join(s.admin, s.group, user, directory.RoleUser)
	since := s.Clock.Now()
	s.Clock.Advance(time.Second)
	if err := s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, user.ID); err != nil {
		t.Fatal(err)
	}
	// Before the tally gets there, he is back, in the other group.
	s.Clock.Advance(time.Second)
	s.Join(s.admin, second, user, directory.RoleUser)
	ended := tally.Change{Ended: &tally.Ended{Org: s.org.ID, User: user.ID, Since: since}}
	s.apply(ended)
	s.apply(ended)
	_, groups, err := s.Table.Memberships(t.Context(), user.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		want := directory.StateLeft
		if g.Group == second.ID {
			want = directory.StateIn
		}
		if g.State != want {
			t.Errorf("group %s: %s, want %s", g.Group, g.State, want)
		}
	}
}

// TestApply_ClearsStepByStep follows the clearing of an organization as the stream would: each step's row is the next change.
func TestApply_ClearsStepByStep(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone)
	s.apply(s.joins(link, 120)...)
	for i, out := range []error{ // who is out already is cleared too: his rows hold his name
		s.Directory.RemoveGroupMember(t.Context(), s.admin, s.group.ID, Person(fmt.Sprintf("%s 0", link.ID)).ID),
		s.Directory.RemoveGroupMember(t.Context(), Person(fmt.Sprintf("%s 1", link.ID)), s.group.ID, Person(fmt.Sprintf("%s 1", link.ID)).ID),
		s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, Person(fmt.Sprintf("%s 2", link.ID)).ID),
		s.Directory.RemoveOrgMember(t.Context(), Person(fmt.Sprintf("%s 3", link.ID)), s.org.ID, Person(fmt.Sprintf("%s 3", link.ID)).ID),
	} {
		if out != nil {
			t.Fatal(i, out)
		}
	}
	s.requests()
	if err := s.Directory.DeleteGroup(t.Context(), s.admin, s.group.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Invites.Redeem(t.Context(), Person("late"), Code(link)); !errors.Is(err, invite.ErrDeleted) {
		t.Errorf("redeem: %v", err)
	}
	s.clear(tally.Clear{Kind: tally.ClearGroup, Org: s.org.ID, Group: s.group.ID})
	s.clear(tally.Clear{Kind: tally.ClearInvite, Org: s.org.ID, Group: s.group.ID, Invite: link.ID})
	for _, row := range s.Rows() {
		if pk := row["pk"].(*types.AttributeValueMemberS).Value; strings.Contains(pk, s.group.ID.String()) {
			t.Errorf("left behind by the group: %v", row)
		}
	}
	if err := s.Directory.DeleteOrg(t.Context(), s.admin, s.org.ID); err != nil {
		t.Fatal(err)
	}
	s.clear(tally.Clear{Kind: tally.ClearOrg, Org: s.org.ID})
	for _, row := range s.Rows() {
		if row["action"] == nil && row["created"] == nil { // audit entries, and the limit of the day, go by TTL
			t.Errorf("left behind: %v", row)
		}
	}
}

// requests makes people ask for access to the group, some of whom are let in or declined.
func (s scene) requests() {
	s.Helper()
	link := s.Link(s.admin, s.group, Anyone, func(r *invite.Request) { r.Expiration = "1h" })
	s.Clock.Advance(time.Hour)
	for i := range 10 {
		who := Person(fmt.Sprintf("asks %d", i))
		err := s.Access.Ask(s.Context(), who, Code(link), "")
		switch {
		case err != nil:
		case i < 3:
			_, err = s.Access.Approve(s.Context(), s.admin, s.group.ID, who.ID)
		case i < 6:
			err = s.Access.Decline(s.Context(), s.admin, s.group.ID, who.ID)
		}
		if err != nil {
			s.Fatal(err)
		}
	}
	kinds := map[string]bool{}
	for _, row := range s.Rows() {
		kinds[row["pk"].(*types.AttributeValueMemberS).Value] = true
	}
	for _, pk := range []string{"R#" + s.group.ID.String(), "R#" + s.group.ID.String() + "#decided", "D#" + s.group.ID.String()} {
		if !kinds[pk] {
			s.Errorf("no row of %s", pk)
		}
	}
}

// clear takes the steps until none follows.
func (s scene) clear(c tally.Clear) {
	s.Helper()
	for c.Step = 0; c.Step < 100; c.Step++ {
		s.apply(tally.Change{Clear: &c})
		left := false
		for _, row := range s.Rows() {
			left = left || row["step"] != nil
		}
		if !left {
			return
		}
	}
	s.Errorf("clearing %+v doesn't end", c)
}

// TestApply_LeavesNoJoiningsOfALinkThatGoesMeanwhile: another shard of the stream tells of the link's deletion, and all of it is cleared, between
// the look at the link and the write.
func TestApply_LeavesNoJoiningsOfALinkThatGoesMeanwhile(t *testing.T) {
	for what, fault := range map[string]faults.Fault{"all goes well": faults.None, "killed before it looks again": faults.KillAfter} {
		for kind, how := range map[string]func(*invite.Request){"capped": Cap(50), "uncapped": func(*invite.Request) {}} {
			t.Run(kind+", "+what, func(t *testing.T) {
				s := newScene(t)
				link := s.Link(s.admin, s.group, Anyone, how)
				changes := s.joins(link, 3)
				stream := s.Follow(&Postbox{})
				others, _, invites := s.Instance()
				stream.Restart(others, &Postbox{})
				settle := func() {
					t.Helper()
					if err := stream.Settle(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				met := false
				s.Faults.Reset(func(c faults.Call) faults.Fault {
					if met || !c.Writes() {
						return faults.None
					}
					met = true
					if err := invites.Delete(t.Context(), s.admin, s.group.ID, link.ID); err != nil {
						t.Error(err)
					}
					settle()
					return fault
				})
				if err := s.tally.Apply(t.Context(), changes); err != nil && !errors.Is(err, faults.ErrKilled) {
					t.Fatal(err)
				}
				if !met {
					t.Fatal("nothing was written")
				}
				s.Faults.Reset(nil)
				if fault != faults.None {
					s.apply(changes...)
				}
				settle()
				for row := range strings.Lines(s.Content()) {
					if strings.HasPrefix(row, "J#") || strings.HasPrefix(row, "C#") {
						t.Errorf("left behind: %s", row)
					}
				}
			})
		}
	}
}

// TestJoinings_OfOneMillisecondAreTwo: someone joins, leaves and joins again within a millisecond, or by a request that began in the same one and comes late.
// Both joinings are on record, and count.
func TestJoinings_OfOneMillisecondAreTwo(t *testing.T) {
	for _, late := range []bool{false, true} {
		for kind, how := range map[string][]func(*invite.Request){"any number": {Anyone}, "capped": {Anyone, Cap(9)}} {
			t.Run(fmt.Sprintf("%s, late %t", kind, late), func(t *testing.T) {
				s := newScene(t)
				link, who := s.Link(s.admin, s.group, how...), Person("new")
				stream := s.Follow(&Postbox{})
				_, others, redeems := s.Instance()
				inAndOut := func() {
					if _, err := redeems.Redeem(t.Context(), who, Code(link)); err != nil {
						t.Error(err)
					}
					stream.Look()
					if err := others.RemoveGroupMember(t.Context(), who, s.group.ID, who.ID); err != nil {
						t.Error(err)
					}
				}
				if !late {
					inAndOut()
				}
				waits := late
				s.Faults.Reset(func(c faults.Call) faults.Fault {
					if waits && c.Writes() { // when it has read that he never came
						waits = false
						inAndOut()
					}
					return faults.None
				})
				joined, err := s.Invites.Redeem(t.Context(), who, Code(link))
				s.Faults.Reset(nil)
				if err != nil || joined.AlreadyMember {
					t.Fatalf("%+v, %v", joined, err)
				}
				if err := stream.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
				page, err := s.Invites.Joins(t.Context(), s.admin, s.group.ID, link.ID, directory.PageRequest{Limit: 10})
				if n := s.uses(link); err != nil || n != 2 || len(page.Items) != 2 {
					t.Errorf("%d uses, %d on record, %v", n, len(page.Items), err)
				}
			})
		}
	}
}

// TestStream_ClearsWhatIsDeleted: of a link, a group and an organization that are deleted nothing stays but what the audit says of them, and what
// goes by its TTL within days: counters of mails, and shards that are closed to joinings on their way.
func TestStream_ClearsWhatIsDeleted(t *testing.T) {
	s := newScene(t)
	s.requests()
	links := []invite.View{s.Link(s.admin, s.group, Anyone, To("a@example.com")), s.Link(s.admin, s.group, Anyone, Cap(64)), s.Link(s.admin, s.group, Anyone)}
	if err := s.Table.DealPlaces(t.Context(), &links[1].Invite, 8); err != nil {
		t.Fatal(err)
	}
	stream := s.Follow(&Postbox{})
	for _, l := range links {
		for i := range 5 {
			s.Clock.Advance(time.Millisecond)
			if _, err := s.Invites.Redeem(t.Context(), Person(fmt.Sprintf("%d of %d", i, l.MaxUses)), Code(l)); err != nil {
				t.Fatal(err)
			}
		}
	}
	settle := func() {
		t.Helper()
		if err := stream.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	rows := func(id string) (of []string) {
		for row := range strings.Lines(s.Content()) {
			fields := strings.Fields(row) // its key, and its attributes
			goes := strings.HasPrefix(row, "A#") || strings.HasPrefix(row, "Q#") || strings.Contains(row, ` closed="1" ttl=`)
			if strings.Contains(fields[0]+fields[1], id) && !goes {
				of = append(of, row)
			}
		}
		return of
	}
	settle()
	for _, what := range []struct {
		name, id string
		remove   func() error
	}{
		{"a link", links[0].ID.String(), func() error { return s.Invites.Delete(t.Context(), s.admin, s.group.ID, links[0].ID) }},
		{"a link on shards", links[1].ID.String(), func() error { return s.Invites.Delete(t.Context(), s.admin, s.group.ID, links[1].ID) }},
		{"a group", s.group.ID.String(), func() error { return s.Directory.DeleteGroup(t.Context(), s.admin, s.group.ID) }},
		{"an organization", s.org.ID.String(), func() error { return s.Directory.DeleteOrg(t.Context(), s.admin, s.org.ID) }},
	} {
		if len(rows(what.id)) < 2 {
			t.Errorf("%s has no rows: %v", what.name, rows(what.id))
		}
		if err := what.remove(); err != nil {
			t.Fatal(err)
		}
		settle()
		if left := rows(what.id); len(left) > 0 {
			t.Errorf("of %s is left:\n%s", what.name, strings.Join(left, ""))
		}
	}
}
