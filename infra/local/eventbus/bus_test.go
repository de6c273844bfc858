package eventbus_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/lambda"
	"group-invites/infra/local/pattern"
	"group-invites/infra/local/queue"
	"group-invites/infra/local/template"
)

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "eventbus")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "function")
	if out, err := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", binary, "./testdata/function").CombinedOutput(); err != nil {
		fmt.Printf("%s", out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

const (
	ruleARN = "arn:aws:events:local:000000000000:rule/Things"
	// patience is how long a test waits for what must happen.
	patience = time.Minute
)

// scene is a bus with one function, in processes of its own.
type scene struct {
	*testing.T
	options eventbus.Options
	lambda  *lambda.Service
	bus     *eventbus.Bus
	out     string // file that the function writes

	mu          sync.Mutex
	invocations []eventbus.Invocation
	drops       []eventbus.Drop
	problems    []string
}

// stage makes a scene with a rule for events of source "things"; its bus isn't open yet.
func stage(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t, out: filepath.Join(t.TempDir(), "out")}
	s.lambda = lambda.New(lambda.Options{Functions: []lambda.Function{
		{Name: "follow", Binary: binary, Timeout: 2 * time.Second, Environment: map[string]string{"OUT": s.out}},
	}})
	t.Cleanup(s.lambda.Close)
	s.options = eventbus.Options{
		DataDir: t.TempDir(), Invoker: s.lambda,
		Rules: []template.Rule{{
			ARN: ruleARN, Function: "follow", Enabled: true, Pattern: compile(t, `{"source": ["things"]}`),
			Retry: template.RetryPolicy{MaximumRetryAttempts: 2, MaximumEventAge: time.Hour, DeadLetterQueue: "Dead"},
		}},
		Functions: []template.Function{{
			Name: "follow", Async: template.AsyncInvocation{MaximumRetryAttempts: 2, MaximumEventAge: time.Hour, OnFailure: "Failures"},
		}},
		Invoked: func(i eventbus.Invocation) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.invocations = append(s.invocations, i)
		},
		Dropped: func(d eventbus.Drop) { s.mu.Lock(); defer s.mu.Unlock(); s.drops = append(s.drops, d) },
		Problem: func(p string) { s.mu.Lock(); defer s.mu.Unlock(); s.problems = append(s.problems, p) },
	}
	return s
}

func compile(t *testing.T, text string) *pattern.Pattern {
	t.Helper()
	p, err := pattern.Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *scene) open() {
	s.Helper()
	bus, err := eventbus.Open(s.options)
	if err != nil {
		s.Fatal(err)
	}
	s.bus = bus
	s.Cleanup(func() { stop(bus, 0) })
}

// stop stops a bus that may take so long for what is under way.
func stop(b *eventbus.Bus, grace time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	b.Stop(ctx)
}

func start(t *testing.T) *scene {
	t.Helper()
	s := stage(t)
	s.open()
	return s
}

// detail is what an event of a test says.
type detail struct {
	Name string
	Do   string `json:",omitempty"`
	Once string `json:",omitempty"` // a file: what is to be done is done while it is there, and takes it away
}

func event(source string, d detail) eventbus.Event {
	return eventbus.NewEvent(source, "Thing Happened", time.Now(), "arn:thing", d)
}

func (s *scene) put(d detail) {
	s.Helper()
	if err := s.bus.Put(event("things", d), time.Now()); err != nil {
		s.Fatal(err)
	}
}

func (s *scene) idle() {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	if err := s.bus.Idle(ctx); err != nil {
		s.Fatal(err)
	}
}

// notes are the names of the events that the function has got or done, sorted.
func (s *scene) notes(phase string) string {
	s.Helper()
	text, err := os.ReadFile(s.out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.Fatal(err)
	}
	var names []string
	for line := range bytes.Lines(text) {
		var n struct {
			Phase string
			Event struct{ Detail detail }
		}
		if err := json.Unmarshal(line, &n); err != nil {
			s.Fatal(err)
		}
		if n.Phase == phase {
			names = append(names, n.Event.Detail.Name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// await waits until something holds.
func (s *scene) await(what string, holds func() bool) {
	s.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatal(what + " doesn't come")
		}
	}
}

func (s *scene) once() string {
	s.Helper()
	file := filepath.Join(s.TempDir(), "once")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		s.Fatal(err)
	}
	return file
}

func (s *scene) pending() int {
	s.Helper()
	files, err := filepath.Glob(filepath.Join(s.options.DataDir, eventbus.Dir, "*"))
	if err != nil {
		s.Fatal(err)
	}
	return len(files)
}

func messages[M any](s *scene, logicalID string) (out []M) {
	s.Helper()
	texts, err := queue.Open(s.options.DataDir, logicalID).Messages()
	if err != nil {
		s.Fatal(err)
	}
	for _, text := range texts {
		var m M
		if err := json.Unmarshal(text, &m); err != nil {
			s.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

func TestPut_ReachesTheTargetsOfRulesThatMatch(t *testing.T) {
	s := stage(t)
	other := s.options.Rules[0]
	other.ARN, other.Pattern = ruleARN+"2", compile(t, `{"source": ["things"], "detail": {"Name": ["both"]}}`)
	disabled := s.options.Rules[0]
	disabled.ARN, disabled.Enabled = ruleARN+"3", false
	s.options.Rules = append(s.options.Rules, other, disabled)
	s.open()
	s.put(detail{Name: "one"})
	s.put(detail{Name: "both"})
	if err := s.bus.Put(event("others", detail{Name: "none"}), time.Now()); err != nil {
		t.Fatal(err)
	}
	s.idle()
	if got := s.notes("done"); got != "both both one" {
		t.Errorf("delivered %s", got)
	}
	if n := s.pending(); n != 0 {
		t.Errorf("%d deliveries are kept", n)
	}
	status := s.bus.Status()
	if len(status) != 3 || status[0].Delivered != 2 || status[1].Delivered != 1 || status[0].Waiting != 0 || status[2].Enabled || status[0].Queue != "Failures" {
		t.Errorf("%+v", status)
	}
	if i := s.invocations[0]; i.Function != "follow" || i.Event != "Thing Happened" || i.Scheduled || i.Result.FunctionError != "" {
		t.Errorf("%+v", i)
	}
}

func TestPut_DeliversTheEventAsItIs(t *testing.T) {
	s := start(t)
	e := event("things", detail{Name: "a<b>&"})
	if err := s.bus.Put(e, time.Now()); err != nil {
		t.Fatal(err)
	}
	s.idle()
	text, err := os.ReadFile(s.out)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Event map[string]any }
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"version": "0", "id": e.ID, "detail-type": "Thing Happened", "source": "things", "account": "000000000000", "region": "local",
		"time": e.Time.Format(time.RFC3339), "resources": []any{"arn:thing"}, "detail": map[string]any{"Name": "a<b>&"},
	}
	if fmt.Sprint(got.Event) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got.Event, want)
	}
}

func TestPut_WaitsUntilTheEventIsDue(t *testing.T) {
	s := start(t)
	due := time.Now().Add(300 * time.Millisecond)
	if err := s.bus.Put(event("things", detail{Name: "later"}), due); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	if got := s.notes("got"); got != "" {
		t.Errorf("delivered before: %s", got)
	}
	s.idle()
	if got := s.notes("done"); got != "later" || time.Now().Before(due) {
		t.Errorf("delivered %q", got)
	}
}

func TestDelivery_IsTriedAgainWhenTheFunctionFails(t *testing.T) {
	s := start(t)
	for _, do := range []string{"fail", "die", "sleep"} { // the last is cut off after two seconds
		s.put(detail{Name: do, Do: do, Once: s.once()})
	}
	s.idle()
	if got := s.notes("done"); got != "die fail sleep" {
		t.Errorf("done %s", got)
	}
	if got := s.notes("got"); got != "die die fail fail sleep sleep" {
		t.Errorf("got %s", got)
	}
	if status := s.bus.Status()[0]; status.Retries != 3 || status.Delivered != 3 || status.Dropped != 0 {
		t.Errorf("%+v", status)
	}
}

func TestDelivery_IsGivenUpToTheFunctionsQueue(t *testing.T) {
	s := start(t)
	e := event("things", detail{Name: "poison", Do: "fail"})
	if err := s.bus.Put(e, time.Now()); err != nil {
		t.Fatal(err)
	}
	s.idle()
	if got := s.notes("got"); got != "poison poison poison" {
		t.Errorf("got %s", got)
	}
	failures := messages[eventbus.Failure](s, "Failures")
	if len(failures) != 1 {
		t.Fatalf("%d messages", len(failures))
	}
	f := failures[0]
	if f.RequestContext.Condition != eventbus.RetriesExhausted || f.RequestContext.ApproximateInvokeCount != 3 || f.RequestContext.RequestID == "" ||
		f.RequestContext.FunctionARN != "arn:aws:lambda:local:000000000000:function:follow" || f.ResponseContext.FunctionError != "Unhandled" ||
		!strings.Contains(string(f.RequestPayload), e.ID) || !strings.Contains(string(f.ResponsePayload), "it said no") || f.Version != "1.0" || f.Timestamp.IsZero() {
		t.Errorf("%+v", f)
	}
	if dead := messages[eventbus.DeadLetter](s, "Dead"); len(dead) != 0 {
		t.Errorf("the rule's queue has %+v", dead)
	}
	if want := (eventbus.Drop{Function: "follow", Event: "Thing Happened", Condition: eventbus.RetriesExhausted, Queue: "Failures", Waiting: 1}); len(s.drops) != 1 || s.drops[0] != want {
		t.Errorf("%+v, want %+v", s.drops, want)
	}
	if n := s.pending(); n != 0 {
		t.Errorf("%d deliveries are kept", n)
	}
}

func TestDelivery_WithoutAQueueIsGivenUpAllTheSame(t *testing.T) {
	s := stage(t)
	s.options.Functions[0].Async = template.AsyncInvocation{MaximumEventAge: time.Hour}
	s.open()
	s.put(detail{Name: "poison", Do: "fail"})
	s.idle()
	if got := s.notes("got"); got != "poison" || len(s.drops) != 1 || s.drops[0].Queue != "" {
		t.Errorf("got %s, dropped %+v", got, s.drops)
	}
}

func TestDelivery_IsGivenUpWhenItIsTooOld(t *testing.T) {
	s := stage(t)
	s.options.Functions[0].Async.MaximumEventAge = time.Millisecond
	s.open()
	s.put(detail{Name: "poison", Do: "fail"})
	s.idle()
	if failures := messages[eventbus.Failure](s, "Failures"); len(failures) != 1 || failures[0].RequestContext.Condition != eventbus.EventAgeExceeded ||
		failures[0].RequestContext.ApproximateInvokeCount != 1 {
		t.Errorf("%+v", failures)
	}
}

// unreachable can't call functions, for the first so many times.
type unreachable struct {
	eventbus.Invoker
	mu   sync.Mutex
	left int
}

func (u *unreachable) Invoke(ctx context.Context, function string, payload []byte) (lambda.Result, error) {
	u.mu.Lock()
	u.left--
	fails := u.left >= 0
	u.mu.Unlock()
	if fails {
		return lambda.Result{}, errors.New("out of reach")
	}
	return u.Invoker.Invoke(ctx, function, payload)
}

func TestDelivery_IsTriedAgainWhenTheFunctionCantBeCalled(t *testing.T) {
	s := stage(t)
	s.options.Functions[0].Async.MaximumRetryAttempts = 0 // which doesn't count here
	s.options.Invoker = &unreachable{Invoker: s.lambda, left: 2}
	s.open()
	s.put(detail{Name: "one"})
	s.idle()
	if got := s.notes("done"); got != "one" || len(s.problems) != 2 || !strings.Contains(s.problems[0], "out of reach") {
		t.Errorf("done %s, problems %q", got, s.problems)
	}
}

func TestDelivery_IsGivenUpToTheRulesQueue(t *testing.T) {
	s := stage(t)
	s.options.Invoker = &unreachable{Invoker: s.lambda, left: 99}
	s.open()
	s.put(detail{Name: "one"})
	s.idle()
	dead := messages[eventbus.DeadLetter](s, "Dead")
	if len(dead) != 1 || !strings.Contains(string(dead[0].Body), `"Name":"one"`) {
		t.Fatalf("%+v", dead)
	}
	for name, want := range map[string]string{
		"RULE_ARN": ruleARN, "TARGET_ARN": "arn:aws:lambda:local:000000000000:function:follow", "ERROR_MESSAGE": "out of reach",
		"EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "RETRY_ATTEMPTS": "2",
	} {
		if got := dead[0].Attributes[name]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if failures := messages[eventbus.Failure](s, "Failures"); len(failures) != 0 {
		t.Errorf("the function's queue has %+v", failures)
	}
}

func TestStop_LosesNothing(t *testing.T) {
	s := start(t)
	s.put(detail{Name: "sleeps", Do: "sleep", Once: s.once()})
	if err := s.bus.Put(event("things", detail{Name: "not due"}), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.await("the call", func() bool { return s.notes("got") != "" })
	first := s.bus
	stop(first, 50*time.Millisecond)
	if err := first.Put(event("things", detail{Name: "after"}), time.Now()); err != nil { // as of a mail that was under way
		t.Fatal(err)
	}
	if n := s.pending(); n != 3 {
		t.Errorf("%d deliveries are kept", n)
	}
	if err := first.Idle(t.Context()); !errors.Is(err, eventbus.ErrStopped) {
		t.Errorf("%v", err)
	}
	s.lambda.Kill("follow")
	s.open()
	s.await("the rest", func() bool { return s.notes("done") == "after sleeps" && s.pending() == 1 }) // the one that isn't due
}

func TestStop_WaitsForWhatIsUnderWay(t *testing.T) {
	s := start(t)
	s.put(detail{Name: "one", Do: "pause"})
	s.await("the call", func() bool { return s.notes("got") != "" })
	stop(s.bus, patience)
	if got, n := s.notes("done"), s.pending(); got != "one" || n != 0 {
		t.Errorf("done %q, %d deliveries are kept", got, n)
	}
}

func TestStop_CountsFailuresAcrossRestarts(t *testing.T) {
	s := start(t)
	s.put(detail{Name: "poison", Do: "fail"})
	s.await("a failure", func() bool { return s.bus.Status()[0].Retries > 0 })
	stop(s.bus, patience)
	s.open()
	s.idle()
	if failures := messages[eventbus.Failure](s, "Failures"); len(failures) != 1 || failures[0].RequestContext.ApproximateInvokeCount != 3 {
		t.Errorf("%+v", failures)
	}
	if got := s.notes("got"); got != "poison poison poison" {
		t.Errorf("got %s", got)
	}
}

func TestOpen_GivesUpEventsOfRulesThatAreGone(t *testing.T) {
	s := start(t)
	if err := s.bus.Put(event("things", detail{Name: "one"}), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	stop(s.bus, 0)
	s.options.Rules = nil
	s.open()
	if n := s.pending(); n != 0 || len(s.problems) != 1 || !strings.Contains(s.problems[0], ruleARN) {
		t.Errorf("%d deliveries are kept, problems %q", n, s.problems)
	}
}

func TestOpen_NamesAFileThatIsNoDelivery(t *testing.T) {
	s := stage(t)
	file := filepath.Join(s.options.DataDir, eventbus.Dir, "x.json")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := eventbus.Open(s.options); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("%v", err)
	}
}

func TestDelivery_OfManyEvents(t *testing.T) {
	s := start(t)
	for i := range 200 {
		s.put(detail{Name: fmt.Sprintf("%03d", i)})
	}
	for range 5 {
		s.lambda.Kill("follow")
		time.Sleep(20 * time.Millisecond)
	}
	s.idle()
	done := strings.Fields(s.notes("done"))
	if slices.Sort(done); len(slices.Compact(done)) != 200 || len(s.drops) != 0 {
		t.Errorf("%d events were done, dropped %+v", len(slices.Compact(done)), s.drops)
	}
}
