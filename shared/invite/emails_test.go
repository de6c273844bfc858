package invite_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/invite"
	"group-invites/shared/mail"
)

// send sends a link to addresses, which must go well.
func (s scene) send(who directory.Caller, link invite.View, to ...string) []invite.Recipient {
	s.Helper()
	sent, err := s.Invites.Send(s.Context(), who, link.Group, link.ID, Addresses(to...))
	s.must(err)
	return sent
}

// mails gives the mails of a link by address: state, sends and reason.
func (s scene) mails(link invite.View) map[string]string {
	s.Helper()
	all := map[string]string{}
	page, err := s.Invites.Recipients(s.Context(), s.admin, link.Group, link.ID, directory.PageRequest{Limit: 50})
	s.must(err)
	for _, r := range page.Items {
		all[r.To.String()] = strings.TrimSpace(fmt.Sprintf("%s %d %s", r.State, r.Sends, r.Reason))
	}
	return all
}

func (s scene) wantMails(link invite.View, want map[string]string) {
	s.Helper()
	got := s.mails(link)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.Errorf("mails %v, want %v", got, want)
	}
}

func TestCreate_WritesTheMailsWithTheInvite(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, Anyone, To("mira@example.com", "Tom@Example.com", "MIRA@example.COM"))
	s.wantMails(link, map[string]string{"mira@example.com": "queued 1", "Tom@example.com": "queued 1"})
	if strings.Contains(s.Content(), Code(link)) {
		t.Error("a row holds the link's code")
	}
}

func TestCreate_RepeatedUnderItsKeySendsNothingAgain(t *testing.T) {
	s := newScene(t)
	first, err := s.create(s.admin, s.group, keyed("k"), To("mira@example.com"))
	s.must(err)
	again, err := s.create(s.admin, s.group, keyed("k"), To("Mira@example.com"))
	s.must(err)
	if again.ID != first.ID {
		t.Error("a second invite")
	}
	s.wantMails(first, map[string]string{"mira@example.com": "queued 1"})
	s.refused(invite.ErrIdempotencyConflict, func() error {
		_, err := s.create(s.admin, s.group, keyed("k"), To("tom@example.com"))
		return err
	})
}

func TestSend_LeavesAloneWhatWasSentBefore(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group)
	s.send(s.admin, link, "mira@example.com")
	s.Clock.Advance(time.Second)
	sent := s.send(s.manager, link, "tom@example.com", "Mira@example.com", "tom@EXAMPLE.com")
	if len(sent) != 2 || sent[0].To.String() != "tom@example.com" || sent[0].SenderName != s.manager.Name ||
		sent[1].To.String() != "mira@example.com" || sent[1].SenderName != s.admin.Name {
		t.Errorf("sent %+v", sent)
	}
	s.wantMails(link, map[string]string{"mira@example.com": "queued 1", "tom@example.com": "queued 1"})
}

func TestSend_Rights(t *testing.T) {
	s := newScene(t)
	colleague := Person("colleague")
	s.Join(s.admin, s.second, colleague, directory.RoleManager)
	org, anyone, users := s.Link(s.admin, s.group), s.Link(s.admin, s.group, Anyone), s.Link(s.user, s.group)
	send := func(who directory.Caller, link invite.View) func() error {
		return func() error {
			_, err := s.Invites.Send(s.Context(), who, link.Group, link.ID, Addresses("mira@example.com"))
			return err
		}
	}
	list := func(who directory.Caller, link invite.View) func() error {
		return func() error {
			_, err := s.Invites.Recipients(s.Context(), who, link.Group, link.ID, directory.PageRequest{Limit: 50})
			return err
		}
	}
	for _, act := range []func(directory.Caller, invite.View) func() error{send, list} {
		s.refused(directory.ErrNotFound, act(Person("stranger"), org))
		s.refused(directory.ErrNotFound, act(colleague, org)) // in the organization, not in the group
		s.refused(directory.ErrNotFound, act(s.user, org))    // not his own
		s.refused(directory.ErrNotFound, act(s.admin, invite.View{Invite: invite.Invite{Group: s.group.ID, ID: invite.ID{1}}}))
	}
	s.refused(invite.ErrAddPeopleRequired, send(s.manager, anyone))
	for _, who := range []directory.Caller{s.admin, s.manager, s.user} {
		s.must(send(who, users)())
		s.must(list(who, users)())
	}
	s.must(list(s.manager, anyone)())
	s.allow(directory.AddPeople{Manager: true})
	s.must(send(s.manager, anyone)())
}

func TestSend_RefusesALinkThatLetsNobodyIn(t *testing.T) {
	s := newScene(t)
	send := func(link invite.View) func() error {
		return func() error {
			_, err := s.Invites.Send(s.Context(), s.admin, link.Group, link.ID, Addresses("mira@example.com"))
			return err
		}
	}
	expired, used := s.Link(s.admin, s.group, expiring("1h")), s.Link(s.admin, s.group, Anyone, Cap(1))
	_, err := s.Invites.Redeem(s.Context(), Person("first"), Code(used))
	s.must(err)
	suspended := s.Link(s.user, s.group)
	s.must(s.Directory.RemoveGroupMember(s.Context(), s.admin, s.group.ID, s.user.ID))
	s.Clock.Advance(time.Hour)
	s.refused(invite.ErrExpired, send(expired))
	s.refused(invite.ErrUsedUp, send(used))
	s.refused(invite.ErrSuspended, send(suspended))
}

func TestResend(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, To("mira@example.con", "tom@example.com"))
	resend := func(who directory.Caller, of, to string) (invite.Recipient, error) {
		var corrected mail.Address
		if to != "" {
			corrected = Addresses(to)[0]
		}
		return s.Invites.Resend(s.Context(), who, link.Group, link.ID, Addresses(of)[0].ID(), corrected)
	}
	_, err := resend(s.admin, "tom@example.com", "") // still to be sent
	s.must(err)
	s.wantMails(link, map[string]string{"mira@example.con": "queued 1", "tom@example.com": "queued 1"})

	s.settleMail(link, "tom@example.com", mail.StateBounced)
	s.settleMail(link, "mira@example.con", mail.StateBounced)
	_, err = resend(s.manager, "tom@example.com", "")
	s.must(err)
	got, err := resend(s.admin, "mira@example.con", "mira@example.com")
	s.must(err)
	if got.To.String() != "mira@example.com" || got.State != mail.StateQueued {
		t.Errorf("resent %+v", got)
	}
	want := map[string]string{"mira@example.con": "dropped 1 corrected", "mira@example.com": "queued 1", "tom@example.com": "queued 2"}
	s.wantMails(link, want)
	_, err = resend(s.admin, "mira@example.con", "mira@example.com")
	s.must(err)
	s.wantMails(link, want)

	s.refused(directory.ErrNotFound, func() error { _, err := resend(s.admin, "nobody@example.com", ""); return err })
	s.refused(directory.ErrNotFound, func() error { _, err := resend(s.user, "tom@example.com", ""); return err })
	// To whom it was wrongly sent it may be sent after all.
	s.send(s.admin, link, "mira@example.con")
	s.wantMails(link, map[string]string{"mira@example.con": "queued 2", "mira@example.com": "queued 1", "tom@example.com": "queued 2"})
}

// settleMail says what became of a mail.
func (s scene) settleMail(link invite.View, to string, state mail.State) {
	s.Helper()
	rows, err := s.Table.Deliveries(s.Context(), []mail.Key{{Group: link.Group, Invite: link.ID, ID: Addresses(to)[0].ID()}})
	s.must(err)
	s.must(s.Table.RecordFeedback(s.Context(), mail.Feedback{Delivery: rows[0].Key, Sends: rows[0].Sends, State: state, At: s.Clock.Now()}))
}

func TestLimits_OfSenderAndOrganization(t *testing.T) {
	s := newScene(t)
	s.Invites.Limits = mail.Limits{Sender: 3, Org: 5, NewOrg: 4}
	link := s.Link(s.admin, s.group, To("a@example.com", "b@example.com"))
	send := func(who directory.Caller, to ...string) func() error {
		return func() error {
			_, err := s.Invites.Send(s.Context(), who, link.Group, link.ID, Addresses(to...))
			return err
		}
	}
	limited := func(act func() error) {
		t.Helper()
		before := s.Content()
		limit := new(directory.LimitError)
		if err := act(); !errors.As(err, &limit) {
			t.Fatalf("error %v, want a LimitError", err)
		}
		if want := 24*time.Hour - time.Duration(s.Clock.Now().UnixMilli()%86_400_000)*time.Millisecond; limit.RetryAfter != want {
			t.Errorf("retry after %s, want %s", limit.RetryAfter, want)
		}
		if s.Content() != before {
			t.Error("something was written")
		}
	}
	limited(send(s.admin, "c@example.com", "d@example.com")) // beyond his three
	limited(func() error { _, err := s.create(s.admin, s.group, To("c@example.com", "d@example.com")); return err })
	s.must(send(s.admin, "c@example.com")())
	limited(send(s.manager, "d@example.com", "e@example.com")) // beyond the new organization's four
	s.must(send(s.manager, "d@example.com")())
	s.must(send(s.manager, "a@example.com", "d@example.com")()) // sent before: takes no place
	s.Clock.Advance(24 * time.Hour)
	s.must(send(s.admin, "e@example.com", "f@example.com", "g@example.com")())
	s.must(send(s.manager, "h@example.com", "i@example.com")())
	limited(send(s.manager, "j@example.com"))
}

// TestLimits_OfASenderAreHisInAllOrganizations: who makes himself one organization after another may not send more for that.
func TestLimits_OfASenderAreHisInAllOrganizations(t *testing.T) {
	s := newScene(t)
	s.Invites.Limits = mail.Limits{Sender: 3, Org: 5, NewOrg: 5}
	s.Link(s.admin, s.group, To("a@example.com", "b@example.com"))
	other := s.Group(s.admin, s.Org(s.admin, "Another"), "Group")
	limit := new(directory.LimitError)
	if _, err := s.create(s.admin, other, To("c@example.com", "d@example.com")); !errors.As(err, &limit) {
		t.Errorf("error %v, want a LimitError", err)
	}
	s.Link(s.admin, other, To("c@example.com"))
}

func TestLimits_AreExactUnderParallelSends(t *testing.T) {
	for name, plan := range map[string]faults.Plan{"as it is": nil, "faults": faults.Mix(7, 0.1, 0.02, 0.02)} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.Invites.Limits = mail.Limits{Sender: 100, Org: 10, NewOrg: 10}
			link := s.Link(s.admin, s.group)
			s.send(s.admin, link, "1@example.com", "2@example.com", "3@example.com", "4@example.com", "5@example.com", "6@example.com", "7@example.com", "8@example.com", "9@example.com")
			s.Faults.Reset(plan)
			var sent, limited atomic.Int64
			crowd(100, func(i int, _ directory.Caller) {
				for {
					ctx, cancel := context.WithTimeout(t.Context(), answerTime)
					_, err := s.Invites.Send(ctx, s.admin, link.Group, link.ID, Addresses(fmt.Sprintf("person%d@example.com", i)))
					cancel()
					limit := new(directory.LimitError)
					switch {
					case err == nil:
						sent.Add(1)
					case errors.As(err, &limit):
						limited.Add(1)
					case errors.Is(err, directory.ErrUnavailable):
						continue // undecided, safe to repeat
					default:
						t.Error(err)
					}
					return
				}
			})
			s.Faults.Reset(nil)
			if sent.Load() != 1 || limited.Load() != 99 || len(s.mails(link)) != 10 {
				t.Errorf("%d sent, %d limited, %d mails", sent.Load(), limited.Load(), len(s.mails(link)))
			}
		})
	}
}

func TestSend_AnswerLost(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, To("wrong@example.com"))
	for call := 1; call <= 3; call++ {
		to := fmt.Sprintf("%d@example.com", call)
		s.Faults.Reset(faults.On(call, faults.Lose))
		s.send(s.admin, link, to)
		s.Faults.Reset(nil)
		s.settleMail(link, to, mail.StateBounced)
		s.Faults.Reset(faults.On(call, faults.Lose))
		_, err := s.Invites.Resend(s.Context(), s.admin, link.Group, link.ID, Addresses(to)[0].ID(), mail.Address{})
		s.must(err)
		s.Faults.Reset(nil)
		if got := s.mails(link)[to]; got != "queued 2" {
			t.Errorf("answer of call %d lost: %s", call, got)
		}
	}
}

func TestSend_MeetsTheDeleteOfItsLink(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group)
	table, _, _ := s.Instance()
	s.Faults.Reset(func(c faults.Call) faults.Fault {
		if c.Number == 2 { // between reading and writing
			if err := table.DeleteInvite(context.WithoutCancel(t.Context()), &link.Invite, directory.AuditEntry{Org: s.org.ID, At: s.Clock.Now(), Actor: s.admin.ID, Action: "x"}); err != nil {
				t.Error(err)
			}
		}
		return faults.None
	})
	_, err := s.Invites.Send(t.Context(), s.admin, link.Group, link.ID, Addresses("mira@example.com"))
	s.Faults.Reset(nil)
	if !errors.Is(err, directory.ErrNotFound) || strings.Contains(s.Content(), "\nD#") {
		t.Errorf("%v; a mail of a link that is gone", err)
	}
}

func TestRecipients_ByPages(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, To("b@example.com", "a@example.com"))
	for _, to := range []string{"d@example.com", "c@example.com"} {
		s.Clock.Advance(time.Second)
		s.send(s.manager, link, to)
	}
	read := func(limit int) (pages [][]string) {
		req := directory.PageRequest{Limit: limit}
		for {
			page, err := s.Invites.Recipients(t.Context(), s.admin, link.Group, link.ID, req)
			s.must(err)
			var shown []string
			for _, r := range page.Items {
				shown = append(shown, r.To.String()+" by "+r.SenderName)
			}
			pages = append(pages, shown)
			if page.Next == "" {
				return pages
			}
			req.Cursor = page.Next
		}
	}
	want := []string{"c@example.com by manager", "d@example.com by manager", "a@example.com by admin", "b@example.com by admin"}
	if got := read(50); len(got) != 1 || !slices.Equal(got[0], want) {
		t.Errorf("%q, want newest first, those of one instant by address", got)
	}
	slices.Sort(want)
	for limit := 1; limit <= 4; limit++ {
		pages := read(limit)
		all := slices.Sorted(slices.Values(slices.Concat(pages...)))
		if !slices.Equal(all, want) || len(pages) < 4/limit || len(pages[0]) != limit {
			t.Errorf("by %d: %q", limit, pages)
		}
	}
}

// TestMails_OfALinkWithoutAnEndAreListedForAYear, and of another as long as the link.
func TestMails_OfALinkWithoutAnEndAreListedForAYear(t *testing.T) {
	s := newScene(t)
	forever, day := s.Link(s.admin, s.group, To("mira@example.com")), s.Link(s.admin, s.group, expiring("1d"), To("tom@example.com"))
	for link, want := range map[invite.ID]time.Time{forever.ID: s.Clock.Now().Add(365 * 24 * time.Hour), day.ID: day.ExpiresAt.Add(Retention)} {
		page, err := s.Invites.Recipients(t.Context(), s.admin, s.group.ID, link, directory.PageRequest{Limit: 50})
		s.must(err)
		if got := page.Items[0].ClearAt; got.Sub(want).Abs() > time.Second {
			t.Errorf("cleared at %s, want %s", got, want)
		}
	}
}

// TestLimits_ResendingTakesAPlace, and so does sending again what was dropped.
func TestLimits_ResendingTakesAPlace(t *testing.T) {
	s := newScene(t)
	s.Invites.Limits = mail.Limits{Sender: 3, Org: 5, NewOrg: 5}
	link := s.Link(s.admin, s.group, To("a@example.com", "b@example.com"))
	limit := new(directory.LimitError)
	resend := func() error {
		s.settleMail(link, "a@example.com", mail.StateBounced)
		_, err := s.Invites.Resend(t.Context(), s.admin, s.group.ID, link.ID, Addresses("a@example.com")[0].ID(), mail.Address{})
		return err
	}
	s.must(resend())
	if err := resend(); !errors.As(err, &limit) {
		t.Errorf("a fourth of three: %v", err)
	}
	s.wantMails(link, map[string]string{"a@example.com": "bounced 2", "b@example.com": "queued 1"})
}

func TestResend_AnswersWhatIsSentNow(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, To("mira@example.com"))
	s.settleMail(link, "mira@example.com", mail.StateBounced)
	s.Clock.Advance(time.Second)
	got, err := s.Invites.Resend(t.Context(), s.manager, s.group.ID, link.ID, Addresses("mira@example.com")[0].ID(), Addresses("Mira@Example.com")[0])
	s.must(err)
	if got.State != mail.StateQueued || got.Sends != 2 || got.SenderName != s.manager.Name || got.To.String() != "Mira@example.com" {
		t.Errorf("%+v", got)
	}
	s.settleMail(link, "Mira@example.com", mail.StateBounced)
	_, err = s.Invites.Resend(t.Context(), s.admin, s.group.ID, link.ID, got.ID, Addresses("other@example.com")[0]) // which drops it
	s.must(err)
	sent := s.send(s.admin, link, "mira@example.com")
	if sent[0].State != mail.StateQueued || sent[0].Sends != 3 || sent[0].SenderName != s.admin.Name {
		t.Errorf("sent again: %+v", sent[0])
	}
}

// TestResend_AnswerLostWhileTheMailGoesOut: the mail has been sent by the time that the caller's attempt is repeated, and isn't sent again.
func TestResend_AnswerLostWhileTheMailGoesOut(t *testing.T) {
	s := newScene(t)
	link := s.Link(s.admin, s.group, To("mira@example.com"))
	s.settleMail(link, "mira@example.com", mail.StateBounced)
	s.Faults.Reset(func(c faults.Call) faults.Fault {
		switch c.Number {
		case 2: // the write
			return faults.Lose
		case 3: // reading again
			other, _, _ := s.Instance()
			key := mail.Key{Group: link.Group, Invite: link.ID, ID: Addresses("mira@example.com")[0].ID()}
			if err := other.RecordFeedback(t.Context(), mail.Feedback{Delivery: key, Sends: 2, State: mail.StateDelivered, At: s.Clock.Now()}); err != nil {
				t.Error(err)
			}
		}
		return faults.None
	})
	got, err := s.Invites.Resend(t.Context(), s.admin, s.group.ID, link.ID, Addresses("mira@example.com")[0].ID(), mail.Address{})
	s.Faults.Reset(nil)
	if err != nil || got.State != mail.StateDelivered || got.Sends != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	s.wantMails(link, map[string]string{"mira@example.com": "delivered 2"})
}
