package main

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"group-invites/infra/local/project"
	"group-invites/infra/meter"
)

func root(t *testing.T) string {
	t.Helper()
	dir, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestReadme_ShowsWhatTheCommandMakes: the tables follow from the golden file, the template, the prices and what was measured.
func TestReadme_ShowsWhatTheCommandMakes(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _, err := inReadme(string(readme))
	if err != nil {
		t.Fatal(err)
	}
	made, err := report(root(t))
	if err != nil {
		t.Fatal(err)
	}
	if shown != made {
		t.Errorf("costs have changed; if that is meant, run make golden. The README has:\n%s\nwant:\n%s", shown, made)
	}
}

// TestMeasured_WritesWhatTheGoldenFileSays: what was measured is what is counted: the same functions do the same there.
func TestMeasured_WritesWhatTheGoldenFileSays(t *testing.T) {
	m, err := readMeasured(root(t))
	if err != nil {
		t.Fatal(err)
	}
	g, err := readGolden(filepath.Join(root(t), "shared", "dynamo", "testdata", "costs.golden"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range operations {
		own := m.Operations[o.name][o.function]
		if own.Invocations != 1 || own.CPU <= 0 || own.Logged <= 0 {
			t.Errorf("%s wasn't measured: %+v", o.name, own)
		}
		if want := g[o.golden].Write; own.Write != want {
			t.Errorf("%s wrote %v units when it was measured, and writes %v: run make costs", o.name, own.Write, want)
		}
	}
}

// TestBudgets_AreOfTheirUnits: what was planned is the gateway's request, a function of 0.21, and the units; so it is held by the units.
func TestBudgets_AreOfTheirUnits(t *testing.T) {
	g, err := readGolden(filepath.Join(root(t), "shared", "dynamo", "testdata", "costs.golden"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range operations {
		u := g[o.golden]
		if planned := 1 + plannedFunction + (u.Read*priceRead+u.Write*priceWrite)*million; o.budget > 0 && planned > o.budget+0.005 {
			t.Errorf("%s: its units make %.3f USD a million, over the budget of %v", o.name, planned, o.budget)
		}
	}
}

func TestOffBudget_SaysByWhat(t *testing.T) {
	o := operation{name: "an act", budget: 3.00}
	for _, test := range []struct {
		function, table float64
		want            string
	}{
		{0.21, 1.79, "an act +0.00, of which function +0.00 and table +0.00"},
		{0.31, 1.788, "an act +0.10, of which function +0.10 and table +0.00"},
		{0.16, 2.04, "an act +0.20, of which function -0.05 and table +0.25"},
	} {
		if got := o.offBudget(cost{api: priceAPI, function: test.function / million, table: test.table / million}); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestInvocation: three calls one after the other and a millisecond of processor time are 24 ms and 6.9, and billed as 31 ms of a quarter of a GB.
func TestInvocation(t *testing.T) {
	want := 0.20/1e6 + 0.031*0.25*0.0000133334
	if got := invocation(3, 0, 1000); math.Abs(got-want) > 1e-15 {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestTemplate_IsReadWhole: the alarms and the access log's format are found as the template has them.
func TestTemplate_IsReadWhole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "template.yaml")
	text := `Resources:
  Api:
    Properties:
      AccessLogSettings:
        DestinationArn: x
        # why
        Format: >-
          {"status":"$context.status"}
  One:
    Type: AWS::CloudWatch::Alarm
    Condition: IsWatched

    Properties:
      MetricName: Errors
  Two:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Metrics:
        - MetricStat: {}
        - MetricStat: {}
  Other:
    Type: AWS::SQS::Queue
    Properties:
      MetricStat: no
`
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := readTemplate(file)
	if want := (described{accessLine: len(`{"status":"201"}`) + meter.PerEvent, alarms: 2, alarmMetrics: 3}); err != nil || d != want {
		t.Errorf("%+v, %v, want %+v", d, err, want)
	}
}
