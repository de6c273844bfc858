package template

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// checkRules fails at the first assertion about the parameters that doesn't hold, as CloudFormation would before it makes anything.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
func (l *loader) checkRules(section *yaml.Node) {
	for name, rule := range l.fields(section) {
		l.known(rule, "RuleCondition", "Assertions")
		if c := l.field(rule, "RuleCondition"); c != nil && !l.condition(c) {
			continue
		}
		assertions := l.field(rule, "Assertions")
		if assertions == nil || assertions.Kind != yaml.SequenceNode {
			l.fail(rule, "rule %s has no list of Assertions", name)
		}
		for _, a := range assertions.Content {
			l.known(a, "Assert", "AssertDescription")
			assert := l.field(a, "Assert")
			if assert == nil {
				l.fail(a, "rule %s asserts nothing", name)
			}
			if !l.condition(assert) {
				l.fail(assert, "rule %s: %s", name, l.get(a, "AssertDescription").text)
			}
		}
	}
}

// contains is Fn::Contains, which only rules know: whether a list has a text.
func (l *loader) contains(n, argument *yaml.Node) bool {
	a := l.arguments(n, "Contains", argument, 2)
	return slices.Contains(l.texts(l.resolve(a[0]), "Contains"), l.string(l.resolve(a[1]), "Contains"))
}
