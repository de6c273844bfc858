package ses

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"group-invites/infra/local/template"
	"group-invites/infra/local/uuid"
)

// Caller is who calls.
type Caller struct {
	Name string // of the function, or what a developer's tool is called
	// Allowed tells whether the caller may do this, in a call with this context.
	Allowed func(action, resource string, context map[string]string) bool
}

// arn is the caller as IAM names it.
func (c Caller) arn() string {
	return "arn:aws:sts::" + template.AccountID + ":assumed-role/" + c.Name + "/" + c.Name
}

// refusal is an error of SES's API.
type refusal struct {
	status           int
	code, message    string
	configurationSet string // in errors about one
}

func invalid(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "InvalidParameterValue", message: message}
}

func rejected(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "MessageRejected", message: message}
}

func missing(name string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "MissingParameter", message: "The request must contain the parameter " + name + "."}
}

// namespace is that of the answers. https://docs.aws.amazon.com/ses/latest/APIReference/Welcome.html
const namespace = "http://ses.amazonaws.com/doc/2010-12-01/"

// Serve answers one call of the Query protocol, whose parameters are in form.
func (s *Service) Serve(w http.ResponseWriter, r *http.Request, caller Caller, form url.Values) {
	id := uuid.New()
	var result string
	var refused *refusal
	switch action := form.Get("Action"); action {
	case "SendRawEmail", "SendEmail":
		result, refused = s.serveSend(r, caller, action, form)
	case "GetSendQuota":
		result, refused = s.serveQuota(caller)
	case "":
		refused = &refusal{status: http.StatusBadRequest, code: "MissingAction", message: "The request must contain the parameter Action."}
	default:
		refused = &refusal{status: http.StatusBadRequest, code: "InvalidAction", message: "the local SES doesn't know " + action}
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("X-Amzn-Requestid", id)
	if refused != nil {
		fail(w, refused, id)
		return
	}
	action := form.Get("Action")
	fmt.Fprintf(w, "<%[1]sResponse xmlns=\"%[2]s\">\n  <%[1]sResult>%[3]s</%[1]sResult>\n  <ResponseMetadata><RequestId>%[4]s</RequestId></ResponseMetadata>\n</%[1]sResponse>\n",
		action, namespace, result, id)
}

func fail(w http.ResponseWriter, refused *refusal, id string) {
	kind := "Sender"
	if refused.status >= http.StatusInternalServerError {
		kind = "Receiver"
	}
	set := ""
	if refused.configurationSet != "" {
		set = element("ConfigurationSetName", refused.configurationSet)
	}
	w.WriteHeader(refused.status)
	fmt.Fprintf(w, "<ErrorResponse xmlns=\"%s\">\n  <Error><Type>%s</Type><Code>%s</Code>%s%s</Error>\n  <RequestId>%s</RequestId>\n</ErrorResponse>\n",
		namespace, kind, refused.code, element("Message", refused.message), set, id)
}

// element is an XML element with a text in it.
func element(name, text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // writes to memory
	return "<" + name + ">" + b.String() + "</" + name + ">"
}

// members are the values of a list, such as Destinations.member.1.
func members(form url.Values, name string) []string {
	var out []string
	for i := 1; ; i++ {
		values, ok := form[name+".member."+strconv.Itoa(i)]
		if !ok {
			return out
		}
		out = append(out, values[0])
	}
}

// tag is a message tag.
type tag struct{ name, value string }

func tags(form url.Values) []tag {
	var out []tag
	for i := 1; ; i++ {
		prefix := "Tags.member." + strconv.Itoa(i) + "."
		if !form.Has(prefix+"Name") && !form.Has(prefix+"Value") {
			return out
		}
		out = append(out, tag{form.Get(prefix + "Name"), form.Get(prefix + "Value")})
	}
}

// serveSend reads a call of SendRawEmail or SendEmail, and sends.
func (s *Service) serveSend(r *http.Request, caller Caller, action string, form url.Values) (string, *refusal) {
	m, refused := submitted(action, form)
	id, refused := s.send(r.Context(), caller, m, refused)
	if refused != nil {
		return "", refused
	}
	return element("MessageId", id), nil
}

func submitted(action string, form url.Values) (submission, *refusal) {
	m := submission{
		action: action, source: form.Get("Source"), returnPath: form.Get("ReturnPath"),
		configurationSet: form.Get("ConfigurationSetName"), tags: tags(form),
	}
	for _, name := range []string{"SourceArn", "FromArn", "ReturnPathArn"} {
		if form.Has(name) {
			return m, invalid("the local SES has no sending authorization, and so no " + name)
		}
	}
	if action == "SendEmail" {
		return m, m.compose(form)
	}
	if !form.Has("RawMessage.Data") {
		return m, missing("RawMessage.Data")
	}
	m.destinations = members(form, "Destinations")
	var err error
	if m.raw, err = base64.StdEncoding.DecodeString(form.Get("RawMessage.Data")); err != nil {
		return m, invalid("RawMessage.Data isn't base64: " + err.Error())
	}
	return m, nil
}

// The quota that GetSendQuota tells of. Nothing but the fault holds anybody to it.
const (
	dailyQuota  = 50_000
	sendingRate = 14
)

func (s *Service) serveQuota(caller Caller) (string, *refusal) {
	if !caller.Allowed("ses:GetSendQuota", "*", nil) {
		return "", denied(caller, "ses:GetSendQuota", "*")
	}
	sent := s.inbox.since(s.options.Now().Add(-24 * time.Hour))
	if s.Faults().Quota {
		sent = dailyQuota
	}
	return fmt.Sprintf("<Max24HourSend>%d.0</Max24HourSend><MaxSendRate>%d.0</MaxSendRate><SentLast24Hours>%d.0</SentLast24Hours>", dailyQuota, sendingRate, sent), nil
}

// denied says in SES's words that a policy doesn't allow a call.
func denied(caller Caller, action, resource string) *refusal {
	return &refusal{status: http.StatusForbidden, code: "AccessDenied",
		message: fmt.Sprintf("User `%s' is not authorized to perform `%s' on resource `%s'", caller.arn(), action, resource)}
}
