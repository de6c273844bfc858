package acceptance

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
	"time"

	"group-invites/infra/local/template"
)

// TestMail_WhatIsToldLateChangesNothing: SES tells again, and of what came before. A mail that was delivered stays so.
func TestMail_WhatIsToldLateChangesNothing(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	made := o.link(t, o.admin, object{"access": "anyone"})
	to := shared.address("told")
	o.sent(t, o.admin, made, to)
	mailed := o.mailed(t, o.admin, made)[to]
	if mailed.State != "delivered" {
		t.Fatalf("%+v", mailed)
	}
	at := time.Now().UTC().Format(time.RFC3339)
	mail := object{
		"timestamp": at, "messageId": "told", "source": "invites@example.com", "destination": []string{to},
		"tags": object{
			"ses:configuration-set": []string{template.DefaultStackName + "-MailConfigurationSet"},
			"delivery":              []string{o.group + "-" + made.ID + "-" + mailed.ID + "-1"},
		},
	}
	for kind, detail := range map[string]object{
		"Email Delivered": {"eventType": "Delivery", "delivery": object{"timestamp": at, "recipients": []string{to}, "smtpResponse": "250 ok"}, "mail": mail},
		"Email Delivery Delayed": {"eventType": "DeliveryDelay", "deliveryDelay": object{
			"timestamp": at, "delayType": "MailboxFull", "delayedRecipients": []object{{"emailAddress": to}},
		}, "mail": mail},
	} {
		event, err := json.Marshal(object{"version": "0", "id": "told", "detail-type": kind, "source": "aws.ses", "time": at, "region": "local", "resources": []string{}, "detail": detail})
		if err != nil {
			t.Fatal(err)
		}
		result, err := shared.Invoke(t.Context(), "mail-feedback", event)
		if err != nil || result.FunctionError != "" {
			t.Errorf("%s: %s, %v", kind, result.Payload, err)
		}
	}
	if again := o.recipients(t, o.admin, made)[to]; !reflect.DeepEqual(again, mailed) {
		t.Errorf("%+v, before %+v", again, mailed)
	}
	shared.want(t, http.StatusNoContent, "DELETE", o.invite(made), o.admin.token, nil)
}
