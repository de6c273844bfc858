package awsapi

import (
	"slices"

	"group-invites/infra/local/template"
)

// grant is the smallest thing that can be taken out of a policy: an action, a resource, or a value of a condition.
type grant struct {
	function, sid, kind, value string
	used                       bool // it has allowed something
}

func (g grant) String() string {
	return g.function + ": " + g.sid + " has " + g.kind + " " + g.value
}

// Kinds of grants.
const (
	anAction   = "the action"
	aResource  = "the resource"
	aCondition = "the condition's value"
)

// note remembers what of a statement has allowed a permission.
func (a *API) note(s *template.Statement, p permission) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, g := range a.grants[s] {
		g.used = g.used || g.allows(s, p)
	}
}

// allows tells whether the grant took part in allowing a permission, which its statement has allowed.
func (g grant) allows(s *template.Statement, p permission) bool {
	switch g.kind {
	case anAction:
		return matchesAny([]string{g.value}, p.action, true)
	case aResource:
		return matchesAny([]string{g.value}, p.resource, false)
	}
	return matchedBy(s.Conditions, g.value, p.context)
}

// matchedBy tells whether a value of a call matched that value of a condition. Those of negative operators are used if there is a
// call at all.
func matchedBy(conditions []template.Condition, value string, context map[string][]string) bool {
	for _, c := range conditions {
		if !slices.Contains(c.Values, value) {
			continue
		}
		if c.Operator == template.StringNotEquals || c.Operator == template.StringNotLike ||
			slices.ContainsFunc(context[c.Key], func(given string) bool { return equals(c.Operator, value, given) }) {
			return true
		}
	}
	return false
}

// grantsOf lists what the functions' policies allow.
func grantsOf(functions []template.Function) map[*template.Statement][]*grant {
	all := map[*template.Statement][]*grant{}
	for i := range functions {
		f := &functions[i]
		for j := range f.Policies {
			s := &f.Policies[j]
			if s.Effect != "Allow" {
				continue
			}
			add := func(kind string, values []string) {
				for _, v := range values {
					all[s] = append(all[s], &grant{function: f.Name, sid: s.Sid, kind: kind, value: v})
				}
			}
			add(anAction, s.Actions)
			add(aResource, s.Resources)
			for _, c := range s.Conditions {
				add(aCondition, c.Values)
			}
		}
	}
	return all
}

// Unused gives, in words, everything in the functions' policies that has not allowed any call so far: each action, resource and value of a
// condition that could be taken out without a call being refused.
func (a *API) Unused() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var unused []string
	for _, ofStatement := range a.grants {
		for _, g := range ofStatement {
			if !g.used {
				unused = append(unused, g.String())
			}
		}
	}
	slices.Sort(unused)
	return unused
}
