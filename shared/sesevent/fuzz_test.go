package sesevent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"group-invites/infra/local/project"
	"group-invites/shared/sesevent"
)

// FuzzReadFeedback has EventBridge bring anything: it is read, passed over, or refused with an error; and what servers say is in it as
// plain, short text.
func FuzzReadFeedback(f *testing.F) {
	root, err := project.Root()
	if err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "infra", "events", "mail-feedback.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for _, change := range [][2]string{
		{"Email Bounced", "Email Delivered"}, {"Permanent", "Transient"}, {`"bounce"`, `"complaint"`}, {"aws.ses", "other"}, {"{", "["}, {"mail", ""},
	} {
		f.Add([]byte(strings.ReplaceAll(string(text), change[0], change[1])))
	}
	f.Add([]byte(`{"source":"aws.ses","detail-type":"Email Bounced","detail":null}`))
	f.Add([]byte(`{"source":"aws.ses","detail-type":"Email Bounced","detail":{"mail":{"tags":{"ses:configuration-set":["local-group-invites-MailConfigurationSet"]}}}}`))
	f.Fuzz(func(t *testing.T, event []byte) {
		feedback, ok, err := sesevent.ReadFeedback(event, "local-group-invites-MailConfigurationSet")
		switch {
		case ok && err != nil:
			t.Errorf("%+v and %v", feedback, err)
		case !ok:
			return
		}
		if feedback.Sends < 1 || feedback.At.IsZero() || feedback.State == "" || len(feedback.Detail) > 1024 {
			t.Errorf("%+v", feedback)
		}
		if strings.ContainsAny(feedback.Detail, "\r\n\x00") {
			t.Errorf("detail is %q", feedback.Detail)
		}
	})
}
