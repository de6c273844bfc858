package template_test

import (
	"reflect"
	"strings"
	"testing"

	"group-invites/infra/local/template"
)

func withCondition(condition string) string {
	return strings.Replace(minimal, "EXPRESSION", "x", 1) +
		"      Policies: [{ Statement: [{ Effect: Allow, Action: ses:SendRawEmail, Resource: !Sub \"arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${Given}\", Condition: " + condition + " }] }]\n"
}

func TestLoad_Conditions(t *testing.T) {
	tmpl, err := load(t, withCondition(`{ StringLike: { ses:FromDisplayName: ["Group *", !Ref Given] }, StringEquals: { ses:FromAddress: !Sub "a@${Given}" } }`),
		map[string]string{"Given": "example.com"})
	if err != nil {
		t.Fatal(err)
	}
	want := template.Statement{
		Effect: "Allow", Actions: []string{"ses:SendRawEmail"}, Resources: []string{"arn:aws:ses:local:000000000000:identity/example.com"},
		Conditions: []template.Condition{
			{Operator: template.StringEquals, Key: template.FromAddress, Values: []string{"a@example.com"}},
			{Operator: template.StringLike, Key: template.FromDisplayName, Values: []string{"Group *", "example.com"}},
		},
	}
	if got := tmpl.Functions[0].Policies[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestLoad_ConditionOnPartitions(t *testing.T) {
	const resource = `!GetAtt Table.Arn`
	policies := func(resource string) string {
		return strings.Replace(minimal, "EXPRESSION", "x", 1) + "      Policies: [{ Statement: [{ Effect: Allow, Action: dynamodb:PutItem, Resource: " + resource +
			", Condition: { \"ForAllValues:StringLike\": { \"dynamodb:LeadingKeys\": [\"A#*\", \"B#*\"] } } }] }]\n"
	}
	tmpl, err := load(t, policies(resource), map[string]string{"Given": "g"})
	if err != nil {
		t.Fatal(err)
	}
	want := []template.Condition{{ForAll: true, Operator: template.StringLike, Key: template.LeadingKeys, Values: []string{"A#*", "B#*"}}}
	if got := tmpl.Functions[0].Policies[0].Conditions; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if _, err := load(t, policies(`!Sub "${Table.Arn}/index/lists"`), map[string]string{"Given": "g"}); err == nil || !strings.Contains(err.Error(), "not of an index") {
		t.Errorf("on an index: %v", err)
	}
}

func TestLoad_ConditionFaults(t *testing.T) {
	for condition, want := range map[string]string{
		`{}`:                   "Condition says nothing",
		`{ StringEquals: {} }`: "Condition says nothing",
		`{ StringEquals: { ses:FromAddress: [] } }`:                        "ses:FromAddress needs a value",
		`{ StringEquals: { ses:Recipients: a } }`:                          "doesn't know ses:Recipients",
		`{ "ForAllValues:StringLike": { ses:FromAddress: a } }`:            "ForAllValues: is for keys that have several values",
		`{ "ForAnyValue:StringLike": { ses:FromAddress: a } }`:             "doesn't know ForAnyValue:StringLike",
		`{ StringLike: { "dynamodb:LeadingKeys": "A#*" } }`:                "ForAllValues: is for keys that have several values",
		`{ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": "A#*" } }`: "knows dynamodb:LeadingKeys of the table alone",
		`{ StringEqualsIfExists: { ses:FromAddress: a } }`:                 "doesn't know StringEqualsIfExists",
		`{ Bool: { "aws:SecureTransport": true } }`:                        "template.yaml:33: the local stack doesn't know Bool",
		`{ StringEquals: { ses:FromAddress: { Ref: Nothing } } }`:          "Nothing is neither",
	} {
		if _, err := load(t, withCondition(condition), map[string]string{"Given": "g"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", condition, err, want)
		}
	}
}
