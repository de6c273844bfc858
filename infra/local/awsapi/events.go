package awsapi

import (
	"net/http"

	"group-invites/infra/local/putevents"
	"group-invites/infra/local/template"
)

// putEvents passes a call on to what takes events, with what the caller may do.
func (a *API) putEvents(w http.ResponseWriter, caller identity, body []byte) {
	name := tool
	if caller.function != nil {
		name = caller.function.Name
	}
	a.events.Serve(w, putevents.Caller{Name: name, Allowed: func(busARN string, sources []string) string {
		return a.authorize(caller, []permission{{"events:PutEvents", busARN, map[string][]string{template.EventSource: sources}}})
	}}, body)
}
