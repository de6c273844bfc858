package stream

import (
	"testing"
	"time"

	"group-invites/infra/local/lambda"
)

func TestSettled(t *testing.T) {
	batch := []record{{sequence: "8"}, {sequence: "9"}, {sequence: "10"}, {sequence: "11"}}
	for answer, want := range map[string]int{
		``: 4, `null`: 4, ` null `: 4, `""`: 4, `{}`: 4, `{"batchItemFailures":null}`: 4, `{"batchItemFailures":[]}`: 4, `{"something":1}`: 4,
		`{"batchItemFailures":[{"itemIdentifier":"8"}]}`:                          0,
		`{"batchItemFailures":[{"itemIdentifier":"11"}]}`:                         3,
		`{"batchItemFailures":[{"itemIdentifier":"10"},{"itemIdentifier":"9"}]}`:  1,
		`{"batchItemFailures":[{"itemIdentifier":"10"},{"itemIdentifier":"9 "}]}`: 0,
		`{"batchItemFailures":[{"itemIdentifier":"10"},{"itemIdentifier":""}]}`:   0,
		`{"batchItemFailures":[{"itemIdentifier":"10"},{"itemIdentifier":null}]}`: 0,
		`{"batchItemFailures":[{"itemIdentifier":10}]}`:                           0,
		`{"batchItemFailures":[{"ItemIdentifier":"10"}]}`:                         0,
		`{"batchItemFailures":[{}]}`:                                              0,
		`{"batchItemFailures":["10"]}`:                                            0,
		`{"batchItemFailures":{"itemIdentifier":"10"}}`:                           0,
		`"fine"`: 0, `[]`: 0, `true`: 0, `{`: 0,
	} {
		if got := settled(batch, lambda.Result{Payload: []byte(answer)}, true); got != want {
			t.Errorf("%s settles %d, want %d", answer, got, want)
		}
	}
	if got := settled(batch, lambda.Result{Payload: []byte(`{"batchItemFailures":[{"itemIdentifier":"8"}]}`)}, false); got != 4 {
		t.Errorf("where the answer isn't asked for, it settles %d", got)
	}
	if got := settled(batch, lambda.Result{FunctionError: lambda.ErrorTimeout}, false); got != 0 {
		t.Errorf("a timeout settles %d", got)
	}
}

func TestCompare(t *testing.T) {
	ordered := []string{"", "1", "9", "10", "0011", "12", "9999", "10000", "1405400000000002063282832", "11405400000000002063282831"}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := compare(a, b); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("compare(%q, %q) = %d", a, b, got)
			}
		}
	}
}

func TestFitting_IsExact(t *testing.T) {
	records := []record{{event: []byte(`{"a":1}`)}, {event: []byte(`{"b":22}`)}, {event: []byte(`{"c":3}`)}}
	for n := 1; n <= len(records); n++ {
		size := len(payload(records[:n]))
		if got := fitting(records, 10, size); got != n {
			t.Errorf("%d fit into %d bytes, want %d", got, size, n)
		}
		if got := fitting(records, 10, size-1); got != max(1, n-1) {
			t.Errorf("%d fit into %d bytes, want %d", got, size-1, max(1, n-1))
		}
		if got := fitting(records, n, 1000); got != n {
			t.Errorf("%d fit, at most %d", got, n)
		}
	}
	if got := fitting(nil, 10, 1000); got != 0 {
		t.Errorf("%d of none", got)
	}
}

func TestBackoff(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 5: 1600 * time.Millisecond, 6: 2 * time.Second, 10_000: 2 * time.Second,
	} {
		if got := backoff(failures); got != want {
			t.Errorf("after %d failures: %v, want %v", failures, got, want)
		}
	}
}
