package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"group-invites/shared/directory"
	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/mail"
	"group-invites/shared/outbox"
)

const configurationSet = "our-set"

// event is what SES tells of the mail of a link to mira@example.com.
func event(kind, part string, key mail.Key, set string) json.RawMessage {
	return fmt.Appendf(nil, `{"version":"0","source":"aws.ses","detail-type":%q,"detail":{%s,"mail":{"timestamp":"2027-03-01T09:30:00.000Z",
		"messageId":"m","destination":["mira@example.com"],"tags":{"ses:configuration-set":[%q],"delivery":["%s-%x-%s-1"]}}}}`,
		kind, part, set, key.Group, key.Invite, key.ID)
}

const bounce = `"bounce":{"timestamp":"2027-03-01T09:30:01.000Z","bounceType":"Permanent","bounceSubType":"General",
	"bouncedRecipients":[{"emailAddress":"mira@example.com","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}`

func TestFeedback(t *testing.T) {
	w := New(t)
	admin := Person("admin")
	link := w.Link(admin, w.Group(admin, w.Org(admin, "Acme"), "Backcountry"), To("mira@example.com"))
	address := Addresses("mira@example.com")[0]
	key := mail.Key{Group: link.Group, Invite: link.ID, ID: address.ID()}
	log := slog.New(slog.DiscardHandler)
	run := handler(&outbox.Service{Store: w.Table, Clock: w.Clock.Now, Log: log}, configurationSet, log)

	before := w.Content()
	for _, other := range []json.RawMessage{
		event("Email Bounced", bounce, key, "another-set"),
		event("Email Opened", `"open":{}`, key, configurationSet),
		json.RawMessage(strings.Replace(string(event("Email Bounced", bounce, key, configurationSet)), "aws.ses", "com.example", 1)),
	} {
		if err := run(t.Context(), other); err != nil || w.Content() != before {
			t.Errorf("%s: %v", other, err)
		}
	}
	if err := run(t.Context(), json.RawMessage(`{"detail":`)); err == nil {
		t.Error("half an event is taken")
	}

	w.Faults.Reset(faults.On(1, faults.KillBefore))
	if err := run(t.Context(), event("Email Bounced", bounce, key, configurationSet)); err == nil {
		t.Error("not recorded, and EventBridge is not to tell it again")
	}
	w.Faults.Reset(nil)
	for range 2 {
		if err := run(t.Context(), event("Email Bounced", bounce, key, configurationSet)); err != nil {
			t.Error(err)
		}
	}
	page, err := w.Invites.Recipients(t.Context(), admin, link.Group, link.ID, directory.PageRequest{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	if r := page.Items[0]; r.State != mail.StateBounced || r.Reason != mail.ReasonPermanent || !strings.Contains(r.Detail, "user unknown") {
		t.Errorf("recipient %+v", r)
	}
	suppressed, err := w.Table.Suppressions(t.Context(), []mail.AddressKey{address.Key()})
	if err != nil || suppressed[address.Key()].Reason() != mail.ReasonBounced {
		t.Errorf("suppressed %v, %v", suppressed, err)
	}
}
