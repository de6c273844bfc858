package contract

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/template"
)

// TestGateway_LetsPagesDoWhatRoutesAreForAndNoMore: CORS names the methods that routes have, the headers that the code reads and answers with,
// no origin but those of the parameters, and no credentials: there are no cookies.
func TestGateway_LetsPagesDoWhatRoutesAreForAndNoMore(t *testing.T) {
	described := load(t)
	var methods []string
	for _, r := range described.Routes {
		if r.Method != "" && !slices.Contains(methods, r.Method) {
			methods = append(methods, r.Method)
		}
	}
	slices.Sort(methods)
	allowed := slices.Sorted(slices.Values(described.CORS.AllowMethods))
	if !slices.Equal(allowed, methods) {
		t.Errorf("CORS allows %v, routes have %v", allowed, methods)
	}
	if want := []string{"authorization", "content-type", "idempotency-key", "if-match"}; !slices.Equal(described.CORS.AllowHeaders, want) {
		t.Errorf("CORS allows the headers %v, want %v", described.CORS.AllowHeaders, want)
	}
	if want := []string{"etag", "location", "retry-after"}; !slices.Equal(described.CORS.ExposeHeaders, want) {
		t.Errorf("CORS shows the headers %v, want %v", described.CORS.ExposeHeaders, want)
	}
	if described.CORS.AllowCredentials || slices.ContainsFunc(described.CORS.AllowOrigins, func(o string) bool { return strings.Contains(o, "*") }) {
		t.Errorf("CORS %+v", described.CORS)
	}
}

// TestGateway_OpenRoutesHaveLimitsOfTheirOwn, and bulk loads; and so have the functions that serve nothing but open routes, if the operator wants.
func TestGateway_OpenRoutesHaveLimitsOfTheirOwn(t *testing.T) {
	described := load(t)
	closed := map[string]bool{}
	served := map[string]bool{}
	for _, r := range described.Routes {
		served[r.Function] = true
		closed[r.Function] = closed[r.Function] || !r.Open
		if _, own := described.Throttling.Routes[r.Key()]; own != (r.Open && r.Key() != template.DefaultRoute || r.Key() == "POST /v1/directory/bulk") {
			t.Errorf("%s, open %t: limits of its own %t", r.Key(), r.Open, own)
		}
	}
	for id, f := range resources(t, "AWS::Serverless::Function") {
		name := strings.TrimPrefix(texts(f.properties["FunctionName"])[0], "${AWS::StackName}-")
		limited := slices.Equal(texts(f.properties["ReservedConcurrentExecutions"]), []string{"HasOpenConcurrency", "OpenConcurrency", "AWS::NoValue"})
		if limited != (served[name] && !closed[name]) {
			t.Errorf("%s: may be called by anyone %t, has OpenConcurrency %t", id, served[name] && !closed[name], limited)
		}
	}
}

// TestGateway_AccessLogHoldsNoPath, no query, no address and nobody's id: the route is enough.
func TestGateway_AccessLogHoldsNoPath(t *testing.T) {
	format := resources(t, "AWS::Serverless::HttpApi")["HttpApi"].properties["AccessLogSettings"].(map[string]any)["Format"].(string)
	if !json.Valid([]byte(format)) {
		t.Errorf("not JSON: %s", format)
	}
	allowed := []string{
		"requestId", "requestTime", "routeKey", "status", "responseLatency", "integrationLatency", "authorizer.error", "integrationErrorMessage",
	}
	for _, m := range regexp.MustCompile(`\$context\.([\w.]+)`).FindAllStringSubmatch(format, -1) {
		if !slices.Contains(allowed, m[1]) {
			t.Errorf("the access log holds $context.%s", m[1])
		}
	}
}

// TestLogs_AreKeptForAsLongAsIsSaid, every group of them; no function writes to one of another's making.
func TestLogs_AreKeptForAsLongAsIsSaid(t *testing.T) {
	groups := resources(t, "AWS::Logs::LogGroup")
	for id, g := range groups {
		if got := refs(g.properties["RetentionInDays"]); !slices.Equal(got, []string{"LogRetentionDays"}) {
			t.Errorf("%s is kept for %v", id, g.properties["RetentionInDays"])
		}
	}
	for id, f := range resources(t, "AWS::Serverless::Function") {
		logging, _ := f.properties["LoggingConfig"].(map[string]any)
		if logging["LogFormat"] != "JSON" || !slices.Equal(refs(logging["LogGroup"]), []string{id + "LogGroup"}) || groups[id+"LogGroup"].kind == "" {
			t.Errorf("%s logs by %v", id, logging)
		}
	}
}

// TestQueues_AreWhereFailuresEnd: that none of them has a queue for its own failures needs no other reason.
func TestQueues_AreWhereFailuresEnd(t *testing.T) {
	ends := map[string]bool{}
	for _, f := range resources(t, "AWS::Serverless::Function") {
		for _, ref := range refs(f.properties) {
			if id, found := strings.CutSuffix(ref, "Failures.Arn"); found {
				ends[id+"Failures"] = true
			}
		}
	}
	for id := range resources(t, "AWS::SQS::Queue") {
		if !ends[id] {
			t.Errorf("%s is no function's destination on failure", id)
		}
	}
}
