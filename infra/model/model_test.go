package model

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"pgregory.net/rapid"

	"group-invites/infra/invariants/check"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
)

// sequences is how many `go test` runs; -rapid.checks says otherwise.
const sequences = "200"

// steps is how many operations a sequence has on average.
const steps = "40"

func TestMain(m *testing.M) {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "rapid.checks" })
	if !said {
		flag.Set("rapid.checks", sequences)
	}
	flag.Set("rapid.steps", steps)
	os.Exit(m.Run())
}

// names are those of all people.
var names = []string{"ann", "ben", "cat", "dan", "eve"}

// TestModel_EveryAnswerIsTheModels runs the sequences.
func TestModel_EveryAnswerIsTheModels(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := begin(t, r)
		defer s.Drop()
		r.Repeat(s.actions())
		s.end()
	})
	t.Log("refusals:", came)
	for _, w := range words {
		if came[w.word] == 0 && !t.Failed() {
			t.Errorf("nothing was refused with %q: the sequences are too tame", w.word)
		}
	}
}

// system is the services, and the model beside them.
type system struct {
	*World
	*rapid.T
	stream *Stream
	model  *reference
}

// begin makes two organizations with their groups, and people in them, so that sequences come to something soon.
func begin(t *testing.T, r *rapid.T) *system {
	w := NewOf(t, rand.NewChaCha8([32]byte{}))
	s := &system{World: w, T: r, model: &reference{replays: map[string]replay{}, created: map[string]int{}}}
	s.stream = w.Follow(&Postbox{})
	s.clock(0)
	a := s.createOrg("ann", "Acme")
	b := s.createOrg("ben", "Bravo")
	a1 := s.createGroup(a, "ann", "Backcountry")
	s.createGroup(a, "ann", "Climbing")
	b1 := s.createGroup(b, "ben", "Diving")
	for _, join := range []struct {
		g   *group
		who string
		by  string
	}{{a1, "ben", "ann"}, {a1, "cat", "ann"}, {b1, "ann", "ben"}} {
		l := s.createLink(join.g, join.by, ask{access: "anyone", expiration: "never"}, "")
		s.redeem(l, join.who)
	}
	s.changeRole(a, "ann", "ben", "manager")
	s.stream.Look()
	return s
}

// clock turns the clock, for the model too.
func (s *system) clock(d time.Duration) {
	s.Clock.Advance(d)
	s.model.now = s.Clock.Now()
}

// words are what errors are called in the model.
var words = []struct {
	err  error
	word string
}{
	{directory.ErrNotFound, notFound}, {directory.ErrForbidden, forbidden}, {directory.ErrLastAdmin, lastAdmin}, {directory.ErrPrecondition, precondition},
	{invite.ErrAddPeopleRequired, needsAddPeople}, {invite.ErrIdempotencyConflict, conflict}, {invite.ErrDeleted, deleted},
	{invite.ErrExpired, expired}, {invite.ErrSuspended, suspended}, {invite.ErrRemoved, removed}, {invite.ErrOrgMembersOnly, orgMembersOnly},
	{invite.ErrUsedUp, usedUp},
}

func word(err error) string {
	if err == nil {
		return ""
	}
	for _, w := range words {
		if errors.Is(err, w.err) {
			return w.word
		}
	}
	if errors.As(err, new(*directory.LimitError)) {
		return limit
	}
	if errors.As(err, new(*directory.InvalidError)) {
		return invalid
	}
	return err.Error()
}

// must has the service refuse with what the model does.
func (s *system) must(err error, want string) bool {
	if got := word(err); got != want {
		s.Fatalf("refused with %q, and by the model with %q", got, want)
	}
	came[want]++
	return want == ""
}

// came counts what operations came to.
var came = map[string]int{}

// same has both say the same.
func same[T any](s *system, what string, got, want T) {
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		s.Fatalf("%s is %s, and by the model %s", what, g, w)
	}
}

// troubled runs an operation, one time in ten with something going wrong at one of its calls to the table: the answer must be the same.
func (s *system) troubled(operation func()) {
	plan := faults.Plan(nil)
	if rapid.IntRange(0, 9).Draw(s.T, "trouble") == 0 {
		fault := rapid.SampledFrom([]faults.Fault{faults.Lose, faults.Conflict, faults.Fail}).Draw(s.T, "fault")
		plan = faults.On(rapid.IntRange(1, 3).Draw(s.T, "call"), fault)
	}
	s.Faults.Reset(plan)
	operation()
	wrote := s.Faults.Cost().WriteUnits > 0
	s.Faults.Reset(nil)
	if wrote {
		s.stream.Look()
	}
}

// who draws someone: three times of four one of whom that holds, if there is any, so that not everything is refused.
func (s *system) who(fits func(string) bool) string {
	people := names
	if rapid.IntRange(0, 3).Draw(s.T, "anyone") > 0 {
		if some := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !fits(n) }); len(some) > 0 {
			people = some
		}
	}
	return rapid.SampledFrom(people).Draw(s.T, "who")
}

func (s *system) other() string { return rapid.SampledFrom(names).Draw(s.T, "whom") }

// outsider draws someone who isn't in the group.
func (s *system) outsider(g *group) string {
	return s.who(func(n string) bool { return !g.has(n) })
}

// newest draws one of things, the later ones more often, and those that are gone seldom.
func newest[T any](s *system, what string, things []T, there func(T) bool) T {
	if len(things) == 0 {
		s.Skip("there is none")
	}
	if rapid.IntRange(0, 7).Draw(s.T, "any "+what) > 0 {
		if alive := slices.DeleteFunc(slices.Clone(things), func(x T) bool { return !there(x) }); len(alive) > 0 {
			things = alive
		}
	}
	return things[len(things)-1-rapid.IntRange(0, len(things)-1).Draw(s.T, what)]
}

func (s *system) org() *org {
	return newest(s, "org", s.model.orgs, func(o *org) bool { return !o.gone })
}

func (s *system) group() *group {
	var all []*group
	for _, o := range s.model.orgs {
		all = append(all, o.groups...)
	}
	return newest(s, "group", all, (*group).there)
}

// wanted draws a group, of those rather that somebody asks to be let into.
func (s *system) wanted() *group {
	var all []*group
	for _, o := range s.model.orgs {
		all = append(all, o.groups...)
	}
	return newest(s, "group", all, func(g *group) bool { return g.there() && len(g.requests) > 0 })
}

// asker draws someone, of those rather who ask to be let into the group.
func (s *system) asker(g *group) string {
	return s.who(func(n string) bool { return g.requests[n] != nil })
}

func (s *system) link() *link { return newest(s, "link", s.model.links, (*link).there) }

func orgID(o *org) directory.OrgID { id, _ := directory.ParseOrgID(o.id); return id }

func groupID(g *group) directory.GroupID { id, _ := directory.ParseGroupID(g.id); return id }

func inviteID(l *link) invite.ID { id, _ := invite.ParseID(l.id); return id }

func code(l *link) string { return strings.TrimPrefix(l.url, BaseURL+"/i#") }

// day is the UTC day, as limits go by it.
func (m *reference) day(who string) string { return who + m.now.Format(" 2006-01-02") }

// end settles everything, and holds the table to what must be true of it, and the last lists to the model.
func (s *system) end() {
	s.clock(time.Second)
	s.settle()
	s.clock(10 * time.Minute)
	s.settle() // with the sweep of what became due
	for _, who := range names {
		s.me(who)
	}
	for _, o := range s.model.orgs {
		s.audit(o)
		admin := slices.IndexFunc(names, o.isAdmin)
		if admin < 0 {
			continue
		}
		s.listOrgMembers(o, names[admin], 50)
		for _, g := range o.groups {
			s.listGroupMembers(g, names[admin], 50)
			s.listLinks(g, names[admin], 50)
			s.listRequests(g, names[admin])
		}
	}
	for _, v := range check.All(s.Rows(), s.model.now) {
		s.Errorf("%s", v)
	}
}

func (s *system) settle() {
	if err := s.stream.Settle(s.World.Context()); err != nil {
		s.Fatalf("settle: %v", err)
	}
	s.model.settled()
}

// clear removes what TTL may.
func (s *system) clear() {
	for _, row := range s.Rows() {
		at, ok := seconds(row)
		if !ok || at.After(s.model.now) {
			continue
		}
		key := check.Row{"pk": row["pk"], "sk": row["sk"]}
		if _, err := s.Client.DeleteItem(s.World.Context(), &dynamodb.DeleteItemInput{TableName: &s.TableName, Key: key}); err != nil {
			s.Fatal(err)
		}
	}
	s.model.cleared()
	s.stream.Look()
}

// turn moves the clock on: by some step, or to about where a link ends.
func (s *system) turn() {
	if rapid.Bool().Draw(s.T, "to an end") {
		l := s.link()
		if !l.expiresAt.After(s.model.now) {
			s.Skip("it has none ahead")
		}
		before := rapid.SampledFrom([]time.Duration{0, time.Millisecond, time.Second}).Draw(s.T, "before")
		s.clock(max(0, l.expiresAt.Add(-before).Sub(s.model.now)))
		return
	}
	s.clock(rapid.SampledFrom([]time.Duration{
		time.Millisecond, time.Second, time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 31 * 24 * time.Hour,
	}).Draw(s.T, "by"))
}

func (s *system) actions() map[string]func(*rapid.T) {
	// Each is drawn as often as it is here.
	weigh := map[string]func(*rapid.T){}
	add := func(weight int, name string, act func()) {
		for i := range weight {
			weigh[strings.Repeat("again ", i)+name] = func(t *rapid.T) {
				s.T = t
				s.troubled(act)
			}
		}
	}
	add(8, "redeem", func() { l := s.link(); s.redeem(l, s.outsider(l.group)) })
	add(4, "create a link", func() {
		g, key := s.group(), rapid.SampledFrom([]string{"", "k"}).Draw(s.T, "key")
		s.createLink(g, s.who(g.seenBy), s.asked(), key)
	})
	add(1, "create a link again", func() {
		r := newest(s, "create", s.model.keyed, func(r replay) bool { return r.link.there() })
		if rapid.IntRange(0, 2).Draw(s.T, "another") == 0 {
			r.asked = s.asked()
		}
		s.createLink(r.link.group, r.who, r.asked, r.key)
	})
	add(2, "preview", func() { s.preview(s.link()) })
	add(2, "list links", func() { g := s.group(); s.listLinks(g, s.who(g.seenBy), s.limit()) })
	add(1, "read a link", func() { l := s.link(); s.getLink(l, s.who(l.seenBy)) })
	add(1, "list joins", func() { l := s.link(); s.listJoins(l, s.who(l.seenBy), s.limit()) })
	add(1, "delete a link", func() { l := s.link(); s.deleteLink(l, s.who(l.seenBy)) })
	add(2, "leave or remove from a group", func() { g := s.group(); s.removeGroupMember(g, s.who(g.managedBy), s.other()) })
	add(2, "leave or remove from an organization", func() { o := s.org(); s.removeOrgMember(o, s.who(o.isAdmin), s.other()) })
	add(1, "leave an organization", func() { o := s.org(); who := s.who(o.has); s.removeOrgMember(o, who, who) })
	add(2, "add to a group", func() { g := s.group(); s.putGroupMember(g, s.who(g.managedBy), s.outsider(g)) })
	add(1, "add to an organization", func() {
		o := s.org()
		s.putOrgMember(o, s.who(o.isAdmin), s.other(), rapid.SampledFrom([]string{"", "user", "manager", "admin"}).Draw(s.T, "role"))
	})
	add(2, "change a role", func() {
		o := s.org()
		s.changeRole(o, s.who(o.isAdmin), s.who(o.has), rapid.SampledFrom([]string{"user", "manager", "admin"}).Draw(s.T, "role"))
	})
	add(2, "change an organization", func() { o := s.org(); s.changeOrg(o, s.who(o.isAdmin)) })
	add(1, "change a group", func() { g := s.group(); s.changeGroup(g, s.who(g.managedBy)) })
	add(1, "create an organization", func() { s.createOrg(rapid.SampledFrom(names[:2]).Draw(s.T, "who"), s.name()) })
	add(1, "create a group", func() { o := s.org(); s.createGroup(o, s.who(o.isAdmin), s.name()) })
	add(1, "delete a group or organization", func() {
		if rapid.IntRange(0, 3).Draw(s.T, "organization") == 0 {
			s.deleteOrg(s.org(), s.who(func(string) bool { return true }))
			return
		}
		g := s.group()
		s.deleteGroup(g, s.who(g.managedBy))
	})
	add(1, "read an organization", func() { o := s.org(); s.getOrg(o, s.who(o.has)) })
	add(1, "read a group", func() { g := s.group(); s.getGroup(g, s.who(g.seenBy)) })
	add(1, "list members of an organization", func() { o := s.org(); s.listOrgMembers(o, s.who(o.has), s.limit()) })
	add(1, "list members of a group", func() { g := s.group(); s.listGroupMembers(g, s.who(g.seenBy), s.limit()) })
	add(1, "list groups", func() { o := s.org(); s.listGroups(o, s.who(o.has), s.limit()) })
	add(1, "me", func() { s.me(s.other()) })
	add(4, "ask for access", func() {
		l := newest(s, "link", s.model.links, func(l *link) bool { return l.there() && l.expired(s.model.now) })
		s.ask(l, s.outsider(l.group))
	})
	add(1, "list requests", func() { g := s.wanted(); s.listRequests(g, s.who(g.seenBy)) })
	add(2, "approve", func() { g := s.wanted(); s.approve(g, s.who(g.managedBy), s.asker(g)) })
	add(1, "decline", func() { g := s.wanted(); s.decline(g, s.who(g.managedBy), s.asker(g)) })
	add(4, "turn the clock", s.turn)
	add(2, "settle", s.settle)
	add(1, "clear by TTL", s.clear)
	return weigh
}

func (s *system) limit() int { return rapid.SampledFrom([]int{1, 2, 50}).Draw(s.T, "limit") }

func (s *system) name() string {
	return rapid.SampledFrom([]string{"Echo", "Foxtrot"}).Draw(s.T, "name")
}

func (s *system) asked() ask {
	a := ask{
		label:      rapid.SampledFrom([]string{"", "For the hut"}).Draw(s.T, "label"),
		access:     rapid.SampledFrom([]string{"org", "anyone", "anyone"}).Draw(s.T, "access"),
		expiration: rapid.SampledFrom([]string{"1h", "1h", "6h", "1d", "7d", "never", "never", "custom"}).Draw(s.T, "expiration"),
		most:       rapid.SampledFrom([]int{0, 0, 1, 1, 2}).Draw(s.T, "maxUses"),
	}
	if a.expiration == "custom" {
		ahead := rapid.SampledFrom([]time.Duration{time.Minute, 90 * time.Minute, 400 * 24 * time.Hour}).Draw(s.T, "ahead")
		a.at = s.model.now.Truncate(time.Second).Add(ahead)
	}
	return a
}

// pages reads a list to its end, and sees that no page is empty that has others after it.
func pages[T any](s *system, limit int, read func(directory.PageRequest) (directory.Page[T], error)) ([]T, error) {
	var all []T
	for cursor := ""; ; {
		page, err := read(directory.PageRequest{Limit: limit, Cursor: cursor})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all, nil
		}
		if len(page.Items) == 0 || len(page.Items) > limit {
			s.Fatalf("a page of %d, with others after it, where %d were asked for", len(page.Items), limit)
		}
		cursor = page.Next
	}
}

// byID sorts people as lists do.
func byID(people []string) []string {
	slices.SortFunc(people, func(a, b string) int { x, y := Person(a).ID, Person(b).ID; return cmp.Or(bytes.Compare(x[:], y[:])) })
	return people
}
