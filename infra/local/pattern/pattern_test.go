package pattern_test

import (
	"encoding/json"
	"strings"
	"testing"

	"group-invites/infra/local/pattern"
)

const record = `{
	"eventName": "MODIFY",
	"userIdentity": {"type": "Service"},
	"dynamodb": {
		"ApproximateCreationDateTime": 1479499740,
		"SizeBytes": 59.0,
		"Keys": {"pk": {"S": "U#1"}, "sk": {"S": "G#2"}},
		"NewImage": {
			"uses": {"N": "12"}, "open": {"BOOL": true}, "gone": {"NULL": true}, "none": {"S": ""},
			"tags": {"SS": ["red", "green"]},
			"parts": {"L": [{"S": "one"}, {"M": {"name": {"S": "two"}}}]}
		}
	}
}`

func decoded(t *testing.T) map[string]any {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(record), &document); err != nil {
		t.Fatal(err)
	}
	return document
}

func TestMatches(t *testing.T) {
	document := decoded(t)
	for text, want := range map[string]bool{
		`{}`:                                  true,
		`{"eventName": ["MODIFY"]}`:           true,
		`{"eventName": ["INSERT", "MODIFY"]}`: true,
		`{"eventName": ["INSERT"]}`:           false,
		`{"eventname": ["MODIFY"]}`:           false,
		`{"eventName": ["MODIFY"], "dynamodb": {"Keys": {"pk": {"S": ["U#1"]}}}}`: true,
		`{"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": ["U#1"]}}}}`: false,
		`{"eventName": [{"anything-but": ["REMOVE", "INSERT"]}]}`:                 true,
		`{"eventName": [{"anything-but": "MODIFY"}]}`:                             false,
		`{"nothing": [{"anything-but": ["x"]}]}`:                                  false,

		`{"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "U#"}]}, "sk": {"S": [{"prefix": "G#"}]}}}}`: true,
		`{"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "U#"}]}, "sk": {"S": [{"prefix": "O#"}]}}}}`: false,
		`{"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "O#"}, {"suffix": "#2"}]}}}}`:                true,
		`{"dynamodb": {"Keys": {"sk": {"S": [{"suffix": "#3"}]}}}}`:                                  false,
		`{"dynamodb": {"SizeBytes": [{"prefix": "5"}]}}`:                                             false,

		`{"userIdentity": {"type": [{"exists": true}]}}`:         true,
		`{"userIdentity": {"type": [{"exists": false}]}}`:        false,
		`{"userIdentity": [{"exists": true}]}`:                   false,
		`{"dynamodb": {"OldImage": {"pk": {"S": ["x"]}}}}`:       false,
		`{"dynamodb": {"OldImage": [{"exists": true}]}}`:         false,
		`{"dynamodb": {"OldImage": [{"exists": false}]}}`:        true,
		`{"a": {"b": {"c": [{"exists": false}]}}}`:               true,
		`{"eventName": {"deeper": [{"exists": false}]}}`:         true,
		`{"dynamodb": {"NewImage": {"gone": {"NULL": [true]}}}}`: true,

		`{"dynamodb": {"SizeBytes": [59]}}`:                                                       true,
		`{"dynamodb": {"SizeBytes": [5.9e1]}}`:                                                    true,
		`{"dynamodb": {"SizeBytes": ["59"]}}`:                                                     false,
		`{"dynamodb": {"SizeBytes": [{"anything-but": [58, 59]}]}}`:                               false,
		`{"dynamodb": {"SizeBytes": [{"numeric": [">", 0, "<=", 59]}]}}`:                          true,
		`{"dynamodb": {"SizeBytes": [{"numeric": [">", 0, "<", 59]}]}}`:                           false,
		`{"dynamodb": {"SizeBytes": [{"numeric": ["=", 59]}]}}`:                                   true,
		`{"dynamodb": {"SizeBytes": [{"numeric": [">=", 60]}, 59]}}`:                              true,
		`{"dynamodb": {"NewImage": {"uses": {"N": ["12"]}}}}`:                                     true,
		`{"dynamodb": {"NewImage": {"uses": {"N": [12]}}}}`:                                       false,
		`{"dynamodb": {"NewImage": {"uses": {"N": [{"numeric": [">", 5]}]}}}}`:                    false,
		`{"dynamodb": {"NewImage": {"open": {"BOOL": [true]}}}}`:                                  true,
		`{"dynamodb": {"NewImage": {"open": {"BOOL": [false, null]}}}}`:                           false,
		`{"dynamodb": {"NewImage": {"none": {"S": [""]}}}}`:                                       true,
		`{"dynamodb": {"NewImage": {"tags": {"SS": ["green"]}}}}`:                                 true,
		`{"dynamodb": {"NewImage": {"tags": {"SS": ["blue"]}}}}`:                                  false,
		`{"dynamodb": {"NewImage": {"parts": {"L": {"M": {"name": {"S": ["two"]}}}}}}}`:           true,
		`{"dynamodb": {"NewImage": {"parts": {"L": {"M": {"name": {"S": [{"suffix": "x"}]}}}}}}}`: false,
	} {
		p, err := pattern.Compile(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := p.Matches(document); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestCompile_Refuses(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                           "must be JSON",
		`{} {}`:                       "one JSON object",
		`["eventName"]`:               "must be a JSON object",
		`{"eventName": "INSERT"}`:     "eventName must be an object, or a list",
		`{"eventName": []}`:           "eventName has no conditions",
		`{"dynamodb": {"Keys": {}}}`:  "dynamodb.Keys is empty",
		`{"eventName": [["INSERT"]]}`: "not a list",
		`{"dynamodb": {"Keys": {"pk": {"S": [{"wildcard": "*"}]}}}}`: "dynamodb.Keys.pk.S: wildcard: the local stack doesn't know this operator",
		`{"a": [{"equals-ignore-case": "x"}]}`:                       "doesn't know this operator",
		`{"$or": [{"a": [1]}, {"b": [1]}]}`:                          "$or: a: the local stack doesn't know this operator",
		`{"a": [{"prefix": "x", "suffix": "y"}]}`:                    "one operator",
		`{"a": [{}]}`:                                "one operator",
		`{"a": [{"prefix": {"x": 1}}]}`:              "a: prefix: a text is wanted",
		`{"a": [{"suffix": ""}]}`:                    "a: suffix: a text is wanted",
		`{"a": [{"exists": "yes"}]}`:                 "true or false",
		`{"a": [{"anything-but": {"prefix": "x"}}]}`: "a list of them is wanted",
		`{"a": [{"anything-but": []}]}`:              "a list of them is wanted",
		`{"a": [{"numeric": [">"]}]}`:                "a list such as",
		`{"a": [{"numeric": ["!", 5]}]}`:             "a list such as",
		`{"a": [{"numeric": [">", "5"]}]}`:           "a list such as",
	} {
		if _, err := pattern.Compile(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", text, err, want)
		}
	}
}

// FuzzCompile: whatever is taken can be asked about any document.
func FuzzCompile(f *testing.F) {
	f.Add(`{"eventName": ["MODIFY", {"prefix": "x"}], "dynamodb": {"Keys": {"pk": {"S": [{"anything-but": ["a"]}]}}}}`)
	f.Add(`{"a": [null, true, 1, {"exists": false}, {"numeric": [">", 1]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := pattern.Compile(text); err == nil {
			p.Matches(decoded(t))
			p.Matches(nil)
		}
	})
}
