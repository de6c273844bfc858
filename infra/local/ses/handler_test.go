package ses_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"group-invites/infra/local/ses"
)

// get calls the handler and decodes a JSON answer into out, if that isn't nil.
func (s *scene) get(t *testing.T, method, path, body string, out any) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			t.Fatalf("%s %s: %v\n%s", method, path, err, w.Body)
		}
	}
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestMails_ByAddressNewestFirst(t *testing.T) {
	s := start(t)
	first := s.send(t, "bo@example.org")
	s.send(t, "cy@example.org")
	last := s.send(t, "Bo@Example.org", "cy@example.org")
	var mails []map[string]any
	s.get(t, "GET", "/dev/mails?to=BO@example.org", "", &mails)
	if len(mails) != 2 || mails[0]["id"] != last || mails[1]["id"] != first || mails[0]["to"] != "Bo@Example.org" {
		t.Errorf("%v", mails)
	}
	var fields []string
	for name := range mails[0] {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	if want := []string{"from", "headers", "html", "id", "raw", "sentAt", "subject", "text", "to"}; !slices.Equal(fields, want) {
		t.Errorf("fields %q, want %q", fields, want)
	}
	s.get(t, "GET", "/dev/mails", "", &mails)
	if len(mails) != 4 {
		t.Errorf("%d mails", len(mails))
	}
	if r := s.get(t, "GET", "/dev/mails?to=nobody@example.org", "", &mails); len(mails) != 0 || r.StatusCode != 200 {
		t.Errorf("nobody's: %d %v", r.StatusCode, mails)
	}
}

func TestMails_StayAcrossRestartsUntilDeleted(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	var ids []string
	for range 20 {
		ids = append(ids, s.send(t, "bo@example.org"))
	}
	s = open(t, dir, nil)
	ids = append(ids, s.send(t, "bo@example.org"))
	slices.Reverse(ids)
	mails := s.mails(t, "")
	for i, m := range mails {
		if m.ID != ids[i] {
			t.Fatalf("mail %d is %s, want %s", i, m.ID, ids[i])
		}
	}
	if len(mails) != 21 || mails[20].Raw != mail {
		t.Errorf("%d mails", len(mails))
	}
	if r := s.get(t, "DELETE", "/dev/mails", "", nil); r.StatusCode != 204 {
		t.Errorf("%d", r.StatusCode)
	}
	if n, left := len(s.mails(t, "")), files(t, dir); n != 0 || len(left) != 0 {
		t.Errorf("%d mails, files %q", n, left)
	}
}

func files(t *testing.T, dataDir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dataDir, ses.MailsDir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestMails_ThatAreNoMailFailAtTheStart(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	s.send(t, "bo@example.org")
	if err := os.WriteFile(files(t, dir)[0], []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ses.Open(ses.Options{DataDir: dir}); err == nil || !strings.Contains(err.Error(), files(t, dir)[0]) {
		t.Errorf("%v", err)
	}
}

func TestHTML_CanRunAndLoadNothing(t *testing.T) {
	s := start(t)
	id := s.send(t, "bo@example.org")
	r := s.get(t, "GET", "/dev/mails/"+id+"/html", "", nil)
	if got := text(t, r); got != `<base target="_blank"><p>Café</p>` {
		t.Errorf("%s", got)
	}
	policy := r.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "sandbox allow-popups allow-popups-to-escape-sandbox", "frame-ancestors 'self'", "form-action 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy has no %s: %s", want, policy)
		}
	}
	for _, bad := range []string{"script-src", "allow-scripts", "allow-same-origin", "http:", "*"} {
		if strings.Contains(policy, bad) {
			t.Errorf("the policy has %s: %s", bad, policy)
		}
	}
	in := input("bo@example.org")
	in.RawMessage.Data = []byte("From: a@example.com\r\nContent-Type: text/html\r\n\r\n\r\n<!DOCTYPE html><html></html>")
	out, err := s.client().SendRawEmail(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, s.get(t, "GET", "/dev/mails/"+*out.MessageId+"/html", "", nil)); got != "\r\n<!DOCTYPE html><base target=\"_blank\"><html></html>" {
		t.Errorf("the doctype isn't first: %q", got)
	}
	if r := s.get(t, "GET", "/dev/mails/none/html", "", nil); r.StatusCode != 404 {
		t.Errorf("no such mail: %d", r.StatusCode)
	}
}

func TestMail_ByItsID(t *testing.T) {
	s := start(t)
	id := s.send(t, "bo@example.org", "cy@example.org")
	var m ses.Mail
	s.get(t, "GET", "/dev/mails/"+id+"-2", "", &m)
	if m.ID != id+"-2" || m.To != "cy@example.org" {
		t.Errorf("%+v", m)
	}
	if r := s.get(t, "GET", "/dev/mails/"+id+"-3", "", nil); r.StatusCode != 404 {
		t.Errorf("%d", r.StatusCode)
	}
}

func TestFaults_ByHTTP(t *testing.T) {
	s := start(t)
	r := s.get(t, "PUT", "/dev/mail/faults", `{"throttle": 0.2, "bounce": ["a@x.org"], "complaint": true}`, nil)
	if got := s.Faults(); r.StatusCode != 200 || got.Throttle != 0.2 || !got.Bounce.Has("a@x.org") || !got.Complaint.Has("b@x.org") {
		t.Errorf("%d %+v", r.StatusCode, got)
	}
	var f map[string]any
	s.get(t, "GET", "/dev/mail/faults", "", &f)
	if f["throttle"] != 0.2 || fmt.Sprint(f["bounce"]) != "[a@x.org]" || f["complaint"] != true || f["softBounce"] != false || f["quota"] != false {
		t.Errorf("%v", f)
	}
	if r := s.get(t, "PUT", "/dev/mail/faults", `{"bounced": true}`, nil); r.StatusCode != 400 || !strings.Contains(text(t, r), "bounced") {
		t.Errorf("an unknown fault: %d", r.StatusCode)
	}
	if got := s.Faults(); got.Throttle != 0.2 {
		t.Errorf("after a refusal: %+v", got)
	}
	s.get(t, "PUT", "/dev/mail/faults", `{"quota": true}`, nil)
	if got := s.Faults(); got.Throttle != 0 || !got.Quota {
		t.Errorf("faults aren't replaced: %+v", got)
	}
	if r := s.get(t, "DELETE", "/dev/mail/faults", "", nil); r.StatusCode != 204 || s.Faults().Quota {
		t.Errorf("%d %+v", r.StatusCode, s.Faults())
	}
}

func TestSuppressed_ByHTTP(t *testing.T) {
	s := start(t)
	s.SetFaults(ses.Faults{Bounce: ses.Everyone})
	s.send(t, "Bo@example.org")
	var list map[string]string
	if s.get(t, "GET", "/dev/mail/suppressed", "", &list); list["bo@example.org"] != "BOUNCE" {
		t.Errorf("%v", list)
	}
	if r := s.get(t, "DELETE", "/dev/mail/suppressed", "", nil); r.StatusCode != 204 || len(s.Suppressed()) != 0 {
		t.Errorf("%d %v", r.StatusCode, s.Suppressed())
	}
}

func TestInbox_ListsWithOutcomes(t *testing.T) {
	s := start(t)
	s.SetFaults(ses.Faults{Bounce: ses.Addresses{"bo@example.org"}})
	s.send(t, "bo@example.org", "cy@example.org")
	var list struct {
		Mails  []ses.Summary
		Total  int
		Counts map[string]int
	}
	s.get(t, "GET", "/dev/inbox/list?to=BO@", "", &list)
	if len(list.Mails) != 1 || list.Mails[0].Outcome != ses.Bounced || list.Mails[0].Subject != "Café tonight" || list.Total != 2 || list.Counts[ses.Accepted] != 1 {
		t.Errorf("%+v", list)
	}
	r := s.get(t, "GET", "/dev/inbox", "", nil)
	policy := r.Header.Get("Content-Security-Policy")
	_, nonce, _ := strings.Cut(policy, "script-src 'nonce-")
	nonce, _, _ = strings.Cut(nonce, "'")
	if page := text(t, r); r.StatusCode != 200 || len(nonce) < 20 || strings.Count(page, `nonce="`+nonce+`"`) != 2 || strings.Contains(page, `style="`) {
		t.Errorf("%d, policy %s", r.StatusCode, policy)
	}
}
