package growth

import (
	"fmt"
	"math/rand/v2"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/tally"
)

// walked is what came of paging through a list.
type walked struct {
	name           string
	items, pages   int
	added, removed int // meanwhile
	took           time.Duration
	each           []time.Duration // of a page
}

// list is one that is paged through, while change adds to it and removes from it. What is there all the time are the ids of standing that are not in
// removed in the end.
type list struct {
	name     string
	page     func(directory.PageRequest) (ids []string, next string, err error)
	standing func(yield func(id string))
	change   func() error
	every    int             // pages between changes
	removed  map[string]bool // since it began
	added    int
}

// walk pages through a list, and holds it to what it must be: pages are full but the last, nothing comes twice, and all comes that is there all the time.
func (l *loaded) walk(of *list) walked {
	l.Helper()
	begun := time.Now()
	seen := map[string]bool{}
	w := walked{name: of.name}
	for request := first; ; {
		asked := time.Now()
		ids, next, err := of.page(request)
		w.each = append(w.each, time.Since(asked))
		if err != nil {
			l.Fatalf("%s, page %d: %v", of.name, w.pages, err)
		}
		w.pages++
		if next != "" && len(ids) != request.Limit {
			l.Errorf("%s: %d items on page %d, which isn't the last", of.name, len(ids), w.pages)
		}
		for _, id := range ids {
			if seen[id] {
				l.Errorf("%s: %s came twice", of.name, id)
			}
			seen[id] = true
		}
		if request.Cursor = next; next == "" {
			break
		}
		if w.pages%of.every == 0 {
			if err := of.change(); err != nil {
				l.Fatalf("%s, after page %d: %v", of.name, w.pages, err)
			}
		}
	}
	missing := 0
	of.standing(func(id string) {
		if !seen[id] && !of.removed[id] {
			missing++
		}
	})
	if missing > 0 {
		l.Errorf("%s: %d were there all the time and didn't come", of.name, missing)
	}
	w.items, w.added, w.removed, w.took = len(seen), of.added, len(of.removed), time.Since(begun)
	return w
}

// walkAll pages through every list that may be long.
func (l *loaded) walkAll() (all []walked) {
	for _, make := range []func() *list{l.walkLinks, l.walkOwnLinks, l.walkJoins, l.walkMembers, l.walkPeople, l.walkAudit} {
		all = append(all, l.walk(make()))
	}
	return all
}

// chance is the same each time.
var chance = rand.New(rand.NewPCG(1, 1))

func (l *loaded) walkLinks() *list {
	return l.linksOf("links of the group", manager, 0, l.size.links-1)
}

func (l *loaded) walkOwnLinks() *list {
	if l.size.links <= 2*owned {
		return l.linksOf("links of the group, a user's own", user, 0, 0)
	}
	return l.linksOf("links of the group, a user's own", user, 0, owned)
}

// linksOf is the list of links as someone has it, of which those from one number to before another are copies.
func (l *loaded) linksOf(name string, who directory.Caller, from, to int) *list {
	of := &list{name: name, every: 1, removed: map[string]bool{}}
	of.page = func(request directory.PageRequest) (ids []string, next string, err error) {
		page, err := l.Invites.List(l.Context(), who, l.group.ID, request)
		for _, v := range page.Items {
			ids = append(ids, v.ID.String())
		}
		return ids, page.Next, err
	}
	of.standing = func(yield func(string)) {
		for i := from; i < to; i++ {
			if id := l.link(i); !l.deleted[id] {
				yield(id.String())
			}
		}
	}
	of.change = func() error {
		l.Clock.Advance(time.Millisecond)
		of.added++
		l.Link(who, l.group)
		id := l.link(from + chance.IntN(to-from))
		if l.deleted[id] {
			return nil
		}
		l.deleted[id], of.removed[id.String()] = true, true
		return l.Invites.Delete(l.Context(), admin, l.group.ID, id)
	}
	return of
}

// walkJoins is the list of joins, which the tally goes on adding to.
func (l *loaded) walkJoins() *list {
	of := &list{name: "joins of a link", every: 1}
	of.page = func(request directory.PageRequest) (ids []string, next string, err error) {
		page, err := l.Invites.Joins(l.Context(), manager, l.group.ID, l.open.ID, request)
		for _, v := range page.Items {
			ids = append(ids, v.User.String())
		}
		return ids, page.Next, err
	}
	of.standing = func(yield func(string)) {
		l.everyMember(func(i int) { yield(member(i).ID.String()) })
	}
	of.change = func() error {
		l.Clock.Advance(time.Millisecond)
		of.added++
		link := tally.Link{Group: l.group.ID, Invite: l.open.ID}
		return l.Table.RecordJoins(l.Context(), link, []tally.Joined{{Link: link, User: numbered("j", of.added).ID, At: l.Clock.Now(), JoinID: "join"}}, true)
	}
	return of
}

func (l *loaded) everyMember(yield func(i int)) {
	for i := range l.size.members - inGroup {
		yield(i)
	}
}

// walkMembers is the list of the group's members. Some are removed from the group, others from the organization, whose rows in the group don't count from
// then on.
func (l *loaded) walkMembers() *list {
	of := &list{name: "members of the group", every: 5, removed: map[string]bool{}}
	of.page = func(request directory.PageRequest) ([]string, string, error) {
		return members(l.Directory.ListGroupMembers(l.Context(), user, l.group.ID, request))
	}
	of.standing = func(yield func(string)) {
		l.everyMember(func(i int) {
			if !l.out[member(i).ID] {
				yield(member(i).ID.String())
			}
		})
	}
	of.change = l.comeAndGo(of, "g", func() directory.UserID { return member(chance.IntN(l.size.members - inGroup)).ID }, true)
	return of
}

// walkPeople is the list of the organization's members.
func (l *loaded) walkPeople() *list {
	of := &list{name: "members of the organization", every: 20, removed: map[string]bool{}}
	of.page = func(request directory.PageRequest) ([]string, string, error) {
		return members(l.Directory.ListOrgMembers(l.Context(), manager, l.org.ID, request))
	}
	of.standing = func(yield func(string)) {
		for i := range l.size.outsiders() {
			if id := outsider(i).ID; !l.out[id] {
				yield(id.String())
			}
		}
		l.everyMember(func(i int) {
			if id := member(i).ID; !l.out[id] {
				yield(id.String())
			}
		})
	}
	of.change = l.comeAndGo(of, "o", func() directory.UserID { return outsider(chance.IntN(l.size.outsiders())).ID }, false)
	return of
}

func members(page directory.Page[directory.Member], err error) (ids []string, next string, _ error) {
	for _, m := range page.Items {
		ids = append(ids, m.ID.String())
	}
	return ids, page.Next, err
}

// comeAndGo lets one more in by a link, and removes one: from the organization or, every other time if ofGroup, from the group alone.
func (l *loaded) comeAndGo(of *list, newcomers string, choose func() directory.UserID, ofGroup bool) func() error {
	by := l.Link(admin, l.group, Anyone)
	return func() error {
		of.added++
		if _, err := l.Invites.Redeem(l.Context(), numbered(newcomers, of.added), Code(by)); err != nil {
			return err
		}
		who := choose()
		if l.out[who] {
			return nil
		}
		l.out[who], of.removed[who.String()] = true, true
		if ofGroup && of.added%2 == 0 {
			return l.Directory.RemoveGroupMember(l.Context(), admin, l.group.ID, who)
		}
		return l.Directory.RemoveOrgMember(l.Context(), admin, l.org.ID, who)
	}
}

// walkAudit is the list of what was done, which goes on.
func (l *loaded) walkAudit() *list {
	of := &list{name: "audit", every: 1}
	of.page = func(request directory.PageRequest) (ids []string, next string, err error) {
		page, err := l.Directory.ListAudit(l.Context(), admin, l.org.ID, request)
		for _, e := range page.Items {
			ids = append(ids, e.At.String()+e.AuditEntry.ID)
		}
		return ids, page.Next, err
	}
	of.standing = func(yield func(string)) {
		l.everyMember(func(i int) {
			yield(time.UnixMilli(l.scene.first+1+int64(i)).UTC().String() + member(i).ID.String()[:16])
		})
	}
	of.change = func() error {
		of.added++
		name := fmt.Sprintf("Org %04d", of.added)
		l.Clock.Advance(time.Millisecond)
		return only(l.Directory.ChangeOrg(l.Context(), admin, l.org.ID, directory.OrgChange{Name: &name}))
	}
	return of
}
