package template_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/template"
)

// withEvent is the minimal template, whose function has the given event.
func withEvent(event string) string {
	return strings.Replace(minimal, "EXPRESSION", "x", 1) + "      Events:\n        E: " + event + "\n"
}

func matches(t *testing.T, r template.Rule, event string) bool {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(event), &document); err != nil {
		t.Fatal(err)
	}
	return r.Pattern.Matches(document)
}

func TestLoad_Rule(t *testing.T) {
	tmpl, err := load(t, withEvent(`
          Type: EventBridgeRule
          Properties:
            EventBusName: default
            Pattern:
              source: [aws.ses]
              detail-type: [Email Bounced, { prefix: "Email Del" }]
              detail: { size: [12], virus: [false], mail: { tags: { "ses:configuration-set": [!Ref Given] } } }
            RetryPolicy: { MaximumRetryAttempts: 7, MaximumEventAgeInSeconds: 3600 }
            DeadLetterConfig: { Arn: !GetAtt Failures.Arn }`), map[string]string{"Given": "g"})
	if err != nil {
		t.Fatal(err)
	}
	r := tmpl.Rules[0]
	if r.ARN != "arn:aws:events:local:000000000000:rule/local-group-invites-FE" || r.Function != "f" || !r.Enabled ||
		r.Retry != (template.RetryPolicy{MaximumRetryAttempts: 7, MaximumEventAge: time.Hour, DeadLetterQueue: "Failures"}) {
		t.Errorf("%+v", r)
	}
	const event = `{"source": "aws.ses", "detail-type": "Email Delivered", "detail": {"size": 12, "virus": false, "mail": {"tags": {"ses:configuration-set": ["g"]}}}}`
	if !matches(t, r, event) {
		t.Error("the rule doesn't match its event")
	}
	for _, change := range []string{"aws.ses,aws", "Delivered,Sent", "12,13", "false,true", `["g"],["h"]`} {
		old, fresh, _ := strings.Cut(change, ",")
		if matches(t, r, strings.Replace(event, old, fresh, 1)) {
			t.Errorf("the rule matches with %s in place of %s", fresh, old)
		}
	}

	tmpl, err = load(t, withEvent(`{ Type: EventBridgeRule, Properties: { State: DISABLED, RuleName: own, Pattern: { source: [aws.ses] } } }`), map[string]string{"Given": "g"})
	if err != nil {
		t.Fatal(err)
	}
	r = tmpl.Rules[0]
	if r.Enabled || r.ARN != "arn:aws:events:local:000000000000:rule/own" || r.Retry != (template.RetryPolicy{MaximumRetryAttempts: 185, MaximumEventAge: 24 * time.Hour}) {
		t.Errorf("by default: %+v", r)
	}
}

func TestLoad_Schedule(t *testing.T) {
	for properties, want := range map[string]template.Schedule{
		`Schedule: rate(1 minute)`:                      {ARN: "arn:aws:events:local:000000000000:rule/local-group-invites-FE", Enabled: true, Every: time.Minute},
		`Schedule: rate(5 minutes), Name: own`:          {ARN: "arn:aws:events:local:000000000000:rule/own", Enabled: true, Every: 5 * time.Minute},
		`Schedule: !Sub "rate(${Count} hours)"`:         {ARN: "arn:aws:events:local:000000000000:rule/local-group-invites-FE", Enabled: true, Every: 3 * time.Hour},
		`Schedule: rate(1 day), State: DISABLED`:        {ARN: "arn:aws:events:local:000000000000:rule/local-group-invites-FE", Every: 24 * time.Hour},
		`Schedule: rate(1 minute), Enabled: false`:      {ARN: "arn:aws:events:local:000000000000:rule/local-group-invites-FE", Every: time.Minute},
		`Schedule: rate(1 minute), Input: '{"a": "b"}'`: {ARN: "arn:aws:events:local:000000000000:rule/local-group-invites-FE", Enabled: true, Every: time.Minute, Input: json.RawMessage(`{"a": "b"}`)},
	} {
		tmpl, err := load(t, withEvent("{ Type: Schedule, Properties: { "+properties+" } }"), map[string]string{"Given": "g"})
		if err != nil {
			t.Errorf("%s: %v", properties, err)
			continue
		}
		s := tmpl.Schedules[0]
		if s.ARN != want.ARN || s.Function != "f" || s.Enabled != want.Enabled || s.Every != want.Every || string(s.Input) != string(want.Input) ||
			s.Retry.MaximumRetryAttempts != 185 {
			t.Errorf("%s: %+v", properties, s)
		}
	}
}

func TestLoad_AsyncInvocation(t *testing.T) {
	text := withEvent("{ Type: Schedule, Properties: { Schedule: rate(1 minute) } }")
	tmpl, err := load(t, text, map[string]string{"Given": "g"})
	if err != nil || tmpl.Functions[0].Async != (template.AsyncInvocation{MaximumRetryAttempts: 2, MaximumEventAge: 6 * time.Hour}) {
		t.Errorf("by default: %+v, %v", tmpl, err)
	}
	text += "      EventInvokeConfig: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60, DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt Failures.Arn } } }\n"
	tmpl, err = load(t, text, map[string]string{"Given": "g"})
	if err != nil || tmpl.Functions[0].Async != (template.AsyncInvocation{MaximumRetryAttempts: 1, MaximumEventAge: time.Minute, OnFailure: "Failures"}) {
		t.Errorf("%+v, %v", tmpl, err)
	}
}

func TestLoad_EventFaults(t *testing.T) {
	rule := func(properties string) string { return "{ Type: EventBridgeRule, Properties: { " + properties + " } }" }
	schedule := func(properties string) string { return "{ Type: Schedule, Properties: { " + properties + " } }" }
	const sound, minute = "Pattern: { source: [aws.ses] }, ", "Schedule: rate(1 minute), "
	for event, want := range map[string]string{
		rule("State: ENABLED"):                                                  "event E has no Pattern",
		rule("Pattern: { source: aws.ses }"):                                    "source must be an object, or a list",
		rule(`Pattern: { source: [{ wildcard: "aws.*" }] }`):                    "doesn't know this operator",
		rule(sound + "EventBusName: other"):                                     "template.yaml:34: the local stack has the default event bus only",
		rule(sound + "Name: x"):                                                 "doesn't know Name", // SAM calls it RuleName
		rule(sound + "Input: x"):                                                "doesn't know Input",
		rule(sound + "State: ON"):                                               "State must be ENABLED or DISABLED",
		rule(sound + "RetryPolicy: { MaximumRetryAttempts: 186 }"):              "from 0 to 185",
		rule(sound + "RetryPolicy: { MaximumEventAgeInSeconds: 59 }"):           "from 60 to 86400",
		rule(sound + "RetryPolicy: { Backoff: 2 }"):                             "doesn't know Backoff",
		rule(sound + "DeadLetterConfig: { Arn: arn:aws:sqs:local:0:other }"):    "Arn must be the ARN of a queue in this template",
		rule(sound + "DeadLetterConfig: { Type: SQS }"):                         "doesn't know Type",
		schedule(`Schedule: "cron(0 12 * * ? *)"`):                              "must be of the form rate",
		schedule("Schedule: rate(1 minutes)"):                                   "must be of the form rate",
		schedule("Schedule: rate(5 minute)"):                                    "must be of the form rate",
		schedule("Schedule: rate(0 minutes)"):                                   "must be of the form rate",
		schedule("Schedule: rate(30 seconds)"):                                  "must be of the form rate",
		schedule(minute + "Input: x"):                                           "Input must be JSON",
		schedule(minute + "Timezone: UTC"):                                      "doesn't know Timezone",
		`{ Type: ScheduleV2, Properties: {} }`:                                  "events of type ScheduleV2",
		`{ Type: Schedule, Properties: { Schedule: rate(1 minute) }, Role: x }`: "doesn't know Role",
	} {
		if _, err := load(t, withEvent(event), map[string]string{"Given": "g"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", event, err, want)
		}
	}
	text := withEvent(schedule(minute)) + "      EventInvokeConfig: { MaximumRetryAttempts: 3 }\n"
	if _, err := load(t, text, map[string]string{"Given": "g"}); err == nil || !strings.Contains(err.Error(), "from 0 to 2") {
		t.Errorf("three retries: %v", err)
	}
}

// TestLoad_EventBus: it has its own name, and functions may put events on it in a name of theirs.
func TestLoad_EventBus(t *testing.T) {
	const withBus = `
      Environment: { Variables: { BUS: !Ref Bus } }
      Policies: [{ Statement: [{ Effect: Allow, Action: events:PutEvents, Resource: !GetAtt Bus.Arn, Condition: { "ForAllValues:StringEquals": { "events:source": us } } }] }]
  Bus:
    Type: AWS::Events::EventBus
    Properties: `
	described := func(properties string) (*template.Template, error) {
		before, _, _ := strings.Cut(minimal, "      Environment:")
		return load(t, before+strings.TrimPrefix(withBus, "\n")+properties+"\n", map[string]string{"Given": "g"})
	}
	tmpl, err := described(`{ Name: !Ref AWS::StackName, Description: what happened }`)
	if err != nil {
		t.Fatal(err)
	}
	f := tmpl.Functions[0]
	if !slices.Equal(tmpl.Buses, []string{"local-group-invites"}) || f.Environment["BUS"] != "local-group-invites" ||
		!slices.Equal(f.Policies[0].Resources, []string{"arn:aws:events:local:000000000000:event-bus/local-group-invites"}) {
		t.Errorf("%v, %+v", tmpl.Buses, f)
	}
	want := []template.Condition{{ForAll: true, Operator: template.StringEquals, Key: template.EventSource, Values: []string{"us"}}}
	if !reflect.DeepEqual(f.Policies[0].Conditions, want) {
		t.Errorf("%+v", f.Policies[0].Conditions)
	}
	for properties, want := range map[string]string{
		`{ Description: without a name }`:             "Name",
		`{ Name: a, EventSourceName: aws.partner/x }`: "doesn't know EventSourceName",
	} {
		if _, err := described(properties); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", properties, err, want)
		}
	}
}
