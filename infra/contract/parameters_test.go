package contract

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestParameters_AreExplainedGroupedAndChecked: who deploys sees each in a group, with what it is for, and a wrong value is refused before
// anything is made. The README lists them.
func TestParameters_AreExplainedGroupedAndChecked(t *testing.T) {
	described := document(t)
	groups := described["Metadata"].(map[string]any)["AWS::CloudFormation::Interface"].(map[string]any)["ParameterGroups"].([]any)
	var grouped []string
	for _, g := range groups {
		for _, name := range g.(map[string]any)["Parameters"].([]any) {
			grouped = append(grouped, name.(string))
		}
	}
	parameters := described["Parameters"].(map[string]any)
	_, table, _ := strings.Cut(file(t, "README.md"), "| parameter | default | what |")
	table, _, _ = strings.Cut(table, "\n\n")
	for name, p := range parameters {
		p := p.(map[string]any)
		if n := count(grouped, name); n != 1 {
			t.Errorf("%s is in %d groups", name, n)
		}
		if description, _ := p["Description"].(string); !strings.HasSuffix(description, ".") && description == "" {
			t.Errorf("%s has no description", name)
		}
		checked := false
		for _, check := range []string{"AllowedValues", "AllowedPattern", "MinValue", "MinLength"} {
			checked = checked || p[check] != nil
		}
		if !checked && p["Type"] != "CommaDelimitedList" { // a pattern would be for all of the list
			t.Errorf("any value will do for %s", name)
		}
		if !strings.Contains(table, "`"+name+"`") {
			t.Errorf("the README's table has no %s", name)
		}
	}
	for _, name := range grouped {
		if parameters[name] == nil {
			t.Errorf("group of %s, which is no parameter", name)
		}
	}
	for row := range strings.Lines(table) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
		for _, m := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(cell, -1) {
			if parameters[m[1]] == nil {
				t.Errorf("the README's table has %s, which is no parameter", m[1])
			}
		}
	}
}

func count(list []string, name string) (n int) {
	for _, other := range list {
		if other == name {
			n++
		}
	}
	return n
}

// TestStages: what prod has beyond the others, and dev has not.
func TestStages(t *testing.T) {
	described := document(t)
	conditions := described["Conditions"].(map[string]any)
	if len(refs(conditions["IsProd"])) != 1 || len(refs(conditions["IsWatched"])) != 1 {
		t.Errorf("conditions %v", conditions)
	}
	table := resources(t, "AWS::DynamoDB::Table")["Table"]
	if got := texts(table.properties["DeletionProtectionEnabled"]); !slices.Equal(got, []string{"IsProd", "true", "false"}) {
		t.Errorf("the table's protection from deletion is by %q", got)
	}
	function := described["Globals"].(map[string]any)["Function"].(map[string]any)
	preference := function["DeploymentPreference"].(map[string]any)
	if got := texts(preference["Type"]); !slices.Equal(got, []string{"IsProd", "Canary10Percent5Minutes", "AllAtOnce"}) || function["AutoPublishAlias"] != "live" {
		t.Errorf("versions go out by %q, alias %v", got, function["AutoPublishAlias"])
	}
	web := resources(t, "AWS::Serverless::Function")["Web"].properties["DeploymentPreference"]
	if pages, _ := web.(map[string]any); len(pages) != 1 || pages["Type"] != "AllAtOnce" {
		t.Errorf("pages and their scripts go out by %v, and must go out at once", web)
	}
	for kind, some := range map[string]bool{"AWS::CloudWatch::Alarm": true, "AWS::CloudWatch::Dashboard": true} {
		found := resources(t, kind)
		if (len(found) > 0) != some {
			t.Errorf("%d of type %s", len(found), kind)
		}
		for id, r := range found {
			if r.condition != "IsWatched" {
				t.Errorf("%s is there under the condition %q", id, r.condition)
			}
		}
	}
	for id, r := range described["Resources"].(map[string]any) {
		fields := r.(map[string]any)
		if kind := fields["Type"]; kind == "AWS::DynamoDB::Table" || kind == "AWS::SecretsManager::Secret" {
			if fields["DeletionPolicy"] != "Retain" || fields["UpdateReplacePolicy"] != "Retain" {
				t.Errorf("%s goes with the stack", id)
			}
		}
	}
}
