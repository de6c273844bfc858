// Package sesevent reads what SES tells of mails that it took: its events as EventBridge hands them over
// (https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-using-event-publishing-setup.html,
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html; those by EventBridge hold the same below detail).
//
// It is apart from package sesmail, so that the function that takes the events carries neither templates nor a client of SES.
package sesevent

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
)

// source is what EventBridge says of SES's own events. Nobody else can put events with it on a bus: names that begin with "aws." are AWS's.
const source = "aws.ses"

// envelope is an event of EventBridge.
type envelope struct {
	Source     string          `json:"source"`
	DetailType string          `json:"detail-type"`
	Detail     json.RawMessage `json:"detail"`
}

// detail is what SES tells. Just one of the parts beside Mail is there.
type detail struct {
	Mail struct {
		Timestamp   string              `json:"timestamp"`
		Destination []string            `json:"destination"`
		Tags        map[string][]string `json:"tags"`
	} `json:"mail"`
	Delivery struct {
		Timestamp    string `json:"timestamp"`
		SMTPResponse string `json:"smtpResponse"`
	} `json:"delivery"`
	Bounce struct {
		Timestamp         string      `json:"timestamp"`
		BounceType        string      `json:"bounceType"`
		BounceSubType     string      `json:"bounceSubType"`
		BouncedRecipients []recipient `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		Timestamp             string `json:"timestamp"`
		ComplaintFeedbackType string `json:"complaintFeedbackType"`
		ComplaintSubType      string `json:"complaintSubType"`
	} `json:"complaint"`
	DeliveryDelay struct {
		Timestamp         string      `json:"timestamp"`
		DelayType         string      `json:"delayType"`
		DelayedRecipients []recipient `json:"delayedRecipients"`
	} `json:"deliveryDelay"`
	Reject struct {
		Reason string `json:"reason"`
	} `json:"reject"`
}

type recipient struct {
	Status         string `json:"status"`
	DiagnosticCode string `json:"diagnosticCode"`
}

// ReadFeedback gives what an event tells. ok is false for what isn't feedback on a mail of ours: other sources, other configuration sets,
// other kinds of event, mails without our tag, and the complaint that a mail isn't spam. An error means that SES's own event can't be read.
func ReadFeedback(event []byte, configurationSet string) (f mail.Feedback, ok bool, err error) {
	var e envelope
	if err := json.Unmarshal(event, &e); err != nil {
		return f, false, fmt.Errorf("read event: %w", err)
	}
	if e.Source != source || !kinds[e.DetailType] {
		return f, false, nil
	}
	var d detail
	if err := json.Unmarshal(e.Detail, &d); err != nil {
		return f, false, fmt.Errorf("read detail of %q: %w", e.DetailType, err)
	}
	if only(d.Mail.Tags["ses:configuration-set"]) != configurationSet {
		return f, false, nil
	}
	if f.Delivery, f.Sends, ok = parseTag(only(d.Mail.Tags["delivery"])); !ok {
		return f, false, nil
	}
	if e.DetailType == complained && d.Complaint.ComplaintFeedbackType == "not-spam" {
		return f, false, nil // moved out of the spam folder: praise
	}
	at := d.tell(e.DetailType, &f)
	if f.At, err = time.Parse(time.RFC3339, at); err != nil {
		return f, false, fmt.Errorf("read time of %q: %w", e.DetailType, err)
	}
	f.At = f.At.UTC().Truncate(time.Millisecond)
	f.To, _ = mail.ParseAddress(only(d.Mail.Destination)) // none, if it isn't one that we would mail to
	return f, true, nil
}

// The kinds of event that are feedback.
const (
	delivered  = "Email Delivered"
	bounced    = "Email Bounced"
	complained = "Email Complaint Received"
	delayed    = "Email Delivery Delayed"
	rejected   = "Email Rejected"
)

var kinds = map[string]bool{delivered: true, bounced: true, complained: true, delayed: true, rejected: true}

// tell fills in what became of the mail, and gives when.
func (d *detail) tell(kind string, f *mail.Feedback) (at string) {
	switch kind {
	case delivered:
		f.State, f.Detail = mail.StateDelivered, clean(d.Delivery.SMTPResponse)
		return d.Delivery.Timestamp
	case bounced:
		f.State, f.Reason = mail.StateBounced, bounceReason(d.Bounce.BounceType)
		f.Detail = clean(d.Bounce.BounceSubType, said(d.Bounce.BouncedRecipients))
		return d.Bounce.Timestamp
	case complained:
		f.State, f.Detail = mail.StateComplained, clean(d.Complaint.ComplaintFeedbackType, d.Complaint.ComplaintSubType)
		return d.Complaint.Timestamp
	case delayed:
		f.State, f.Detail = mail.StateDelayed, clean(d.DeliveryDelay.DelayType, said(d.DeliveryDelay.DelayedRecipients))
		return d.DeliveryDelay.Timestamp
	}
	f.State, f.Reason, f.Detail = mail.StateDropped, mail.ReasonRejected, clean(d.Reject.Reason)
	return d.Mail.Timestamp // a rejection has no time of its own
}

func bounceReason(bounceType string) mail.Reason {
	switch bounceType {
	case "Permanent":
		return mail.ReasonPermanent
	case "Transient":
		return mail.ReasonTransient
	}
	return mail.ReasonUndetermined
}

// said gives what the receiving server said of the one recipient.
func said(recipients []recipient) string {
	if len(recipients) != 1 {
		return ""
	}
	if r := recipients[0]; r.DiagnosticCode != "" {
		return r.DiagnosticCode
	}
	return recipients[0].Status
}

// only gives the one element, or "".
func only(s []string) string {
	if len(s) != 1 {
		return ""
	}
	return s[0]
}

// parseTag reads the tag that package sesmail gives each mail: group, invite, id and number of the sending.
func parseTag(s string) (k mail.Key, sends int, ok bool) {
	parts := strings.Split(s, "-")
	if len(parts) != 4 {
		return k, 0, false
	}
	sends, err := strconv.Atoi(parts[3])
	ok = directory.ParseHex(k.Group[:], parts[0]) && directory.ParseHex(k.Invite[:], parts[1]) && directory.ParseHex(k.ID[:], parts[2]) &&
		err == nil && sends > 0 && strconv.Itoa(sends) == parts[3]
	return k, sends, ok
}
