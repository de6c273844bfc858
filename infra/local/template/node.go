package template

import (
	"iter"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// fields yields the fields of mapping n in the order of the file. A missing n has none.
func (l *loader) fields(n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if n == nil {
			return
		}
		n = follow(n)
		if n.Kind != yaml.MappingNode {
			l.fail(n, "a mapping is wanted here")
		}
		for i := 0; i < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, follow(n.Content[i+1])) {
				return
			}
		}
	}
}

// field is the value of one field of mapping n, nil where it has none.
func (l *loader) field(n *yaml.Node, name string) *yaml.Node {
	for k, v := range l.fields(n) {
		if k == name {
			return v
		}
	}
	return nil
}

func follow(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// value is a resolved part of the template: a text, a list, a mapping, or nothing (AWS::NoValue, or not written).
type value struct {
	node   *yaml.Node // where it was written, for errors
	shape  shape
	text   string
	list   []value
	fields map[string]value
}

type shape int

const (
	absent shape = iota
	text
	list
	mapping
)

func scalar(n *yaml.Node, s string) value { return value{node: n, shape: text, text: s} }

// get resolves one field of mapping n.
func (l *loader) get(n *yaml.Node, name string) value {
	if f := l.field(n, name); f != nil {
		return l.resolve(f)
	}
	return value{node: n}
}

// of is a field of a resolved mapping.
func (l *loader) of(v value, name string) value {
	if v.shape != mapping && v.shape != absent {
		l.fail(v.node, "a mapping is wanted here")
	}
	if f, ok := v.fields[name]; ok {
		return f
	}
	return value{node: v.node}
}

// knownIn fails at the first field of resolved mapping v whose name isn't listed.
func (l *loader) knownIn(v value, names ...string) {
	for name, f := range v.fields {
		found := false
		for _, n := range names {
			found = found || n == name
		}
		if !found {
			l.fail(f.node, "the local stack doesn't know %s", name)
		}
	}
}

// string is v as a text that must be there.
func (l *loader) string(v value, what string) string {
	if v.shape != text {
		l.fail(v.node, "%s must be a text", what)
	}
	return v.text
}

// number is v as a number that must be there.
func (l *loader) number(v value, what string) float64 {
	f, err := strconv.ParseFloat(v.text, 64)
	if v.shape != text || err != nil {
		l.fail(v.node, "%s must be a number", what)
	}
	return f
}

// strings is v as a list of texts; one text is a list of one, nothing is an empty list.
func (l *loader) strings(v value, what string) []string {
	switch v.shape {
	case absent:
		return nil
	case text:
		return []string{v.text}
	}
	return l.texts(v, what)
}

// texts is v as a list of texts that must be there.
func (l *loader) texts(v value, what string) []string {
	if v.shape != list {
		l.fail(v.node, "%s must be a list", what)
	}
	var out []string
	for _, e := range v.list {
		out = append(out, l.string(e, what))
	}
	return out
}
