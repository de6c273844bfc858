package check

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kind is one kind of row.
type kind struct {
	pk, sk *regexp.Regexp // with the parts of the key as named groups
	read   func(*reader)
}

func (k kind) matches(r *reader) bool {
	pk, sk := k.pk.FindStringSubmatch(text(r.row["pk"])), k.sk.FindStringSubmatch(text(r.row["sk"]))
	if pk == nil || sk == nil {
		return false
	}
	r.parts = map[string]string{}
	for i, name := range k.pk.SubexpNames() {
		r.parts[name] = pk[i]
	}
	for i, name := range k.sk.SubexpNames() {
		if name != "" {
			r.parts[name] = sk[i]
		}
	}
	return true
}

func (k kind) check(r *reader) {
	k.read(r)
	r.finish()
}

// forms are those of the parts of keys.
var forms = strings.NewReplacer(
	"{org}", "(?P<org>[0-9a-f]{10})", "{group}", "(?P<group>[0-9a-f]{16})", "{user}", "(?P<user>[0-9a-f]{32})",
	"{invite}", "(?P<invite>[0-9a-f]{16})", "{id}", "(?P<id>[0-9a-f]{16})", "{address}", "(?P<address>[0-9a-f]{32})",
	"{hash}", "[0-9a-f]{64}", "{external}", "(?P<external>[0-9a-f]{32})", "{shard}", `(?P<shard>[0-5]\d|6[0-3])`, "{ms}", `(?P<ms>\d{13})`, "{day}", `(?P<day>\d{4}-\d\d-\d\d)`,
)

func of(pk, sk string, read func(*reader)) kind {
	return kind{regexp.MustCompile("^" + forms.Replace(pk) + "$"), regexp.MustCompile("^" + forms.Replace(sk) + "$"), read}
}

// kinds are all kinds of rows.
var kinds = []kind{
	of("O#{org}", "O", (*reader).organization),
	of("O#{org}", "A#{user}", (*reader).admin),
	of("G#{group}", "G", (*reader).group),
	of("I#{group}", "{invite}", (*reader).invite),
	of("U#{user}", "O#{org}", (*reader).orgMember),
	of("U#{user}", "G#{group}", (*reader).groupMember),
	of("K#{user}", "{hash}", (*reader).replay),
	of("A#{org}", "{ms}#(?P<entry>[0-9a-f]+)", (*reader).audit),
	of("Q#orgs#{user}", "{day}", (*reader).newOrgs),
	of("J#{group}#{invite}", "{ms}#{user}", (*reader).join),
	of("D#{group}#{invite}", "{id}", (*reader).delivery),
	of("D#{group}", "{id}", (*reader).delivery),
	of("D#confirm", "{id}", (*reader).delivery),
	of("R#{group}", "{user}", (*reader).accessRequest),
	of("R#{group}", "V", (*reader).accessRegister),
	of("R#{group}#decided", "{user}", (*reader).accessDecision),
	of("Q#(?P<of>sender|org|to)#[0-9a-f]+", "{day}", (*reader).quota),
	of("S#{address}", "S", (*reader).suppression),
	of("P#{group}#{invite}#{shard}", "P", (*reader).shard),
	of("E#(?P<of>[0-3])", "{ms}#(?P<event>[0-9a-f]{32})", (*reader).event),
	of("E#(?P<of>[0-3])", "E", (*reader).reminder),
	of("X#{external}", "X", (*reader).external),
	of("C#(?P<of>org|group|invite)#(?P<thing>[0-9a-f#]+)", "C", (*reader).clearing),
}

var (
	userForm     = regexp.MustCompile("^[0-9a-f]{32}$")
	inviteForm   = regexp.MustCompile("^[0-9a-f]{16}$")
	idForm       = regexp.MustCompile("^[0-9a-f]{16}$")
	hashForm     = regexp.MustCompile("^[0-9a-f]{64}$")
	externalForm = regexp.MustCompile("^X#[0-9a-f]{32}$")
	thingForm    = regexp.MustCompile("^[0-9a-f]{10}([0-9a-f]{6})?$")
	dayForm      = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
)

func (r *reader) organization() {
	r.must(r.str("name") != "", "has no name")
	roles := r.set("addPeople")
	r.must(slices.Contains(roles, "admin"), "addPeople is without admin")
	for _, role := range roles {
		r.must(slices.Contains([]string{"admin", "manager", "user"}, role), "addPeople has %q", role)
	}
	r.ms("createdAt")
	r.matching("createdBy", userForm)
	r.num("version", 1)
	least := int64(1)
	if r.named(r.parts["org"]) {
		least = 0 // the host product is there as well
	}
	r.table.facts.orgs[r.parts["org"]] = r.num("admins", least)
}

// named reads the host product's own name for an organization or group, if it has one.
func (r *reader) named(id string) bool {
	if !r.has("externalId") {
		return false
	}
	r.must(r.str("externalId") != "", "has an empty externalId")
	r.table.facts.named[id] = r.matching("externalRow", externalForm)
	return true
}

// external says what the host's id stands for. What that is may be gone: the row is cleared away later, or taken over.
func (r *reader) external() {
	r.table.facts.external["X#"+r.parts["external"]] = r.matching("standsFor", thingForm)
}

func (r *reader) admin() {
	r.table.facts.admins[member{r.parts["org"], r.parts["user"]}] = true
}

func (r *reader) group() {
	r.must(r.str("name") != "", "has no name")
	r.ms("createdAt")
	r.matching("createdBy", userForm)
	r.num("version", 1)
	r.named(r.parts["group"])
	r.listed("O#"+orgOf(r.parts["group"])+"#G", "G#"+r.parts["group"])
	r.table.facts.groups[r.parts["group"]] = true
}

// orgOf gives the organization that a group's id names.
func orgOf(group string) string { return group[:10] }

func (r *reader) invite() {
	r.optional("name")
	r.one("access", "org", "anyone")
	expiration := r.one("expiration", "1h", "6h", "1d", "7d", "never", "custom")
	created := r.ms("createdAt")
	creator := r.matching("createdBy", userForm)
	epoch := r.ms("epoch")
	if r.has("byAdmin") {
		r.num("byAdmin", 1)
	}
	uses := r.num("uses", 0)
	r.must(r.has("expiresAt") == (expiration != "never"), "ends or doesn't, against its expiration %s", expiration)
	r.must(r.has("ttl") == r.has("expiresAt"), "has a ttl and doesn't end, or the other way round")
	if r.has("expiresAt") && r.has("ttl") {
		r.must(!r.seconds("ttl").Before(r.seconds("expiresAt")), "is cleared away before it ends")
	}
	var most int64
	if r.has("maxUses") {
		most = r.num("maxUses", 1)
		r.must(uses <= most, "has %d uses of %d", uses, most)
	}
	id, _ := strconv.ParseUint(r.parts["invite"], 16, 64)
	const randomBits = 22
	r.must(int64(id>>randomBits) == created.UnixMilli(), "its id is of another instant than createdAt")
	r.listed("I#"+r.parts["group"]+"#"+creator, r.parts["invite"])
	l := linkFacts{creator: creator, epoch: epoch, most: most, uses: uses}
	if r.has("shards") {
		l.shards = r.num("shards", 2)
		l.uses = r.num("dealt", 0)
		r.must(l.shards <= 64, "is dealt among %d shards", l.shards)
		r.must(most-l.uses >= l.shards, "deals %d places among %d shards", most-l.uses, l.shards)
		r.must(uses == most, "is dealt, and has %d uses of %d: another version would let people in", uses, most)
	}
	for _, n := range r.numbers("fullShards") {
		r.must(n >= 0 && n < l.shards, "has a full shard %d of %d", n, l.shards)
		l.full = append(l.full, n)
	}
	r.optionalMs("closingAt")
	r.table.facts.links[link{r.parts["group"], r.parts["invite"]}] = l
}

// shard counts some of a link's uses, or is closed, for an hour after the link is gone.
func (r *reader) shard() {
	l, number := link{r.parts["group"], r.parts["invite"]}, r.parts["shard"]
	n, _ := strconv.ParseInt(number, 10, 64)
	if r.has("closed") {
		r.must(r.num("closed", 1) == 1, "is closed in an unknown way")
		r.seconds("ttl")
		r.table.facts.closed[l] = append(r.table.facts.closed[l], r.key)
		return
	}
	if r.has("ttl") {
		r.seconds("ttl")
	}
	if r.table.facts.shards[l] == nil {
		r.table.facts.shards[l] = map[int64]int64{}
	}
	r.table.facts.shards[l][n] = r.num("uses", 1)
	r.table.facts.belonging[r.key] = l
}

// event waits for the bus.
func (r *reader) event() {
	r.must(r.str("type") != "", "has no type")
	r.must(strings.HasPrefix(r.str("detail"), "{"), "has a detail that is no object")
}

func (r *reader) reminder() { r.matching("turn", idForm) }

// membership reads what rows of organizations and groups have in common.
func (r *reader) membership(owner string) membership {
	m := membership{state: r.one("state", "in", "left", "removed"), since: r.ms("since")}
	r.ms("joinedAt")
	removed := r.optionalMs("removedAt")
	r.must(m.state != "removed" || !removed.IsZero(), "is removed, and doesn't say when")
	list := "M"
	if m.state != "in" {
		list = "F"
	}
	last, _ := strconv.ParseUint(r.parts["user"][30:], 16, 8)
	r.listed(fmt.Sprintf("%s#%s%d", owner, list, last%4), "U#"+r.parts["user"])
	return m
}

func (r *reader) orgMember() {
	m := r.membership("O#" + r.parts["org"])
	m.role = r.one("role", "user", "manager", "admin")
	r.str("name") // may be empty, as a token's may be
	r.str("email")
	if r.has("byHost") {
		r.must(r.ms("byHost").Compare(m.since) <= 0, "was let in by the host in a membership that has not begun")
	}
	r.table.facts.orgMembers[member{r.parts["org"], r.parts["user"]}] = m
}

func (r *reader) groupMember() {
	m := r.membership("G#" + r.parts["group"])
	joined := ""
	if m.state != "removed" || r.str("joinId") != "" { // who was removed by the host may never have come
		joined = r.matching("joinId", idForm)
	}
	if r.has("via") {
		r.matching("via", inviteForm)
	}
	if r.has("byHost") {
		r.matching("byHost", idForm)
	}
	if r.has("ended") {
		ended := r.matching("ended", idForm)
		r.must(m.state != "in" || ended != joined, "has ended, and says in")
	}
	r.table.facts.groupMembers[member{r.parts["group"], r.parts["user"]}] = m
}

func (r *reader) replay() {
	r.matching("request", hashForm)
	r.matching("invite", inviteForm)
	r.seconds("ttl")
}

func (r *reader) audit() {
	r.matching("actor", userForm)
	r.must(r.str("action") != "", "has no action")
	r.must(r.str("target") != "", "has no target")
	r.optional("detail")
	r.ttl(r.instant("ms").AddDate(1, 0, 0))
}

// instant reads a part of the key that is milliseconds.
func (r *reader) instant(part string) time.Time {
	n, _ := strconv.ParseInt(r.parts[part], 10, 64)
	return time.UnixMilli(n).UTC()
}

// day reads the day of the key.
func (r *reader) day() time.Time {
	day, err := time.Parse(time.DateOnly, r.parts["day"])
	r.must(err == nil, "is of no day")
	return day
}

// mostOrgs is how many organizations a person may create on a day.
const mostOrgs = 5

func (r *reader) newOrgs() {
	n := r.num("created", 1)
	r.must(n <= mostOrgs, "counts %d", n)
	r.ttl(r.day().AddDate(0, 0, 1))
}

func (r *reader) join() {
	r.table.facts.joins[link{r.parts["group"], r.parts["invite"]}]++
}

// perRecipient is how many invites an address may be sent on a day.
const perRecipient = 3

func (r *reader) quota() {
	n := r.num("mails", 1)
	r.must(r.parts["of"] != "to" || n <= perRecipient, "counts %d mails to one address", n)
	r.ttl(r.day().Add(48 * time.Hour))
}

func (r *reader) suppression() {
	for _, name := range []string{"bouncedAt", "complainedAt", "optedOutAt"} {
		r.optionalMs(name)
	}
}

func (r *reader) clearing() {
	r.num("step", 1)
	r.table.facts.clearing[r.parts["of"]+"#"+r.parts["thing"]] = true
}

// tried is for how long a mail is tried, and a little more.
const tried = 8 * 24 * time.Hour

// kindsOfMail are those in the three places of deliveries.
func kindsOfMail(parts map[string]string) []string {
	switch {
	case parts["invite"] != "":
		return []string{"invite"}
	case parts["group"] != "":
		return []string{"digest", "notice", "approved", "declined"}
	}
	return []string{"confirm"}
}

func (r *reader) delivery() {
	what := r.one("kind", kindsOfMail(r.parts)...)
	state := r.one("state", "queued", "sent", "delayed", "delivered", "bounced", "complained", "suppressed", "dropped")
	r.num("sends", 1)
	attempts := r.num("attempts", 0)
	r.ms("createdAt")
	updated := r.ms("updatedAt")
	r.optional("reason", "detail", "messageId")
	if r.has("claim") {
		r.matching("claim", idForm)
	}
	r.must(attempts == 0 || r.has("claim"), "was attempted by nobody")
	if r.has("countedOn") {
		r.matching("countedOn", dayForm)
	}
	for _, name := range []string{"user", "sentBy"} {
		if r.has(name) {
			r.matching(name, userForm)
		}
	}
	r.must((what == "digest" || what == "notice") == !r.has("to"), "a mail of kind %s has an address, or none", what)
	r.must((what == "notice") == r.has("digest"), "a mail of kind %s has a digest, or none", what)
	r.must((what == "notice" || what == "approved" || what == "declined") == r.has("user"), "a mail of kind %s is for a member, or for none", what)
	if r.has("to") {
		sum := sha256.Sum256([]byte(strings.ToLower(r.str("to"))))
		if what == "invite" || what == "confirm" {
			r.must(hex.EncodeToString(sum[:8]) == r.parts["id"], "is the mail of another address")
		}
	}
	if r.has("digest") {
		r.matching("digest", idForm)
	}
	r.seconds("ttl")
	r.due(state, attempts, updated)
	if group := r.parts["group"]; group != "" {
		r.table.facts.belonging[r.key] = link{group, r.parts["invite"]}
	}
}

// due holds the marks by which mails are found that are to be sent: they are there just for as long as the state says queued.
func (r *reader) due(state string, attempts int64, updated time.Time) {
	if state != "queued" {
		for _, name := range []string{"dueAt", "fresh", "lpk", "lsk"} {
			r.must(!r.has(name), "is %s, and has a %s", state, name)
		}
		return
	}
	if r.has("fresh") {
		r.must(r.num("fresh", 1) == 1 && attempts == 0, "is fresh after %d attempts", attempts)
	}
	at := r.ms("dueAt")
	last, _ := strconv.ParseUint(r.parts["id"][14:], 16, 8)
	r.listed(fmt.Sprintf("due#%d", last%4), fmt.Sprintf("%013d#%s", at.UnixMilli(), strings.Replace(r.key, " ", "#", 1)))
	r.must(r.table.now.Sub(updated) < tried || at.After(r.table.now), "is still to be sent after %s", r.table.now.Sub(updated))
}

// Life of requests for access, and of what came of them.
const (
	requestLife  = 30 * 24 * time.Hour
	digestEvery  = time.Hour
	declinedLife = 7 * 24 * time.Hour
	approvedLife = 24 * time.Hour
	mostRequests = 100
)

func (r *reader) accessRequest() {
	r.str("name") // may be empty
	r.optional("email", "message")
	r.matching("invite", inviteForm)
	r.matching("creator", userForm)
	r.one("access", "org", "anyone")
	asked := r.ms("createdAt")
	r.matching("digest", idForm)
	r.ttl(asked.Add(requestLife))
	r.table.facts.requests[member{r.parts["group"], r.parts["user"]}] = asked
	r.table.facts.belonging[r.key] = link{group: r.parts["group"]}
}

func (r *reader) accessRegister() {
	r.num("version", 1)
	r.optionalMs("told")
	r.seconds("ttl")
	register := map[string]time.Time{}
	if r.has("open") {
		for _, word := range r.set("open") {
			user, ms, _ := strings.Cut(word, "#")
			n, err := strconv.ParseInt(ms, 10, 64)
			r.must(err == nil && userForm.MatchString(user), "open has %q", word)
			register[user] = time.UnixMilli(n).UTC()
		}
	}
	r.must(len(register) <= mostRequests, "has %d open requests", len(register))
	r.table.facts.registers[r.parts["group"]] = register
	r.table.facts.belonging[r.key] = link{group: r.parts["group"]}
}

func (r *reader) accessDecision() {
	r.matching("creator", userForm)
	r.matching("by", userForm)
	at, life := r.ms("at"), declinedLife
	if r.has("joinId") {
		r.matching("joinId", idForm)
		life = approvedLife
	}
	r.ttl(at.Add(life))
	r.table.facts.belonging[r.key] = link{group: r.parts["group"]}
}
