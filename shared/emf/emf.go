// Package emf puts figures into log lines so that CloudWatch counts them as well: the embedded metric format
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
//
// A figure rides on a line that is written anyhow, as attributes of it: there is no call, and no line of its own. Figures are about a stack as
// a whole, or about a function and a reason; nothing in them names a person, an address, an organization, a group, a link or a code, and there
// are few of them, for each costs. What is created and joined is counted by the function tally, from the table's stream, once for a batch, so that
// no request that succeeds says more in the log for it.
package emf

import (
	"log/slog"
	"strings"
	"time"
)

// Namespace is that of all figures.
const Namespace = "GroupInvites"

// Dimensions of figures.
const (
	dimStack    = "Stack"
	dimFunction = "Function"
	dimReason   = "Reason"
)

// Name names a figure.
type Name string

// The figures. Each is of a stack, but Refused, which is of a function and a reason in a stack.
const (
	InvitesCreated       Name = "InvitesCreated"
	InvitesDeleted       Name = "InvitesDeleted" // by people, not by time
	Joins                Name = "Joins"          // of people into groups, by links
	GroupsCreated        Name = "GroupsCreated"
	OrganizationsCreated Name = "OrganizationsCreated"
	TallyLag             Name = "TallyLag" // seconds from a change to its being followed

	EventsPut  Name = "EventsPut"  // taken by the event bus
	EventsKept Name = "EventsKept" // not taken; those that wait are counted again whenever they are tried

	MailsSent       Name = "MailsSent"       // taken by SES
	MailsPostponed  Name = "MailsPostponed"  // to be tried again: SES didn't take them, or the address has had its mails of the day
	MailsDropped    Name = "MailsDropped"    // their links let nobody in, or SES will never take them
	MailsSuppressed Name = "MailsSuppressed" // their addresses get no mail
	MailsDelivered  Name = "MailsDelivered"
	MailsDelayed    Name = "MailsDelayed"
	MailsBounced    Name = "MailsBounced"
	MailsComplained Name = "MailsComplained"
	MailsRejected   Name = "MailsRejected" // by SES, after it took them
	OutboxLag       Name = "OutboxLag"     // seconds that the mail waits which is due for longest; 0 if none is

	Refused         Name = "Refused"         // requests about links, answered 4xx
	Faults          Name = "Faults"          // requests, answered 5xx
	KeyRingFailures Name = "KeyRingFailures" // attempts to read the key ring anew
)

// Names are all figures.
var Names = []Name{
	InvitesCreated, InvitesDeleted, Joins, GroupsCreated, OrganizationsCreated, TallyLag, EventsPut, EventsKept,
	MailsSent, MailsPostponed, MailsDropped, MailsSuppressed, MailsDelivered, MailsDelayed, MailsBounced, MailsComplained, MailsRejected, OutboxLag,
	Refused, Faults, KeyRingFailures,
}

// Figure is a value of a figure.
type Figure struct {
	name  Name
	unit  string
	value any
}

// Count is a number of things.
func Count(name Name, n int) Figure { return Figure{name, "Count", n} }

// Seconds is a time, cut to whole seconds and never negative.
func Seconds(name Name, d time.Duration) Figure {
	return Figure{name, "Seconds", max(int64(d/time.Second), 0)}
}

// Metrics makes attributes for the figures of one function. It is safe for concurrent use.
type Metrics struct{ stack, function string }

// Of gives the metrics of a function, whose name in the cloud is the stack's, a hyphen and its own. Where the name in the cloud is another, as
// outside Lambda, there are no figures.
func Of(nameInCloud, function string) Metrics {
	stack, ok := strings.CutSuffix(nameInCloud, "-"+function)
	if !ok {
		return Metrics{}
	}
	return Metrics{stack, function}
}

// OfStack gives the metrics of a stack, wherever its figures come from. They can't be about a function.
func OfStack(stack string) Metrics { return Metrics{stack: stack} }

// Attr gives the figures as one attribute of a line, for the instant. Without figures it is empty, which slog leaves out.
func (m Metrics) Attr(at time.Time, figures ...Figure) slog.Attr {
	return m.attr(at, []string{dimStack}, nil, figures)
}

// Refused gives the figure of one request that was refused, as an attribute of its line.
func (m Metrics) Refused(at time.Time, reason string) slog.Attr {
	dimensions := []any{dimFunction, m.function, dimReason, reason}
	return m.attr(at, []string{dimStack, dimFunction, dimReason}, dimensions, []Figure{Count(Refused, 1)})
}

// The format's own shapes.
type (
	metadata struct {
		Timestamp         int64       `json:"Timestamp"`
		CloudWatchMetrics []directive `json:"CloudWatchMetrics"`
	}
	directive struct {
		Namespace  string
		Dimensions [][]string
		Metrics    []metric
	}
	metric struct{ Name, Unit string }
)

func (m Metrics) attr(at time.Time, dimensions []string, more []any, figures []Figure) slog.Attr {
	if m.stack == "" || len(figures) == 0 {
		return slog.Attr{}
	}
	d := directive{Namespace: Namespace, Dimensions: [][]string{dimensions}}
	for _, f := range figures {
		d.Metrics = append(d.Metrics, metric{string(f.name), f.unit})
	}
	attributes := append([]any{"_aws", metadata{at.UnixMilli(), []directive{d}}, dimStack, m.stack}, more...)
	for _, f := range figures {
		attributes = append(attributes, string(f.name), f.value)
	}
	return slog.Group("", attributes...) // a group without a name: its attributes are the line's own
}
