package awsapi

import (
	"net/http"
	"net/url"

	"group-invites/infra/local/ses"
)

// tool is what a caller is called that isn't a function.
const tool = "tool"

// query passes a call of the Query protocol on to SES, the one service here that speaks it, with what the caller may do.
func (a *API) query(w http.ResponseWriter, r *http.Request, caller identity, body []byte) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		fail(w, http.StatusBadRequest, "MalformedQueryString", err.Error())
		return
	}
	name := tool
	if caller.function != nil {
		name = caller.function.Name
	}
	a.mail.Serve(w, r, ses.Caller{Name: name, Allowed: func(action, resource string, context map[string]string) bool {
		values := make(map[string][]string, len(context))
		for key, value := range context {
			values[key] = []string{value}
		}
		return a.authorize(caller, []permission{{action, resource, values}}) == ""
	}}, form)
}
