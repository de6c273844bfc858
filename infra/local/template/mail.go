package template

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ConfigurationSet is a configuration set of SES.
type ConfigurationSet struct {
	Name           string
	SendingEnabled bool
	// SuppressedReasons are BOUNCE and COMPLAINT, or one of them: what puts an address on the account's suppression list.
	SuppressedReasons []string
	Destinations      []EventDestination // in the template's order
}

// EventDestination says which events of a configuration set's mails are published to the event bus.
type EventDestination struct {
	Name    string
	Enabled bool
	Types   []string // lower-case letters alone: "send", "deliverydelay"
}

// Publishes tells whether an event of this type, in any of its spellings (DELIVERY_DELAY, deliveryDelay), goes to the event bus.
func (d EventDestination) Publishes(eventType string) bool {
	return d.Enabled && slices.Contains(d.Types, bareEventType(eventType))
}

func bareEventType(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// eventTypes are SES's. Nobody's mail program is watched here, so open, click and subscription never come, and neither
// does renderingfailure, as there are no templates of SES.
var eventTypes = []string{
	"send", "reject", "bounce", "complaint", "delivery", "open", "click", "renderingfailure", "deliverydelay", "subscription",
}

// readConfigurationSet leaves out how SES connects to receiving servers, pools of addresses and what it measures.
func (l *loader) readConfigurationSet(id string, properties *yaml.Node) ConfigurationSet {
	l.known(properties, "Name", "ReputationOptions", "SendingOptions", "SuppressionOptions", "DeliveryOptions", "VdmOptions", "Tags")
	sending := l.get(properties, "SendingOptions")
	l.knownIn(sending, "SendingEnabled")
	suppression := l.get(properties, "SuppressionOptions")
	l.knownIn(suppression, "SuppressedReasons")
	set := ConfigurationSet{
		Name:              l.configurationSetName(id),
		SendingEnabled:    l.flag(l.of(sending, "SendingEnabled"), "SendingEnabled", true),
		SuppressedReasons: l.strings(l.of(suppression, "SuppressedReasons"), "SuppressedReasons"),
	}
	for _, reason := range set.SuppressedReasons {
		if reason != "BOUNCE" && reason != "COMPLAINT" {
			l.fail(suppression.node, "SuppressedReasons are BOUNCE and COMPLAINT, not %s", reason)
		}
	}
	if suppression.shape == absent { // as accounts have it unless they say otherwise
		set.SuppressedReasons = []string{"BOUNCE", "COMPLAINT"}
	}
	return set
}

// configurationSetName is the set's own name, or the stack's and its logical id where the cloud would make one up.
func (l *loader) configurationSetName(id string) string {
	if name := l.get(l.properties(id), "Name"); name.shape != absent {
		return l.string(name, "Name")
	}
	return l.stackName + "-" + id
}

func (l *loader) readEventDestination(t *Template, properties *yaml.Node) {
	l.known(properties, "ConfigurationSetName", "EventDestination")
	name := l.get(properties, "ConfigurationSetName")
	at := slices.IndexFunc(t.ConfigurationSets, func(s ConfigurationSet) bool { return s.Name == l.string(name, "ConfigurationSetName") })
	if at < 0 {
		l.fail(name.node, "%s isn't a configuration set of this template", name.text)
	}
	destination := l.get(properties, "EventDestination")
	l.knownIn(destination, "Name", "Enabled", "MatchingEventTypes", "EventBridgeDestination")
	d := EventDestination{
		Name:    l.string(l.of(destination, "Name"), "Name"),
		Enabled: l.flag(l.of(destination, "Enabled"), "Enabled", false), // SES's default
	}
	for _, written := range l.texts(l.of(destination, "MatchingEventTypes"), "MatchingEventTypes") {
		kind := bareEventType(written)
		if !slices.Contains(eventTypes, kind) {
			l.fail(destination.node, "SES has no events of type %s", written)
		}
		d.Types = append(d.Types, kind)
	}
	bus := l.of(destination, "EventBridgeDestination")
	l.knownIn(bus, "EventBusArn")
	if arn := l.of(bus, "EventBusArn"); l.string(arn, "EventBusArn") != busARN() {
		l.fail(arn.node, "SES publishes to the default event bus only, %s here", busARN())
	}
	t.ConfigurationSets[at].Destinations = append(t.ConfigurationSets[at].Destinations, d)
}
