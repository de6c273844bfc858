package ses

import (
	"slices"
	"strings"
	"time"

	"group-invites/infra/local/template"
)

// Outcome is what becomes of a mail at one destination.
type Outcome string

// Outcomes.
const (
	Delivered  Outcome = "delivered"
	Bounced    Outcome = "bounced"     // for good
	SoftBounce Outcome = "soft bounce" // after several tries
	Complained Outcome = "complained"  // delivered before
	Delayed    Outcome = "delayed"
	Rejected   Outcome = "rejected"   // for a virus, at all destinations
	Suppressed Outcome = "suppressed" // not sent: the address is on the suppression list
)

// simulator is the domain of SES's mailbox simulator.
// https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
const simulator = "simulator.amazonses.com"

// simulated tells what the simulator does with a mail to the address, if that is one of its own.
func simulated(address string) (Outcome, bool) {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	if domain != simulator {
		return "", false
	}
	switch name, _, _ := strings.Cut(local, "+"); name {
	case "success", "ooto":
		return Delivered, true
	case "complaint":
		return Complained, true
	case "suppressionlist":
		return Suppressed, true
	}
	return Bounced, true // bounce@, and whom it doesn't know
}

// outcome decides what becomes of an accepted mail at one of its destinations.
func (s *Service) outcome(a *attempt, address string) Outcome {
	if a.content.virus || a.faults.RejectEvent.hasAny(a.destinations) {
		return Rejected
	}
	if o, ok := simulated(address); ok {
		return o
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.suppressed.reason(address) != "" {
		return Suppressed
	}
	switch {
	case a.faults.Bounce.Has(address):
		s.suppress(a, address, bounceReason)
		return Bounced
	case a.faults.SoftBounce.Has(address):
		return SoftBounce
	case a.faults.DeliveryDelay.Has(address):
		return Delayed
	case a.faults.Complaint.Has(address):
		s.suppress(a, address, complaintReason)
		return Complained
	}
	return Delivered
}

// suppress puts an address on the suppression list if the mail's configuration set has it so. The caller holds s.mu.
func (s *Service) suppress(a *attempt, address, reason string) {
	reasons := []string{bounceReason, complaintReason} // as accounts have it
	if set := s.configurationSet(a.configurationSet); set != nil {
		reasons = set.SuppressedReasons
	}
	if !slices.Contains(reasons, reason) {
		return
	}
	if err := s.suppressed.add(address, reason); err != nil {
		s.options.Problem("can't keep the suppression list of mail: " + err.Error())
	}
}

// feedbackDelay is the time from a mail to what becomes of it.
const feedbackDelay = 100 * time.Millisecond

// accept keeps a mail and tells of it. The mail is in the inbox before anybody can know of it.
func (s *Service) accept(a *attempt) (string, *refusal) {
	now := s.options.Now().UTC()
	m := stored{
		SentAt: now, Source: a.source, From: strings.Join(shown(a.content.from), ", "), Subject: a.content.subject,
		ConfigurationSet: a.configurationSet, Raw: a.raw,
	}
	for _, address := range a.destinations {
		m.Destinations = append(m.Destinations, destination{address, s.outcome(a, address)})
	}
	if err := s.inbox.add(&m); err != nil {
		s.options.Problem("can't keep a mail: " + err.Error())
		return "", &refusal{status: 500, code: "InternalFailure", message: "the mail couldn't be kept"}
	}
	if set := s.configurationSet(a.configurationSet); set != nil {
		s.publish(set, a, &m)
	}
	return m.ID, nil
}

// publish hands the events of a mail over that its configuration set publishes.
func (s *Service) publish(set *template.ConfigurationSet, a *attempt, m *stored) {
	about := s.about(a, m)
	put := func(kind eventType, body any, after time.Duration) {
		if !slices.ContainsFunc(set.Destinations, func(d template.EventDestination) bool { return d.Publishes(string(kind)) }) {
			return
		}
		due := m.SentAt.Add(after)
		if err := s.options.Publish(newEvent(kind, about, body, set.Name, due), due); err != nil {
			s.options.Problem("can't publish an event of a mail: " + err.Error())
		}
	}
	if m.Destinations[0].Outcome == Rejected {
		put(rejectEvent, reject{"Bad content"}, feedbackDelay)
		return
	}
	put(sendEvent, struct{}{}, 0)
	for _, d := range m.Destinations {
		at := m.SentAt.Add(feedbackDelay)
		switch d.Outcome {
		case Delivered:
			put(deliveryEvent, delivered(d.Address, at), feedbackDelay)
		case Bounced:
			put(bounceEvent, bounced(d.Address, at), feedbackDelay)
		case SoftBounce:
			put(bounceEvent, softBounced(d.Address, at), feedbackDelay)
		case Delayed:
			put(delayEvent, delayed(d.Address, at), feedbackDelay)
		case Complained:
			put(deliveryEvent, delivered(d.Address, at), feedbackDelay)
			put(complaintEvent, complained(d.Address, at.Add(feedbackDelay)), 2*feedbackDelay)
		case Suppressed:
			if s.Suppressed()[strings.ToLower(d.Address)] == complaintReason {
				put(complaintEvent, complaintSuppressed(d.Address, at), feedbackDelay)
				continue
			}
			put(bounceEvent, bounceSuppressed(d.Address, at), feedbackDelay)
		}
	}
}
