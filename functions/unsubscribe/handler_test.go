package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	. "group-invites/shared/dynamo/dynamotest"
	"group-invites/shared/dynamo/faults"
	"group-invites/shared/httpapi"
	"group-invites/shared/httpapi/httpapitest"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
	"group-invites/shared/optout"
)

// scene is the function over a world in which an address has got a mail.
type scene struct {
	*World
	*httpapitest.API
	address mail.Address
	out     string // the path that the mail leads to
	back    string // the path that a confirmation leads to
}

func newScene(t *testing.T) scene {
	w := New(t)
	service := &optout.Service{Store: w.Table, Ring: w.Ring, Clock: w.Clock.Now}
	s := scene{World: w, address: Addresses("mira@example.com")[0], API: &httpapitest.API{
		TB: t, Function: httpapi.Adapt(handler(service, "Tom & <Co>")), State: w.Content,
	}}
	ring, err := w.Ring.Ring(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.out = "/v1/unsubscribe/" + ring.SignAddress(linkcode.Unsubscribe, s.address.Key(), time.Time{})
	s.back = "/v1/resubscribe/" + ring.SignAddress(linkcode.Resubscribe, s.address.Key(), w.Clock.Now().Add(24*time.Hour))
	return s
}

const form = "application/x-www-form-urlencoded"

func (s scene) get(path string) *httpapitest.Reply { return s.Send("", "GET", path, "") }

func (s scene) post(path, body string) *httpapitest.Reply {
	return s.Send("", "POST", path, body, "Content-Type", form)
}

// suppression is what is known of the address.
func (s scene) suppression() mail.Suppression {
	s.World.Helper()
	found, err := s.Table.Suppressions(s.World.Context(), []mail.AddressKey{s.address.Key()})
	if err != nil {
		s.World.Fatal(err)
	}
	return found[s.address.Key()]
}

// page200 expects a page of success.
func page200(t *testing.T, r *httpapitest.Reply, heading string) *httpapitest.Reply {
	t.Helper()
	return wantPage(t, r, 200, heading)
}

// wantPage expects a page: its status and heading, and all that belongs to one.
func wantPage(t *testing.T, r *httpapitest.Reply, status int, heading string) *httpapitest.Reply {
	t.Helper()
	if r.Status != status || !strings.Contains(r.Body, "<h1>"+heading+"</h1>") {
		t.Errorf("%d, want %d %s: %s", r.Status, status, heading, r.Body)
	}
	if !strings.HasPrefix(r.Body, "<!DOCTYPE html>\n<html lang=\"en\">") || strings.Count(r.Body, "<title>"+heading+"</title>") != 1 {
		t.Errorf("not a whole page: %s", r.Body)
	}
	if regexp.MustCompile(`(?i)<script|\son[a-z]+=|\sstyle=|\ssrc=|https?:|<Co>`).MatchString(r.Body) {
		t.Errorf("the page does more than it should: %s", r.Body)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex", "Cache-Control": "no-store",
		"Strict-Transport-Security": "max-age=63072000", "Cross-Origin-Opener-Policy": "same-origin",
	} {
		if r.Header.Get(name) != want {
			t.Errorf("%s: %q", name, r.Header.Get(name))
		}
	}
	css := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(r.Body)[1]
	want := "default-src 'none'; style-src '" + hashOf(css) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if got := r.Header.Get("Content-Security-Policy"); got != want {
		t.Errorf("policy %q, want %q", got, want)
	}
	return r
}

func TestUnsubscribe_LookingChangesNothing(t *testing.T) {
	s := newScene(t)
	before := s.Content()
	r := page200(t, s.get(s.out), "No more invites?")
	if !strings.Contains(r.Body, `<button name="List-Unsubscribe" value="One-Click">`) || !strings.Contains(r.Body, "Tom &amp; &lt;Co&gt;") {
		t.Errorf("%s", r.Body)
	}
	page200(t, s.get(s.back), "Be invited again?")
	for _, path := range []string{s.out, s.back} {
		for _, method := range []string{"HEAD", "OPTIONS", "PUT", "DELETE"} {
			if r := s.Send("", method, path, ""); r.Status != 405 {
				t.Errorf("%s %s: %d", method, path, r.Status)
			}
		}
	}
	if s.Content() != before || s.Faults.Cost().Calls != 0 {
		t.Errorf("looking has written, or asked the table: %d calls", s.Faults.Cost().Calls)
	}
}

func TestUnsubscribe_OneClickIsEnough(t *testing.T) {
	s := newScene(t)
	page200(t, s.post(s.out, "List-Unsubscribe=One-Click"), "You get no more invites")
	if got := s.suppression(); !got.OptedOutAt.Equal(s.Clock.Now()) {
		t.Errorf("%+v", got)
	}
	before := s.Content()
	page200(t, s.post(s.out, "List-Unsubscribe=One-Click"), "You get no more invites")
	multipart := "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
	page200(t, s.Send("", "POST", s.out, multipart, "Content-Type", "multipart/form-data; boundary=b"), "You get no more invites")
	if s.Content() != before {
		t.Error("saying it again has written")
	}
}

func TestUnsubscribe_TakesItBackByAMailToTheAddressAlone(t *testing.T) {
	s := newScene(t)
	_, token, _ := strings.Cut(s.out, "/v1/unsubscribe/")
	r := page200(t, s.post(s.out, "List-Unsubscribe=One-Click"), "You get no more invites")
	if !strings.Contains(r.Body, `action="`+token+`/undo"`) {
		t.Errorf("no way back: %s", r.Body)
	}
	before := s.Content()
	wrong := page200(t, s.post(s.out+"/undo", "address=tom%40example.com"), "Look into your mail")
	for _, body := range []string{"", "address=", "address=%0D%0A", "address=" + strings.Repeat("x", 8000), "other=1"} {
		if r := page200(t, s.post(s.out+"/undo", body), "Look into your mail"); r.Body != wrong.Body {
			t.Errorf("%.50q: another page", body)
		}
	}
	if s.Content() != before {
		t.Error("a wrong address has written")
	}
	if r := page200(t, s.post(s.out+"/undo", "address=Mira%40example.com"), "Look into your mail"); r.Body != wrong.Body {
		t.Error("the right address gets another page")
	}
	if s.Content() == before {
		t.Error("no mail is to be sent")
	}
	if s.suppression().OptedOutAt.IsZero() {
		t.Error("asking was enough")
	}
	page200(t, s.post(s.back, ""), "You can be invited again")
	if got := s.suppression(); got != (mail.Suppression{}) {
		t.Errorf("%+v", got)
	}
	page200(t, s.post(s.back, ""), "You can be invited again")
}

func TestUnsubscribe_BadLinks(t *testing.T) {
	s := newScene(t)
	_, token, _ := strings.Cut(s.out, "/v1/unsubscribe/")
	_, other, _ := strings.Cut(s.back, "/v1/resubscribe/")
	for _, bad := range []string{"x", token[1:], "A" + token[1:], token + "A", strings.ToLower(token), other, "<script>", "%3Cb%3E", strings.Repeat("x", 5000)} {
		wantPage(t, s.get("/v1/unsubscribe/"+bad), 404, "This link doesn’t work")
		wantPage(t, s.post("/v1/unsubscribe/"+bad, "List-Unsubscribe=One-Click"), 404, "This link doesn’t work")
		wantPage(t, s.post("/v1/unsubscribe/"+bad+"/undo", "address=mira%40example.com"), 404, "This link doesn’t work")
	}
	for _, bad := range []string{"x", token, other[1:]} {
		wantPage(t, s.get("/v1/resubscribe/"+bad), 404, "This link doesn’t work")
		wantPage(t, s.post("/v1/resubscribe/"+bad, ""), 404, "This link doesn’t work")
	}
	s.Clock.Advance(24 * time.Hour)
	wantPage(t, s.get(s.back), 404, "This link doesn’t work")
	wantPage(t, s.post(s.back, ""), 404, "This link doesn’t work")
	page200(t, s.get(s.out), "No more invites?") // that of a mail is good for long
	if calls := s.Faults.Cost().Calls; calls != 0 {
		t.Errorf("%d calls to the table", calls)
	}
}

func TestUnsubscribe_RefusesWhatNoMailClientSends(t *testing.T) {
	s := newScene(t)
	for _, body := range []string{"", "x=1", "List-Unsubscribe=No", "List-Unsubscribe=One-Click&List-Unsubscribe=One-Click", "List-Unsubscribe=%"} {
		wantPage(t, s.post(s.out, body), 400, "That didn’t arrive")
	}
	wantPage(t, s.Send("", "POST", s.out, `{"List-Unsubscribe":"One-Click"}`), 415, "Something went wrong")
	for _, path := range []string{s.out, s.out + "/undo", s.back} {
		wantPage(t, s.post(path, strings.Repeat("x", 8<<10+1)), 413, "Something went wrong")
	}
}

func TestUnsubscribe_TableOutOfReach(t *testing.T) {
	s := newScene(t)
	s.Faults.Reset(func(faults.Call) faults.Fault { return faults.Throttle })
	for path, body := range map[string]string{s.out: "List-Unsubscribe=One-Click", s.out + "/undo": "address=mira%40example.com", s.back: ""} {
		r := wantPage(t, s.post(path, body), 503, "Please try again")
		if r.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	page200(t, s.get(s.out), "No more invites?")
}
