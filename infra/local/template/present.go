package template

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// checkReferences fails at the first reference to what isn't made under these parameters, wherever it is: in a property of a resource that the
// local stack leaves out too, in Globals and in outputs. Of a condition only the branch that holds is looked at.
func (l *loader) checkReferences(root *yaml.Node) {
	for _, id := range l.order {
		l.checkPart(l.field(l.resources[id], "Properties"))
	}
	l.checkPart(l.field(root, "Globals"))
	for _, output := range l.fields(l.field(root, "Outputs")) {
		if c := l.field(output, "Condition"); c == nil || l.namedCondition(c, c.Value) {
			l.checkPart(l.field(output, "Value"))
		}
	}
}

func (l *loader) checkPart(n *yaml.Node) {
	if n == nil {
		return
	}
	n = follow(n)
	name, argument := intrinsic(n)
	switch name {
	case "Ref":
		l.checkName(n, argument.Value)
	case "GetAtt":
		resource, _, _ := strings.Cut(argument.Value, ".")
		if argument.Kind == yaml.SequenceNode && len(argument.Content) > 0 {
			resource = argument.Content[0].Value
		}
		l.checkName(n, resource)
	case "If":
		a := l.arguments(n, name, argument, 3)
		if l.namedCondition(n, a[0].Value) {
			l.checkPart(a[1])
		} else {
			l.checkPart(a[2])
		}
	case "Sub":
		l.checkText(n, argument)
	case "":
		for i, c := range n.Content {
			if n.Kind != yaml.MappingNode || i%2 == 1 {
				l.checkPart(c)
			}
		}
	default:
		l.checkPart(argument)
	}
}

// checkText looks at the names in a text of Fn::Sub, but for those that it brings along.
func (l *loader) checkText(n, argument *yaml.Node) {
	text, own := argument, (*yaml.Node)(nil)
	if argument.Kind == yaml.SequenceNode {
		a := l.arguments(n, "Sub", argument, 2)
		text, own = a[0], a[1]
		l.checkPart(own)
	}
	for _, part := range strings.Split(text.Value, "${")[1:] {
		name, _, _ := strings.Cut(part, "}")
		if strings.HasPrefix(name, "!") || l.field(own, name) != nil {
			continue
		}
		l.checkName(n, name)
	}
}

// checkName takes what Ref and Sub take: a parameter, a pseudo-parameter or a resource, with or without an attribute (or, of SAM's, what it makes
// for the resource).
func (l *loader) checkName(n *yaml.Node, name string) {
	if strings.HasPrefix(name, "AWS::") {
		return
	}
	if _, ok := l.parameters[name]; ok {
		return
	}
	if id, _, _ := strings.Cut(name, "."); l.resources[id] == nil {
		l.fail(n, "%s is neither a parameter nor a resource", id)
	}
}
