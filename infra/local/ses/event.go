package ses

import (
	"encoding/json"
	"time"

	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/template"
)

type eventType string

const (
	sendEvent      eventType = "Send"
	deliveryEvent  eventType = "Delivery"
	bounceEvent    eventType = "Bounce"
	complaintEvent eventType = "Complaint"
	delayEvent     eventType = "DeliveryDelay"
	rejectEvent    eventType = "Reject"
)

// names are what the event bus calls the types, and the fields of their own.
// https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
var names = map[eventType]struct{ detailType, field string }{
	sendEvent:      {"Email Sent", "send"},
	deliveryEvent:  {"Email Delivered", "delivery"},
	bounceEvent:    {"Email Bounced", "bounce"},
	complaintEvent: {"Email Complaint Received", "complaint"},
	delayEvent:     {"Email Delivery Delayed", "deliveryDelay"},
	rejectEvent:    {"Email Rejected", "reject"},
}

// newEvent makes an event of a mail. Beside mail it has a field of the type's own name.
// https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
func newEvent(kind eventType, about aboutMail, body any, set string, at time.Time) eventbus.Event {
	n := names[kind]
	return eventbus.NewEvent("aws.ses", n.detailType, at, configurationSetARN(set), map[string]any{"eventType": kind, "mail": about, n.field: body})
}

// timestamp is written in milliseconds, which are always there.
type timestamp time.Time

func (t timestamp) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Time(t).UTC().Format("2006-01-02T15:04:05.000Z"))
}

// aboutMail is what every event says of its mail.
type aboutMail struct {
	Timestamp        timestamp           `json:"timestamp"`
	Source           string              `json:"source"`
	SourceARN        string              `json:"sourceArn"`
	SendingAccountID string              `json:"sendingAccountId"`
	MessageID        string              `json:"messageId"`
	Destination      []string            `json:"destination"`
	HeadersTruncated bool                `json:"headersTruncated"`
	Headers          []header            `json:"headers"`
	CommonHeaders    commonHeaders       `json:"commonHeaders"`
	Tags             map[string][]string `json:"tags"`
}

type commonHeaders struct {
	From      []string `json:"from"`
	To        []string `json:"to,omitempty"`
	CC        []string `json:"cc,omitempty"`
	MessageID string   `json:"messageId"`
	Subject   string   `json:"subject,omitempty"`
}

// maxHeaders is the size up to which headers are told, in bytes.
const maxHeaders = 10 << 10

// localAddress stands for the addresses of machines.
const localAddress = "127.0.0.1"

func (s *Service) about(a *attempt, m *stored) aboutMail {
	about := aboutMail{
		Timestamp: timestamp(m.SentAt), Source: m.From, SourceARN: identityARN(s.identity(a.source)), SendingAccountID: template.AccountID,
		MessageID: m.ID, Destination: a.destinations,
		CommonHeaders: commonHeaders{
			From: shown(a.content.from), To: shown(a.content.to), CC: shown(a.content.cc), MessageID: m.ID, Subject: a.content.subject,
		},
		Tags: map[string][]string{
			"ses:configuration-set": {a.configurationSet},
			"ses:source-ip":         {localAddress},
			"ses:from-domain":       {domainOf(a.from)},
			"ses:caller-identity":   {a.caller.Name},
		},
	}
	size := 0
	for _, h := range a.content.headers {
		if size += len(h.Name) + len(h.Value); size > maxHeaders {
			about.HeadersTruncated = true
			break
		}
		about.Headers = append(about.Headers, h)
	}
	for _, t := range a.tags {
		about.Tags[t.name] = append(about.Tags[t.name], t.value)
	}
	return about
}

type recipient struct {
	EmailAddress   string `json:"emailAddress"`
	Action         string `json:"action,omitempty"`
	Status         string `json:"status,omitempty"`
	DiagnosticCode string `json:"diagnosticCode,omitempty"`
}

type delivery struct {
	Timestamp            timestamp `json:"timestamp"`
	ProcessingTimeMillis int64     `json:"processingTimeMillis"`
	Recipients           []string  `json:"recipients"`
	SMTPResponse         string    `json:"smtpResponse"`
	ReportingMTA         string    `json:"reportingMTA"`
}

// mta is what stands for SES's own server.
const mta = "mta.local.amazonses.com"

func delivered(address string, at time.Time) delivery {
	return delivery{timestamp(at), feedbackDelay.Milliseconds(), []string{address}, "250 2.6.0 Message received", mta}
}

type bounce struct {
	FeedbackID        string      `json:"feedbackId"`
	BounceType        string      `json:"bounceType"`
	BounceSubType     string      `json:"bounceSubType"`
	BouncedRecipients []recipient `json:"bouncedRecipients"`
	Timestamp         timestamp   `json:"timestamp"`
	ReportingMTA      string      `json:"reportingMTA,omitempty"`
}

func bounced(address string, at time.Time) bounce {
	r := recipient{address, "failed", "5.1.1", "smtp; 550 5.1.1 user unknown"}
	return bounce{messageID(at), "Permanent", "General", []recipient{r}, timestamp(at), "dns; " + mta}
}

func softBounced(address string, at time.Time) bounce {
	r := recipient{address, "failed", "5.2.2", "smtp; 552 5.2.2 mailbox full"}
	return bounce{messageID(at), "Transient", "MailboxFull", []recipient{r}, timestamp(at), "dns; " + mta}
}

func bounceSuppressed(address string, at time.Time) bounce {
	subType, code := "OnAccountSuppressionList", "Amazon SES did not send the message to this address because it is on the suppression list for your account."
	if _, ok := simulated(address); ok {
		subType, code = "Suppressed", "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address."
	}
	return bounce{messageID(at), "Permanent", subType, []recipient{{address, "failed", "5.1.1", code}}, timestamp(at), "dns; amazonses.com"}
}

type complaint struct {
	FeedbackID            string      `json:"feedbackId"`
	ComplaintSubType      *string     `json:"complaintSubType"`
	ComplainedRecipients  []recipient `json:"complainedRecipients"`
	Timestamp             timestamp   `json:"timestamp"`
	UserAgent             string      `json:"userAgent,omitempty"`
	ComplaintFeedbackType string      `json:"complaintFeedbackType,omitempty"`
	ArrivalDate           *timestamp  `json:"arrivalDate,omitempty"`
}

func complained(address string, at time.Time) complaint {
	arrived := timestamp(at)
	return complaint{messageID(at), nil, []recipient{{EmailAddress: address}}, timestamp(at), "Amazon SES Mailbox Simulator", "abuse", &arrived}
}

func complaintSuppressed(address string, at time.Time) complaint {
	subType := "OnAccountSuppressionList"
	return complaint{FeedbackID: messageID(at), ComplaintSubType: &subType, ComplainedRecipients: []recipient{{EmailAddress: address}}, Timestamp: timestamp(at)}
}

type deliveryDelay struct {
	Timestamp         timestamp   `json:"timestamp"`
	DelayType         string      `json:"delayType"`
	ExpirationTime    timestamp   `json:"expirationTime"`
	DelayedRecipients []recipient `json:"delayedRecipients"`
}

// triesFor is how long SES goes on trying to deliver.
const triesFor = 14 * time.Hour

func delayed(address string, at time.Time) deliveryDelay {
	r := recipient{EmailAddress: address, Status: "4.4.1", DiagnosticCode: "smtp; 421 4.4.1 Unable to connect to remote host"}
	return deliveryDelay{timestamp(at), "TransientCommunicationFailure", timestamp(at.Add(triesFor)), []recipient{r}}
}

type reject struct {
	Reason string `json:"reason"`
}
