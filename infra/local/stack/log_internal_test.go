package stack

import (
	"bytes"
	"strings"
	"testing"

	"group-invites/infra/local/gateway"
)

// TestLog_HoldsNoToken: who reads the log can't say for others that they want no mail, nor join by a code that somebody put into a path.
func TestLog_HoldsNoToken(t *testing.T) {
	const code, token = "EIkrUGp0njJzaIfVuwWiK9GDO_C2kOyLVTauxrXHstGx", "EPFEkcK4EAF4bsJ7VfuLjBoAAAAAAAAAAPAV1KA_UmYb3ej0Pwj--zY"
	for path, want := range map[string]string{
		"/v1/unsubscribe/" + token:           "/v1/unsubscribe/…  ",
		"/v1/unsubscribe/" + token + "/undo": "/v1/unsubscribe/…/undo  ",
		"/i/" + code + "x":                   "/i/…  ",
		"/v1/groups/892b506a749e3273/members/9e89fecb3303ce7d145c4b56728705ca": "/v1/groups/892b506a749e3273/members/9e89fecb3303ce7d145c4b56728705ca  ",
	} {
		var out bytes.Buffer
		l, err := newLog(&out, false, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		l.request(gateway.Record{Method: "GET", Path: path, Status: 200})
		if !strings.Contains(out.String(), " "+want) {
			t.Errorf("%s is told as %q, want %s", path, out.String(), want)
		}
	}
}
