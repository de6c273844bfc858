package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"group-invites/infra/meter"
)

// The lines that Lambda itself writes for each call, in JSON, at its level INFO:
// https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
const (
	startLine  = `{"time":"2026-11-28T01:02:03.456Z","type":"platform.start","record":{"requestId":"6d68ca91-49c9-448d-89b8-7ca3e6dc66aa","version":"12"}}`
	reportLine = `{"time":"2026-11-28T01:02:03.456Z","type":"platform.report","record":{"requestId":"6d68ca91-49c9-448d-89b8-7ca3e6dc66aa","metrics":{"durationMs":26.123,"billedDurationMs":27,"memorySizeMB":256,"maxMemoryUsedMB":31},"status":"success"}}`
)

// callLines is how many bytes Lambda's own lines of one call are.
const callLines = len(startLine) + len(reportLine) + 2*meter.PerEvent

// samples are what the access log's variables may stand for.
var samples = map[string]string{
	"requestId": "YAK0qhUFoAMEV3Q=", "requestTime": "28/Nov/2026:01:02:03 +0000", "routeKey": "POST /v1/groups/{groupId}/invites", "status": "201",
	"responseLatency": "31", "integrationLatency": "28", "authorizer.error": "-", "integrationErrorMessage": "-",
}

// described is what the template tells of costs that nobody causes, and of log lines.
type described struct {
	accessLine   int // bytes of a line of the access log
	alarms       int
	alarmMetrics int
}

var (
	accessFormat = regexp.MustCompile(`AccessLogSettings:\n(?:.*\n){1,4}? +Format: >-\n +(\{.*\})\n`)
	variable     = regexp.MustCompile(`\$context\.([A-Za-z.]+)`)
	alarm        = regexp.MustCompile(`(?m)^  \w+:\n    Type: AWS::CloudWatch::Alarm\n(?:(?:    .*)?\n)*`)
	ownMetric    = regexp.MustCompile(`MetricStat:`)
)

// readTemplate reads them.
func readTemplate(file string) (described, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return described{}, err
	}
	format := accessFormat.FindSubmatch(text)
	if format == nil {
		return described{}, fmt.Errorf("%s: no format of the access log", file)
	}
	var unknown []string
	line := variable.ReplaceAllStringFunc(string(format[1]), func(v string) string {
		name := strings.TrimPrefix(v, "$context.")
		if samples[name] == "" {
			unknown = append(unknown, name)
		}
		return samples[name]
	})
	if unknown != nil {
		return described{}, fmt.Errorf("%s: the access log has %s, of which there is no sample", file, strings.Join(unknown, ", "))
	}
	d := described{accessLine: len(line) + meter.PerEvent}
	for _, a := range alarm.FindAll(text, -1) {
		d.alarms++
		d.alarmMetrics += max(1, len(ownMetric.FindAll(a, -1)))
	}
	if d.alarms == 0 {
		return d, fmt.Errorf("%s: no alarms", filepath.Base(file))
	}
	return d, nil
}
