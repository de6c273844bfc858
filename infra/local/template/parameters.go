package template

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The keys among Load's parameters that aren't parameters of the template.
const (
	stackNameKey = "AWS::StackName"
	tableNameKey = "Table"
	issuerKey    = "UserPool"
)

// Declared gives the names of the parameters that the template in the file at path declares.
func Declared(path string) (map[string]bool, error) {
	root, err := read(path)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	section := (&loader{}).field(root, "Parameters")
	if section == nil || section.Kind != yaml.MappingNode {
		return names, nil
	}
	for i := 0; i+1 < len(section.Content); i += 2 {
		names[section.Content[i].Value] = true
	}
	return names, nil
}

// readParameters gives every parameter its value: the override, or else the default.
func (l *loader) readParameters(section *yaml.Node, overrides map[string]string) {
	l.parameters = map[string]value{}
	l.stackName, l.tableName = DefaultStackName, DefaultStackName
	rest := maps.Clone(overrides)
	if name, ok := rest[stackNameKey]; ok {
		l.stackName = name
	}
	if name, ok := rest[tableNameKey]; ok {
		l.tableName = name
	}
	if issuer, ok := rest[issuerKey]; ok {
		l.issuer = issuer
	}
	delete(rest, stackNameKey)
	delete(rest, tableNameKey)
	delete(rest, issuerKey)

	var missing []string
	for name, n := range l.fields(section) {
		given, ok := rest[name]
		delete(rest, name)
		if !ok {
			d := l.field(n, "Default")
			if d == nil {
				missing = append(missing, name)
				continue
			}
			given = d.Value
		}
		l.parameters[name] = l.parameter(name, n, given)
	}
	if len(missing) > 0 {
		panic(fault{fmt.Errorf("%s: parameters without a value: %s", l.file, strings.Join(missing, ", "))})
	}
	if len(rest) > 0 {
		panic(fault{fmt.Errorf("%s: no such parameters: %s", l.file, strings.Join(slices.Sorted(maps.Keys(rest)), ", "))})
	}
}

// parameter checks a value against its parameter's declaration n.
func (l *loader) parameter(name string, n *yaml.Node, given string) value {
	if allowed := l.field(n, "AllowedValues"); allowed != nil {
		if !slices.ContainsFunc(allowed.Content, func(a *yaml.Node) bool { return a.Value == given }) {
			l.fail(n, "parameter %s doesn't allow %q", name, given)
		}
	}
	switch kind := l.string(l.get(n, "Type"), "Type"); kind {
	case "String":
		return scalar(n, given)
	case "Number":
		number, err := strconv.ParseFloat(given, 64)
		if err != nil {
			l.fail(n, "parameter %s must be a number, not %q", name, given)
		}
		if least := l.field(n, "MinValue"); least != nil && number < l.number(l.resolve(least), "MinValue") {
			l.fail(n, "parameter %s must be at least %s", name, least.Value)
		}
		if most := l.field(n, "MaxValue"); most != nil && number > l.number(l.resolve(most), "MaxValue") {
			l.fail(n, "parameter %s must be at most %s", name, most.Value)
		}
		return scalar(n, given)
	case "CommaDelimitedList":
		v := value{node: n, shape: list}
		for element := range strings.SplitSeq(given, ",") {
			v.list = append(v.list, scalar(n, strings.TrimSpace(element)))
		}
		return v
	default:
		l.fail(n, "the local stack doesn't know parameters of type %s", kind)
		return value{}
	}
}
