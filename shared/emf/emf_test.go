package emf_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/shared/emf"
)

var at = time.Date(2026, time.November, 27, 9, 30, 0, 5e6, time.UTC)

// line writes a line with an attribute, and gives it without what every line has.
func line(t *testing.T, a slog.Attr) string {
	t.Helper()
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("batch", "records", 2, a)
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(out.Bytes(), &fields); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	for _, name := range []string{"time", "level", "msg"} {
		delete(fields, name)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAttr_IsOfTheEmbeddedMetricFormat(t *testing.T) {
	m := emf.Of("group-invites-prod-mail-feedback", "mail-feedback")
	got := line(t, m.Attr(at, emf.Count(emf.MailsBounced, 3), emf.Seconds(emf.TallyLag, 90*time.Second+1)))
	const want = `{"MailsBounced":3,"Stack":"group-invites-prod","TallyLag":90,"_aws":{"Timestamp":1795771800005,"CloudWatchMetrics":[` +
		`{"Namespace":"GroupInvites","Dimensions":[["Stack"]],"Metrics":[{"Name":"MailsBounced","Unit":"Count"},{"Name":"TallyLag","Unit":"Seconds"}]}]},"records":2}`
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	got = line(t, m.Refused(at, "not_found"))
	const refused = `{"Function":"mail-feedback","Reason":"not_found","Refused":1,"Stack":"group-invites-prod","_aws":{"Timestamp":1795771800005,"CloudWatchMetrics":[` +
		`{"Namespace":"GroupInvites","Dimensions":[["Stack","Function","Reason"]],"Metrics":[{"Name":"Refused","Unit":"Count"}]}]},"records":2}`
	if got != refused {
		t.Errorf("%s\nwant %s", got, refused)
	}
}

func TestAttr_SaysNothingWithoutFiguresOrOutsideLambda(t *testing.T) {
	for name, a := range map[string]slog.Attr{
		"no figures":       emf.Of("s-tally", "tally").Attr(at),
		"outside Lambda":   emf.Of("", "tally").Attr(at, emf.Count(emf.Joins, 1)),
		"another function": emf.Of("s-tally", "mailer").Attr(at, emf.Count(emf.Joins, 1)),
		"a refusal":        emf.Of("", "tally").Refused(at, "forbidden"),
	} {
		if got := line(t, a); got != `{"records":2}` {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestSeconds_AreNeverNegative(t *testing.T) {
	if got := line(t, emf.Of("s-tally", "tally").Attr(at, emf.Seconds(emf.TallyLag, -time.Minute))); !strings.Contains(got, `"TallyLag":0`) {
		t.Error(got)
	}
}

// TestNames_AreAllFigures that there are, each once: dashboard and alarms are held against them.
func TestNames_AreAllFigures(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "emf.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Name" {
				declared += len(spec.Names)
				if name := spec.Names[0].Name; !slices.Contains(emf.Names, emf.Name(name)) {
					t.Errorf("Names doesn't have %s, or it isn't called so", name)
				}
			}
		}
		return true
	})
	if declared != len(emf.Names) {
		t.Errorf("%d figures are declared, Names has %d", declared, len(emf.Names))
	}
}
