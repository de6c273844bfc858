package acceptance

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"group-invites/infra/local/ses"
	"group-invites/infra/local/stack"
	"group-invites/infra/local/template"
	"group-invites/shared/linkcode"
	"group-invites/shared/mail"
)

// tokens gives what an address's mails carry: the token by which it says that it wants no mail, and that by which it wants mail again.
func (s *site) tokens(t testing.TB, address string) (out, back string) {
	t.Helper()
	key := parseAddress(t, address).Key()
	ring, err := linkcode.ParseRing([]byte(stack.DevelopmentKeyRing), template.DefaultStackName)
	if err != nil {
		t.Fatal(err)
	}
	return ring.SignAddress(linkcode.Unsubscribe, key, time.Time{}), ring.SignAddress(linkcode.Resubscribe, key, time.Now().Add(time.Hour))
}

func parseAddress(t testing.TB, text string) mail.Address {
	t.Helper()
	a, fault := mail.ParseAddress(text)
	if fault != "" {
		t.Fatal(fault)
	}
	return a
}

const asForm = "Content-Type: application/x-www-form-urlencoded"

// path gives the path of an address of ours.
func (s *site) path(t testing.TB, address string) string {
	t.Helper()
	path, ours := strings.CutPrefix(address, s.URL())
	if !ours {
		t.Fatalf("%s is not at %s", address, s.URL())
	}
	return path
}

// unsubscribe gives the path that a mail's header has for mail clients.
func (s *site) unsubscribe(t testing.TB, m ses.Mail) string {
	t.Helper()
	return s.path(t, strings.Trim(m.Headers["List-Unsubscribe"], "<>"))
}

// fate waits for what becomes of a mail of a new link to the address.
func (o org) fate(t testing.TB, to string) string {
	t.Helper()
	l := o.link(t, o.admin, anyone)
	o.sent(t, o.admin, l, to)
	r := o.mailed(t, o.admin, l)[to]
	if r.Reason != nil {
		return r.State + " " + *r.Reason
	}
	return r.State
}

// TestOptOut_OneClickAndTheWayBack is the whole way: a mail, its one click, no further mail, the mail that asks, and mail again.
func TestOptOut_OneClickAndTheWayBack(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	to, another := shared.address("mira"), shared.address("tom")
	if got := o.fate(t, to); got != "delivered" {
		t.Fatal(got)
	}
	first := shared.inbox(t, to, 1, 0)[0]
	path := shared.unsubscribe(t, first)
	if !strings.Contains(first.Text, path) || !strings.Contains(first.HTML, path) {
		t.Errorf("the mail itself doesn't have the address of its header:\n%s", first.Text)
	}

	// Scanners look, and nothing follows.
	shared.writesNothing(t, []string{parseAddress(t, to).Key().String()}, func() {
		for range 3 {
			shared.want(t, 200, "GET", path, "", nil)
			shared.send(t, "HEAD", path, "", nil)
		}
	})

	shared.want(t, 200, "POST", path, "", "List-Unsubscribe=One-Click", asForm)
	if got := o.fate(t, to); got != "suppressed opted_out" {
		t.Errorf("opted out: %s", got)
	}
	if got := o.fate(t, another); got != "delivered" {
		t.Errorf("another address: %s", got)
	}

	// Somebody else's address gets no mail by it, and the answer doesn't tell.
	wrong := shared.want(t, 200, "POST", path+"/undo", "", url.Values{"address": {another}}.Encode(), asForm)
	right := shared.want(t, 200, "POST", path+"/undo", "", url.Values{"address": {strings.ToUpper(to[:1]) + to[1:]}}.Encode(), asForm)
	if string(wrong.Body) != string(right.Body) {
		t.Error("the answer tells whether the address is right")
	}
	asked := shared.inbox(t, to, 2, 5*time.Second)[0]
	if asked.Headers["List-Unsubscribe"] != "" || !strings.Contains(asked.Subject, "again?") {
		t.Errorf("the mail that asks: %q %v", asked.Subject, asked.Headers)
	}
	if mails := shared.inbox(t, another, 1, 0); len(mails) != 1 {
		t.Errorf("%d mails to another address", len(mails))
	}

	link := regexp.MustCompile(`http://\S+/v1/resubscribe/\S+`).FindString(asked.Text)
	back := shared.path(t, link)
	shared.want(t, 200, "GET", back, "", nil)
	if got := o.fate(t, to); got != "suppressed opted_out" {
		t.Errorf("looking was enough: %s", got)
	}
	shared.want(t, 200, "POST", back, "", nil)
	if got := o.fate(t, to); got != "delivered" {
		t.Errorf("mail again: %s", got)
	}
}

// TestOptOut_TokensHoldAsLongAsTheirKey: also of mails of links that are gone, and in no letter case but their own.
func TestOptOut_TokensHoldAsLongAsTheirKey(t *testing.T) {
	t.Parallel()
	o := shared.org(t)
	to := shared.address("mira")
	l := o.link(t, o.admin, anyone)
	o.sent(t, o.admin, l, to)
	o.mailed(t, o.admin, l)
	path := shared.unsubscribe(t, shared.inbox(t, to, 1, 0)[0])
	shared.want(t, 204, "DELETE", o.invite(l), o.admin.token, nil)
	shared.settled(t)
	for _, bad := range []string{path[:len(path)-1], path + "A", strings.ToLower(path), "/v1/unsubscribe/x", strings.Replace(path, "/unsub", "/resub", 1)} {
		if a := shared.send(t, "GET", bad, "", nil); a.Status != 404 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %s", bad, a)
		}
	}
	shared.want(t, 200, "POST", path, "", "List-Unsubscribe=One-Click", asForm)
	if got := o.fate(t, to); got != "suppressed opted_out" {
		t.Errorf("opted out by the mail of a deleted link: %s", got)
	}
}
