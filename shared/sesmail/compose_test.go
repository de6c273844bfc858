package sesmail_test

import (
	"bufio"
	"bytes"
	"flag"
	"io"
	"maps"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message/textproto"

	"group-invites/shared/directory"
	"group-invites/shared/mail"
	"group-invites/shared/sesmail"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 11, 27, 14, 30, 12, 0, time.UTC)

const (
	linkURL        = "https://chat.example.com/i#EAAAAAAAAAAAAAGXrgpxAAAAcqZ0sPZp5QmKzGyUoLw1"
	unsubscribeURL = "https://chat.example.com/v1/unsubscribe/EAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAALk8qv7d3m4sXoJ1n0vYcYw"
)

func address(s string) mail.Address {
	a, fault := mail.ParseAddress(s)
	if fault != "" {
		panic(fault)
	}
	return a
}

// composer gives one whose mails are the same each time.
func composer(t testing.TB, change ...func(*sesmail.Settings)) *sesmail.Composer {
	t.Helper()
	s := sesmail.Settings{
		FromName: "Group Invites", From: address("invites@chat.example.com"), ReplyTo: address("help@example.com"), Zone: "Europe/Berlin",
		Clock: func() time.Time { return now }, Random: rand.NewChaCha8([32]byte{1}),
	}
	for _, c := range change {
		c(&s)
	}
	c, err := sesmail.NewComposer(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func invitation(change ...func(*mail.Invitation)) mail.Message {
	i := &mail.Invitation{
		SenderName: "Mira Okafor", OrgName: "Alpine Club", GroupName: "Backcountry", URL: linkURL, Now: now, ExpiresAt: now.Add(7 * 24 * time.Hour).Truncate(time.Minute),
		AskUntil: now.Add(37 * 24 * time.Hour).Truncate(time.Minute), CreatorName: "Mira Okafor",
	}
	for _, c := range change {
		c(i)
	}
	return message(mail.Message{UnsubscribeURL: unsubscribeURL, Invitation: i})
}

func message(m mail.Message) mail.Message {
	m.To, m.Sends = address("jan@example.org"), 1
	m.Delivery = mail.Key{Group: directory.GroupID{1, 2, 3, 4, 5, 6, 7, 8}, Invite: [8]byte{9}, ID: m.To.ID()}
	return m
}

// mails are one of each kind, by the name of its golden file.
func mails() map[string]mail.Message {
	const page = "https://chat.example.com/app/groups/0102030405060708/requests"
	return map[string]mail.Message{
		"invitation": invitation(),
		"invitation-never": invitation(func(i *mail.Invitation) {
			i.ExpiresAt, i.AskUntil, i.CreatorName, i.OrgOnly = time.Time{}, time.Time{}, "Tom Weaver", true
		}),
		"invitation-label": invitation(func(i *mail.Invitation) {
			i.SenderName, i.CreatorName, i.Label, i.OrgOnly = "", "", "Spring hikes", true
			i.ExpiresAt, i.AskUntil = now.Add(45*time.Minute), now.Add(30*24*time.Hour+45*time.Minute)
		}),
		"invitation-hostile": invitation(func(i *mail.Invitation) {
			i.SenderName, i.OrgName = "شركة <a href=http://evil.com>", "www.evil.com\r\nBcc: user@evil.com"
			i.GroupName, i.Label = "+1 (555) 123-4567 =?utf-8?q?=0D?=", "&lt;script&gt; {{.}} $(id) \u2028 tel:110"
			i.CreatorName = strings.Repeat("Wide", 20)
		}),
		"notice": message(mail.Message{UnsubscribeURL: unsubscribeURL, Notice: &mail.Notice{
			OrgName: "Alpine Club", GroupName: "Backcountry", Names: []string{"Jan Novák", "", "李雷", "Ada"}, Count: 6, URL: page,
		}}),
		"notice-one": message(mail.Message{UnsubscribeURL: unsubscribeURL, Notice: &mail.Notice{
			OrgName: "Alpine Club", GroupName: "Backcountry", Names: []string{"Jan Novák"}, Count: 1, URL: page,
		}}),
		"approved": message(mail.Message{UnsubscribeURL: unsubscribeURL, Answer: &mail.Answer{
			Approved: true, OrgName: "Alpine Club", GroupName: "Backcountry", URL: "https://chat.example.com/app/groups/0102030405060708",
		}}),
		"declined": message(mail.Message{UnsubscribeURL: unsubscribeURL, Answer: &mail.Answer{OrgName: "Alpine Club", GroupName: "Backcountry"}}),
		"confirmation": message(mail.Message{Confirmation: &mail.Confirmation{
			URL: "https://chat.example.com/v1/resubscribe/EAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGk8qv7d3m4sXoJ1n0vYcYw", Now: now, ExpiresAt: now.Add(24 * time.Hour),
		}}),
	}
}

// letter is a mail as its recipient's client reads it.
type letter struct {
	header     textproto.Header
	text, html string
}

// open reads a raw mail, as strictly as a client may.
func open(t testing.TB, raw []byte) letter {
	t.Helper()
	for i, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") || bytes.ContainsFunc(line, func(r rune) bool { return r > '~' || r < ' ' && r != '\t' }) {
			t.Errorf("line %d isn't one of a mail: %q", i, line)
		}
	}
	in := bufio.NewReader(bytes.NewReader(raw))
	var l letter
	var err error
	if l.header, err = textproto.ReadHeader(in); err != nil {
		t.Fatal(err)
	}
	mediaType, parameters, err := mime.ParseMediaType(l.header.Get("Content-Type"))
	if err != nil || mediaType != "multipart/alternative" {
		t.Fatal(mediaType, err)
	}
	parts := textproto.NewMultipartReader(in, parameters["boundary"])
	for _, part := range []struct {
		mediaType string
		into      *string
	}{{"text/plain; charset=utf-8", &l.text}, {"text/html; charset=utf-8", &l.html}} {
		p, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{"Content-Type": {part.mediaType}, "Content-Transfer-Encoding": {"quoted-printable"}}
		if got := p.Header.Map(); !maps.EqualFunc(got, want, slices.Equal) {
			t.Errorf("the part's header is %v", got)
		}
		*part.into = decode(t, p)
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("after two parts: %v", err)
	}
	return l
}

func (l letter) subject(t testing.TB) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(l.header.Get("Subject"))
	if err != nil {
		t.Error(err)
	}
	return s
}

// fields gives the names of the header's fields, in order.
func fields(h textproto.Header) (names []string) {
	for f := h.Fields(); f.Next(); {
		names = append(names, f.Key())
	}
	return names
}

func compose(t testing.TB, c *sesmail.Composer, m mail.Message) letter {
	t.Helper()
	raw, err := c.Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, raw)
}

func TestCompose_EachKindOfMail(t *testing.T) {
	for name, m := range mails() {
		t.Run(name, func(t *testing.T) {
			raw, err := composer(t).Compose(m)
			if err != nil {
				t.Fatal(err)
			}
			l := open(t, raw)
			header, _, _ := strings.Cut(string(raw), "\r\n\r\n")
			golden(t, name+".txt.golden", strings.ReplaceAll(header, "\r\n", "\n")+"\n\n"+l.text)
			golden(t, name+".html.golden", l.html)
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; look at it, and write it with -update:\n%s", name, got)
	}
}

func decode(t testing.TB, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(quotedprintable.NewReader(r))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}
