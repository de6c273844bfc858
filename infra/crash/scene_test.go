package crash

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/infra/invariants/check"
	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/event"
	"group-invites/shared/invite"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
	"group-invites/shared/mirror"
	"group-invites/shared/optout"
	"group-invites/shared/outbox"
)

// People of the scene, beside those whom operations bring along.
var (
	admin, manager, user = Person("admin"), Person("manager"), Person("user")
	colleague, second    = Person("colleague"), Person("second") // in the organization, in another group
	stranger             = Person("stranger")
)

// plan is what scenes are about.
type plan struct {
	org   directory.Org
	group directory.Group
	other directory.Group
	// Links of the group.
	own, open, anyone, cappedOrg, cappedAnyone, expired, suspended, deleted, full invite.View
	many, dealt                                                                   invite.View     // with as many places as are dealt out: not yet, and already
	mailed                                                                        invite.View     // to a@example.com, which was sent, and b@example.com, which waits
	at                                                                            time.Time       // when that was so
	known                                                                         map[string]bool // ids in keys of rows that every scene begins with
}

// moment is all that outlives a process: what the table holds, what its stream has yet to tell, and what others have of it. Scenes are made of it.
type moment struct {
	*plan
	rows   []check.Row
	now    time.Time
	stream *Stream
	mails  []mail.Message
	events []event.Event
	busy   int   // see bus
	drawn  int64 // bytes of randomness, at most
}

// scene is one copy of a moment, with the services as one process has them.
type scene struct {
	*World
	*plan
	begin   moment
	ses     *ses
	bus     *bus
	mailer  *outbox.Service
	optout  *optout.Service
	host    *mirror.Service
	stream  *Stream
	mailed1 mail.Key // a@example.com
	mailed2 mail.Key // b@example.com, if it is sent there too
}

// outside is a service beside the table. It kills the process before or after it has done what the call of that number asks for.
type outside struct {
	faults *faults.Injector
	calls  int
	kill   int // 0: none
	after  bool
}

func (o *outside) call(do func() error) error {
	o.calls++
	if o.calls != o.kill {
		return do()
	}
	if o.after {
		if err := do(); err != nil {
			return err
		}
	}
	o.faults.Reset(func(faults.Call) faults.Fault { return faults.KillBefore })
	return faults.ErrKilled
}

// killAt has the process be killed at a call, counted from now on.
func (o *outside) killAt(call int, after bool) { o.kill, o.after = o.calls+call, after }

// ses takes mails.
type ses struct {
	outside
	Postbox
}

func (s *ses) Send(ctx context.Context, m mail.Message) (id string, err error) {
	err = s.call(func() (err error) {
		id, err = s.Postbox.Send(ctx, m)
		return err
	})
	return id, err
}

// bus takes events.
type bus struct {
	outside
	busy  int // of how many calls it takes nothing yet
	taken []event.Event
}

var errBusy = errors.New("the bus is busy")

func (b *bus) Put(_ context.Context, events []event.Event) (left []event.Event, why error) {
	err := b.call(func() error {
		if b.busy > 0 {
			b.busy--
			left, why = events, errBusy
			return nil
		}
		b.taken = append(b.taken, events...)
		return nil
	})
	if err != nil {
		return events, err
	}
	return left, why
}

func sameEachTime() io.Reader { return mathrand.NewChaCha8([32]byte{1}) }

// places is how many a link has whose places are dealt out: the least. shards is among how many.
const places, shards = 32, 8

// draw makes the moment from which operations begin.
func draw(t *testing.T) moment {
	w := NewOf(t, sameEachTime())
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	stream := w.Follow(&Postbox{})
	p := &plan{org: w.Org(admin, "Acme"), known: map[string]bool{}}
	p.group, p.other = w.Group(admin, p.org, "Backcountry"), w.Group(admin, p.org, "Climbing")
	w.Join(admin, p.group, manager, directory.RoleManager)
	w.Join(admin, p.group, user, directory.RoleUser)
	w.Join(admin, p.other, colleague, directory.RoleUser)
	w.Join(admin, p.other, second, directory.RoleUser)
	hour := func(r *invite.Request) { r.Expiration = "1h" }
	p.expired, p.own, p.open, p.anyone = w.Link(admin, p.group, Anyone, hour), w.Link(user, p.group), w.Link(admin, p.group), w.Link(admin, p.group, Anyone)
	p.cappedOrg, p.cappedAnyone, p.deleted = w.Link(admin, p.group, Cap(2)), w.Link(admin, p.group, Anyone, Cap(2)), w.Link(admin, p.group)
	p.suspended, p.full = w.Link(Person("second"), p.other), w.Link(admin, p.group, Anyone, Cap(1))
	p.many, p.dealt = w.Link(admin, p.group, Anyone, Cap(places)), w.Link(admin, p.group, Anyone, Cap(places))
	must(w.Table.DealPlaces(ctx, &p.dealt.Invite, shards))
	must(w.Directory.RemoveGroupMember(ctx, second, p.other.ID, second.ID))
	must(w.Invites.Delete(ctx, admin, p.group.ID, p.deleted.ID))
	_, err := w.Invites.Redeem(ctx, Person("first"), Code(p.full))
	must(err)
	w.Clock.Advance(time.Hour)
	p.mailed = w.Link(admin, p.group, Anyone, To("a@example.com"))
	must(stream.Settle(ctx))
	w.Clock.Advance(time.Second)
	m := moment{plan: p, rows: w.Rows(), now: w.Clock.Now(), stream: stream, drawn: 1 << 12}
	p.at = m.now
	for _, row := range m.rows {
		for _, name := range []string{"pk", "sk"} {
			for _, id := range hexForm.FindAllString(row[name].(*types.AttributeValueMemberS).Value, -1) {
				p.known[id] = true
			}
		}
	}
	return m
}

// scene makes a scene of the moment.
func (m moment) scene(t *testing.T) *scene {
	t.Helper()
	s := &scene{World: NewOf(t, sameEachTime()), plan: m.plan, begin: m}
	for rows := range slices.Chunk(m.rows, 25) {
		var puts []types.WriteRequest
		for _, row := range rows {
			puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: row}})
		}
		_, err := s.Client.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{s.TableName: puts}})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.Clock.Set(m.now)
	s.ses = &ses{outside: outside{faults: s.Faults}}
	s.bus = &bus{outside: outside{faults: s.Faults}}
	s.mailed1 = mail.Key{Group: s.group.ID, Invite: s.mailed.ID, ID: Addresses("a@example.com")[0].ID()}
	s.mailed2 = mail.Key{Group: s.group.ID, Invite: s.mailed.ID, ID: Addresses("b@example.com")[0].ID()}
	s.stream = m.stream.Copy(s.World)
	s.stream.Bus = s.bus
	s.rewind()
	return s
}

// rewind has everything but the table be as in the moment that the scene was made of.
func (s *scene) rewind() {
	s.Random = sameEachTime()
	io.CopyN(io.Discard, s.Random, s.begin.drawn) // ids other than those that are there
	s.ses.Took, s.bus.taken, s.bus.busy = slices.Clip(s.begin.mails), slices.Clip(s.begin.events), s.begin.busy
	s.start()
}

// moment gives what there is now, for other scenes.
func (s *scene) moment() moment {
	s.stream.Look()
	return moment{
		plan: s.plan, rows: s.Rows(), now: s.Clock.Now(), stream: s.stream, mails: s.ses.Took, events: s.bus.taken, busy: s.bus.busy, drawn: 4 * s.begin.drawn,
	}
}

// state gives, as text, all that outlives the process now: scenes in the same state go on alike.
func (s *scene) state() string {
	s.stream.Look()
	return fmt.Sprint(s.Clock.Now(), "\n", s.Content(), "\n", s.stream.Untold(), "\n", len(s.ses.Took), s.bus.busy, s.told())
}

// start has the services be those of a new process.
func (s *scene) start() {
	s.Faults.Reset(nil)
	s.ses.kill, s.bus.kill = 0, 0
	s.Table, s.Directory, s.Invites = s.Instance(s.Faults.Configure)
	s.Access = &accessrequest.Service{Store: s.Table, Ring: s.Ring, Clock: s.Clock.Now, Random: s.Random}
	s.host = &mirror.Service{Store: s.Table, Clock: s.Clock.Now, Random: s.Random}
	s.optout = &optout.Service{Store: s.Table, Ring: s.Ring, Clock: s.Clock.Now}
	s.mailer = &outbox.Service{
		Store: s.Table, Sender: s.ses, Ring: s.Ring, Clock: s.Clock.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), BaseURL: BaseURL,
	}
	s.stream.Restart(s.Table, s.ses)
}

// token is that of a mail to an address, by which it says that it wants none.
func (s *scene) token(purpose linkcode.Purpose, address string) string {
	ring, err := s.Ring.Ring(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	end := time.Time{}
	if purpose == linkcode.Resubscribe {
		end = s.Clock.Now().Add(time.Hour)
	}
	return ring.SignAddress(purpose, Addresses(address)[0].Key(), end)
}

// settle lets everything happen that follows, also the retries of what was under way.
func (s *scene) settle() {
	s.Helper()
	// A mail is tried again within two minutes; the next digest of a group goes an hour after the last.
	for _, later := range []time.Duration{2 * time.Minute, 2 * time.Minute, time.Hour, 2 * time.Minute, 0} {
		if err := s.stream.Settle(s.Context()); err != nil {
			s.Fatal(err)
		}
		if !s.stream.Waits() {
			return
		}
		s.Clock.Advance(later)
	}
	s.Error("a mail is still to be sent")
}

var (
	hexForm = regexp.MustCompile(`\b[0-9a-f]{10,64}\b`)
	// passing is what tells one attempt at a mail from another, and when that was.
	passing = regexp.MustCompile(` (claim|attempts|createdAt|updatedAt|messageId|ttl)="[^"]*"`)
	// onShard is the shard that a use is counted on, which is chosen by chance.
	onShard = regexp.MustCompile(`#\d\d P `)
	// hint is what spares others a look, and may be missing.
	hint = regexp.MustCompile(` fullShards="[^"]*"`)
)

// left gives what is in the table, without what chance has made since the plan.
func (s *scene) left() []string {
	s.Helper()
	lines := strings.Split(s.Content(), "\n")
	for i, line := range lines {
		switch line[:2] {
		case "D#":
			line = passing.ReplaceAllString(line, "")
		case "P#":
			line = onShard.ReplaceAllString(line, "#… P ")
		case "I#":
			line = hint.ReplaceAllString(line, "")
		}
		lines[i] = s.nameless(line)
	}
	slices.Sort(lines)
	return lines
}

// nameless leaves out ids that chance has made since the plan.
func (s *scene) nameless(line string) string {
	return hexForm.ReplaceAllStringFunc(line, func(id string) string {
		if s.known[id] || len(id) <= 13 && strings.Trim(id, "0123456789") == "" { // an instant
			return id
		}
		return "…"
	})
}

// told gives the events that the bus has taken, each once, without what chance has made since the plan.
func (s *scene) told() []string {
	ids := map[string]bool{}
	var lines []string
	for _, e := range s.bus.taken {
		if !ids[e.ID] {
			ids[e.ID] = true
			lines = append(lines, fmt.Sprintf("%s %s", e.Type, s.nameless(string(e.Detail))))
		}
	}
	slices.Sort(lines)
	return lines
}
