package contract

import (
	"regexp"
	"strings"
	"testing"
)

// TestLint_EachRuleThatIsLeftOutHasAReason: in the decision about it, whether it is left out for all resources or for one.
func TestLint_EachRuleThatIsLeftOutHasAReason(t *testing.T) {
	reasons := file(t, "infra/adr/0021-serverless-rules.md")
	rules := regexp.MustCompile(`\b[EW]S?\d{4}\b`)
	_, ignored, found := strings.Cut(file(t, "infra/cfnlint.yaml"), "ignore_checks:")
	if !found || !strings.Contains(file(t, "infra/cfnlint.yaml"), "- cfn_lint_serverless.rules\n") {
		t.Fatal("infra/cfnlint.yaml has no ignore_checks, or not the rules of serverless-rules")
	}
	left := rules.FindAllString(ignored, -1)
	for _, m := range regexp.MustCompile(`ignore_checks: \[(.*?)\]`).FindAllStringSubmatch(file(t, "template.yaml"), -1) {
		left = append(left, rules.FindAllString(m[1], -1)...)
	}
	for _, rule := range left {
		if !strings.Contains(reasons, rule) {
			t.Errorf("%s is left out without a reason", rule)
		}
	}
	for _, rule := range rules.FindAllString(reasons, -1) {
		if count(left, rule) == 0 {
			t.Errorf("%s has a reason and is not left out", rule)
		}
	}
}
