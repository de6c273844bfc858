package ses

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"group-invites/infra/local/template"
	"group-invites/infra/local/uuid"
)

// submission is what a caller wants sent.
type submission struct {
	action           string
	raw              []byte
	source           string   // empty: the From header
	returnPath       string   // where bounces go; empty: the source
	destinations     []string // empty: those that the header names
	configurationSet string
	tags             []tag
}

// maxMessage is the size of the largest message, in bytes.
const maxMessage = 10 << 20

// send takes a message through the steps that the package comment tells of, and returns its id. Refused is what was wrong
// with the call itself.
func (s *Service) send(ctx context.Context, caller Caller, m submission, refused *refusal) (string, *refusal) {
	a := attempt{submission: m, caller: caller, faults: s.Faults(), service: s}
	if refused == nil {
		refused = a.read()
	}
	if refused == nil {
		refused = a.authorize()
	}
	if refused == nil {
		refused = a.fail(ctx)
	}
	if refused == nil {
		refused = a.check()
	}
	var id string
	if refused == nil {
		id, refused = s.accept(&a)
	}
	call := Call{Time: s.options.Now(), Caller: caller.Name, To: a.destinations, Subject: a.subject()}
	if refused != nil {
		call.Refused = refused.code
	}
	s.count(call.Refused)
	s.options.Called(call)
	if refused == nil && s.draw(a.faults.Lost) {
		panic(http.ErrAbortHandler) // the server closes the connection, and says nothing of it
	}
	return id, refused
}

func (s *Service) count(refused string) {
	if refused == "" {
		refused = Accepted
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[refused]++
}

// attempt is a submission on its way.
type attempt struct {
	submission
	caller  Caller
	faults  Faults
	service *Service
	content *content
	from    string // address of the From header
}

func (a *attempt) subject() string {
	if a.content == nil {
		return ""
	}
	return a.content.subject
}

// read finds out what the message says and whom it is for.
func (a *attempt) read() *refusal {
	if len(a.raw) > maxMessage {
		return invalid(fmt.Sprintf("Message length is more than %d bytes long: '%d'.", maxMessage, len(a.raw)))
	}
	c, err := parse(a.raw)
	if err != nil {
		return invalid("Could not parse the message: " + err.Error())
	}
	switch len(c.from) {
	case 0:
		return invalid("Missing required header 'From'.")
	case 1:
		a.content = c
	default:
		return invalid("The local SES takes one address in the header 'From'.")
	}
	for _, h := range c.headers {
		if strings.HasPrefix(strings.ToUpper(h.Name), "X-SES-") {
			return invalid("The local SES takes configuration set and tags as parameters, not from the header '" + h.Name + "'.")
		}
	}
	var refused *refusal
	if a.from, refused = bare(c.from[0].Address); refused != nil {
		return refused
	}
	if a.source == "" {
		a.source = a.from
	} else if a.source, refused = bare(a.source); refused != nil {
		return refused
	}
	if a.returnPath == "" {
		a.returnPath = a.source
	}
	if len(a.destinations) == 0 {
		a.destinations = c.recipients()
	}
	a.destinations, refused = bareAll(a.destinations)
	return refused
}

// authorize asks the caller's policy: for the identities that the mail is from, and for the configuration set.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html
func (a *attempt) authorize() *refusal {
	action := "ses:" + a.action
	context := map[string]string{template.FromAddress: a.from, template.FeedbackAddress: a.returnPath}
	if name := a.content.from[0].Name; name != "" {
		context[template.FromDisplayName] = name
	}
	resources := []string{identityARN(a.service.identity(a.from)), identityARN(a.service.identity(a.source))}
	if a.configurationSet != "" {
		resources = append(resources, configurationSetARN(a.configurationSet))
	}
	for _, resource := range resources {
		if !a.caller.Allowed(action, resource, context) {
			return denied(a.caller, action, resource)
		}
	}
	return nil
}

// fail refuses on request.
func (a *attempt) fail(ctx context.Context) *refusal {
	if a.faults.Delay > 0 {
		timer := time.NewTimer(time.Duration(a.faults.Delay) * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done(): // the caller has gone, and the message with him
			return &refusal{status: http.StatusServiceUnavailable, code: "ServiceUnavailable", message: "the caller didn't wait"}
		}
	}
	bad := func(code, message string) *refusal {
		return &refusal{status: http.StatusBadRequest, code: code, message: message}
	}
	switch {
	case a.service.draw(a.faults.Unavailable):
		return &refusal{status: http.StatusServiceUnavailable, code: "ServiceUnavailable", message: "Service is unavailable."}
	case a.service.draw(a.faults.Throttle):
		return bad("Throttling", "Maximum sending rate exceeded.")
	case a.faults.Quota:
		return bad("Throttling", "Daily message quota exceeded.")
	case a.faults.Paused:
		return bad("AccountSendingPausedException", "Sending paused for this account. For more information, please check the inbox of the email address associated with your AWS account.")
	case a.faults.PausedConfigurationSet && a.configurationSet != "":
		return pausedSet(a.configurationSet)
	}
	return nil
}

func pausedSet(name string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "ConfigurationSetSendingPausedException",
		message: "Sending is paused for configuration set " + name, configurationSet: name}
}

// tagText is what names and values of tags may be.
var tagText = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// check holds the mail against SES's own rules.
func (a *attempt) check() *refusal {
	if n := len(a.destinations); n == 0 {
		return invalid("Missing required header 'To'.")
	} else if n > maxRecipients {
		return invalid(fmt.Sprintf("Recipient count exceeds %d.", maxRecipients))
	}
	for _, t := range a.tags {
		if !tagText.MatchString(t.name) {
			return invalid(fmt.Sprintf("Invalid message tag name <%s>: only ASCII letters, digits, '_' and '-' are allowed, 256 characters at most.", t.name))
		}
		if !tagText.MatchString(t.value) {
			return invalid(fmt.Sprintf("Invalid message tag value <%s>: only ASCII letters, digits, '_' and '-' are allowed, 256 characters at most.", t.value))
		}
	}
	if a.configurationSet != "" {
		switch set := a.service.configurationSet(a.configurationSet); {
		case set == nil:
			return &refusal{status: http.StatusBadRequest, code: "ConfigurationSetDoesNotExist",
				message: fmt.Sprintf("Configuration set <%s> does not exist.", a.configurationSet), configurationSet: a.configurationSet}
		case !set.SendingEnabled:
			return pausedSet(a.configurationSet)
		}
	}
	var unverified []string
	for _, address := range []string{a.source, a.from} {
		if !a.service.verified(address) && !slices.Contains(unverified, address) {
			unverified = append(unverified, address)
		}
	}
	if unverified != nil {
		return rejected(fmt.Sprintf("Email address is not verified. The following identities failed the check in region %s: %s",
			strings.ToUpper(template.Region), strings.Join(unverified, ", ")))
	}
	if a.faults.Reject.hasAny(a.destinations) {
		return rejected("Message rejected on request: see /dev/inbox.")
	}
	return nil
}

// identity is the identity that speaks for an address: the address itself if it is verified, or else its domain or one
// above that. One that isn't verified speaks for itself.
func (s *Service) identity(address string) string {
	candidates := []string{address}
	for domain := domainOf(address); ; {
		candidates = append(candidates, domain)
		_, above, found := strings.Cut(domain, ".")
		if !found {
			break
		}
		domain = above
	}
	for _, c := range candidates {
		for _, pattern := range s.options.Identities {
			if template.Matches(strings.ToLower(pattern), strings.ToLower(c)) {
				return c
			}
		}
	}
	return address
}

func (s *Service) verified(address string) bool {
	identity := s.identity(address)
	return slices.ContainsFunc(s.options.Identities, func(pattern string) bool {
		return template.Matches(strings.ToLower(pattern), strings.ToLower(identity))
	})
}

const arnPrefix = "arn:aws:ses:" + template.Region + ":" + template.AccountID + ":"

func identityARN(identity string) string { return arnPrefix + "identity/" + identity }

func configurationSetARN(name string) string { return arnPrefix + "configuration-set/" + name }

// Identities are the identities that policies name in their resources, as IAM's patterns.
func Identities(functions []template.Function) []string {
	var out []string
	for _, f := range functions {
		for _, s := range f.Policies {
			for _, r := range s.Resources {
				_, identity, found := strings.Cut(r, ":identity/")
				if r == "*" && slices.ContainsFunc(s.Actions, func(a string) bool { return strings.HasPrefix(a, "ses:") }) {
					identity, found = r, true
				}
				if found && !slices.Contains(out, identity) {
					out = append(out, identity)
				}
			}
		}
	}
	return out
}

// messageID is an id as SES gives them. They sort by time.
func messageID(at time.Time) string {
	return fmt.Sprintf("0100%012x-%s-000000", at.UnixMilli(), uuid.New())
}
