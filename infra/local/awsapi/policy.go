package awsapi

import (
	"fmt"
	"slices"
	"strings"

	"group-invites/infra/local/template"
)

// permission is one action on one resource, in a call with a context: values of the keys that conditions compare. Most keys have one value.
type permission struct {
	action, resource string
	context          map[string][]string
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
		a.note(allowedBy, p)
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

// hold tells whether all conditions are met. A key that the call has no value of equals nothing; of none, all do.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
func hold(conditions []template.Condition, context map[string][]string) bool {
	for _, c := range conditions {
		given := context[c.Key]
		holds := len(given) > 0 && compare(c, given[0])
		switch {
		case c.ForAll:
			holds = !slices.ContainsFunc(given, func(value string) bool { return !compare(c, value) })
		case len(given) == 0:
			holds = c.Operator == template.StringNotEquals || c.Operator == template.StringNotLike
		}
		if !holds {
			return false
		}
	}
	return true
}

// compare tells whether the value matches one of the condition's, or none of them if the operator is a negative one.
func compare(c template.Condition, given string) bool {
	some := func(operator string) bool {
		return slices.ContainsFunc(c.Values, func(want string) bool { return equals(operator, want, given) })
	}
	switch c.Operator {
	case template.StringNotEquals:
		return !some(template.StringEquals)
	case template.StringNotLike:
		return !some(template.StringLike)
	}
	return some(c.Operator)
}

func equals(operator, want, given string) bool {
	switch operator {
	case template.StringEquals:
		return want == given
	case template.StringEqualsIgnoreCase:
		return strings.EqualFold(want, given)
	case template.StringLike:
		return template.Matches(want, given)
	}
	return false // the loader lets no other through
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
