package template

import (
	"maps"
	"slices"
	"strings"
)

// Statement is one statement of the policy of a function's role.
type Statement struct {
	Sid        string
	Effect     string
	Actions    []string
	Resources  []string
	Conditions []Condition // all of which must hold; sorted by operator and key
}

// Condition compares one key of a call's context with values, one of which must match.
type Condition struct {
	ForAll   bool   // ForAllValues: the key has several values in a call, each of which must match
	Operator string // one of the constants below
	Key      string // one of the constants below
	Values   []string
}

// Operators of conditions. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const (
	StringEquals           = "StringEquals"
	StringNotEquals        = "StringNotEquals"
	StringEqualsIgnoreCase = "StringEqualsIgnoreCase"
	StringLike             = "StringLike"
	StringNotLike          = "StringNotLike"
)

// forAll stands before the operator where a key has several values in a call.
const forAll = "ForAllValues:"

var operators = []string{StringEquals, StringNotEquals, StringEqualsIgnoreCase, StringLike, StringNotLike, forAll + StringEquals, forAll + StringLike}

// Keys of conditions: those that SES gives calls which send (https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html),
// those of the rows that a call of DynamoDB names (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html),
// and those of the events that a call of EventBridge puts (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html).
const (
	FromAddress     = "ses:FromAddress"     // the address of the From header
	FromDisplayName = "ses:FromDisplayName" // the name beside it
	FeedbackAddress = "ses:FeedbackAddress" // where bounces go

	LeadingKeys = "dynamodb:LeadingKeys" // the partition keys: as many as there are rows

	EventSource = "events:source" // the sources: as many as there are events
)

var (
	keys          = []string{FromAddress, FromDisplayName, FeedbackAddress, LeadingKeys, EventSource}
	keysOfSeveral = []string{LeadingKeys, EventSource} // that have several values in a call
)

// readStatement refuses operators and keys of conditions that it doesn't know: the policy check couldn't decide them.
func (l *loader) readStatement(s value) Statement {
	l.knownIn(s, "Sid", "Effect", "Action", "Resource", "Condition")
	statement := Statement{
		Effect:    l.string(l.of(s, "Effect"), "Effect"),
		Actions:   l.strings(l.of(s, "Action"), "Action"),
		Resources: l.strings(l.of(s, "Resource"), "Resource"),
	}
	if sid := l.of(s, "Sid"); sid.shape != absent {
		statement.Sid = l.string(sid, "Sid")
	}
	if len(statement.Actions) == 0 || len(statement.Resources) == 0 {
		l.fail(s.node, "a statement needs Action and Resource")
	}
	block := l.of(s, "Condition")
	l.knownIn(block, operators...)
	for _, operator := range slices.Sorted(maps.Keys(block.fields)) {
		compared := l.of(block, operator)
		l.knownIn(compared, keys...)
		for _, key := range slices.Sorted(maps.Keys(compared.fields)) {
			bare, set := strings.CutPrefix(operator, forAll)
			c := Condition{set, bare, key, l.strings(l.of(compared, key), key)}
			switch {
			case len(c.Values) == 0:
				l.fail(compared.node, "%s needs a value", key)
			case set != slices.Contains(keysOfSeveral, key):
				l.fail(compared.node, "%s is for keys that have several values in a call, which are %s here", forAll, strings.Join(keysOfSeveral, " and "))
			case key == LeadingKeys && slices.ContainsFunc(statement.Resources, func(r string) bool { return !strings.HasPrefix(r, l.tableARN()) || strings.Contains(r, "/index/") }):
				l.fail(compared.node, "the local stack knows %s of the table alone, not of an index", key)
			}
			statement.Conditions = append(statement.Conditions, c)
		}
	}
	if block.shape == mapping && len(statement.Conditions) == 0 {
		l.fail(block.node, "Condition says nothing")
	}
	return statement
}

// Matches tells whether the text has the form of an IAM pattern, in which * stands for anything and ? for one character.
func Matches(pattern, text string) bool {
	literal, rest, star := strings.Cut(pattern, "*")
	if len(text) < len(literal) || !equal(literal, text[:len(literal)]) {
		return false
	}
	text = text[len(literal):]
	if !star {
		return text == ""
	}
	for i := range len(text) + 1 {
		if Matches(rest, text[i:]) {
			return true
		}
	}
	return false
}

// equal compares texts of one length; a ? in the pattern is any character.
func equal(pattern, text string) bool {
	for i := range len(pattern) {
		if pattern[i] != '?' && pattern[i] != text[i] {
			return false
		}
	}
	return true
}
