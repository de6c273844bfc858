package awsapi

import (
	"fmt"
	"strings"

	"group-invites/infra/local/template"
)

// permission is one action on one resource.
type permission struct{ action, resource string }

// authorize returns why the caller may not have all of the permissions, in IAM's words, or nothing.
func (a *API) authorize(caller identity, needed []permission) string {
	if caller.function == nil {
		return ""
	}
	for _, p := range needed {
		allowedBy, denied := decide(caller.function.Policies, p)
		if denied || allowedBy == nil {
			a.refused(caller.function.Name, p.action, p.resource)
			reason := "because no identity-based policy allows the " + p.action + " action"
			if denied {
				reason = "with an explicit deny in an identity-based policy"
			}
			return fmt.Sprintf("User: arn:aws:sts::%s:assumed-role/%s/%[2]s is not authorized to perform: %s on resource: %s %s",
				template.AccountID, caller.function.Name, p.action, p.resource, reason)
		}
		a.note(caller.function, allowedBy.Sid)
	}
	return ""
}

// decide finds the first statement that allows the permission, and whether one denies it, which always wins.
func decide(statements []template.Statement, p permission) (allowedBy *template.Statement, denied bool) {
	for i, s := range statements {
		if !matchesAny(s.Actions, p.action, true) || !matchesAny(s.Resources, p.resource, false) {
			continue
		}
		switch {
		case s.Effect == "Deny":
			return nil, true
		case allowedBy == nil:
			allowedBy = &statements[i]
		}
	}
	return allowedBy, false
}

func (a *API) note(f *template.Function, sid string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.used[f] == nil {
		a.used[f] = map[string]bool{}
	}
	a.used[f][sid] = true
}

func matchesAny(patterns []string, text string, fold bool) bool {
	for _, p := range patterns {
		if fold {
			p, text = strings.ToLower(p), strings.ToLower(text)
		}
		if matches(p, text) {
			return true
		}
	}
	return false
}

// matches tells whether the text has the form of an IAM pattern, in which * stands for anything and ? for one character.
func matches(pattern, text string) bool {
	literal, rest, star := strings.Cut(pattern, "*")
	if len(text) < len(literal) || !equal(literal, text[:len(literal)]) {
		return false
	}
	text = text[len(literal):]
	if !star {
		return text == ""
	}
	for i := range len(text) + 1 {
		if matches(rest, text[i:]) {
			return true
		}
	}
	return false
}

// equal compares texts of one length; a ? in the pattern is any character.
func equal(pattern, text string) bool {
	for i := range len(pattern) {
		if pattern[i] != '?' && pattern[i] != text[i] {
			return false
		}
	}
	return true
}
