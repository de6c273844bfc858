package putevents

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"group-invites/infra/local/eventbus"
	"group-invites/infra/local/template"
	"group-invites/infra/local/uuid"
)

// Limits of a call. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
const (
	maxEntries = 10
	maxRequest = 1 << 20
	maxEntry   = 256 << 10
)

// entry is an event as a call has it.
type entry struct {
	EventBusName, Source, DetailType, Detail string
	Resources                                []string
	Time                                     *float64 // Unix seconds
}

// size is that of an entry as EventBridge counts it.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
func (e entry) size() int {
	n := len(e.Source) + len(e.DetailType) + len(e.Detail)
	for _, r := range e.Resources {
		n += len(r)
	}
	if e.Time != nil {
		n += 14
	}
	return n
}

// bus is the bus that it is for: by name, or by ARN.
func (e entry) bus() string {
	if e.EventBusName == "" {
		return "default"
	}
	return e.EventBusName[strings.LastIndexByte(e.EventBusName, '/')+1:]
}

// result is what a call answers of an entry.
type result struct {
	EventID      string `json:"EventId,omitempty"`
	ErrorCode    string `json:",omitempty"`
	ErrorMessage string `json:",omitempty"`
}

// Caller is who calls. Allowed tells whether he may put events of these sources on the bus with this ARN, and why not.
type Caller struct {
	Name    string
	Allowed func(busARN string, sources []string) (refusal string)
}

// Serve answers a call of PutEvents.
func (s *Service) Serve(w http.ResponseWriter, caller Caller, body []byte) {
	call := Call{Time: s.options.Now(), Caller: caller.Name}
	defer func() { s.options.Called(call) }()
	fail := func(status int, code, message string) {
		call.Fault = code
		say(w, status, map[string]string{"__type": code, "message": message})
	}
	var in struct{ Entries []entry }
	if err := json.Unmarshal(body, &in); err != nil {
		fail(http.StatusBadRequest, "SerializationException", err.Error())
		return
	}
	if n := len(in.Entries); n == 0 || n > maxEntries {
		fail(http.StatusBadRequest, "ValidationException", fmt.Sprintf("Value at 'entries' failed to satisfy constraint: 1 to %d members, not %d", maxEntries, n))
		return
	}
	sources := map[string][]string{}
	for _, e := range in.Entries {
		if e.size() > maxEntry {
			fail(http.StatusBadRequest, "ValidationException", "Total size of the entries in the request is over the limit.")
			return
		}
		sources[e.bus()] = append(sources[e.bus()], e.Source)
	}
	for bus, of := range sources {
		if refusal := caller.Allowed(template.BusARN(bus), of); refusal != "" {
			fail(http.StatusBadRequest, "AccessDeniedException", refusal)
			return
		}
	}
	faults := s.Faults()
	if faults.Down {
		fail(http.StatusInternalServerError, "InternalException", "injected")
		return
	}
	answers := make([]result, len(in.Entries))
	var taken []Taken
	for i, e := range in.Entries {
		if answers[i] = s.look(e); answers[i].ErrorCode == "" && draw(faults.Refused) {
			answers[i] = result{ErrorCode: "ThrottlingException", ErrorMessage: "injected"}
		}
		if answers[i].ErrorCode != "" {
			call.Refused++
			continue
		}
		t := s.take(e, call.Time)
		answers[i].EventID = t.ID
		taken = append(taken, t)
		call.Taken = append(call.Taken, e.DetailType)
	}
	if err := s.kept.add(taken); err != nil {
		s.options.Problem("can't keep events: " + err.Error())
		fail(http.StatusInternalServerError, "InternalException", err.Error())
		return
	}
	if draw(faults.Lost) {
		fail(http.StatusInternalServerError, "InternalException", "injected: the answer is lost")
		return
	}
	say(w, http.StatusOK, map[string]any{"FailedEntryCount": call.Refused, "Entries": answers})
}

// look refuses what EventBridge refuses of one entry, and buses that there aren't.
func (s *Service) look(e entry) result {
	for _, required := range []struct{ name, value string }{{"Source", e.Source}, {"DetailType", e.DetailType}, {"Detail", e.Detail}} {
		if required.value == "" {
			return result{ErrorCode: "InvalidArgument", ErrorMessage: fmt.Sprintf("Parameter %s is not valid. Reason: %[1]s is a required argument.", required.name)}
		}
	}
	var object map[string]json.RawMessage
	switch {
	case json.Unmarshal([]byte(e.Detail), &object) != nil:
		return result{ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed."}
	case strings.HasPrefix(e.Source, "aws."):
		return result{ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source."}
	case !s.has(e.bus()):
		s.options.Problem("an event for the bus " + e.bus() + ", which template.yaml doesn't have")
		return result{ErrorCode: "ResourceNotFoundException", ErrorMessage: "Event bus " + e.bus() + " does not exist."}
	}
	return result{}
}

// take makes the event of an entry, as EventBridge would deliver it, and holds it against its schema.
func (s *Service) take(e entry, now time.Time) Taken {
	at := now
	if e.Time != nil {
		at = time.UnixMilli(int64(*e.Time * 1000))
	}
	t := Taken{Bus: e.bus(), Detail: json.RawMessage(e.Detail), Event: eventbus.Event{
		Version: "0", ID: uuid.New(), DetailType: e.DetailType, Source: e.Source, Account: template.AccountID, Time: at.UTC().Truncate(time.Second),
		Region: template.Region, Resources: append([]string{}, e.Resources...),
	}}
	if err := s.schemas.check(e.DetailType, []byte(e.Detail)); err != nil {
		t.Fault = err.Error()
		s.options.Problem("EVENT DOESN'T FIT ITS SCHEMA: " + e.DetailType + " " + e.Detail + ": " + t.Fault)
	}
	return t
}

// say answers as the JSON protocol has it.
func say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.Encode(v) // what doesn't reach the caller needn't be said
}
