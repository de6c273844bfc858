package httpapi

import (
	"context"
	"errors"
	"testing"

	"group-invites/shared/directory"
	"group-invites/shared/httpapi/httpapitest"
)

// A file goes out as it is, of its own type, and like any other answer is kept only where its headers say so.
func TestAnswers_Files(t *testing.T) {
	for name, test := range map[string]struct {
		reply       Reply
		body, cache string
		base64      bool
	}{
		"text":   {Reply{Status: 200, Body: File{Type: "text/x", Content: []byte("a <b> &")}}, "a <b> &", "no-store", false},
		"bytes":  {Reply{Status: 200, Body: File{Type: "text/x", Content: []byte{0xff}}}, "/w==", "no-store", true},
		"empty":  {Reply{Status: 200, Body: File{Type: "text/x"}}, "", "no-store", false},
		"cached": {Reply{Status: 200, Body: File{Type: "text/x"}, Header: map[string]string{"Cache-Control": "no-cache"}}, "", "no-cache", false},
	} {
		api := serve(t, "web", func(context.Context, *Request) (Reply, error) { return test.reply, nil })
		got, err := api.Function(httpapitest.Context(t), httpapitest.Event("GET", "/docs", "", nil))
		if err != nil {
			t.Fatal(err)
		}
		if got.StatusCode != 200 || got.Body != test.body || got.IsBase64Encoded != test.base64 ||
			got.Headers["Content-Type"] != "text/x" || got.Headers["Cache-Control"] != test.cache {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A file that comes with an error is the error's page: its status and headers are those of the problem.
func TestAnswers_ErrorsWithAPage(t *testing.T) {
	page := File{Type: "text/x", Content: []byte("sorry")}
	for err, want := range map[error]int{directory.ErrNotFound: 404, directory.ErrUnavailable: 503, errors.New("a fault"): 500} {
		api := serve(t, "web", func(context.Context, *Request) (Reply, error) {
			return Reply{Status: 200, Body: page, Header: map[string]string{"X-Page": "yes"}}, err
		})
		got, fault := api.Function(httpapitest.Context(t), httpapitest.Event("GET", "/docs", "", nil))
		if fault != nil {
			t.Fatal(fault)
		}
		if got.StatusCode != want || got.Body != "sorry" || got.Headers["Content-Type"] != "text/x" || got.Headers["X-Page"] != "yes" ||
			got.Headers["Cache-Control"] != "no-store" || (want == 503) != (got.Headers["Retry-After"] != "") {
			t.Errorf("%v: %+v", err, got)
		}
	}
}
