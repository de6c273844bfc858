package contract

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"group-invites/shared/emf"
)

// TestAlarms_EachHasAnEntryInTheRunbook that says what it means, where to look and what to do; and each entry an alarm.
func TestAlarms_EachHasAnEntryInTheRunbook(t *testing.T) {
	_, alarms, found := strings.Cut(file(t, "infra/runbook.md"), "\n# Alarms\n")
	if !found {
		t.Fatal("the runbook has no alarms")
	}
	alarms, _, _ = strings.Cut(alarms, "\n# ")
	entries := map[string]string{}
	for _, part := range strings.Split(alarms, "\n## ")[1:] {
		title, text, _ := strings.Cut(part, "\n")
		entries[title] = text
	}
	described := resources(t, "AWS::CloudWatch::Alarm")
	for id, a := range described {
		for _, word := range []string{"**Means.**", "**Look.**", "**Do.**"} {
			if !strings.Contains(entries[id], word) {
				t.Errorf("the runbook's entry of %s has no %s", id, word)
			}
		}
		if name := texts(a.properties["AlarmName"]); !slices.Equal(name, []string{"${AWS::StackName}-" + id}) {
			t.Errorf("%s is called %q", id, name)
		}
		if !strings.HasSuffix(a.properties["AlarmDescription"].(string), " infra/runbook.md tells what to do.") {
			t.Errorf("%s doesn't name the runbook", id)
		}
		// What nobody is told of is for deployments alone.
		told := slices.Equal(refs(a.properties["AlarmActions"]), []string{"AlarmTopicArn"}) && slices.Equal(refs(a.properties["OKActions"]), []string{"AlarmTopicArn"})
		if told == (id == "FaultyAnswers") {
			t.Errorf("%s tells of itself: %t", id, told)
		}
		if a.properties["TreatMissingData"] == nil {
			t.Errorf("%s doesn't say what it takes missing data for", id)
		}
	}
	for title := range entries {
		if described[title].kind == "" {
			t.Errorf("the runbook has an entry for %s, which is no alarm", title)
		}
	}
}

// TestAlarms_HearEveryFunctionThatCrashes: those behind the API in two alarms, all others in another. An alarm takes ten metrics:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
func TestAlarms_HearEveryFunctionThatCrashes(t *testing.T) {
	const most = 10
	alarms := resources(t, "AWS::CloudWatch::Alarm")
	served := map[string]bool{}
	described := load(t)
	for _, r := range described.Routes {
		served[r.Function] = true
	}
	for _, behind := range [][]string{{"RequestCrashes", "DirectoryCrashes"}, {"BackgroundCrashes"}} {
		var heard, want []string
		for _, id := range behind {
			before := len(heard)
			for _, text := range texts(alarms[id].properties["Metrics"]) {
				if name, found := strings.CutPrefix(text, "${AWS::StackName}-"); found {
					heard = append(heard, name)
				}
			}
			if n := len(heard) - before; n > most {
				t.Errorf("%s hears %d", id, n)
			}
		}
		for _, f := range described.Functions {
			if served[f.Name] == (behind[0] == "RequestCrashes") {
				want = append(want, f.Name)
			}
		}
		slices.Sort(heard)
		slices.Sort(want)
		if !slices.Equal(heard, want) {
			t.Errorf("%v hear\n%q of\n%q", behind, heard, want)
		}
	}
}

// TestAlarms_OfDeploymentsHangOnNoFunction: CloudFormation could make neither first.
func TestAlarms_OfDeploymentsHangOnNoFunction(t *testing.T) {
	function := document(t)["Globals"].(map[string]any)["Function"].(map[string]any)
	hang := refs(function["DeploymentPreference"])
	alarms := resources(t, "AWS::CloudWatch::Alarm")
	if len(hang) < 3 {
		t.Errorf("deployments hang on %v", hang)
	}
	for _, id := range hang {
		if id == "AWS::NoValue" {
			continue
		}
		for _, ref := range refs(alarms[id].properties) {
			if ref != "AlarmTopicArn" && ref != "AWS::StackName" {
				t.Errorf("%s refers to %s", id, ref)
			}
		}
	}
}

// TestDashboard_HasBusinessFirst, then errors, latency and cost, and shows every figure that there is.
func TestDashboard_HasBusinessFirst(t *testing.T) {
	body := resources(t, "AWS::CloudWatch::Dashboard")["Dashboard"].properties["DashboardBody"].(map[string]any)["!Sub"].(string)
	var dashboard struct {
		Widgets []struct {
			Type                string
			X, Y, Width, Height int
			Properties          struct {
				Title, Markdown, Region string
				Metrics                 [][]any
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &dashboard); err != nil {
		t.Fatal(err)
	}
	var sections []string
	y := 0
	for _, w := range dashboard.Widgets {
		switch {
		case w.Type == "text":
			sections = append(sections, w.Properties.Markdown)
		case w.Type != "metric", w.Properties.Title == "", w.Properties.Region == "", len(w.Properties.Metrics) == 0, w.X+w.Width > 24, w.Y < y:
			t.Errorf("widget %+v", w)
		}
		y = w.Y
	}
	if want := []string{"## Business", "## Errors", "## Latency", "## Cost"}; !slices.Equal(sections, want) {
		t.Errorf("sections %q", sections)
	}
	for _, name := range emf.Names {
		if name != emf.Faults && !strings.Contains(body, `"`+string(name)+`"`) && !strings.Contains(body, `\"`+string(name)+`\"`) { // the gateway counts what is answered 5xx
			t.Errorf("the dashboard doesn't show %s", name)
		}
	}
	business, _, _ := strings.Cut(body, "## Errors")
	for _, name := range []emf.Name{emf.InvitesCreated, emf.Joins, emf.Refused, emf.MailsSent, emf.OutboxLag, emf.TallyLag} {
		if !strings.Contains(business, string(name)) {
			t.Errorf("business comes without %s", name)
		}
	}
}

// TestFigures_OfTheTemplateAreThoseOfTheCode: an alarm or a graph of a figure that nobody counts would stay silent for ever.
func TestFigures_OfTheTemplateAreThoseOfTheCode(t *testing.T) {
	text := file(t, "template.yaml")
	var named []string
	for _, pattern := range []string{`(?s)Namespace: GroupInvites\s+MetricName: (\w+)`, `\["GroupInvites", "(\w+)"`, `\{GroupInvites[^']*MetricName=\\"(\w+)`} {
		found := regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1)
		if len(found) == 0 {
			t.Errorf("no figures of the form %s", pattern)
		}
		for _, m := range found {
			named = append(named, m[1])
		}
	}
	for _, name := range named {
		if !slices.Contains(emf.Names, emf.Name(name)) {
			t.Errorf("the template has %s, which nobody counts", name)
		}
	}
	if n := strings.Count(text, "Namespace: GroupInvites"); n == 0 || emf.Namespace != "GroupInvites" {
		t.Errorf("%d figures of the namespace GroupInvites, the code has %s", n, emf.Namespace)
	}
}

// TestQueries_AskTheLogsOfAllFunctionsThatTheyAreAbout.
func TestQueries_AskTheLogsOfAllFunctionsThatTheyAreAbout(t *testing.T) {
	served := map[string]bool{}
	described := load(t)
	for _, r := range described.Routes {
		served[r.Function] = true
	}
	var all, requests []string
	for _, f := range described.Functions {
		all = append(all, f.LogicalID+"LogGroup")
		if served[f.Name] {
			requests = append(requests, f.LogicalID+"LogGroup")
		}
	}
	slices.Sort(all)
	slices.Sort(requests)
	want := map[string][]string{
		"ErrorsQuery": all, "StartsQuery": all, "RequestsQuery": requests, "MailsQuery": {"MailFeedbackLogGroup", "MailerLogGroup"}, "AccessQuery": {"AccessLogGroup"},
	}
	queries := resources(t, "AWS::Logs::QueryDefinition")
	for id, q := range queries {
		got := slices.DeleteFunc(refs(q.properties["LogGroupNames"]), func(ref string) bool { return ref == "AWS::NoValue" })
		if !slices.Equal(got, want[id]) {
			t.Errorf("%s asks\n%v, not\n%v", id, got, want[id])
		}
		if !strings.Contains(file(t, "infra/runbook.md"), "`"+strings.TrimPrefix(texts(q.properties["Name"])[0], "${AWS::StackName}/")+"`") {
			t.Errorf("the runbook doesn't use %s", id)
		}
	}
	if len(queries) != len(want) {
		t.Errorf("%d queries", len(queries))
	}
}
