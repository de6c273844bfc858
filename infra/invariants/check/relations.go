package check

import (
	"fmt"
	"time"
)

// member is a person in an organization or group.
type member struct{ owner, user string }

type membership struct {
	state, role string
	since       time.Time
}

func (m membership) isAdmin() bool { return m.state == "in" && m.role == "admin" }

type link struct{ group, invite string }

func (l link) key() string { return "I#" + l.group + " " + l.invite }

type linkFacts struct {
	creator string
	epoch   time.Time
	most    int64 // 0 without a cap
	uses    int64 // on its own row; of one whose places are dealt, those before that
	shards  int64 // that places are dealt among, 0 if they aren't
	full    []int64
}

// share is how many places a shard has.
func (l linkFacts) share(shard int64) int64 {
	places := l.most - l.uses
	if shard < places%l.shards {
		return places/l.shards + 1
	}
	return places / l.shards
}

// facts are what rows are held against each other by.
type facts struct {
	orgs         map[string]int64 // with their count of admins
	groups       map[string]bool
	links        map[link]linkFacts
	orgMembers   map[member]membership
	groupMembers map[member]membership
	admins       map[member]bool
	joins        map[link]int64
	requests     map[member]time.Time
	registers    map[string]map[string]time.Time
	clearing     map[string]bool // by kind#id
	belonging    map[string]link // other rows of a group, or of one of its links, by key
	shards       map[link]map[int64]int64
	closed       map[link][]string // keys of closed shards
	named        map[string]string // rows of external ids, by the id of what has one
	external     map[string]string // what they stand for
}

func newFacts() facts {
	return facts{
		orgs: map[string]int64{}, groups: map[string]bool{}, links: map[link]linkFacts{}, orgMembers: map[member]membership{},
		groupMembers: map[member]membership{}, admins: map[member]bool{}, joins: map[link]int64{}, requests: map[member]time.Time{},
		registers: map[string]map[string]time.Time{}, clearing: map[string]bool{}, belonging: map[string]link{},
		shards: map[link]map[int64]int64{}, closed: map[link][]string{}, named: map[string]string{}, external: map[string]string{},
	}
}

func (f *facts) orgThere(org string) bool {
	_, there := f.orgs[org]
	return there || f.clearing["org#"+org]
}

func (f *facts) groupThere(group string) bool {
	return f.groups[group] || f.clearing["group#"+group]
}

func (f *facts) linkThere(l link) bool {
	_, there := f.links[l]
	return there || f.clearing["invite#"+l.group+"#"+l.invite]
}

// relations gives what is wrong between rows.
func (t *Table) relations() (found []Violation) {
	f := &t.facts
	violates := func(key, format string, arguments ...any) {
		found = append(found, Violation{key, fmt.Sprintf(format, arguments...)})
	}
	f.memberships(violates)
	f.adminsCounted(violates)
	f.nothingIsLeft(violates)
	f.requestsRegistered(t.now, violates)
	f.externalIDsStand(violates)
	for l, facts := range f.links {
		f.usesCounted(l, facts, violates)
		creator, known := f.orgMembers[member{orgOf(l.group), facts.creator}]
		if known && facts.epoch.After(creator.since) {
			violates(l.key(), "is of a membership of its creator that has not begun")
		}
	}
	return found
}

type violates = func(key, format string, arguments ...any)

// memberships: nobody is in a group without being, or having been, in its organization, in the same membership. A row of one that has
// ended counts for nothing, and may still say in: it was written by a joining that was on its way.
func (f *facts) memberships(violates violates) {
	for m, row := range f.groupMembers {
		key := "U#" + m.user + " G#" + m.owner
		in, known := f.orgMembers[member{orgOf(m.owner), m.user}]
		switch {
		case row.state != "in" || !f.orgThere(orgOf(m.owner)):
		case !known:
			violates(key, "is in the group, and was never in the organization")
		case row.since.After(in.since):
			violates(key, "is in the group by a membership of the organization that has not begun")
		}
	}
}

// adminsCounted: an organization's count of admins, the rows of its admins, and its members who are admins are the same people, and there
// is one at least.
func (f *facts) adminsCounted(violates violates) {
	counts := map[string]int64{}
	for m, row := range f.orgMembers {
		if !row.isAdmin() {
			continue
		}
		counts[m.owner]++
		if _, there := f.orgs[m.owner]; there && !f.admins[m] {
			violates("U#"+m.user+" O#"+m.owner, "is an admin without a row beside the organization")
		}
	}
	for m := range f.admins {
		key := "O#" + m.owner + " A#" + m.user
		_, there := f.orgs[m.owner]
		switch {
		case there && !f.orgMembers[m].isAdmin():
			violates(key, "is of someone who is no admin")
		case !f.orgThere(m.owner):
			violates(key, "is of an organization that is gone")
		}
	}
	for org, count := range f.orgs {
		if count != counts[org] {
			violates("O#"+org+" O", "counts %d admins, and has %d", count, counts[org])
		}
	}
}

// nothingIsLeft: what belongs to something deleted is there only while that is being cleared away.
func (f *facts) nothingIsLeft(violates violates) {
	for group := range f.groups {
		if !f.orgThere(orgOf(group)) {
			violates("G#"+group+" G", "is of an organization that is gone")
		}
	}
	for m := range f.orgMembers {
		if !f.orgThere(m.owner) {
			violates("U#"+m.user+" O#"+m.owner, "is of an organization that is gone")
		}
	}
	for m := range f.groupMembers {
		if !f.groupThere(m.owner) {
			violates("U#"+m.user+" G#"+m.owner, "is of a group that is gone")
		}
	}
	for l := range f.links {
		if !f.groupThere(l.group) {
			violates(l.key(), "is of a group that is gone")
		}
	}
	for l := range f.joins {
		if !f.linkThere(l) {
			violates("J#"+l.group+"#"+l.invite+" ", "is of a link that is gone")
		}
	}
	for key, l := range f.belonging {
		switch {
		case l.invite == "" && !f.groupThere(l.group):
			violates(key, "is of a group that is gone")
		case l.invite != "" && !f.linkThere(l):
			violates(key, "is of a link that is gone")
		}
	}
}

// usesCounted: a link's uses are the joinings by it. Those of a capped link are counted as they are made, on its row or on shards, those of others with
// their records; so once all is recorded, both are the same. No shard counts more than its share, one that is said to be full has counted it, and none
// is closed while its link is there.
func (f *facts) usesCounted(l link, facts linkFacts, violates violates) {
	uses := facts.uses
	for shard, n := range f.shards[l] {
		uses += n
		if shard >= facts.shards {
			violates(l.key(), "has uses on shard %d of %d", shard, facts.shards)
		} else if share := facts.share(shard); n > share {
			violates(l.key(), "has %d uses on shard %d, whose share is %d", n, shard, share)
		}
	}
	for _, shard := range facts.full {
		if shard < facts.shards && f.shards[l][shard] != facts.share(shard) {
			violates(l.key(), "says that shard %d is full, which has %d uses of %d", shard, f.shards[l][shard], facts.share(shard))
		}
	}
	for _, key := range f.closed[l] {
		violates(key, "is closed, and its link is there")
	}
	if joins := f.joins[l]; joins != uses {
		violates(l.key(), "has %d uses, and %d joinings on record", uses, joins)
	}
}

// externalIDsStand: what has an external id is what that stands for.
func (f *facts) externalIDsStand(violates violates) {
	for id, row := range f.named {
		if got := f.external[row]; got != id {
			violates(row+" X", "stands for %q, and not for %s, which names it", got, id)
		}
	}
}

// requestsRegistered: a group's register names just the requests that are open.
func (f *facts) requestsRegistered(now time.Time, violates violates) {
	for group, register := range f.registers {
		for user, asked := range register {
			got, there := f.requests[member{group, user}]
			if now.Before(asked.Add(requestLife)) && (!there || !got.Equal(asked)) {
				violates("R#"+group+" V", "has a request of %s open that isn't there", user)
			}
		}
	}
	for m, asked := range f.requests {
		if open, there := f.registers[m.owner][m.user]; now.Before(asked.Add(requestLife)) && (!there || !open.Equal(asked)) {
			violates("R#"+m.owner+" "+m.user, "isn't in the register of what is open")
		}
	}
}
