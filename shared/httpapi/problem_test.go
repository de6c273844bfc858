package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"group-invites/shared/directory"
)

var update = flag.Bool("update", false, "write the golden file anew")

func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Every answer to an error, as it goes over the wire: testdata/problems.golden.
func TestProblems(t *testing.T) {
	var got bytes.Buffer
	fmt.Fprintln(&got, "# Written by: go test ./shared/httpapi -run TestProblems -update")
	show := func(what string, err error) {
		reply := serve(t, "directory", func(context.Context, *Request) (Reply, error) { return Reply{}, err }).Send("anna", "GET", "/v1/me", "")
		fmt.Fprintf(&got, "\n%s\n%d", what, reply.Status)
		for _, name := range []string{"Content-Type", "Cache-Control", "Retry-After"} {
			if value := reply.Header.Get(name); value != "" {
				fmt.Fprintf(&got, " %s: %s", name, value)
			}
		}
		got.WriteByte('\n')
		if err := json.Indent(&got, []byte(reply.Body), "", "  "); err != nil {
			t.Fatal(err)
		}
		got.WriteByte('\n')
	}
	show("invalid, one field", directory.Invalid("name", "must not be empty"))
	show("invalid, several fields", &directory.InvalidError{Fields: []directory.FieldFault{{Field: "name", Message: "is <odd>"}, {Field: "access", Message: `must be "org"`}}})
	show("limit of a day", &directory.LimitError{RetryAfter: 90*time.Minute + time.Millisecond})
	for _, row := range problems {
		show(row.err.Error(), fmt.Errorf("operation: %w: %w", row.err, errors.New("a cause that nobody may read")))
	}
	show("anything else", errors.New("a cause that nobody may read"))
	show("two errors of the table: the first row counts", errors.Join(directory.ErrUnavailable, directory.ErrForbidden))

	const file = "testdata/problems.golden"
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("answers differ from %s (-update writes it anew):\n%s", file, got.String())
	}
	if strings.Contains(got.String(), "nobody may read") {
		t.Error("an answer tells a cause")
	}
}

// The same body for all, so that nobody can tell unknown from forbidden.
func TestProblems_NotFoundIsAlwaysTheSame(t *testing.T) {
	api := serve(t, "directory", func(_ context.Context, r *Request) (Reply, error) {
		_, err := r.GroupID()
		return Reply{}, errors.Join(err, directory.ErrNotFound)
	})
	want := api.Send("anna", "GET", "/v1/groups/0123456789abcdef", "").Refused(404, "not_found")
	for _, path := range []string{"/v1/groups/x", "/v1/groups/0123456789ABCDEF", "/v1/nothing", "//", "/v1/groups/%zz"} {
		if got := api.Send("anna", "GET", path, "").Refused(404, "not_found"); got.Body != want.Body || got.Header.Get("Content-Type") != want.Header.Get("Content-Type") {
			t.Errorf("%s: %s, want %s", path, got.Body, want.Body)
		}
	}
}
