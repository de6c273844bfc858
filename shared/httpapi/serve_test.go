package httpapi

import (
	"context"
	"io"
	"log"
	"os"
	"strings"
	"syscall"
	"testing"

	"group-invites/shared/httpapi/httpapitest"
)

// testIssuer is the issuer of the callers of these tests.
const testIssuer = "https://issuer.example.com"

// TestMain runs the tests with the log in JSON, as functions are deployed: the runtime library reads that from the environment when the
// process starts.
func TestMain(m *testing.M) {
	const variable = "AWS_LAMBDA_LOG_FORMAT"
	if os.Getenv(variable) != "JSON" {
		self, err := os.Executable()
		if err == nil {
			err = syscall.Exec(self, os.Args, append(os.Environ(), variable+"=JSON"))
		}
		log.Fatalf("the tests don't start again: %v", err)
	}
	os.Exit(m.Run())
}

// serve gives a function all of whose routes are answered by one handler.
func serve(t testing.TB, function string, handler Handler) *httpapitest.API {
	handlers := map[string]Handler{}
	for _, route := range served {
		if route.Function == function {
			handlers[route.String()] = handler
		}
	}
	return &httpapitest.API{TB: t, Function: Adapt(New(function, handlers)), Issuer: testIssuer}
}

// accept answers 200.
func accept(context.Context, *Request) (Reply, error) {
	return Reply{Status: 200, Body: map[string]string{}}, nil
}

// unreached fails the test.
func unreached(t testing.TB) Handler {
	return func(_ context.Context, r *Request) (Reply, error) {
		t.Errorf("%s %s reached the handler", r.Method, r.URL)
		return Reply{Status: 500}, nil
	}
}

// logged gives the lines that are written to the log while act runs. It takes the process's standard output, to which functions
// log, so act makes its functions itself, and the test doesn't run in parallel.
func logged(t testing.TB, act func()) []string {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	text := make(chan string)
	go func() {
		all, _ := io.ReadAll(reader)
		text <- string(all)
	}()
	stdout := os.Stdout
	os.Stdout = writer
	defer func() { os.Stdout = stdout }()
	act()
	writer.Close()
	return strings.Split(strings.TrimSuffix(<-text, "\n"), "\n")
}
