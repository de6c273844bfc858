package sesevent_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
	"group-invites/shared/sesevent"
)

const set = "group-invites-events"

// event is one as EventBridge hands it over: what it tells, and of which mail.
func event(detailType, eventType, about string, change ...func(map[string]any)) []byte {
	whole := fmt.Sprintf(`{
		"version": "0", "id": "7d3f0e52-6c1a-4f0d-9a43-2f5b7c9e1a10", "detail-type": %q, "source": "aws.ses", "account": "210987654321",
		"time": "2026-11-27T14:31:20Z", "region": "eu-central-1", "resources": ["arn:aws:ses:eu-central-1:210987654321:configuration-set/group-invites-events"],
		"detail": {
			"eventType": %q, %s
			"mail": {
				"timestamp": "2026-11-27T14:31:05.123Z", "source": "invites@chat.example.com",
				"sourceArn": "arn:aws:ses:eu-central-1:210987654321:identity/chat.example.com", "sendingAccountId": "210987654321",
				"messageId": "010701953b2c4d5e-1f2e3d4c-5b6a-7988-a9ba-cbdcedfe0f10-000000", "destination": ["jan@example.org"], "headersTruncated": false,
				"headers": [{"name": "To", "value": "<jan@example.org>"}], "commonHeaders": {"to": ["jan@example.org"]},
				"tags": {
					"delivery": ["0102030405060708-0900000000000000-a1b2c3d4e5f60718-2"], "ses:configuration-set": ["group-invites-events"],
					"ses:source-ip": ["192.0.2.7"], "ses:from-domain": ["chat.example.com"], "ses:caller-identity": ["mailer"]
				}
			}
		}
	}`, detailType, eventType, about)
	var e map[string]any
	if err := json.Unmarshal([]byte(whole), &e); err != nil {
		panic(err)
	}
	for _, c := range change {
		c(e)
	}
	raw, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return raw
}

// at gives the object at a path of names.
func at(e map[string]any, path ...string) map[string]any {
	for _, name := range path {
		e = e[name].(map[string]any)
	}
	return e
}

const bounce = `"bounce": {
	"feedbackId": "0107", "bounceType": "Permanent", "bounceSubType": "General", "timestamp": "2026-11-27T14:31:09.777Z", "remoteMtaIp": "198.51.100.4",
	"reportingMTA": "dns; a7-42.smtp-out.eu-central-1.amazonses.com",
	"bouncedRecipients": [{"emailAddress": "jan@example.org", "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 <jan@example.org>: no such user"}]
},`

func TestReadFeedback_EachKind(t *testing.T) {
	to, _ := mail.ParseAddress("jan@example.org")
	key := mail.Key{
		Group: directory.GroupID{1, 2, 3, 4, 5, 6, 7, 8}, Invite: [8]byte{9}, ID: mail.ID{0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x07, 0x18},
	}
	when := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		name, detailType, eventType, about string
		want                               mail.Feedback
	}{
		{"delivered", "Email Delivered", "Delivery", `"delivery": {"timestamp": "2026-11-27T14:31:07.500Z", "processingTimeMillis": 2377,
			"recipients": ["jan@example.org"], "smtpResponse": "250 2.6.0 Message received", "remoteMtaIp": "198.51.100.4", "reportingMTA": "a7-42.smtp-out.example"},`,
			mail.Feedback{State: mail.StateDelivered, Detail: "250 2.6.0 Message received", At: when("2026-11-27T14:31:07.500Z")}},
		{"bounced for good", "Email Bounced", "Bounce", bounce,
			mail.Feedback{State: mail.StateBounced, Reason: mail.ReasonPermanent, Detail: "General: smtp; 550 5.1.1 (address): no such user", At: when("2026-11-27T14:31:09.777Z")}},
		{"bounced because the address is suppressed at SES", "Email Bounced", "Bounce", `"bounce": {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList",
			"timestamp": "2026-11-27T14:31:06Z", "bouncedRecipients": [{"emailAddress": "jan@example.org", "action": "failed", "status": "5.1.1",
			"diagnosticCode": "Amazon SES did not send the message to this address because it is on the suppression list for your account."}]},`,
			mail.Feedback{State: mail.StateBounced, Reason: mail.ReasonPermanent, At: when("2026-11-27T14:31:06Z"),
				Detail: "OnAccountSuppressionList: Amazon SES did not send the message to this address because it is on the suppression list for your account."}},
		{"bounced for now", "Email Bounced", "Bounce", `"bounce": {"bounceType": "Transient", "bounceSubType": "MailboxFull", "timestamp": "2026-11-27T14:31:09.7Z",
			"bouncedRecipients": [{"emailAddress": "jan@example.org", "status": "4.2.2"}]},`,
			mail.Feedback{State: mail.StateBounced, Reason: mail.ReasonTransient, Detail: "MailboxFull: 4.2.2", At: when("2026-11-27T14:31:09.7Z")}},
		{"bounced, who knows why", "Email Bounced", "Bounce", `"bounce": {"bounceType": "Undetermined", "bounceSubType": "Undetermined", "timestamp": "2026-11-27T14:31:09Z",
			"bouncedRecipients": [{"emailAddress": "jan@example.org"}]},`,
			mail.Feedback{State: mail.StateBounced, Reason: mail.ReasonUndetermined, Detail: "Undetermined", At: when("2026-11-27T14:31:09Z")}},
		{"complaint", "Email Complaint Received", "Complaint", `"complaint": {"feedbackId": "0107", "complaintSubType": null, "timestamp": "2026-11-28T08:00:00.001Z",
			"complainedRecipients": [{"emailAddress": "jan@example.org"}], "userAgent": "FeedbackLoop/1", "complaintFeedbackType": "abuse", "arrivalDate": "2026-11-28T07:59:00.000Z"},`,
			mail.Feedback{State: mail.StateComplained, Detail: "abuse", At: when("2026-11-28T08:00:00.001Z")}},
		{"complaint without a type", "Email Complaint Received", "Complaint", `"complaint": {"timestamp": "2026-11-28T08:00:00Z"},`,
			mail.Feedback{State: mail.StateComplained, At: when("2026-11-28T08:00:00Z")}},
		{"delayed", "Email Delivery Delayed", "DeliveryDelay", `"deliveryDelay": {"timestamp": "2026-11-27T15:02:00Z", "delayType": "TransientCommunicationFailure",
			"expirationTime": "2026-11-28T04:31:05Z", "delayedRecipients": [{"emailAddress": "jan@example.org", "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect"}]},`,
			mail.Feedback{State: mail.StateDelayed, Detail: "TransientCommunicationFailure: smtp; 421 4.4.1 Unable to connect", At: when("2026-11-27T15:02:00Z")}},
		{"rejected", "Email Rejected", "Reject", `"reject": {"reason": "Bad content"},`,
			mail.Feedback{State: mail.StateDropped, Reason: mail.ReasonRejected, Detail: "Bad content", At: when("2026-11-27T14:31:05.123Z")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want.Delivery, c.want.Sends, c.want.To = key, 2, to
			got, ok, err := sesevent.ReadFeedback(event(c.detailType, c.eventType, c.about), set)
			if err != nil || !ok || got != c.want {
				t.Errorf("%v, %v,\n%+v, want\n%+v", err, ok, got, c.want)
			}
		})
	}
}

func TestReadFeedback_OfOthersIsNone(t *testing.T) {
	for what, raw := range map[string][]byte{
		"another source":            event("Email Bounced", "Bounce", bounce, func(e map[string]any) { e["source"] = "my.ses" }),
		"another kind":              event("Email Sent", "Send", `"send": {},`),
		"opened":                    event("Email Opened", "Open", `"open": {},`),
		"another configuration set": event("Email Bounced", "Bounce", bounce, func(e map[string]any) { at(e, "detail", "mail", "tags")["ses:configuration-set"] = []string{"x"} }),
		"two configuration sets":    event("Email Bounced", "Bounce", bounce, func(e map[string]any) { at(e, "detail", "mail", "tags")["ses:configuration-set"] = []string{set, "x"} }),
		"no configuration set":      event("Email Bounced", "Bounce", bounce, func(e map[string]any) { delete(at(e, "detail", "mail", "tags"), "ses:configuration-set") }),
		"no tags":                   event("Email Bounced", "Bounce", bounce, func(e map[string]any) { delete(at(e, "detail", "mail"), "tags") }),
		"no tag of ours":            event("Email Bounced", "Bounce", bounce, func(e map[string]any) { delete(at(e, "detail", "mail", "tags"), "delivery") }),
		"not spam":                  event("Email Complaint Received", "Complaint", `"complaint": {"timestamp": "2026-11-28T08:00:00Z", "complaintFeedbackType": "not-spam"},`),
		"an empty object":           []byte(`{}`),
	} {
		if f, ok, err := sesevent.ReadFeedback(raw, set); ok || err != nil {
			t.Errorf("%s: %+v, %v", what, f, err)
		}
	}
	for _, tag := range []string{
		"", "-", "0102030405060708-0900000000000000-a1b2c3d4e5f60718", "0102030405060708-0900000000000000-a1b2c3d4e5f60718-0", "0102030405060708-0900000000000000-a1b2c3d4e5f60718--1",
		"0102030405060708-0900000000000000-a1b2c3d4e5f60718-01", "0102030405060708-0900000000000000-a1b2c3d4e5f60718-1-1", "0102030405060708-0900000000000000-A1B2C3D4E5F60718-1",
		"010203040506070-0900000000000000-a1b2c3d4e5f60718-1", "0102030405060708-0900000000000000-a1b2c3d4e5f60718-99999999999999999999", "g102030405060708-0900000000000000-a1b2c3d4e5f60718-1",
	} {
		raw := event("Email Bounced", "Bounce", bounce, func(e map[string]any) { at(e, "detail", "mail", "tags")["delivery"] = []string{tag} })
		if f, ok, err := sesevent.ReadFeedback(raw, set); ok || err != nil {
			t.Errorf("tag %q: %+v, %v", tag, f, err)
		}
	}
}

func TestReadFeedback_NamesNoAddressThatIsNone(t *testing.T) {
	for _, to := range []any{[]string{}, []string{"jan@example.org", "ada@example.org"}, []string{"Jan <jan@example.org>"}, nil} {
		raw := event("Email Bounced", "Bounce", bounce, func(e map[string]any) { at(e, "detail", "mail")["destination"] = to })
		if f, ok, err := sesevent.ReadFeedback(raw, set); !ok || err != nil || !f.To.IsZero() {
			t.Errorf("%v: %v %v %v", to, f.To, ok, err)
		}
	}
}

func TestReadFeedback_CannotBeRead(t *testing.T) {
	for what, raw := range map[string][]byte{
		"no JSON":           []byte(`{`),
		"detail of a text":  event("Email Bounced", "Bounce", bounce, func(e map[string]any) { e["detail"] = "x" }),
		"no time":           event("Email Bounced", "Bounce", `"bounce": {"bounceType": "Permanent"},`),
		"tags of the wrong": event("Email Bounced", "Bounce", bounce, func(e map[string]any) { at(e, "detail", "mail")["tags"] = 1 }),
	} {
		if _, ok, err := sesevent.ReadFeedback(raw, set); ok || err == nil {
			t.Errorf("%s: %v, %v", what, ok, err)
		}
	}
}

// saying is what the receiving server said, as it comes out.
func saying(t *testing.T, said string) string {
	t.Helper()
	raw := event("Email Bounced", "Bounce", bounce, func(e map[string]any) {
		at(e, "detail", "bounce")["bouncedRecipients"] = []any{map[string]any{"diagnosticCode": said}}
	})
	f, ok, err := sesevent.ReadFeedback(raw, set)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	return strings.TrimPrefix(f.Detail, "General: ")
}

func TestReadFeedback_CleansWhatServersSay(t *testing.T) {
	for said, want := range map[string]string{
		"550 no\r\n such\tuser\x00\x1b[31m":                                           "550 no such user [31m",
		"relay to <other@internal.example> failed, tell postmaster@internal.example.": "relay to (address) failed, tell (address)",
		`"odd name"@example.org is gone`:                                              `(address) is gone`,
		"a\u202eb\u200bc\u2028d":                                                      "abc d",
		"":                                                                            "General",
	} {
		if got := saying(t, said); got != want {
			t.Errorf("%q becomes %q, want %q", said, got, want)
		}
	}
	long := saying(t, strings.Repeat("é€", 200))
	if n := len("General: " + long); n > 300 || n < 296 || !utf8.ValidString(long) || !strings.HasSuffix(long, "…") {
		t.Errorf("%d bytes: %q", n, long)
	}
}
