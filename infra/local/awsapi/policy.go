package awsapi

import (
	"fmt"
	"slices"
	"strings"

	"group-invites/infra/local/template"
)

// permission is one action on one resource, in a call with a context: values of the keys that conditions compare.
type permission struct {
	action, resource string
	context          map[string]string
}

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
		if !matchesAny(s.Actions, p.action, true) || !matchesAny(s.Resources, p.resource, false) || !hold(s.Conditions, p.context) {
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

// hold tells whether all conditions are met. A key that the call has no value of equals nothing.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
func hold(conditions []template.Condition, context map[string]string) bool {
	for _, c := range conditions {
		given, there := context[c.Key]
		if !compare(c, given, there) {
			return false
		}
	}
	return true
}

func compare(c template.Condition, given string, there bool) bool {
	some := func(equal func(want string) bool) bool { return there && slices.ContainsFunc(c.Values, equal) }
	is := func(want string) bool { return want == given }
	like := func(want string) bool { return template.Matches(want, given) }
	switch c.Operator {
	case template.StringEquals:
		return some(is)
	case template.StringNotEquals:
		return !some(is)
	case template.StringEqualsIgnoreCase:
		return some(func(want string) bool { return strings.EqualFold(want, given) })
	case template.StringLike:
		return some(like)
	case template.StringNotLike:
		return !some(like)
	}
	return false // the loader lets no other through
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
		if template.Matches(p, text) {
			return true
		}
	}
	return false
}
