package template

import (
	"encoding/json"
	"regexp"
	"strconv"
	"time"

	"group-invites/infra/local/pattern"

	"go.yaml.in/yaml/v3"
)

// Rule is a rule of the default event bus, with a function as its target.
type Rule struct {
	ARN      string
	Function string // Function.Name
	Enabled  bool
	Pattern  *pattern.Pattern
	Retry    RetryPolicy
}

// Schedule is a rule that an interval sets off rather than an event, with a function as its target.
type Schedule struct {
	ARN      string
	Function string // Function.Name
	Enabled  bool
	Every    time.Duration
	Input    json.RawMessage // what the function gets; nil for the event of the schedule
	Retry    RetryPolicy
}

// RetryPolicy says what becomes of an event whose target can't be called. That isn't the target's own failing: see
// AsyncInvocation.
type RetryPolicy struct {
	MaximumRetryAttempts int           // after the first
	MaximumEventAge      time.Duration // since the event came
	DeadLetterQueue      string        // logical id of the queue that gets the event then; empty for none
}

// AsyncInvocation says what becomes of an event that the function failed on, of those that nobody waits for an answer to:
// events of rules and schedules.
type AsyncInvocation struct {
	MaximumRetryAttempts int           // after the first
	MaximumEventAge      time.Duration // since the event came
	OnFailure            string        // logical id of the queue that is told then; empty for none
}

// Most that EventBridge and Lambda take, which is what they do unless they are told otherwise.
const (
	ruleRetries  = 185
	ruleAge      = 24 * 60 * 60 // seconds
	asyncRetries = 2
	asyncAge     = 6 * 60 * 60 // seconds
	leastAge     = 60          // seconds
)

// defaultBus is the event bus that AWS services publish to, and the only one that rules are on here.
const defaultBus = "default"

func busARN() string { return BusARN(defaultBus) }

// BusARN is the ARN of the event bus with this name.
func BusARN(name string) string {
	return "arn:aws:events:" + Region + ":" + AccountID + ":event-bus/" + name
}

// readEventBus gives the name of an event bus of the template's own. Who listens to it is left out: nobody does here.
func (l *loader) readEventBus(id string, properties *yaml.Node) string {
	l.known(properties, "Name", "Description", "Tags", "KmsKeyIdentifier")
	return l.busName(id)
}

func (l *loader) busName(id string) string {
	return l.string(l.get(l.properties(id), "Name"), "Name")
}

// readRule reads a function's event of type EventBridgeRule.
func (l *loader) readRule(f Function, name string, event *yaml.Node) Rule {
	properties := l.field(event, "Properties")
	l.known(properties, "Pattern", "EventBusName", "RuleName", "State", "RetryPolicy", "DeadLetterConfig")
	if bus := l.get(properties, "EventBusName"); bus.shape != absent && bus.text != defaultBus && bus.text != busARN() {
		l.fail(bus.node, "the local stack has the %s event bus only", defaultBus)
	}
	written := l.field(properties, "Pattern")
	if written == nil {
		l.fail(event, "event %s has no Pattern", name)
	}
	text, err := json.Marshal(l.document(written))
	if err != nil {
		l.fail(written, "%v", err)
	}
	compiled, err := pattern.Compile(string(text))
	if err != nil {
		l.fail(written, "%v", err)
	}
	return Rule{
		ARN: l.ruleARN(f, name, l.get(properties, "RuleName")), Function: f.Name, Pattern: compiled,
		Enabled: l.enabled(l.get(properties, "State")), Retry: l.readRetry(properties),
	}
}

// readSchedule reads a function's event of type Schedule: of the expressions, rate(…) alone.
func (l *loader) readSchedule(f Function, name string, event *yaml.Node) Schedule {
	properties := l.field(event, "Properties")
	l.known(properties, "Schedule", "Name", "Description", "Input", "State", "Enabled", "RetryPolicy", "DeadLetterConfig")
	s := Schedule{
		ARN: l.ruleARN(f, name, l.get(properties, "Name")), Function: f.Name, Every: l.rate(l.get(properties, "Schedule")),
		Enabled: l.enabled(l.get(properties, "State")) && l.flag(l.get(properties, "Enabled"), "Enabled", true), Retry: l.readRetry(properties),
	}
	if input := l.get(properties, "Input"); input.shape != absent {
		if s.Input = json.RawMessage(l.string(input, "Input")); !json.Valid(s.Input) {
			l.fail(input.node, "Input must be JSON")
		}
	}
	return s
}

// rateExpression takes 1 with one unit and more with several, as EventBridge does.
var rateExpression = regexp.MustCompile(`^rate\((?:(1) (minute|hour|day)|([1-9][0-9]{0,5}) (minute|hour|day)s)\)$`)

func (l *loader) rate(v value) time.Duration {
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	m := rateExpression.FindStringSubmatch(l.string(v, "Schedule"))
	if m == nil || m[3] == "1" {
		l.fail(v.node, "Schedule must be of the form rate(1 minute) or rate(5 minutes), not %s", v.text)
	}
	n, _ := strconv.Atoi(m[1] + m[3]) // digits
	return time.Duration(n) * units[m[2]+m[4]]
}

// ruleARN names a rule as SAM does where it has no name of its own, without the random end.
func (l *loader) ruleARN(f Function, event string, own value) string {
	name := l.stackName + "-" + f.LogicalID + event
	if own.shape != absent {
		name = l.string(own, "the rule's name")
	}
	return "arn:aws:events:" + Region + ":" + AccountID + ":rule/" + name
}

func (l *loader) enabled(state value) bool {
	if state.shape == absent {
		return true
	}
	switch l.string(state, "State") {
	case "ENABLED":
		return true
	case "DISABLED":
		return false
	}
	l.fail(state.node, "State must be ENABLED or DISABLED")
	return false
}

func (l *loader) readRetry(properties *yaml.Node) RetryPolicy {
	policy := l.get(properties, "RetryPolicy")
	l.knownIn(policy, "MaximumRetryAttempts", "MaximumEventAgeInSeconds")
	r := RetryPolicy{
		MaximumRetryAttempts: l.whole(l.of(policy, "MaximumRetryAttempts"), "MaximumRetryAttempts", ruleRetries, 0, ruleRetries),
		MaximumEventAge:      l.seconds(l.of(policy, "MaximumEventAgeInSeconds"), "MaximumEventAgeInSeconds", ruleAge, leastAge, ruleAge),
	}
	config := l.get(properties, "DeadLetterConfig")
	l.knownIn(config, "Arn")
	if config.shape != absent {
		r.DeadLetterQueue = l.queue(l.of(config, "Arn"), "Arn")
	}
	return r
}

// readAsync reads a function's EventInvokeConfig.
func (l *loader) readAsync(config value) AsyncInvocation {
	l.knownIn(config, "MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
	return AsyncInvocation{
		MaximumRetryAttempts: l.whole(l.of(config, "MaximumRetryAttempts"), "MaximumRetryAttempts", asyncRetries, 0, asyncRetries),
		MaximumEventAge:      l.seconds(l.of(config, "MaximumEventAgeInSeconds"), "MaximumEventAgeInSeconds", asyncAge, leastAge, asyncAge),
		OnFailure:            l.readOnFailure(l.of(config, "DestinationConfig")),
	}
}

// document is n as encoding/json would decode it: what is written as a number, true, false or null stays that, unlike in a
// value. What an intrinsic function gives is a text or a list of texts.
func (l *loader) document(n *yaml.Node) any {
	n = follow(n)
	if name, _ := intrinsic(n); name != "" {
		switch v := l.resolve(n); v.shape {
		case list:
			return l.texts(v, name)
		default:
			return l.string(v, name)
		}
	}
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for name, v := range l.fields(n) {
			out[name] = l.document(v)
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, l.document(c))
		}
		return out
	}
	var scalar any
	if err := n.Decode(&scalar); err != nil {
		l.fail(n, "%v", err)
	}
	return scalar
}
