package putevents_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/project"
	"group-invites/infra/local/putevents"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
)

// bus is a service with the repository's schemas and one bus, and a client of it.
type bus struct {
	*putevents.Service
	client   *eventbridge.Client
	pages    *httptest.Server
	problems []string
	calls    []putevents.Call
	refusal  string // of the caller's policy
}

func open(t *testing.T, dir string) *bus {
	t.Helper()
	root, err := project.Root()
	if err != nil {
		t.Fatal(err)
	}
	b := &bus{}
	b.Service, err = putevents.Open(putevents.Options{
		DataDir: dir, Schemas: filepath.Join(root, "infra", "schemas"), Buses: []string{"ours"},
		Called:  func(c putevents.Call) { b.calls = append(b.calls, c) },
		Problem: func(text string) { b.problems = append(b.problems, text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	calls := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		b.Serve(w, putevents.Caller{Name: "teller", Allowed: func(string, []string) string { return b.refusal }}, body)
	}))
	b.pages = httptest.NewServer(b.Handler())
	t.Cleanup(func() {
		calls.Close()
		b.pages.Close()
		b.Close()
	})
	b.client = eventbridge.New(eventbridge.Options{
		Region: "local", BaseEndpoint: aws.String(calls.URL), Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", ""), Retryer: aws.NopRetryer{},
	})
	return b
}

const requested = `{"version":1,"id":"00112233445566778899aabbccddeeff","at":"2027-03-01T09:30:00Z","orgId":"d6625d0280","groupId":"d6625d02804133cd",` +
	`"userId":"3f63107cacbef24f109fbca5306002d9","inviteId":"064a1b2c3d4e5f60","access":"org","inviteCreatedBy":"3f63107cacbef24f109fbca5306002d9"}`

func entry(detail string) types.PutEventsRequestEntry {
	return types.PutEventsRequestEntry{
		EventBusName: aws.String("ours"), Source: aws.String("group-invites"), DetailType: aws.String("access.requested"), Detail: &detail,
		Time: aws.Time(time.Date(2027, 3, 1, 9, 30, 0, 0, time.UTC)),
	}
}

func (b *bus) put(t *testing.T, entries ...types.PutEventsRequestEntry) (codes []string, fault string) {
	t.Helper()
	out, err := b.client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: entries})
	if api := smithy.APIError(nil); errors.As(err, &api) {
		return nil, api.ErrorCode()
	} else if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, e := range out.Entries {
		codes = append(codes, aws.ToString(e.ErrorCode))
		if e.ErrorCode != nil {
			failed++
		}
		if (e.ErrorCode == nil) != (e.EventId != nil) {
			t.Errorf("answer %+v", e)
		}
	}
	if int(out.FailedEntryCount) != failed {
		t.Errorf("%d failed entries, of %v", out.FailedEntryCount, codes)
	}
	return codes, ""
}

func TestPut_KeepsWhatItTakes(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	second := strings.Replace(requested, "00112233", "ffffffff", 1)
	codes, fault := b.put(t, entry(requested), entry(second))
	if !slices.Equal(codes, []string{"", ""}) || fault != "" || len(b.problems) > 0 {
		t.Fatalf("%q %s %q", codes, fault, b.problems)
	}
	for range 2 { // and after a start anew
		got := b.Events("")
		if len(got) != 2 || string(got[0].Detail) != second || string(got[1].Detail) != requested || got[0].ID == got[1].ID {
			t.Fatalf("%+v", got)
		}
		if e := got[0]; e.DetailType != "access.requested" || e.Source != "group-invites" || e.Bus != "ours" || e.Account == "" || !e.Time.Equal(*entry("").Time) {
			t.Errorf("%+v", e)
		}
		if n := len(b.Events("invite.created")); n != 0 {
			t.Errorf("%d events of another type", n)
		}
		b.Close()
		b = open(t, dir)
	}
	if err := b.Clear(); err != nil || len(b.Events("")) != 0 {
		t.Error(err)
	}
	b.Close()
	if got := open(t, dir).Events(""); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestPut_RefusesAsEventBridgeDoes(t *testing.T) {
	b := open(t, t.TempDir())
	with := func(change func(*types.PutEventsRequestEntry)) types.PutEventsRequestEntry {
		e := entry(requested)
		change(&e)
		return e
	}
	codes, _ := b.put(t,
		entry(requested),
		entry(`{"version":`), entry(`[1]`),
		with(func(e *types.PutEventsRequestEntry) { e.DetailType = nil }),
		with(func(e *types.PutEventsRequestEntry) { e.Source = aws.String("aws.ses") }),
		with(func(e *types.PutEventsRequestEntry) { e.EventBusName = aws.String("theirs") }),
	)
	want := []string{"", "MalformedDetail", "MalformedDetail", "InvalidArgument", "NotAuthorizedForSourceException", "ResourceNotFoundException"}
	if !slices.Equal(codes, want) || len(b.Events("")) != 1 {
		t.Errorf("%q, %d taken", codes, len(b.Events("")))
	}
	for name, entries := range map[string][]types.PutEventsRequestEntry{
		"none":          {},
		"eleven":        slices.Repeat([]types.PutEventsRequestEntry{entry(requested)}, 11),
		"one too large": {entry(`{"a":"` + strings.Repeat("x", 256<<10) + `"}`)},
	} {
		if codes, fault := b.put(t, entries...); fault != "ValidationException" {
			t.Errorf("%s: %q %s", name, codes, fault)
		}
	}
	b.refusal = "no"
	if codes, fault := b.put(t, entry(requested)); fault != "AccessDeniedException" {
		t.Errorf("%q %s", codes, fault)
	}
	if len(b.Events("")) != 1 {
		t.Errorf("%d taken", len(b.Events("")))
	}
}

// TestPut_ReportsWhatDoesntFitItsSchema, and keeps it with the fault.
func TestPut_ReportsWhatDoesntFitItsSchema(t *testing.T) {
	for name, test := range map[string]struct{ from, to, fault string }{
		"another version":            {`"version":1`, `"version":2`, "version"},
		"an id of another kind":      {`"d6625d02804133cd"`, `"d6625d0280"`, "groupId"},
		"an instant to milliseconds": {`09:30:00Z`, `09:30:00.250Z`, "at"},
		"a word that isn't one":      {`"access":"org"`, `"access":"all"`, "access"},
		"a field too few":            {`"access":"org",`, ``, "access"},
		"a field too many":           {`"access":"org"`, `"access":"org","name":"Ada"`, "no field name"},
		"an address of a mailbox":    {`"access":"org"`, `"access":"ada@example.com"`, "ada@example.com"},
		"a code":                     {`"access":"org"`, `"access":"` + strings.Repeat("Ab1_", 11) + `"`, "may be a code"},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, t.TempDir())
			detail := strings.Replace(requested, test.from, test.to, 1)
			if codes, fault := b.put(t, entry(detail)); !slices.Equal(codes, []string{""}) || fault != "" {
				t.Fatalf("%q %s", codes, fault)
			}
			got := b.Events("")
			if len(got) != 1 || !strings.Contains(got[0].Fault, test.fault) || len(b.problems) != 1 || !strings.Contains(b.problems[0], "DOESN'T FIT ITS SCHEMA") {
				t.Errorf("%+v, %q", got, b.problems)
			}
		})
	}
	b := open(t, t.TempDir())
	e := entry(requested)
	e.DetailType = aws.String("access.granted")
	if b.put(t, e); len(b.problems) != 1 || !strings.Contains(b.problems[0], "no schema of access.granted") {
		t.Errorf("%q", b.problems)
	}
}

func TestFaults(t *testing.T) {
	b := open(t, t.TempDir())
	b.SetFaults(putevents.Faults{Down: true})
	if codes, fault := b.put(t, entry(requested)); fault != "InternalException" || len(b.Events("")) != 0 {
		t.Errorf("down: %q %s", codes, fault)
	}
	b.SetFaults(putevents.Faults{Refused: 1})
	if codes, fault := b.put(t, entry(requested)); fault != "" || !slices.Equal(codes, []string{"ThrottlingException"}) || len(b.Events("")) != 0 {
		t.Errorf("refused: %q %s", codes, fault)
	}
	b.SetFaults(putevents.Faults{Lost: 1})
	if codes, fault := b.put(t, entry(requested)); fault != "InternalException" || len(b.Events("")) != 1 {
		t.Errorf("lost: %q %s", codes, fault)
	}
	if last := b.calls[len(b.calls)-1]; last.Caller != "teller" || last.Fault == "" {
		t.Errorf("%+v", last)
	}
}

func (b *bus) request(t *testing.T, method, path, accept, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.pages.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.Header.Get("Cache-Control") != "no-store" || response.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s %s: %v", method, path, response.Header)
	}
	return response.StatusCode, string(text)
}

func TestHandler(t *testing.T) {
	b := open(t, t.TempDir())
	if status, text := b.request(t, "GET", "/dev/events", "*/*", ""); status != 200 || text != "[]\n" {
		t.Errorf("%d %s", status, text)
	}
	b.put(t, entry(requested))
	const browser = "text/html,application/xhtml+xml"
	if status, text := b.request(t, "GET", "/dev/events", browser, ""); status != 200 || !strings.HasPrefix(text, "<!doctype html>") {
		t.Errorf("the page: %d %.100s", status, text)
	}
	for path, n := range map[string]int{"/dev/events?type=": 1, "/dev/events?type=access.requested": 1, "/dev/events?type=invite.created": 0} {
		status, text := b.request(t, "GET", path, browser, "")
		var got []map[string]any
		if err := json.Unmarshal([]byte(text), &got); err != nil || status != 200 || len(got) != n {
			t.Errorf("%s: %d %s, %v", path, status, text, err)
		}
		if n > 0 && (got[0]["detail-type"] != "access.requested" || got[0]["detail"].(map[string]any)["orgId"] != "d6625d0280") {
			t.Errorf("%s", text)
		}
	}
	for query, n := range map[string]int{"": 1, "with=D6625D0280": 1, "with=0000000000": 0, "of=access.requested": 1, "of=invite.created": 0} {
		_, text := b.request(t, "GET", "/dev/events/list?"+query, browser, "")
		var got struct {
			Events []map[string]any
			Total  int
			Types  []string
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil || len(got.Events) != n || got.Total != 1 || len(got.Types) != 6 {
			t.Errorf("list %s: %s, %v", query, text, err)
		}
	}
	if status, text := b.request(t, "GET", "/dev/events/schemas/access.requested", browser, ""); status != 200 || !strings.Contains(text, `"title": "access.requested"`) {
		t.Errorf("%d %s", status, text)
	}
	if status, _ := b.request(t, "GET", "/dev/events/schemas/nothing", browser, ""); status != 404 {
		t.Errorf("%d", status)
	}
	if status, text := b.request(t, "PUT", "/dev/events/faults", browser, `{"down":true}`); status != 200 || !b.Faults().Down {
		t.Errorf("%d %s", status, text)
	}
	if status, _ := b.request(t, "PUT", "/dev/events/faults", browser, `{"up":true}`); status != 400 {
		t.Errorf("%d", status)
	}
	if status, text := b.request(t, "DELETE", "/dev/events", browser, ""); status != 204 || len(b.Events("")) != 0 {
		t.Errorf("%d %s", status, text)
	}
}
