package ses_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/ses"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go/transport/http"
)

func TestFaults_RefuseOnRequest(t *testing.T) {
	for name, test := range map[string]struct {
		faults     ses.Faults
		code, text string
	}{
		"throttled":                {ses.Faults{Throttle: 1}, "Throttling", "Maximum sending rate exceeded."},
		"over quota":               {ses.Faults{Quota: true}, "Throttling", "Daily message quota exceeded."},
		"the account paused":       {ses.Faults{Paused: true}, "AccountSendingPausedException", "Sending paused for this account."},
		"the set paused":           {ses.Faults{PausedConfigurationSet: true}, "ConfigurationSetSendingPausedException", set},
		"all rejected":             {ses.Faults{Reject: ses.Everyone}, "MessageRejected", "rejected"},
		"one rejected":             {ses.Faults{Reject: ses.Addresses{"BO@example.org"}}, "MessageRejected", "rejected"},
		"another rejected":         {ses.Faults{Reject: ses.Addresses{"cy@example.org"}}, "", ""},
		"a domain rejected":        {ses.Faults{Reject: ses.Addresses{"@Example.org"}}, "MessageRejected", "rejected"},
		"a domain that ends alike": {ses.Faults{Reject: ses.Addresses{"@ple.org"}}, "", ""},
		"unavailable":              {ses.Faults{Unavailable: 1}, "ServiceUnavailable", "unavailable"},
		"a share of nothing":       {ses.Faults{Throttle: 0, Unavailable: 0, Lost: 0}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			s.SetFaults(test.faults)
			_, err := s.client().SendRawEmail(t.Context(), input("bo@example.org"))
			if test.code == "" && err != nil || test.code != "" && !refusedWith(err, test.code, test.text) {
				t.Errorf("%v, want %s", err, test.code)
			}
			if n := len(s.mails(t, "")); (test.code == "") != (n == 1) {
				t.Errorf("%d mails", n)
			}
			s.SetFaults(ses.Faults{})
			s.send(t, "bo@example.org")
		})
	}
	s := start(t)
	s.SetFaults(ses.Faults{Paused: true})
	_, err := s.client().SendRawEmail(t.Context(), input("bo@example.org"))
	var paused *types.AccountSendingPausedException
	if !errors.As(err, &paused) {
		t.Errorf("%v", err)
	}
	s.SetFaults(ses.Faults{PausedConfigurationSet: true})
	in := input("bo@example.org")
	in.ConfigurationSetName = nil
	if _, err := s.client().SendRawEmail(t.Context(), in); err != nil {
		t.Errorf("a mail without the paused set: %v", err)
	}
}

func TestFaults_UnavailableIsA503(t *testing.T) {
	s := start(t)
	s.SetFaults(ses.Faults{Unavailable: 1})
	_, err := s.client().SendRawEmail(t.Context(), input("bo@example.org"))
	var answer *http.ResponseError
	if !errors.As(err, &answer) || answer.HTTPStatusCode() != 503 {
		t.Errorf("%v", err)
	}
}

func TestFaults_LostIsAcceptedAndUnanswered(t *testing.T) {
	s := start(t)
	s.SetFaults(ses.Faults{Lost: 1})
	_, err := s.client().SendRawEmail(t.Context(), input("bo@example.org"))
	var answer *http.ResponseError
	if err == nil || errors.As(err, &answer) && answer.HTTPStatusCode() != 0 {
		t.Errorf("there was an answer: %v", err)
	}
	if n := len(s.mails(t, "bo@example.org")); n != 1 || !slices.Contains(s.told(), "Email Delivered") {
		t.Errorf("%d mails, events %q", n, s.told())
	}
}

func TestFaults_SharesAreDrawnAlikeWithOneSeed(t *testing.T) {
	s := start(t)
	draw := func(seed uint64) (out string) {
		s.SetFaults(ses.Faults{Seed: seed, Throttle: 0.5})
		for range 40 {
			_, err := s.client().SendRawEmail(t.Context(), input("bo@example.org"))
			out += fmt.Sprint(err == nil, " ")
		}
		return out
	}
	one := draw(1)
	if again := draw(1); again != one {
		t.Errorf("%s\n%s", one, again)
	}
	if other := draw(2); other == one {
		t.Error("another seed draws the same")
	}
	if n := strings.Count(one, "true"); n < 8 || n > 32 {
		t.Errorf("%d of 40 were sent", n)
	}
}

func TestFaults_Delay(t *testing.T) {
	s := start(t)
	s.SetFaults(ses.Faults{Delay: 150})
	begin := time.Now()
	s.send(t, "bo@example.org")
	if took := time.Since(begin); took < 150*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}

func TestParseFaults(t *testing.T) {
	f, err := ses.ParseFaults(strings.NewReader(`{"throttle": 0.2, "bounce": ["a@x.org", "@y.org"], "complaint": true, "reject": false, "seed": 7}`))
	if err != nil || f.Throttle != 0.2 || !f.Bounce.Has("A@X.org") || !f.Bounce.Has("any@y.ORG") || f.Bounce.Has("b@x.org") || !f.Complaint.Has("b@x.org") ||
		f.Reject.Has("a@x.org") || f.Seed != 7 {
		t.Errorf("%+v, %v", f, err)
	}
	for text, want := range map[string]string{
		`{"throtle": 1}`:        `unknown field "throtle"`,
		`{"throttle": 1.1}`:     "throttle must be from 0 to 1",
		`{"lost": -1}`:          "lost must be from 0 to 1",
		`{"delay": 60001}`:      "delay must be from 0 to 60000",
		`{"quota": "yes"}`:      "cannot unmarshal",
		`{"bounce": "a@x.org"}`: "true, false or a list of addresses is wanted",
		`{"bounce": ["x"]}`:     "neither an address nor a domain",
		`{} {}`:                 "one JSON object",
		``:                      "EOF",
	} {
		if _, err := ses.ParseFaults(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", text, err, want)
		}
	}
}

func TestFeedback_TellsWhatBecameOfTheMail(t *testing.T) {
	const delivered = "Email Sent, Email Delivered"
	for name, test := range map[string]struct {
		faults ses.Faults
		to     string
		events string
		field  string            // of the last event
		says   map[string]string // below the field, with / between names
	}{
		"delivered": {ses.Faults{}, "bo@example.org", delivered, "delivery", map[string]string{"smtpResponse": "250 2.6.0 Message received", "recipients": "[bo@example.org]"}},
		"bounced": {ses.Faults{Bounce: ses.Addresses{"Bo@example.org"}}, "bo@example.org", "Email Sent, Email Bounced", "bounce", map[string]string{
			"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients/emailAddress": "bo@example.org", "bouncedRecipients/status": "5.1.1",
			"bouncedRecipients/diagnosticCode": "smtp; 550 5.1.1 user unknown", "bouncedRecipients/action": "failed"}},
		"bounced softly": {ses.Faults{SoftBounce: ses.Everyone}, "bo@example.org", "Email Sent, Email Bounced", "bounce", map[string]string{
			"bounceType": "Transient", "bounceSubType": "MailboxFull", "bouncedRecipients/emailAddress": "bo@example.org"}},
		"marked as spam": {ses.Faults{Complaint: ses.Everyone}, "bo@example.org", delivered + ", Email Complaint Received", "complaint", map[string]string{
			"complaintFeedbackType": "abuse", "complainedRecipients/emailAddress": "bo@example.org", "complaintSubType": "<nil>"}},
		"held up": {ses.Faults{DeliveryDelay: ses.Everyone}, "bo@example.org", "Email Sent, Email Delivery Delayed", "deliveryDelay", map[string]string{
			"delayType": "TransientCommunicationFailure", "delayedRecipients/emailAddress": "bo@example.org", "delayedRecipients/status": "4.4.1"}},
		"with a virus":          {ses.Faults{RejectEvent: ses.Everyone}, "bo@example.org", "Email Rejected", "reject", map[string]string{"reason": "Bad content"}},
		"a fault of another":    {ses.Faults{Bounce: ses.Addresses{"cy@example.org"}}, "bo@example.org", delivered, "delivery", nil},
		"simulator, success":    {ses.Faults{}, "success@simulator.amazonses.com", delivered, "delivery", nil},
		"simulator, bounce":     {ses.Faults{}, "bounce@simulator.amazonses.com", "Email Sent, Email Bounced", "bounce", map[string]string{"bounceType": "Permanent", "bounceSubType": "General"}},
		"simulator, with label": {ses.Faults{}, "Bounce+label1@simulator.amazonses.com", "Email Sent, Email Bounced", "bounce", map[string]string{"bouncedRecipients/emailAddress": "Bounce+label1@simulator.amazonses.com"}},
		"simulator, complaint":  {ses.Faults{}, "complaint+x@simulator.amazonses.com", delivered + ", Email Complaint Received", "complaint", nil},
		"simulator, away":       {ses.Faults{}, "ooto@simulator.amazonses.com", delivered, "delivery", nil},
		"simulator, suppressed": {ses.Faults{}, "suppressionlist@simulator.amazonses.com", "Email Sent, Email Bounced", "bounce", map[string]string{"bounceType": "Permanent", "bounceSubType": "Suppressed"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			s.SetFaults(test.faults)
			s.send(t, test.to)
			if got := strings.Join(s.told(), ", "); got != test.events {
				t.Fatalf("events %s, want %s", got, test.events)
			}
			last := s.told()[len(s.told())-1]
			for path, want := range test.says {
				if got := fmt.Sprint(s.detail(t, last, append([]string{test.field}, strings.Split(path, "/")...)...)); got != want {
					t.Errorf("%s is %s, want %s", path, got, want)
				}
			}
			sent := s.mails(t, test.to)[0].SentAt
			for _, p := range s.events {
				if late := p.due.Sub(sent); (p.event["detail-type"] == "Email Sent") != (late == 0) || late > 200*time.Millisecond {
					t.Errorf("%v is due %v after the mail", p.event["detail-type"], late)
				}
			}
		})
	}
}

func TestFeedback_EICARIsAVirus(t *testing.T) {
	s := start(t)
	in := input("bo@example.org")
	in.RawMessage.Data = []byte(strings.Replace(mail, "plain\r\n", "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*\r\n", 1))
	if _, err := s.client().SendRawEmail(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if got := s.told(); !slices.Equal(got, []string{"Email Rejected"}) {
		t.Errorf("events %q", got)
	}
}

func TestFeedback_TellsOfTheMail(t *testing.T) {
	s := start(t)
	in := input("bo@example.org", "cy@example.org")
	in.Tags = []types.MessageTag{{Name: aws.String("delivery"), Value: aws.String("d-1_x")}}
	out, err := s.client().SendRawEmail(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.told(); !slices.Equal(got, []string{"Email Sent", "Email Delivered", "Email Delivered"}) {
		t.Errorf("events %q", got)
	}
	e := s.events[1].event
	for name, want := range map[string]string{
		"version": "0", "source": "aws.ses", "account": "000000000000", "region": "local",
		"resources": "[arn:aws:ses:local:000000000000:configuration-set/Mail]",
	} {
		if got := fmt.Sprint(e[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if e["id"] == s.events[2].event["id"] || e["id"] == "" {
		t.Error("events have one id")
	}
	if at, err := time.Parse("2006-01-02T15:04:05Z", e["time"].(string)); err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("time %v", e["time"])
	}
	about := func(path ...string) string {
		return fmt.Sprint(s.detail(t, "Email Delivered", append([]string{"mail"}, path...)...))
	}
	for path, want := range map[string]string{
		"messageId": *out.MessageId, "source": "Adá <ada@example.com>", "sourceArn": "arn:aws:ses:local:000000000000:identity/example.com",
		"sendingAccountId": "000000000000", "destination": "[bo@example.org cy@example.org]", "headersTruncated": "false",
		"commonHeaders/subject": "Café tonight", "commonHeaders/from": "[Adá <ada@example.com>]", "commonHeaders/to": "[Bo <bo@example.org>]",
		"commonHeaders/messageId": *out.MessageId, "tags/delivery": "[d-1_x]", "tags/ses:configuration-set": "[Mail]", "tags/ses:from-domain": "[example.com]",
		"tags/ses:source-ip": "[127.0.0.1]", "tags/ses:caller-identity": "[mailer]", "headers/name": "From", "headers/value": "Adá <ada@example.com>",
	} {
		if got := about(strings.Split(path, "/")...); got != want {
			t.Errorf("mail.%s is %s, want %s", path, got, want)
		}
	}
	if at, err := time.Parse("2006-01-02T15:04:05.000Z", about("timestamp")); err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("timestamp %s", about("timestamp"))
	}
}

func TestFeedback_OnlyOfTypesThatThePublisherNames(t *testing.T) {
	s := open(t, t.TempDir(), publishing("bounce"))
	s.SetFaults(ses.Faults{Bounce: ses.Addresses{"bo@example.org"}})
	s.send(t, "bo@example.org", "cy@example.org")
	if got := s.told(); !slices.Equal(got, []string{"Email Bounced"}) {
		t.Errorf("events %q", got)
	}
	in := input("cy@example.org")
	in.ConfigurationSetName = nil
	if _, err := s.client().SendRawEmail(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if got := s.told(); len(got) != 1 {
		t.Errorf("a mail without a configuration set is told of: %q", got)
	}
}

func TestSuppressionList(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	s.SetFaults(ses.Faults{Bounce: ses.Addresses{"bounces@x.org"}, Complaint: ses.Addresses{"complains@x.org"}, SoftBounce: ses.Addresses{"full@x.org"}})
	for _, to := range []string{"bounces@x.org", "complains@x.org", "full@x.org", "bounce@simulator.amazonses.com", "fine@x.org"} {
		s.send(t, to)
	}
	want := map[string]string{"bounces@x.org": "BOUNCE", "complains@x.org": "COMPLAINT"}
	if got := s.Suppressed(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%v, want %v", got, want)
	}

	s = open(t, dir, nil) // as after a restart, and without faults
	for to, want := range map[string][]string{
		"Bounces@X.org": {"Email Bounced", "bounce", "bounceSubType"}, "complains@x.org": {"Email Complaint Received", "complaint", "complaintSubType"},
	} {
		s.events = nil
		s.send(t, to)
		if got := s.told(); !slices.Equal(got, []string{"Email Sent", want[0]}) {
			t.Errorf("%s: events %q", to, got)
		} else if subType := s.detail(t, want[0], want[1:]...); subType != "OnAccountSuppressionList" {
			t.Errorf("%s: %v", to, subType)
		}
	}
	if err := s.ClearSuppressed(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, nil)
	s.send(t, "bounces@x.org")
	if got := s.told(); !slices.Equal(got, []string{"Email Sent", "Email Delivered"}) {
		t.Errorf("off the list: events %q", got)
	}
}

func TestSuppressionList_IsFilledAsTheConfigurationSetSays(t *testing.T) {
	s := open(t, t.TempDir(), suppressing("COMPLAINT"))
	s.SetFaults(ses.Faults{Bounce: ses.Addresses{"bounces@x.org"}, Complaint: ses.Addresses{"complains@x.org"}})
	s.send(t, "bounces@x.org", "complains@x.org")
	if got := s.Suppressed(); len(got) != 1 || got["complains@x.org"] == "" {
		t.Errorf("%v", got)
	}
}
