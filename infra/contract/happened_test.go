package contract

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"group-invites/shared/event"
)

// TestEvents_EachTypeHasASchema of its version, which asks for every field that it names, and a row in the README.
func TestEvents_EachTypeHasASchema(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join(root(t), "infra", "schemas"))
	if err != nil {
		t.Fatal(err)
	}
	var types []event.Type
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".json")
		types = append(types, event.Type(name))
		var schema struct {
			Title, Description string
			Required           []string
			Properties         map[string]struct {
				Description string
				Const       any
			}
		}
		if err := json.Unmarshal([]byte(file(t, "infra/schemas/"+e.Name())), &schema); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if schema.Title != name || schema.Description == "" || schema.Properties["version"].Const != float64(event.Version) {
			t.Errorf("%s is %q, of version %v: %s", name, schema.Title, schema.Properties["version"].Const, schema.Description)
		}
		for field, is := range schema.Properties {
			if is.Description == "" || !slices.Contains(schema.Required, field) {
				t.Errorf("%s has a field %s that isn't described, or may be missing", name, field)
			}
		}
		if !strings.Contains(file(t, "README.md"), "| [`"+name+"`](infra/schemas/"+name+".json) |") {
			t.Errorf("the README doesn't tell of %s", name)
		}
	}
	want := slices.Clone(event.Types)
	slices.Sort(want)
	if !slices.Equal(types, want) {
		t.Errorf("schemas of %v, types %v", types, want)
	}
}

// TestEvents_TheFunctionPutsThemInItsOwnNameAlone: the policy's source is that of the code.
func TestEvents_TheFunctionPutsThemInItsOwnNameAlone(t *testing.T) {
	described := load(t)
	for _, f := range described.Functions {
		for _, s := range f.Policies {
			if !slices.ContainsFunc(s.Actions, func(a string) bool { return strings.HasPrefix(a, "events:") }) {
				continue
			}
			if f.Name != "tally" || !slices.Equal(s.Actions, []string{"events:PutEvents"}) || len(s.Conditions) != 1 ||
				!slices.Equal(s.Conditions[0].Values, []string{event.Source}) {
				t.Errorf("%s: %+v", f.Name, s)
			}
		}
	}
	if len(described.Buses) != 1 {
		t.Errorf("buses %v", described.Buses)
	}
}
