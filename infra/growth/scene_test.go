package growth

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/invite"
)

// size is how much there is.
type size struct {
	links   int // in the group
	members int // of the group, who all came by one link, and a tenth more who have left it
	org     int // members of the organization
}

// owned is how many of a group's links are the user's, if there are so many: the oldest.
const owned = 60

// People of the scene, beside those who are many.
var admin, manager, user, gone = Person("admin"), Person("manager"), Person("user"), Person("gone")

// Those who are many: in the group, out of it again, and in the organization alone.

func member(i int) directory.Caller   { return numbered("m", i) }
func leaver(i int) directory.Caller   { return numbered("l", i) }
func outsider(i int) directory.Caller { return numbered("x", i) }

func numbered(kind string, i int) directory.Caller { return Person(fmt.Sprintf("%s%07d", kind, i)) }

// scene is what the services wrote, and what copies are made of.
type scene struct {
	org     directory.Org
	group   directory.Group
	open    invite.View     // by which all of them came
	rows    []row           // without links that are patterns alone
	members [shards]pattern // someone in the group, with his join and audit rows
	leavers [shards]pattern // someone who has left it
	people  [shards]pattern // someone who is in the organization alone
	links   []linkPattern   // of the newest links, in turn
	own     linkPattern     // of the user's
	first   int64           // the instant from which copies are made, in milliseconds
	now     time.Time       // when all of it is over
}

// linkPattern is of a link: with when it expires and when it may be cleared away, in seconds from when it was made, where it says so.
type linkPattern struct {
	pattern
	expires, clear int64
}

// shards is how many lists members are spread over.
const shards = 4

// shard tells in which of them someone is.
func shard(who directory.Caller) int { return int(who.ID[len(who.ID)-1] % shards) }

// draw has the services write a scene.
func draw(t testing.TB) *scene {
	t.Helper()
	w := New(t)
	stream := w.Follow(&Postbox{})
	tick := func() { w.Clock.Advance(time.Second) }
	s := &scene{org: w.Org(admin, "Acme Outdoors")}
	s.group = w.Group(admin, s.org, "Backcountry")
	w.Join(admin, s.group, manager, directory.RoleManager)
	w.Join(admin, s.group, user, directory.RoleUser)
	w.Join(admin, s.group, gone, directory.RoleUser)
	tick()
	s.open = w.Link(admin, s.group, Anyone)
	var in, out [shards]directory.Caller
	for n := range shards {
		for _, kind := range []struct {
			name string
			who  *directory.Caller
		}{{"p", &in[n]}, {"q", &out[n]}} {
			tick()
			*kind.who = someone(kind.name, n)
			if _, err := w.Invites.Redeem(t.Context(), *kind.who, Code(s.open)); err != nil {
				t.Fatal(err)
			}
		}
		leaves := func() error { return w.Directory.RemoveGroupMember(t.Context(), out[n], s.group.ID, out[n].ID) }
		if err := errors.Join(stream.Settle(t.Context()), leaves()); err != nil {
			t.Fatal(err)
		}
	}
	var kinds []invite.View
	link := func(who directory.Caller, how ...func(*invite.Request)) {
		tick()
		kinds = append(kinds, w.Link(who, s.group, how...))
	}
	hour := func(r *invite.Request) { r.Expiration = "1h" }
	week := func(r *invite.Request) { r.Expiration = "7d" }
	link(user, week)
	link(manager, week)
	link(manager, week, Cap(10))
	link(manager, hour)
	link(gone, week)
	link(admin, Anyone)
	tick()
	if err := w.Directory.RemoveGroupMember(t.Context(), admin, s.group.ID, gone.ID); err != nil {
		t.Fatal(err)
	}
	if err := stream.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Hour)
	s.open.Uses = 2 * shards
	s.first = w.Clock.Now().UnixMilli()
	w.Clock.Advance(2 * time.Hour)
	s.now = w.Clock.Now()
	s.cut(t, w.Rows(), in, out, kinds)
	return s
}

// someone gives a person of that shard whose name is as long as all others'.
func someone(kind string, of int) directory.Caller {
	for i := 0; ; i++ {
		if who := numbered(kind, i); shard(who) == of {
			return who
		}
	}
}

// cut makes patterns of the rows.
func (s *scene) cut(t testing.TB, rows []row, in, out [shards]directory.Caller, kinds []invite.View) {
	t.Helper()
	about := func(texts ...string) (lines string) { // the rows with keys that have one of the texts
		for _, r := range rows {
			for _, text := range texts {
				if strings.Contains(keyOf(r), text) {
					lines += line(t, r)
					break
				}
			}
		}
		return lines
	}
	text := func(r row, name string) string {
		switch v := r[name].(type) {
		case *types.AttributeValueMemberS:
			return v.Value
		case *types.AttributeValueMemberN:
			return v.Value
		}
		t.Fatalf("a row has no %s: %v", name, r)
		return ""
	}
	byKey := map[string]row{}
	for _, r := range rows {
		byKey[keyOf(r)] = r
	}
	for n := range shards {
		for _, of := range []struct {
			who directory.Caller
			to  *pattern
		}{{in[n], &s.members[n]}, {out[n], &s.leavers[n]}} {
			id := of.who.ID.String()
			r := byKey["U#"+id+" G#"+s.group.ID.String()]
			entry := byKey["A#"+s.org.ID.String()+" "+text(r, "joinedAt")+"#"+text(r, "joinId")]
			*of.to = patternOf(t, about(id, text(r, "joinId")), id, of.who.Name, text(r, "joinedAt"), text(r, "joinId"), text(entry, "ttl"))
		}
		id := in[n].ID.String()
		r := byKey["U#"+id+" O#"+s.org.ID.String()]
		s.people[n] = patternOf(t, line(t, r), id, in[n].Name, text(r, "since"))
	}
	patterns := map[string]bool{}
	for i, k := range kinds {
		id := k.ID.String()
		r := byKey["I#"+s.group.ID.String()+" "+id]
		p, texts := linkPattern{}, []string{id, text(r, "createdAt")}
		for name, after := range map[string]*int64{"expiresAt": &p.expires, "ttl": &p.clear} {
			if r[name] != nil {
				at, err := strconv.ParseInt(text(r, name), 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				*after = at - k.CreatedAt.Unix()
			}
		}
		for _, name := range []string{"expiresAt", "ttl"} {
			if r[name] != nil {
				texts = append(texts, text(r, name))
			}
		}
		p.pattern = patternOf(t, line(t, r), texts...)
		patterns["I#"+s.group.ID.String()+" "+id] = true
		switch i {
		case 0:
			s.own = p
		case 1:
			s.links = append(s.links, p, p, p, p, p)
		default:
			s.links = append(s.links, p)
		}
	}
	for _, r := range rows {
		if !patterns[keyOf(r)] {
			s.rows = append(s.rows, r)
		}
	}
}

// write writes as many rows as an export has of that size.
func (s *scene) write(t testing.TB, to io.Writer, n size) (rows int, err error) {
	t.Helper()
	out := &counter{to: bufio.NewWriterSize(to, 1<<20)}
	for _, r := range s.rows {
		if strings.HasSuffix(keyOf(r), " "+s.open.ID.String()) { // which has let all of them in
			r = maps.Clone(r)
			r["uses"] = &types.AttributeValueMemberN{Value: strconv.Itoa(s.open.Uses + n.members - inGroup + n.left())}
		}
		io.WriteString(out, line(t, r))
	}
	at := s.first
	person := func(of *[shards]pattern, who directory.Caller) {
		id := who.ID.String()
		at++
		of[shard(who)].copy(out, id, who.Name, strconv.FormatInt(at, 10), id[:16], strconv.FormatInt(time.UnixMilli(at).UTC().AddDate(1, 0, 0).Unix(), 10))
	}
	for i := range n.members - inGroup {
		person(&s.members, member(i))
	}
	for i := range n.left() {
		person(&s.leavers, leaver(i))
	}
	for i := range n.outsiders() {
		person(&s.people, outsider(i))
	}
	for i := range n.links - 1 {
		p := s.own
		if n.links <= 2*owned || i >= owned {
			p = s.links[(n.links-1-i)%len(s.links)]
		}
		made := s.first + int64(i)
		p.copy(out, s.link(i).String(), strconv.FormatInt(made, 10), strconv.FormatInt(made/1000+p.expires, 10), strconv.FormatInt(made/1000+p.clear, 10))
	}
	return out.lines, errors.Join(out.err, out.to.Flush())
}

// link is the id of a copied link: the oldest is 0.
func (s *scene) link(i int) (id invite.ID) {
	const randomBits = 22
	random := uint64(i) * 0x9e3779b97f4a7c15 >> (64 - randomBits)
	binary.BigEndian.PutUint64(id[:], uint64(s.first+int64(i))<<randomBits|random)
	return id
}

// Those whom the scene has from the beginning: in the group the manager, the user and patterns; in the organization also the admin, who has gone, and
// patterns of those who left.
const (
	inGroup = shards + 2
	inOrg   = 2*shards + 4
)

func (n size) left() int      { return n.members / 10 }
func (n size) outsiders() int { return n.org - inOrg - (n.members - inGroup) - n.left() }

// counter counts the lines that go through it, and keeps the first error.
type counter struct {
	to    *bufio.Writer
	lines int
	err   error
}

func (c *counter) Write(p []byte) (int, error) { return c.WriteString(string(p)) }

func (c *counter) WriteString(text string) (int, error) {
	c.lines += strings.Count(text, "\n")
	n, err := c.to.WriteString(text)
	if c.err == nil {
		c.err = err
	}
	return n, err
}
