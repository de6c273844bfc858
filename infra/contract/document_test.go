package contract

import (
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// resource is a resource of template.yaml as it is written there: intrinsic functions in their short form are mappings of their tag, such as
// {"!Ref": "Table"}.
type resource struct {
	kind       string
	condition  string
	properties map[string]any
}

// resources gives those of one type, by logical id.
func resources(t *testing.T, kind string) map[string]resource {
	t.Helper()
	section, _ := document(t)["Resources"].(map[string]any)
	found := map[string]resource{}
	for id, r := range section {
		fields := r.(map[string]any)
		if fields["Type"] != kind {
			continue
		}
		condition, _ := fields["Condition"].(string)
		properties, _ := fields["Properties"].(map[string]any)
		found[id] = resource{kind, condition, properties}
	}
	return found
}

// document gives all of template.yaml.
func document(t *testing.T) map[string]any {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(file(t, "template.yaml")), &root); err != nil {
		t.Fatal(err)
	}
	return plainOf(t, root.Content[0]).(map[string]any)
}

func plainOf(t *testing.T, n *yaml.Node) any {
	t.Helper()
	var value any
	switch n.Kind {
	case yaml.MappingNode:
		fields := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			fields[n.Content[i].Value] = plainOf(t, n.Content[i+1])
		}
		value = fields
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, plainOf(t, c))
		}
		value = list
	default:
		value = n.Value
	}
	if n.Style&yaml.TaggedStyle != 0 {
		return map[string]any{n.Tag: value}
	}
	return value
}

// refs gives all that a part of the template refers to by !Ref and !GetAtt, sorted, each once.
func refs(part any) []string {
	var found []string
	switch part := part.(type) {
	case map[string]any:
		for name, value := range part {
			if text, ok := value.(string); ok && (name == "!Ref" || name == "!GetAtt") {
				found = append(found, text)
				continue
			}
			found = append(found, refs(value)...)
		}
	case []any:
		for _, value := range part {
			found = append(found, refs(value)...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// texts gives all texts in a part of the template, as they are written.
func texts(part any) []string {
	switch part := part.(type) {
	case string:
		return []string{part}
	case map[string]any:
		var found []string
		for _, value := range part {
			found = append(found, texts(value)...)
		}
		return found
	case []any:
		var found []string
		for _, value := range part {
			found = append(found, texts(value)...)
		}
		return found
	}
	return nil
}
