package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"group-invites/infra/local/ses"
	"group-invites/infra/local/stack"
)

// address makes a mail address that nobody else in the suite has.
func (s *site) address(word string) string {
	return fmt.Sprintf("%s-%d@example.com", word, counter.Add(1))
}

// emails is the path of a link's mails.
func (o org) emails(l link) string { return o.invite(l) + "/emails" }

// sent sends a link by e-mail.
func (o org) sent(t testing.TB, by person, l link, to ...string) []recipient {
	t.Helper()
	return read[list[recipient]](t, o.s.want(t, http.StatusAccepted, "POST", o.emails(l), by.token, object{"emails": to})).Items
}

// recipients reads to whom a link was sent, by address.
func (o org) recipients(t testing.TB, viewer person, l link) map[string]recipient {
	t.Helper()
	byAddress := map[string]recipient{}
	for query := ""; ; {
		page := get[list[recipient]](t, o.s, o.emails(l)+query, viewer.token)
		for _, r := range page.Items {
			byAddress[r.Email] = r
		}
		if page.NextCursor == nil {
			return byAddress
		}
		query = "?cursor=" + *page.NextCursor
	}
}

// mailed waits until it is known what became of all mails of a link, and gives them.
func (o org) mailed(t testing.TB, viewer person, l link) map[string]recipient {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		all, open := o.recipients(t, viewer, l), 0
		for _, r := range all {
			if r.State == "queued" || r.State == "sent" || r.State == "delayed" {
				open++
			}
		}
		if open == 0 {
			return all
		}
		if time.Now().After(deadline) {
			t.Fatalf("nobody knows what became of %d of %d mails: %+v", open, len(all), all)
		}
	}
}

// inbox waits until an address has so many mails, newest first.
func (s *site) inbox(t testing.TB, to string, n int, within time.Duration) []ses.Mail {
	t.Helper()
	for deadline := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		mails, err := s.Mails(to)
		if err != nil {
			t.Fatal(err)
		}
		if len(mails) >= n {
			return mails
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d mails to %s after %s, want %d", len(mails), to, within, n)
		}
	}
}

var linkInMail = regexp.MustCompile(`http://127\.0\.0\.1:\d+/i#([A-Za-z0-9_-]{44})`)

// TestMail_InviteesGetTheLinkAndJoinByIt is the invitee's whole way: two addresses, both mails within two seconds, the end in words, the link.
func TestMail_InviteesGetTheLinkAndJoinByIt(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	mira, tom := shared.address("mira"), shared.address("tom")
	begin := time.Now()
	l := o.link(t, o.admin, object{"access": "anyone", "expiration": "7d", "emails": []string{mira, strings.ToUpper(tom)}})
	for _, to := range []string{mira, tom} {
		mail := shared.inbox(t, to, 1, 2*time.Second-time.Since(begin))[0]
		for part, text := range map[string]string{"text": mail.Text, "HTML": mail.HTML} {
			for _, want := range []string{"in 7 days", "UTC", "Comets", "Astronomers", l.ExpiresAt.Format("2006"), "30 days"} {
				if !strings.Contains(text, want) {
					t.Errorf("the %s to %s doesn't say %q:\n%s", part, to, want, text)
				}
			}
			if found := linkInMail.FindStringSubmatch(text); found == nil || found[1] != l.code(t) {
				t.Errorf("the %s to %s has not the link: %v", part, to, found)
			}
		}
		for name, want := range map[string]string{"Auto-Submitted": "auto-generated", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} {
			if mail.Headers[name] != want {
				t.Errorf("%s is %q", name, mail.Headers[name])
			}
		}
	}
	for _, r := range o.mailed(t, o.admin, l) {
		if r.State != "delivered" || r.SentBy.ID != o.admin.id {
			t.Errorf("recipient %+v", r)
		}
	}
	code := linkInMail.FindStringSubmatch(shared.inbox(t, mira, 1, 0)[0].Text)[1]
	shared.redeem(t, shared.person(t, "invitee"), code, http.StatusCreated)
}

func TestMail_NoRowHoldsTheCode(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	l := o.link(t, o.admin, object{"access": "anyone", "emails": []string{shared.address("mira")}})
	o.mailed(t, o.admin, l)
	for key, row := range shared.rows(t, o.id) {
		if strings.Contains(key+row, l.code(t)) {
			t.Errorf("%s holds the code", key)
		}
	}
	if strings.Contains(shared.log.String(), l.code(t)) {
		t.Error("the log holds the code")
	}
}

func TestMail_BouncesAndComplaintsShowAndSuppress(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	bounce, complaint := fmt.Sprintf("bounce+%d@simulator.amazonses.com", counter.Add(1)), fmt.Sprintf("complaint+%d@simulator.amazonses.com", counter.Add(1))
	l := o.link(t, o.admin, anyone)
	o.sent(t, o.admin, l, bounce, complaint)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) { // a complaint comes after the delivery
		got := o.mailed(t, o.admin, l)
		if b := got[bounce]; b.State != "bounced" || b.Reason == nil || *b.Reason != "permanent" || b.Detail == nil {
			t.Fatalf("bounce %+v", b)
		}
		if got[complaint].State == "complained" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("complaint %+v", got[complaint])
		}
	}
	next := o.link(t, o.admin, anyone)
	for _, r := range o.sent(t, o.admin, next, strings.ToUpper(bounce[:1])+bounce[1:], complaint) {
		if r.State != "queued" || r.Reason != nil {
			t.Errorf("a suppressed address can be told at once: %+v", r)
		}
	}
	for address, r := range o.mailed(t, o.admin, next) {
		want := map[bool]string{true: "bounced", false: "complained"}[strings.EqualFold(address, bounce)]
		if r.State != "suppressed" || r.Reason == nil || *r.Reason != want {
			t.Errorf("%+v, want suppressed as %s", r, want)
		}
	}
}

// TestMail_FeedbackToldLate: SES tells that a mail was put off when it is delivered already, and tells it twice. Nothing is written.
func TestMail_FeedbackToldLate(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	to := shared.address("mira")
	l := o.link(t, o.admin, anyone)
	id := o.sent(t, o.admin, l, to)[0].ID
	o.mailed(t, o.admin, l)
	event, err := json.Marshal(object{
		"version": "0", "source": "aws.ses", "detail-type": "Email Delivery Delayed", "detail": object{
			"eventType": "DeliveryDelay", "deliveryDelay": object{"timestamp": "2026-01-01T09:00:00.000Z", "delayType": "MailboxFull", "delayedRecipients": []object{{"emailAddress": to}}},
			"mail": object{"timestamp": "2026-01-01T09:00:00.000Z", "messageId": "m", "destination": []string{to}, "tags": object{
				"ses:configuration-set": []string{shared.configurationSet(t)}, "delivery": []string{o.group + "-" + l.ID + "-" + id + "-1"},
			}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	shared.writesNothing(t, []string{o.id}, func() {
		for range 2 {
			if result, err := shared.Invoke(t.Context(), "mail-feedback", event); err != nil || result.FunctionError != "" || result.Usage.Calls < 2 {
				t.Errorf("%+v, %v", result, err)
			}
		}
	})
	if r := o.recipients(t, o.admin, l)[to]; r.State != "delivered" {
		t.Errorf("%+v", r)
	}
}

// configurationSet is the one whose events mail-feedback takes.
func (s *site) configurationSet(t testing.TB) string {
	t.Helper()
	for _, f := range s.Template().Functions {
		if f.Name == "mail-feedback" {
			return f.Environment["MAIL_CONFIGURATION_SET"]
		}
	}
	t.Fatal("no mail-feedback")
	return ""
}

func TestMail_OneBadAddressAndNothingIsSent(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	l := o.link(t, o.admin, anyone)
	good := shared.address("good")
	shared.writesNothing(t, []string{o.id}, func() {
		for bad, field := range map[string]string{
			"a@b": "emails[1]", "a@b@example.com": "emails[1]", "Mira <mira@example.com>": "emails[1]", strings.Repeat("x", 250) + "@example.com": "emails[1]",
			"mira@example.com\nBcc: x@example.com": "emails[1]", "x@[127.0.0.1]": "emails[1]",
		} {
			body := object{"emails": []string{good, bad}}
			shared.send(t, "POST", o.emails(l), o.admin.token, body).refusal(t, 400, "invalid_request", field)
			shared.send(t, "POST", o.in("/invites"), o.admin.token, body).refusal(t, 400, "invalid_request", field)
		}
		many := slices.Repeat([]string{good}, 51)
		shared.send(t, "POST", o.emails(l), o.admin.token, object{"emails": many}).refusal(t, 400, "invalid_request", "emails")
	})
	if mails, err := shared.Mails(good); err != nil || len(mails) != 0 {
		t.Errorf("%d mails, %v", len(mails), err)
	}
}

func TestMail_TwiceTheSameAddressIsOneMail(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	to := shared.address("mira")
	l := o.link(t, o.admin, anyone)
	if sent := o.sent(t, o.admin, l, to, strings.ToUpper(to), to); len(sent) != 1 {
		t.Errorf("sent %+v", sent)
	}
	o.sent(t, o.admin, l, strings.ToUpper(to))
	o.mailed(t, o.admin, l)
	shared.settled(t)
	if mails := shared.inbox(t, to, 1, 0); len(mails) != 1 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestMail_CorrectedAddress(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	l := o.link(t, o.admin, anyone)
	wrong, right := fmt.Sprintf("bounce+%d@simulator.amazonses.com", counter.Add(1)), shared.address("right")
	id := o.sent(t, o.admin, l, wrong)[0].ID
	o.mailed(t, o.admin, l)
	shared.want(t, http.StatusAccepted, "POST", o.emails(l)+"/"+id+"/resend", o.admin.token, object{"email": right})
	shared.inbox(t, right, 1, 2*time.Second)
	got := o.mailed(t, o.admin, l)
	if got[right].State != "delivered" || got[wrong].State != "dropped" || *got[wrong].Reason != "corrected" {
		t.Errorf("%+v", got)
	}
}

// TestMail_WaitsWhileSESTakesNone: paused, the mail waits and the link works; deleted meanwhile, it never goes.
func TestMail_WaitsWhileSESTakesNone(t *testing.T) {
	t.Parallel()
	s := startMail(t, nil)
	o := s.org(t)
	s.SetMailFaults(ses.Faults{Paused: true})
	waits, dead := o.link(t, o.admin, anyone), o.link(t, o.admin, anyone)
	o.sent(t, o.admin, waits, "mira@example.com")
	o.sent(t, o.admin, dead, "tom@example.com")
	s.settled(t)
	if r := o.recipients(t, o.admin, waits)["mira@example.com"]; r.State != "queued" || r.Reason != nil {
		t.Errorf("%+v", r)
	}
	s.redeem(t, s.person(t, "early"), waits.code(t), http.StatusCreated)
	s.want(t, http.StatusNoContent, "DELETE", o.invite(dead), o.admin.token, nil)
	s.SetMailFaults(ses.Faults{})
	s.due(t)
	s.sweep(t)
	o.mailed(t, o.admin, waits)
	if mails := s.inbox(t, "mira@example.com", 1, 0); len(mails) != 1 {
		t.Errorf("%d mails", len(mails))
	}
	if mails, _ := s.Mails("tom@example.com"); len(mails) != 0 {
		t.Error("the mail of a deleted link was sent")
	}
}

// startMail opens a stack of the test's own, whose schedules tick when the test says so.
func startMail(t *testing.T, parameters map[string]string) *site {
	t.Helper()
	return start(t, stack.Options{Parameters: parameters, ScheduleEvery: time.Hour})
}

// sweep lets the mailer's schedule tick once, and waits for what follows.
func (s *site) sweep(t testing.TB) {
	t.Helper()
	if err := s.RunSchedule(t.Context(), "mailer"); err != nil {
		t.Fatal(err)
	}
	s.told(t)
}

// told waits until what became of mails is recorded.
func (s *site) told(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.EventsIdle(ctx); err != nil {
		t.Fatal(err)
	}
}

// due makes everything due that is to be sent, as only time could.
func (s *site) due(t testing.TB) {
	t.Helper()
	pages := dynamodb.NewScanPaginator(s.DynamoDB(), &dynamodb.ScanInput{
		TableName: aws.String(s.TableName()), ConsistentRead: aws.Bool(true), FilterExpression: aws.String("begins_with(lpk, :due)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":due": &types.AttributeValueMemberS{Value: "due#"}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Items {
			_, err := s.DynamoDB().UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
				TableName: aws.String(s.TableName()), Key: map[string]types.AttributeValue{"pk": row["pk"], "sk": row["sk"]},
				UpdateExpression: aws.String("SET dueAt = :now, lsk = :first"), ConditionExpression: aws.String("attribute_exists(lpk)"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":now": &types.AttributeValueMemberN{Value: "0"}, ":first": &types.AttributeValueMemberS{Value: "0000000000000#"},
				},
			})
			var sentMeanwhile *types.ConditionalCheckFailedException
			if err != nil && !errors.As(err, &sentMeanwhile) {
				t.Fatal(err)
			}
		}
	}
}

// mailMany sends a link to so many people, by as many requests as that takes, and gives the addresses.
func (o org) mailMany(t testing.TB, l link, n int) (addresses []string) {
	t.Helper()
	for i := range n {
		addresses = append(addresses, fmt.Sprintf("person%04d@example.com", i))
	}
	for some := range slices.Chunk(addresses, 50) {
		o.sent(t, o.admin, l, some...)
	}
	return addresses
}

// arrived holds that each of the addresses has had its mail, and gives how many had it more than once.
func (s *site) arrived(t testing.TB, addresses []string) (duplicates int) {
	t.Helper()
	all, err := s.Mails("")
	if err != nil {
		t.Fatal(err)
	}
	had := map[string]int{}
	for _, mail := range all {
		had[mail.To]++
	}
	for _, a := range addresses {
		if had[a] == 0 {
			t.Errorf("%s has had no mail", a)
		}
		duplicates += max(had[a]-1, 0)
	}
	return duplicates
}

var manyMails = map[string]string{"MailsPerSender": "5000", "MailsPerOrganization": "5000", "MailsPerNewOrganization": "5000"}

// TestMail_KilledTwentyTimesAmidAThousand kills the mailer, as kill -9 does, while it sends. No mail is lost, and there is at most one duplicate a
// kill.
func TestMail_KilledTwentyTimesAmidAThousand(t *testing.T) {
	t.Parallel()
	s := startMail(t, manyMails)
	o := s.org(t)
	s.SetMailFaults(ses.Faults{Delay: 5}) // so that there is something to kill
	l := o.link(t, o.admin, anyone)
	kills := make(chan int)
	stop := make(chan struct{})
	go func() {
		n := 0
		for n < 20 {
			select {
			case <-stop:
				kills <- n
				return
			case <-time.After(120 * time.Millisecond):
				if s.KillFunction("mailer") > 0 {
					n++
				}
			}
		}
		kills <- n
	}()
	addresses := o.mailMany(t, l, 1000)
	for {
		s.settled(t)
		s.due(t)
		s.sweepKilled(t)
		open := 0
		for _, r := range o.recipients(t, o.admin, l) {
			if r.State == "queued" {
				open++
			}
		}
		if open == 0 {
			break
		}
	}
	close(stop)
	n := <-kills
	duplicates := s.arrived(t, addresses)
	t.Logf("%d kills, %d duplicates", n, duplicates)
	if n < 20 || duplicates > n {
		t.Errorf("%d kills, %d duplicates", n, duplicates)
	}
}

// sweepKilled is sweep of a mailer that may be killed by that.
func (s *site) sweepKilled(t testing.TB) {
	t.Helper()
	if err := s.RunSchedule(t.Context(), "mailer"); err != nil {
		t.Log(err)
	}
}

// TestMail_ThrottledSESLosesNone: a fifth of all calls is throttled.
func TestMail_ThrottledSESLosesNone(t *testing.T) {
	t.Parallel()
	s := startMail(t, manyMails)
	o := s.org(t)
	s.SetMailFaults(ses.Faults{Throttle: 0.2, Seed: 11})
	l := o.link(t, o.admin, anyone)
	addresses := o.mailMany(t, l, 300)
	for range 10 {
		s.settled(t)
		s.due(t)
		s.sweep(t)
	}
	for address, r := range o.mailed(t, o.admin, l) {
		if r.State != "delivered" {
			t.Errorf("%s is %s", address, r.State)
		}
	}
	if duplicates := s.arrived(t, addresses); duplicates > 0 {
		t.Errorf("%d duplicates", duplicates)
	}
}

// TestMail_LostAnswersOfSES: SES takes a mail and its answer is lost. That is the one case in which it goes twice.
func TestMail_LostAnswersOfSES(t *testing.T) {
	t.Parallel()
	s := startMail(t, nil)
	o := s.org(t)
	s.SetMailFaults(ses.Faults{Lost: 1})
	l := o.link(t, o.admin, anyone)
	o.sent(t, o.admin, l, "mira@example.com")
	s.settled(t)
	s.SetMailFaults(ses.Faults{})
	s.told(t)
	// SES's own word that it was delivered ends the retries.
	if got := o.mailed(t, o.admin, l)["mira@example.com"]; got.State != "delivered" {
		t.Errorf("%+v", got)
	}
	s.due(t)
	s.sweep(t)
	if mails := s.inbox(t, "mira@example.com", 1, 0); len(mails) != 1 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestMail_LimitOfTheDay(t *testing.T) {
	t.Parallel()
	s := startMail(t, map[string]string{"MailsPerSender": "3"})
	o := s.org(t)
	l := o.link(t, o.admin, anyone)
	o.sent(t, o.admin, l, "a@example.com", "b@example.com")
	s.settled(t)
	a := s.send(t, "POST", o.emails(l), o.admin.token, object{"emails": []string{"c@example.com", "d@example.com"}})
	a.refusal(t, http.StatusTooManyRequests, "limit_reached")
	if wait, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || wait < 1 || wait > 86400 {
		t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
	}
	o.sent(t, o.admin, l, "c@example.com")
	s.send(t, "POST", o.in("/invites"), o.admin.token, object{"emails": []string{"d@example.com"}}).refusal(t, http.StatusTooManyRequests, "limit_reached")
}

// TestMail_AnAddressGetsThreeADay: whoever sends, and no sender can tell.
func TestMail_AnAddressGetsThreeADay(t *testing.T) {
	t.Parallel()
	s := startMail(t, nil)
	first, second := s.org(t), s.org(t)
	const to = "popular@example.com"
	for i := range 5 {
		o := []org{first, second}[i%2]
		l := o.link(t, o.admin, anyone)
		o.sent(t, o.admin, l, to)
		s.settled(t)
		if r := o.recipients(t, o.admin, l)[to]; i >= 3 && (r.State != "queued" || r.Reason != nil) {
			t.Errorf("the limit shows: %+v", r)
		}
	}
	s.sweep(t)
	if mails := s.inbox(t, to, 3, 0); len(mails) != 3 {
		t.Errorf("%d mails", len(mails))
	}
}
