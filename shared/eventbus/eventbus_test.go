package eventbus_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"group-invites/shared/event"
	"group-invites/shared/eventbus"
)

// server answers PutEvents, and remembers the calls.
type server struct {
	*httptest.Server
	answer func(call int, entries []entry) (status int, body string)
	calls  [][]entry
}

type entry struct {
	EventBusName, Source, DetailType, Detail string
	Time                                     float64
}

func serve(t *testing.T, answer func(call int, entries []entry) (int, string)) (*server, *eventbus.Bus) {
	s := &server{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Entries []entry }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" {
			t.Errorf("%v, %v", r.Header, err)
		}
		s.calls = append(s.calls, in.Entries)
		status, body := s.answer(len(s.calls), in.Entries)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s, eventbus.Open(eventbus.Options{Bus: "stack", Region: "eu-west-1", Endpoint: s.URL, AccessKeyID: "AKID", SecretAccessKey: "secret"})
}

// takes answers that all are taken but the entries with these details.
func takes(entries []entry, but ...string) (int, string) {
	var answers []string
	failed := 0
	for i, e := range entries {
		if slices.Contains(but, e.Detail) {
			failed++
			answers = append(answers, `{"ErrorCode":"ThrottlingException","ErrorMessage":"Rate exceeded"}`)
			continue
		}
		answers = append(answers, fmt.Sprintf(`{"EventId":"e-%d"}`, i))
	}
	return 200, fmt.Sprintf(`{"FailedEntryCount":%d,"Entries":[%s]}`, failed, strings.Join(answers, ","))
}

func some(n int) (events []event.Event) {
	for i := range n {
		events = append(events, event.Event{
			Type: event.MemberJoined, ID: fmt.Sprint(i), At: time.Date(2027, 3, 1, 9, 30, i, 0, time.UTC), Detail: []byte(fmt.Sprintf(`{"n":%d}`, i)),
		})
	}
	return events
}

func ids(events []event.Event) (all []string) {
	for _, e := range events {
		all = append(all, e.ID)
	}
	return all
}

func TestPut_PutsTenACall(t *testing.T) {
	s, bus := serve(t, func(_ int, entries []entry) (int, string) { return takes(entries) })
	left, why := bus.Put(t.Context(), some(25))
	if len(left) != 0 || why != nil {
		t.Errorf("%v, %v", ids(left), why)
	}
	var sizes []int
	for _, call := range s.calls {
		sizes = append(sizes, len(call))
	}
	if !slices.Equal(sizes, []int{10, 10, 5}) {
		t.Errorf("calls of %v", sizes)
	}
	want := entry{"stack", "group-invites", "member.joined", `{"n":12}`, float64(time.Date(2027, 3, 1, 9, 30, 12, 0, time.UTC).Unix())}
	if got := s.calls[1][2]; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if left, why := bus.Put(t.Context(), nil); left != nil || why != nil || len(s.calls) != 3 {
		t.Errorf("nothing to put: %v, %v", left, why)
	}
}

func TestPut_GivesTheEventsThatWereNotTaken(t *testing.T) {
	s, bus := serve(t, func(_ int, entries []entry) (int, string) { return takes(entries, `{"n":3}`, `{"n":11}`) })
	left, why := bus.Put(t.Context(), some(15))
	if !slices.Equal(ids(left), []string{"3", "11"}) || why == nil || !strings.Contains(why.Error(), "ThrottlingException: Rate exceeded") || len(s.calls) != 2 {
		t.Errorf("%v, %v", ids(left), why)
	}
}

// TestPut_MakesNoCallAfterOneThatFails: what was taken before it is, and all from it on is left.
func TestPut_MakesNoCallAfterOneThatFails(t *testing.T) {
	for name, answer := range map[string]func() (int, string){
		"it fails":             func() (int, string) { return 500, `{"__type":"InternalException","message":"injected"}` },
		"it refuses":           func() (int, string) { return 400, `{"__type":"AccessDeniedException","message":"injected"}` },
		"it isn't EventBridge": func() (int, string) { return 200, `<html>` },
		"it counts otherwise":  func() (int, string) { return 200, `{"FailedEntryCount":0,"Entries":[{"EventId":"e"}]}` },
	} {
		t.Run(name, func(t *testing.T) {
			s, bus := serve(t, func(call int, entries []entry) (int, string) {
				if call == 2 {
					return answer()
				}
				return takes(entries, `{"n":4}`)
			})
			left, why := bus.Put(t.Context(), some(35))
			want := append([]string{"4"}, ids(some(35))[10:]...)
			if !slices.Equal(ids(left), want) || why == nil || len(s.calls) != 2 {
				t.Errorf("%v, %v after %d calls", ids(left), why, len(s.calls))
			}
		})
	}
}

func TestPut_GivesUpOnABusThatDoesntAnswer(t *testing.T) {
	wait := make(chan struct{})
	_, bus := serve(t, func(int, []entry) (int, string) {
		<-wait
		return 500, ""
	})
	defer close(wait)
	begin := time.Now()
	left, why := bus.Put(t.Context(), some(30))
	if took := time.Since(begin); len(left) != 30 || why == nil || took > 5*time.Second {
		t.Errorf("%d left after %v: %v", len(left), took, why)
	}
}

func TestWarm_LeavesALocalEndpointAlone(t *testing.T) {
	s, bus := serve(t, func(int, []entry) (int, string) { return 500, "" })
	if err := bus.Warm(t.Context()); err != nil || len(s.calls) != 0 {
		t.Errorf("%v, %d calls", err, len(s.calls))
	}
}
