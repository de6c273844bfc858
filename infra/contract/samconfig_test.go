package contract

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"group-invites/infra/local/template"
)

// TestSamconfig_EachEnvironmentIsWhole: SAM takes nothing from one environment for another. Each has a stack of its own and all sections, names
// only parameters that there are, commented out or not, and all that have no default; and nobody deploys to prod without having
// looked at the change set.
func TestSamconfig_EachEnvironmentIsWhole(t *testing.T) {
	sections := map[string]string{}
	name := ""
	for line := range strings.Lines(file(t, "samconfig.toml")) {
		if m := regexp.MustCompile(`^\[(\S+)\]$`).FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			name = m[1]
			continue
		}
		sections[name] += line
	}
	path := filepath.Join(root(t), "template.yaml")
	declared, err := template.Declared(path)
	if err != nil {
		t.Fatal(err)
	}
	stacks := map[string]string{}
	for _, environment := range []string{"default", "staging", "prod"} {
		section := func(command string) string { return sections[environment+"."+command+".parameters"] }
		m := regexp.MustCompile(`(?m)^stack_name = "(\S+)"$`).FindStringSubmatch(section("global"))
		if m == nil || stacks[m[1]] != "" {
			t.Errorf("%s has no stack of its own", environment)
			continue
		}
		stacks[m[1]] = environment
		for command, want := range map[string][]string{
			"validate": {"lint = true"},
			"build":    {"parallel = true", "build_in_source = true"},
			"deploy":   {`capabilities = "CAPABILITY_IAM"`, "resolve_s3 = true", "fail_on_empty_changeset = false"},
		} {
			for _, line := range want {
				if !strings.Contains(section(command), line+"\n") {
					t.Errorf("%s: %s has no %s", environment, command, line)
				}
			}
		}
		deploy := section("deploy")
		given := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^ +(?:# )?"(\w+)=`).FindAllStringSubmatch(deploy, -1) {
			given[m[1]] = true
			if !declared[m[1]] {
				t.Errorf("%s names %s, which is no parameter", environment, m[1])
			}
		}
		for _, parameter := range withoutDefault(t, path) {
			if !given[parameter] {
				t.Errorf("%s says nothing of %s, which has no default", environment, parameter)
			}
		}
		if environment != "default" && !strings.Contains(deploy, `  "Stage=`+environment+`",`+"\n") {
			t.Errorf("%s isn't of that stage", environment)
		}
		if environment == "prod" && !strings.Contains(deploy, "confirm_changeset = true\n") {
			t.Error("prod doesn't wait until somebody has looked at the change set")
		}
	}
}

// withoutDefault gives the parameters that must be given: those that the loader misses.
func withoutDefault(t *testing.T, path string) []string {
	t.Helper()
	_, err := template.Load(path, nil)
	if err == nil {
		return nil
	}
	_, names, found := strings.Cut(err.Error(), "parameters without a value: ")
	if !found {
		t.Fatal(err)
	}
	return strings.Split(names, ", ")
}
