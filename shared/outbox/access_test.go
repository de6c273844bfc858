package outbox_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/shared/accessrequest"
	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
	"group-invites/shared/outbox"
)

// ended makes a link of the group that has just ended.
func (s scene) ended(creator directory.Caller, how ...func(*invite.Request)) invite.View {
	s.Helper()
	link := s.Link(creator, s.group, append(how, func(r *invite.Request) { r.Expiration = "1h" })...)
	s.Clock.Advance(time.Hour)
	return link
}

// ask makes people ask for access, a second apart.
func (s scene) ask(link invite.View, names ...string) {
	s.Helper()
	for _, name := range names {
		s.must(s.Access.Ask(s.Context(), Person(name), Code(link), "what "+name+" writes"))
		s.Clock.Advance(time.Second)
	}
}

func (s scene) allow(add directory.AddPeople) {
	s.Helper()
	_, err := s.Directory.ChangeOrg(s.Context(), s.admin, s.org.ID, directory.OrgChange{AddPeople: &add})
	s.must(err)
}

// groupMails gives the deliveries about the group's requests: all, or those that have just been written to be sent.
func (s scene) groupMails(fresh bool) (all []mail.Delivery) {
	s.Helper()
	var keys []mail.Key
	for _, row := range s.Rows() {
		pk, sk := row["pk"].(*types.AttributeValueMemberS).Value, row["sk"].(*types.AttributeValueMemberS).Value
		if pk == "D#"+s.group.ID.String() && (!fresh || row["fresh"] != nil) {
			id, _ := mail.ParseID(sk)
			keys = append(keys, mail.Key{Group: s.group.ID, ID: id})
		}
	}
	if len(keys) == 0 {
		return nil
	}
	table, _, _ := s.Instance() // without faults
	all, err := table.Deliveries(s.Context(), keys)
	s.must(err)
	return all
}

// stream does what the stream does: it brings what has just been written, and what is written because of that.
func (s scene) stream() {
	s.Helper()
	for range 10 {
		var keys []mail.Key
		for _, d := range s.groupMails(true) {
			keys = append(keys, d.Key)
		}
		if len(keys) == 0 {
			return
		}
		s.must(errors.Join(s.outbox.DeliverFresh(s.Context(), keys)...))
	}
	s.Fatal("it never ends")
}

// wantNotices holds what was mailed since the last time: "address: names, count".
func (s scene) wantNotices(want ...string) {
	s.Helper()
	var got []string
	for _, m := range s.sink.took {
		if m.Notice == nil {
			s.Errorf("no notice: %+v", m)
			continue
		}
		got = append(got, fmt.Sprintf("%s: %s, %d", m.To, strings.Join(m.Notice.Names, " "), m.Notice.Count))
		if m.Notice.GroupName != "Backcountry" || m.Notice.OrgName != "Acme" || m.Notice.URL != BaseURL+"/groups/"+s.group.ID.String()+"/requests" ||
			!strings.HasPrefix(m.UnsubscribeURL, BaseURL+"/v1/unsubscribe/") {
			s.Errorf("%+v of %+v", m.Notice, m)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.Errorf("told %q, want %q", got, want)
	}
	s.sink.took = nil
}

// ends holds what became of all mails of the group: kind, state, reason.
func (s scene) ends(want ...string) {
	s.Helper()
	var got []string
	for _, d := range s.groupMails(false) {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", d.Kind, d.State, d.Reason)))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.Errorf("mails are %q, want %q", got, want)
	}
}

func TestDigest_TellsTheLinksCreator(t *testing.T) {
	s := newScene(t)
	s.allow(directory.AddPeople{Manager: true})
	s.ask(s.ended(s.manager, Anyone), "mira")
	s.stream()
	s.sweep()
	s.wantNotices("manager@example.com: mira, 1")
	s.ends("digest sent", "notice sent")
	for _, d := range s.groupMails(false) {
		if !d.To.IsZero() {
			t.Errorf("an address is stored: %+v", d)
		}
	}
}

func TestDigest_OneAnHourAndEachRequestOnce(t *testing.T) {
	s := newScene(t)
	link := s.ended(s.admin, Anyone)
	s.ask(link, "one")
	s.stream()
	s.wantNotices("admin@example.com: one, 1")
	begin := s.Clock.Now()
	s.ask(link, "two", "three")
	s.stream()
	s.Clock.Advance(20 * time.Minute)
	s.sweep()
	s.ask(link, "four")
	s.stream()
	s.Clock.Set(begin.Add(59 * time.Minute))
	s.sweep()
	s.wantNotices()
	s.Clock.Set(begin.Add(time.Hour))
	s.sweep()
	s.stream()
	s.wantNotices("admin@example.com: two three four, 3")
	s.ask(link, "five")
	s.stream()
	s.Clock.Advance(time.Hour - 2*time.Second)
	s.sweep()
	s.wantNotices()
	s.Clock.Advance(2 * time.Second)
	s.sweep()
	s.stream()
	s.wantNotices("admin@example.com: five, 1")
	s.Clock.Advance(3 * time.Hour)
	s.ask(link, "six") // an hour and more after the last one: at once
	s.stream()
	s.wantNotices("admin@example.com: six, 1")
}

// TestDigest_TellsAllThatHaveAskedUntilItGoes: the mailer was down for two hours. Then there is one digest, not three.
func TestDigest_TellsAllThatHaveAskedUntilItGoes(t *testing.T) {
	s := newScene(t)
	link := s.ended(s.admin, Anyone)
	var names []string
	for i := range 8 {
		names = append(names, fmt.Sprintf("person-%d", i))
		s.ask(link, names[i])
		s.Clock.Advance(15 * time.Minute)
	}
	s.sweep()
	s.stream()
	s.wantNotices("admin@example.com: " + strings.Join(names[:5], " ") + ", 8")
	s.ends("digest sent", "notice sent")
}

func TestDigest_WhoIsTold(t *testing.T) {
	suppress := func(s scene, address string) {
		s.must(s.Table.Suppress(s.Context(), Addresses(address)[0].Key(), mail.ReasonOptedOut, s.Clock.Now()))
	}
	for name, c := range map[string]struct {
		happens func(s scene) // after somebody has asked by the manager's link for anyone, and before the digest goes
		told    []string
		ends    []string
	}{
		"the creator":                     {func(scene) {}, []string{"manager"}, []string{"digest sent", "notice sent"}},
		"he may not add people any more":  {func(s scene) { s.allow(directory.AddPeople{}) }, []string{"admin"}, []string{"digest sent", "notice sent"}},
		"he may again":                    {func(s scene) { s.allow(directory.AddPeople{}); s.allow(directory.AddPeople{Manager: true}) }, []string{"manager"}, []string{"digest sent", "notice sent"}},
		"he has left the group":           {func(s scene) { s.must(s.Directory.RemoveGroupMember(s.Context(), s.manager, s.group.ID, s.manager.ID)) }, []string{"admin"}, []string{"digest sent", "notice sent"}},
		"he is out of the organization":   {func(s scene) { s.must(s.Directory.RemoveOrgMember(s.Context(), s.admin, s.org.ID, s.manager.ID)) }, []string{"admin"}, []string{"digest sent", "notice sent"}},
		"he wants no mail":                {func(s scene) { suppress(s, "Manager@example.com") }, []string{"admin"}, []string{"digest sent", "notice sent"}},
		"nobody wants mail":               {func(s scene) { suppress(s, "manager@example.com"); suppress(s, "admin@example.com") }, nil, []string{"digest dropped no_address"}},
		"he who asks has come in already": {func(s scene) { s.Join(s.admin, s.group, Person("mira"), directory.RoleUser) }, nil, []string{"digest dropped overtaken"}},
		"he who asks is declined already": {func(s scene) { s.must(s.Access.Decline(s.Context(), s.admin, s.group.ID, Person("mira").ID)) }, nil,
			[]string{"declined sent", "digest dropped overtaken"}},
		"the group is gone": {func(s scene) { s.must(s.Directory.DeleteGroup(s.Context(), s.admin, s.group.ID)) }, nil, []string{"digest dropped overtaken"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.allow(directory.AddPeople{Manager: true})
			s.ask(s.ended(s.manager, Anyone), "mira")
			c.happens(s)
			s.stream()
			s.sink.took = slices.DeleteFunc(s.sink.took, func(m mail.Message) bool { return m.Answer != nil })
			var want []string
			for _, name := range c.told {
				want = append(want, name+"@example.com: mira, 1")
			}
			s.wantNotices(want...)
			s.ends(c.ends...)
		})
	}
}

// TestDigest_UpToFiveAdmins, and none of them without an address, or with one that gets no mail.
func TestDigest_UpToFiveAdmins(t *testing.T) {
	s := newScene(t)
	for i := range 8 {
		admin := Person(fmt.Sprintf("admin-%d", i))
		admin.Verified = i != 0
		s.Join(s.admin, s.group, admin, directory.RoleAdmin)
	}
	s.must(s.Table.Suppress(t.Context(), Addresses("admin-1@example.com")[0].Key(), mail.ReasonBounced, s.Clock.Now()))
	link := s.ended(s.manager)
	s.Join(s.admin, s.Group(s.admin, s.org, "Climbing"), Person("mira"), directory.RoleUser)
	s.must(s.Directory.RemoveOrgMember(t.Context(), s.admin, s.org.ID, s.manager.ID))
	s.ask(link, "mira")
	s.stream()
	told := s.sink.to()
	if len(slices.Compact(told)) != 5 || slices.Contains(told, "admin-0@example.com") || slices.Contains(told, "admin-1@example.com") ||
		slices.Contains(told, "manager@example.com") {
		t.Errorf("told %v", told)
	}
}

func TestDigest_EachIsToldOfHisOwn(t *testing.T) {
	s := newScene(t)
	s.allow(directory.AddPeople{Manager: true, User: true})
	user, lost := Person("user"), Person("lost")
	s.Join(s.admin, s.group, user, directory.RoleUser)
	s.Join(s.admin, s.group, lost, directory.RoleUser)
	hour := func(r *invite.Request) { r.Expiration = "1h" }
	links := []invite.View{s.Link(s.manager, s.group, Anyone, hour), s.Link(user, s.group, Anyone, hour), s.Link(lost, s.group, Anyone, hour), s.Link(s.admin, s.group, Anyone, hour)}
	s.Clock.Advance(time.Hour)
	s.ask(links[0], "one", "two")
	s.ask(links[1], "three")
	s.ask(links[2], "four")
	s.ask(links[3], "five")
	s.must(s.Directory.RemoveGroupMember(t.Context(), lost, s.group.ID, lost.ID))
	s.stream()
	s.wantNotices("manager@example.com: one two, 2", "user@example.com: three, 1", "admin@example.com: four five, 2")
}

// TestDigest_WhatIsToldIsReadAgainAsTheNoticeGoes: SES took no mail for a while, and much has happened.
func TestDigest_WhatIsToldIsReadAgainAsTheNoticeGoes(t *testing.T) {
	s := newScene(t)
	link := s.ended(s.admin, Anyone)
	s.ask(link, "one", "two", "three")
	s.sink.answer = func(int, mail.Message) error { return mail.ErrPaused }
	s.stream()
	_, err := s.Access.Approve(t.Context(), s.admin, s.group.ID, Person("one").ID)
	s.must(err)
	s.Join(s.admin, s.group, Person("two"), directory.RoleUser)
	s.ask(link, "four") // by the next digest
	s.sink.answer = nil
	s.Clock.Advance(20 * time.Minute)
	s.sweep()
	s.sink.took = slices.DeleteFunc(s.sink.took, func(m mail.Message) bool { return m.Answer != nil })
	s.wantNotices("admin@example.com: three, 1")
	s.Clock.Advance(time.Hour)
	s.sink.answer = func(int, mail.Message) error { return mail.ErrPaused }
	s.sweep()
	s.stream()
	s.must(s.Access.Decline(t.Context(), s.admin, s.group.ID, Person("four").ID))
	s.sink.answer = nil
	s.Clock.Advance(time.Hour)
	s.sweep()
	s.sink.took = slices.DeleteFunc(s.sink.took, func(m mail.Message) bool { return m.Answer != nil })
	s.wantNotices()
	s.ends("approved sent", "declined sent", "digest sent", "digest sent", "notice dropped overtaken", "notice sent")
}

// TestDigest_NoMailHoldsWhatIsWritten, nor does a row of the outbox.
func TestDigest_NoMailHoldsWhatIsWritten(t *testing.T) {
	s := newScene(t)
	s.ask(s.ended(s.admin, Anyone), "mira")
	s.stream()
	if told := fmt.Sprintf("%+v %+v", s.sink.took, *s.sink.took[0].Notice); strings.Contains(told, "what mira writes") {
		t.Error(told)
	}
	for line := range strings.Lines(s.Content()) {
		if strings.Contains(line, "what mira writes") && !strings.HasPrefix(line, "R#") {
			t.Errorf("row %s", line)
		}
	}
}

// TestDigest_WhoAsksAsItGoesIsToldByTheNext: the digest is claimed while a request is on its way that counts on it.
func TestDigest_WhoAsksAsItGoesIsToldByTheNext(t *testing.T) {
	s := newScene(t)
	link := s.ended(s.admin, Anyone)
	s.ask(link, "one")
	other, _, _ := s.Instance()
	mailer := &outbox.Service{Store: other, Sender: s.sink, Ring: s.Ring, Clock: s.Clock.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), BaseURL: BaseURL}
	keys := []mail.Key{s.groupMails(true)[0].Key}
	gone := false
	s.Faults.Reset(func(c faults.Call) faults.Fault {
		if c.Writes() && !gone {
			gone = true
			s.must(errors.Join(mailer.DeliverFresh(t.Context(), keys)...))
		}
		return faults.None
	})
	s.ask(link, "two")
	s.Faults.Reset(nil)
	s.stream()
	s.wantNotices("admin@example.com: one, 1")
	s.Clock.Advance(time.Hour)
	s.sweep()
	s.stream()
	s.wantNotices("admin@example.com: two, 1")
}

// TestDigest_Killed kills the mailer before and after each of its calls, and the answer of each call is lost. Each is told once, or twice
// if SES had the mail and nobody wrote that down.
func TestDigest_Killed(t *testing.T) {
	for call := 1; ; call++ {
		reached := false
		for _, fault := range []faults.Fault{faults.KillBefore, faults.KillAfter, faults.Lose, faults.Conflict, faults.Throttle} {
			s := newScene(t)
			s.allow(directory.AddPeople{Manager: true})
			hour := func(r *invite.Request) { r.Expiration = "1h" }
			byAdmin, byManager := s.Link(s.admin, s.group, Anyone, hour), s.Link(s.manager, s.group, Anyone, hour)
			s.Clock.Advance(time.Hour)
			s.ask(byAdmin, "one")
			s.ask(byManager, "two")
			s.Faults.Reset(func(c faults.Call) faults.Fault {
				if c.Number != call {
					return faults.None
				}
				reached = true
				return fault
			})
			for range 2 {
				for _, d := range s.groupMails(true) {
					s.outbox.DeliverFresh(t.Context(), []mail.Key{d.Key})
				}
			}
			s.Faults.Reset(nil)
			for range 3 {
				s.stream()
				s.Clock.Advance(2 * time.Minute)
				s.sweep()
			}
			took := map[string]int{}
			for _, m := range s.sink.took {
				took[fmt.Sprintf("%s: %v", m.To, m.Notice.Names)]++
			}
			twice := 0
			for _, n := range took {
				twice += n - 1
			}
			if len(took) != 2 || took["admin@example.com: [one]"] == 0 || took["manager@example.com: [two]"] == 0 || twice > 1 ||
				twice == 1 && fault != faults.KillBefore {
				t.Errorf("call %d, fault %d: told %v", call, fault, took)
			}
			s.ends("digest sent", "notice sent", "notice sent")
		}
		if !reached {
			if call < 10 {
				t.Errorf("%d calls", call)
			}
			return
		}
	}
}

// TestDigest_AsManyCreatorsAsRequests: more notices than a transaction takes, and the mailer is killed between.
func TestDigest_AsManyCreatorsAsRequests(t *testing.T) {
	s := newScene(t)
	s.allow(directory.AddPeople{User: true})
	var links []invite.View
	for i := range accessrequest.MaxOpen {
		creator := Person(fmt.Sprintf("creator-%d", i))
		s.Join(s.admin, s.group, creator, directory.RoleUser)
		links = append(links, s.Link(creator, s.group, Anyone, func(r *invite.Request) { r.Expiration = "1h" }))
	}
	s.Clock.Advance(time.Hour)
	for i, link := range links {
		s.must(s.Access.Ask(t.Context(), Person(fmt.Sprintf("asker-%d", i)), Code(link), ""))
	}
	digest := s.groupMails(true)[0].Key
	transactions := 0
	s.Faults.Reset(func(c faults.Call) faults.Fault {
		if c.Operation == "TransactWriteItems" {
			if transactions++; transactions == 2 {
				return faults.KillBefore
			}
		}
		return faults.None
	})
	s.outbox.DeliverFresh(t.Context(), []mail.Key{digest})
	s.Faults.Reset(nil)
	if n := len(s.groupMails(false)); n <= 2 || n >= accessrequest.MaxOpen {
		t.Fatalf("%d mails are there", n)
	}
	s.stream()
	s.Clock.Advance(time.Minute)
	s.sweep()
	s.stream()
	told := s.sink.to()
	if len(told) != accessrequest.MaxOpen || len(slices.Compact(told)) != accessrequest.MaxOpen {
		t.Errorf("%d notices, to %d people", len(s.sink.took), len(slices.Compact(told)))
	}
}

func TestDigest_TableOutOfReach(t *testing.T) {
	s := newScene(t)
	s.ask(s.ended(s.admin, Anyone), "mira")
	keys := []mail.Key{s.groupMails(true)[0].Key}
	for _, reads := range []int{1, 2} { // none at all, or just that of the digest
		s.Faults.Reset(func(c faults.Call) faults.Fault {
			if c.Number > reads-1 {
				return faults.Fail
			}
			return faults.None
		})
		ctx, cancel := contextFor(t, 300*time.Millisecond)
		if err := s.outbox.DeliverFresh(ctx, keys)[0]; !errors.Is(err, directory.ErrUnavailable) {
			t.Errorf("error %v", err)
		}
		cancel()
	}
	s.Faults.Reset(nil)
	s.Clock.Advance(time.Minute)
	s.sweep()
	s.stream()
	s.wantNotices("admin@example.com: mira, 1")
}

func TestAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		approve bool
		happens func(s scene)
		told    *mail.Answer
		ends    string
	}{
		"approved": {true, func(scene) {}, &mail.Answer{Approved: true, OrgName: "Acme", GroupName: "Backcountry"}, "approved sent"},
		"declined": {false, func(scene) {}, &mail.Answer{OrgName: "Acme", GroupName: "Backcountry"}, "declined sent"},
		"approved, and out again": {true, func(s scene) {
			s.must(s.Directory.RemoveGroupMember(s.Context(), s.admin, s.group.ID, Person("mira").ID))
		}, nil, "approved dropped overtaken"},
		"declined, and in by a link": {false, func(s scene) { s.Join(s.admin, s.group, Person("mira"), directory.RoleUser) }, nil, "declined dropped overtaken"},
		"the group is gone":          {true, func(s scene) { s.must(s.Directory.DeleteGroup(s.Context(), s.admin, s.group.ID)) }, nil, "approved dropped overtaken"},
		"he wants no mail": {true, func(s scene) {
			s.must(s.Table.Suppress(s.Context(), Addresses("mira@example.com")[0].Key(), mail.ReasonOptedOut, s.Clock.Now()))
		}, nil, "approved suppressed opted_out"},
		"he has had all invites of the day": {true, func(s scene) {
			for range mail.PerRecipient {
				s.fresh(s.Link(s.admin, s.group, Anyone, To("mira@example.com")))
			}
			s.sink.took = nil
		}, &mail.Answer{Approved: true, OrgName: "Acme", GroupName: "Backcountry"}, "approved sent"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.ask(s.ended(s.admin, Anyone), "mira")
			s.stream()
			s.sink.took = nil
			if c.approve {
				_, err := s.Access.Approve(t.Context(), s.admin, s.group.ID, Person("mira").ID)
				s.must(err)
			} else {
				s.must(s.Access.Decline(t.Context(), s.admin, s.group.ID, Person("mira").ID))
			}
			c.happens(s)
			s.stream()
			s.ends("digest sent", "notice sent", c.ends)
			if c.told == nil {
				if len(s.sink.took) != 0 {
					t.Errorf("told %+v", s.sink.took)
				}
				return
			}
			if c.approve {
				c.told.URL = BaseURL + "/groups/" + s.group.ID.String()
			}
			if len(s.sink.took) != 1 || s.sink.took[0].To.String() != "mira@example.com" || *s.sink.took[0].Answer != *c.told ||
				!strings.HasPrefix(s.sink.took[0].UnsubscribeURL, BaseURL+"/v1/unsubscribe/") {
				t.Errorf("told %+v", s.sink.took)
			}
		})
	}
}

// TestNotice_BouncesAsOtherMailsDo: the address isn't in the row, and is suppressed all the same.
func TestNotice_BouncesAsOtherMailsDo(t *testing.T) {
	s := newScene(t)
	s.ask(s.ended(s.admin, Anyone), "mira")
	s.stream()
	m := s.sink.took[0]
	s.must(s.outbox.Feedback(t.Context(), mail.Feedback{
		Delivery: m.Delivery, Sends: m.Sends, To: m.To, At: s.Clock.Now(), State: mail.StateBounced, Reason: mail.ReasonPermanent,
	}))
	s.ends("digest sent", "notice bounced permanent")
	s.Clock.Advance(2 * time.Hour)
	s.sink.took = nil
	s.ask(s.ended(s.admin, Anyone), "tom")
	s.stream()
	s.wantNotices()
	s.ends("digest sent", "notice bounced permanent", "digest dropped no_address")
}
