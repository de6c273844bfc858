package template_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"group-invites/infra/local/template"
)

// withMail is the minimal template with a configuration set and an event destination of these properties.
func withMail(set, destination string) string {
	resources := "  Mail:\n    Type: AWS::SES::ConfigurationSet\n    Properties: " + set +
		"\n  MailEvents:\n    Type: AWS::SES::ConfigurationSetEventDestination\n    Properties: " + destination + "\n  Table:\n"
	return strings.Replace(strings.Replace(minimal, "EXPRESSION", "!Ref Mail", 1), "  Table:\n", resources, 1)
}

const soundDestination = `{ ConfigurationSetName: !Ref Mail, EventDestination: { Name: events, Enabled: true, MatchingEventTypes: [BOUNCE, deliveryDelay, SEND],
      EventBridgeDestination: { EventBusArn: !Sub "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default" } } }`

func TestLoad_ConfigurationSet(t *testing.T) {
	tmpl, err := load(t, withMail(`{ ReputationOptions: { ReputationMetricsEnabled: true }, SendingOptions: { SendingEnabled: true },
      SuppressionOptions: { SuppressedReasons: [BOUNCE, COMPLAINT] } }`, soundDestination), map[string]string{"Given": "g"})
	if err != nil {
		t.Fatal(err)
	}
	want := template.ConfigurationSet{
		Name: "local-group-invites-Mail", SendingEnabled: true, SuppressedReasons: []string{"BOUNCE", "COMPLAINT"},
		Destinations: []template.EventDestination{{Name: "events", Enabled: true, Types: []string{"bounce", "deliverydelay", "send"}}},
	}
	if got := tmpl.ConfigurationSets; len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := tmpl.Functions[0].Environment["X"]; got != want.Name {
		t.Errorf("its name is %q", got)
	}
	d := want.Destinations[0]
	if !d.Publishes("DELIVERY_DELAY") || !d.Publishes("Bounce") || d.Publishes("Complaint") {
		t.Error("the destination publishes other types than it says")
	}
	d.Enabled = false
	if d.Publishes("Bounce") {
		t.Error("one that isn't enabled publishes")
	}

	tmpl, err = load(t, withMail(`{ Name: own, SendingOptions: { SendingEnabled: false }, SuppressionOptions: { SuppressedReasons: [] } }`, soundDestination), map[string]string{"Given": "g"})
	if err != nil || tmpl.ConfigurationSets[0].Name != "own" || tmpl.ConfigurationSets[0].SendingEnabled || len(tmpl.ConfigurationSets[0].SuppressedReasons) != 0 {
		t.Errorf("%+v, %v", tmpl, err)
	}
}

func TestLoad_MailFaults(t *testing.T) {
	change := func(old, fresh string) string { return strings.Replace(soundDestination, old, fresh, 1) }
	for name, test := range map[string]struct{ set, destination, want string }{
		"an unknown option":            {"{ TrackingOptions: { CustomRedirectDomain: x } }", soundDestination, "doesn't know TrackingOptions"},
		"an unknown reason":            {"{ SuppressionOptions: { SuppressedReasons: [SPAM] } }", soundDestination, "SuppressedReasons are BOUNCE and COMPLAINT"},
		"another set":                  {"{}", change("!Ref Mail", "other"), "other isn't a configuration set of this template"},
		"an unknown type":              {"{}", change("BOUNCE", "Bounced"), "SES has no events of type Bounced"},
		"another bus":                  {"{}", change("bus/default", "bus/own"), "SES publishes to the default event bus only"},
		"another kind of destination":  {"{}", change("EventBridgeDestination:", "SnsDestination:"), "doesn't know SnsDestination"},
		"a destination without events": {"{}", change("MatchingEventTypes: [BOUNCE, deliveryDelay, SEND],", ""), "MatchingEventTypes must be a list"},
	} {
		if _, err := load(t, withMail(test.set, test.destination), map[string]string{"Given": "g"}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, test.want)
		}
	}
}

func TestDeclared(t *testing.T) {
	file := t.TempDir() + "/template.yaml"
	write(t, file, minimal)
	if got, err := template.Declared(file); !maps.Equal(got, map[string]bool{"Given": true, "Listed": true, "Count": true, "Word": true}) || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}
