package model

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"group-invites/infra/invariants/check"
	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// Each operation, as the services and as the model have it.

func (s *system) createLink(g *group, who string, a ask, key string) *link {
	refused, known := s.model.create(g, who, a, key)
	view, err := s.Invites.Create(s.World.Context(), Person(who), groupID(g), invite.Request{
		Name: a.label, Access: invite.Access(a.access), Expiration: invite.Expiration(a.expiration), ExpiresAt: a.at, MaxUses: a.most,
		IdempotencyKey: key, Scope: "POST " + g.id,
	})
	if !s.must(err, refused) {
		return nil
	}
	if known == nil {
		known = s.model.made(g, who, a, key, view.ID.String(), view.URL)
	}
	s.sees(known, who, view)
	return known
}

// seen is what of a link is shown.
type seen struct {
	id, name, access, expiration, group, org, creator, url, state string
	created, expires                                              time.Time
	most, uses                                                    int
}

func (s *system) sees(l *link, who string, v invite.View) {
	got := seen{
		v.ID.String(), v.Name, string(v.Access), string(v.Expiration), v.GroupName, v.OrgName, v.CreatorName, v.URL, string(v.State),
		v.CreatedAt, v.ExpiresAt, v.MaxUses, v.Uses,
	}
	want := seen{
		l.id, l.label, l.access, l.expiration, l.group.name, l.group.org.name, l.creator, "", stateWord(l.state(s.model.now)),
		l.createdAt, l.expiresAt, l.most, l.uses,
	}
	if l.most == 0 {
		want.uses = l.recorded
	}
	if l.group.inviter(who, l.access) {
		want.url = l.url
	}
	same(s, "the link", got, want)
}

func stateWord(refused string) string {
	return strings.ReplaceAll(cmp.Or(refused, "active"), " ", "_")
}

func (s *system) redeem(l *link, who string) {
	refused, already := s.model.redeem(l, who)
	got, err := s.Invites.Redeem(s.World.Context(), Person(who), code(l))
	if !s.must(err, refused) {
		return
	}
	same(s, "already a member", got.AlreadyMember, already)
	same(s, "the group joined", got.Org.Name+" "+got.Group.Name+" "+got.Group.ID.String(), l.group.org.name+" "+l.group.name+" "+l.group.id)
	s.clock(time.Millisecond) // nobody joins, leaves and joins again at one instant
}

func (s *system) preview(l *link) {
	state := l.state(s.model.now)
	got, err := s.Invites.Preview(s.World.Context(), code(l))
	s.must(err, "")
	same(s, "the state", string(got.State), stateWord(state))
	want := l.group.org.name + " " + l.group.name + " " + l.creator + " " + l.access
	if state == deleted {
		want = "   "
	}
	same(s, "the preview", got.OrgName+" "+got.GroupName+" "+got.CreatorName+" "+string(got.Access), want)
}

func (s *system) listLinks(g *group, who string, limit int) {
	refused := ""
	if !g.seenBy(who) {
		refused = notFound
	}
	got, err := pages(s, limit, func(p directory.PageRequest) (directory.Page[invite.View], error) {
		return s.Invites.List(s.World.Context(), Person(who), groupID(g), p)
	})
	if !s.must(err, refused) {
		return
	}
	want := g.visible(who)
	if len(got) != len(want) {
		s.Fatalf("%d links, and by the model %d", len(got), len(want))
	}
	for i, l := range want {
		s.sees(l, who, got[i])
	}
}

func (l *link) refuses(who string) string {
	if !l.seenBy(who) {
		return notFound
	}
	return ""
}

func (s *system) getLink(l *link, who string) {
	got, err := s.Invites.Get(s.World.Context(), Person(who), groupID(l.group), inviteID(l))
	if s.must(err, l.refuses(who)) {
		s.sees(l, who, got)
	}
}

func (s *system) listJoins(l *link, who string, limit int) {
	got, err := pages(s, limit, func(p directory.PageRequest) (directory.Page[invite.JoinView], error) {
		return s.Invites.Joins(s.World.Context(), Person(who), groupID(l.group), inviteID(l), p)
	})
	if !s.must(err, l.refuses(who)) {
		return
	}
	want := slices.Clone(l.joins[:l.recorded])
	slices.SortFunc(want, func(a, b joined) int {
		return cmp.Or(b.at.Compare(a.at), strings.Compare(Person(b.who).ID.String(), Person(a.who).ID.String()))
	})
	has := make([]joined, len(got))
	for i, j := range got {
		has[i] = joined{j.Name, j.At}
	}
	same(s, "who joined", has, want)
}

func (s *system) deleteLink(l *link, who string) {
	if s.must(s.Invites.Delete(s.World.Context(), Person(who), groupID(l.group), inviteID(l)), l.refuses(who)) {
		l.gone = true
		l.group.org.note("invite.deleted", who, l.id)
	}
}

// shown is what of a member is shown.
type shown struct {
	name, role, email string
	joined            time.Time
}

func of(m directory.Member) shown { return shown{m.Name, string(m.Role), m.Email, m.JoinedAt} }

func (o *org) shows(who string, viewer string, joined time.Time) shown {
	v := shown{who, o.people[who].role, "", joined}
	if o.isAdmin(viewer) {
		v.email = Person(who).Email
	}
	return v
}

func (s *system) removeGroupMember(g *group, who, target string) {
	refused := s.model.removeGroupMember(g, who, target)
	s.must(s.Directory.RemoveGroupMember(s.World.Context(), Person(who), groupID(g), Person(target).ID), refused)
}

func (s *system) putGroupMember(g *group, who, target string) {
	refused, added := s.model.putGroupMember(g, who, target)
	got, was, err := s.Directory.PutGroupMember(s.World.Context(), Person(who), groupID(g), Person(target).ID)
	if s.must(err, refused) {
		same(s, "added", was, added)
		same(s, "the member", of(got), g.org.shows(target, who, g.people[target].joinedAt))
	}
}

func (s *system) removeOrgMember(o *org, who, target string) {
	refused := s.model.removeOrgMember(o, who, target)
	s.must(s.Directory.RemoveOrgMember(s.World.Context(), Person(who), orgID(o), Person(target).ID), refused)
}

func (s *system) putOrgMember(o *org, who, target, role string) {
	viewed := o.isAdmin(who)
	refused, added := s.model.putOrgMember(o, who, target, role)
	got, was, err := s.Directory.PutOrgMember(s.World.Context(), Person(who), orgID(o), Person(target).ID, directory.Role(role))
	if s.must(err, refused) {
		same(s, "added", was, added)
		s.viewed(o, target, viewed, got)
	}
}

func (s *system) changeRole(o *org, who, target, role string) {
	viewed := o.isAdmin(who)
	refused := s.model.changeRole(o, who, target, role)
	got, err := s.Directory.ChangeRole(s.World.Context(), Person(who), orgID(o), Person(target).ID, directory.Role(role))
	if s.must(err, refused) {
		s.viewed(o, target, viewed, got)
	}
}

// viewed holds a member to what someone sees who was an admin when he asked, or not: he may have made himself something else.
func (s *system) viewed(o *org, target string, admin bool, got directory.Member) {
	want := shown{target, o.people[target].role, "", o.people[target].joinedAt}
	if admin {
		want.email = Person(target).Email
	}
	same(s, "the member", of(got), want)
}

// versions draws what a change may name: nothing, the present version, another.
func (s *system) versions(now int64) (v directory.Versions, allowed bool) {
	switch rapid.IntRange(0, 4).Draw(s.T, "If-Match") {
	case 0:
		return directory.Versions{now}, true
	case 1:
		return directory.Versions{now + 1}, false
	}
	return nil, true
}

func (s *system) changeOrg(o *org, who string) {
	versions, allowed := s.versions(o.version)
	refused := o.administers(who)
	if refused == "" && !allowed {
		refused = precondition
	}
	change := directory.OrgChange{Versions: versions}
	name, roles := o.name, rapid.SliceOfDistinct(rapid.SampledFrom([]string{"manager", "user"}), rapid.ID).Draw(s.T, "addPeople")
	if rapid.Bool().Draw(s.T, "rename") {
		name = s.name()
		change.Name = &name
	}
	change.AddPeople = &directory.AddPeople{Manager: slices.Contains(roles, "manager"), User: slices.Contains(roles, "user")}
	got, err := s.Directory.ChangeOrg(s.World.Context(), Person(who), orgID(o), change)
	if s.must(err, refused) {
		o.name, o.addPeople, o.version = name, roles, o.version+1
		o.note("org.changed", who, o.id)
		s.is(o, got)
	}
}

func (s *system) is(o *org, got directory.Org) {
	roles := []string{}
	for _, r := range got.AddPeople.Roles() {
		if r != directory.RoleAdmin {
			roles = append(roles, string(r))
		}
	}
	slices.Sort(roles)
	same(s, "the organization", got.ID.String()+" "+got.Name+" "+strings.Join(roles, " "), o.id+" "+o.name+" "+strings.Join(slices.Sorted(slices.Values(o.addPeople)), " "))
	same(s, "its version", got.Version, o.version)
}

func (s *system) changeGroup(g *group, who string) {
	versions, allowed := s.versions(g.version)
	refused := g.administers(who)
	if refused == "" && !allowed {
		refused = precondition
	}
	name := s.name()
	got, err := s.Directory.ChangeGroup(s.World.Context(), Person(who), groupID(g), name, versions)
	if s.must(err, refused) {
		g.name, g.version = name, g.version+1
		g.org.note("group.changed", who, g.id)
		s.isGroup(g, who, got)
	}
}

func (s *system) isGroup(g *group, who string, got directory.GroupView) {
	same(s, "the group", got.Group.ID.String()+" "+got.Group.Name+" "+got.OrgName, g.id+" "+g.name+" "+g.org.name)
	same(s, "its version", got.Group.Version, g.version)
	var can []string
	for _, c := range []struct {
		word string
		may  bool
	}{
		{"create_invites", g.inviter(who, "org")}, {"see_all_invites", g.managedBy(who)}, {"add_members", g.managedBy(who)},
		{"remove_members", g.managedBy(who)}, {"leave", g.has(who)}, {"change_group", g.org.isAdmin(who)}, {"delete_group", g.org.isAdmin(who)},
		{"access org", g.inviter(who, "org")}, {"access anyone", g.inviter(who, "anyone")},
	} {
		if c.may {
			can = append(can, c.word)
		}
	}
	words := got.Standing.Capabilities()
	for _, a := range invite.AccessOptions(got.Standing) {
		words = append(words, "access "+string(a))
	}
	same(s, "what he may do", words, can)
}

func (s *system) createOrg(who, name string) *org {
	refused := ""
	if s.model.created[s.model.day(who)] >= 5 {
		refused = limit
	}
	got, err := s.Directory.CreateOrg(s.World.Context(), Person(who), name)
	if !s.must(err, refused) {
		return nil
	}
	s.model.created[s.model.day(who)]++
	o := &org{id: got.ID.String(), name: name, version: 1, people: map[string]*stay{
		who: {in: true, role: "admin", stint: s.model.next(), joinedAt: s.model.now},
	}}
	o.note("org.created", who, o.id)
	s.model.orgs = append(s.model.orgs, o)
	s.is(o, got)
	return o
}

func (s *system) createGroup(o *org, who, name string) *group {
	got, err := s.Directory.CreateGroup(s.World.Context(), Person(who), orgID(o), name)
	if !s.must(err, o.administers(who)) {
		return nil
	}
	g := &group{
		id: got.Group.ID.String(), name: name, org: o, version: 1, people: map[string]*stay{}, requests: map[string]*request{}, decisions: map[string]*decision{},
	}
	o.groups = append(o.groups, g)
	o.note("group.created", who, g.id)
	s.isGroup(g, who, got)
	return g
}

func (s *system) deleteGroup(g *group, who string) {
	if s.must(s.Directory.DeleteGroup(s.World.Context(), Person(who), groupID(g)), g.administers(who)) {
		g.gone = true
		g.org.note("group.deleted", who, g.id)
	}
}

func (s *system) deleteOrg(o *org, who string) {
	if s.must(s.Directory.DeleteOrg(s.World.Context(), Person(who), orgID(o)), o.administers(who)) {
		o.gone = true
	}
}

// refuses says what someone is told who isn't in the organization.
func (o *org) refuses(who string) string {
	if !o.has(who) {
		return notFound
	}
	return ""
}

func (s *system) getOrg(o *org, who string) {
	got, err := s.Directory.GetOrg(s.World.Context(), Person(who), orgID(o))
	if s.must(err, o.refuses(who)) {
		s.is(o, got)
	}
}

func (s *system) getGroup(g *group, who string) {
	refused := ""
	if !g.seenBy(who) {
		refused = notFound
	}
	got, err := s.Directory.GetGroup(s.World.Context(), Person(who), groupID(g))
	if s.must(err, refused) {
		s.isGroup(g, who, got)
	}
}

func (s *system) listOrgMembers(o *org, who string, limit int) {
	refused := o.refuses(who)
	if refused == "" && o.people[who].role == "user" {
		refused = forbidden
	}
	got, err := pages(s, limit, func(p directory.PageRequest) (directory.Page[directory.Member], error) {
		return s.Directory.ListOrgMembers(s.World.Context(), Person(who), orgID(o), p)
	})
	if !s.must(err, refused) {
		return
	}
	var want []shown
	for _, name := range byID(slices.Clone(names)) {
		if o.has(name) {
			want = append(want, o.shows(name, who, o.people[name].joinedAt))
		}
	}
	same(s, "the members", members(got), want)
}

func members(page []directory.Member) (all []shown) {
	for _, m := range page {
		all = append(all, of(m))
	}
	return all
}

func (s *system) listGroupMembers(g *group, who string, limit int) {
	refused := ""
	if !g.seenBy(who) {
		refused = notFound
	}
	got, err := pages(s, limit, func(p directory.PageRequest) (directory.Page[directory.Member], error) {
		return s.Directory.ListGroupMembers(s.World.Context(), Person(who), groupID(g), p)
	})
	if !s.must(err, refused) {
		return
	}
	var want []shown
	for _, name := range byID(slices.Clone(names)) {
		if g.has(name) {
			want = append(want, g.org.shows(name, who, g.people[name].joinedAt))
		}
	}
	same(s, "the members", members(got), want)
}

// groupsOf gives the groups that someone sees in lists, by id.
func (o *org) groupsOf(who string, admin bool) (all []string) {
	for _, g := range o.groups {
		if g.there() && (g.has(who) || admin && o.isAdmin(who)) {
			all = append(all, g.id+" "+g.name)
		}
	}
	slices.Sort(all)
	return all
}

func (s *system) listGroups(o *org, who string, limit int) {
	got, err := pages(s, limit, func(p directory.PageRequest) (directory.Page[directory.GroupView], error) {
		return s.Directory.ListGroups(s.World.Context(), Person(who), orgID(o), p)
	})
	if !s.must(err, o.refuses(who)) {
		return
	}
	var has []string
	for _, g := range got {
		has = append(has, g.Group.ID.String()+" "+g.Group.Name)
	}
	same(s, "the groups", has, o.groupsOf(who, true))
}

func (s *system) me(who string) {
	got, err := s.Directory.Me(s.World.Context(), Person(who))
	s.must(err, "")
	var has, want []string
	for _, o := range got.Orgs {
		has = append(has, o.Org.ID.String()+" "+o.Org.Name+" "+string(o.Role))
		for _, g := range o.Groups {
			has = append(has, g.ID.String()+" "+g.Name)
		}
	}
	for _, o := range slices.SortedFunc(slices.Values(s.model.orgs), func(a, b *org) int { return strings.Compare(a.id, b.id) }) {
		if o.has(who) {
			want = append(append(want, o.id+" "+o.name+" "+o.people[who].role), o.groupsOf(who, false)...)
		}
	}
	same(s, "what he belongs to", has, want)
}

func (s *system) ask(l *link, who string) {
	refused := s.model.ask(l, who)
	s.must(s.Access.Ask(s.World.Context(), Person(who), code(l), "Please let me in."), refused)
}

func (s *system) listRequests(g *group, who string) {
	refused := ""
	if !g.seenBy(who) {
		refused = notFound
	}
	got, err := pages(s, 50, func(p directory.PageRequest) (directory.Page[accessrequest.View], error) {
		return s.Access.List(s.World.Context(), Person(who), groupID(g), p)
	})
	if !s.must(err, refused) {
		return
	}
	var has, want []string
	for _, r := range got {
		has = append(has, r.Name+" "+strconv.FormatInt(r.CreatedAt.UnixMilli(), 10)+" "+strconv.FormatBool(r.NewToOrg))
	}
	for _, name := range names {
		if s.model.mayDecide(g, who, name) {
			want = append(want, name+" "+strconv.FormatInt(g.requests[name].at.UnixMilli(), 10)+" "+strconv.FormatBool(!g.org.has(name)))
		}
	}
	slices.Sort(has)
	slices.Sort(want)
	same(s, "the requests", has, want)
}

func (s *system) approve(g *group, who, target string) {
	refused := s.model.approve(g, who, target)
	got, err := s.Access.Approve(s.World.Context(), Person(who), groupID(g), Person(target).ID)
	if s.must(err, refused) {
		same(s, "the member", of(got), g.org.shows(target, who, g.people[target].joinedAt))
	}
}

func (s *system) decline(g *group, who, target string) {
	refused := s.model.decline(g, who, target)
	s.must(s.Access.Decline(s.World.Context(), Person(who), groupID(g), Person(target).ID), refused)
}

// audit holds what the organization's audit has to what was done, unless some of it may be cleared away by now.
func (s *system) audit(o *org) {
	i := slices.IndexFunc(names, o.isAdmin)
	if i < 0 || s.model.now.Sub(time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)) > 364*24*time.Hour {
		return
	}
	got, err := pages(s, 50, func(p directory.PageRequest) (directory.Page[directory.AuditView], error) {
		return s.Directory.ListAudit(s.World.Context(), Person(names[i]), orgID(o), p)
	})
	s.must(err, "")
	var has, want []string
	for _, e := range got {
		has = append(has, e.Action+" "+e.ActorName+" "+nameOf(e.Target))
	}
	for _, e := range o.audit {
		want = append(want, e.action+" "+e.actor+" "+e.target)
	}
	slices.Sort(has)
	slices.Sort(want)
	same(s, "the audit", has, want)
}

// nameOf gives the name of a person whose id that is; else the text itself.
func nameOf(id string) string {
	for _, name := range names {
		if Person(name).ID.String() == id {
			return name
		}
	}
	return id
}

// seconds reads when TTL may clear a row away.
func seconds(row check.Row) (time.Time, bool) {
	n, ok := row["ttl"].(*types.AttributeValueMemberN)
	if !ok {
		return time.Time{}, false
	}
	at, err := strconv.ParseInt(n.Value, 10, 64)
	return time.Unix(at, 0).UTC(), err == nil
}
