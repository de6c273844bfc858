// Package pattern matches JSON documents by the event patterns with which Lambda filters what an event source sends.
//
// A pattern has the form of the document. At its leaves are lists of conditions, of which one must hold; of fields, all
// must. A field that the pattern doesn't name may be anything. A condition is a value that the document's field must
// equal, or an object with one operator: prefix, suffix, exists, anything-but, numeric. It looks at leaves of the
// document alone: {"exists": true} never holds of an object. Where the document has a list, one of its elements must
// match.
//
// Compile refuses what it doesn't know. A pattern that was taken and then not applied as meant would deliver other
// records here than in the cloud.
//
// Mind that DynamoDB writes its numbers as texts, {"N": "12"}: neither 12 nor {"numeric": [">", 5]} matches them.
package pattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Pattern is a compiled pattern. Any number of goroutines may use it.
type Pattern struct{ root *node }

// node is either an object of fields or a leaf with conditions.
type node struct {
	fields     map[string]*node
	conditions []condition
}

// condition tells whether it holds of the scalars that a document has at one place; of none where it has no such field.
type condition func(scalars []any) bool

// Compile reads a pattern, a JSON object. The error names the field that is wrong.
func Compile(text string) (*Pattern, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("a pattern must be JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("a pattern is one JSON object")
	}
	fields, ok := document.(map[string]any)
	if !ok {
		return nil, errors.New("a pattern must be a JSON object")
	}
	root, err := compileObject(nil, fields)
	if err != nil {
		return nil, err
	}
	return &Pattern{root}, nil
}

func compileObject(path []string, fields map[string]any) (*node, error) {
	n := &node{fields: map[string]*node{}}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		below := append(slices.Clone(path), name)
		var err error
		switch v := fields[name].(type) {
		case map[string]any:
			n.fields[name], err = compileObject(below, v)
		case []any:
			n.fields[name], err = compileLeaf(below, v)
		default:
			err = fmt.Errorf("%s must be an object, or a list of conditions", strings.Join(below, "."))
		}
		if err != nil {
			return nil, err
		}
	}
	if len(fields) == 0 && len(path) > 0 {
		return nil, fmt.Errorf("%s is empty", strings.Join(path, "."))
	}
	return n, nil
}

func compileLeaf(path []string, list []any) (*node, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no conditions", strings.Join(path, "."))
	}
	n := &node{}
	for _, element := range list {
		c, err := compileCondition(element)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", strings.Join(path, "."), err)
		}
		n.conditions = append(n.conditions, c)
	}
	return n, nil
}

// Matches tells whether a document, as encoding/json decodes it, has the form of the pattern.
func (p *Pattern) Matches(document map[string]any) bool { return p.root.matches(document, true) }

// matches is asked of what a document has at the node's place, if it is there.
func (n *node) matches(v any, there bool) bool {
	if n.conditions != nil {
		var leaves []any
		if there {
			leaves = scalars(nil, v)
		}
		return slices.ContainsFunc(n.conditions, func(c condition) bool { return c(leaves) })
	}
	if list, ok := v.([]any); ok {
		return slices.ContainsFunc(list, func(element any) bool { return n.matches(element, true) })
	}
	fields, _ := v.(map[string]any)
	for name, below := range n.fields {
		field, there := fields[name]
		if !below.matches(field, there) {
			return false
		}
	}
	return true
}

// scalars appends v, or the elements of v at any depth, but no objects.
func scalars(to []any, v any) []any {
	switch v := v.(type) {
	case map[string]any:
	case []any:
		for _, element := range v {
			to = scalars(to, element)
		}
	default:
		to = append(to, v)
	}
	return to
}
