package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The model. People go by their names, things are pointers. What an operation refuses with is a word, "" is that it doesn't.

const (
	notFound       = "not found"
	forbidden      = "forbidden"
	lastAdmin      = "last admin"
	precondition   = "precondition"
	limit          = "limit"
	invalid        = "invalid"
	needsAddPeople = "add people required"
	conflict       = "idempotency conflict"
	deleted        = "deleted"
	expired        = "expired"
	suspended      = "suspended"
	removed        = "removed"
	orgMembersOnly = "org members only"
	usedUp         = "used up"
)

// stay is someone's row in an organization or group: he is in, or was. A zero removedAt is no removal.
type stay struct {
	in        bool
	role      string // in the organization
	stint     int    // which of all memberships of organizations it is; a stay in a group belongs to one
	joining   int    // which of all joinings
	joinedAt  time.Time
	removedAt time.Time
	barred    bool // removed, and not back since
}

func (s *stay) remove(now time.Time) {
	s.in, s.barred = false, true
	for _, at := range []time.Time{now, s.joinedAt} {
		if at.After(s.removedAt) {
			s.removedAt = at
		}
	}
}

func (s *stay) removedSince(made time.Time) bool {
	return s != nil && !s.removedAt.IsZero() && !s.removedAt.Before(made)
}

type org struct {
	id, name  string
	addPeople []string // beside admin
	version   int64
	gone      bool
	people    map[string]*stay
	groups    []*group
	audit     []entry
}

type entry struct{ action, actor, target string }

type group struct {
	id, name  string
	org       *org
	version   int64
	gone      bool
	people    map[string]*stay
	links     []*link
	requests  map[string]*request
	decisions map[string]*decision
}

type link struct {
	id, url, creator, label, access, expiration string
	group                                       *group
	stint                                       int
	createdAt, expiresAt                        time.Time // zero: never
	most, uses, recorded                        int
	gone                                        bool
	joins                                       []joined // in the order in which they were made
}

type joined struct {
	who string
	at  time.Time
}

type request struct {
	creator, access string
	at              time.Time
}

type decision struct {
	creator  string
	approved bool
	joining  int
	at       time.Time
}

// ask is what a create asks for.
type ask struct {
	label, access, expiration string
	at                        time.Time // of expiration custom
	most                      int
}

type replay struct {
	asked    ask
	link     *link
	who, key string
	at       time.Time
}

type reference struct {
	now     time.Time
	orgs    []*org
	links   []*link
	replays map[string]replay // by person, group and key
	keyed   []replay          // all of them, in the order in which they were made
	created map[string]int    // organizations, by person and day
	count   int               // of stints and joinings
}

func (m *reference) next() int { m.count++; return m.count }

func (o *org) has(who string) bool { s := o.people[who]; return !o.gone && s != nil && s.in }

func (o *org) isAdmin(who string) bool { return o.has(who) && o.people[who].role == "admin" }

func (o *org) admins() (n int) {
	for who := range o.people {
		if o.isAdmin(who) {
			n++
		}
	}
	return n
}

func (o *org) note(action, actor, target string) {
	o.audit = append(o.audit, entry{action, actor, target})
}

func (g *group) there() bool { return !g.gone && !g.org.gone }

func (g *group) has(who string) bool {
	s := g.people[who]
	return g.org.has(who) && s != nil && s.in && s.stint == g.org.people[who].stint
}

func (g *group) seenBy(who string) bool { return g.there() && (g.has(who) || g.org.isAdmin(who)) }

func (g *group) managedBy(who string) bool {
	return g.seenBy(who) && (g.org.isAdmin(who) || g.org.people[who].role == "manager")
}

// inviter tells whether someone could create a link of that access now.
func (g *group) inviter(who, access string) bool {
	if !g.seenBy(who) || access == "org" {
		return g.seenBy(who)
	}
	role := g.org.people[who].role
	return role == "admin" || slices.Contains(g.org.addPeople, role)
}

// takeIn lets someone into the group, and as a user into the organization, if he isn't in it.
func (m *reference) takeIn(g *group, who string) *stay {
	if !g.org.has(who) {
		s := g.org.people[who]
		if s == nil {
			s = &stay{}
			g.org.people[who] = s
		}
		s.in, s.role, s.stint, s.joinedAt, s.barred = true, "user", m.next(), s.joins(m.now), false
	}
	s := g.people[who]
	if s == nil {
		s = &stay{}
		g.people[who] = s
	}
	s.in, s.stint, s.joining, s.joinedAt, s.barred = true, g.org.people[who].stint, m.next(), s.joins(m.now), false
	return s
}

// joins gives the instant of a joining: later than the last one, and than a removal.
func (s *stay) joins(now time.Time) time.Time {
	if s == nil {
		return now
	}
	for _, at := range []time.Time{s.joinedAt, s.removedAt} {
		if !now.After(at) {
			now = at.Add(time.Millisecond)
		}
	}
	return now
}

func (l *link) there() bool { return !l.gone && l.group.there() }

func (l *link) seenBy(who string) bool {
	return l.there() && l.group.seenBy(who) && (l.group.managedBy(who) || l.creator == who)
}

func (l *link) expired(now time.Time) bool { return !l.expiresAt.IsZero() && !now.Before(l.expiresAt) }

func (l *link) suspended() bool {
	return !l.group.inviter(l.creator, l.access) || l.group.org.people[l.creator].stint != l.stint
}

// state is what a link is worth now: "" is that it is active.
func (l *link) state(now time.Time) string {
	switch {
	case !l.there():
		return deleted
	case l.expired(now):
		return expired
	case l.suspended():
		return suspended
	case l.most > 0 && l.uses >= l.most:
		return usedUp
	}
	return ""
}

func (m *reference) redeem(l *link, who string) (refused string, already bool) {
	g := l.group
	switch {
	case !l.there():
		return deleted, false
	case g.has(who):
		return "", true
	case l.expired(m.now):
		return expired, false
	case l.suspended():
		return suspended, false
	case g.org.people[who].removedSince(l.createdAt), g.people[who].removedSince(l.createdAt):
		return removed, false
	case !g.org.has(who) && l.access == "org":
		return orgMembersOnly, false
	case l.most > 0 && l.uses >= l.most:
		return usedUp, false
	}
	s := m.takeIn(g, who)
	l.uses++
	l.joins = append(l.joins, joined{who, s.joinedAt})
	g.org.note("member.joined", who, g.id)
	return "", false
}

// create says what a create comes to; a nil link is a new one, which the caller makes by made.
func (m *reference) create(g *group, who string, a ask, key string) (refused string, same *link) {
	switch {
	case key == "" && m.instant(a) != "":
		return invalid, nil
	case !g.seenBy(who):
		return notFound, nil
	case !g.inviter(who, a.access):
		return needsAddPeople, nil
	}
	if r, known := m.replays[who+" "+g.id+" "+key]; known && key != "" && m.now.Before(r.at.Add(24*time.Hour+time.Second-1).Truncate(time.Second)) {
		switch {
		case r.asked != a:
			return conflict, nil
		case !r.link.there():
			return deleted, nil
		}
		return "", r.link
	}
	return m.instant(a), nil
}

// instant refuses an end that isn't a minute ahead.
func (m *reference) instant(a ask) (refused string) {
	if a.expiration == "custom" && a.at.Before(m.now.Truncate(time.Second).Add(time.Minute)) {
		return invalid
	}
	return ""
}

var lives = map[string]time.Duration{"1h": time.Hour, "6h": 6 * time.Hour, "1d": 24 * time.Hour, "7d": 7 * 24 * time.Hour}

func (m *reference) made(g *group, who string, a ask, key, id, url string) *link {
	l := &link{
		id: id, url: url, creator: who, label: a.label, access: a.access, expiration: a.expiration, group: g, stint: g.org.people[who].stint,
		createdAt: m.now, expiresAt: a.at, most: a.most,
	}
	if life, preset := lives[a.expiration]; preset {
		l.expiresAt = m.now.Truncate(time.Second).Add(life)
	}
	g.links, m.links = append(g.links, l), append(m.links, l)
	if key != "" {
		r := replay{a, l, who, key, m.now}
		m.replays[who+" "+g.id+" "+key], m.keyed = r, append(m.keyed, r)
	}
	g.org.note("invite.created", who, id)
	return l
}

// letsIn tells whether a link of that access is for the person.
func (g *group) letsIn(access, who string) bool { return g.org.has(who) || access == "anyone" }

// stands tells whether someone's request can be decided on.
func (m *reference) stands(g *group, who string) bool {
	r := g.requests[who]
	if r == nil || !m.now.Before(r.at.Add(30*24*time.Hour)) || g.has(who) {
		return false
	}
	s := g.people[who]
	return (s == nil || !s.joinedAt.After(r.at)) && !s.removedSince(r.at) && !g.org.people[who].removedSince(r.at) && g.letsIn(r.access, who)
}

func (m *reference) ask(l *link, who string) (refused string) {
	g := l.group
	if !l.there() {
		return deleted
	}
	in, out := g.people[who], g.org.people[who]
	d := g.decisions[who]
	switch {
	case !l.expired(m.now), g.has(who), in != nil && in.barred, out != nil && out.barred, !g.letsIn(l.access, who),
		d != nil && !d.approved && m.now.Before(d.at.Add(7*24*time.Hour)), m.stands(g, who):
		return ""
	}
	g.requests[who] = &request{l.creator, l.access, m.now}
	return ""
}

// decider tells whether someone sees what comes by the links of a creator.
func (g *group) decider(who, creator string) bool {
	return g.managedBy(who) || g.seenBy(who) && who == creator
}

func (m *reference) mayDecide(g *group, who, asker string) bool {
	access := "org"
	if !g.org.has(asker) {
		access = "anyone"
	}
	return m.stands(g, asker) && g.decider(who, g.requests[asker].creator) && g.inviter(who, access)
}

func (m *reference) approve(g *group, who, asker string) (refused string) {
	if !g.seenBy(who) {
		return notFound
	}
	if d := g.decisions[asker]; d != nil && d.approved && g.has(asker) && g.people[asker].joining == d.joining &&
		m.now.Before(d.at.Add(24*time.Hour)) && g.decider(who, d.creator) {
		return ""
	}
	if !m.mayDecide(g, who, asker) {
		return notFound
	}
	creator := g.requests[asker].creator
	delete(g.requests, asker)
	g.decisions[asker] = &decision{creator, true, m.takeIn(g, asker).joining, m.now}
	g.org.note("access_request.approved", who, asker)
	return ""
}

func (m *reference) decline(g *group, who, asker string) (refused string) {
	if !g.seenBy(who) || !m.mayDecide(g, who, asker) {
		return notFound
	}
	g.decisions[asker] = &decision{creator: g.requests[asker].creator, at: m.now}
	delete(g.requests, asker)
	g.org.note("access_request.declined", who, asker)
	return ""
}

// acts says whether an admin may do something to someone's row in the organization.
func (o *org) acts(who, target string) (refused string) {
	switch {
	case !o.has(who):
		return notFound
	case !o.isAdmin(who):
		return forbidden
	case o.people[target] == nil:
		return notFound
	}
	return ""
}

func (m *reference) changeRole(o *org, who, target, role string) (refused string) {
	refused = o.acts(who, target)
	switch {
	case refused != "":
		return refused
	case !o.has(target):
		return notFound
	case o.people[target].role == role:
		return ""
	case o.isAdmin(target) && o.admins() == 1:
		return lastAdmin
	}
	o.people[target].role = role
	o.note("member.role_changed", who, target)
	return ""
}

func (m *reference) putOrgMember(o *org, who, target, role string) (refused string, added bool) {
	if refused = o.acts(who, target); refused != "" {
		return refused, false
	}
	if o.has(target) {
		if role == "" {
			return "", false
		}
		return m.changeRole(o, who, target, role), false
	}
	*o.people[target] = stay{in: true, role: cmp.Or(role, "user"), stint: m.next(), joinedAt: o.people[target].joins(m.now)}
	o.note("member.added", who, target)
	return "", true
}

func (m *reference) removeOrgMember(o *org, who, target string) (refused string) {
	if who == target {
		switch {
		case !o.has(who):
			return notFound
		case o.isAdmin(who) && o.admins() == 1:
			return lastAdmin
		}
		o.people[who].in = false
		return ""
	}
	if refused = o.acts(who, target); refused != "" {
		return refused
	}
	if s := o.people[target]; s.in || !s.barred || m.now.After(s.removedAt) {
		o.note("member.removed", who, target)
		s.remove(m.now)
	}
	return ""
}

func (m *reference) putGroupMember(g *group, who, target string) (refused string, added bool) {
	switch {
	case !g.seenBy(who):
		return notFound, false
	case !g.managedBy(who):
		return forbidden, false
	case !g.org.has(target):
		return notFound, false
	case g.has(target):
		return "", false
	}
	g.people[target] = &stay{in: true, stint: g.org.people[target].stint, joining: m.next(), joinedAt: g.people[target].joins(m.now)}
	g.org.note("group_member.added", who, target)
	return "", true
}

func (m *reference) removeGroupMember(g *group, who, target string) (refused string) {
	if who == target {
		if !g.seenBy(who) || !g.has(who) {
			return notFound
		}
		g.people[who].in = false
		return ""
	}
	switch {
	case !g.seenBy(who):
		return notFound
	case !g.managedBy(who):
		return forbidden
	case g.people[target] == nil:
		return notFound
	case g.org.people[target].role != "user" && !g.org.isAdmin(who):
		return forbidden
	}
	if s := g.people[target]; s.in || !s.barred || m.now.After(s.removedAt) {
		g.org.note("group_member.removed", who, target)
		s.remove(m.now)
	}
	return ""
}

// administers says whether someone may change or delete an organization, or create groups in it.
func (o *org) administers(who string) (refused string) {
	switch {
	case !o.has(who):
		return notFound
	case !o.isAdmin(who):
		return forbidden
	}
	return ""
}

func (g *group) administers(who string) (refused string) {
	switch {
	case !g.seenBy(who):
		return notFound
	case !g.org.isAdmin(who):
		return forbidden
	}
	return ""
}

// settled: what follows the stream has recorded all joinings.
func (m *reference) settled() {
	for _, l := range m.links {
		l.recorded = len(l.joins)
	}
}

// cleared: TTL has removed what it may.
func (m *reference) cleared() {
	for _, l := range m.links {
		if !l.expiresAt.IsZero() && !l.expiresAt.Add(30*24*time.Hour).After(m.now) {
			l.gone = true
		}
	}
}

// visible gives the links of a group that someone sees, newest first.
func (g *group) visible(who string) (links []*link) {
	for _, l := range g.links {
		if l.seenBy(who) {
			links = append(links, l)
		}
	}
	slices.SortFunc(links, func(a, b *link) int { return strings.Compare(b.id, a.id) })
	return links
}
