package sesmail_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"group-invites/shared/mail"
	"group-invites/shared/sesmail"
)

// service is an SES that gives the answer to each call.
func service(t *testing.T, answer http.HandlerFunc) (sender *sesmail.Sender, calls *atomic.Int32) {
	t.Helper()
	calls = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if err := r.ParseForm(); err != nil { // to the end, or it isn't seen when the client goes
			t.Error(err)
		}
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return opened(t, server.URL), calls
}

func opened(t *testing.T, endpoint string) *sesmail.Sender {
	return sesmail.Open(sesmail.Options{
		Region: "eu-central-1", Endpoint: endpoint, AccessKeyID: "AKIDTEST", SecretAccessKey: "secret", SessionToken: "session", ConfigurationSet: "events",
		Timeout: 200 * time.Millisecond,
	}, composer(t))
}

// fault answers as the Query protocol does.
func fault(status int, code, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		kind := "Sender"
		if status >= 500 {
			kind = "Receiver"
		}
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
			kind, code, message)
	}
}

func TestSend_GivesTheMailToSES(t *testing.T) {
	var got url.Values
	var authorization, session string
	sender, calls := service(t, func(w http.ResponseWriter, r *http.Request) {
		got, authorization, session = r.PostForm, r.Header.Get("Authorization"), r.Header.Get("X-Amz-Security-Token")
		io.WriteString(w, `<SendRawEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendRawEmailResult><MessageId>0107-abc-000000</MessageId></SendRawEmailResult>`+
			`<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></SendRawEmailResponse>`)
	})
	m := invitation()
	m.Sends = 3
	id, err := sender.Send(t.Context(), m)
	if err != nil || id != "0107-abc-000000" || calls.Load() != 1 {
		t.Fatalf("%q, %v, %d calls", id, err, calls.Load())
	}
	for name, want := range map[string]string{
		"Action": "SendRawEmail", "Source": "invites@chat.example.com", "Destinations.member.1": "jan@example.org", "Destinations.member.2": "",
		"ConfigurationSetName": "events", "Tags.member.1.Name": "delivery", "Tags.member.2.Name": "",
		"Tags.member.1.Value": "0102030405060708-0900000000000000-" + m.To.ID().String() + "-3",
	} {
		if got.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Get(name), want)
		}
	}
	raw, err := base64.StdEncoding.DecodeString(got.Get("RawMessage.Data"))
	if err != nil {
		t.Fatal(err)
	}
	if l := open(t, raw); !strings.Contains(l.text, linkURL) || l.header.Get("To") != "<jan@example.org>" {
		t.Errorf("%s", raw)
	}
	if !strings.Contains(authorization, "/eu-central-1/ses/aws4_request") || session != "session" {
		t.Errorf("signed as %q, %q", authorization, session)
	}
}

func TestSend_Faults(t *testing.T) {
	const unverified = "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: jan@example.org"
	other := errors.New("a fault of ours")
	for _, c := range []struct {
		what   string
		answer http.HandlerFunc
		want   error
	}{
		{"rate", fault(400, "Throttling", "Maximum sending rate exceeded."), mail.ErrThrottled},
		{"calls", fault(400, "ThrottlingException", "Rate exceeded"), mail.ErrThrottled},
		{"quota", fault(400, "Throttling", "Daily message quota exceeded."), mail.ErrQuota},
		{"account paused", fault(400, "AccountSendingPausedException", "Email sending is disabled for your Amazon SES account."), mail.ErrPaused},
		{"set paused", fault(400, "ConfigurationSetSendingPausedException", "Email sending is disabled for the configuration set."), mail.ErrPaused},
		{"no set", fault(400, "ConfigurationSetDoesNotExist", "Configuration set [events] does not exist."), mail.ErrPaused},
		{"MAIL FROM", fault(400, "MailFromDomainNotVerifiedException", "Mail-From domain is not verified."), mail.ErrPaused},
		{"not allowed", fault(403, "AccessDenied", "User is not authorized to perform: ses:SendRawEmail"), mail.ErrPaused},
		{"not verified", fault(400, "MessageRejected", unverified), mail.ErrPaused},
		{"sending paused", fault(400, "MessageRejected", "Sending paused for this account."), mail.ErrPaused},
		{"content", fault(400, "MessageRejected", "Message content was rejected."), mail.ErrRejected},
		{"address", fault(400, "InvalidParameterValue", "Illegal address"), mail.ErrRejected},
		{"domain", fault(400, "InvalidParameterValue", "Domain contains dot-string"), mail.ErrRejected},
		{"another parameter", fault(400, "InvalidParameterValue", "Invalid tag"), other},
		{"signature", fault(403, "SignatureDoesNotMatch", "The request signature does not match."), other},
		{"expired credentials", fault(403, "ExpiredToken", "The security token included in the request is expired"), other},
		{"not SES's answer", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); io.WriteString(w, "not found") }, other},
		{"internal", fault(500, "InternalFailure", "It has failed."), mail.ErrUndecided},
		{"busy", fault(503, "ServiceUnavailable", "Service unavailable."), mail.ErrUndecided},
		{"a gateway's page", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(502)
			io.WriteString(w, "<html>bad gateway")
		}, mail.ErrUndecided},
		{"reset", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, mail.ErrUndecided},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "500")
			io.WriteString(w, `<SendRawEmailResponse><SendRawEmailResult>`)
		}, mail.ErrUndecided},
		{"silence", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, mail.ErrUndecided},
	} {
		t.Run(c.what, func(t *testing.T) {
			sender, calls := service(t, c.answer)
			_, err := sender.Send(t.Context(), invitation())
			check(t, err, c.want)
			if calls.Load() != 1 {
				t.Errorf("%d calls: sending again isn't decided here", calls.Load())
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listener.Close()
		_, err = opened(t, "http://"+listener.Addr().String()).Send(t.Context(), invitation())
		check(t, err, mail.ErrThrottled)
	})
	t.Run("the caller has gone", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		sender, _ := service(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
		_, err := sender.Send(ctx, invitation())
		check(t, err, mail.ErrUndecided)
	})
	t.Run("nothing to say", func(t *testing.T) {
		sender, calls := service(t, fault(500, "", ""))
		_, err := sender.Send(t.Context(), message(mail.Message{}))
		check(t, err, other)
		if calls.Load() != 0 {
			t.Errorf("%d calls", calls.Load())
		}
	})
}

// check checks that an error is the one of the domain's, or none of them.
func check(t *testing.T, err, want error) {
	t.Helper()
	if err == nil {
		t.Fatal("sent")
	}
	if strings.Contains(err.Error(), "@") {
		t.Errorf("an address comes into the log: %v", err)
	}
	for _, e := range []error{mail.ErrThrottled, mail.ErrQuota, mail.ErrPaused, mail.ErrRejected, mail.ErrUndecided} {
		if errors.Is(err, e) != (e == want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

func TestWarm_LeavesLocalEndpointsAlone(t *testing.T) {
	sender, calls := service(t, fault(500, "", ""))
	if err := sender.Warm(t.Context()); err != nil || calls.Load() != 0 {
		t.Errorf("%v, %d calls", err, calls.Load())
	}
}

func TestNewComposer_RefusesWhatCannotWork(t *testing.T) {
	for what, change := range map[string]func(*sesmail.Settings){
		"no address":     func(s *sesmail.Settings) { s.From = mail.Address{} },
		"no name":        func(s *sesmail.Settings) { s.FromName = " \u200b" },
		"no zone":        func(s *sesmail.Settings) { s.Zone = "" },
		"unknown zone":   func(s *sesmail.Settings) { s.Zone = "Mars/Olympus" },
		"the machine's":  func(s *sesmail.Settings) { s.Zone = "Local" },
		"a path":         func(s *sesmail.Settings) { s.Zone = "../etc/passwd" },
		"no name of one": func(s *sesmail.Settings) { s.Zone = "CEST?" },
	} {
		s := sesmail.Settings{FromName: "Group Invites", From: address("invites@chat.example.com"), Zone: "Europe/Berlin", Clock: time.Now}
		change(&s)
		if _, err := sesmail.NewComposer(s); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
}

func TestCompose_ManyAtOnceWithIDsOfTheirOwn(t *testing.T) {
	c, err := sesmail.NewComposer(sesmail.Settings{FromName: "Group Invites", From: address("invites@chat.example.com"), Zone: "UTC", Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ids := make(chan string)
	for range 8 {
		go func() {
			raw, err := c.Compose(invitation())
			if err != nil {
				t.Error(err)
			}
			l := open(t, raw)
			ids <- l.header.Get("Message-Id")
		}()
	}
	seen := map[string]bool{}
	for range 8 {
		seen[<-ids] = true
	}
	if len(seen) != 8 {
		t.Errorf("ids %v", seen)
	}
}
