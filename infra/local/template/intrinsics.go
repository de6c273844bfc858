package template

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// resolve gives n its value: intrinsic functions, in their short form (!Ref x) or their long one ({Ref: x}), are
// replaced by what they yield.
func (l *loader) resolve(n *yaml.Node) value {
	n = follow(n)
	if name, argument := intrinsic(n); name != "" {
		return l.apply(n, name, argument)
	}
	switch n.Kind {
	case yaml.ScalarNode:
		return scalar(n, n.Value)
	case yaml.SequenceNode:
		v := value{node: n, shape: list}
		for _, c := range n.Content {
			if e := l.resolve(c); e.shape != absent {
				v.list = append(v.list, e)
			}
		}
		return v
	default:
		v := value{node: n, shape: mapping, fields: map[string]value{}}
		for name, c := range l.fields(n) {
			if e := l.resolve(c); e.shape != absent {
				v.fields[name] = e
			}
		}
		return v
	}
}

// intrinsic splits a call of an intrinsic function into its name (without Fn::) and its argument.
func intrinsic(n *yaml.Node) (name string, argument *yaml.Node) {
	if n.Tag != "" && !strings.HasPrefix(n.Tag, "!!") && n.Style&yaml.TaggedStyle != 0 {
		bare := *n
		bare.Tag, bare.Style = "", n.Style&^yaml.TaggedStyle
		return strings.TrimPrefix(n.Tag, "!"), &bare
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		switch key := n.Content[0].Value; {
		case key == "Ref":
			return key, follow(n.Content[1])
		case strings.HasPrefix(key, "Fn::"):
			return strings.TrimPrefix(key, "Fn::"), follow(n.Content[1])
		}
	}
	return "", nil
}

func (l *loader) apply(n *yaml.Node, name string, argument *yaml.Node) value {
	switch name {
	case "Ref":
		return l.ref(n, argument.Value)
	case "GetAtt":
		resource, attribute, ok := strings.Cut(argument.Value, ".")
		if argument.Kind == yaml.SequenceNode && len(argument.Content) == 2 {
			resource, attribute, ok = argument.Content[0].Value, argument.Content[1].Value, true
		}
		if !ok {
			l.fail(n, "GetAtt takes a resource and an attribute")
		}
		return scalar(n, l.attribute(n, resource, attribute))
	case "Sub":
		return scalar(n, l.substitute(n, argument))
	case "If":
		a := l.arguments(n, name, argument, 3)
		if l.namedCondition(n, a[0].Value) {
			return l.resolve(a[1])
		}
		return l.resolve(a[2])
	case "Join":
		a := l.arguments(n, name, argument, 2)
		return scalar(n, strings.Join(l.texts(l.resolve(a[1]), "Join"), l.string(l.resolve(a[0]), "Join")))
	case "Split":
		a := l.arguments(n, name, argument, 2)
		v := value{node: n, shape: list}
		for part := range strings.SplitSeq(l.string(l.resolve(a[1]), "Split"), l.string(l.resolve(a[0]), "Split")) {
			v.list = append(v.list, scalar(n, part))
		}
		return v
	case "Select":
		a := l.arguments(n, name, argument, 2)
		i, err := strconv.Atoi(l.string(l.resolve(a[0]), "Select"))
		of := l.resolve(a[1])
		if err != nil || of.shape != list || i < 0 || i >= len(of.list) {
			l.fail(n, "Select finds nothing")
		}
		return of.list[i]
	}
	l.fail(n, "the local stack doesn't know the intrinsic function %s", name)
	return value{}
}

func (l *loader) arguments(n *yaml.Node, name string, argument *yaml.Node, count int) []*yaml.Node {
	if argument.Kind != yaml.SequenceNode || len(argument.Content) != count {
		l.fail(n, "%s takes %d arguments", name, count)
	}
	return argument.Content
}

// namedCondition evaluates the condition with this name.
func (l *loader) namedCondition(n *yaml.Node, name string) bool {
	c := l.field(l.conditions, name)
	if c == nil {
		l.fail(n, "no condition %q", name)
	}
	return l.condition(c)
}

func (l *loader) condition(n *yaml.Node) bool {
	n = follow(n)
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[0].Value == "Condition" {
		return l.namedCondition(n, n.Content[1].Value)
	}
	switch name, argument := intrinsic(n); name {
	case "Condition":
		return l.namedCondition(n, argument.Value)
	case "Equals":
		a := l.arguments(n, name, argument, 2)
		return l.string(l.resolve(a[0]), "Equals") == l.string(l.resolve(a[1]), "Equals")
	case "Contains":
		return l.contains(n, argument)
	case "Not":
		return !l.condition(l.arguments(n, name, argument, 1)[0])
	case "And":
		all := true
		for _, c := range argument.Content {
			all = l.condition(c) && all
		}
		return all
	case "Or":
		some := false
		for _, c := range argument.Content {
			some = l.condition(c) || some
		}
		return some
	}
	l.fail(n, "not a condition")
	return false
}

// substitute is Fn::Sub: a text with ${Name}, ${Resource.Attribute} and ${!literal}, or that text and names of its own.
func (l *loader) substitute(n, argument *yaml.Node) string {
	pattern, own := argument, value{node: n}
	if argument.Kind == yaml.SequenceNode {
		a := l.arguments(n, "Sub", argument, 2)
		pattern, own = a[0], l.resolve(a[1])
	}
	var out strings.Builder
	rest := l.string(l.resolve(pattern), "Sub")
	for {
		before, after, found := strings.Cut(rest, "${")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			l.fail(n, "${ without }")
		}
		rest = tail
		resource, attribute, dotted := strings.Cut(name, ".")
		switch literal, escaped := strings.CutPrefix(name, "!"); {
		case escaped:
			out.WriteString("${" + literal + "}")
		case l.of(own, name).shape == text:
			out.WriteString(l.of(own, name).text)
		case dotted:
			out.WriteString(l.attribute(n, resource, attribute))
		default:
			out.WriteString(l.string(l.ref(n, name), "${"+name+"}"))
		}
	}
}
