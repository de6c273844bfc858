package contract

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/template"
)

// TestEvents_EachHasACommandForItsFunction: infra/events/README.md has a command for each function and each event file, and of each command
// the event is one that the function gets: by the route that it names, or by the file's name where requests don't call the function.
func TestEvents_EachHasACommandForItsFunction(t *testing.T) {
	described := load(t)
	files, err := filepath.Glob(filepath.Join(root(t), "infra", "events", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]string{} // function by event
	for _, m := range regexp.MustCompile("`\\$SAM local invoke (\\w+) --event infra/events/([a-z-]+)\\.json`").FindAllStringSubmatch(file(t, "infra/events/README.md"), -1) {
		if commands[m[2]] != "" {
			t.Errorf("%s.json has two commands", m[2])
		}
		commands[m[2]] = m[1]
	}
	covered := map[string]bool{}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		if name == "env" { // variables, not an event
			continue
		}
		id := commands[name]
		delete(commands, name)
		covered[id] = true
		want := ""
		for _, f := range described.Functions {
			if (name == f.Name || strings.HasPrefix(name, f.Name+"-")) && len(f.LogicalID) > len(want) {
				want = f.LogicalID
			}
		}
		if id != want || want == "" {
			t.Errorf("the command for %s.json invokes %q, its name says %q", name, id, want)
		}
		var event struct{ RouteKey string }
		if err := json.Unmarshal([]byte(file(t, "infra/events/"+name+".json")), &event); err != nil {
			t.Error(err)
		}
		if event.RouteKey == "" {
			continue
		}
		at := slices.IndexFunc(described.Routes, func(r template.Route) bool { return r.Key() == event.RouteKey })
		if at < 0 || logicalID(described.Routes[at].Function) != id {
			t.Errorf("%s.json is for %s, which %s doesn't serve", name, event.RouteKey, id)
		}
	}
	for name, id := range commands {
		t.Errorf("there is a command for %s with %s.json, which there isn't", id, name)
	}
	for _, f := range described.Functions {
		if !covered[f.LogicalID] {
			t.Errorf("no command for %s", f.LogicalID)
		}
	}
}
