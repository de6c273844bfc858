package crash

import (
	"context"
	"crypto/rand"
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
	"group-invites/shared/invite"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
	"group-invites/shared/optout"
	"group-invites/shared/outbox"
)

// People of the scene, beside those whom operations bring along.
var (
	admin, manager, user = Person("admin"), Person("manager"), Person("user")
	colleague, second    = Person("colleague"), Person("second") // in the organization, in another group
	stranger             = Person("stranger")
)

// plan is what there is before an operation: made once, and then copied.
type plan struct {
	rows  []check.Row
	now   time.Time
	org   directory.Org
	group directory.Group
	other directory.Group
	// Links of the group.
	own, open, anyone, cappedOrg, cappedAnyone, expired, suspended, deleted, full invite.View
	mailed                                                                        invite.View // to a@example.com, which was sent, and b@example.com, which waits
}

// scene is one copy of a plan, with the services as one process has them.
type scene struct {
	*World
	plan
	ses     *ses
	mailer  *outbox.Service
	optout  *optout.Service
	stream  *Stream
	mailed1 mail.Key // a@example.com
	mailed2 mail.Key // b@example.com, if it is sent there too
}

// ses takes mails, and kills the process before or after it has taken the one of that number.
type ses struct {
	Postbox
	faults *faults.Injector
	calls  int
	kill   int // 0: none
	after  bool
}

func (s *ses) Send(ctx context.Context, m mail.Message) (id string, err error) {
	s.calls++
	if s.calls != s.kill {
		return s.Postbox.Send(ctx, m)
	}
	if s.after {
		if _, err := s.Postbox.Send(ctx, m); err != nil {
			return "", err
		}
	}
	s.faults.Reset(func(faults.Call) faults.Fault { return faults.KillBefore })
	return "", faults.ErrKilled
}

func sameEachTime() io.Reader { return mathrand.NewChaCha8([32]byte{1}) }

// draw makes the plan.
func draw(t *testing.T) plan {
	w := NewOf(t, sameEachTime())
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	stream := w.Follow(&Postbox{})
	p := plan{org: w.Org(admin, "Acme")}
	p.group, p.other = w.Group(admin, p.org, "Backcountry"), w.Group(admin, p.org, "Climbing")
	w.Join(admin, p.group, manager, directory.RoleManager)
	w.Join(admin, p.group, user, directory.RoleUser)
	w.Join(admin, p.other, colleague, directory.RoleUser)
	w.Join(admin, p.other, second, directory.RoleUser)
	hour := func(r *invite.Request) { r.Expiration = "1h" }
	p.expired, p.own, p.open, p.anyone = w.Link(admin, p.group, Anyone, hour), w.Link(user, p.group), w.Link(admin, p.group), w.Link(admin, p.group, Anyone)
	p.cappedOrg, p.cappedAnyone, p.deleted = w.Link(admin, p.group, Cap(2)), w.Link(admin, p.group, Anyone, Cap(2)), w.Link(admin, p.group)
	p.suspended, p.full = w.Link(Person("second"), p.other), w.Link(admin, p.group, Anyone, Cap(1))
	must(w.Directory.RemoveGroupMember(ctx, second, p.other.ID, second.ID))
	must(w.Invites.Delete(ctx, admin, p.group.ID, p.deleted.ID))
	_, err := w.Invites.Redeem(ctx, Person("first"), Code(p.full))
	must(err)
	w.Clock.Advance(time.Hour)
	p.mailed = w.Link(admin, p.group, Anyone, To("a@example.com"))
	must(stream.Settle(ctx))
	w.Clock.Advance(time.Second)
	p.rows, p.now = w.Rows(), w.Clock.Now()
	return p
}

// copy makes a scene of the plan.
func (p plan) copy(t *testing.T) *scene {
	t.Helper()
	s := &scene{World: NewOf(t, sameEachTime()), plan: p}
	io.CopyN(io.Discard, s.Random, 1<<12) // ids other than those of the plan
	s.Clock.Set(p.now)
	for rows := range slices.Chunk(p.rows, 25) {
		var puts []types.WriteRequest
		for _, row := range rows {
			puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: row}})
		}
		_, err := s.Client.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{s.TableName: puts}})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.ses = &ses{faults: s.Faults}
	s.mailed1 = mail.Key{Group: p.group.ID, Invite: p.mailed.ID, ID: Addresses("a@example.com")[0].ID()}
	s.mailed2 = mail.Key{Group: p.group.ID, Invite: p.mailed.ID, ID: Addresses("b@example.com")[0].ID()}
	s.stream = s.Follow(s.ses)
	s.start()
	return s
}

// start has the services be those of a new process.
func (s *scene) start() {
	s.Faults.Reset(nil)
	s.ses.kill = 0
	s.Table, s.Directory, s.Invites = s.Instance(s.Faults.Configure)
	s.Access = &accessrequest.Service{Store: s.Table, Ring: s.Ring, Clock: s.Clock.Now, Random: s.Random}
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
)

// left gives what is in the table, without what chance has made since the plan.
func (s *scene) left() []string {
	s.Helper()
	known := map[string]bool{}
	for _, row := range s.plan.rows {
		for _, name := range []string{"pk", "sk"} {
			for _, id := range hexForm.FindAllString(row[name].(*types.AttributeValueMemberS).Value, -1) {
				known[id] = true
			}
		}
	}
	lines := strings.Split(s.Content(), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "D#") {
			line = passing.ReplaceAllString(line, "")
		}
		lines[i] = hexForm.ReplaceAllStringFunc(line, func(id string) string {
			if known[id] || len(id) <= 13 && strings.Trim(id, "0123456789") == "" { // an instant
				return id
			}
			return "…"
		})
	}
	slices.Sort(lines)
	return lines
}
