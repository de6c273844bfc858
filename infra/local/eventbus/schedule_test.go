package eventbus_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/template"
)

const scheduleARN = "arn:aws:events:local:000000000000:rule/Sweep"

// scheduled is a scene with a schedule of this input and interval.
func scheduled(t *testing.T, every time.Duration, input string) *scene {
	t.Helper()
	s := stage(t)
	schedule := template.Schedule{ARN: scheduleARN, Function: "follow", Enabled: true, Every: every}
	if input != "" {
		schedule.Input = json.RawMessage(input)
	}
	s.options.Schedules = []template.Schedule{schedule}
	return s
}

// got are the events that the function has got, as they came.
func (s *scene) got() []map[string]any {
	s.Helper()
	text, err := os.ReadFile(s.out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.Fatal(err)
	}
	var out []map[string]any
	for line := range bytes.Lines(text) {
		var n struct {
			Phase string
			Event map[string]any
		}
		if err := json.Unmarshal(line, &n); err != nil {
			s.Fatal(err)
		}
		if n.Phase == "got" {
			out = append(out, n.Event)
		}
	}
	return out
}

func TestSchedule_RunsAgainAndAgain(t *testing.T) {
	s := scheduled(t, 150*time.Millisecond, "")
	begin := time.Now()
	s.open()
	s.await("three runs", func() bool { return len(s.got()) >= 3 })
	if took := time.Since(begin); took < 450*time.Millisecond {
		t.Errorf("three runs after %v", took)
	}
	stop(s.bus, patience)
	first, second := s.got()[0], s.got()[1]
	if first["id"] == second["id"] {
		t.Error("two runs have one id")
	}
	at, err := time.Parse("2006-01-02T15:04:05Z", first["time"].(string))
	if err != nil || at.Before(begin.Add(-time.Second)) || at.After(time.Now()) {
		t.Errorf("time %v", first["time"])
	}
	delete(first, "id")
	delete(first, "time")
	want := `{"account":"000000000000","detail":{},"detail-type":"Scheduled Event","region":"local","resources":["` + scheduleARN + `"],"source":"aws.events","version":"0"}`
	if text, err := json.Marshal(first); err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
	if i := s.invocations[0]; !i.Scheduled || i.Event != "Scheduled Event" {
		t.Errorf("%+v", i)
	}
	n := len(s.got())
	time.Sleep(200 * time.Millisecond)
	if len(s.got()) != n {
		t.Error("it runs after Stop")
	}
}

func TestSchedule_IntervalOfOptions(t *testing.T) {
	s := scheduled(t, time.Hour, `{"Detail": {"Name": "own"}}`)
	s.options.Every = 20 * time.Millisecond
	s.open()
	s.await("a run", func() bool { return s.notes("done") != "" })
	if got := s.got()[0]; got["Detail"] == nil || got["source"] != nil {
		t.Errorf("its input isn't the template's: %v", got)
	}
	if status := s.bus.Status()[1]; status.Every != 20*time.Millisecond || status.ARN != scheduleARN {
		t.Errorf("%+v", status)
	}
}

func TestSchedule_RunsDontOverlap(t *testing.T) {
	s := scheduled(t, 20*time.Millisecond, `{"detail": {"Name": "slow", "Do": "pause"}}`)
	s.open()
	s.await("three runs", func() bool { return strings.Count(s.notes("done"), "slow") >= 3 })
	stop(s.bus, patience)
	text, err := os.ReadFile(s.out)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if want := []string{`"Phase":"got"`, `"Phase":"done"`}[i%2]; !strings.Contains(line, want) {
			t.Fatalf("line %d has no %s: %s", i, want, line)
		}
	}
}

func TestSchedule_IsTriedAgainWhenItFails(t *testing.T) {
	s := stage(t)
	s.options.Schedules = []template.Schedule{{
		ARN: scheduleARN, Function: "follow", Enabled: true, Every: time.Hour, Input: json.RawMessage(`{"detail": {"Name": "once", "Do": "fail", "Once": "` + s.once() + `"}}`),
	}}
	s.open()
	if err := s.bus.Run(t.Context(), "follow"); err != nil {
		t.Error(err)
	}
	if got := s.notes("got"); got != "once once" {
		t.Errorf("got %s", got)
	}
}

func TestRun_SaysWhenTheFunctionFails(t *testing.T) {
	s := scheduled(t, time.Hour, `{"detail": {"Name": "poison", "Do": "fail"}}`)
	s.open()
	if err := s.bus.Run(t.Context(), "follow"); err == nil || !strings.Contains(err.Error(), "it said no") {
		t.Errorf("%v", err)
	}
	if failures := messages[eventbus.Failure](s, "Failures"); len(failures) != 1 {
		t.Errorf("%+v", failures)
	}
	if err := s.bus.Run(t.Context(), "other"); err == nil || !strings.Contains(err.Error(), "other has no schedule") {
		t.Errorf("%v", err)
	}
}

func TestRun_WithoutTheScheduleBeingEnabled(t *testing.T) {
	s := scheduled(t, time.Millisecond, `{"detail": {"Name": "one"}}`)
	s.options.Schedules[0].Enabled = false
	s.open()
	time.Sleep(50 * time.Millisecond)
	if got := s.notes("got"); got != "" {
		t.Errorf("it ran by itself: %s", got)
	}
	if err := s.bus.Run(t.Context(), "follow"); err != nil || s.notes("done") != "one" {
		t.Errorf("%v, done %s", err, s.notes("done"))
	}
	stop(s.bus, 0)
	if err := s.bus.Run(t.Context(), "follow"); !errors.Is(err, eventbus.ErrStopped) {
		t.Errorf("after Stop: %v", err)
	}
}

func TestRun_EndsWithItsContext(t *testing.T) {
	s := scheduled(t, time.Hour, `{"detail": {"Name": "slow", "Do": "sleep"}}`)
	s.open()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.bus.Run(ctx, "follow"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
